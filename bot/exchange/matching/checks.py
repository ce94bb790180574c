"""What the exchange refuses before it takes an order on, with Bybit's codes.

Where Bybit's error page has no code of its own for a rule, it answers 10001 with words; so does this.
"""

import re
from decimal import Decimal
from typing import Final

from bot.domain.orders import LONGEST_LINK_ID, MOST_CONDITIONAL, PositionMode, TpslMode, TriggerBy, TriggerDirection
from bot.domain.portfolio import OrderType, Side
from bot.domain.risk_tiers import tier_of
from bot.exchange.matching.model import (
    ZERO,
    EngineAccount,
    EngineOrder,
    EnginePosition,
    EngineRejected,
    Leg,
    MarketView,
    SymbolRules,
)
from bot.exchange.matching.money import is_on_step, value_of
from bot.exchange.matching.protection import PARTIAL_KINDS, PROTECTIONS

WRONG_PARAMETER: Final = 10001
NO_SUCH_ORDER: Final = 110001
NO_MONEY: Final = 110007
TOO_MANY_CONDITIONAL: Final = 110009
RISK_LIMIT_LEVERAGE: Final = 110013
NOTHING_TO_REDUCE: Final = 110017
TOO_MANY_ACTIVE: Final = 110020
MOST_ACTIVE: Final = 500  # of a symbol
MOST_PARTIAL: Final = 20  # partial stop losses and take profits of a symbol
_TOO_FEW: Final = "The number of contracts exceeds minimum limit allowed"  # Bybit's own words (pybit#168)
_LINK_ID: Final = re.compile(r"[A-Za-z0-9_-]*")


def check_link_id(account: EngineAccount, link_id: str) -> None:
    """Of the right form, and of no open order."""
    if len(link_id) > LONGEST_LINK_ID or not _LINK_ID.fullmatch(link_id):
        raise EngineRejected(WRONG_PARAMETER, "orderLinkId is invalid")
    if link_id and any(each.order_link_id == link_id for each in account.orders.values()):
        raise EngineRejected(110072, "OrderLinkedID is duplicate")


def check_leg(account: EngineAccount, position_idx: int) -> None:
    """The index is one of the account's position mode."""
    one_way = account.position_mode is PositionMode.ONE_WAY
    if position_idx not in ((0,) if one_way else (1, 2)):
        raise EngineRejected(WRONG_PARAMETER, "position idx not match position mode")


def check_live(rules: SymbolRules, *, reduce_only: bool) -> None:
    """Trading goes on; while a contract winds up, positions may still be made smaller."""
    if rules.instrument.status not in {"Trading", ""} and not reduce_only:
        raise EngineRejected(110074, "This contract is not live")


def check_size(rules: SymbolRules, order: EngineOrder, held: Decimal = ZERO) -> None:
    """On the step and within the limits of the order's type; what only reduces may be of any size.

    A step that was changed since leaves positions off it: what takes all that is `held` may be of that size.
    """
    one = rules.instrument
    takes_all = order.reduce_only and order.qty == held
    if not order.qty and not order.reduce_only:
        raise EngineRejected(WRONG_PARAMETER, _TOO_FEW)
    if order.qty <= 0 or not (takes_all or is_on_step(order.qty, one.qty_step)):
        raise EngineRejected(WRONG_PARAMETER, "Qty invalid")
    if order.reduce_only:
        return
    most = one.max_market_order_qty if order.order_type is OrderType.MARKET else one.max_order_qty
    if order.qty < (one.min_order_qty or ZERO):
        raise EngineRejected(WRONG_PARAMETER, _TOO_FEW)
    if most is not None and order.qty > most:
        raise EngineRejected(WRONG_PARAMETER, "The number of contracts exceeds maximum limit allowed")


def check_prices(rules: SymbolRules, order: EngineOrder) -> None:
    """Limit price and trigger price are positive multiples of the tick."""
    tick = rules.instrument.tick_size
    if order.order_type is OrderType.LIMIT and (order.price <= 0 or not is_on_step(order.price, tick)):
        raise EngineRejected(WRONG_PARAMETER, "price invalid")
    if order.trigger_price is not None and (order.trigger_price <= 0 or not is_on_step(order.trigger_price, tick)):
        raise EngineRejected(WRONG_PARAMETER, "trigger price invalid")


def check_worth(view: MarketView, order: EngineOrder) -> None:
    """At least the least value; for what only reduces there is none."""
    least = view.rules.instrument.min_notional
    price = order.price if order.order_type is OrderType.LIMIT else view.last
    if order.reduce_only or least is None or not price:
        return
    worth = order.qty if view.rules.is_inverse else order.qty * price
    if worth < least:
        raise EngineRejected(110094, "Order notional value below the lower limit")


def check_trigger(view: MarketView, order: EngineOrder) -> None:
    """A condition says which way the price goes, and has not been met already."""
    if order.trigger_price is None:
        return
    now = view.price(order.trigger_by)
    if order.trigger_direction is None:
        raise EngineRejected(WRONG_PARAMETER, "triggerDirection invalid")
    if order.trigger_direction is TriggerDirection.RISES and order.trigger_price <= now:
        raise EngineRejected(110092, f"expect Rising, but trigger_price[{order.trigger_price}] <= current[{now}]")
    if order.trigger_direction is TriggerDirection.FALLS and order.trigger_price >= now:
        raise EngineRejected(110093, f"expect Falling, but trigger_price[{order.trigger_price}] >= current[{now}]")


def check_room(account: EngineAccount, order: EngineOrder, rows: int, *, counts_protections: bool) -> None:
    """A symbol has room for 500 active orders and 10 conditional ones, stops and targets counted.

    `rows`: how many conditional ones the order would add. `counts_protections`: stops and targets are such, too.
    """
    uncounted = PARTIAL_KINDS if counts_protections else PROTECTIONS
    active = conditional = partial = 0
    for each in account.orders.values():
        if each.symbol == order.symbol:
            active += each.is_resting
            conditional += not each.is_resting and each.stop_order_type not in uncounted
            partial += not each.is_resting and each.stop_order_type in PARTIAL_KINDS
    if rows and order.tpsl_mode is TpslMode.PARTIAL and partial + rows > MOST_PARTIAL:
        raise EngineRejected(110061, "Not allowed to have more than 20 TP/SLs under Partial tpSlMode")
    if rows and order.tpsl_mode is not TpslMode.PARTIAL and conditional + rows > MOST_CONDITIONAL:
        raise EngineRejected(TOO_MANY_CONDITIONAL, "The number of stop orders exceeds the maximum allowable limit")
    if active >= MOST_ACTIVE:
        raise EngineRejected(TOO_MANY_ACTIVE, "Not allowed to have more than 500 active orders.")


def check_rows(
    account: EngineAccount, before: EnginePosition, after: EnginePosition, *, counts_protections: bool
) -> None:
    """A symbol has room for the Full rows that a position's new prices add, where those count."""
    if not counts_protections:
        return
    added = sum(
        new is not None and old is None
        for old, new in ((before.stop_loss, after.stop_loss), (before.take_profit, after.take_profit))
    )
    symbol = before.symbol
    rows = [each for each in account.orders.values() if each.symbol == symbol and not each.is_resting]
    if added and added + sum(each.stop_order_type not in PARTIAL_KINDS for each in rows) > MOST_CONDITIONAL:
        raise EngineRejected(TOO_MANY_CONDITIONAL, "The number of stop orders exceeds the maximum allowable limit")


def check_protection(
    view: MarketView,
    side: Side,
    *,
    base: Decimal | None,
    stop: Decimal | None,
    target: Decimal | None,
    stop_by: TriggerBy,
    target_by: TriggerBy,
) -> None:
    """A stop loss lies on the losing side of the base price, a take profit on the other, both on the tick.

    `base`: the order's price; None: the price that each looks at.
    """
    for name, price, trigger_by, below in (
        ("StopLoss", stop, stop_by, side is Side.BUY),
        ("TakeProfit", target, target_by, side is not Side.BUY),
    ):
        if not price:
            continue
        from_ = view.price(trigger_by) if base is None else base
        if price < 0 or not is_on_step(price, view.rules.instrument.tick_size):
            raise EngineRejected(WRONG_PARAMETER, f"{name} invalid")
        if price >= from_ if below else price <= from_:
            word = "lower" if below else "higher"
            message = f"{name}:{price} set for {side} position should be {word} than base_price:{from_}"
            raise EngineRejected(WRONG_PARAMETER, message)


def check_tier(account: EngineAccount, rules: SymbolRules, leg: Leg, qty: Decimal, price: Decimal) -> None:
    """The leg, larger by so much, stays within a risk tier that the leverage is allowed in."""
    if qty <= 0 or not price:
        return
    value = account.position(leg).entry_value + value_of(rules, qty, price)
    if value > rules.tiers[-1].limit:
        raise EngineRejected(110089, "Exceeds the maximum risk limit level")
    most = tier_of(rules.tiers, value).max_leverage
    if account.leverage(leg) > most:
        raise EngineRejected(
            110090, f"Order placement failed as your position may exceed the max limit. Adjust your leverage to {most}"
        )
