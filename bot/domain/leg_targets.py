"""What of a position each target closes, and at which price."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.domain.card_formulas import floor_to, part_of
from bot.domain.ids import age
from bot.domain.leg_view import AGAIN_MS, Fact, LegFinding, LegView, amends_of
from bot.domain.market import Instrument
from bot.domain.orders import AmendRequest, OrderRequest
from bot.domain.trade_plans import IntentKind, OrderIntent, PlannedTarget

_ZERO: Final = Decimal(0)


def earlier_quantities(
    targets: Sequence[PlannedTarget], whole: Decimal, instrument: Instrument
) -> Mapping[int, Decimal]:
    """The quantity of each target but the last, by number: its share of the whole, floored to the step.

    What is too small to be an order of its own joins the next target (0 here); the last one takes the rest, and it is
    no order of ours.
    """
    found: dict[int, Decimal] = {}
    carried = _ZERO
    for each in targets[:-1]:
        exact = part_of(whole, each.share) + carried
        wished = floor_to(exact, instrument.qty_step)
        if is_too_small(wished, each.price, instrument):
            carried = exact
            found[each.number] = _ZERO
        else:
            carried = _ZERO
            found[each.number] = wished
    return found


def is_too_small(qty: Decimal, price: Decimal, instrument: Instrument) -> bool:
    """Whether the exchange would not take an order of that size."""
    if qty <= 0 or qty < (instrument.min_order_qty or _ZERO):
        return True
    return qty * price < (instrument.min_notional or _ZERO)


def asked_price(order: OrderIntent) -> Decimal | None:
    """The limit price that an order was asked to stand at last: amends that are done change its request."""
    return order.request.price if isinstance(order.request, OrderRequest) else None


def moved(view: LegView, order: OrderIntent, target: PlannedTarget) -> Iterable[LegFinding]:
    """That the order stands at another price than it was asked for, and no amend of ours may be about to change that.

    Somebody has moved it, or the exchange has not taken the price as it was: it is not asked for again.
    """
    row = view.row(order.order_link_id)
    is_other = row is not None and row.price != target.price == asked_price(order)
    if row is not None and is_other and not is_on_its_way(view, target, [order]):
        yield LegFinding(fact=Fact.TARGET_MOVED, number=target.number, price=row.price, intent_id=order.intent_id)


def is_on_its_way(view: LegView, target: PlannedTarget, orders: Iterable[OrderIntent]) -> bool:
    """Whether one of its orders shows another price than the target's, and may do so for an amend of ours.

    That is under way, or was until so lately that lists may show what was before it.
    """
    others = [each for each in orders if (row := view.row(each.order_link_id)) and row.price != target.price]
    return any(
        isinstance(each.request, AmendRequest) and each.request.price is not None and amends_of(each, order)
        for each in view.of(IntentKind.AMEND)
        if each.is_live or age(each.final_ts or view.now, view.now) < AGAIN_MS
        for order in others
    )
