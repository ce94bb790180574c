"""A process that is killed at a statement: from then on neither disk nor network hear of it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from telegram.error import NetworkError

from bot.chat.transport import AiohttpRequest


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
