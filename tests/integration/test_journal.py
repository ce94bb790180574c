"""The journal: lines before commits, what was refused taken back, a disk that hangs, files that go."""

import asyncio
import os
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from harness.app import settings_in
from harness.statements import parameters_of
from harness.storage import ANNA, StorageHarness, new_user, open_storage

from bot.domain.audit import AuditEntry
from bot.domain.clock import SystemClock
from bot.domain.errors import StorageTrouble, UnfitDatabase, UnfitJournal
from bot.domain.ids import DAY, Millis, UserId
from bot.wiring.keys import load_keys
from ops.backups import _prune
from storage.backup.replay import STATEMENTS
from storage.backup.rotation import name_of
from storage.journal.journal import Journal, open_journal
from storage.journal.segments import base_of, prune, read_lines, segment_files
from storage.journal.triggers import TRIGGERS
from storage.sqlite.migrate import expected_objects, load_migrations
from storage.sqlite.recipients import Openers, Recipients
from storage.sqlite.vault import AesCredentialVault

NOW = Millis(1_760_000_000_000)

NOTED = {re.search(r"ON main\.(\w+)", each)[1] for each in TRIGGERS}  # type: ignore[index]  # each has one
# Why no restore needs them from the journal.
LEFT_OUT = {
    **dict.fromkeys(("active_positions", "pending_limit_orders", "trade_logs"), "the exchange is asked"),
    **dict.fromkeys(("order_intents", "leg_costs", "closed_trades"), "orders of ours are found there by their prefix"),
    **dict.fromkeys(("trade_plans", "plan_targets", "leg_closings", "disagreements"), "found at the exchange"),
    **dict.fromkeys(("panics", "panic_presses"), "after a restore entries are halted"),
    **dict.fromkeys(("trade_tickets", "ticket_presets", "dialogues", "buttons"), "begun anew"),
    **dict.fromkeys(("paper_accounts", "paper_fills", "paper_orders", "paper_positions"), "practice"),
    **dict.fromkeys(("paper_symbols", "paper_wallets", "practice_runs"), "practice"),
    "card_promises": "of intents, which are found at the exchange",
    "daily_reports": "wanted again with a tap",
    **dict.fromkeys(("inbox", "outbox", "broadcasts", "broadcast_recipients"), "parked: nothing is said or done twice"),
    "inbox_runs": "Telegram gives nothing again that it was told of",
    **dict.fromkeys(("support_threads", "support_messages", "bot_blocks"), "people are told of the gap"),
    **dict.fromkeys(("promo_opens", "promo_attempts", "user_errors", "value_marks"), "counts of a day"),
    **dict.fromkeys(("checkouts", "older_charges", "star_cursor"), "Telegram's account is read from its beginning"),
    **dict.fromkeys(("legacy_imports", "legacy_import_lines", "legacy_payments"), "an import begins a journal"),
    **dict.fromkeys(("legacy_settings", "legacy_trades", "signals"), "the same"),
    **dict.fromkeys(("database_birth", "promo_secret", "vault_canary", "known_bot"), "in every copy"),
    **dict.fromkeys(("journal_position", "restores", "schema_compat"), "of the file itself"),
    **dict.fromkeys(
        ("price_alerts", "alert_watch"), "a price is looked up again, and a bell that rings twice harms nobody"
    ),
    **dict.fromkeys(("last_sizes", "drills"), "a habit, and practice"),
    "stream_connections": "opened anew",
    "user_licenses": "made anew from the ledger",
}


class Disk:
    """What brings lines to the disk: it can refuse, and it can hang."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()
        self.is_full = False

    def sync(self, descriptor: int) -> None:
        self.free.wait()
        if self.is_full:
            raise OSError(28, "No space left on device")
        os.fsync(descriptor)


def vault(folder: Path) -> AesCredentialVault:
    return AesCredentialVault(load_keys(settings_in(folder)))


@asynccontextmanager
async def journaled(folder: Path, disk: Disk | None = None, **options: Any) -> AsyncIterator[StorageHarness]:
    async with open_storage(folder) as house:
        recipients = Recipients(vault=vault(folder), offline=None)
        journal: Journal = await open_journal(
            house.database,
            folder / "journal",
            recipients,
            monotonic=house.clock.monotonic,
            sync=(disk or Disk()).sync,
            **options,
        )
        yield house
        await journal.close()


async def add(house: StorageHarness, number: int, *, fails: bool = False) -> None:
    async with house.store.begin() as unit:
        await unit.users.ensure(new_user(UserId(number)), NOW)
        if fails:
            raise LookupError


async def said(folder: Path) -> list[list[Any]]:
    """What stands in the journal, a word and its first value of each row."""
    openers = Openers(vault=vault(folder))
    lines = await asyncio.to_thread(read_lines, folder / "journal")
    return [list(row[:2]) for line in lines for row in line.rows(openers)]


async def files_of(folder: Path) -> tuple[Path, ...]:
    return await asyncio.to_thread(segment_files, folder / "journal")


async def whole(folder: Path) -> bytes:
    return b"".join([await asyncio.to_thread(path.read_bytes) for path in await files_of(folder)])


async def test_a_line_says_what_a_unit_did_and_nothing_of_what_was_rolled_back(tmp_path: Path) -> None:
    async with journaled(tmp_path) as house:
        await add(house, 1001)
        with pytest.raises(LookupError):
            await add(house, 1002, fails=True)
        async with house.store.begin() as unit:
            await unit.audit(AuditEntry(actor=ANNA, action="user.ban", subject=ANNA), NOW)
            await unit.users.set_banned(ANNA, banned=True)
        async with house.store.begin() as unit:
            await unit.users.rename(ANNA, "other", "Other")  # is not written down
    assert await said(tmp_path) == [["user", 1001], ["audit", 1], ["standing", 1001]]
    assert b"1001" not in await whole(tmp_path)


async def test_units_that_share_a_commit_have_a_line_each(tmp_path: Path) -> None:
    async with journaled(tmp_path) as house:
        await asyncio.gather(*(add(house, number) for number in range(2000, 2040)))
    assert sorted(await said(tmp_path)) == [["user", number] for number in range(2000, 2040)]


def held_open(folder: Path) -> int:
    """Files of that folder that this process has open."""
    found = [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]
    return sum(Path(each).parent == folder.resolve() for each in found)


async def test_a_disk_that_hangs_refuses_what_it_has_to_know_and_lets_the_rest_go_on(tmp_path: Path) -> None:
    disk = Disk()
    async with open_storage(tmp_path) as house:
        await add(house, 1001)
    async with journaled(tmp_path, disk, patience_s=0.1) as house:
        disk.free.clear()
        with pytest.raises(StorageTrouble, match="has not answered within"):
            await add(house, 1002)
        with pytest.raises(StorageTrouble, match="the journal hangs"):
            await add(house, 1003)
        async with house.store.begin() as unit:
            await unit.users.rename(UserId(1001), "still", "Served")
        disk.free.set()
        for _ in range(100):
            try:
                await add(house, 1004)
                break
            except StorageTrouble:
                await asyncio.sleep(0.01)
        assert await asyncio.to_thread(held_open, tmp_path / "journal") == 1, "the file of what hung is closed"
    async with journaled(tmp_path) as house:
        stored = [user for (user,) in await house.database.fetch("SELECT user_id FROM users ORDER BY user_id")]
        assert stored == [1001, 1004]
        await add(house, 1005)
    assert held_open(tmp_path / "journal") == 0, "nothing is left open behind"
    assert await said(tmp_path) == [["user", 1004], ["user", 1005]], "what hung may stand in a file, and does not count"


async def test_a_full_disk_leaves_no_line_of_what_it_refused(tmp_path: Path) -> None:
    disk = Disk()
    async with journaled(tmp_path, disk) as house:
        await add(house, 1001)
        disk.is_full = True
        for number in (1002, 1003):
            with pytest.raises(StorageTrouble, match="the journal can't be written: No space left"):
                await add(house, number)
        disk.is_full = False
        await add(house, 1004)
    assert await said(tmp_path) == [["user", 1001], ["user", 1004]]


async def test_what_a_full_disk_refuses_leaves_no_file_and_none_open(tmp_path: Path) -> None:
    disk, folder = Disk(), tmp_path / "journal"
    async with journaled(tmp_path, disk) as house:
        await add(house, 1001)
        disk.is_full = True
        for number in range(1002, 1012):
            with pytest.raises(StorageTrouble, match="No space left"):
                await add(house, number)
        disk.is_full = False
        await add(house, 1012)
        assert await asyncio.to_thread(held_open, folder) == 1
    assert len(await files_of(tmp_path)) == 2
    assert await said(tmp_path) == [["user", 1001], ["user", 1012]]


async def test_a_file_that_is_full_is_closed(tmp_path: Path) -> None:
    async with journaled(tmp_path, most_lines=2) as house:
        for number in range(1001, 1008):
            await add(house, number)
        assert (len(await files_of(tmp_path)), await asyncio.to_thread(held_open, tmp_path / "journal")) == (4, 1)


async def test_a_line_whose_commit_was_refused_is_taken_back(tmp_path: Path) -> None:
    async with journaled(tmp_path) as house:
        await add(house, 1001)
        async with house.database.alone() as connection:
            await connection.execute_fetchall(
                "CREATE TEMP TRIGGER no BEFORE UPDATE ON main.journal_position BEGIN SELECT RAISE (ABORT, 'no'); END"
            )
        with pytest.raises(Exception, match="no"):
            await add(house, 1002)
        async with house.database.alone() as connection:
            await connection.execute_fetchall("DROP TRIGGER temp.no")
        await add(house, 1003)
    assert await said(tmp_path) == [["user", 1001], ["user", 1003]]


async def test_what_a_kill_left_behind_does_not_count(tmp_path: Path) -> None:
    """The line was written and its commit never came; a torn line behind it."""
    async with journaled(tmp_path) as house:
        await add(house, 1001)
    kept = (tmp_path / "perpdesk.sqlite3").read_bytes()
    async with journaled(tmp_path) as house:
        await add(house, 1002)
        path = (await files_of(tmp_path))[-1]
        written = await asyncio.to_thread(path.read_bytes)
    (tmp_path / "perpdesk.sqlite3").write_bytes(kept)
    path.write_bytes(written + b"4 3 abcdef")
    async with journaled(tmp_path) as house:
        await add(house, 1003)
    assert await said(tmp_path) == [["user", 1001], ["user", 1003]]


async def test_an_older_database_is_known_as_one(tmp_path: Path) -> None:
    async with journaled(tmp_path) as house:
        await add(house, 1001)
    kept = (tmp_path / "perpdesk.sqlite3").read_bytes()
    async with journaled(tmp_path) as house:
        await add(house, 1002)
    (tmp_path / "perpdesk.sqlite3").write_bytes(kept)
    with pytest.raises(UnfitDatabase, match="is older than its journal"):
        async with journaled(tmp_path):
            pass


async def test_a_damaged_journal_is_set_aside_and_begins_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with journaled(tmp_path) as house:
        await add(house, 1001)
    (path,) = await files_of(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\n1 0 ", b"\n2 0 "))
    with pytest.raises(UnfitJournal, match="line 1 of the journal was changed"):
        await said(tmp_path)
    async with journaled(tmp_path) as house:
        await add(house, 1002)
    assert "begins anew" in caplog.text
    assert await said(tmp_path) == [["user", 1002]]
    assert list((tmp_path / "journal").glob("aside-*/*.lines"))


async def four_files(folder: Path) -> None:
    for number in range(4):
        async with journaled(folder) as house:
            await add(house, 1001 + number)


def test_old_files_go_and_what_is_kept_is_whole(tmp_path: Path) -> None:
    asyncio.run(four_files(tmp_path))
    folder = tmp_path / "journal"
    files = segment_files(folder)
    for age, path in enumerate(reversed(files[:-1])):
        os.utime(path, (1000 - age, 1000 - age))
    before = read_lines(folder)
    assert prune(folder, 999.5) == 2
    base = base_of(folder)
    assert base is not None
    assert [each.seq for each in read_lines(folder)] == [each.seq for each in before if each.seq > base.seq]
    assert prune(folder, 10**12) == 1, "the newest stays"


def test_what_a_kept_backup_needs_stays_whatever_the_clock_says(tmp_path: Path) -> None:
    asyncio.run(four_files(tmp_path))
    settings = settings_in(tmp_path, journal=tmp_path / "journal")
    settings.backup_folder.mkdir()
    now = SystemClock().now()
    (settings.backup_folder / name_of(Millis(now - DAY), "migration")).touch()
    _prune(settings, Millis(now + 400 * DAY))
    assert len(segment_files(settings.journal_folder)) == 4


async def test_a_folder_that_is_none_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "journal").touch()
    with pytest.raises(StorageTrouble, match="can't be looked at: Not a directory"):
        async with journaled(tmp_path):
            pass


async def test_a_write_past_the_journal_is_a_mistake_of_ours(tmp_path: Path) -> None:
    async with journaled(tmp_path) as house:
        await add(house, 1001)
        with pytest.raises(Exception, match="user-defined function raised"):
            await house.database.statement("UPDATE users SET is_banned = 1 WHERE user_id = ?", (1001,))
        assert [tuple(row) for row in await house.database.fetch("SELECT is_banned FROM users")] == [(0,)]


def test_every_table_is_in_the_journal_or_left_out_for_a_reason() -> None:
    tables = {name for name, each in expected_objects(load_migrations()).items() if each.kind == "table"}
    assert tables == NOTED | LEFT_OUT.keys()
    assert not NOTED & LEFT_OUT.keys()


def test_every_word_is_done_again_with_the_values_that_it_has() -> None:
    written: dict[str, set[int]] = {}
    for trigger in TRIGGERS:
        word, values = re.search(r"journal_row\(\s*'([a-z-]+)',(.*?)\)\);", trigger, re.DOTALL).groups()  # type: ignore[union-attr]  # each has one
        written.setdefault(word, set()).add(len(values.split(",")))
    taken = {word: {max(map(parameters_of, each))} for word, each in STATEMENTS.items()}
    assert written == taken
