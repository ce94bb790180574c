"""Numbered migrations: `migrations/NNNN_name.sql`, each one transaction that ends by setting user_version to NNNN.

A file that was released is never edited. What the files make together is what a database must hold: tables, columns
or triggers that are missing mean a damaged file; indexes that are missing are made again by `perpdesk optimize-db`.
"""

import asyncio
import logging
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from bot.aio.shielded import shielded
from bot.domain.errors import SchemaTooNew, UnfitDatabase
from storage.sqlite.connection import BEGIN, SqliteConnection
from storage.sqlite.database import Database
from storage.sqlite.errors import translated

SELECT_VERSION: Final = "SELECT user_version FROM pragma_user_version"
SELECT_MIN_VERSION: Final = "SELECT min_version FROM schema_compat WHERE id = 1"
SELECT_WORDS: Final = """
    SELECT name, sql FROM sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_'
"""
SELECT_OBJECTS: Final = """
    SELECT type, name, (SELECT group_concat(name) FROM pragma_table_info(object.name)), sql
      FROM sqlite_schema AS object
     WHERE substr(name, 1, 7) <> 'sqlite_'
"""
# What is known of a small table is soon untrue: with statistics of three rows the planner would scan thirty thousand.
FORGET_SMALL: Final = """
    DELETE FROM sqlite_stat1 WHERE CAST(substr(stat, 1, instr(stat || ' ', ' ')) AS INTEGER) < 1000
"""
_STATISTICS: Final = (
    "ANALYZE",
    FORGET_SMALL,
    "ANALYZE sqlite_schema",  # writes nothing: the connection reads its statistics anew
)
_FILE_NAME: Final = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file: its number, its name and its statements."""

    number: int
    name: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaObject:
    """A table, index or trigger; `columns` of a table in their order, `sql` what made it."""

    kind: str
    name: str
    columns: str | None
    sql: str


async def migrate(database: Database, *, until: int | None = None) -> tuple[int, int]:
    """Bring the database to the newest schema (or to `until`) and refresh the planner's statistics.

    Answers the versions before and after. Statistics are taken at every start because it costs milliseconds
    (`analysis_limit`); no hot statement needs them, which a test proves on a database that has none.
    Raises SchemaTooNew, UnfitDatabase (a half-made or damaged schema) or StorageTrouble; a file that fails leaves the
    database as the one before it made it.
    """
    migrations = await asyncio.to_thread(load_migrations)
    async with database.alone() as connection:
        with translated():
            before = await version_of(connection)
            await _refuse_newer(connection, before, migrations, database.path)
            applied = tuple(each for each in migrations if each.number <= before)
            for missing in await _check(connection, database.path, applied):
                _logger.warning("index %s is missing: `perpdesk optimize-db` makes it again", missing.name)
            after = before
            for migration in migrations:
                if before < migration.number and (until is None or migration.number <= until):
                    await apply(connection, migration)
                    after = migration.number
            await _analyze(connection)
    if after != before:
        _logger.info("schema %d -> %d", before, after)
    return before, after


async def missing_indexes(database: Database) -> tuple[SchemaObject, ...]:
    """Raises UnfitDatabase for a damaged schema or an older one, SchemaTooNew, StorageTrouble."""
    migrations = await asyncio.to_thread(load_migrations)
    async with database.alone() as connection:
        with translated():
            version = await version_of(connection)
            await _refuse_newer(connection, version, migrations, database.path)
            if version < migrations[-1].number:
                raise UnfitDatabase(f"{database.path} has an older schema: run `perpdesk migrate` first")
            return await _check(connection, database.path, migrations)


async def make_indexes(database: Database, indexes: Sequence[SchemaObject]) -> None:
    """Make them by the migrations' own words, and refresh the statistics. Raises StorageTrouble."""
    async with database.alone() as connection:
        with translated():
            for each in indexes:
                await connection.execute_fetchall(each.sql)
            await _analyze(connection)


@cache
def load_migrations() -> tuple[Migration, ...]:
    """The package's files in their order. Raises RuntimeError for a gap or a misnamed file."""
    found = []
    for file in files("storage").joinpath("migrations").iterdir():
        match = _FILE_NAME.fullmatch(file.name)
        if match is None:
            raise RuntimeError(f"storage/migrations/{file.name} is not named NNNN_name.sql")
        statements = tuple(_statements(file.read_text(encoding="utf-8")))
        found.append(Migration(number=int(match[1]), name=file.name, statements=statements))
    found.sort(key=lambda each: each.number)
    if not found or [each.number for each in found] != list(range(1, len(found) + 1)):
        raise RuntimeError(f"storage/migrations is not numbered 1, 2, 3 …: {[each.name for each in found]}")
    return tuple(found)


async def version_of(connection: SqliteConnection) -> int:
    ((version,),) = await connection.execute_fetchall(SELECT_VERSION)
    return int(version)


async def objects_of(connection: SqliteConnection) -> dict[str, SchemaObject]:
    """What stands in a database, by name."""
    return _by_name(await connection.execute_fetchall(SELECT_OBJECTS))


def _by_name(rows: Iterable[Iterable[Any]]) -> dict[str, SchemaObject]:
    return {name: SchemaObject(kind=kind, name=name, columns=columns, sql=sql) for kind, name, columns, sql in rows}


@cache
def expected_objects(migrations: tuple[Migration, ...]) -> Mapping[str, SchemaObject]:
    """What should stand there: the migrations, applied to an empty database in memory. Blocks for milliseconds."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for migration in migrations:
            for statement in migration.statements:
                connection.execute(statement)
        rows = connection.execute(SELECT_OBJECTS).fetchall()
    return MappingProxyType(_by_name(rows))


async def apply(connection: SqliteConnection, migration: Migration) -> None:
    """One file, one transaction. Foreign keys rest meanwhile (a table can be made anew) and are checked after."""
    await connection.execute_fetchall("PRAGMA foreign_keys = OFF")
    try:
        await connection.run_each((BEGIN, *migration.statements))
        await _check_outcome(connection, migration)
        await shielded(_commit(connection))
    except BaseException:
        await shielded(connection.rollback())
        raise
    finally:
        await shielded(_keys_on(connection))


async def _check_outcome(connection: SqliteConnection, migration: Migration) -> None:
    if await connection.execute_fetchall("PRAGMA foreign_key_check"):
        raise RuntimeError(f"{migration.name} leaves broken foreign keys")
    if await version_of(connection) != migration.number:
        raise RuntimeError(f"{migration.name} must end with PRAGMA user_version = {migration.number}")


async def _commit(connection: SqliteConnection) -> None:
    await connection.execute_fetchall("COMMIT")


async def _keys_on(connection: SqliteConnection) -> None:
    await connection.execute_fetchall("PRAGMA foreign_keys = ON")


async def _analyze(connection: SqliteConnection) -> None:
    await connection.run_each(_STATISTICS)


async def _refuse_newer(
    connection: SqliteConnection, version: int, migrations: Sequence[Migration], path: Path
) -> None:
    """A later schema may be used as it is where it only adds to what this version knows."""
    newest = migrations[-1].number
    if version <= newest:
        return
    rows = list(await connection.execute_fetchall(SELECT_MIN_VERSION))
    if not rows or rows[0][0] > newest:
        raise SchemaTooNew(
            f"{path} has schema {version}, this version knows {newest}: "
            "run the version that made it, or restore a backup"
        )
    _logger.warning(
        "%s has schema %d of a later version, which only adds to %d: it is used as it is", path, version, newest
    )


async def _check(connection: SqliteConnection, path: Path, applied: tuple[Migration, ...]) -> tuple[SchemaObject, ...]:
    """The indexes that are missing. Raises UnfitDatabase for anything else that is not as the migrations made it."""
    words = {name: sql for name, sql in await connection.execute_fetchall(SELECT_WORDS)}  # noqa: C416  rows are no pairs
    if not applied and words:
        raise UnfitDatabase(f"{path} has tables but no schema version: its making was cut short, start with a new file")
    expected = await asyncio.to_thread(expected_objects, applied)
    if all(words.get(name) == each.sql for name, each in expected.items()):
        return ()  # word for word, as it is but for files of other versions: no need to ask for the columns
    present = await objects_of(connection)
    missing = []
    for name, wanted in expected.items():
        found = present.get(name)
        if found is None and wanted.kind == "index":
            missing.append(wanted)
        elif found is None or not has_columns(found.columns, wanted.columns):
            raise UnfitDatabase(f"{path} is damaged: {wanted.kind} {name} is not as it should be. Restore a backup")
    return tuple(missing)


def has_columns(found: str | None, wanted: str | None) -> bool:
    """Whether a table has the columns that it should, in their order; a later version may have added some."""
    if found == wanted or found is None or wanted is None:
        return found == wanted
    names = found.split(",")
    return [each for each in names if each in set(wanted.split(","))] == wanted.split(",")


def newest_schema() -> int:
    """The number of the last migration; blocks at the first call."""
    return load_migrations()[-1].number


def _statements(script: str) -> Iterator[str]:
    """A script's statements; SQLite's own judgment tells where one ends, triggers included."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if pending.strip():
        raise RuntimeError(f"a statement without its end: {pending.strip()[:80]}")
