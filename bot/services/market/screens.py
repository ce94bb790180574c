"""The market's screens, and which symbol was meant by what somebody typed."""

import asyncio
import logging
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.domain.chart_intervals import ChartInterval
from bot.domain.errors import BadInput, ExchangeError
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category, Klines, Listing, MarketBoard, MarketKey, OrderBook, Ticker
from bot.domain.ports.reads import Reads
from bot.domain.symbol_names import FoundSymbol, TypedSymbol, assumed, find_symbol, read_symbol, unknown_symbol
from bot.services.instruments import InstrumentReader, WithInstruments
from bot.services.screens import ScreenReader, Shown, at_hand

RESOLVE_PATIENCE: Final = 0.2  # seconds
SPARK_INTERVAL: Final = "60"  # minutes: a day in 24 hourly candles
_USDT: Final = "USDT"
_MANY: Final = re.compile("^10{3,}(?=[A-Z])|(?<=[A-Z])10{3,}$")  # of a coin that costs little
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCard:
    """A price and, when it could be had, its day."""

    ticker: Ticker
    klines: Klines | None

    @property
    def as_of(self) -> Millis:
        return self.ticker.as_of


@dataclass(frozen=True, slots=True)
class MarketBoards:
    """The boards of several categories, one at least."""

    boards: tuple[MarketBoard, ...]

    @property
    def as_of(self) -> Millis:
        return min(each.as_of for each in self.boards)

    def find(self, market: MarketKey) -> Listing | None:
        """A symbol's line; None where it does not stand on its board."""
        items = (item for each in self.boards if each.category is market.category for item in each.items)
        return next((each for each in items if each.symbol == market.symbol), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketScreens:
    """Prices, order books and boards. Raises ExchangeError when nothing is known. `resolve_patience` in seconds."""

    reads: Reads
    reader: ScreenReader
    instruments: InstrumentReader
    resolve_patience: float = RESOLVE_PATIENCE
    _listed: dict[Category, tuple[MarketBoard, frozenset[str]]] = field(default_factory=dict, init=False, repr=False)

    async def book(self, symbol: Symbol, category: Category = Category.LINEAR) -> Shown[WithInstruments[OrderBook]]:
        last = at_hand(self.reads.last_order_book, symbol, category)
        return await self.reader.read(
            self.instruments.beside(self.reads.order_book(symbol, category), category),
            self.instruments.beside_last(last, category),
        )

    async def board(self, category: Category) -> Shown[WithInstruments[MarketBoard]]:
        return await self.reader.read(
            self.instruments.beside(self.reads.board(category), category),
            self.instruments.beside_last(at_hand(self.reads.last_board, category), category),
        )

    async def boards(self, markets: Iterable[MarketKey]) -> Shown[WithInstruments[MarketBoards]]:
        """The boards on which these symbols stand; that of perpetuals where there are none."""
        categories = sorted({each.category for each in markets}) or [Category.LINEAR]
        return await self.reader.read(
            self.instruments.beside(self._boards(categories), *categories),
            self.instruments.beside_last(at_hand(self._last_boards, categories), *categories),
        )

    async def price(self, symbol: Symbol, category: Category = Category.LINEAR) -> Shown[WithInstruments[PriceCard]]:
        last = at_hand(self._last_price_card, symbol, category)
        return await self.reader.read(
            self.instruments.beside(self._price_card(symbol, category), category),
            self.instruments.beside_last(last, category),
        )

    async def candles(
        self, symbol: Symbol, interval: ChartInterval, category: Category = Category.LINEAR
    ) -> Shown[WithInstruments[Klines]]:
        """Candles for a chart, oldest first, with the rules of their symbol."""
        last = at_hand(self.reads.last_candles, symbol, interval.bybit, category)
        return await self.reader.read(
            self.instruments.beside(self.reads.candles(symbol, interval.bybit, category), category),
            self.instruments.beside_last(last, category),
        )

    async def ticker(self, symbol: Symbol, category: Category = Category.LINEAR) -> Shown[WithInstruments[Ticker]]:
        """A symbol's prices without its day, and its rules."""
        last = at_hand(self.reads.last_ticker, symbol, category)
        return await self.reader.read(
            self.instruments.beside(self.reads.ticker(symbol, category), category),
            self.instruments.beside_last(last, category),
        )

    async def resolve(self, typed: str) -> FoundSymbol:
        """The symbol that was meant: btc, BTC/USDT, btc spot, эфир; PEPE is 1000PEPEUSDT.

        Raises BadInput for text that can be no symbol, UnknownSymbol with the nearest ones.
        While Bybit is silent a well-formed symbol is taken as it is.
        """
        wanted = read_symbol(typed)
        trading = await self._trading(wanted)
        if not trading:
            return assumed(wanted)
        found = find_symbol(wanted, trading)
        if found is None:
            raise unknown_symbol(wanted, trading)
        return found

    async def find(self, typed: str) -> FoundSymbol | None:
        """The same of words that need not be a symbol at all; while Bybit is silent the large coins alone."""
        try:
            wanted = read_symbol(typed)
        except BadInput:
            return None
        trading = await self._trading(wanted)
        if not trading:
            return assumed(wanted) if wanted.is_known else None
        return find_symbol(wanted, trading)

    async def demand_listed(self, symbol: Symbol, category: Category) -> None:
        """Raises UnknownSymbol for what is not traded there, as far as anybody can say."""
        board = self.reads.last_board(category)
        names = await self._names(category) if board is None else self._symbols_of(board)
        if names is not None and symbol not in names:
            raise unknown_symbol(TypedSymbol(name=symbol), {category: names})

    async def coins(self) -> frozenset[str]:
        """The coins whose perpetuals in USDT trade, by the names people know (PEPE of 1000PEPEUSDT); none: not told."""
        names = await self._names(Category.LINEAR) or ()
        return frozenset(_MANY.sub("", each.removesuffix(_USDT)) for each in names if each.endswith(_USDT))

    async def last_price(self, symbol: Symbol) -> Decimal | None:
        """A perpetual's price, for telling readings of a number apart; the last known one, or None, after a moment."""
        try:
            async with asyncio.timeout(self.resolve_patience):
                return (await self.reads.ticker(symbol, Category.LINEAR)).last_price
        except (ExchangeError, TimeoutError) as trouble:
            _logger.info("price not known anew", extra={"reason": type(trouble).__name__})
        last = self.reads.last_ticker(symbol, Category.LINEAR)
        return None if last is None else last.last_price

    async def _trading(self, wanted: TypedSymbol) -> dict[Category, Collection[str]]:
        """What trades in the categories that matter, one asked after the other; those nobody can tell are left out."""
        trading: dict[Category, Collection[str]] = {}
        for category in Category if wanted.category is None else (wanted.category,):
            names = await self._names(category)
            if names is None:
                break
            trading[category] = names
            if find_symbol(wanted, trading) is not None:
                break
        return trading

    async def _names(self, category: Category) -> Collection[str] | None:
        try:
            async with asyncio.timeout(self.resolve_patience):
                board: MarketBoard | None = await self.reads.board(category)
        except (ExchangeError, TimeoutError) as trouble:
            _logger.info("symbols not known anew", extra={"reason": type(trouble).__name__})
            board = self.reads.last_board(category)
        return None if board is None else self._symbols_of(board)

    def _symbols_of(self, board: MarketBoard) -> frozenset[str]:
        """Its symbols, gathered once a board: every message that names one asks, and there are seven hundred."""
        known = self._listed.get(board.category)
        if known is None or known[0] is not board:
            known = self._listed[board.category] = (board, board.symbols)
        return known[1]

    async def _boards(self, categories: Iterable[Category]) -> MarketBoards:
        return MarketBoards(tuple([await self.reads.board(each) for each in categories]))

    def _last_boards(self, categories: Iterable[Category]) -> MarketBoards | None:
        found = [self.reads.last_board(each) for each in categories]
        known = tuple(each for each in found if each is not None)
        return MarketBoards(known) if known else None

    async def _price_card(self, symbol: Symbol, category: Category) -> PriceCard:
        ticker, klines = await asyncio.gather(
            self.reads.ticker(symbol, category),
            self.reads.klines(symbol, SPARK_INTERVAL, category),
            return_exceptions=True,
        )
        if isinstance(ticker, BaseException):
            raise ticker
        if isinstance(klines, ExchangeError):
            return PriceCard(ticker=ticker, klines=None)
        if isinstance(klines, BaseException):
            raise klines
        return PriceCard(ticker=ticker, klines=klines)

    def _last_price_card(self, symbol: Symbol, category: Category) -> PriceCard | None:
        ticker = self.reads.last_ticker(symbol, category)
        if ticker is None:
            return None
        return PriceCard(ticker=ticker, klines=self.reads.last_klines(symbol, SPARK_INTERVAL, category))
