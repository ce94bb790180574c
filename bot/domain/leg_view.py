"""One leg with an open plan, as one round of reads shows it, and the words for what it lacks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.domain.ids import Millis, OrderLinkId, age, is_ahead
from bot.domain.leg_rules import close_request
from bot.domain.market import Instrument
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    direction,
)
from bot.domain.portfolio import Order, Position
from bot.domain.refusals import PASSING
from bot.domain.trade_plans import (
    AnyRequest,
    ExitReason,
    IntentKind,
    IntentState,
    OrderIntent,
    TradePlan,
)

ZERO: Final = Decimal(0)
AMENDS_FIRST_MS: Final = 2_000  # that the amends of resting entries have before the stop goes out anyway
AGAIN_MS: Final = 5_000  # between attempts at what the exchange says is done and does not show
_TAKEN_MS: Final = 2_000  # after which an order whose cancel was taken is not shown any more
_FEW: Final = 3  # attempts that go out as soon as an answer shows that they are needed
SECOND_LOOK_MS: Final = 1_000  # between the two reads without a stop that an emergency needs
AMEND_EVERY_MS: Final = 1_000  # of a leg's targets
RESTING: Final = frozenset({IntentState.UNTRIGGERED, IntentState.OPEN, IntentState.PARTIALLY_FILLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LegView:
    """One leg with an open plan, as of one round of reads.

    `asked_at`: when the exchange was asked, `moment` in monotonic ms; what was answered later than that is not in the
    view. `is_quiet`: no fill of it was news in this round, so that "flat" can be concluded; `is_matched`: its fills
    come to its position, or have not for so long that the position is right. `price`: of what the stop is triggered
    by, None: not known. `unprotected_since`: the moment at which the position was first seen without any stop, None:
    it was not.
    """

    plan: TradePlan
    intents: tuple[OrderIntent, ...]
    position: Position | None
    orders: tuple[Order, ...]
    instrument: Instrument | None
    price: Decimal | None
    asked_at: Millis
    moment: Millis
    now: Millis
    is_quiet: bool
    is_matched: bool = True
    unprotected_since: Millis | None = None

    def of(self, kind: IntentKind) -> tuple[OrderIntent, ...]:
        return tuple(each for each in self.intents if each.kind is kind)

    def row(self, link_id: OrderLinkId) -> Order | None:
        """The open order of that id."""
        return next((each for each in self.orders if each.order_link_id == link_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegWish:
    """A request to be made; `key` is the same for the same wish. A new order has its link id given later.

    `why`: key of the texts, of an entry that is canceled by a rule.
    """

    kind: IntentKind
    request: AnyRequest
    key: str
    target_number: int | None = None
    exit_reason: ExitReason | None = None
    why: str = ""


class Fact(StrEnum):
    """What a look at a leg found, beside what it lacks."""

    STOP_VERIFIED = "stop-verified"
    STOP_CHANGED = "stop-changed"
    TRAILING_VERIFIED = "trailing-verified"
    TRAILING_CHANGED = "trailing-changed"
    TARGET_DONE = "target-done"
    TARGET_GONE = "target-gone"
    TARGET_MOVED = "target-moved"
    BREAKEVEN = "breakeven"
    BREAKEVEN_PASSED = "breakeven-passed"
    FLAT = "flat"
    OVER = "over"  # nothing of the plan was ever filled, and nothing rests


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFinding:
    """A fact; `number` of a target, `price` of the new stop or at which a target stands."""

    fact: Fact
    number: int = 0
    price: Decimal | None = None
    intent_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOff:
    """What is to be asked, what was found, and in how many ms at the latest to look again (None: on news).

    `are_targets_judged`: the orders of the earlier targets were looked at, those that are gone or moved are findings,
    and no price that was asked for is on its way.
    """

    wanted: tuple[LegWish, ...] = ()
    findings: tuple[LegFinding, ...] = ()
    look_again_ms: int | None = None
    are_targets_judged: bool = False


def cancels(view: LegView, of: Iterable[OrderIntent], why: str = "") -> Iterable[LegWish]:
    """A cancel of each of them that rests and has none under way or answered after the view was asked for."""
    asked = [(each.request, each) for each in view.of(IntentKind.CANCEL)]
    for each in of:
        row = view.row(each.order_link_id)
        if row is None or each.state not in RESTING | {IntentState.ACKNOWLEDGED}:
            continue
        mine = [
            intent
            for request, intent in asked
            if isinstance(request, CancelRequest) and request.target_link_id == each.order_link_id
        ]
        if any(is_young(intent, view) for intent in mine) or is_too_soon(mine, view):
            continue
        request = CancelRequest(
            category=row.category, symbol=row.symbol, order_id=row.order_id, target_link_id=each.order_link_id
        )
        yield LegWish(kind=IntentKind.CANCEL, request=request, key=f"cancel:{each.intent_id}:{len(mine)}", why=why)


def repeated_cancels(view: LegView) -> Iterable[LegWish]:
    """Cancels that nobody answered, or that were taken, of orders that rest all the same: asked for once more.

    A definite refusal is not repeated here: whoever asked is told of it.
    """
    last: dict[OrderLinkId, OrderIntent] = {}
    for each in view.of(IntentKind.CANCEL):
        if isinstance(each.request, CancelRequest):
            last[each.request.target_link_id] = each
    for order in view.intents:
        cancel = last.get(order.order_link_id) if order.is_order else None
        if cancel is not None and _has_no_effect(cancel, view):
            yield from cancels(view, (order,))


def _has_no_effect(cancel: OrderIntent, view: LegView) -> bool:
    """Of a cancel whose order is shown as open."""
    if cancel.state is IntentState.ABANDONED:
        return True
    return cancel.state is IntentState.DONE and age(cancel.final_ts or view.asked_at, view.asked_at) >= _TAKEN_MS


def close_of(view: LegView, reason: ExitReason, key: str) -> LegWish:
    """The wish to close the whole leg at market; `key` tells this attempt from others of the plan."""
    plan = view.plan
    request = close_request(plan.leg, plan.side)
    return LegWish(kind=IntentKind.CLOSE, request=request, key=f"close:{plan.plan_id}:{key}", exit_reason=reason)


def is_beyond(plan: TradePlan, price: Decimal | None) -> bool:
    """Whether that price has passed the stop."""
    if price is None or plan.stop is None:
        return False
    return (price - plan.stop) * direction(plan.side) <= 0


def amends_of(amend: OrderIntent, order: OrderIntent) -> bool:
    return isinstance(amend.request, AmendRequest) and amend.request.target_link_id == order.order_link_id


def is_young(intent: OrderIntent, view: LegView) -> bool:
    """Whether its effect may not be in the view yet."""
    if intent.is_live:
        return True
    is_later = intent.final_ts is not None and intent.final_ts >= view.asked_at
    return is_later and not is_ahead(intent.final_ts or view.now, view.now)


def is_recent(intent: OrderIntent, view: LegView) -> bool:
    """Whether it ended so lately that a list which lags behind may still show what was before, or show it again."""
    is_over = intent.state in {IntentState.DONE, IntentState.REJECTED}
    return is_over and intent.final_ts is not None and age(intent.final_ts, view.now) < AGAIN_MS


def is_refused(intent: OrderIntent) -> bool:
    """Whether the exchange said a no that does not end by itself: to ask for the same again would change nothing."""
    return intent.state in {IntentState.REFUSED, IntentState.REJECTED} and intent.reason not in PASSING


def is_too_soon(attempts: Sequence[OrderIntent], view: LegView) -> bool:
    """Whether something was asked for several times, the last time a moment ago."""
    if len(attempts) < _FEW or attempts[-1].final_ts is None:
        return False
    return age(attempts[-1].final_ts, view.now) < AGAIN_MS
