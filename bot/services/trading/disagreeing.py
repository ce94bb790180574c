"""Disagreements of a leg in one round of reads: those that are new are written down and told, those that ended end."""

import logging
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from bot.domain.accounts import Account
from bot.domain.disagreements import Disagreement, DisagreementEnd, DisagreementKind, LegFacts, NewDisagreement
from bot.domain.ids import Millis
from bot.domain.leg_protection import held_triggers, promised, seen
from bot.domain.leg_trailing import held_trailing
from bot.domain.leg_view import ZERO, Fact, LegFinding, LegView, WorkOff
from bot.domain.portfolio import Side
from bot.domain.ports.storage import UnitOfWork
from bot.domain.trade_messages import (
    LegForeignMessage,
    PositionGoneMessage,
    StopChangedMessage,
    TargetGoneMessage,
    TradeMessage,
)
from bot.domain.trade_plans import IntentState, TradePlan
from bot.domain.work_off import has_opened, is_mixed, ours
from bot.services.trading.messages import enqueue

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    kind: DisagreementKind
    promised: LegFacts
    shown: LegFacts


async def end_plan(unit: UnitOfWork, plan: TradePlan, how: DisagreementEnd, now: Millis) -> None:
    """A plan ends, and with it whatever the exchange showed otherwise of its leg."""
    if how is DisagreementEnd.RELEASED:
        await unit.plans.release(plan.plan_id, now)
    else:
        await unit.plans.end(plan.plan_id, now)
    for each in await unit.disagreements.open_of_leg(plan.leg):
        await unit.disagreements.end(each.disagreement_id, how, now)


async def open_disagreement(unit: UnitOfWork, new: NewDisagreement, now: Millis) -> Disagreement | None:
    """The new row, named in the log for operators; None where one of that kind is open already."""
    opened = await unit.disagreements.open(new, now)
    if opened is not None:
        _logger.warning("disagreement (%s) of account %d, %s", new.kind.value, new.leg.account_id, new.leg.symbol)
    return opened


async def compare(unit: UnitOfWork, account: Account, view: LegView, found: WorkOff, now: Millis) -> None:
    """Bring the rows of a leg in line with what was just found of it."""
    plan = view.plan
    if view.position is None:
        return
    stand = {(each.kind, each.promised.target): each for each in _found(view, found)}
    for row in await unit.disagreements.open_of_leg(plan.leg):
        if (row.kind, row.promised.target) not in stand and _is_over(row, view, found):
            await unit.disagreements.end(row.disagreement_id, DisagreementEnd.AGREED, now)
    for shown in stand.values():
        new = NewDisagreement(
            kind=shown.kind,
            user_id=account.user_id,
            leg=plan.leg,
            plan_id=plan.plan_id,
            promised=shown.promised,
            shown=shown.shown,
        )
        opened = await open_disagreement(unit, new, now)
        if opened is not None:
            key = f"disagreement:{opened.disagreement_id}"
            await enqueue(unit, account, _message(opened), key, now, instrument=view.instrument)


async def note_gone(unit: UnitOfWork, account: Account, view: LegView, now: Millis) -> None:
    """The position is not there any more, and nothing that was executed explains it: told, and over with its plan."""
    plan = view.plan
    new = NewDisagreement(
        kind=DisagreementKind.GONE,
        user_id=account.user_id,
        leg=plan.leg,
        plan_id=plan.plan_id,
        promised=LegFacts(size=max(ours(plan, view.intents), ZERO), side=plan.side),
        shown=LegFacts(size=ZERO),
    )
    opened = await open_disagreement(unit, new, now)
    if opened is not None:
        await enqueue(unit, account, _message(opened), f"disagreement:{opened.disagreement_id}", now)


def _found(view: LegView, found: WorkOff) -> Iterator[_Found]:
    plan, position = view.plan, view.position
    facts = {each.fact for each in found.findings}
    if position is None or not has_opened(view):
        return
    if position.side is not plan.side:
        yield _Found(
            kind=DisagreementKind.TURNED,
            promised=LegFacts(size=ours(plan, view.intents), side=plan.side),
            shown=LegFacts(size=position.size, side=position.side),
        )
        return
    if not _is_stop_as_promised(plan, facts):
        yield _stop_found(view)
    if is_mixed(view):
        yield _Found(
            kind=DisagreementKind.GROWN,
            promised=LegFacts(size=ours(plan, view.intents), side=plan.side),
            shown=LegFacts(size=position.size, side=position.side),
        )
    for finding in found.findings:
        if finding.fact in {Fact.TARGET_GONE, Fact.TARGET_MOVED}:
            target = next(each for each in plan.targets if each.number == finding.number)
            yield _Found(
                kind=DisagreementKind.TARGET,
                promised=LegFacts(target=target.number, target_price=target.price),
                shown=_order_now(view, finding),
            )


def _is_stop_as_promised(plan: TradePlan, facts: AbstractSet[Fact]) -> bool:
    """Whether nothing speaks against the stop, the take profit and the trailing stop of the whole position."""
    is_stop = Fact.STOP_CHANGED in facts or (plan.stop_changed_ts is not None and Fact.STOP_VERIFIED not in facts)
    is_trailing = Fact.TRAILING_CHANGED in facts or (
        plan.trailing_changed_ts is not None and Fact.TRAILING_VERIFIED not in facts
    )
    return not is_stop and not is_trailing


def _order_now(view: LegView, finding: LegFinding) -> LegFacts:
    """Of a target: at another price, gone, or never taken and why."""
    if finding.fact is Fact.TARGET_MOVED:
        return LegFacts(target_price=finding.price)
    order = next((each for each in view.intents if each.intent_id == finding.intent_id), None)
    if order is None or order.state is not IntentState.REJECTED:
        return LegFacts()
    return LegFacts(is_refused=True, reason=order.reason, code=order.code or 0)


def _stop_found(view: LegView) -> _Found:
    """What sets them off is said of those alone that have another trigger than was promised."""
    plan = view.plan
    stop, take_profit = promised(plan)
    stop_seen, take_profit_seen = seen(view)
    stop_by, take_profit_by = held_triggers(view.position, view.orders)
    is_stop, is_target = (
        stop_by not in {None, plan.stop_trigger_by},
        take_profit_by not in {None, plan.target_trigger_by},
    )
    return _Found(
        kind=DisagreementKind.STOP,
        promised=LegFacts(
            stop=stop or None,
            stop_by=plan.stop_trigger_by if is_stop else None,
            take_profit=take_profit or None,
            take_profit_by=plan.target_trigger_by if is_target else None,
            trailing=plan.trailing,
            side=plan.side,
        ),
        shown=LegFacts(
            stop=stop_seen or None,
            stop_by=stop_by if is_stop else None,
            take_profit=take_profit_seen or None,
            take_profit_by=take_profit_by if is_target else None,
            trailing=held_trailing(view.position),
        ),
    )


def _is_over(row: Disagreement, view: LegView, found: WorkOff) -> bool:
    """Whether a disagreement that was not found again has ended: what was not looked at in this round has not."""
    is_same_side = view.position is not None and view.position.side is view.plan.side
    match row.kind:
        case DisagreementKind.STOP:
            facts = {each.fact for each in found.findings}
            return Fact.STOP_VERIFIED in facts and _is_stop_as_promised(view.plan, facts)
        case DisagreementKind.TARGET:
            return found.are_targets_judged
        case DisagreementKind.GROWN:
            return view.is_quiet and is_same_side
        case DisagreementKind.TURNED:
            return is_same_side
        case DisagreementKind.GONE:
            return is_same_side
        case DisagreementKind.FOUND:
            return False


def _stop_message(row: Disagreement, where: Mapping[str, Any]) -> TradeMessage:
    """Of stop, take profit and trailing stop, as promised and as shown."""
    promised_, shown = row.promised, row.shown
    return StopChangedMessage(
        **where,
        disagreement_id=row.disagreement_id,
        side=promised_.side or Side.BUY,
        stop=promised_.stop,
        stop_seen=shown.stop,
        stop_by=promised_.stop_by,
        stop_by_seen=shown.stop_by,
        take_profit=promised_.take_profit,
        take_profit_seen=shown.take_profit,
        take_profit_by=promised_.take_profit_by,
        take_profit_by_seen=shown.take_profit_by,
        trailing=promised_.trailing,
        trailing_seen=shown.trailing,
    )


def _message(row: Disagreement) -> TradeMessage:
    """What rings: one message a disagreement."""
    where: dict[str, Any] = {
        "account_id": row.leg.account_id,
        "symbol": row.leg.symbol,
        "position_idx": row.leg.position_idx,
        "plan_id": row.plan_id,
    }
    promised_, shown, row_id = row.promised, row.shown, row.disagreement_id
    match row.kind:
        case DisagreementKind.STOP:
            return _stop_message(row, where)
        case DisagreementKind.TARGET:
            return TargetGoneMessage(
                **where,
                disagreement_id=row_id,
                number=promised_.target,
                price=promised_.target_price or ZERO,
                price_seen=shown.target_price,
                is_refused=shown.is_refused,
                reason=shown.reason,
                code=shown.code,
            )
        case DisagreementKind.GONE:
            return PositionGoneMessage(**where)
        case _:
            turned_to = shown.side if row.kind is DisagreementKind.TURNED else None
            size, held = promised_.size or ZERO, shown.size or ZERO
            return LegForeignMessage(**where, disagreement_id=row_id, ours=size, size=held, turned_to=turned_to)
