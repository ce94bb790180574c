"""Entries that rest are taken back: by hand, by a brake, by a limit that tripped."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis, age
from bot.domain.leg_view import AGAIN_MS
from bot.domain.orders import CancelRequest, OrderRequest, TimeInForce
from bot.domain.ports.storage import UnitOfWork
from bot.domain.trade_plans import IntentKind, IntentState, NewIntent, OrderIntent
from bot.services.trading.intents import IntentRunner

_RESTING: Final = frozenset(
    {
        IntentState.ACKNOWLEDGED,
        IntentState.UNTRIGGERED,
        IntentState.OPEN,
        IntentState.PARTIALLY_FILLED,
    }
)
_IN_VAIN: Final = frozenset({IntentState.ABANDONED, IntentState.REFUSED})
"""States in which a cancel ends that has changed nothing."""
_MOST_DOUBLINGS: Final = 6
_LONGEST_PAUSE_MS: Final = 300_000  # between two attempts


def is_resting_entry(intent: OrderIntent) -> bool:
    """Whether it is an entry that stands at the exchange: what fills at once or never is over before its cancel."""
    if intent.kind is not IntentKind.ENTRY or intent.state not in _RESTING:
        return False
    at_once = (TimeInForce.IOC, TimeInForce.FOK)
    return isinstance(intent.request, OrderRequest) and intent.request.time_in_force not in at_once


def waiting_prices(intents: Iterable[OrderIntent]) -> tuple[Decimal, ...]:
    """The limit prices of the entries among `intents` that rest."""
    requests = (each.request for each in intents if is_resting_entry(each))
    return tuple(each.price for each in requests if isinstance(each, OrderRequest) and each.price is not None)


async def cancel_entries(
    unit: UnitOfWork, runner: IntentRunner, intents: Iterable[OrderIntent], cause: str, now: Millis
) -> tuple[OrderIntent, ...]:
    """A cancel of each resting entry among `intents`, to be launched after the commit; see `cancel_order`."""
    return tuple([await cancel_order(unit, runner, each, cause, now) for each in intents if is_resting_entry(each)])


async def cancel_order(
    unit: UnitOfWork, runner: IntentRunner, order: OrderIntent, cause: str, now: Millis
) -> OrderIntent:
    """A cancel of an order of ours; once an order and `cause`, and once more where nothing came of the last one.

    Then after 5 s, and twice as late each time. What was never answered is repeated by the work on its plan, too.
    """
    first = f"{cause}:{order.intent_id}"
    key, attempts = first, 0
    known = await unit.intents.by_key(key)
    while known is not None and _was_in_vain(known, attempts, now):
        attempts += 1
        key = f"{first}:{attempts}"
        known = await unit.intents.by_key(key)
    if known is not None:
        return known
    new = NewIntent(
        kind=IntentKind.CANCEL,
        leg=order.leg,
        user_id=order.user_id,
        plan_id=order.plan_id,
        order_link_id=runner.new_link_id(),
        request=CancelRequest(category=order.leg.category, symbol=order.leg.symbol, target_link_id=order.order_link_id),
        idempotency_key=key,
    )
    return await runner.add(unit, new, now)


def _was_in_vain(cancel: OrderIntent, attempts: int, now: Millis) -> bool:
    """Whether it has changed nothing, and that is so long ago that it is worth another attempt."""
    pause = min(AGAIN_MS << min(attempts, _MOST_DOUBLINGS), _LONGEST_PAUSE_MS)
    return cancel.state in _IN_VAIN and age(cancel.final_ts or now, now) >= pause
