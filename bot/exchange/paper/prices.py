"""What practice trades at: Bybit's live prices, one read a symbol for all who ask within a second."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bot.aio.tasks import TaskSet
from bot.domain.errors import ExchangeDown
from bot.domain.ids import Symbol
from bot.domain.market import Category, OrderBook, Ticker
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import MarketData
from bot.domain.priorities import RequestPriority, at_priority

FRESH_S: Final = 1.0  # that an answer may be old, counted from when it was asked for
_FORGET_ABOVE: Final = 256  # symbols

T = TypeVar("T")


@dataclass(slots=True)
class _Asked(Generic[T]):
    """A read under way or answered, and the monotonic second in which it was asked."""

    at: float
    task: "asyncio.Task[T]"

    def serves(self, now: float) -> bool:
        """Whether its answer is good, or may still become so in time."""
        if not 0 <= now - self.at <= FRESH_S:
            return False
        return not self.task.done() or (not self.task.cancelled() and self.task.exception() is None)


class SharedRead(Generic[T]):
    """One kind of public read. What is under way, or a second old at most, serves everybody who asks."""

    def __init__(self, ask: Callable[[Symbol], Awaitable[T]], *, clock: Clock, tasks: TaskSet) -> None:
        self._ask = ask
        self._clock = clock
        self._tasks = tasks
        self._asked: dict[Symbol, _Asked[T]] = {}

    async def fresh(self, symbol: Symbol, priority: RequestPriority) -> T:
        """An answer asked for within the last second; a new read goes to Bybit at that priority.

        Raises ExchangeDown if none comes within a second, other ExchangeErrors as Bybit gives cause.
        """
        now = self._clock.monotonic()
        asked = self._asked.get(symbol)
        if asked is None or not asked.serves(now):
            with at_priority(priority):
                asked = _Asked(now, self._tasks.spawn(self._limited(symbol), "a practice price", expected=Exception))
            self._asked[symbol] = asked
            self._forget(now)
        try:
            async with asyncio.timeout(FRESH_S):
                return await asyncio.shield(asked.task)
        except TimeoutError:
            raise ExchangeDown(f"no price of {symbol} within {FRESH_S:g} s") from None

    async def _limited(self, symbol: Symbol) -> T:
        async with asyncio.timeout(FRESH_S):
            return await self._ask(symbol)

    def _forget(self, now: float) -> None:
        if len(self._asked) > _FORGET_ABOVE:
            self._asked = {symbol: each for symbol, each in self._asked.items() if each.serves(now)}


class SharedPrices:
    """Order books and tickers of perpetuals. What an order needs goes before what a tick does."""

    def __init__(self, market: MarketData, *, clock: Clock) -> None:
        self._tasks = TaskSet()

        async def ask_book(symbol: Symbol) -> OrderBook:
            book = await market.order_book(Category.LINEAR, symbol)
            if book.bids and book.asks and book.bids[0][0] > book.asks[0][0]:
                raise ExchangeDown(f"the order book of {symbol} is crossed")  # nobody trades at such prices
            return book

        async def ask_ticker(symbol: Symbol) -> Ticker:
            return await market.ticker(Category.LINEAR, symbol)

        self._books = SharedRead(ask_book, clock=clock, tasks=self._tasks)
        self._tickers = SharedRead(ask_ticker, clock=clock, tasks=self._tasks)

    async def book(self, symbol: Symbol, priority: RequestPriority = RequestPriority.CREATE) -> OrderBook:
        """The order book, asked for within the last second. Raises ExchangeErrors."""
        return await self._books.fresh(symbol, priority)

    async def ticker(self, symbol: Symbol, priority: RequestPriority = RequestPriority.CREATE) -> Ticker:
        """Last, mark and index price, asked for within the last second. Raises as `book` does."""
        return await self._tickers.fresh(symbol, priority)

    async def close(self) -> None:
        """Cancel the reads under way."""
        await self._tasks.close()
