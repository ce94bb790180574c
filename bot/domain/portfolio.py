"""Balances, positions, orders and executions of an account in Bybit's terms, each with the moment it is of.

None stands for what the exchange did not say, or not so that it can be read: it is unknown, never 0. Rows of which not
even the essentials can be read stand in `unreadable`, by symbol or coin, so that nobody takes them for absent.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.market import Category

STANDARD_TAKER: Final = Decimal("0.00055")  # Bybit's rates for a perpetual without a VIP level (2026-07)
STANDARD_MAKER: Final = Decimal("0.0002")
NO_LINK_ID: Final = OrderLinkId("")
_TRADE: Final = "Trade"  # an execType
NAMELESS: Final = "?"  # in `unreadable`: a row that does not even say what it is of


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
    wallet_balance: Decimal | None
    equity: Decimal | None
    unrealised_pnl: Decimal | None
    usd_value: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A unified account's wallet in USD, spot holdings too; isolated margin has no totals of margin."""

    account_id: AccountId
    total_equity: Decimal | None
    total_wallet_balance: Decimal | None
    total_available: Decimal | None
    total_unrealised_pnl: Decimal | None
    total_initial_margin: Decimal | None
    coins: tuple[CoinBalance, ...]
    as_of: Millis
    unreadable: tuple[str, ...] = ()  # coins


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
    entry_price: Decimal | None
    mark_price: Decimal | None
    position_value: Decimal | None
    leverage: Decimal | None
    liquidation_price: Decimal | None
    unrealised_pnl: Decimal | None
    take_profit: Decimal | None
    stop_loss: Decimal | None
    trailing_stop: Decimal | None
    created_ts: Millis | None
    updated_ts: Millis | None
    unread: tuple[str, ...] = ()  # Bybit's names of fields that can't be read: a stop of None may stand there
    break_even_price: Decimal | None = None  # where a close at the taker's rate brings nothing, as Bybit reckons it
    seq: int = -1  # of the last transaction; -1: never traded, or not said

    def leg_key(self, account_id: AccountId) -> LegKey:
        """The leg's key in the account that holds it."""
        return LegKey(account_id=account_id, category=self.category, symbol=self.symbol, position_idx=self.position_idx)


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """An account's open positions as of a moment (exchange's answer, UTC ms)."""

    account_id: AccountId
    items: tuple[Position, ...]
    as_of: Millis
    unreadable: tuple[str, ...] = ()  # symbols

    def hides(self, symbol: Symbol) -> bool:
        """Whether something of that symbol may stand there that can't be read."""
        return symbol in self.unreadable or NAMELESS in self.unreadable

    @property
    def is_flat(self) -> bool:
        """Whether nothing stands there for certain: a position that can't be read is one."""
        return not self.items and not self.unreadable

    def of_leg(self, leg: LegKey) -> Position | None:
        """The position of a leg of this account; None where nothing that can be read stands in it."""
        return next((each for each in self.items if each.leg_key(self.account_id) == leg), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An open order, limit or conditional, in Bybit's terms."""

    category: Category
    symbol: Symbol
    order_id: str
    order_link_id: OrderLinkId
    position_idx: int
    side: Side
    order_type: OrderType | None
    order_status: str  # "": not said
    price: Decimal | None  # None: market
    qty: Decimal
    cum_exec_qty: Decimal | None
    trigger_price: Decimal | None
    stop_order_type: str
    time_in_force: str
    reduce_only: bool | None
    take_profit: Decimal | None
    stop_loss: Decimal | None
    created_ts: Millis | None
    updated_ts: Millis | None
    unread: tuple[str, ...] = ()  # see Position
    avg_price: Decimal | None = None  # of its fills
    trigger_by: str = ""
    create_type: str = ""  # who made it: CreateByUser, CreateByStopLoss, CreateByLiq …
    cancel_type: str = ""  # why it was canceled: CancelByUser, CancelByReduceOnly …
    reject_reason: str = ""
    parent_order_link_id: OrderLinkId = NO_LINK_ID  # of the order whose stop loss or take profit this is


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """An account's open orders of every category as of a moment, but for those that the key may not read."""

    account_id: AccountId
    items: tuple[Order, ...]
    as_of: Millis
    unreadable: tuple[str, ...] = ()  # symbols
    left_out: tuple[Category, ...] = ()  # the key may not read them

    def hides(self, symbol: Symbol) -> bool:
        """Whether an open order of that perpetual may stand there that can't be read."""
        return symbol in self.unreadable or NAMELESS in self.unreadable or Category.LINEAR in self.left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill. `exec_fee` is in `fee_currency` ("": not said); negative is a rebate."""

    category: Category
    symbol: Symbol
    exec_id: str
    order_id: str
    order_link_id: OrderLinkId
    side: Side
    exec_type: str
    exec_price: Decimal | None
    exec_qty: Decimal
    exec_value: Decimal | None
    exec_fee: Decimal | None
    fee_currency: str
    is_maker: bool | None
    closed_size: Decimal | None
    exec_ts: Millis | None
    create_type: str = ""  # of its order: who made it

    @property
    def is_bookable(self) -> bool:
        """Whether all that a row of the log needs is there, and as it can be; what it closed is reckoned else."""
        amounts = (self.exec_price, self.exec_qty, self.exec_value, self.closed_size or Decimal(0))
        are_there = None not in (self.exec_fee, self.is_maker) and bool(self.exec_ts and self.exec_type)
        is_nothing = self.exec_type == _TRADE and not self.exec_qty
        return are_there and not is_nothing and all(each is not None and each >= 0 for each in amounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Executions:
    """An account's newest fills of every category, newest first, as of a moment; see `Orders` for what is not there."""

    account_id: AccountId
    items: tuple[Execution, ...]
    as_of: Millis
    unreadable: tuple[str, ...] = ()  # symbols
    left_out: tuple[Category, ...] = ()
    is_whole: bool = True  # False: there are older ones


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRate:
    """What an account pays, as fractions of the value (0.00055 = 0.055 %)."""

    symbol: Symbol
    taker: Decimal
    maker: Decimal
    is_standard: bool = False  # Bybit's rate without a VIP level, because this account's own can't be asked
