"""One SQLite file: one connection that writes, one that only reads, and the pragmas in force on each of them.

Exactly one connection writes and checkpoints, and the reader is closed before it: SQLite before 3.51.3 can lose
commits when two connections reset the write-ahead log at once (https://www.sqlite.org/wal.html, section 11).
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final, Self

from bot.aio.histograms import Histogram
from bot.aio.shielded import shielded
from bot.domain.errors import StorageTrouble, UnfitDatabase
from storage.sqlite.codecs import Row
from storage.sqlite.connection import SqliteConnection, Statement, connected
from storage.sqlite.errors import is_damage, raise_translated, translated
from storage.sqlite.files import InstanceLock, exclusive
from storage.sqlite.transaction import Transaction
from storage.sqlite.write_ahead import WriteAhead
from storage.sqlite.writer import DISK_SECONDS, Writer

APPLICATION_ID: Final = 0x50_44_53_4B  # "PDSK" in the file's header: tells our files from other programs'


# A file's own: they hold from its first byte on.
FILE_PRAGMAS: Final = (
    "PRAGMA page_size = 8192",
    "PRAGMA journal_mode = WAL",
)
# A connection's: they vanish with it.
CONNECTION_PRAGMAS: Final = (
    "PRAGMA synchronous = FULL",  # a commit is on the disk when it is acknowledged: money
    "PRAGMA cache_size = -131072",  # 128 MB
    "PRAGMA mmap_size = 536870912",  # 512 MB
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",  # a doctored file runs no functions of ours
    "PRAGMA recursive_triggers = ON",  # REPLACE, too, asks the triggers that keep the audit append-only
    "PRAGMA temp_store = MEMORY",  # what a statement sorts or undoes never reaches the disk in clear
    "PRAGMA secure_delete = ON",  # removed keys and messages leave nothing in free pages
    "PRAGMA analysis_limit = 1000",  # rows an index that ANALYZE looks at: milliseconds, not seconds
)
WRITER_PRAGMAS: Final = (
    "PRAGMA wal_autocheckpoint = 1000",  # 8 MB of log, then it goes back into the file
    "PRAGMA journal_size_limit = 67108864",  # a log that a burst has grown is cut back to 64 MB
)
READER_PRAGMAS: Final = (
    "PRAGMA query_only = ON",
    "PRAGMA wal_autocheckpoint = 0",
)
# Every page's shape, not every row's CHECKs: 0.15 s instead of 1.2 s for 70 MB.
_QUICK_CHECK: Final = (
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA quick_check(1)",
    "PRAGMA ignore_check_constraints = OFF",
)
SELECT_IDENTITY: Final = """
    SELECT application_id, EXISTS (SELECT 1 FROM sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_')
      FROM pragma_application_id
"""


class PageCheck(Enum):
    """When SQLite's quick_check, which reads every page (0.2 s for 100 MB), is run before a file is used."""

    ALWAYS = "always"
    AFTER_CRASH = "after a crash"  # where the file was not closed in order
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStats:
    """Since the file was opened; histograms are of seconds, `waiting` writers wait for their turn now."""

    commits: Histogram
    checkpoints: Histogram
    failures: int  # commits that the disk refused
    waiting: int


class Database:
    """An open database. `fetch` reads what is committed; `transaction` writes."""

    def __init__(self, path: Path, writer: Writer, reader: SqliteConnection, monotonic: Callable[[], float]) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._monotonic = monotonic
        self._checkpoints = Histogram(DISK_SECONDS)
        self._is_closed = False
        self._damage: tuple[str, ...] = ()

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        path: Path,
        *,
        check: PageCheck = PageCheck.ALWAYS,
        driver: type[sqlite3.Connection] = sqlite3.Connection,
        monotonic: Callable[[], float] = time.monotonic,
        in_trouble: Callable[[StorageTrouble], None] = lambda _: None,
    ) -> AsyncIterator[Self]:
        """Open or make the file at `path`; its tables are `storage.sqlite.migrate`'s business.

        `driver`: what both connections are made of. `monotonic`: seconds, for what is measured. `in_trouble` hears of
        each write that the disk refuses.
        Raises AlreadyRunning, UnfitDatabase (damaged, foreign or someone else's) or StorageTrouble.
        """
        async with (
            exclusive(path) as lock,
            cls.open_locked(lock, check=check, driver=driver, monotonic=monotonic, in_trouble=in_trouble) as database,
        ):
            yield database

    @classmethod
    @asynccontextmanager
    async def open_locked(
        cls,
        lock: InstanceLock,
        *,
        check: PageCheck = PageCheck.ALWAYS,
        driver: type[sqlite3.Connection] = sqlite3.Connection,
        monotonic: Callable[[], float] = time.monotonic,
        in_trouble: Callable[[StorageTrouble], None] = lambda _: None,
    ) -> AsyncIterator[Self]:
        """The same for a caller that holds the file already."""
        async with AsyncExitStack() as stack:
            with _refusals(lock.path):
                connection = await stack.enter_async_context(connected(lock.path, driver))
                was_left_open = await asyncio.to_thread(lambda: lock.was_left_open)
                await _prepare_writer(connection, lock.path)
                if check is PageCheck.ALWAYS or (check is PageCheck.AFTER_CRASH and was_left_open):
                    await _check_pages(connection, lock.path)
                await asyncio.to_thread(lock.note_open)
                stack.push_async_callback(asyncio.to_thread, lock.note_closed)
                reader = await stack.enter_async_context(connected(lock.path, driver))
                await reader.run_each((*CONNECTION_PRAGMAS, *READER_PRAGMAS))
            writer = Writer(connection, before_commit=lock.note_commit, in_trouble=in_trouble, monotonic=monotonic)
            database = cls(lock.path, writer, reader, monotonic)
            stack.push_async_callback(database._close)
            yield database

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Every row of one SELECT over what is committed. Raises StorageTrouble."""
        if self._is_closed:
            raise StorageTrouble("the database is closed")
        try:
            return await self._reader.execute_fetchall(sql, parameters)  # type: ignore[return-value]  # it is a list
        except sqlite3.Error as error:
            raise_translated(error)

    async def checkpoint(self) -> None:
        """Bring what is committed from the write-ahead log into the file, while nobody writes. Raises StorageTrouble.

        Else the commit that fills the log does it, and whoever waits for that waits for both. Then the writer's copies
        of pages go, which it would keep up to its 128 MB: the mapped file answers as quickly.
        """
        async with self.alone() as connection:
            began = self._monotonic()
            with translated():
                await shielded(connection.execute_fetchall("PRAGMA wal_checkpoint(PASSIVE)"))
                self._checkpoints.observe(self._monotonic() - began)
                await shielded(connection.execute_fetchall("PRAGMA shrink_memory"))

    async def fetch_all(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """The rows of several SELECTs, of one moment and in one hop to the reader's thread. Raises StorageTrouble."""
        if self._is_closed:
            raise StorageTrouble("the database is closed")
        try:
            return await self._reader.read_all(statements)
        except sqlite3.Error as error:
            raise_translated(error)

    async def check_pages(self) -> None:
        """SQLite's quick_check on a connection of its own, beside everything else. Raises UnfitDatabase."""
        try:
            await self._check_pages()
        except UnfitDatabase as damage:
            self._damage = (str(damage),)
            raise
        self._damage = ()

    def stats(self) -> DatabaseStats:
        writer = self._writer
        return DatabaseStats(
            commits=writer.commits, checkpoints=self._checkpoints, failures=writer.refused, waiting=writer.waiting
        )

    def writer_busy_s(self) -> float:
        """Seconds for which the writer's turn under way has been taken; 0 while there is none."""
        return self._writer.busy_s

    def problems(self) -> tuple[str, ...]:
        """What the last `check_pages` found, for /readyz."""
        return self._damage

    async def _check_pages(self) -> None:
        with _refusals(self.path):
            async with connected(self.path) as connection:
                await connection.run_each((*CONNECTION_PRAGMAS, *READER_PRAGMAS))
                await _check_pages(connection, self.path)

    def write_ahead(self, ahead: WriteAhead) -> None:
        """See `Writer.write_ahead`."""
        self._writer.write_ahead(ahead)

    def transaction(
        self, committed: Callable[[], None] | None = None, *, is_urgent: bool = False
    ) -> AbstractAsyncContextManager[Transaction]:
        """A transaction of the one writer; see `Writer.transaction`. `is_urgent`: before those that are not."""
        return self._writer.transaction(committed, is_urgent=is_urgent)

    async def statement(self, sql: str, parameters: Sequence[Any] = (), *, is_urgent: bool = False) -> list[Row]:
        """One statement that is a transaction of its own; see `Writer.statement`."""
        return await self._writer.statement(sql, parameters, is_urgent=is_urgent)

    async def batch(self, statements: Sequence[Statement], *, is_urgent: bool = False) -> list[list[Row]]:
        """Statements that are a transaction together; see `Writer.batch`."""
        return await self._writer.batch(statements, is_urgent=is_urgent)

    def alone(self) -> AbstractAsyncContextManager[SqliteConnection]:
        """The writer's connection, outside of a transaction; see `Writer.alone`."""
        return self._writer.alone()

    async def _close(self) -> None:
        await self._writer.close()
        self._is_closed = True


async def _prepare_writer(connection: SqliteConnection, path: Path) -> None:
    ((application_id, has_tables),) = await connection.execute_fetchall(SELECT_IDENTITY)
    if has_tables and application_id != APPLICATION_ID:
        raise UnfitDatabase(f"{path} is another program's database")
    await connection.run_each((*FILE_PRAGMAS, *CONNECTION_PRAGMAS, *WRITER_PRAGMAS))


async def _check_pages(connection: SqliteConnection, path: Path) -> None:
    _, ((verdict,),), _ = await connection.run_each(_QUICK_CHECK)
    if verdict != "ok":
        raise UnfitDatabase(f"{path} is damaged ({verdict.splitlines()[-1]}): restore a backup")


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """While opening, damage is a reason not to start; everything else stays trouble that may pass."""
    try:
        with translated():
            yield
    except StorageTrouble as trouble:
        if isinstance(trouble.__cause__, sqlite3.Error) and is_damage(trouble.__cause__):
            raise UnfitDatabase(f"{path} is damaged ({trouble.__cause__}): restore a backup") from trouble
        raise
