"""Positions and orders through the repository: what the cache loads them from.

The rows are a memory of the exchange. They are good while they are younger than their region's time to live and
nothing happened to the account since; others are asked for anew and written down, so that they stand after a restart
and while Bybit is silent.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import StorageTrouble
from bot.domain.events import AccountEvent, Event
from bot.domain.ids import AccountId, Millis
from bot.domain.portfolio import Orders, Positions
from bot.domain.ports.accounts import AccountQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import ExchangeGateway
from bot.domain.ports.storage import Transactions, UnitOfWork

_logger = logging.getLogger(__name__)


class _Snapshot(Protocol):
    @property
    def as_of(self) -> Millis: ...


B = TypeVar("B", bound=_Snapshot)


class _StaleMarks:
    """Accounts whose rows may not be what the exchange holds, until it was asked after they were marked stale."""

    def __init__(self) -> None:
        self._count = 0
        self._marks: dict[AccountId, int] = {}

    def mark(self, account_id: AccountId) -> None:
        self._count += 1
        self._marks[account_id] = self._count

    def of(self, account_id: AccountId) -> int | None:
        return self._marks.get(account_id)

    def clear(self, account_id: AccountId, stale_mark: int | None) -> None:
        """Clear a mark that the answer is younger than; one that arose meanwhile stays."""
        if stale_mark is not None and self._marks.get(account_id) == stale_mark:
            del self._marks[account_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioLoader:
    """Loads an account's positions and orders. Ages in milliseconds."""

    queries: AccountQueries
    transactions: Transactions
    gateways: Mapping[AccountType, ExchangeGateway]
    clock: Clock
    positions_max_age: int
    orders_max_age: int
    _positions: _StaleMarks = field(default_factory=_StaleMarks, init=False, repr=False, compare=False)
    _orders: _StaleMarks = field(default_factory=_StaleMarks, init=False, repr=False, compare=False)

    def mark_stale(self, events: Iterable[Event]) -> None:
        """What the cache drops because something happened may not be loaded from the rows again."""
        for event in events:
            if isinstance(event, AccountEvent):
                self._positions.mark(event.account_id)
                self._orders.mark(event.account_id)

    async def positions(self, account: Account) -> Positions:
        """Rows that are young enough, else the exchange's answer, written down. Raises ExchangeError."""
        gateway = self.gateways[account.account_type]
        if account.account_type is AccountType.PAPER:
            return await gateway.positions(account)  # its rows are the truth; only the marks are of the market
        return await self._load(
            account,
            self._positions,
            self.positions_max_age,
            known=self.queries.positions,
            ask=gateway.positions,
            write=lambda unit, fresh: unit.portfolio.replace_positions(account, fresh),
        )

    async def orders(self, account: Account) -> Orders:
        """The open orders: rows that are young enough, or Bybit's answer, written down. Raises ExchangeError."""
        gateway = self.gateways[account.account_type]
        if account.account_type is AccountType.PAPER:
            return await gateway.orders(account)
        return await self._load(
            account,
            self._orders,
            self.orders_max_age,
            known=self.queries.orders,
            ask=gateway.orders,
            write=lambda unit, fresh: unit.portfolio.replace_orders(account, fresh),
        )

    async def last_positions(self, account: Account) -> Positions | None:
        """The rows, however old; the exchange is not asked."""
        return await self.queries.positions(account.account_id)

    async def last_orders(self, account: Account) -> Orders | None:
        """The open orders as they were last written down; None: never."""
        return await self.queries.orders(account.account_id)

    async def _load(
        self,
        account: Account,
        stale_marks: _StaleMarks,
        max_age: int,
        *,
        known: Callable[[AccountId], Awaitable[B | None]],
        ask: Callable[[Account], Awaitable[B]],
        write: Callable[[UnitOfWork, B], Awaitable[None]],
    ) -> B:
        stale_mark = stale_marks.of(account.account_id)
        rows = await known(account.account_id)
        if stale_mark is None and rows is not None and 0 <= self.clock.now() - rows.as_of < max_age:
            return rows
        fresh = await ask(account)
        try:
            async with self.transactions.begin_aside() as unit:
                await write(unit, fresh)
        except StorageTrouble:
            _logger.warning("what Bybit answered could not be written down", exc_info=True)
        else:
            stale_marks.clear(account.account_id, stale_mark)
        return fresh
