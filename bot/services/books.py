"""Positions and orders through the repository: what the cache loads them from.

The rows are a memory of the exchange. They are good while they are younger than their region's time to live;
older ones are asked for anew and written down, so that they stand after a restart and while Bybit is silent.
"""

from dataclasses import dataclass

from bot.domain.cause import without_cause
from bot.domain.model import Account, AccountType, Millis, Orders, Positions
from bot.domain.ports import Clock, ExchangeGateway, Queries, Transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class BookKeeper:
    """Loads an account's books. Ages in milliseconds."""

    queries: Queries
    transactions: Transactions
    gateway: ExchangeGateway
    clock: Clock
    positions_max_age: int
    orders_max_age: int

    async def positions(self, account: Account) -> Positions:
        """Rows that are young enough, else the exchange's answer, written down. Raises ExchangeError."""
        if account.account_type is AccountType.PAPER:
            return await self.gateway.positions(account)  # its rows are the truth; only the marks are of the market
        known = await self.queries.positions(account.account_id)
        if known is not None and self._is_young(known.as_of, self.positions_max_age):
            return known
        fresh = await self.gateway.positions(account)
        with without_cause():
            async with self.transactions.begin() as unit:
                await unit.books.replace_positions(account, fresh)
        return fresh

    async def orders(self, account: Account) -> Orders:
        """The same for open orders."""
        if account.account_type is AccountType.PAPER:
            return await self.gateway.orders(account)
        known = await self.queries.orders(account.account_id)
        if known is not None and self._is_young(known.as_of, self.orders_max_age):
            return known
        fresh = await self.gateway.orders(account)
        with without_cause():
            async with self.transactions.begin() as unit:
                await unit.books.replace_orders(account, fresh)
        return fresh

    def _is_young(self, as_of: Millis, max_age: int) -> bool:
        return 0 <= self.clock.now() - as_of < max_age
