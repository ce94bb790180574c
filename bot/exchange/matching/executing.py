"""Orders meet the book: new ones as takers, resting ones as makers, and triggers go off."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import Symbol
from bot.domain.orders import TimeInForce, TriggerDirection
from bot.domain.portfolio import OrderType, Side
from bot.exchange.matching import protection, quota
from bot.exchange.matching.book import depth, offered, take
from bot.exchange.matching.booking import book
from bot.exchange.matching.margins import assess, order_cost
from bot.exchange.matching.model import EngineOrder, Leg, MarketView, PriceSize
from bot.exchange.matching.money import price_limit, worst_price
from bot.exchange.matching.work import Work

Chosen = Callable[[EngineOrder], bool]
_AT_ONCE: Final = frozenset({TimeInForce.IOC, TimeInForce.FOK})


def execute(work: Work, order: EngineOrder) -> EngineOrder:
    """Let an open order take from the book; what is left rests or is canceled, as its time in force says.

    A protection that the book is too thin for goes on with the next book: nobody is left half protected.
    """
    if order.reduce_only:
        room = quota.allowed(work, order)
        if not room:
            return _canceled(work, order, "CancelByReduceOnly")
        if room < order.left:
            order = work.order(replace(order, qty=order.filled + room))
    view = work.view(order.symbol)
    parts = offered(work.account, view, order.side, order.left, _worst(order, view))
    if parts and order.time_in_force is TimeInForce.POST_ONLY:
        return _canceled(work, order, "UNKNOWN", "EC_PostOnlyWillTakeLiquidity")
    if order.time_in_force is TimeInForce.FOK and depth(parts) < order.left:
        return _canceled(work, order, "UNKNOWN", "EC_NoEnoughQtyToFill")
    take(work.account, view, parts)
    order = _fill(work, order, parts, is_maker=False)
    if order.is_open and order.time_in_force in _AT_ONCE and not protection.is_protection(order):
        return _canceled(work, order, "UNKNOWN", "EC_NoImmediateQtyToFill")
    if order.is_open and order.reduce_only:
        quota.trim(work, order.leg)
    return work.newest(order)


def every(order: EngineOrder) -> bool:  # noqa: ARG001  a choice that chooses all
    return True


def match(work: Work, symbol: Symbol, chosen: Chosen = every) -> None:
    """Fill the symbol's resting orders from the book: the best price first, among equals the oldest."""
    view = work.view(symbol)
    for order_id in _by_price_and_time(work, symbol, chosen):
        order = work.account.orders.get(order_id)
        if order is None:  # an earlier fill took it out
            continue
        if order.order_type is OrderType.MARKET:
            execute(work, order)
            continue
        parts = offered(work.account, view, order.side, order.left, order.price)
        if parts:
            take(work.account, view, parts)
            _fill(work, order, [(order.price, depth(parts))], is_maker=True)


def trigger(work: Work, symbol: Symbol, chosen: Chosen = every) -> None:
    """Set off the symbol's conditional orders that the price has reached: stop losses first, then the oldest."""
    view = work.view(symbol)
    due = [
        each for each in work.account.orders.values() if each.symbol == symbol and is_due(each, view) and chosen(each)
    ]
    for order in sorted(due, key=lambda each: (not each.stop_order_type.endswith(protection.STOP_LOSS), each.priority)):
        if order.order_id in work.account.orders:  # no earlier one took it out
            _set_off(work, work.account.orders[order.order_id])


def is_due(order: EngineOrder, view: MarketView) -> bool:
    """Whether the price that the order waits for is reached."""
    if order.status != "Untriggered" or order.trigger_price is None:
        return False
    price = view.price(order.trigger_by)
    if order.trigger_direction is TriggerDirection.RISES:
        return price >= order.trigger_price
    return price <= order.trigger_price


def is_affordable(work: Work, order: EngineOrder) -> bool:
    """Whether the account can pay for what the order would open at its worst price."""
    view = work.view(order.symbol)
    opens = order.qty - order.filled - quota.reducible(work.account, order.leg, order.side)
    if order.reduce_only or opens <= 0:
        return True
    price = _worst_offered(work, order, view) if order.order_type is OrderType.MARKET else order.price
    cost = order_cost(view.rules, opens, price, work.account.leverage(order.leg))
    found = assess(work.account, work.markets)
    turned = found.legs.get(order.leg) if opens < order.left else None
    return cost <= found.free(view.rules.settle_coin) + (found.released(turned) if turned else 0)


def _worst_offered(work: Work, order: EngineOrder, view: MarketView) -> Decimal:
    """The farthest price that a market order would reach in this book."""
    parts = offered(work.account, view, order.side, order.left, worst_price(view, order.side))
    return parts[-1][0] if parts else view.mark


def settle_leg(work: Work, leg: Leg, parent: EngineOrder | None = None) -> None:
    """After a change of a leg: let its protections and its reduce-only orders follow."""
    protection.sync(work, leg, parent)
    quota.trim(work, leg)


def market_price(order: EngineOrder, view: MarketView) -> Decimal:
    """What a market order shows as its price: the worst it may be filled at, 0 where the symbol has no limit."""
    return price_limit(view, order.side) or Decimal(0)


def _set_off(work: Work, order: EngineOrder) -> None:
    if protection.is_protection(order):
        protection.released(work, order)
    view = work.view(order.symbol)
    price = market_price(order, view) if order.order_type is OrderType.MARKET else order.price
    order = replace(order, status="New", price=price, priority=work.number(), updated_ts=work.now)
    if not is_affordable(work, order):
        _canceled(work, order, "UNKNOWN", "EC_Others")
        return
    execute(work, work.order(order))


def _fill(work: Work, order: EngineOrder, parts: list[PriceSize], *, is_maker: bool) -> EngineOrder:
    if not parts:
        return order
    for price, qty in parts:
        order = book(work, order, price, qty, is_maker=is_maker)
        protection.protect(work, order, qty - work.changes.fills[-1].closed_size)
    settle_leg(work, order.leg, order)
    return work.newest(order)


def _canceled(work: Work, order: EngineOrder, why: str, reject_reason: str = "EC_PerCancelRequest") -> EngineOrder:
    work.close_order(order, why, reject_reason)
    return work.newest(order)


def _worst(order: EngineOrder, view: MarketView) -> Decimal:
    return worst_price(view, order.side) if order.order_type is OrderType.MARKET else order.price


def _by_price_and_time(work: Work, symbol: Symbol, chosen: Chosen) -> list[str]:
    orders = work.account.orders.values()
    resting = [each for each in orders if each.symbol == symbol and each.is_resting and chosen(each)]
    return [each.order_id for each in sorted(resting, key=_rank)]


def _rank(order: EngineOrder) -> tuple[bool, bool, Decimal, int]:
    price = -order.price if order.side is Side.BUY else order.price
    return order.order_type is OrderType.LIMIT, order.side is Side.SELL, price, order.priority
