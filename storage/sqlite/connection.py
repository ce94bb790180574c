"""A connection of aiosqlite that runs several statements in one hop to its thread."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import aiosqlite

from bot.aio.shielded import shielded
from bot.domain.errors import StorageTrouble
from storage.sqlite.codecs import Row

BUSY_TIMEOUT_S: Final = 10.0
_STATEMENT_CACHE: Final = 256  # prepared statements a connection; a statement that is not kept costs 2.7 times as much

BEGIN: Final = "BEGIN IMMEDIATE"
BEGIN_READ: Final = "BEGIN"
COMMIT: Final = "COMMIT"

Statement = tuple[str, tuple[Any, ...]]
"""SQL and its parameters."""

T = TypeVar("T")


class Opening:
    """A statement that goes out with the first that follows it. `is_done` is of the connection's thread."""

    __slots__ = ("is_done", "sql")

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.is_done = False


class SqliteConnection(aiosqlite.Connection):
    """A hop costs more than most statements do, so those that need no answer in between go together."""

    async def run_all(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Every row that each of them answers. Raises sqlite3.Error of the first that fails; none after it is run."""
        answers: list[list[Row]] = await self._execute(self._run_all, statements)  # type: ignore[no-untyped-call]  # aiosqlite's own way in
        return answers

    async def run_opened(self, opening: Opening, statements: Sequence[Statement]) -> list[list[Row]]:
        """As `run_all`, behind the opening where that was not run yet."""
        answers: list[list[Row]] = await self._execute(self._run_opened, opening, statements)  # type: ignore[no-untyped-call]  # the same
        return answers

    async def run_and_commit(
        self, opening: Opening, statements: Sequence[Statement], may_commit: Callable[[], bool]
    ) -> bool | Exception:
        """As `run_opened`, then COMMIT if `may_commit` says so in the thread; whether it did, or why either failed."""
        is_done: bool | Exception = await self._execute(self._run_and_commit, opening, statements, may_commit)  # type: ignore[no-untyped-call]  # the same
        return is_done

    async def undo(self, opening: Opening, sql: str) -> None:
        """Run what takes back all that came behind the opening, if that was run. Raises sqlite3.Error."""
        await self._execute(self._undo, opening, sql)  # type: ignore[no-untyped-call]  # the same

    async def run_each(self, statements: Iterable[str]) -> list[list[Row]]:
        """The same of statements without parameters."""
        return await self.run_all([(each, ()) for each in statements])

    async def read_all(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """The same of SELECTs, of one moment of the database. One that fails leaves the next reader no transaction."""
        answers: list[list[Row]] = await self._execute(self._read_all, statements)  # type: ignore[no-untyped-call]  # the same
        return answers

    async def run_whole(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Every row that each of them answers, all of them one transaction, or nothing. Raises sqlite3.Error."""
        return await self._finished(partial(self._run_whole, statements))

    async def run_unbroken(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        """Every row of one statement, whose end a cancellation waits for. Raises sqlite3.Error."""
        return await self._finished(lambda: self._conn.execute(sql, parameters).fetchall())

    async def _finished(self, work: Callable[[], T]) -> T:
        """What the work in the thread answers; a cancellation is raised when that has ended.

        As `shielded`, for what runs in a thread and needs no task to go on: some turns of the loop less.
        """
        if not self._running or self._connection is None:
            raise ValueError("the connection is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((future, work))
        interrupted: asyncio.CancelledError | None = None
        while not future.done():
            try:
                await asyncio.shield(future)
            except asyncio.CancelledError as error:
                interrupted = error
            except sqlite3.Error:
                break
        if interrupted is not None:
            raise interrupted
        return future.result()

    def _run_opened(self, opening: Opening, statements: Sequence[Statement]) -> list[list[Row]]:
        if not opening.is_done:
            self._conn.execute(opening.sql)
            opening.is_done = True
        return self._run_all(statements)

    def _run_and_commit(
        self, opening: Opening, statements: Sequence[Statement], may_commit: Callable[[], bool]
    ) -> bool | Exception:
        self._run_opened(opening, statements)
        try:
            if not may_commit():
                return False
            self._conn.execute(COMMIT)
        except (sqlite3.Error, StorageTrouble) as error:  # of all that share it, not of these statements
            return error
        return True

    def _undo(self, opening: Opening, sql: str) -> None:
        if opening.is_done:
            self._conn.execute(sql)

    def _run_whole(self, statements: Sequence[Statement]) -> list[list[Row]]:
        self._conn.execute(BEGIN)
        try:
            answers = self._run_all(statements)
            self._conn.execute(COMMIT)
        except BaseException:
            self._conn.rollback()
            raise
        return answers

    def _read_all(self, statements: Sequence[Statement]) -> list[list[Row]]:
        self._conn.execute(BEGIN_READ, ())
        try:
            return self._run_all(statements)
        finally:
            self._conn.rollback()  # nothing was written

    def _run_all(self, statements: Sequence[Statement]) -> list[list[Row]]:
        run = self._conn.execute
        return [run(sql, parameters).fetchall() for sql, parameters in statements]


@asynccontextmanager
async def connected(
    path: Path, driver: type[sqlite3.Connection] = sqlite3.Connection
) -> AsyncIterator[SqliteConnection]:
    """A bare connection in autocommit mode, closed whatever happens."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            path, factory=driver, isolation_level=None, timeout=BUSY_TIMEOUT_S, cached_statements=_STATEMENT_CACHE
        )

    connection = await SqliteConnection(connect, iter_chunk_size=64)
    try:
        yield connection  # type: ignore[misc]  # what awaiting it answers is itself
    finally:
        await shielded(connection.close())
