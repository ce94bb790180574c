"""How an intent's state goes on. What the exchange said is final; what was concluded here yields to any row of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis, OrderLinkId, age
from bot.domain.orders import AmendRequest, OrderRequest, amended
from bot.domain.patience import Patience
from bot.domain.portfolio import Order
from bot.domain.refusals import VANISHED
from bot.domain.trade_plans import IntentKind, IntentState, OrderIntent

_SAID: Final = {
    "Created": IntentState.ACKNOWLEDGED,
    "New": IntentState.OPEN,
    "Active": IntentState.OPEN,
    "Triggered": IntentState.OPEN,
    "Untriggered": IntentState.UNTRIGGERED,
    "PartiallyFilled": IntentState.PARTIALLY_FILLED,
    "Filled": IntentState.FILLED,
    "Cancelled": IntentState.CANCELED,
    "PartiallyFilledCanceled": IntentState.CANCELED,
    "Deactivated": IntentState.CANCELED,
    "Rejected": IntentState.REJECTED,
}
_ORDER: Final = {
    IntentState.NOT_PLACED: 0,
    IntentState.ABANDONED: 0,
    IntentState.INTENT: 0,
    IntentState.SENDING: 1,
    IntentState.UNKNOWN: 1,
    IntentState.ACKNOWLEDGED: 2,
    IntentState.UNTRIGGERED: 3,
    IntentState.OPEN: 4,
    IntentState.PARTIALLY_FILLED: 5,
}
BY_EXCHANGE: Final = frozenset({IntentState.FILLED, IntentState.CANCELED, IntentState.REJECTED})
"""Said by the exchange, and therefore final."""
_OF_PARTS: Final = {IntentState.FILLED: 0, IntentState.REJECTED: 1, IntentState.CANCELED: 2}
"""How an order of several parts ended: the largest; a part that has not ended outweighs them all."""
FINAL: Final = BY_EXCHANGE | {
    IntentState.NOT_PLACED,
    IntentState.ABANDONED,
    IntentState.DONE,
    IntentState.REFUSED,
}
"""States after which the exchange does nothing more for an intent, unless it says otherwise later."""
UNDECIDED: Final = frozenset({IntentState.SENDING, IntentState.UNKNOWN})
"""States in which an intent may be at the exchange, or not."""
CONCLUDED: Final = frozenset({IntentState.NOT_PLACED, IntentState.ABANDONED})
"""Said by nobody: nothing came of it within the time in which anything could."""
_FIRST_LOOK: Final = 1_000  # ms, after which an order is asked for again; then twice as late each time
_LONGEST_LOOK: Final = 30_000  # ms
_LAST_LOOK: Final = 250  # ms, where the time after which an answer decides is about to come


def said(order: Order) -> IntentState:
    """The state that a row of the exchange says; an unknown word stands for an order that is there."""
    return _SAID.get(order.order_status, IntentState.ACKNOWLEDGED)


def order_of(rows: Iterable[Order]) -> Order | None:
    """One order of all rows of its id; None: there are none.

    A row may come twice: the newest counts. A reduce-only order that is larger than the largest is split by Bybit (v5,
    "Place Order", July 2026): its parts count together, and it is open while one of them is.
    """
    newest: dict[str, Order] = {}
    for each in sorted(rows, key=lambda row: (row.updated_ts or 0, row.cum_exec_qty or 0)):
        newest[each.order_id] = each
    parts = tuple(newest.values())
    if not parts or len(parts) == 1:
        return next(iter(parts), None)
    last = max(parts, key=lambda row: _OF_PARTS.get(said(row), len(_OF_PARTS)))
    filled = [each for each in parts if each.cum_exec_qty]
    done = sum((each.cum_exec_qty or Decimal(0) for each in filled), Decimal(0))
    is_counted = all(each.cum_exec_qty is not None for each in parts)
    paid = [(each.avg_price or Decimal(0)) * (each.cum_exec_qty or Decimal(0)) for each in filled]
    is_priced = bool(filled) and all(each.avg_price for each in filled)
    return replace(
        last,
        order_status="PartiallyFilled" if done and said(last) not in BY_EXCHANGE else last.order_status,
        qty=sum((each.qty for each in parts), Decimal(0)),
        cum_exec_qty=done if is_counted else None,
        avg_price=sum(paid, Decimal(0)) / done if is_priced else None,
    )


def is_concluded(intent: OrderIntent) -> bool:
    """Whether its end was concluded here, for want of any sign of it: to any row or fill of the exchange it yields.

    A refusal is no more than that while no order of it was ever shown: it was the answer to a request.
    """
    is_unseen = intent.state is IntentState.REJECTED and not intent.order_id
    is_vanished = intent.state is IntentState.CANCELED and intent.reason == VANISHED
    return intent.state in CONCLUDED or is_unseen or is_vanished


def state_after(known: IntentState, new: IntentState) -> IntentState:
    """The state after the exchange said `new`: forward only, and never away from its own last word."""
    if known in BY_EXCHANGE:
        return known
    if new in BY_EXCHANGE:
        return new
    return new if _ORDER.get(new, 0) > _ORDER.get(known, 0) else known


def quantity_after(known: Decimal, new: Decimal | None) -> Decimal:
    """CumExecQty only grows, in every state."""
    return known if new is None else max(known, new)


def average_after(known: OrderIntent, qty: Decimal, price: Decimal | None) -> Decimal | None:
    """The average of its fills after one more was booked, which may be before any row of the order says it.

    What a row said stands for all the quantity that the row had.
    """
    priced = max(known.cum_exec_qty, known.fills_qty)
    more = known.fills_qty + qty - priced
    if price is None or more <= 0 or (priced and known.avg_price is None):
        return known.avg_price
    return ((known.avg_price or Decimal(0)) * priced + price * more) / (priced + more)


def request_after(order: OrderIntent, amend: AmendRequest) -> OrderRequest | None:
    """What an order asks for once an amend of it is done; None: the same as before.

    An entry asks for all that was amended, an earlier target for its price: its quantity follows the position.
    """
    if not isinstance(order.request, OrderRequest):
        return None
    if order.kind is IntentKind.ENTRY:
        return amended(order.request, amend)
    is_moved = order.kind is IntentKind.TARGET and amend.price is not None
    return replace(order.request, price=amend.price) if is_moved else None


@dataclass(frozen=True, slots=True)
class Absence:
    """The exchange's answers that there is no order of an id: when it was asked, in monotonic ms, and how many count.

    By the clock of the wall an hour may pass within a second.
    """

    first: Millis
    last: Millis
    counted: Millis
    count: int = 1

    def again(self, moment: Millis, patience: Patience) -> "Absence":
        """With one more answer; it counts where the last one that does is some time ago."""
        if moment - self.counted < patience.apart:
            return Absence(self.first, moment, self.counted, self.count)
        return Absence(self.first, moment, moment, self.count + 1)

    def is_believed(self, state: IntentState, patience: Patience) -> bool:
        """Whether it was said often and long enough of an order in that state."""
        return self.count >= patience.answers and self.last - self.first >= _said_for(state, patience)


def ask_again_ms(
    live: Iterable[OrderIntent],
    now: Millis,
    moment: Millis,
    absences: Mapping[OrderLinkId, Absence],
    patience: Patience,
) -> int | None:
    """When to ask anew for those that were not seen yet: after 1, 2, 4 s, and once no answer can be too early.

    None: there are none. `moment`: now, in monotonic ms.
    """
    unseen = [each for each in live if each.state in UNDECIDED or each.state is IntentState.ACKNOWLEDGED]
    looks = [_look_ms(each, now, moment, absences.get(each.order_link_id), patience) for each in unseen]
    return min((each for each in looks if each is not None), default=None)


def decides_after(state: IntentState, patience: Patience) -> int:
    """Milliseconds after its sending from which on "there is no such order" decides about it."""
    return patience.window if state in UNDECIDED else patience.accepted


def _said_for(state: IntentState, patience: Patience) -> int:
    """Milliseconds between the first and the last answer that decide: longer for an order that was never seen."""
    if state is not IntentState.ACKNOWLEDGED:
        return patience.over
    return max(patience.over, patience.accepted - patience.window)


def _look_ms(
    intent: OrderIntent, now: Millis, moment: Millis, absence: Absence | None, patience: Patience
) -> int | None:
    if intent.sent_ts is None:
        return None
    old = age(intent.sent_ts, now)
    left = decides_after(intent.state, patience) - old
    if absence is not None:
        left = max(left, absence.first + _said_for(intent.state, patience) - moment)
    wait = min(max(old, _FIRST_LOOK), max(left, _LAST_LOOK))
    if absence is not None and absence.count < patience.answers:
        wait = min(wait, max(patience.over // patience.answers, _LAST_LOOK))
    return min(wait, _LONGEST_LOOK)
