"""Where the facade gets what it does not hold. The composition root fills this in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.market import Instrument, Klines, MarketBoard, OrderBook, Ticker
from bot.domain.model import (
    Account,
    AccountId,
    Balance,
    Category,
    Executions,
    FeeRate,
    KeyCheck,
    License,
    Orders,
    Positions,
    SealedCredentials,
    Symbol,
    UserConfig,
    UserId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaders:
    """One function for each read. Those that ask the exchange raise `ExchangeError`s."""

    user_config: Callable[[UserId], Awaitable[UserConfig | None]]
    license: Callable[[UserId], Awaitable[License]]
    credentials: Callable[[AccountId], Awaitable[SealedCredentials | None]]
    balance: Callable[[Account], Awaitable[Balance]]
    positions: Callable[[Account], Awaitable[Positions]]
    orders: Callable[[Account], Awaitable[Orders]]
    executions: Callable[[Account], Awaitable[Executions]]
    fee_rate: Callable[[Account, Symbol], Awaitable[FeeRate]]
    key_check: Callable[[Account], Awaitable[KeyCheck]]
    ticker: Callable[[Symbol], Awaitable[Ticker]]
    order_book: Callable[[Symbol], Awaitable[OrderBook]]
    klines: Callable[[Symbol, str], Awaitable[Klines]]
    board: Callable[[Category], Awaitable[MarketBoard]]
    instrument: Callable[[Category, Symbol], Awaitable[Instrument | None]]
    last_positions: Callable[[Account], Awaitable[Positions | None]]  # from storage, never from the exchange
    last_orders: Callable[[Account], Awaitable[Orders | None]]
