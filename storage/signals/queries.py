"""Reads of signals."""

from bot.domain.ids import Symbol
from storage.signals.signals import RECENT_LIMIT, SELECT_RECENT, Signal, signal_of
from storage.sqlite.database import Database


class SqliteSignalQueries:
    """Every method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recent_signals(self, symbol: Symbol) -> tuple[Signal, ...]:
        """The ten newest signals of a symbol."""
        return tuple(map(signal_of, await self._database.fetch(SELECT_RECENT, (symbol, RECENT_LIMIT))))
