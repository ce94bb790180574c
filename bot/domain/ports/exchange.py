"""Bybit and the paper account: private data, public data, key inspection."""

from decimal import Decimal
from typing import Protocol

from bot.domain.accounts import Account, KeyCheck, NewKey
from bot.domain.ids import Millis, Symbol
from bot.domain.maintenance import Maintenance
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
from bot.domain.portfolio import Balance, Executions, FeeRate, Orders, Positions
from bot.domain.risk_tiers import RiskTiers
from bot.domain.trades import ClosedPnls


class ExchangeGateway(Protocol):
    """An account's own data. Adapters: Bybit (demo, live) and paper. Raises `ExchangeError`s."""

    async def balance(self, account: Account) -> Balance: ...
    async def positions(self, account: Account) -> Positions: ...
    async def orders(self, account: Account) -> Orders: ...
    async def executions(self, account: Account) -> Executions: ...
    async def closed_pnl(self, account: Account) -> ClosedPnls: ...
    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate: ...


class MarketData(Protocol):
    """Public data, always of the live market. Raises `ExchangeError`s."""

    async def ticker(self, category: Category, symbol: Symbol) -> Ticker: ...
    async def order_book(self, category: Category, symbol: Symbol) -> OrderBook: ...
    async def klines(self, category: Category, symbol: Symbol, interval: str) -> Klines: ...
    async def candles(self, category: Category, symbol: Symbol, interval: str) -> Klines:
        """As many as a chart shows, the newest; the last one is not finished."""
        ...

    async def board(self, category: Category) -> MarketBoard: ...
    async def instrument(self, category: Category, symbol: Symbol) -> Instrument | None: ...
    async def instruments(self, category: Category) -> Instruments: ...
    async def risk_tiers(self, symbol: Symbol) -> RiskTiers:
        """The risk tiers of a perpetual, lowest first, never empty."""
        ...


class MarketHistory(Protocol):
    """What happened to a perpetual while nobody looked. Raises `ExchangeError`s."""

    async def minutes(self, symbol: Symbol, start: Millis) -> Klines:
        """The candles of one minute of the last price from `start` on, 1,000 at most; the last may be unfinished."""
        ...

    async def mark_minutes(self, symbol: Symbol, start: Millis) -> Klines:
        """The same of the mark price; a volume is 0 there."""
        ...

    async def fundings(self, symbol: Symbol, since: Millis) -> tuple[FundingSettlement, ...]:
        """What was settled from that moment on, oldest first, the newest 200 at most."""
        ...


class KeyInspector(Protocol):
    """Asks Bybit what a key may do (/v5/user/query-api)."""

    async def inspect(self, key: NewKey) -> KeyCheck:
        """Raises KeyTrouble for a key that Bybit does not take there, other ExchangeErrors when it can't be asked."""
        ...

    async def inspect_stored(self, account: Account) -> KeyCheck:
        """The same with the stored key of an account."""
        ...


class DemoFunds(Protocol):
    """Play money of Bybit Demo accounts."""

    async def add_usdt(self, account: Account, amount: Decimal) -> None:
        """Asks Bybit for so many USDT more, 100,000 at most.

        Raises RetryLater or ExchangeRejected where it is asked twice within a minute, and other ExchangeErrors.
        """
        ...


class ExchangeStatus(Protocol):
    """What the exchange announces of itself."""

    async def maintenance(self) -> tuple[Maintenance, ...]:
        """What goes on now, asked of the exchange. Raises ExchangeErrors."""
        ...
