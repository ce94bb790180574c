"""The market's screens, and which symbol was meant by what somebody typed."""

import asyncio
import logging
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from bot.domain.errors import BadInput, ExchangeError, UnknownSymbol
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category, Instrument, Klines, MarketBoard, OrderBook, Ticker
from bot.domain.ports.reads import Reads
from bot.services.screens import ScreenReader, Shown, at_hand

RESOLVE_PATIENCE: Final = 0.2  # seconds
SPARK_INTERVAL: Final = "60"  # minutes: a day in 24 hourly candles
_SYMBOL: Final = re.compile(r"[A-Z0-9]{2,30}")
_LINEAR_QUOTE: Final = "USDT"
_MAX_TYPED: Final = 40
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCard:
    """A price and, when it could be had, its day."""

    ticker: Ticker
    klines: Klines | None

    @property
    def as_of(self) -> Millis:
        return self.ticker.as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketScreens:
    """Prices, order books and boards. Raises ExchangeError when nothing is known. `resolve_patience` in seconds."""

    reads: Reads
    reader: ScreenReader
    resolve_patience: float = RESOLVE_PATIENCE

    async def book(self, symbol: Symbol) -> Shown[OrderBook]:
        return await self.reader.read(self.reads.order_book(symbol), at_hand(self.reads.last_order_book, symbol))

    async def board(self, category: Category) -> Shown[MarketBoard]:
        return await self.reader.read(self.reads.board(category), at_hand(self.reads.last_board, category))

    async def price(self, symbol: Symbol) -> Shown[PriceCard]:
        return await self.reader.read(self._price_card(symbol), lambda: self._last_price_card(symbol))

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
