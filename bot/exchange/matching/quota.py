"""Reduce-only: such orders together never exceed what they reduce."""

from dataclasses import replace
from decimal import Decimal

from bot.domain.orders import opposite
from bot.domain.portfolio import OrderType, Side
from bot.exchange.matching.model import ZERO, EngineAccount, EngineOrder, Leg
from bot.exchange.matching.work import Work


def reducible(account: EngineAccount, leg: Leg, side: Side) -> Decimal:
    """How much an order of that side could close of the leg."""
    held = account.position(leg)
    return held.size if held.side is opposite(side) else ZERO


def allowed(work: Work, order: EngineOrder) -> Decimal:
    """What a reduce-only order may still do: no more than the leg, less what other such orders that rest will close.

    A stop, and every market order where they are spared, looks at other market orders alone: limit orders give
    way to it (Bybit: closeOnTrigger makes room for stops, not for take profits).
    """
    is_stop = order.stop_order_type.endswith(("StopLoss", "TrailingStop"))
    spared = order.order_type is OrderType.MARKET and (work.spares_market or is_stop)
    resting = [
        each.left
        for each in work.account.orders.values()
        if _counts(each, order.leg)
        if each.order_id != order.order_id and not (spared and each.order_type is OrderType.LIMIT)
    ]
    room = reducible(work.account, order.leg, order.side) - sum(resting, ZERO)
    return max(ZERO, min(order.left, room))


def trim(work: Work, leg: Leg) -> None:
    """Cut resting reduce-only orders to the leg's size: those farthest from the market go first, the newest of them."""
    held = work.account.position(leg)
    resting = [each for each in work.account.orders.values() if _counts(each, leg)]
    room = held.size
    for order in sorted(resting, key=_nearest_first):
        kept = min(order.left, room) if order.side is not held.side else ZERO
        room -= kept
        if not kept:
            work.close_order(order, "CancelByReduceOnly")
        elif kept < order.left:
            work.order(replace(order, qty=order.filled + kept, updated_ts=work.now))


def _counts(order: EngineOrder, leg: Leg) -> bool:
    return order.reduce_only and order.is_resting and order.leg == leg


def _nearest_first(order: EngineOrder) -> tuple[bool, Decimal, int]:
    """Market orders first; of limits, sells from the lowest price and buys from the highest."""
    price = order.price if order.side is Side.SELL else -order.price
    return order.order_type is OrderType.LIMIT, price, order.priority
