"""One transaction's statements, with as few hops to the connection's thread as they allow.

Nobody else writes while it is open, so what was read stays true until a statement of its own writes to a table that
the read names: it is not asked for twice. Writes whose answer nobody needs wait for the next statement that is run.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NoReturn

from bot.domain.errors import StorageTrouble
from storage.sqlite.codecs import Row
from storage.sqlite.connection import Opening, SqliteConnection, Statement
from storage.sqlite.errors import raise_translated

_SOURCES: Final = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
_TRIGGERED: Final = {"users": ("daily_reports",)}  # what triggers write beside the key
_TARGET: Final = re.compile(r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE)\s+(\w+)")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement does. No `targets` of a write: rows of any other table may go with its own."""

    is_read: bool
    sources: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()


@cache  # as many as there are statements in the code
def _shape_of(sql: str) -> _Shape:
    if sql.lstrip().startswith("SELECT"):
        return _Shape(is_read=True, sources=frozenset(_SOURCES.findall(sql)))
    found = _TARGET.match(sql)
    targets = () if found is None else (found[1], *_TRIGGERED.get(found[1], ()))
    return _Shape(is_read=False, targets=frozenset(targets))


class Transaction:
    """What a block of `Writer.transaction` writes through. Raises StorageTrouble; useless once its block ended."""

    def __init__(self, connection: SqliteConnection, opening: Opening) -> None:
        self._connection: SqliteConnection | None = connection
        self._opening = opening
        self._trouble: StorageTrouble | None = None
        self._known: dict[str, dict[tuple[Any, ...], list[Row]]] = {}
        self._waiting: list[Statement] = []
        self._writes = 0  # what is read while one is added may not show it, and is not remembered

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """One statement and every row it answers: of a SELECT, or of RETURNING. The list is not to be changed."""
        shape, key = _shape_of(sql), tuple(parameters)
        if not shape.is_read:
            return (await self.run([(sql, key)]))[0]
        _ = self._usable()
        known = self._known.get(sql, {}).get(key)
        return (await self._ask([(sql, key)]))[0] if known is None else known

    async def run(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Every row that each of several writes answers, in one hop."""
        for sql, _ in statements:
            self._forget(_shape_of(sql))
        answers = await self._run(statements)
        return answers[len(answers) - len(statements) :]

    async def read_ahead(self, statements: Iterable[Statement]) -> None:
        """SELECTs that will be asked for, answered in one hop."""
        asked = [each for each in statements if each[1] not in self._known.get(each[0], {})]
        if asked:
            await self._ask(asked)

    def write(self, sql: str, parameters: Sequence[Any], *, is_seen: bool = True) -> None:
        """A statement whose answer nobody needs; what it raises, the next one that is run raises, or the commit.

        `is_seen`: False where nothing that is read here shows it.
        """
        _ = self._usable()
        if is_seen:
            self._forget(_shape_of(sql))
        self._waiting.append((sql, tuple(parameters)))

    async def write_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement once for each row of parameters, as they come."""
        await self._run([])
        connection = self._usable()
        self._forget(_shape_of(sql))
        try:
            await connection.executemany(sql, rows)
        except sqlite3.Error as error:
            self._fail(error)

    def changes(self) -> int:
        """Rows that its connection has changed so far, as SQLite counts; not by writes that wait."""
        return self._usable().total_changes

    async def flush(self) -> None:
        """Run the writes that wait. Raises StorageTrouble."""
        if self._waiting:
            await self._run([])

    def end(self) -> Sequence[Statement]:
        """Refuse further use; what is still to be run. Raises StorageTrouble if one was swallowed inside the block."""
        _ = self._usable()
        self._connection = None
        return self._waiting

    async def _ask(self, asked: Sequence[Statement]) -> list[list[Row]]:
        """Run SELECTs and remember what they answer."""
        writes = self._writes
        answers = (await self._run(asked))[-len(asked) :]
        if writes == self._writes:
            for (sql, key), rows in zip(asked, answers, strict=True):
                self._known.setdefault(sql, {})[key] = rows
        return answers

    async def _run(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """What waits, then these; their answers come last."""
        connection = self._usable()
        waiting, self._waiting = self._waiting, []
        try:
            return await connection.run_opened(self._opening, [*waiting, *statements])
        except sqlite3.Error as error:
            self._fail(error)

    def _forget(self, shape: _Shape) -> None:
        """What a write may have changed is asked for anew."""
        self._writes += 1
        if not shape.targets:
            self._known.clear()
            return
        for sql in [each for each in self._known if shape.targets & _shape_of(each).sources]:
            del self._known[sql]

    def _fail(self, error: sqlite3.Error) -> NoReturn:
        try:
            raise_translated(error)
        except StorageTrouble as trouble:
            self._trouble = trouble
            raise

    def _usable(self) -> SqliteConnection:
        if self._connection is None:
            raise RuntimeError("this transaction has ended")
        if self._trouble is not None:  # SQLite may have rolled back: the next statement would commit by itself
            raise StorageTrouble(f"the transaction had failed: {self._trouble}") from self._trouble
        return self._connection
