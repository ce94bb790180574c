"""What a screen shows, without ever making anybody wait: the fresh value if it comes soon, else the last known one.

A read that takes longer goes on by itself; the screen edits itself when it ends.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final, Generic, Protocol, TypeVar

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account
from bot.domain.errors import BadInput, ExchangeError, UnknownSymbol
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category, Instrument, Klines, MarketBoard, OrderBook, Ticker
from bot.domain.portfolio import Balance, Executions, Orders, Positions
from bot.domain.ports.reads import Reads

PATIENCE: Final = 0.6  # seconds: with the look-up of a symbol and Telegram's own way a screen stands within one
RESOLVE_PATIENCE: Final = 0.2  # seconds
SPARK_INTERVAL: Final = "60"  # minutes: a day in 24 hourly candles
_SYMBOL: Final = re.compile(r"[A-Z0-9]{2,30}")
_LINEAR_QUOTE: Final = "USDT"
_MAX_TYPED: Final = 40
_logger = logging.getLogger(__name__)


class Dated(Protocol):
    """Anything that knows the moment it is of."""

    @property
    def as_of(self) -> Millis: ...


T = TypeVar("T", bound=Dated)


@dataclass(frozen=True, slots=True)
class Shown(Generic[T]):
    """What a screen has now. `later` brings the fresh value; `trouble` says why there is only an old one."""

    value: T | None
    is_fresh: bool
    later: asyncio.Task[T] | None = None
    trouble: ExchangeError | None = None

    @property
    def as_of(self) -> Millis | None:
        return None if self.value is None else self.value.as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCard:
    """A price and, when it could be had, its day."""

    ticker: Ticker
    klines: Klines | None

    @property
    def as_of(self) -> Millis:
        return self.ticker.as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Screens:
    """Every read of a screen. Patience in seconds. Raises ExchangeError when nothing at all is known."""

    reads: Reads
    patience: float = PATIENCE
    resolve_patience: float = RESOLVE_PATIENCE
    _running: TaskSet = field(default_factory=TaskSet, init=False, repr=False, compare=False)

    async def balance(self, account: Account) -> Shown[Balance]:
        return await self._soon(self.reads.balance(account), _ready(self.reads.last_balance, account))

    async def positions(self, account: Account) -> Shown[Positions]:
        return await self._soon(self.reads.positions(account), lambda: self.reads.last_positions(account))

    async def orders(self, account: Account) -> Shown[Orders]:
        return await self._soon(self.reads.orders(account), lambda: self.reads.last_orders(account))

    async def executions(self, account: Account) -> Shown[Executions]:
        return await self._soon(self.reads.executions(account), _ready(self.reads.last_executions, account))

    async def book(self, symbol: Symbol) -> Shown[OrderBook]:
        return await self._soon(self.reads.order_book(symbol), _ready(self.reads.last_order_book, symbol))

    async def board(self, category: Category) -> Shown[MarketBoard]:
        return await self._soon(self.reads.board(category), _ready(self.reads.last_board, category))

    async def price(self, symbol: Symbol) -> Shown[PriceCard]:
        return await self._soon(self._price_card(symbol), lambda: self._last_price_card(symbol))

    async def instrument(self, symbol: Symbol) -> Instrument | None:
        """A perpetual's rules, None if Bybit does not list it. Raises ExchangeError."""
        return await self.reads.instrument(Category.LINEAR, symbol)

    async def resolve(self, typed: str) -> Symbol:
        """The USDT perpetual that was meant: btc, BTCUSDT, btc/usdt.

        Raises BadInput for text that can be no symbol, UnknownSymbol with the nearest ones.
        While Bybit is silent a well-formed symbol is taken as it is.
        """
        bare = re.sub(r"[/\-:_ ]", "", typed.strip()[:_MAX_TYPED]).upper().removesuffix(".P").removesuffix("PERP")
        if not _SYMBOL.fullmatch(bare):
            raise BadInput("error-symbol")
        names = [Symbol(bare)] if bare.endswith(_LINEAR_QUOTE) else [Symbol(bare + _LINEAR_QUOTE), Symbol(bare)]
        try:
            async with asyncio.timeout(self.resolve_patience):
                for name in names:
                    if await self.instrument(name) is not None:
                        return name
                raise UnknownSymbol(bare, await self._nearest(names[0]))
        except (ExchangeError, TimeoutError) as trouble:
            _logger.info("symbol not checked", extra={"reason": type(trouble).__name__})
            return names[0]

    async def close(self) -> None:
        """Cancel the reads that went on behind a first answer."""
        await self._running.close()

    async def _nearest(self, symbol: Symbol) -> tuple[str, ...]:
        board = await self.reads.board(Category.LINEAR)
        return tuple(get_close_matches(symbol, [item.symbol for item in board.items], n=3, cutoff=0.6))

    async def _price_card(self, symbol: Symbol) -> PriceCard:
        ticker, klines = await asyncio.gather(
            self.reads.ticker(symbol), self.reads.klines(symbol, SPARK_INTERVAL), return_exceptions=True
        )
        if isinstance(ticker, BaseException):
            raise ticker
        if isinstance(klines, ExchangeError):
            return PriceCard(ticker=ticker, klines=None)
        if isinstance(klines, BaseException):
            raise klines
        return PriceCard(ticker=ticker, klines=klines)

    async def _last_price_card(self, symbol: Symbol) -> PriceCard | None:
        ticker = self.reads.last_ticker(symbol)
        if ticker is None:
            return None
        return PriceCard(ticker=ticker, klines=self.reads.last_klines(symbol, SPARK_INTERVAL))

    async def _soon(self, load: Coroutine[Any, Any, T], last: Callable[[], Awaitable[T | None]]) -> Shown[T]:
        task = self._running.spawn(load, "a screen's read", expected=ExchangeError)
        done, _ = await asyncio.wait({task}, timeout=self.patience)
        if not done:
            return Shown(await last(), is_fresh=False, later=task)
        try:
            return Shown(task.result(), is_fresh=True)
        except ExchangeError as trouble:
            known = await last()
            if known is None:
                raise
            return Shown(known, is_fresh=False, trouble=trouble)


K = TypeVar("K")
V = TypeVar("V")


def _ready(read: Callable[[K], V | None], key: K) -> Callable[[], Awaitable[V | None]]:
    """A read that needs no waiting, in the shape of one that does."""

    async def answer() -> V | None:
        return read(key)

    return answer
