"""Orders with this installation's prefix and no row: a backup was restored, and they are ours all the same.

What was opened gets a plan with the stop that stands there, its targets are not known. What still rests gets a plan
that has ended, so that it is canceled.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.disagreements import Disagreement, DisagreementKind, LegFacts, NewDisagreement
from bot.domain.ids import Millis, OrderLinkId
from bot.domain.intent_states import said
from bot.domain.leg_protection import held_triggers
from bot.domain.leg_rules import is_of_leg
from bot.domain.leg_trailing import held_trailing
from bot.domain.orders import OrderRequest, TimeInForce, TriggerBy
from bot.domain.outcomes import AccountAnswers
from bot.domain.portfolio import Execution, LegKey, Order, OrderType, Side
from bot.domain.ports.plans import IntentNews, NewPlan
from bot.domain.ports.storage import UnitOfWork
from bot.domain.refusals import RESTORED
from bot.domain.trade_messages import FoundOrderMessage
from bot.domain.trade_plans import Breakeven, IntentKind, NewIntent, OrderIntent, PlannedTarget, TradePlan
from bot.services.trading.disagreeing import open_disagreement
from bot.services.trading.messages import enqueue

_WHOLE: Final = Decimal(1)
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Gives rows to orders of ours that have none. `prefix`: of every orderLinkId of this installation."""

    prefix: str

    def is_ours(self, link_id: OrderLinkId) -> bool:
        return link_id.startswith(self.prefix)

    async def orders(self, unit: UnitOfWork, account: Account, reads: AccountAnswers, now: Millis) -> None:
        """Give each open order of ours that has no row its intent and, where the leg has none, a plan."""
        for row in reads.orders.items:
            if self.is_ours(row.order_link_id) and await unit.intents.by_link_id(row.order_link_id) is None:
                plan = await self._plan(unit, account, _leg(account, row), row.side, reads, now, is_open=False)
                kind = IntentKind.TARGET if row.reduce_only else IntentKind.ENTRY
                intent = await self._add(unit, account, plan, kind, _request_of(row), now)
                news = IntentNews(
                    state=said(row),
                    order_id=row.order_id,
                    cum_exec_qty=row.cum_exec_qty,
                    avg_price=row.avg_price,
                    reason=RESTORED,
                )
                await unit.intents.note(intent.intent_id, news, now)

    async def fill(
        self, unit: UnitOfWork, account: Account, leg: LegKey, fill: Execution, reads: AccountAnswers, now: Millis
    ) -> OrderIntent:
        """The order of a fill; the next round asks the exchange what became of the rest of it."""
        plan = await unit.plans.of_leg(leg)
        if plan is None:
            plan = await self._plan(unit, account, leg, fill.side, reads, now, is_open=not fill.closed_size)
        kind = IntentKind.CLOSE if fill.closed_size else IntentKind.ENTRY
        request = OrderRequest(
            order_link_id=fill.order_link_id,
            category=fill.category,
            symbol=fill.symbol,
            position_idx=leg.position_idx,
            side=fill.side,
            order_type=OrderType.LIMIT,
            qty=fill.exec_qty,
            price=fill.exec_price,
            reduce_only=kind is IntentKind.CLOSE,
        )
        intent = await self._add(unit, account, plan, kind, request, now)
        if kind is IntentKind.ENTRY:
            await unit.intents.told([intent.intent_id])  # it rang before; what was found of it is told above
        return intent

    async def _plan(
        self,
        unit: UnitOfWork,
        account: Account,
        leg: LegKey,
        side: Side,
        reads: AccountAnswers,
        now: Millis,
        *,
        is_open: bool,
    ) -> TradePlan:
        position = reads.positions.of_leg(leg)
        target = None if position is None else position.take_profit
        stop_by, target_by = held_triggers(position, [each for each in reads.orders.items if is_of_leg(each, leg)])
        open_plan = await unit.plans.of_leg(leg)
        if open_plan is not None and is_open:
            return open_plan
        new = NewPlan(
            user_id=account.user_id,
            leg=leg,
            side=side,
            stop=None if position is None else position.stop_loss,
            stop_trigger_by=stop_by or TriggerBy.LAST,
            targets=(PlannedTarget(number=1, price=target, share=_WHOLE),) if target and is_open else (),
            breakeven=Breakeven.OFF,
            card=None,
            target_trigger_by=target_by or TriggerBy.LAST,
            trailing=held_trailing(position) if is_open else None,
        )
        plan = await unit.plans.open(new, now) if is_open else await unit.plans.open_ended(new, now)
        if is_open and not _is_closed(leg, side, reads):  # its close is told, and of what rests that it is canceled
            await self._tell(unit, account, plan, await self._open(unit, plan, now), now)
        return plan

    async def _tell(
        self, unit: UnitOfWork, account: Account, plan: TradePlan, row: Disagreement | None, now: Millis
    ) -> None:
        payload = FoundOrderMessage(
            plan_id=plan.plan_id,
            account_id=account.account_id,
            symbol=plan.leg.symbol,
            position_idx=plan.leg.position_idx,
            disagreement_id=0 if row is None else row.disagreement_id,
        )
        await enqueue(unit, account, payload, f"found:{plan.plan_id}", now)

    async def _open(self, unit: UnitOfWork, plan: TradePlan, now: Millis) -> Disagreement | None:
        """Its owner has to say whether what was found is all that was wanted: the targets are not known."""
        target = None if plan.last_target is None else plan.last_target.price
        new = NewDisagreement(
            kind=DisagreementKind.FOUND,
            user_id=plan.user_id,
            leg=plan.leg,
            plan_id=plan.plan_id,
            promised=LegFacts(),
            shown=LegFacts(stop=plan.stop, take_profit=target, side=plan.side),
        )
        return await open_disagreement(unit, new, now)

    async def _add(
        self,
        unit: UnitOfWork,
        account: Account,
        plan: TradePlan,
        kind: IntentKind,
        request: OrderRequest,
        now: Millis,
    ) -> OrderIntent:
        new = NewIntent(
            kind=kind,
            leg=plan.leg,
            user_id=account.user_id,
            plan_id=plan.plan_id,
            order_link_id=request.order_link_id,
            request=request,
            idempotency_key=f"found:{request.order_link_id}",
        )
        return await unit.intents.adopt(new, now)


def _leg(account: Account, row: Order) -> LegKey:
    return LegKey(
        account_id=account.account_id, category=row.category, symbol=row.symbol, position_idx=row.position_idx
    )


def _is_closed(leg: LegKey, side: Side, reads: AccountAnswers) -> bool:
    """Whether what was opened is closed already, as fills say: that no position is shown may be for its lateness."""
    if reads.positions.hides(leg.symbol) or reads.positions.of_leg(leg) is not None:
        return False
    was_held, held = False, _ZERO
    for each in reads.fills:  # oldest first
        if (each.category, each.symbol) == (leg.category, leg.symbol):
            closed = each.closed_size or _ZERO
            held = held + each.exec_qty - closed if each.side is side else max(_ZERO, held - closed)
            was_held = was_held or held > 0
    return was_held and not held


def _request_of(row: Order) -> OrderRequest:
    return OrderRequest(
        order_link_id=row.order_link_id,
        category=row.category,
        symbol=row.symbol,
        position_idx=row.position_idx,
        side=row.side,
        order_type=row.order_type or OrderType.LIMIT,
        qty=row.qty,
        price=row.price,
        time_in_force=TimeInForce.GTC,
        reduce_only=bool(row.reduce_only),
        stop_loss=row.stop_loss,
        take_profit=row.take_profit,
    )
