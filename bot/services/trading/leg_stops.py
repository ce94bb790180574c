"""Stop and targets of a leg: one promise, which its resting entries carry before it is set.

A later fill of an entry that still carries the old stop would put it back: so entries are amended first, those beyond
the new stop are taken back, and the one call that sets both prices goes out when that is answered, after two seconds in
any case, and once more when the slow ones were answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account
from bot.domain.errors import BadInput
from bot.domain.leg_protection import TRAILING, Triggers, trading_stop
from bot.domain.leg_rules import new_targets
from bot.domain.leg_trailing import with_trailing
from bot.domain.orders import AmendRequest, CancelRequest, OrderRequest, TradingStop, TriggerBy, direction
from bot.domain.portfolio import LegKey, Order, Position
from bot.domain.ports.clock import Clock
from bot.domain.ports.plans import IntentNews, TradingQueries
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.refusals import BEYOND_STOP
from bot.domain.trade_plans import (
    UNSETTLED,
    AnyRequest,
    IntentKind,
    IntentState,
    NewIntent,
    OrderIntent,
    PlannedTarget,
    TradePlan,
)
from bot.services.trading.entry_cancels import cancel_order, is_resting_entry
from bot.services.trading.intents import IntentRunner

_ZERO: Final = Decimal(0)
_ENTRIES_FIRST_S: Final = 2.0
_SLOW_S: Final = 30.0  # that the answers of slow amends are waited for
_TAKE_PROFIT: Final = "TakeProfit"  # Bybit's stopOrderType of the one that is of the whole position
_STOP_LOSS: Final = "StopLoss"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLeg:
    """A leg as it was read just now, and the key of the change that is asked for.

    `triggers`: what sets off the stop and the take profit that stand there, by their orders.
    """

    account: Account
    position: Position
    idempotency_key: str
    triggers: Triggers = (None, None)

    @property
    def leg(self) -> LegKey:
        return self.position.leg_key(self.account.account_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegStops:
    """Changes what was promised of a leg, and makes it true. `pace` scales the waits: 1 but in tests."""

    queries: TradingQueries
    transactions: Transactions
    runner: IntentRunner
    clock: Clock
    tasks: TaskSet
    pace: float = 1.0

    async def set(self, standing: StandingLeg, stop: Decimal | None) -> OrderIntent:
        """Another stop, None: none. The take profit stays as it is promised."""
        known = await self.queries.by_key(standing.idempotency_key)
        if known is not None:
            return known
        live = await self.queries.intents_live(standing.leg.account_id)
        async with self.transactions.begin() as unit:
            plan = await self._plan(unit, standing)
            if plan is not None:
                plan = replace(plan, stop=stop)
                await unit.plans.set_stop(plan.plan_id, stop, plan.stop_trigger_by)
            first, call = await self._promise(unit, standing, plan, stop, live)
        self._go(first, call)
        return call

    async def trail(self, standing: StandingLeg, distance: Decimal | None, active: Decimal | None) -> OrderIntent:
        """Another trailing stop beside the stop, which follows from `active` on (None: at once); None: none."""
        known = await self.queries.by_key(standing.idempotency_key)
        if known is not None:
            return known
        async with self.transactions.begin() as unit:
            plan = await self._plan(unit, standing)
            if plan is not None:
                await unit.plans.set_trailing(plan.plan_id, distance, active)
            call = with_trailing(_trading_stop(standing, plan, standing.position.stop_loss), distance, active)
            plan_id = None if plan is None else plan.plan_id
            new = self._new(standing.account, standing.leg, plan_id, IntentKind.STOP, call)
            new = replace(new, idempotency_key=standing.idempotency_key)
            intent = await self.runner.add(unit, new, self.clock.now())
        self.runner.launch([intent])
        return intent

    async def set_targets(self, standing: StandingLeg, targets: Sequence[PlannedTarget]) -> TradePlan:
        """Other targets in place of those that are left. Raises BadInput for a leg without a plan."""
        live = await self.queries.intents_live(standing.leg.account_id)
        async with self.transactions.begin() as unit:
            plan = await self._plan(unit, standing)
            if plan is None:
                raise BadInput("manage-no-plan")
            if await unit.intents.by_key(standing.idempotency_key) is not None:
                return plan
            used = [
                each.target_number or 0
                for each in await unit.intents.of_plan(plan.plan_id)
                if each.kind is IntentKind.TARGET and each.state is IntentState.FILLED
            ]
            plan = replace(plan, targets=new_targets(plan.targets, targets, max(used, default=0)))
            await self._put_targets(unit, plan)
            first, call = await self._promise(unit, standing, plan, plan.stop, live)
        self._go(first, call)
        for wake in self.runner.wakers:  # the earlier targets are orders of their own
            wake(standing.leg.account_id)
        return plan

    async def cancel(self, account: Account, order: Order, *, idempotency_key: str) -> OrderIntent:
        """One open order; a target of a plan goes out of the plan with it.

        Raises BadInput for what the exchange holds of a plan: that is moved, not canceled.
        """
        leg, request = _leg_of(account, order), _cancel_of(order)
        async with self.transactions.begin() as unit:
            plan = await unit.plans.of_leg(leg)
            if plan is not None and order.stop_order_type in {_STOP_LOSS, _TAKE_PROFIT, TRAILING}:
                raise BadInput("manage-cancel-promise")
            mine = await unit.intents.by_link_id(order.order_link_id) if order.order_link_id else None
            if plan is not None and mine is not None and mine.kind is IntentKind.TARGET:
                left = tuple(each for each in plan.targets if each.number != mine.target_number)
                await unit.plans.set_targets(plan.plan_id, left, plan.breakeven)
            new = self._new(account, leg, None if mine is None else mine.plan_id, IntentKind.CANCEL, request)
            intent = await self.runner.add(unit, replace(new, idempotency_key=idempotency_key), self.clock.now())
        self.runner.launch([intent])
        return intent

    async def cancel_foreign(
        self, account: Account, orders: Sequence[Order], *, idempotency_key: str
    ) -> tuple[OrderIntent, ...]:
        """Open orders that were placed elsewhere."""
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            intents = []
            for order in orders:
                new = self._new(account, _leg_of(account, order), None, IntentKind.CANCEL, _cancel_of(order))
                key = f"{idempotency_key}:{order.order_id}"
                intents.append(await self.runner.add(unit, replace(new, idempotency_key=key), now))
        self.runner.launch(intents)
        return tuple(intents)

    @staticmethod
    async def _plan(unit: UnitOfWork, standing: StandingLeg) -> TradePlan | None:
        plan = await unit.plans.of_leg(standing.leg)
        return plan if plan is not None and plan.side is standing.position.side else None

    @staticmethod
    async def _put_targets(unit: UnitOfWork, plan: TradePlan) -> None:
        """The last of them is held by the exchange beside the stop: what was seen of both is forgotten."""
        await unit.plans.set_targets(plan.plan_id, plan.targets, plan.breakeven)
        await unit.plans.set_stop(plan.plan_id, plan.stop, plan.stop_trigger_by)

    async def _promise(
        self,
        unit: UnitOfWork,
        standing: StandingLeg,
        plan: TradePlan | None,
        stop: Decimal | None,
        live: Sequence[OrderIntent],
    ) -> tuple[tuple[OrderIntent, ...], OrderIntent]:
        """What the resting entries of the leg need first, and the one call that sets both prices."""
        call = _trading_stop(standing, plan, stop)
        now, key = self.clock.now(), standing.idempotency_key
        first = []
        for entry in live:
            if entry.leg != standing.leg or not is_resting_entry(entry):
                continue
            if _is_beyond(entry, standing.position, stop):
                first.append(await cancel_order(unit, self.runner, entry, f"{key}:beyond", now))
                await unit.intents.note(entry.intent_id, IntentNews(state=entry.state, reason=BEYOND_STOP), now)
            else:
                new = self._new(standing.account, entry.leg, entry.plan_id, IntentKind.AMEND, _amend(entry, call))
                new = replace(new, idempotency_key=f"{key}:amend:{entry.intent_id}")
                first.append(await self.runner.add(unit, new, now))
        plan_id = None if plan is None else plan.plan_id
        new = self._new(standing.account, standing.leg, plan_id, IntentKind.STOP, call)
        return tuple(first), await self.runner.add(unit, replace(new, idempotency_key=key), now)

    def _new(
        self, account: Account, leg: LegKey, plan_id: int | None, kind: IntentKind, request: AnyRequest
    ) -> NewIntent:
        """Its idempotency key is still to be given."""
        return NewIntent(
            kind=kind,
            leg=leg,
            user_id=account.user_id,
            plan_id=plan_id,
            order_link_id=self.runner.new_link_id(),
            request=request,
            idempotency_key="",
        )

    def _go(self, first: tuple[OrderIntent, ...], call: OrderIntent) -> None:
        if not first:
            self.runner.launch([call])
            return
        self.runner.launch(first)
        self.tasks.start(self._after(first, call), f"the stop of intent {call.intent_id}")

    async def _after(self, first: tuple[OrderIntent, ...], call: OrderIntent) -> None:
        answered = await self.runner.finished(first, timeout_s=_ENTRIES_FIRST_S * self.pace)
        self.runner.launch([call])
        slow = [each for each in answered if each.state in UNSETTLED]
        if not slow:
            return
        await self.runner.finished(slow, timeout_s=_SLOW_S * self.pace)
        again = NewIntent(
            kind=call.kind,
            leg=call.leg,
            user_id=call.user_id,
            plan_id=call.plan_id,
            order_link_id=self.runner.new_link_id(),
            request=call.request,
            idempotency_key=f"again:{call.intent_id}",
        )
        async with self.transactions.begin_aside() as unit:
            intent = await self.runner.add(unit, again, self.clock.now())
        self.runner.launch([intent])


def _leg_of(account: Account, order: Order) -> LegKey:
    return LegKey(
        account_id=account.account_id, category=order.category, symbol=order.symbol, position_idx=order.position_idx
    )


def _cancel_of(order: Order) -> CancelRequest:
    return CancelRequest(
        category=order.category, symbol=order.symbol, order_id=order.order_id, target_link_id=order.order_link_id
    )


def _trading_stop(standing: StandingLeg, plan: TradePlan | None, stop: Decimal | None) -> TradingStop:
    """Both prices, always: without a plan the take profit is the one that stands."""
    if plan is not None:
        return trading_stop(plan)
    leg, (stop_by, target_by) = standing.leg, standing.triggers
    return TradingStop(
        category=leg.category,
        symbol=leg.symbol,
        position_idx=leg.position_idx,
        stop_loss=stop or _ZERO,
        sl_trigger_by=stop_by or TriggerBy.LAST,
        take_profit=standing.position.take_profit or _ZERO,
        tp_trigger_by=target_by or TriggerBy.LAST,
    )


def _amend(entry: OrderIntent, call: TradingStop) -> AmendRequest:
    return AmendRequest(
        target_link_id=entry.order_link_id,
        category=call.category,
        symbol=call.symbol,
        stop_loss=call.stop_loss,
        sl_trigger_by=call.sl_trigger_by,
        take_profit=call.take_profit,
        tp_trigger_by=call.tp_trigger_by,
    )


def _is_beyond(entry: OrderIntent, position: Position, stop: Decimal | None) -> bool:
    """Whether a resting entry would be filled where its stop has gone off already."""
    if stop is None or not isinstance(entry.request, OrderRequest) or entry.request.price is None:
        return False
    return (entry.request.price - stop) * direction(position.side) <= 0
