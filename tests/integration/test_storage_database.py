"""The file and its two connections: pragmas really in force, modes, the lock, and what is refused at start."""

import asyncio
import ctypes
import ctypes.util
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest
from harness.storage import ANNA, NOW, new_user, open_storage, put_back, snapshot

from bot.domain.errors import AlreadyRunning, StorageTrouble, UnfitDatabase
from storage.sqlite.database import Database, PageCheck
from storage.sqlite.migrate import migrate

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "page_size": 8192,
    "cache_size": -131_072,  # KiB: 128 MB
    "mmap_size": 536_870_912,
    "busy_timeout": 10_000,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "recursive_triggers": 1,
    "temp_store": 2,  # memory
    "secure_delete": 1,
    "ignore_check_constraints": 0,
}


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


async def asked(connection: aiosqlite.Connection, names: dict[str, object]) -> dict[str, object]:
    return {name: (await connection.execute_fetchall(f"PRAGMA {name}"))[0][0] for name in names}


async def test_every_pragma_is_in_force_on_the_writing_connection(tmp_path: Path) -> None:
    wanted = {**PRAGMAS, "query_only": 0, "wal_autocheckpoint": 1000, "journal_size_limit": 67_108_864}
    async with Database.open(tmp_path / "a.sqlite3") as database, database.alone() as connection:
        assert await asked(connection, wanted) == wanted


async def test_every_pragma_is_in_force_on_the_reading_connection(tmp_path: Path) -> None:
    wanted = {**PRAGMAS, "query_only": 1, "wal_autocheckpoint": 0}
    async with Database.open(tmp_path / "a.sqlite3") as database:
        assert await asked(database._reader, wanted) == wanted


async def test_a_new_file_has_8_kb_pages_from_its_first_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    async with open_storage(tmp_path):
        pass
    async with Database.open(path):
        pass
    header = path.read_bytes()[:100]
    assert header[:16] == b"SQLite format 3\0"
    assert int.from_bytes(header[16:18], "big") == 8192
    assert header[18:20] == b"\2\2"  # WAL
    assert len((tmp_path / "perpdesk.sqlite3").read_bytes()) % 8192 == 0


@pytest.mark.skipif(ctypes.util.find_library("sqlite3") is None, reason="SQLite is no library of its own here")
async def test_a_checkpoint_gives_back_the_memory_of_the_writers_pages(tmp_path: Path) -> None:
    memory_used = ctypes.CDLL(ctypes.util.find_library("sqlite3")).sqlite3_memory_used
    memory_used.restype = ctypes.c_int64
    async with Database.open(tmp_path / "a.sqlite3") as database:
        await database.batch([("CREATE TABLE bulk (body TEXT)", ())])
        await database.checkpoint()
        before = memory_used()
        for _ in range(4):
            await database.batch([("INSERT INTO bulk VALUES (?)", ("x" * 4000,))] * 100)
        written = memory_used() - before
        await database.checkpoint()

        assert written > 400_000
        assert memory_used() - before < 100_000


async def test_the_reader_can_not_write(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        with pytest.raises(StorageTrouble, match="can't be written"):
            await storage.database.fetch("DELETE FROM users")


async def test_files_and_a_new_folder_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "a.sqlite3"
    former = os.umask(0)
    try:
        async with Database.open(path) as database:
            await migrate(database)
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    finally:
        os.umask(former)
    assert modes == dict.fromkeys(("a.sqlite3", "a.sqlite3-wal", "a.sqlite3-shm", "a.sqlite3.lock"), 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE(path.parents[1].stat().st_mode) == 0o700


async def test_a_file_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    async with Database.open(path):
        pass
    path.chmod(0o644)
    async with Database.open(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_second_instance_is_told_who_has_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    async with Database.open(path):
        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()} is using {path}"):
            async with Database.open(path):
                pytest.fail("two instances")
    async with Database.open(path):
        pass


async def test_another_process_finds_the_file_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    code = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom storage.sqlite.database import Database\n"
        "async def main():\n    async with Database.open(Path(sys.argv[1])): pass\nasyncio.run(main())"
    )
    async with Database.open(path):
        command = [sys.executable, "-c", code, str(path)]
        outcome = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 1
    assert f"AlreadyRunning: process {os.getpid()} is using {path}" in outcome.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a database, but long enough to look like a file of some sort " * 20, "is not a SQLite database"),
        (b"SQLite format 3\0" + b"\xff" * 4000, "is damaged"),
    ],
)
async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.sqlite3"
    path.write_bytes(content)
    with pytest.raises(UnfitDatabase, match=words):
        async with Database.open(path):
            pytest.fail("opened")
    assert path.read_bytes() == content


async def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (id)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(UnfitDatabase, match="another program's database"):
        async with Database.open(path):
            pytest.fail("opened")
    assert path.read_bytes() == before


async def test_a_damaged_page_is_found_at_start(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
        ((root,),) = await storage.database.fetch("SELECT rootpage FROM sqlite_schema WHERE name = 'users'")
    path = tmp_path / "perpdesk.sqlite3"
    content = bytearray(path.read_bytes())
    start = (root - 1) * 8192
    content[start : start + 64] = b"\xee" * 64
    path.write_bytes(content)
    with pytest.raises(UnfitDatabase, match=r"is damaged .*: restore a backup"):
        async with Database.open(path):
            pytest.fail("opened")


async def _spoil(folder: Path) -> Path:
    """A database with a damaged page."""
    async with open_storage(folder) as storage:
        await storage.user()
        ((root,),) = await storage.database.fetch("SELECT rootpage FROM sqlite_schema WHERE name = 'users'")
    path = folder / "perpdesk.sqlite3"
    content = bytearray(path.read_bytes())
    content[(root - 1) * 8192 : (root - 1) * 8192 + 64] = b"\xee" * 64
    path.write_bytes(content)
    return path


async def test_a_file_that_was_left_open_is_checked_and_one_that_was_closed_is_checked_beside_the_rest(
    tmp_path: Path,
) -> None:
    path = await _spoil(tmp_path)
    async with Database.open(path, check=PageCheck.AFTER_CRASH) as database:
        assert database.problems() == ()
        with pytest.raises(UnfitDatabase, match="is damaged"):
            await database.check_pages()
        (reason,) = database.problems()
        assert "restore a backup" in reason
    path.with_name(path.name + ".lock").write_text("1 open\n")
    path.with_name(path.name + "-wal").touch()
    with pytest.raises(UnfitDatabase, match="is damaged"):
        async with Database.open(path, check=PageCheck.AFTER_CRASH):
            pytest.fail("opened")


async def test_a_lost_log_after_a_kill_is_found_at_start(tmp_path: Path) -> None:
    path = tmp_path / "perpdesk.sqlite3"
    async with open_storage(tmp_path) as storage:
        await storage.user()
        killed = snapshot(tmp_path)
    put_back(tmp_path, killed)
    (tmp_path / "perpdesk.sqlite3-wal").unlink()
    with pytest.raises(UnfitDatabase, match="-wal is missing though the database was not closed in order"):
        async with Database.open(path):
            pytest.fail("opened")
    (tmp_path / "perpdesk.sqlite3-wal").write_bytes(killed["perpdesk.sqlite3-wal"][0])
    async with Database.open(path) as database:
        assert await database.fetch("SELECT user_id FROM users") == [(ANNA,)]


async def test_a_look_with_the_shell_after_a_kill_loses_nothing(tmp_path: Path) -> None:
    """SQLite merges the log of a database that was left open, and deletes it, when another program closes it."""
    path = tmp_path / "perpdesk.sqlite3"
    async with open_storage(tmp_path) as storage:
        await storage.user()
        killed = snapshot(tmp_path)
    put_back(tmp_path, killed)
    with closing(sqlite3.connect(path)) as shell:
        assert shell.execute("SELECT user_id FROM users").fetchall() == [(ANNA,)]
    assert not path.with_name("perpdesk.sqlite3-wal").exists()
    async with Database.open(path) as database:
        assert await database.fetch("SELECT user_id FROM users") == [(ANNA,)]


async def test_a_look_after_a_kill_that_met_no_commit_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "perpdesk.sqlite3"
    async with open_storage(tmp_path):
        pass
    async with Database.open(path):
        killed = snapshot(tmp_path)
    put_back(tmp_path, killed)
    path.with_name("perpdesk.sqlite3-wal").unlink(missing_ok=True)
    async with Database.open(path) as database:
        assert await database.fetch("SELECT count(*) FROM users") == [(0,)]


async def test_a_database_closed_in_order_needs_no_log(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
    assert contents(tmp_path).keys() == {"perpdesk.sqlite3", "perpdesk.sqlite3.lock"}
    async with open_storage(tmp_path) as storage:
        assert await storage.queries.user_config(ANNA) is not None


async def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite3").mkdir()
    with pytest.raises(UnfitDatabase, match="is not a file"):
        async with Database.open(tmp_path / "a.sqlite3"):
            pytest.fail("opened")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
async def test_someone_elses_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    path.touch()
    os.chown(path, 12345, 12345)
    with pytest.raises(UnfitDatabase, match="belongs to system user 12345"):
        async with Database.open(path):
            pytest.fail("opened")


async def test_a_place_that_can_not_be_used_is_storage_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageTrouble, match="can't be used"):
        async with Database.open(tmp_path / "file" / "a.sqlite3"):
            pytest.fail("opened")


async def test_after_the_end_reads_and_writes_are_storage_trouble(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        pass
    with pytest.raises(StorageTrouble, match="is closed"):
        await storage.database.fetch("SELECT 1")
    with pytest.raises(StorageTrouble, match="is closed"):
        async with storage.database.transaction():
            pytest.fail("began")


async def test_a_read_that_fails_takes_none_with_it_that_came_at_the_same_time(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        found = await asyncio.gather(
            *(storage.database.fetch_all([(sql, ())]) for sql in ("SELECT nothing", *["SELECT 1 FROM users"] * 2)),
            return_exceptions=True,
        )
    assert isinstance(found[0], sqlite3.OperationalError)
    assert found[1:] == [[[]], [[]]]


async def test_closing_waits_for_the_transaction_under_way(tmp_path: Path) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with storage.store.begin() as unit:
            begun.set()
            await go_on.wait()
            await unit.users.ensure(new_user(), NOW)

    async with open_storage(tmp_path) as storage:
        task = asyncio.create_task(slow())
        await begun.wait()
        asyncio.get_running_loop().call_later(0.05, go_on.set)
    await task
    async with open_storage(tmp_path) as storage:
        assert await storage.queries.user_config(ANNA) is not None
