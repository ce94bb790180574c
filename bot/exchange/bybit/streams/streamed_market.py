"""Public data: of a stream where one tells it, else by REST. Each look is told: what is looked at is streamed."""

from dataclasses import dataclass

from bot.domain.ids import Millis, Symbol
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
from bot.domain.risk_tiers import RiskTiers
from bot.exchange.bybit.market import BybitMarket
from bot.exchange.bybit.streams.public_streams import PublicStreams, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedMarket:
    """Implements `MarketData` and `MarketHistory`. Only perpetuals are streamed: a ticker of spot lacks bid and ask."""

    rest: BybitMarket
    streams: PublicStreams

    async def ticker(self, category: Category, symbol: Symbol) -> Ticker:
        """Raises as `BybitMarket.ticker`."""
        if category is not Category.LINEAR:
            return await self.rest.ticker(category, symbol)
        self.streams.look(Topic("tickers", symbol))
        told = self.streams.ticker(symbol)
        if told is None:
            return await self.rest.ticker(category, symbol)
        self.streams.pushes.push_market(told)  # what is kept of it is what was pushed, and no longer than that
        return told

    async def order_book(self, category: Category, symbol: Symbol) -> OrderBook:
        """Raises as `BybitMarket.order_book`."""
        if category is not Category.LINEAR:
            return await self.rest.order_book(category, symbol)
        self.streams.look(Topic("book", symbol))
        return self.streams.order_book(symbol) or await self.rest.order_book(category, symbol)

    async def klines(self, category: Category, symbol: Symbol, interval: str) -> Klines:
        """Raises as `BybitMarket.klines`."""
        if category is not Category.LINEAR:
            return await self.rest.klines(category, symbol, interval)
        self.streams.look(Topic("kline", symbol, interval))
        told = self.streams.klines(symbol, interval)
        if told is not None:
            return told
        answer = await self.rest.klines(category, symbol, interval)
        self.streams.base(answer)
        return answer

    async def candles(self, category: Category, symbol: Symbol, interval: str) -> Klines:
        """Raises as `BybitMarket.candles`; nothing of it is streamed."""
        return await self.rest.candles(category, symbol, interval)

    async def board(self, category: Category) -> MarketBoard:
        return await self.rest.board(category)

    async def instrument(self, category: Category, symbol: Symbol) -> Instrument | None:
        return await self.rest.instrument(category, symbol)

    async def instruments(self, category: Category) -> Instruments:
        return await self.rest.instruments(category)

    async def risk_tiers(self, symbol: Symbol) -> RiskTiers:
        return await self.rest.risk_tiers(symbol)

    async def minutes(self, symbol: Symbol, start: Millis) -> Klines:
        return await self.rest.minutes(symbol, start)

    async def mark_minutes(self, symbol: Symbol, start: Millis) -> Klines:
        return await self.rest.mark_minutes(symbol, start)

    async def fundings(self, symbol: Symbol, since: Millis) -> tuple[FundingSettlement, ...]:
        return await self.rest.fundings(symbol, since)
