"""restores: copies that were put in the database's place, and whether they were accepted."""

from typing import Final

from bot.domain.ids import Millis
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction

SELECT_OPEN: Final = """
    SELECT restore_id FROM restores WHERE accepted_ts IS NULL ORDER BY restore_id DESC LIMIT 1
"""
ACCEPT: Final = "UPDATE restores SET accepted_ts = max(restored_ts, ?) WHERE accepted_ts IS NULL"


class SqliteRestoreQueries:
    """Implements `bot.domain.ports.restores.RestoreQueries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_restore(self) -> int | None:
        rows = await self._database.fetch(SELECT_OPEN)
        return int(rows[0][0]) if rows else None


class SqliteRestores:
    """Implements `bot.domain.ports.restores.RestoreRecords` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def accept(self, now: Millis) -> None:
        await self._transaction.fetch(ACCEPT, (now,))
