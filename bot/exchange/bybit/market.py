"""Public data of the live market: `MarketData`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bot.domain.errors import ExchangeRejected
from bot.domain.ids import MINUTE, Millis, Symbol
from bot.domain.market import (
    Category,
    FundingSettlement,
    Instrument,
    Instruments,
    Klines,
    MarketBoard,
    OrderBook,
    Ticker,
)
from bot.domain.ports.clock import Clock
from bot.domain.risk_tiers import RiskTiers
from bot.exchange.bybit.answer import Answer
from bot.exchange.bybit.client import BybitClient
from bot.exchange.bybit.fields import text
from bot.exchange.bybit.market_answers import (
    board,
    fundings,
    instrument,
    instruments,
    klines,
    order_book,
    risk_tiers,
    ticker,
)
from bot.exchange.retcodes import NO_SUCH_SYMBOL

DEPTH: Final = 25  # levels a side; Bybit gives up to 500 of linear, 200 of spot
KLINES: Final = 24  # Bybit gives up to 1000
CANDLES: Final = 60  # of a chart on a phone
_MOST_KLINES: Final = 1000
_MOST_FUNDINGS: Final = 200
_MINUTE: Final = "1"
_INSTRUMENTS_A_PAGE: Final = 1000  # Bybit's largest; spot comes whole
_MOST_PAGES: Final = 10
_LONGEST_CURSOR: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BybitMarket:
    """Implements `MarketData` and `MarketHistory` of bot.domain.ports.exchange. Raises ExchangeErrors.

    One call a read, but for long lists.
    """

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
        return await self._newest(category, symbol, interval, KLINES)

    async def candles(self, category: Category, symbol: Symbol, interval: str) -> Klines:
        """The newest `CANDLES` candles; the last one is not finished."""
        return await self._newest(category, symbol, interval, CANDLES)

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

    async def risk_tiers(self, symbol: Symbol) -> RiskTiers:
        """The steps of a perpetual. Raises ExchangeRejected for an unknown symbol."""
        call = self.client.get_risk_limit(category=Category.LINEAR.value, symbol=symbol)
        found: RiskTiers = await call.read(lambda answer: risk_tiers(answer, symbol, self.clock.now()))
        return found

    async def minutes(self, symbol: Symbol, start: Millis) -> Klines:
        """Candles of one minute of the last price from `start` on, 1,000 at most."""
        return await self._minutes(self.client.get_kline, symbol, start)

    async def mark_minutes(self, symbol: Symbol, start: Millis) -> Klines:
        """The same of the mark price, without volumes."""
        return await self._minutes(self.client.get_mark_price_kline, symbol, start)

    async def fundings(self, symbol: Symbol, since: Millis) -> tuple[FundingSettlement, ...]:
        """What was settled from that moment on, oldest first, the newest 200 at most."""
        call = self.client.get_funding_rate_history(
            category=Category.LINEAR.value,
            symbol=symbol,
            startTime=since,
            endTime=self.clock.now(),
            limit=_MOST_FUNDINGS,
        )
        found: tuple[FundingSettlement, ...] = await call.read(partial(fundings, symbol=symbol))
        return found

    async def _newest(self, category: Category, symbol: Symbol, interval: str, limit: int) -> Klines:
        call = self.client.get_kline(category=category.value, symbol=symbol, interval=interval, limit=limit)
        found: Klines = await call.read(lambda answer: klines(answer, category, symbol, interval, self.clock.now()))
        return found

    async def _minutes(self, ask: Callable[..., Any], symbol: Symbol, start: Millis) -> Klines:
        now = self.clock.now()
        end = min(now, start + _MOST_KLINES * MINUTE)  # Bybit begins with the newest of what lies between the two
        call = ask(
            category=Category.LINEAR.value, symbol=symbol, interval=_MINUTE, start=start, end=end, limit=_MOST_KLINES
        )
        found: Klines = await call.read(lambda answer: klines(answer, Category.LINEAR, symbol, _MINUTE, now))
        return found


def _page(category: Category, answer: Answer) -> tuple[list[Instrument], str]:
    cursor = answer.fields.get("nextPageCursor")
    return instruments(answer, category), text(answer.fields, "nextPageCursor", _LONGEST_CURSOR) if cursor else ""
