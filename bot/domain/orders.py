"""Orders as they are sent: Bybit's words for what is asked, and what is known of the leg they go to.

Quantities are in the base coin, prices in the quote coin; 0 and None are told apart where Bybit does (qty 0 closes a
whole leg, a stop of 0 is taken away, None leaves it as it is).
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.domain.ids import OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import NO_LINK_ID, OrderType, Side

LONGEST_LINK_ID: Final = 36  # characters of [A-Za-z0-9_-] (Bybit, create-order)
MOST_CONDITIONAL: Final = 10  # conditional rows of a symbol, stops and targets counted (Bybit, rate-limit)


class TimeInForce(StrEnum):
    """How long an order stands, as Bybit's field timeInForce has it."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    POST_ONLY = "PostOnly"


class TriggerBy(StrEnum):
    """The price that sets off a conditional order, as Bybit's fields triggerBy, slTriggerBy and tpTriggerBy have it."""

    LAST = "LastPrice"
    MARK = "MarkPrice"
    INDEX = "IndexPrice"


class TpslMode(StrEnum):
    """Whether a stop loss or take profit is of the whole position or of a part, as Bybit's field tpslMode has it."""

    FULL = "Full"
    PARTIAL = "Partial"


class PositionMode(StrEnum):
    """Whether a symbol has one leg (index 0) or two (1 long, 2 short)."""

    ONE_WAY = "one-way"
    HEDGE = "hedge"


class MarginMode(StrEnum):
    """What covers a position's losses: its own margin or the whole account; Bybit's marginMode without portfolio."""

    ISOLATED = "ISOLATED_MARGIN"
    CROSS = "REGULAR_MARGIN"


PORTFOLIO_MARGIN: Final = "PORTFOLIO_MARGIN"  # Bybit's marginMode of accounts on which nothing is traded here


class TriggerDirection(StrEnum):
    """How the price reaches a trigger, as Bybit's field triggerDirection has it."""

    RISES = "1"
    FALLS = "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """A new order (Bybit's /v5/order/create). `qty` 0 with reduce_only and close_on_trigger closes the whole leg.

    `stop_loss` and `take_profit` ride along for the whole position (Full) unless `tpsl_mode` says otherwise.
    """

    order_link_id: OrderLinkId
    category: Category
    symbol: Symbol
    position_idx: int
    side: Side
    order_type: OrderType
    qty: Decimal
    price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False
    close_on_trigger: bool = False
    trigger_price: Decimal | None = None
    trigger_direction: TriggerDirection | None = None
    trigger_by: TriggerBy = TriggerBy.LAST
    stop_loss: Decimal | None = None
    sl_trigger_by: TriggerBy = TriggerBy.LAST
    take_profit: Decimal | None = None
    tp_trigger_by: TriggerBy = TriggerBy.LAST
    tpsl_mode: TpslMode = TpslMode.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendRequest:
    """New absolute values for an open order (Bybit's /v5/order/amend); None leaves a value as it is.

    The order is named by its id, or by ours where `order_id` is empty.
    """

    target_link_id: OrderLinkId = NO_LINK_ID
    category: Category
    symbol: Symbol
    order_id: str = ""
    trigger_price: Decimal | None = None
    qty: Decimal | None = None
    price: Decimal | None = None
    stop_loss: Decimal | None = None
    sl_trigger_by: TriggerBy = TriggerBy.LAST
    take_profit: Decimal | None = None
    tp_trigger_by: TriggerBy = TriggerBy.LAST


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest:
    """An open order to be taken back (Bybit's /v5/order/cancel), by its id, or by ours where `order_id` is empty."""

    category: Category
    symbol: Symbol
    order_id: str = ""
    target_link_id: OrderLinkId = NO_LINK_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingStop:
    """The Full stop loss and take profit of a leg (Bybit's /v5/position/trading-stop): both, always; 0 takes away.

    With `trailing_stop`, the distance of a trailing stop (0 takes it away), it is set alone: both prices stay as they
    are at the exchange. It follows from `active_price` on; None: at once.
    """

    category: Category
    symbol: Symbol
    position_idx: int
    stop_loss: Decimal
    sl_trigger_by: TriggerBy
    take_profit: Decimal
    tp_trigger_by: TriggerBy
    trailing_stop: Decimal | None = None
    active_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeverageRequest:
    """The leverage of a symbol (Bybit's /v5/position/set-leverage), the same for both sides."""

    category: Category
    symbol: Symbol
    leverage: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAck:
    """What an accepted create answers: accepted, not done."""

    order_id: str
    order_link_id: OrderLinkId
    request_id: str = ""  # of the exchange's answer, for its support; practice has none


@dataclass(frozen=True, slots=True, kw_only=True)
class LegSettings:
    """How an account trades a symbol now. `leverage` is the symbol's own, of the long and of the short leg."""

    symbol: Symbol
    position_mode: PositionMode
    margin_mode: MarginMode
    buy_leverage: Decimal
    sell_leverage: Decimal

    def position_idx(self, side: Side) -> int:
        """The leg that an entry of that side goes to."""
        if self.position_mode is PositionMode.ONE_WAY:
            return 0
        return 1 if side is Side.BUY else 2

    def leverage(self, side: Side) -> Decimal:
        """The leverage of an entry of that side."""
        return self.buy_leverage if side is Side.BUY else self.sell_leverage


def amended(order: OrderRequest, amend: AmendRequest) -> OrderRequest:
    """The request of an order as it stands once an amend of it is done."""
    return replace(
        order,
        qty=order.qty if amend.qty is None else amend.qty,
        price=order.price if amend.price is None else amend.price,
        stop_loss=order.stop_loss if amend.stop_loss is None else amend.stop_loss or None,
        take_profit=order.take_profit if amend.take_profit is None else amend.take_profit or None,
    )


def opposite(side: Side) -> Side:
    """The side that closes a position of `side`."""
    return Side.SELL if side is Side.BUY else Side.BUY


def direction(side: Side) -> int:
    """1 for a long, -1 for a short: what a rise of the price by 1 brings a unit of it."""
    return 1 if side is Side.BUY else -1
