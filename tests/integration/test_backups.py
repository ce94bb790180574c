"""Backups: made beside the running bot, sealed to two recipients, kept in rotation, refused once changed."""

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from harness.app import Harness, harness, settings_in
from harness.metrics import one, scraped
from harness.storage import new_user, open_storage
from harness.waiting import until_now
from typer.testing import CliRunner

from bot.domain.clock import SystemClock
from bot.domain.errors import AlreadyRunning, NothingDone, StorageTrouble, UnfitBackup, WrongKeyFile
from bot.domain.ids import DAY, Millis, UserId
from bot.settings import Settings
from bot.wiring.keys import load_keys
from bot.wiring.safekeeping import BackupJobs, backup_plan
from ops.backups import _hook, _run
from ops.cli import app
from storage.backup.copying import prove
from storage.backup.making import MadeBackup, make_backup
from storage.backup.records import note, one_at_a_time, read_record
from storage.backup.rotation import DAYS, NEWEST, WEEKS, BackupFile, listed, name_of, superfluous
from storage.backup.sealed_file import CHUNK, seal, unseal
from storage.sqlite.recipients import OfflineKey, OfflineRecipient, Openers, Recipients, new_pair
from storage.sqlite.vault import AesCredentialVault, KeyFile, new_key_file

NOW = Millis(1_760_000_000_000)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Harness]:
    async with harness(tmp_path) as made:
        await made.person().say("/start")
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = settings_in(tmp_path)
    new_pair(made.recipient_file, made.recipient_file.with_suffix(".offline-key"))
    return made


def vault_of(settings: Settings) -> AesCredentialVault:
    return AesCredentialVault(load_keys(settings))


def back_up(settings: Settings, *, now: int = NOW, reason: str = "regular") -> MadeBackup:
    return make_backup(backup_plan(settings, vault_of(settings)), now=Millis(now), reason=reason)


def users_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM users").fetchone()[0])


async def test_a_copy_beside_the_running_bot_opens_with_either_key(house: Harness, settings: Settings) -> None:
    before = await house.rows("users")
    made = await asyncio.to_thread(back_up, settings)
    await house.person(1002, name="Boris").say("/start")  # commits go on
    offline = await asyncio.to_thread(OfflineKey.load, settings.recipient_file.with_suffix(".offline-key"))
    audited = len(await house.rows("audit"))

    def look(openers: Openers, target: Path) -> int:
        assert unseal(made.path, target, openers) == made.facts
        assert prove(target, vault=vault_of(settings), is_full=True).chains["audit"] == audited
        return users_in(target)

    for number, openers in enumerate((Openers(vault=vault_of(settings)), Openers(vault=None, offline=offline))):
        target = settings.database.with_name(f"opened-{number}")
        assert await asyncio.to_thread(look, openers, target) == len(before) < len(await house.rows("users"))
    await asyncio.to_thread(look_beside, made, settings)


def look_beside(made: MadeBackup, settings: Settings) -> None:
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert not list(settings.database.parent.glob("*copying*"))
    assert b"Anna" not in made.path.read_bytes()


def test_a_stranger_s_key_is_told_which_ones_open_it(tmp_path: Path, settings: Settings) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(bytes(100))
    recipients = backup_plan(settings, vault_of(settings)).recipients
    facts = {"made_at": NOW, "reason": "regular", "version": "1", "schema": 1, "min_version": 1}
    seal(plain, tmp_path / "sealed", facts, recipients)
    new_key_file(tmp_path / "other.key")
    new_pair(tmp_path / "other", tmp_path / "other.offline")
    other = AesCredentialVault(KeyFile.load(tmp_path / "other.key"))
    openers = Openers(vault=other, offline=OfflineKey.load(tmp_path / "other.offline"))
    with pytest.raises(WrongKeyFile, match=r"bring the key file that has key test or the offline key"):
        unseal(tmp_path / "sealed", tmp_path / "never", openers)
    assert not (tmp_path / "never").exists()


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Openers]:
    """A backup of three and a bit chunks, which can't be compressed."""
    folder = tmp_path_factory.mktemp("sealed")
    new_key_file(folder / "key")
    vault = AesCredentialVault(KeyFile.load(folder / "key"))
    (folder / "plain").write_bytes(random.Random(1).randbytes(3 * CHUNK + 1000))  # noqa: S311  a repeatable choice, not a secret
    facts = {"made_at": NOW, "reason": "regular", "version": "1", "schema": 1, "min_version": 1}
    seal(folder / "plain", folder / "sealed", facts, Recipients(vault=vault, offline=None))
    return folder / "sealed", Openers(vault=vault)


def chunks_of(whole: bytes) -> tuple[bytes, list[bytes]]:
    """The head, and each chunk with its length."""
    at = 12 + int.from_bytes(whole[8:12], "big")
    head, chunks = whole[:at], []
    while at < len(whole):
        end = at + 4 + int.from_bytes(whole[at : at + 4], "big")
        chunks.append(whole[at:end])
        at = end
    return head, chunks


@pytest.mark.parametrize("seed", range(40))
def test_whatever_was_changed_is_refused_with_a_word(seed: int, sealed: tuple[Path, Openers], tmp_path: Path) -> None:
    """T19: flipped bits, a cut, chunks swapped, left out or doubled, something behind the end."""
    draw = random.Random(seed)  # noqa: S311  the same
    path, openers = sealed
    whole = path.read_bytes()
    head, chunks = chunks_of(whole)
    match seed % 8:
        case 0:
            at = draw.randrange(len(whole))
            spoiled = whole[:at] + bytes([whole[at] ^ (1 << draw.randrange(8))]) + whole[at + 1 :]
        case 1:
            spoiled = whole[: draw.randrange(len(whole))]
        case 2:
            first, second = draw.sample(range(4), 2)
            chunks[first], chunks[second] = chunks[second], chunks[first]
            spoiled = head + b"".join(chunks)
        case 3:
            del chunks[draw.randrange(4)]
            spoiled = head + b"".join(chunks)
        case 4:
            spoiled = head + b"".join(chunks[: draw.randrange(4)])
        case 5:
            chunks.insert(draw.randrange(4), chunks[draw.randrange(4)])
            spoiled = head + b"".join(chunks)
        case 6:
            spoiled = whole + draw.randbytes(draw.randrange(1, 99))
        case _:
            at = draw.randrange(len(head))
            spoiled = whole[:at] + bytes([whole[at] ^ (1 << draw.randrange(8))]) + whole[at + 1 :]
    (tmp_path / "spoiled").write_bytes(spoiled)
    with pytest.raises((UnfitBackup, WrongKeyFile)) as refusal:
        unseal(tmp_path / "spoiled", tmp_path / "never", openers)
    assert len(str(refusal.value)) > 20
    assert not (tmp_path / "never").exists()


async def with_people(folder: Path, count: int = 300) -> None:
    async with open_storage(folder) as house:
        for number in range(count):
            async with house.store.begin() as unit:
                await unit.users.ensure(new_user(UserId(2000 + number), first_name="x" * 200), NOW)
        await house.database.checkpoint()


def test_a_damaged_database_gives_no_backup(tmp_path: Path, settings: Settings) -> None:
    asyncio.run(with_people(tmp_path))
    whole = bytearray(settings.database.read_bytes())
    for at in range(8192 * 40, len(whole) - 8192, 8192):
        whole[at : at + 300] = bytes(300)
    settings.database.write_bytes(bytes(whole))
    with pytest.raises((UnfitBackup, StorageTrouble), match=r"damaged|malformed"):
        back_up(settings)
    assert listed(settings.backup_folder) == ()
    assert read_record(settings.backup_folder).verified_at is None


def test_there_must_be_room_for_two(settings: Settings) -> None:
    asyncio.run(with_people(settings.database.parent))
    size = settings.database.stat().st_size
    plan = replace(backup_plan(settings, vault_of(settings)), free=lambda _: 2 * size - 1)
    with pytest.raises(StorageTrouble, match="are free at"):
        make_backup(plan, now=NOW, reason="regular")
    assert listed(settings.backup_folder) == ()


def test_two_at_once_are_one(settings: Settings) -> None:
    with one_at_a_time(settings.backup_folder), pytest.raises(AlreadyRunning, match="another backup is under way"):
        back_up(settings)


def files(count: int, *, every: timedelta, size: int = 10) -> list[BackupFile]:
    newest = datetime(2026, 11, 27, 12, tzinfo=UTC)
    return [
        BackupFile(path=Path(f"{number}"), made=newest - number * every, purpose="regular", size=size)
        for number in range(count)
    ]


def test_rotation_keeps_a_day_of_quarters_two_weeks_of_days_and_eight_of_weeks() -> None:
    ordered = files(96 * 100, every=timedelta(minutes=15))
    gone = {each.path for each in superfluous(ordered, max_bytes=10**9)}
    kept = [each for each in ordered if each.path not in gone]
    assert kept[:NEWEST] == ordered[:NEWEST]
    assert len({each.made.date() for each in kept[:-1]}) >= DAYS
    assert len(kept) <= NEWEST + DAYS + WEEKS
    assert kept[-1].made < ordered[0].made - timedelta(weeks=WEEKS - 2)


def test_the_cap_takes_the_oldest_and_never_the_newest() -> None:
    ordered = files(20, every=timedelta(minutes=15))
    assert superfluous(ordered, max_bytes=55) == tuple(ordered[5:])
    assert superfluous(ordered, max_bytes=1) == tuple(ordered[1:])


def test_copies_before_a_migration_outlive_the_quarters() -> None:
    ordered = files(300, every=timedelta(minutes=1))
    first = ordered[250]
    ordered[250] = BackupFile(path=first.path, made=first.made, purpose="migration", size=1)
    assert ordered[250] not in superfluous(ordered, max_bytes=10**9)
    old = replace(ordered[250], made=ordered[0].made - timedelta(weeks=WEEKS, days=1))
    quarters = files(96 * 100, every=timedelta(minutes=15))
    assert old in superfluous([*quarters, old], max_bytes=10**9), "people are told of eight weeks"


def test_what_is_older_than_people_are_told_goes_however_few_were_made_since() -> None:
    weekly = files(20, every=timedelta(weeks=1))
    assert superfluous(weekly, max_bytes=10**9) == tuple(weekly[WEEKS + 1 :])
    ahead = [replace(each, path=Path(f"ahead{each.path}"), made=each.made + timedelta(days=400)) for each in weekly[:6]]
    assert superfluous([*ahead, *weekly], max_bytes=10**9) == (), "a clock that is ahead for a day takes none of them"


def test_a_clock_that_was_set_back_leaves_the_backup_of_now(settings: Settings) -> None:
    asyncio.run(with_people(settings.database.parent, 1))
    later = settings.backup_folder / name_of(Millis(NOW + 400 * DAY), "regular")
    made = back_up(settings, now=NOW + 400 * DAY)
    assert made.path == later
    plan = replace(backup_plan(settings, vault_of(settings)), max_bytes=1)
    made = make_backup(plan, now=NOW, reason="regular")
    assert (made.path.exists(), made.removed) == (True, 0)


def test_a_name_tells_its_moment(tmp_path: Path) -> None:
    (tmp_path / name_of(NOW, "regular")).write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    (tmp_path / "perpdesk-20261327T234500Z-regular.backup").write_bytes(b"")
    (tmp_path / "perpdesk-20261127T234500Z-regular.backup").mkdir()
    (found,) = listed(tmp_path)
    assert found.made.timestamp() == NOW // 1000
    assert found.purpose == "regular"


async def test_the_command_the_hook_and_what_metrics_show_of_them(
    house: Harness, settings: Settings, tmp_path: Path
) -> None:
    def hook(text: str) -> None:
        (tmp_path / "hook.py").write_text(text)

    taken = "import pathlib, sys; pathlib.Path(sys.argv[1]).with_suffix('.taken').touch(); sys.exit(7)"
    await asyncio.to_thread(hook, taken)
    settings = settings_in(tmp_path, backup_hook=f"{sys.executable} {tmp_path / 'hook.py'}")
    jobs = BackupJobs.of(settings, SystemClock())
    with pytest.raises(NothingDone, match="the hook ended with code 7"):
        await jobs.back_up()
    metrics = await scraped(house.assembly)
    assert one(metrics, "perpdesk_backup_hook_exit_code") == 7
    assert one(metrics, "perpdesk_backup_hook_seconds") > 0
    assert one(metrics, "perpdesk_backup_verified_timestamp_seconds") > 0
    assert one(metrics, "perpdesk_backup_file_bytes") > 0
    assert await asyncio.to_thread(lambda: list(settings.backup_folder.glob("*.taken")))
    await asyncio.to_thread(hook, "")
    await jobs.back_up()
    assert one(await scraped(house.assembly), "perpdesk_backup_hook_exit_code") == 0
    assert await jobs.drill(), "none was restored on trial yet"
    assert not await jobs.drill(), "once a week"
    assert one(await scraped(house.assembly), "perpdesk_backup_restore_drill_timestamp_seconds") > 0
    shown = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "ops", "backups"],
        env=dict(jobs.environment),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "opens with key test or offline " in shown.stdout


def test_a_disk_that_refuses_what_the_hook_came_to_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "backups.new").mkdir()  # where the record is written first
    with pytest.raises(typer.Exit):
        _hook("true", tmp_path, tmp_path)
    assert "how the hook ended is not noted" in capsys.readouterr().err


async def test_nothing_waits_for_what_a_hook_leaves_at_work(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    command = ("sh", "-c", f"cat {fifo} & echo no room >&2; exit 3")
    jobs = BackupJobs(folder=tmp_path, environment={}, clock=SystemClock(), command=command)
    with pytest.raises(NothingDone, match="ended with code 3: no room"):
        await asyncio.wait_for(jobs.back_up(), 10)
    await asyncio.to_thread(fifo.write_bytes, b"")  # ends it


def test_a_hook_that_hangs_ends_with_all_it_began_and_is_told_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended() -> bool:
        child = (tmp_path / "child").read_text().strip() if (tmp_path / "child").exists() else ""
        status = Path(f"/proc/{child}/stat")
        return not child or not status.exists() or ") Z " in status.read_text()

    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {tmp_path}/child\nwait\n")
    hook.chmod(0o700)
    assert _run(str(hook), tmp_path, seconds=1) == 124
    until_now(ended, what="the child of the hook has ended")
    monkeypatch.setenv("PERPDESK_KEY", "test:secret")
    hook.write_text(f"#!/bin/sh\nenv > {tmp_path}/told\n")
    assert _run(str(hook), tmp_path) == 0
    assert "PERPDESK" not in (tmp_path / "told").read_text()


async def test_never_is_zero_and_is_no_comfort(house: Harness) -> None:
    metrics = await scraped(house.assembly)
    assert one(metrics, "perpdesk_backup_verified_timestamp_seconds") == 0
    assert one(metrics, "perpdesk_backup_restore_drill_timestamp_seconds") == 0


def test_a_record_that_can_t_be_read_counts_as_none(tmp_path: Path) -> None:
    note(tmp_path, verified_at=NOW)
    assert read_record(tmp_path).verified_at == NOW
    for spoiled in ("", "[]", '{"verified_at": ', '{"of_a_later_version": 1}'):
        (tmp_path / "backups.json").write_text(spoiled)
        assert read_record(tmp_path).verified_at is None


def test_what_is_noted_at_once_is_noted_of_all(tmp_path: Path) -> None:
    """A restore on trial beside a backup: neither takes back what the other noted."""
    changes = [{"drill_at": NOW}, {"verified_at": NOW}, {"hook_exit": 7}, {"size": 17}] * 25
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda change: note(tmp_path, **change), changes))
    found = read_record(tmp_path)
    assert (found.drill_at, found.verified_at, found.hook_exit, found.size) == (NOW, NOW, 7, 17)


def test_a_folder_of_backups_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "backups").touch()
    shown = CliRunner().invoke(app, ["backups"], env={"PERPDESK_BACKUPS": str(tmp_path / "backups")})
    assert (shown.exit_code, "Not a directory" in shown.output) == (1, True), shown.output


def test_a_recipient_file_that_is_none_is_refused(tmp_path: Path) -> None:
    new_pair(tmp_path / "public", tmp_path / "private")
    with pytest.raises(WrongKeyFile, match="no perpdesk-recipient in it"):
        OfflineRecipient.load(tmp_path / "private")
    with pytest.raises(FileExistsError):
        new_pair(tmp_path / "public", tmp_path / "private")
