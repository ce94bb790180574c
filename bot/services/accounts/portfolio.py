"""Positions and orders through the repository: what the cache loads them from.

The rows are a memory of the exchange. They are good while they are younger than their region's time to live and
nothing happened to the account since; others are asked for anew. The answer goes to the reader at once, and to the
disk behind it where it says something new, so that it stands after a restart and while Bybit is silent.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, TypeVar

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account, AccountType
from bot.domain.errors import StorageTrouble
from bot.domain.events import AccountEvent, Event
from bot.domain.ids import AccountId
from bot.domain.portfolio import Orders, Positions
from bot.domain.ports.accounts import AccountQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import ExchangeGateway
from bot.domain.ports.storage import Transactions, UnitOfWork

_logger = logging.getLogger(__name__)

_SAME_FOR: Final = 30_000  # ms that rows which have not changed keep the age they were written with
_GATHERED_S: Final = 1.0  # that what is told waits for what else is told of the same change
_ACCOUNTS_A_WRITE: Final = 16  # whose news share a transaction
_WRITE_GRACE_S: Final = 3.0  # that answers on their way to the disk have when the process ends


B = TypeVar("B", Positions, Orders)


class _Beside(Generic[B]):
    """What is known beside the rows: accounts whose rows are stale, and answers on their way to the disk.

    A stale account is asked for until an answer came that was asked for after it was marked.
    """

    def __init__(self) -> None:
        self._count = 0
        self._marks: dict[AccountId, int] = {}
        self._answers: dict[AccountId, B] = {}

    def mark(self, account_id: AccountId) -> None:
        self._count += 1
        self._marks[account_id] = self._count

    def mark_of(self, account_id: AccountId) -> int | None:
        return self._marks.get(account_id)

    def clear(self, account_id: AccountId, stale_mark: int | None) -> None:
        """Clear a mark that the answer is younger than; one that arose meanwhile stays."""
        if stale_mark is not None and self._marks.get(account_id) == stale_mark:
            del self._marks[account_id]

    def answer_of(self, account_id: AccountId) -> B | None:
        return self._answers.get(account_id)

    def note(self, account_id: AccountId, answer: B) -> None:
        self._answers[account_id] = answer

    def forget(self, account_id: AccountId, answer: B) -> None:
        """It is on the disk, or never will be; a younger one stays."""
        if self._answers.get(account_id) is answer:
            del self._answers[account_id]


@dataclass(frozen=True, slots=True)
class _News(Generic[B]):
    """What a stream told of an account, on its way to the disk."""

    account_id: AccountId
    beside: _Beside[B]
    told: B
    write: Callable[[UnitOfWork, B], Awaitable[None]]


class _Told:
    """What streams told and is to be written down: the newest of each account and kind."""

    __slots__ = ("_news", "is_followed")

    def __init__(self) -> None:
        self._news: dict[tuple[AccountId, type], _News[Any]] = {}
        self.is_followed = False  # a task writes it down

    def __bool__(self) -> bool:
        return bool(self._news)

    def note(self, news: _News[Any]) -> None:
        self._news[news.account_id, type(news.told)] = news

    def take(self) -> tuple[_News[Any], ...]:
        """Everything, for whoever writes it now."""
        taken = tuple(self._news.values())
        self._news.clear()
        return taken


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioLoader:
    """Loads an account's positions and orders. Ages in milliseconds."""

    queries: AccountQueries
    transactions: Transactions
    gateways: Mapping[AccountType, ExchangeGateway]
    clock: Clock
    positions_max_age: int
    orders_max_age: int
    _positions: _Beside[Positions] = field(default_factory=_Beside, init=False, repr=False, compare=False)
    _orders: _Beside[Orders] = field(default_factory=_Beside, init=False, repr=False, compare=False)
    _told: _Told = field(default_factory=_Told, init=False, repr=False, compare=False)
    _writing: TaskSet = field(default_factory=TaskSet, init=False, repr=False, compare=False)
    _closing: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False, compare=False)

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
            rows=self.queries.positions,
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
            rows=self.queries.orders,
            ask=gateway.orders,
            write=lambda unit, fresh: unit.portfolio.replace_orders(account, fresh),
        )

    async def last_positions(self, account: Account) -> Positions | None:
        """The latest answer, however old; the exchange is not asked."""
        answer = self._positions.answer_of(account.account_id)
        return await self.queries.positions(account.account_id) if answer is None else answer

    async def last_orders(self, account: Account) -> Orders | None:
        """The open orders as they were last answered; None: never."""
        answer = self._orders.answer_of(account.account_id)
        return await self.queries.orders(account.account_id) if answer is None else answer

    def keep(self, account: Account, told: Positions | Orders) -> None:
        """What the account's stream told: the latest answer, on its way to the disk.

        Rows that were marked as stale stay so: what marked them may be younger.
        """
        if isinstance(told, Positions):
            self._keep(
                account, self._positions, told, lambda unit, rows: unit.portfolio.replace_positions(account, rows)
            )
        else:
            self._keep(account, self._orders, told, lambda unit, rows: unit.portfolio.replace_orders(account, rows))

    async def close(self) -> None:
        """Let what is on its way to the disk arrive, for a few seconds."""
        self._closing.set()
        await self._writing.close(grace_s=_WRITE_GRACE_S)

    async def _load(
        self,
        account: Account,
        beside: _Beside[B],
        max_age: int,
        *,
        rows: Callable[[AccountId], Awaitable[B | None]],
        ask: Callable[[Account], Awaitable[B]],
        write: Callable[[UnitOfWork, B], Awaitable[None]],
    ) -> B:
        account_id = account.account_id
        stale_mark = beside.mark_of(account_id)
        known = beside.answer_of(account_id) or await rows(account_id)
        if stale_mark is None and known is not None and 0 <= self.clock.now() - known.as_of < max_age:
            return known
        fresh = await ask(account)
        beside.clear(account_id, stale_mark)
        if known is None or replace(known, as_of=fresh.as_of) != fresh or fresh.as_of - known.as_of >= _SAME_FOR:
            beside.note(account_id, fresh)
            self._writing.start(self._write_down(account_id, beside, fresh, write), "positions and orders to the disk")
        return fresh

    def _keep(
        self, account: Account, beside: _Beside[B], told: B, write: Callable[[UnitOfWork, B], Awaitable[None]]
    ) -> None:
        beside.note(account.account_id, told)
        self._told.note(_News(account.account_id, beside, told, write))
        if not self._told.is_followed:
            self._told.is_followed = True
            self._writing.start(self._write_told(), "positions and orders to the disk")

    async def _write_told(self) -> None:
        """Until nothing more is told: one write a second for several accounts together."""
        try:
            while self._told:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), _GATHERED_S)
                due = self._told.take()
                for start in range(0, len(due), _ACCOUNTS_A_WRITE):
                    await self._write_some(due[start : start + _ACCOUNTS_A_WRITE])
        finally:
            self._told.is_followed = False

    async def _write_some(self, some: Sequence[_News[Any]]) -> None:
        try:
            async with self.transactions.begin_aside() as unit:
                for each in some:
                    await each.write(unit, each.told)
        except StorageTrouble:
            for each in some:
                each.beside.mark(each.account_id)
            _logger.warning("what Bybit told could not be written down", exc_info=True)
        finally:
            for each in some:
                each.beside.forget(each.account_id, each.told)

    async def _write_down(
        self, account_id: AccountId, beside: _Beside[B], fresh: B, write: Callable[[UnitOfWork, B], Awaitable[None]]
    ) -> None:
        try:
            async with self.transactions.begin_aside() as unit:
                await write(unit, fresh)
        except StorageTrouble:
            beside.mark(account_id)  # the rows are those of before
            _logger.warning("what Bybit answered could not be written down", exc_info=True)
        finally:
            beside.forget(account_id, fresh)
