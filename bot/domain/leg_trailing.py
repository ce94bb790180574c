"""The trailing stop of a leg, which stands beside its stop: set after the first fill, verified, its loss noticed.

The exchange moves it and shows its distance alone. No order carries it, so no fill puts an older one back.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.domain.leg_protection import is_closing, is_of_trailing, is_set_off, stands, trading_stop
from bot.domain.leg_view import (
    AGAIN_MS,
    ZERO,
    Fact,
    LegFinding,
    LegView,
    LegWish,
    WorkOff,
    is_recent,
    is_too_soon,
    is_young,
)
from bot.domain.leg_view import is_refused as is_denied
from bot.domain.orders import TradingStop
from bot.domain.portfolio import Position
from bot.domain.trade_plans import IntentKind, TradePlan

_FIELD: Final = "trailingStop"


def trailing_call(plan: TradePlan) -> TradingStop:
    """The call that makes the promise of a trailing stop true; distance 0 takes it away."""
    return with_trailing(trading_stop(plan), plan.trailing, plan.trailing_active)


def with_trailing(call: TradingStop, distance: Decimal | None, active: Decimal | None) -> TradingStop:
    """The same leg's call that sets its trailing stop alone; None takes it away."""
    return replace(call, trailing_stop=distance or ZERO, active_price=active if distance else None)


def held_trailing(position: Position | None) -> Decimal | None:
    """The distance that the exchange follows at, or will from its activation price on; None: there is none."""
    return None if position is None else position.trailing_stop or None


def trail(view: LegView) -> WorkOff:
    """What the leg lacks of its trailing stop."""
    plan, position = view.plan, view.position
    if position is None or _FIELD in position.unread or is_closing(view) or is_set_off(view):
        return WorkOff()
    mine = tuple(each for each in view.of(IntentKind.STOP) if is_of_trailing(each))
    call = trailing_call(plan)
    if stands(call, position, view.orders):
        is_news = view.is_quiet and (plan.trailing is not None or plan.trailing_changed_ts is not None)
        return WorkOff(findings=(LegFinding(fact=Fact.TRAILING_VERIFIED),) if is_news else ())
    if plan.trailing_changed_ts is not None or (mine and is_young(mine[-1], view)):
        return WorkOff()
    is_refused = bool(mine) and is_denied(mine[-1]) and mine[-1].request == call
    was_seen = plan.trailing is None or plan.trailing_verified_ts is not None
    if is_refused or (was_seen and not (mine and is_recent(mine[-1], view))):
        return WorkOff(findings=(LegFinding(fact=Fact.TRAILING_CHANGED),))
    if was_seen or is_too_soon(mine, view):
        return WorkOff(look_again_ms=AGAIN_MS)
    key = f"trail:{plan.plan_id}:{len(mine)}"
    return WorkOff(wanted=(LegWish(kind=IntentKind.STOP, request=call, key=key),))
