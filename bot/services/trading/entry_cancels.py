"""Entries that rest are taken back: by hand, by a brake, by a limit that tripped."""

from collections.abc import Iterable

from bot.domain.ids import Millis
from bot.domain.orders import CancelRequest, OrderRequest, TimeInForce
from bot.domain.ports.storage import UnitOfWork
from bot.domain.trade_plans import IntentKind, IntentState, NewIntent, OrderIntent
from bot.services.trading.intents import IntentRunner

_RESTING = frozenset(
    {
        IntentState.ACKNOWLEDGED,
        IntentState.UNTRIGGERED,
        IntentState.OPEN,
        IntentState.PARTIALLY_FILLED,
    }
)


def is_resting_entry(intent: OrderIntent) -> bool:
    """Whether it is an entry that stands at the exchange: what fills at once or never is over before its cancel."""
    if intent.kind is not IntentKind.ENTRY or intent.state not in _RESTING:
        return False
    at_once = (TimeInForce.IOC, TimeInForce.FOK)
    return isinstance(intent.request, OrderRequest) and intent.request.time_in_force not in at_once


async def cancel_entries(
    unit: UnitOfWork, runner: IntentRunner, intents: Iterable[OrderIntent], cause: str, now: Millis
) -> tuple[OrderIntent, ...]:
    """A cancel of each resting entry among `intents`, to be launched after the commit; once an entry and `cause`."""
    return tuple([await cancel_order(unit, runner, each, cause, now) for each in intents if is_resting_entry(each)])


async def cancel_order(
    unit: UnitOfWork, runner: IntentRunner, order: OrderIntent, cause: str, now: Millis
) -> OrderIntent:
    """A cancel of an order of ours; once an order and `cause`."""
    request = CancelRequest(category=order.leg.category, symbol=order.leg.symbol, target_link_id=order.order_link_id)
    new = NewIntent(
        kind=IntentKind.CANCEL,
        leg=order.leg,
        user_id=order.user_id,
        plan_id=order.plan_id,
        order_link_id=runner.new_link_id(),
        request=request,
        idempotency_key=f"{cause}:{order.intent_id}",
    )
    return await runner.add(unit, new, now)
