"""Plan minus exchange: what a leg still lacks of what was promised for it, and what of it has come true.

Pure: everything it knows stands in `LegView`. It says what is to be asked of the exchange (`LegWish`) and what was
found (`LegFinding`); whoever called it writes both down in one unit. Called again with the same view it says the same,
and what it wants is asked for once: each wish has a key that its intent carries.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis, age, is_ahead
from bot.domain.intent_states import CONCLUDED
from bot.domain.leg_protection import is_closing, is_set_off, protect, stops_of_entries
from bot.domain.leg_rules import asked_at_most, on_tick
from bot.domain.leg_targets import asked_price, earlier_quantities, is_on_its_way, moved
from bot.domain.leg_trailing import trail
from bot.domain.leg_view import (
    AGAIN_MS,
    AMEND_EVERY_MS,
    RESTING,
    ZERO,
    Fact,
    LegFinding,
    LegView,
    LegWish,
    WorkOff,
    amends_of,
    cancels,
    is_recent,
    is_refused,
    is_too_soon,
    is_young,
    repeated_cancels,
)
from bot.domain.market import Instrument
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    OrderRequest,
    direction,
    opposite,
)
from bot.domain.portfolio import NO_LINK_ID, OrderType, Position
from bot.domain.refusals import BY_EXCHANGE, FLAT, FOREIGN, LATE, REDUCE_ONLY
from bot.domain.trade_plans import (
    Breakeven,
    IntentKind,
    IntentState,
    OrderIntent,
    PlannedTarget,
    TradePlan,
)

_MOST_TRIES: Final = 5  # of a target that the exchange cancels by a rule of its own
_CLOSING: Final = frozenset({IntentKind.TARGET, IntentKind.CLOSE, IntentKind.REDUCE})


def work_off(view: LegView) -> WorkOff:
    """The stop always; targets while the leg is ours alone and its stop is as promised; cancels until they are seen."""
    found = _lacking(view)
    keys = {wish.key for wish in found.wanted}
    again = tuple(wish for wish in repeated_cancels(view) if wish.key not in keys)
    return replace(found, wanted=(*found.wanted, *again)) if again else found


def _lacking(view: LegView) -> WorkOff:
    if view.position is None:
        return _flat(view)
    if not has_opened(view):
        return _elsewhere(view)
    if view.position.side is not view.plan.side:
        return WorkOff(wanted=tuple(cancels(view, view.of(IntentKind.ENTRY), FOREIGN)))
    stop = _joined(protect(view), trail(view))
    if is_mixed(view):
        gone = tuple(cancels(view, view.of(IntentKind.ENTRY), FOREIGN))
        kept = tuple(each for each in stop.wanted if each.key not in {wish.key for wish in gone})
        return replace(stop, wanted=(*kept, *gone))
    if view.plan.stop_changed_ts is not None:
        return stop
    return _joined(stop, _targets(view))


def _joined(one: WorkOff, other: WorkOff) -> WorkOff:
    """What both say of a leg; whether targets were judged is the other's word."""
    looks = [each for each in (one.look_again_ms, other.look_again_ms) if each is not None]
    return WorkOff(
        wanted=(*one.wanted, *other.wanted),
        findings=(*one.findings, *other.findings),
        look_again_ms=min(looks, default=None),
        are_targets_judged=other.are_targets_judged,
    )


def is_mixed(view: LegView) -> bool:
    """Whether more stands there than the plan's own orders have filled."""
    is_certain = view.is_quiet and view.is_matched
    return view.position is not None and is_certain and view.position.size > max(ours(view.plan, view.intents), ZERO)


def has_opened(view: LegView) -> bool:
    """Whether anything of the position is known to be the plan's: filled, by a fill or by the order's row, or adopted.

    Until then a position there was opened elsewhere, or the news of the fill is late: nothing is promised for it.
    """
    plan = view.plan
    is_filled = any(each.cum_exec_qty > 0 for each in view.of(IntentKind.ENTRY))
    return is_filled or plan.first_fill_ts is not None or plan.adopted > 0


def ours(plan: TradePlan, intents: Iterable[OrderIntent]) -> Decimal:
    """What the plan took over and its orders have opened, less what they have closed."""
    signs = {IntentKind.ENTRY: 1, IntentKind.TARGET: -1, IntentKind.CLOSE: -1, IntentKind.REDUCE: -1}
    return sum((each.fills_qty * signs.get(each.kind, 0) for each in intents), plan.adopted)


def ours_at_most(plan: TradePlan, intents: Iterable[OrderIntent]) -> Decimal:
    """The same while fills may not be booked yet: what is live may be filled to the last."""
    total, known = plan.adopted, tuple(intents)
    for each in known:
        if each.kind is IntentKind.ENTRY:
            total += max(each.fills_qty, each.cum_exec_qty, asked_at_most(each, known) if each.is_live else ZERO)
        elif each.kind in _CLOSING:
            total -= each.fills_qty
    return total


def leftovers(view: LegView) -> tuple[LegWish, ...]:
    """Cancels of what still rests of a plan that has ended."""
    why = LATE if view.plan.first_fill_ts is None else FLAT
    return tuple(cancels(view, (*view.of(IntentKind.ENTRY), *view.of(IntentKind.TARGET)), why))


def _flat(view: LegView) -> WorkOff:
    if not _is_certain(view):
        return WorkOff()
    was_filled = view.plan.first_fill_ts is not None
    if was_filled:
        return WorkOff(wanted=leftovers(view), findings=(LegFinding(fact=Fact.FLAT),))
    return _over(view) or WorkOff(wanted=tuple(stops_of_entries(view)))


def _elsewhere(view: LegView) -> WorkOff:
    """Of a position that nothing of the plan has opened: it is left alone, and no entry may fill into it."""
    is_turned = view.position is not None and view.position.side is not view.plan.side
    over = _over(view) if _is_certain(view) else None
    if is_turned or is_mixed(view):
        return over or WorkOff(wanted=tuple(cancels(view, view.of(IntentKind.ENTRY), FOREIGN)))
    return WorkOff(wanted=tuple(stops_of_entries(view)))


def _is_certain(view: LegView) -> bool:
    """Whether nothing is on its way that would change what was filled of the plan."""
    return view.is_quiet and view.is_matched and not any(each.is_counting for each in view.intents)


def _over(view: LegView) -> WorkOff | None:
    """The plan has ended where it had entries and none of them can be filled any more."""
    entries = view.of(IntentKind.ENTRY)
    is_over = bool(entries) and not any(each.is_live for each in entries)
    return WorkOff(findings=(LegFinding(fact=Fact.OVER),)) if is_over else None


# --- targets ---------------------------------------------------------------------------------------------------------


def _targets(view: LegView) -> WorkOff:
    plan, position, instrument = view.plan, view.position, view.instrument
    if position is None or instrument is None or is_closing(view) or is_set_off(view):
        return WorkOff()
    wanted: list[LegWish] = []
    findings: list[LegFinding] = []
    orders = tuple(each for each in view.of(IntentKind.TARGET) if not _is_past(each, plan, view.now))
    attempts = Counter(each.target_number for each in view.of(IntentKind.TARGET))
    whole = position.size + sum((each.fills_qty for each in orders), ZERO)
    quantities = earlier_quantities(plan.targets, whole, instrument)
    numbers = {each.number for each in plan.targets[:-1] if not each.is_done}
    is_undecided = False
    wanted += cancels(view, (each for each in orders if each.target_number not in numbers))
    for target in plan.targets[:-1]:
        if not target.is_done:
            mine = [each for each in orders if each.target_number == target.number]
            wishes, found = _of_target(view, target, mine, quantities[target.number], attempts[target.number])
            wanted += wishes
            findings += found
            is_undecided = is_undecided or is_on_its_way(view, target, mine)
    is_doubted = any(each.code in REDUCE_ONLY and is_recent(each, view) for each in orders)
    is_late = any(each.kind is IntentKind.AMEND for each in wanted)
    fitting = _fitting(view, position, orders, wanted)
    wanted, waits = _paced(view, fitting) if is_late else (fitting, len(fitting) < len(wanted))
    findings += _breakeven(view, findings)
    return WorkOff(
        wanted=tuple(wanted),
        findings=tuple(findings),
        look_again_ms=AMEND_EVERY_MS if waits or is_doubted else AGAIN_MS if is_undecided else None,
        are_targets_judged=not is_undecided,
    )


def _is_past(order: OrderIntent, plan: TradePlan, now: Millis) -> bool:
    """Whether it was of targets that the plan does not have any more.

    Of those it began with none is, whatever the clock says; once it was set back, it says nothing of others either.
    """
    is_certain = plan.targets_ts > plan.created_ts and not is_ahead(plan.targets_ts, now)
    return is_certain and order.final_ts is not None and order.final_ts < plan.targets_ts


def _of_target(
    view: LegView, target: PlannedTarget, mine: list[OrderIntent], qty: Decimal, attempts: int
) -> tuple[list[LegWish], list[LegFinding]]:
    """What the target lacks, of which `mine` are the orders, and what became of it."""
    last = _that_counts(mine)
    wanted = list(cancels(view, (each for each in mine if each is not last)))
    findings = list[LegFinding]()
    if last is not None and last.state is IntentState.FILLED:
        findings.append(LegFinding(fact=Fact.TARGET_DONE, number=target.number))
    elif last is None or _is_owed(view, last, mine):
        wanted += _new_target(view, target, qty, attempts)
    elif last.code in REDUCE_ONLY and is_recent(last, view):
        pass  # there may be no position any more, and the list of positions lag behind
    elif last.state is IntentState.CANCELED or _was_there(last) or is_refused(last):
        findings.append(LegFinding(fact=Fact.TARGET_GONE, number=target.number, intent_id=last.intent_id))
    elif last.state in RESTING:
        findings += moved(view, last, target)
        if wish := _target_amend(view, last, target, qty):
            wanted.append(wish)
    return wanted, findings


def _that_counts(attempts: list[OrderIntent]) -> OrderIntent | None:
    """Of the orders of a target the one that it stands by: one that was given up may turn up beside the next."""
    if not attempts:
        return None
    filled = (each for each in attempts if each.state is IntentState.FILLED)
    resting = (each for each in reversed(attempts) if each.state in RESTING)
    newest = attempts[-1]
    return next(filled, next(resting, newest) if newest.state in CONCLUDED else newest)


def _new_target(view: LegView, target: PlannedTarget, qty: Decimal, attempts: int) -> Iterable[LegWish]:
    plan = view.plan
    if qty <= 0:
        return
    request = OrderRequest(
        order_link_id=NO_LINK_ID,
        category=plan.category,
        symbol=plan.symbol,
        position_idx=plan.position_idx,
        side=opposite(plan.side),
        order_type=OrderType.LIMIT,
        qty=qty,
        price=target.price,
        reduce_only=True,
    )
    key = f"target:{plan.plan_id}:{target.number}:{attempts}"
    yield LegWish(kind=IntentKind.TARGET, request=request, key=key, target_number=target.number)


def _target_amend(view: LegView, order: OrderIntent, target: PlannedTarget, qty: Decimal) -> LegWish | None:
    """The order of a target follows the position's size and the target's price, which is asked for once."""
    row = view.row(order.order_link_id)
    if row is None:
        return None
    size = max(qty, order.cum_exec_qty)
    mine = [each for each in view.of(IntentKind.AMEND) if amends_of(each, order)]
    price = None if target.price == asked_price(order) else target.price
    if row.qty == size and (price is None or price == row.price):
        return None
    if mine and is_young(mine[-1], view):
        return None
    if size <= order.cum_exec_qty:
        return next(iter(cancels(view, (order,))), None)
    request = AmendRequest(
        target_link_id=order.order_link_id, category=row.category, symbol=row.symbol, qty=size, price=price
    )
    if mine and mine[-1].request == request and (is_refused(mine[-1]) or is_too_soon(mine, view) or _is_cut(view)):
        return None
    return LegWish(kind=IntentKind.AMEND, request=request, key=f"amend:{order.intent_id}:{len(mine)}")


def _is_cut(view: LegView) -> bool:
    """Whether orders from elsewhere that only close take up the leg, beside which the exchange cuts ours down."""
    ours = {each.order_link_id for each in view.intents}
    return any(each.reduce_only and not each.stop_order_type and each.order_link_id not in ours for each in view.orders)


def _fitting(view: LegView, position: Position, orders: Iterable[OrderIntent], wanted: list[LegWish]) -> list[LegWish]:
    """New targets wait while an amend of another one is under way, unless all of them fit into the position as it is.

    Beyond it the exchange refuses what only reduces, and a refused target is not placed again.
    """
    resting = [(each, row) for each in orders if (row := view.row(each.order_link_id)) is not None]
    amended = any(each.kind is IntentKind.AMEND for each in wanted) or any(
        is_young(amend, view)
        for amend in view.of(IntentKind.AMEND)
        if any(amends_of(amend, each) for each, _ in resting)
    )
    room = position.size - sum((row.qty - (row.cum_exec_qty or ZERO) for _, row in resting), ZERO)
    found = []
    for wish in wanted:
        if isinstance(wish.request, OrderRequest):
            if amended and wish.request.qty > room:
                continue
            room -= wish.request.qty
        found.append(wish)
    return found


def _paced(view: LegView, wanted: list[LegWish]) -> tuple[list[LegWish], bool]:
    """Amends wait until a second after the last one of the leg; whether some do."""
    newest = max((each.created_ts for each in view.of(IntentKind.AMEND)), default=Millis(0))
    if age(newest, view.now) >= AMEND_EVERY_MS:
        return wanted, False
    return [each for each in wanted if each.kind is not IntentKind.AMEND], True


def _is_owed(view: LegView, last: OrderIntent, mine: list[OrderIntent]) -> bool:
    """Whether a target is to be placed again, of which `mine` are the attempts."""
    if last.state in {IntentState.NOT_PLACED, IntentState.ABANDONED} or _was_taken(view, last):
        return True
    is_for_now = not is_refused(last) or _was_overtaken(view, last)
    is_held_up = last.state is IntentState.REJECTED and is_for_now and not _was_there(last)
    return is_held_up and not is_too_soon(mine, view)


def _was_overtaken(view: LegView, order: OrderIntent) -> bool:
    """Whether there was nothing left for it to lessen because an exit of ours was executed while it was on its way."""
    if order.code not in REDUCE_ONLY or order.final_ts is None:
        return False
    exits = (*view.of(IntentKind.CLOSE), *view.of(IntentKind.REDUCE))
    return any(
        each.cum_exec_qty > 0
        and each.created_ts <= order.final_ts
        and (each.final_ts is None or each.final_ts >= order.created_ts)
        for each in exits
    )


def _was_there(order: OrderIntent) -> bool:
    """Whether it was refused after the exchange had taken it, which may be after a part of it was filled."""
    return order.state is IntentState.REJECTED and bool(order.order_id)


def _was_taken(view: LegView, order: OrderIntent) -> bool:
    """Whether we canceled it ourselves, or the exchange by a rule: then it may be placed again."""
    if order.state is not IntentState.CANCELED:
        return False
    tries = sum(1 for each in view.of(IntentKind.TARGET) if each.target_number == order.target_number)
    if order.reason == BY_EXCHANGE and tries < _MOST_TRIES:
        return True
    return any(
        each.state is IntentState.DONE
        and isinstance(each.request, CancelRequest)
        and each.request.target_link_id == order.order_link_id
        for each in view.of(IntentKind.CANCEL)
    )


# --- breakeven -------------------------------------------------------------------------------------------------------


def breakeven_price(position: Position, instrument: Instrument) -> Decimal | None:
    """Where a close brings nothing, rounded away from loss; None: the exchange does not say it."""
    if position.break_even_price is None:
        return None
    return on_tick(position.break_even_price, position.side, instrument)


def _breakeven(view: LegView, findings: list[LegFinding]) -> list[LegFinding]:
    plan, position, instrument = view.plan, view.position, view.instrument
    is_first_done = any(each.is_done for each in plan.targets[:-1]) or any(
        each.fact is Fact.TARGET_DONE for each in findings
    )
    is_due = plan.breakeven is Breakeven.AFTER_FIRST_TARGET and is_first_done
    if not is_due or position is None or instrument is None:
        return []
    price = breakeven_price(position, instrument)
    now_at = view.price or position.mark_price
    if price is None:
        return [LegFinding(fact=Fact.BREAKEVEN_PASSED)]
    if plan.stop is not None and (plan.stop - price) * direction(plan.side) >= 0:
        return [LegFinding(fact=Fact.BREAKEVEN, price=plan.stop)]  # it is better already
    if now_at is None:
        return []
    fact = Fact.BREAKEVEN_PASSED if (now_at - price) * direction(plan.side) <= 0 else Fact.BREAKEVEN
    return [LegFinding(fact=fact, price=price)]
