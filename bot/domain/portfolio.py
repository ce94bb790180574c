"""Balances, positions, orders and executions of an account in Bybit's terms, each with the moment it is of."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.market import Category


class Side(StrEnum):
    """The side of an order or a position, as Bybit writes it."""

    BUY = "Buy"
    SELL = "Sell"


class OrderType(StrEnum):
    """The type of an order, as Bybit's field orderType has it."""

    MARKET = "Market"
    LIMIT = "Limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinBalance:
    """One coin of a wallet, in that coin."""

    coin: str
    wallet_balance: Decimal
    equity: Decimal
    unrealised_pnl: Decimal
    usd_value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A unified account's wallet in USD; totals are None where Bybit leaves them empty (isolated margin)."""

    account_id: AccountId
    total_equity: Decimal
    total_wallet_balance: Decimal
    total_available: Decimal | None
    total_unrealised_pnl: Decimal
    total_initial_margin: Decimal | None
    coins: tuple[CoinBalance, ...]
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class LegKey:
    """One leg in one account, as a close or a stop names it. `position_idx`: see Position."""

    account_id: AccountId
    category: Category
    symbol: Symbol
    position_idx: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One leg of a position with size > 0. `position_idx`: 0 one-way, 1 the long leg, 2 the short leg of hedge mode."""

    category: Category
    symbol: Symbol
    position_idx: int
    side: Side
    size: Decimal
    entry_price: Decimal
    mark_price: Decimal
    position_value: Decimal
    leverage: Decimal | None
    liquidation_price: Decimal | None
    unrealised_pnl: Decimal
    take_profit: Decimal | None
    stop_loss: Decimal | None
    trailing_stop: Decimal | None
    created_ts: Millis
    updated_ts: Millis

    def leg_key(self, account_id: AccountId) -> LegKey:
        """The leg's key in the account that holds it."""
        return LegKey(account_id=account_id, category=self.category, symbol=self.symbol, position_idx=self.position_idx)


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """An account's open positions as of a moment (exchange's answer, UTC ms)."""

    account_id: AccountId
    items: tuple[Position, ...]
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An open order, limit or conditional, in Bybit's terms."""

    category: Category
    symbol: Symbol
    order_id: str
    order_link_id: OrderLinkId
    position_idx: int
    side: Side
    order_type: OrderType
    order_status: str
    price: Decimal | None  # None: market
    qty: Decimal
    cum_exec_qty: Decimal
    trigger_price: Decimal | None
    stop_order_type: str
    time_in_force: str
    reduce_only: bool
    take_profit: Decimal | None
    stop_loss: Decimal | None
    created_ts: Millis
    updated_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """An account's open orders as of a moment."""

    account_id: AccountId
    items: tuple[Order, ...]
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill. `exec_fee` is in `fee_currency`; negative is a rebate."""

    category: Category
    symbol: Symbol
    exec_id: str
    order_id: str
    order_link_id: OrderLinkId
    side: Side
    exec_type: str
    exec_price: Decimal
    exec_qty: Decimal
    exec_value: Decimal
    exec_fee: Decimal
    fee_currency: str
    is_maker: bool
    closed_size: Decimal
    exec_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Executions:
    """An account's newest fills, newest first, as of a moment."""

    account_id: AccountId
    items: tuple[Execution, ...]
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRate:
    """What an account pays, as fractions of the value (0.00055 = 0.055 %)."""

    symbol: Symbol
    taker: Decimal
    maker: Decimal
