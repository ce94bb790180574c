"""A process that is killed at a statement: from then on neither disk nor network hear of it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from telegram.error import NetworkError

from bot.chat.transport import AiohttpRequest
from storage.chat.inbox import MARK_APPLIED


@dataclass
class Power:
    """One process's, cut at a statement, which is carried out (`lands`) or not; neither disk nor network hear more."""

    lands: bool = False
    left: int | None = None  # statements; None: not counted
    is_cut: bool = False

    def statement(self, execute: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        """On SQLite's thread."""
        if not self.is_cut and self.left is not None:
            self.left -= 1
            if self.left < 0:
                if self.lands:
                    execute()
                self.is_cut = True
        if self.is_cut:
            error = sqlite3.OperationalError("the power is cut")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error
        return execute()

    def sqlite(self) -> type[sqlite3.Connection]:
        power = self

        class Powered(sqlite3.Connection):
            def execute(self, *given: Any) -> sqlite3.Cursor:
                return power.statement(lambda: super(Powered, self).execute(*given))

        return Powered

    def request(self, *given: Any) -> AiohttpRequest:
        power = self

        class Powered(AiohttpRequest):
            async def do_request(self, *given: Any, **options: Any) -> tuple[int, bytes]:
                if power.is_cut:
                    raise NetworkError("the power is cut")
                return await super().do_request(*given, **options)

        return Powered(*given)


@dataclass
class Disk:
    """One that may be full: then SQLite reads and writes nothing down."""

    is_full: bool = False

    def fill(self) -> None:
        self.is_full = True

    def sqlite(self) -> type[sqlite3.Connection]:
        disk = self

        class OnDisk(sqlite3.Connection):
            def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
                if disk.is_full and sql.split(maxsplit=1)[0] in {"INSERT", "UPDATE", "DELETE"}:
                    error = sqlite3.OperationalError("database or disk is full")
                    error.sqlite_errorcode = sqlite3.SQLITE_FULL
                    raise error
                return super().execute(sql, *given)

        return OnDisk


@dataclass
class LastCommit:
    """The process dies with the commit in which an update is marked as applied, if a test wants that."""

    is_last: bool = False
    power: Power = field(default_factory=Power)
    _is_marked: bool = False

    def come_back(self) -> None:
        """A process that goes on."""
        self.is_last = self._is_marked = self.power.is_cut = False

    def sqlite(self) -> type[sqlite3.Connection]:
        last, powered = self, self.power.sqlite()

        class Dying(powered):  # type: ignore[misc, valid-type]  # a class that was made
            def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
                cursor = super().execute(sql, *given)
                last._is_marked |= last.is_last and sql == MARK_APPLIED
                if last._is_marked and sql == "COMMIT":
                    last.power.is_cut = True
                return cursor

        return Dying
