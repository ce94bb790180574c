"""A rollback: this release on the schema of the next one, and the copy that is made before a schema is changed."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from harness.app import harness, put_migrated, said, settings_in
from harness.storage import open_storage

from bot.domain.errors import SchemaTooNew
from bot.lifecycle import Fatal
from storage.backup.rotation import listed
from storage.checkup import check_schema
from storage.sqlite.database import Database
from storage.sqlite.migrate import expected_objects, has_columns, load_migrations, migrate

NEWEST = load_migrations()[-1].number
FIRST_WITH_WORD = 33  # the migration that wrote min_version down


def add_to(path: Path, min_version: int) -> None:
    """What a next release's migration may add: a column, a table, an index."""
    put_migrated(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(
            "ALTER TABLE users ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm';"
            "CREATE TABLE moods (mood TEXT PRIMARY KEY) STRICT;"
            "CREATE INDEX idx_users_mood ON users (mood);"
            f"PRAGMA user_version = {NEWEST + 1};"
        )
        connection.execute("UPDATE schema_compat SET min_version = ?", (min_version,))


async def test_this_release_runs_on_a_schema_that_only_adds(tmp_path: Path) -> None:
    await asyncio.to_thread(add_to, tmp_path / "perpdesk.sqlite3", NEWEST)
    async with harness(tmp_path) as house:
        anna = house.person()
        await anna.say("/start")
        await house.terms_accepted()
        assert "2.5" in (await said(anna, "/settings risk 2.5")).text
        assert (await check_schema(house.database.fetch)).is_ok
        assert [tuple(row) for row in await house.database.fetch("SELECT mood FROM users WHERE user_id = 1001")] == [
            ("calm",)
        ]


async def test_a_schema_that_has_taken_something_away_is_refused(tmp_path: Path) -> None:
    await asyncio.to_thread(add_to, tmp_path / "perpdesk.sqlite3", NEWEST + 1)
    with pytest.raises(SchemaTooNew, match="run the version that made it"):
        async with harness(tmp_path):
            pass


def test_a_migration_that_takes_away_says_from_which_version_on_its_schema_can_be_used() -> None:
    migrations = load_migrations()
    for number in range(FIRST_WITH_WORD, NEWEST + 1):
        before, after = (expected_objects(migrations[:count]) for count in (number - 1, number))
        lost = [name for name, each in before.items() if name not in after]
        changed = [(name, each.columns, after[name].columns) for name, each in before.items() if name in after]
        lost += [name for name, old, new in changed if not has_columns(new, old)]
        text = "\n".join(migrations[number - 1].statements)
        assert not lost or f"min_version = {number}" in text, f"{migrations[number - 1].name} takes away {lost}"


async def test_a_copy_is_made_before_a_schema_is_changed_and_without_one_it_is_not(tmp_path: Path) -> None:
    path, settings = tmp_path / "perpdesk.sqlite3", settings_in(tmp_path)
    async with Database.open(path) as database:
        await migrate(database, until=NEWEST - 1)
    backups = settings.backup_folder
    await asyncio.to_thread(backups.write_text, "not a folder")
    with pytest.raises(Fatal, match="the schema is not changed without a copy"):
        async with harness(tmp_path):
            pass
    assert await asyncio.to_thread(_version, path) == NEWEST - 1
    await asyncio.to_thread(backups.unlink)
    for _ in range(2):
        async with harness(tmp_path):
            pass
    (made,) = await asyncio.to_thread(listed, backups)
    assert made.purpose == "migration"
    assert await asyncio.to_thread(_version, path) == NEWEST


async def test_a_new_database_needs_no_copy(tmp_path: Path) -> None:
    async with open_storage(tmp_path / "other"):
        pass
    async with harness(tmp_path):
        pass
    assert not await asyncio.to_thread((tmp_path / "perpdesk.backups").exists)


def _version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
