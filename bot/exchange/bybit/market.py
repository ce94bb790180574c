"""Public data of the live market: `MarketData`."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.domain.errors import ExchangeRejected
from bot.domain.ids import Symbol
from bot.domain.market import Category, Instrument, Instruments, Klines, MarketBoard, OrderBook, Ticker
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.answer import Answer
from bot.exchange.bybit.client import BybitClient
from bot.exchange.bybit.fields import text
from bot.exchange.bybit.market_answers import board, instrument, instruments, klines, order_book, ticker
from bot.exchange.retcodes import NO_SUCH_SYMBOL

DEPTH: Final = 25  # levels a side; Bybit gives up to 500 of linear, 200 of spot
KLINES: Final = 24  # Bybit gives up to 1000
_INSTRUMENTS_A_PAGE: Final = 1000  # Bybit's largest; spot comes whole
_MOST_PAGES: Final = 10
_LONGEST_CURSOR: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BybitMarket:
    """Implements `bot.domain.ports.exchange.MarketData`: one call a read, but for long lists. Raises ExchangeErrors."""

    client: BybitClient
    clock: Clock

    async def ticker(self, category: Category, symbol: Symbol) -> Ticker:
        """Raises ExchangeRejected for an unknown symbol."""
        call = self.client.get_tickers(category=category.value, symbol=symbol)
        found: Ticker = await call.read(lambda answer: ticker(answer, category, symbol, self.clock.now()))
        return found

    async def order_book(self, category: Category, symbol: Symbol) -> OrderBook:
        """The order book, `DEPTH` levels a side, the best first."""
        call = self.client.get_orderbook(category=category.value, symbol=symbol, limit=DEPTH)
        found: OrderBook = await call.read(lambda answer: order_book(answer, category, symbol, self.clock.now()))
        return found

    async def klines(self, category: Category, symbol: Symbol, interval: str) -> Klines:
        """The newest `KLINES` candles; the last one is not finished."""
        call = self.client.get_kline(category=category.value, symbol=symbol, interval=interval, limit=KLINES)
        found: Klines = await call.read(lambda answer: klines(answer, category, symbol, interval, self.clock.now()))
        return found

    async def board(self, category: Category) -> MarketBoard:
        """Every ticker of a category in one call."""
        call = self.client.get_tickers(category=category.value)
        found: MarketBoard = await call.read(lambda answer: board(answer, category, self.clock.now()))
        return found

    async def instrument(self, category: Category, symbol: Symbol) -> Instrument | None:
        """None for a symbol that Bybit does not know there."""
        call = self.client.get_instruments_info(category=category.value, symbol=symbol)
        try:
            found: Instrument | None = await call.read(lambda answer: instrument(answer, category, symbol))
        except ExchangeRejected as no:
            if no.code in NO_SUCH_SYMBOL:
                return None
            raise
        return found

    async def instruments(self, category: Category) -> Instruments:
        """The rules of every symbol of a category: one call for spot, one for each thousand perpetuals."""
        found: list[Instrument] = []
        cursor = ""
        for _ in range(_MOST_PAGES):
            call = self.client.get_instruments_info(
                category=category.value, limit=_INSTRUMENTS_A_PAGE, **({"cursor": cursor} if cursor else {})
            )
            items, cursor = await call.read(partial(_page, category))
            found += items
            if not cursor:
                break
        found.sort(key=lambda each: each.symbol)
        return Instruments(category=category, items=tuple(found), as_of=self.clock.now())


def _page(category: Category, answer: Answer) -> tuple[list[Instrument], str]:
    cursor = answer.fields.get("nextPageCursor")
    return instruments(answer, category), text(answer.fields, "nextPageCursor", _LONGEST_CURSOR) if cursor else ""
