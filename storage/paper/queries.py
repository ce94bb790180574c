"""Reads of the practice exchange."""

from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.paper import FedSymbol, PaperState
from storage.accounts.accounts import SELECT_WALLET
from storage.paper.books import (
    SELECT_BY_LINK,
    SELECT_FED,
    SELECT_FILLS_SINCE,
    SELECT_INTERESTS,
    SELECT_NEWEST_FILLS,
    SELECT_OPEN_PAPER_ORDERS,
    SELECT_PAPER_POSITIONS,
    SELECT_SETTINGS,
    bodies_of,
    fed_of,
    state_of,
)
from storage.sqlite.database import Database


class SqlitePaperQueries:
    """Implements `bot.domain.ports.paper.PaperQueries`; every method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def state(self, account_id: AccountId) -> PaperState:
        """The account's books as they were stored last, of one moment."""
        reads = (SELECT_SETTINGS, SELECT_WALLET, SELECT_PAPER_POSITIONS, SELECT_OPEN_PAPER_ORDERS)
        return state_of(*await self._database.fetch_all([(each, (account_id,)) for each in reads]))

    async def order(self, account_id: AccountId, order_link_id: OrderLinkId) -> str | None:
        """The body of the order of that id, open or closed."""
        rows = await self._database.fetch(SELECT_BY_LINK, (account_id, order_link_id))
        return rows[0][0] if rows else None

    async def fills_since(self, account_id: AccountId, since: Millis) -> tuple[str, ...]:
        """Bodies of the executions from that moment on, oldest first."""
        return bodies_of(await self._database.fetch(SELECT_FILLS_SINCE, (account_id, since)))

    async def newest_fills(self, account_id: AccountId, limit: int) -> tuple[str, ...]:
        """Bodies of executions, newest first."""
        return bodies_of(await self._database.fetch(SELECT_NEWEST_FILLS, (account_id, limit)))

    async def interests(self) -> tuple[tuple[Symbol, AccountId], ...]:
        """Every symbol that an account has a position or an open order in; some come twice."""
        return tuple((symbol, account_id) for symbol, account_id in await self._database.fetch(SELECT_INTERESTS))

    async def fed(self) -> tuple[FedSymbol, ...]:
        """Where each symbol's prices have come to."""
        return tuple(map(fed_of, await self._database.fetch(SELECT_FED)))
