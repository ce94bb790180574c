"""What news mean for an intent that is known: which state comes of them, and what of it was a conclusion of our own."""

from typing import Final

from bot.domain.ids import Millis
from bot.domain.intent_states import is_concluded, state_after
from bot.domain.trade_plans import UNSETTLED, IntentState, OrderIntent

_CONCLUDED: Final = frozenset({IntentState.UNKNOWN, IntentState.ABANDONED, IntentState.NOT_PLACED})


def doubts(before: IntentState, after: IntentState, now: Millis) -> tuple[Millis | None, Millis | None]:
    """The moments at which nobody knew any more what became of it, and at which that was over; None: not now."""
    is_unknown = after is IntentState.UNKNOWN
    return (now if is_unknown else None), (now if before is IntentState.UNKNOWN and not is_unknown else None)


def is_taken_back(known: OrderIntent) -> bool:
    """Whether what was told of it was a conclusion that yields to any news: as UPDATE_INTENT reckons it."""
    return is_concluded(known) or known.reason == "canceled-vanished"


def next_state(known: OrderIntent, new: IntentState) -> IntentState:
    """Conclusions of our own stand only where the exchange has said nothing; what is done stays done."""
    if known.state in {IntentState.DONE, IntentState.REFUSED}:
        return known.state
    if new in _CONCLUDED:
        return new if known.state in UNSETTLED else known.state
    if not known.is_order:
        return new
    return state_after(IntentState.NOT_PLACED if is_concluded(known) else known.state, new)
