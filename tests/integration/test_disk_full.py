"""T18: the disk is full at any byte. What was confirmed is there, entries wait, room ends it by itself.

`make campaign` has it at five hundred points (`ops/campaigns/disk_full.py`).
"""

import asyncio
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.app import ANNA, OWNER, Harness, said
from harness.app import harness as open_harness
from harness.waiting import CAMPAIGN_LIMIT

from bot.services.admin.disk_watch import DiskWatch
from bot.settings import Settings
from ops.campaigns import disk_full
from ops.campaigns.small_disk import MountRefused, SmallDisk, small_disk
from ops.host_checks import check_disk
from storage.sqlite.database import Database, PageCheck
from storage.sqlite.reserve import reserve_file

POINTS = int(os.environ.get("DISK_POINTS", "200"))
STORED = "SELECT risk_percent FROM accounts WHERE user_id = ? AND account_type = 'paper'"
ENTRY = "/buy btc 100$ sl 3%"
REFUSED = "I could not write that down"
MB = 1024 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    try:
        with small_disk(tmp_path / "disk", megabytes=24) as disk:
            yield disk
    except MountRefused as reason:
        pytest.skip(str(reason))


class FullDisk:
    """One bot on one small disk, filled again and again. `confirmed` is what Anna was told last."""

    def __init__(self, bot: Harness, disk: SmallDisk, seed: int) -> None:
        self.bot, self.disk = bot, disk
        self.draw = random.Random(seed)  # noqa: S311  the same points in every run
        self.anna = bot.person()
        self.confirmed = ""
        self.told: list[str] = []

    @property
    def is_full(self) -> bool:
        """As the guard of entries and `/readyz` see it."""
        space = self.bot.assembly.storage.space
        assert space.problems() == (
            ("the disk is full: entries wait until there is room again",) if space.is_full else ()
        )
        return space.is_full

    async def look(self) -> None:
        """A round of the job."""
        await self.bot.job(DiskWatch).look()

    async def change(self) -> bool:
        """Anna changes a setting; whether that was confirmed."""
        risk = f"{self.draw.randint(101, 999) / 100:.2f}".rstrip("0").rstrip(".")
        answer = await said(self.anna, f"/settings risk {risk}")
        if REFUSED in answer.text:
            return False
        assert f"Risk per trade: {risk}%" in answer.text, answer.text
        self.confirmed = risk
        return True

    async def until_refused(self) -> None:
        for _ in range(200):
            if not await self.change():
                return
        raise AssertionError("the disk is full, and takes everything")

    async def point(self, *, is_searched: bool) -> None:
        """Fill it, write until it refuses, look after it, make room."""
        card = await said(self.anna, ENTRY) if is_searched else None
        self.disk.fill(left=self.draw.randrange(120_000))
        await self.until_refused()
        assert self.is_full, "from the refusal on"
        if is_searched:
            await self.is_there(await asyncio.to_thread(self.copy))
        await self.look()
        assert not reserve_file(self.bot.database.path).exists()
        assert await self.change(), "there is the room that was kept"
        if card is not None:
            refused = await self.anna.press("✓ Buy", bubble=card)
            assert "No room is left on my disk" in refused.text, refused.text
        if self.draw.choice((True, False)):  # somebody else takes that, too
            self.disk.fill(left=0)
            await self.until_refused()
            await self.look()
        assert self.is_full
        self.disk.make_room()
        await self.look()
        assert not self.is_full
        await self.look()
        await self.is_stored(self.bot.database)
        if card is not None:
            await self.enter()
        await self.clear()

    async def enter(self) -> None:
        """Entries are taken again."""
        card = await said(self.anna, ENTRY)
        assert "Filled" in (await self.anna.press("✓ Buy", bubble=card)).text
        await self.bot.settle()

    async def clear(self) -> None:
        """What the owner was told; and no log is left, whose room would be used anew without asking the disk."""
        self.told += [each.message.kind for each in await self.bot.queued() if each.message.user_id == OWNER]
        await self.bot.write("DELETE FROM outbox")
        self.bot.api.bubbles.clear()
        async with self.bot.database.alone() as connection:
            await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    def copy(self) -> Path:
        """The files as a power cut would leave them now, on another disk."""
        folder = self.disk.folder.with_name("copy")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for suffix in ("", "-wal", ".lock"):
            name = f"perpdesk.sqlite3{suffix}"
            shutil.copy2(self.disk.folder / name, folder / name)
        return folder / "perpdesk.sqlite3"

    async def is_there(self, path: Path) -> None:
        async with Database.open(path, check=PageCheck.ALWAYS) as database:
            await self.is_stored(database)

    async def is_stored(self, database: Database) -> None:
        assert [tuple(row) for row in await database.fetch(STORED, (ANNA,))] == [(self.confirmed,)]


@pytest.mark.campaign
async def test_a_disk_that_is_full_at_any_byte_loses_nothing_confirmed_and_stops_entries_alone(disk: SmallDisk) -> None:
    async with open_harness(disk.folder, disk_reserve_mb=1) as bot:
        full = FullDisk(bot, disk, seed=1)
        await said(full.anna, "/start")
        await bot.terms_accepted()
        await full.look()
        assert reserve_file(bot.database.path).stat().st_size == MB
        for number in range(POINTS):
            await full.point(is_searched=number % 10 == 0)
    pairs = list(batched(full.told))
    assert pairs
    assert set(pairs) == {("disk-full", "disk-room")}


def batched(told: list[str]) -> Iterator[tuple[str, str]]:
    """What the owner heard, two by two."""
    return zip(told[::2], told[1::2], strict=True)


def test_the_doctor_looks_at_each_disk(disk: SmallDisk, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    database = tmp_path / "state" / "perpdesk.sqlite3"
    assert check_disk(Settings(database=database)).is_ok
    found = check_disk(Settings(database=database, journal=disk.folder))
    assert (found.is_ok, f"0.0 of 0.0 GB free at {disk.folder}; " in found.detail) == (False, True), found


@pytest.mark.timeout(CAMPAIGN_LIMIT)
@pytest.mark.campaign
async def test_within_ten_seconds_of_room_a_running_bot_serves_again(tmp_path: Path) -> None:
    try:
        report = await disk_full.run(1, CAMPAIGN_LIMIT, tmp_path, times=1)
    except MountRefused as reason:
        pytest.skip(str(reason))
    assert report.is_good, str(report)
    assert report.cases == 1
