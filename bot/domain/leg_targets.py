"""What of a position each target closes, and at which price."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.domain.card_formulas import floor_to, part_of
from bot.domain.market import Instrument
from bot.domain.orders import AmendRequest, OrderRequest
from bot.domain.trade_plans import IntentState, OrderIntent, PlannedTarget

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


def asked_price(order: OrderIntent, amends: Iterable[OrderIntent]) -> Decimal | None:
    """The limit price that was asked for last, and taken: the order's own, or of one of its `amends`, oldest first."""
    asked = order.request.price if isinstance(order.request, OrderRequest) else None
    for each in amends:
        if each.state is IntentState.DONE and isinstance(each.request, AmendRequest) and each.request.price is not None:
            asked = each.request.price
    return asked
