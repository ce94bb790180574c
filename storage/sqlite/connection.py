"""A connection of aiosqlite that runs several statements in one hop to its thread."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiosqlite

from bot.aio.shielded import shielded
from storage.sqlite.codecs import Row

BUSY_TIMEOUT_S: Final = 10.0
_STATEMENT_CACHE: Final = 256  # prepared statements a connection; a statement that is not kept costs 2.7 times as much

Statement = tuple[str, tuple[Any, ...]]


class SqliteConnection(aiosqlite.Connection):
    """A hop costs more than most statements do, so those that need no answer in between go together."""

    async def run_all(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Every row that each of them answers. Raises sqlite3.Error of the first that fails; none after it is run."""
        answers: list[list[Row]] = await self._execute(self._run_all, statements)  # type: ignore[no-untyped-call]  # aiosqlite's own way in
        return answers

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
