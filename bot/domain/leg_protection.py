"""The stop of a leg, and the last target, which is the take profit of the whole position: set, verified, repaired."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from bot.domain.ids import age
from bot.domain.leg_view import (
    AGAIN_MS,
    AMENDS_FIRST_MS,
    RESTING,
    SECOND_LOOK_MS,
    ZERO,
    Fact,
    LegFinding,
    LegView,
    LegWish,
    WorkOff,
    amends_of,
    cancels,
    close_of,
    is_beyond,
    is_recent,
    is_refused,
    is_too_soon,
    is_young,
)
from bot.domain.orders import (
    AmendRequest,
    TradingStop,
    TriggerBy,
)
from bot.domain.portfolio import Order, Position
from bot.domain.refusals import BEYOND_STOP, STOP_CHANGED
from bot.domain.trade_plans import (
    ExitReason,
    IntentKind,
    OrderIntent,
    TradePlan,
)

Triggers = tuple[TriggerBy | None, TriggerBy | None]
"""What sets off a stop and a take profit; None: not said."""
_TRIGGERS: Final = {each.value: each for each in TriggerBy}
TRAILING: Final = "TrailingStop"  # Bybit's stopOrderType; there is no row before it follows
_OF_LEG: Final = frozenset({"StopLoss", "TakeProfit", TRAILING})
PROTECTIONS: Final = _OF_LEG | {"PartialStopLoss", "PartialTakeProfit"}
"""The stopOrderTypes of what stands with a position, and goes with it."""
_SET_OFF: Final = frozenset({"Triggered", "New", "PartiallyFilled"})


def promised(plan: TradePlan) -> tuple[Decimal, Decimal]:
    """Stop and take profit of the whole position; 0: none."""
    last = plan.last_target
    return plan.stop or ZERO, ZERO if last is None else last.price


def seen(view: LegView) -> tuple[Decimal, Decimal]:
    """What the exchange holds of both for the whole position; 0: none."""
    return held_stops(view.position, view.orders)


def held_stops(position: Position | None, orders: Iterable[Order]) -> tuple[Decimal, Decimal]:
    """Stop and take profit of the whole position, by its own row or by the orders that stand for them; 0: none."""
    stop = ZERO if position is None else position.stop_loss or ZERO
    take_profit = ZERO if position is None else position.take_profit or ZERO
    by_orders = {each.stop_order_type: each.trigger_price or ZERO for each in _waiting(position, orders)}
    return stop or by_orders.get("StopLoss", ZERO), take_profit or by_orders.get("TakeProfit", ZERO)


def held_triggers(position: Position | None, orders: Iterable[Order]) -> Triggers:
    """What sets off stop and take profit, by the orders that stand for them; None: no order says it."""
    by_orders = {each.stop_order_type: _TRIGGERS.get(each.trigger_by) for each in _waiting(position, orders)}
    return by_orders.get("StopLoss"), by_orders.get("TakeProfit")


def stands(call: TradingStop, position: Position | None, orders: Sequence[Order]) -> bool:
    """Whether the exchange shows what that call asks for: both prices and, where an order says it, their triggers.

    Of a trailing stop: its distance and, once it follows, the price from which on it did.
    """
    if call.trailing_stop is not None:
        begins = [each.trigger_price for each in _waiting(position, orders) if each.stop_order_type == TRAILING]
        is_begun_there = call.active_price is None or all(each == call.active_price for each in begins)
        return position is not None and (position.trailing_stop or ZERO) == call.trailing_stop and is_begun_there
    wished = (call.sl_trigger_by, call.tp_trigger_by)
    kinds = zip(wished, held_triggers(position, orders), strict=True)
    is_priced = held_stops(position, orders) == (call.stop_loss, call.take_profit)
    return is_priced and all(held in {None, kind} for kind, held in kinds)


def is_trailed(position: Position | None, orders: Iterable[Order]) -> bool:
    """Whether a trailing stop follows already: one that waits for its activation price limits no loss."""
    return any(each.stop_order_type == TRAILING for each in _waiting(position, orders))


def _waiting(position: Position | None, orders: Iterable[Order]) -> Iterable[Order]:
    """The orders that stand for the stop and the take profit of the whole position."""
    for each in orders:
        is_of_leg = position is None or each.position_idx == position.position_idx
        if is_of_leg and each.order_status == "Untriggered" and each.trigger_price is not None:
            yield each


def trading_stop(plan: TradePlan) -> TradingStop:
    """The one call that makes the promise true."""
    stop, take_profit = promised(plan)
    return TradingStop(
        category=plan.category,
        symbol=plan.symbol,
        position_idx=plan.position_idx,
        stop_loss=stop,
        sl_trigger_by=plan.stop_trigger_by,
        take_profit=take_profit,
        tp_trigger_by=plan.target_trigger_by,
    )


def is_of_trailing(intent: OrderIntent) -> bool:
    """Whether a request sets or takes away a trailing stop."""
    return isinstance(intent.request, TradingStop) and intent.request.trailing_stop is not None


def protect(view: LegView) -> WorkOff:
    """What the leg lacks of its stop and take profit."""
    amends = tuple(stops_of_entries(view))
    mine = tuple(each for each in view.of(IntentKind.STOP) if not is_of_trailing(each))
    if is_closing(view) or is_set_off(view):
        return WorkOff(wanted=amends)
    if stands(trading_stop(view.plan), view.position, view.orders):
        # a fill that came after these reads may have put another one there
        return WorkOff(wanted=amends, findings=(LegFinding(fact=Fact.STOP_VERIFIED),) if view.is_quiet else ())
    if mine and is_young(mine[-1], view):
        return WorkOff(wanted=amends)
    if view.plan.stop_changed_ts is not None or view.plan.stop_verified_ts is not None:
        return _changed(view, amends, mine)
    if _amends_under_way(view, amends):
        return WorkOff(wanted=amends, look_again_ms=AMENDS_FIRST_MS)
    return _repair(view, amends, mine)


def _changed(view: LegView, amends: tuple[LegWish, ...], mine: tuple[OrderIntent, ...]) -> WorkOff:
    """Somebody else's doing: nothing is put back, and no resting entry may overwrite it by its fill.

    Not while the exchange may still show what was before a call of ours: its lists lag.
    """
    if view.plan.stop_changed_ts is None and mine and is_recent(mine[-1], view):
        return WorkOff(wanted=amends, look_again_ms=AGAIN_MS)
    wanted = tuple(cancels(view, view.of(IntentKind.ENTRY), STOP_CHANGED))
    findings = () if view.plan.stop_changed_ts is not None else (LegFinding(fact=Fact.STOP_CHANGED),)
    return WorkOff(wanted=wanted, findings=findings)


def _repair(view: LegView, amends: tuple[LegWish, ...], mine: tuple[OrderIntent, ...]) -> WorkOff:
    """The stop set again; where that is refused or too late and there is none at all, the position closed."""
    plan = view.plan
    request = trading_stop(plan)
    is_denied = bool(mine) and is_refused(mine[-1]) and mine[-1].request == request
    is_naked = plan.stop is not None and seen(view)[0] == ZERO
    if is_naked and plan.protected_ts is None and (is_denied or is_beyond(plan, view.price)):
        since = view.unprotected_since
        if since is None or view.moment - since < SECOND_LOOK_MS:
            return WorkOff(wanted=amends, look_again_ms=SECOND_LOOK_MS)
        return WorkOff(
            wanted=(*amends, close_of(view, ExitReason.EMERGENCY, f"emergency:{len(view.of(IntentKind.CLOSE))}"))
        )
    if not is_denied and is_too_soon(mine, view):
        return WorkOff(wanted=amends, look_again_ms=AGAIN_MS)
    if is_denied:
        return WorkOff(wanted=amends, findings=(LegFinding(fact=Fact.STOP_CHANGED),))
    key = f"stop:{plan.plan_id}:{len(mine)}"
    wish = LegWish(kind=IntentKind.STOP, request=request, key=key)
    return WorkOff(wanted=(*amends, wish), look_again_ms=SECOND_LOOK_MS if is_naked else None)


def is_closing(view: LegView) -> bool:
    return any(is_young(each, view) for each in view.of(IntentKind.CLOSE))


def is_set_off(view: LegView) -> bool:
    """Whether a stop or the take profit is about to close the leg: reached, and waiting for somebody to take it."""
    kinds = {each.stop_order_type for each in view.orders if each.order_status in _SET_OFF}
    return not kinds.isdisjoint(_OF_LEG)


def stops_of_entries(view: LegView) -> Iterable[LegWish]:
    """Resting entries carry the promise of now: their fill would put an older one back. Beyond it they go."""
    plan = view.plan
    stop, take_profit = promised(plan)
    amends = view.of(IntentKind.AMEND)
    for each in view.of(IntentKind.ENTRY):
        row = view.row(each.order_link_id)
        mine = [a for a in amends if amends_of(a, each)]
        if row is None or each.state not in RESTING or (mine and is_young(mine[-1], view)):
            continue
        if plan.stop is not None and row.price is not None and is_beyond(plan, row.price):
            yield from cancels(view, (each,), BEYOND_STOP)
            continue
        if (row.stop_loss or ZERO, row.take_profit or ZERO) == (stop, take_profit):
            continue
        mine = [a for a in mine if isinstance(a.request, AmendRequest) and a.request.stop_loss is not None]
        request = AmendRequest(
            target_link_id=each.order_link_id,
            category=plan.category,
            symbol=plan.symbol,
            stop_loss=stop,
            sl_trigger_by=plan.stop_trigger_by,
            take_profit=take_profit,
            tp_trigger_by=plan.target_trigger_by,
        )
        if mine and ((is_refused(mine[-1]) and mine[-1].request == request) or is_too_soon(mine, view)):
            continue
        yield LegWish(kind=IntentKind.AMEND, request=request, key=f"amend:{each.intent_id}:{len(mine)}")


def _amends_under_way(view: LegView, wanted: tuple[LegWish, ...]) -> bool:
    """Whether the stop waits for amends of entries, which it does for 2 s at most."""
    entries = {each.order_link_id for each in view.of(IntentKind.ENTRY)}
    open_ones = [
        each
        for each in view.of(IntentKind.AMEND)
        if each.is_live and isinstance(each.request, AmendRequest) and each.request.target_link_id in entries
    ]
    if any(age(each.created_ts, view.now) >= AMENDS_FIRST_MS for each in open_ones):
        return False
    return bool(open_ones) or any(each.kind is IntentKind.AMEND for each in wanted)
