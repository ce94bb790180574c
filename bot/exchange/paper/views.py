"""Prices as the engine looks at them: live views of symbols, made of shared reads."""

import asyncio
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from decimal import Decimal
from typing import Final

from bot.domain.errors import ExchangeError, ExchangeRejected
from bot.domain.ids import Symbol
from bot.domain.market import OrderBook, Ticker
from bot.domain.ports.clock import Clock
from bot.domain.priorities import RequestPriority
from bot.exchange.matching.model import Markets, MarketView, SymbolRules
from bot.exchange.paper.prices import SharedPrices
from bot.exchange.paper.rules import PracticeRules
from bot.exchange.retcodes import NO_SUCH_SYMBOL

DOLLARS: Final = frozenset({"USDT", "USDC", "USD"})  # counted at one
_QUOTE: Final = "USDT"


class MarketViews:
    """Makes `Markets`. The last view of each symbol is kept, for margins of what is not being traded."""

    def __init__(self, *, prices: SharedPrices, rules: PracticeRules, clock: Clock) -> None:
        self._prices = prices
        self._rules = rules
        self._clock = clock
        self._last: dict[Symbol, MarketView] = {}
        self._gone: set[Symbol] = set()

    @property
    def gone(self) -> AbstractSet[Symbol]:
        """Symbols that are not traded any more, by the last answer about each."""
        return self._gone

    @property
    def last(self) -> Mapping[Symbol, MarketView]:
        """The newest view of each symbol that was looked at, however old."""
        return self._last

    def forget(self) -> None:
        """As after a start: no view was seen yet."""
        self._last.clear()

    async def with_book(self, symbol: Symbol, priority: RequestPriority = RequestPriority.CREATE) -> MarketView:
        """Prices and book of now. Raises ExchangeErrors, ExchangeDown if none come within a second."""
        rules, ticker, book = await asyncio.gather(
            self._rules_of(symbol), self._prices.ticker(symbol, priority), self._prices.book(symbol, priority)
        )
        return self._noted(view_of(rules, ticker, book))

    async def priced(self, symbol: Symbol, priority: RequestPriority = RequestPriority.CREATE) -> MarketView:
        """Prices of now without a book. Raises as `with_book` does."""
        rules, ticker = await asyncio.gather(self._rules_of(symbol), self._prices.ticker(symbol, priority))
        return self._noted(view_of(rules, ticker))

    async def ticker(self, symbol: Symbol) -> Ticker:
        """As it was asked for within the last second. Raises ExchangeErrors."""
        return await self._prices.ticker(symbol)

    async def known(self, symbols: Iterable[Symbol]) -> Mapping[Symbol, MarketView]:
        """The last view of each; what was never looked at is read, and left out if it can't be."""
        wanted = set(symbols)
        missing = sorted(wanted - self._last.keys())
        await asyncio.gather(*map(self._try, missing))
        return {symbol: self._last[symbol] for symbol in wanted if symbol in self._last}

    async def markets(self, views: Mapping[Symbol, MarketView], coins: Iterable[str] = ()) -> Markets:
        """These views with what the coins are worth. Raises ExchangeErrors for a coin whose price does not come."""
        others = sorted(set(coins) - DOLLARS)
        tickers = await asyncio.gather(*(self._prices.ticker(Symbol(coin + _QUOTE)) for coin in others))
        dollars = {coin: mark_of(ticker) for coin, ticker in zip(others, tickers, strict=True)}
        return Markets(views=views, now=self._clock.now(), dollars=dollars)

    async def live(self, symbols: Iterable[Symbol]) -> Mapping[Symbol, MarketView]:
        """Prices of now of each, side by side; of what is gone the last known one. Raises the first ExchangeError."""
        wanted = sorted(set(symbols))
        await asyncio.gather(*map(self._live, wanted))
        return {symbol: self._last[symbol] for symbol in wanted if symbol in self._last}

    async def is_gone(self, symbol: Symbol) -> bool:
        """Whether neither Bybit's list nor its prices know the symbol any more. Raises ExchangeErrors of other causes.

        Both are asked, since a list may lack a row that could not be read.
        """
        if await self._is_listed(symbol):
            return False
        try:
            await self._prices.ticker(symbol, RequestPriority.RECONCILE)
        except ExchangeRejected as no:
            return no.code in NO_SUCH_SYMBOL
        return False

    async def _live(self, symbol: Symbol) -> None:
        try:
            await self.priced(symbol, RequestPriority.VIEW)
        except ExchangeRejected:
            if await self._is_listed(symbol):
                raise

    async def _is_listed(self, symbol: Symbol) -> bool:
        try:
            await self._rules_of(symbol)
        except ExchangeRejected:
            return False
        return True

    async def _rules_of(self, symbol: Symbol) -> SymbolRules:
        try:
            rules = await self._rules.of(symbol)
        except ExchangeRejected:
            self._gone.add(symbol)
            raise
        self._gone.discard(symbol)
        return rules

    async def live_or_known(self, symbols: Iterable[Symbol]) -> Mapping[Symbol, MarketView]:
        """Prices of now, of before where they do not come; what was never looked at is left out."""
        wanted = sorted(set(symbols))
        await asyncio.gather(*map(self._try, wanted))
        return {symbol: self._last[symbol] for symbol in wanted if symbol in self._last}

    async def _try(self, symbol: Symbol) -> None:
        with suppress(ExchangeError):  # the last known one serves
            await self._live(symbol)

    def _noted(self, view: MarketView) -> MarketView:
        known = self._last.get(view.rules.symbol)
        if known is None or view.ts >= known.ts:
            self._last[view.rules.symbol] = view
        return view


def view_of(rules: SymbolRules, ticker: Ticker, book: OrderBook | None = None) -> MarketView:
    """A symbol's prices as one; a price that Bybit does not say is the one next to it."""
    mark = mark_of(ticker)
    return MarketView(
        rules=rules,
        last=ticker.last_price,
        mark=mark,
        index=ticker.index_price or mark,
        bids=book.bids if book else (),
        asks=book.asks if book else (),
        ts=book.as_of if book else ticker.as_of,
    )


def mark_of(ticker: Ticker) -> Decimal:
    return ticker.mark_price or ticker.last_price
