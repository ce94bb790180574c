"""Bybit and I disagree: what a person may do about it; and legs that were opened elsewhere, managed or left alone.

Nothing here closes a position: `LegManager.close` does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.domain.accounts import Account, AccountType
from bot.domain.disagreements import Disagreement, DisagreementEnd, DisagreementKind
from bot.domain.errors import BadInput, ButtonExpired, NotAllowed
from bot.domain.ids import AccountId
from bot.domain.leg_protection import Triggers, held_triggers
from bot.domain.leg_rules import check_stop, is_of_leg
from bot.domain.leg_trailing import held_trailing
from bot.domain.orders import AmendRequest, TriggerBy, direction
from bot.domain.portfolio import LegKey, Order, Orders, Position
from bot.domain.ports.clock import Clock
from bot.domain.ports.disagreements import DisagreementQueries
from bot.domain.ports.plans import NewPlan, TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.ports.trading import OrderGateway
from bot.domain.priorities import RequestPriority, at_priority
from bot.domain.takeovers import is_unread, targets_of, targets_with
from bot.domain.trade_plans import Breakeven, CardPlace, IntentKind, NewIntent, PlannedTarget, TradePlan
from bot.domain.users import UserConfig
from bot.domain.work_off import ours
from bot.services.trading.disagreeing import end_plan
from bot.services.trading.intents import IntentRunner
from bot.services.trading.leg_stops import LegStops, StandingLeg


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreements:
    """Restores promises, accepts what stands, takes legs over, lets them go.

    All raise ButtonExpired where the disagreement or the leg is gone or not the user's, BadInput where the exchange
    does not show enough, ExchangeErrors of the reads before; then nothing was done.
    """

    records: DisagreementQueries
    queries: TradingQueries
    transactions: Transactions
    gateways: Mapping[AccountType, OrderGateway]
    reads: Reads
    runner: IntentRunner
    stops: LegStops
    clock: Clock

    async def of_account(self, config: UserConfig, account_id: AccountId) -> Sequence[Disagreement]:
        """Disagreements of the account that stand, oldest first. Raises ButtonExpired."""
        _ = config.own_account(account_id)
        return await self.records.open_of_account(account_id)

    async def get(self, config: UserConfig, disagreement_id: int) -> Disagreement:
        """One of the user's, ended or not."""
        found = await self.records.disagreement(disagreement_id)
        if found is None or config.account(found.leg.account_id) is None:
            raise ButtonExpired
        return found

    async def restore(self, config: UserConfig, disagreement_id: int, *, idempotency_key: str) -> Disagreement:
        """[Restore]: what was promised is asked for again; it ends when the exchange shows it so.

        For stops and targets; raises BadInput for the others, and where the price has passed the promised stop.
        """
        row = await self._open(config, disagreement_id)
        account, position, orders = await self._standing(config, row.leg)
        if row.kind is DisagreementKind.STOP:
            await self._restore_stop(account, position, row, idempotency_key)
        elif row.kind is DisagreementKind.TARGET:
            await self._restore_target(account, orders, row, idempotency_key)
        else:
            raise BadInput("disagreement-no-restore")
        self._wake(row.leg)
        return await self.get(config, disagreement_id)

    async def accept(self, config: UserConfig, disagreement_id: int) -> TradePlan:
        """[Manage it for me]: what stands at the exchange is the promise from now on, the whole leg is managed.

        The plan that promises it.
        """
        row = await self._open(config, disagreement_id)
        _, position, orders = await self._standing(config, row.leg)
        async with self.transactions.begin() as unit:
            plan = await _plan(unit, row.leg)
            if plan.side is not position.side:
                await end_plan(unit, plan, DisagreementEnd.ACCEPTED, self.clock.now())
                await self._take_over(unit, config, position, orders, row.leg, plan.card)
            else:
                await self._accept(unit, plan, row, position, orders)
                await unit.disagreements.end(row.disagreement_id, DisagreementEnd.ACCEPTED, self.clock.now())
            promised = await _plan(unit, row.leg)
        self._wake(row.leg)
        return promised

    async def watch_only(self, config: UserConfig, disagreement_id: int) -> Disagreement:
        """[Watch only] of a disagreement: as `release`, while it stands; of one that has ended only how it did."""
        row = await self.get(config, disagreement_id)
        if row.is_open:
            await self.release(config, row.leg, row.plan_id)
        return await self.get(config, disagreement_id)

    async def release(self, config: UserConfig, leg: LegKey, plan_id: int) -> bool:
        """[Leave it open, stop managing]: entries and targets from here are canceled; stop and take profit stay.

        `plan_id`: of the plan that was meant, 0: whichever; False: it had ended before, and what stands there now is
        left alone.
        """
        _ = config.own_account(leg.account_id)
        async with self.transactions.begin() as unit:
            plan = await unit.plans.of_leg(leg)
            if plan is None or plan_id not in {0, plan.plan_id}:
                return False
            await end_plan(unit, plan, DisagreementEnd.RELEASED, self.clock.now())
        self._wake(leg)
        return True

    async def manage(self, config: UserConfig, leg: LegKey, *, place: CardPlace) -> TradePlan:
        """[Manage it for me] on a leg that was opened elsewhere: a plan with the stop and target that stand there.

        The plan that is there already, where it is of that side: with all that stands.
        """
        _, position, orders = await self._standing(config, leg)
        async with self.transactions.begin() as unit:
            plan = await unit.plans.of_leg(leg)
            if plan is not None and plan.side is position.side:
                await self._take_rest(unit, plan, position)
                taken = plan
            else:
                if plan is not None:
                    await end_plan(unit, plan, DisagreementEnd.ACCEPTED, self.clock.now())
                taken = await self._take_over(unit, config, position, orders, leg, place)
        self._wake(leg)
        return taken

    async def _restore_stop(self, account: Account, position: Position, row: Disagreement, key: str) -> None:
        plans = await self.queries.plans_open(row.leg.account_id)
        plan = next((each for each in plans if each.leg == row.leg and each.side is position.side), None)
        if plan is None:
            raise ButtonExpired
        if plan.trailing_changed_ts is not None:
            standing = StandingLeg(account=account, position=position, idempotency_key=f"{key}:trail")
            await self.stops.trail(standing, plan.trailing, self._start_of(plan, position))
        if (row.promised.stop, row.promised.take_profit) == (row.shown.stop, row.shown.take_profit) and (
            plan.stop_changed_ts is None
        ):
            return
        if plan.stop is not None:
            instrument = await self.reads.instrument(row.leg.category, row.leg.symbol)
            if instrument is None:
                raise ButtonExpired
            price = (await self.reads.ticker(row.leg.symbol, row.leg.category)).last_price
            check_stop(position, plan.stop, price, instrument)
        await self.stops.set(StandingLeg(account=account, position=position, idempotency_key=key), plan.stop)

    async def _restore_target(self, account: Account, orders: Orders, row: Disagreement, key: str) -> None:
        """One that was moved is amended, one that is gone is placed anew."""
        async with self.transactions.begin() as unit:
            plan, now = await _plan(unit, row.leg), self.clock.now()
            order = await _target_order(unit, plan, row, orders)
            if order is None:
                await unit.plans.set_targets(plan.plan_id, plan.targets, plan.breakeven, renewed=now)
                return
            new = NewIntent(
                kind=IntentKind.AMEND,
                leg=row.leg,
                user_id=account.user_id,
                plan_id=plan.plan_id,
                order_link_id=self.runner.new_link_id(),
                request=_amend(order, row.promised.target_price),
                idempotency_key=key,
            )
            intent = await self.runner.add(unit, new, now)
        self.runner.launch([intent])

    @staticmethod
    def _start_of(plan: TradePlan, position: Position) -> Decimal | None:
        """Where a trailing stop that is put back begins: None once the price has been there."""
        mark, active = position.mark_price, plan.trailing_active
        if mark is None or active is None or (active - mark) * direction(position.side) <= 0:
            return None
        return active

    async def _accept(
        self, unit: UnitOfWork, plan: TradePlan, row: Disagreement, position: Position, orders: Orders
    ) -> None:
        match row.kind:
            case DisagreementKind.STOP:
                targets = targets_with(plan, position.take_profit)
                stop_by, target_by = _triggers_of(orders, row.leg)
                await unit.plans.set_targets(plan.plan_id, targets, plan.breakeven, trigger_by=target_by)
                await unit.plans.set_stop(plan.plan_id, position.stop_loss, stop_by or plan.stop_trigger_by)
                held = held_trailing(position)
                if held != plan.trailing:
                    await unit.plans.set_trailing(plan.plan_id, held, None)
            case DisagreementKind.TARGET:
                order = await _target_order(unit, plan, row, orders)
                stands = () if order is None or order.price is None else (order.price,)
                if order is not None:
                    await unit.intents.note_amended(_amend(order, order.price))
                await unit.plans.set_targets(plan.plan_id, _with_target(plan, row, stands), plan.breakeven)
            case DisagreementKind.GROWN | DisagreementKind.TURNED | DisagreementKind.GONE | DisagreementKind.FOUND:
                await self._take_rest(unit, plan, position)

    async def _take_rest(self, unit: UnitOfWork, plan: TradePlan, position: Position) -> None:
        """What of the leg is not the plan's becomes so."""
        own = ours(plan, await unit.intents.of_plan(plan.plan_id))
        if position.size > own:
            await unit.plans.adopt(plan.plan_id, plan.adopted + position.size - own, self.clock.now())

    async def _take_over(
        self,
        unit: UnitOfWork,
        config: UserConfig,
        position: Position,
        orders: Orders,
        leg: LegKey,
        place: CardPlace | None,
    ) -> TradePlan:
        """A plan over all that stands: its stop is as promised from the first moment."""
        now = self.clock.now()
        stop_by, target_by = _triggers_of(orders, leg)
        new = NewPlan(
            user_id=config.user_id,
            leg=leg,
            side=position.side,
            stop=position.stop_loss,
            stop_trigger_by=stop_by or TriggerBy.LAST,
            targets=targets_of(position.take_profit),
            target_trigger_by=target_by or TriggerBy.LAST,
            breakeven=Breakeven.OFF,
            card=place,
            adopted=position.size,
            trailing=held_trailing(position),
        )
        plan = await unit.plans.open(new, now)
        await unit.plans.filled(plan.plan_id, now)
        await unit.plans.stop_verified(plan.plan_id, now)
        if plan.trailing is not None:
            await unit.plans.trailing_verified(plan.plan_id, now)
        return replace(plan, first_fill_ts=now, protected_ts=now, stop_verified_ts=now)

    async def _open(self, config: UserConfig, disagreement_id: int) -> Disagreement:
        row = await self.get(config, disagreement_id)
        if not row.is_open:
            raise ButtonExpired
        return row

    async def _standing(self, config: UserConfig, leg: LegKey) -> tuple[Account, Position, Orders]:
        """The leg as the exchange shows it now."""
        account = config.own_account(leg.account_id)
        gateway = self.gateways.get(account.account_type)
        if gateway is None:
            raise NotAllowed("order-no-not-yet")
        with at_priority(RequestPriority.CANCEL):
            positions = await gateway.positions(account)
            orders = await gateway.orders(account)
        position = positions.of_leg(leg)
        if positions.hides(leg.symbol) or (position is not None and is_unread(position)):
            raise BadInput("entry-leg-unreadable")
        if position is None:
            raise BadInput("close-no-such", symbol=leg.symbol)
        return account, position, orders

    def _wake(self, leg: LegKey) -> None:
        self.runner.signals.changed(leg.account_id)
        for wake in self.runner.wakers:
            wake(leg.account_id)


async def _plan(unit: UnitOfWork, leg: LegKey) -> TradePlan:
    plan = await unit.plans.of_leg(leg)
    if plan is None:
        raise ButtonExpired
    return plan


def _triggers_of(orders: Orders, leg: LegKey) -> Triggers:
    return held_triggers(None, [each for each in orders.items if is_of_leg(each, leg)])


async def _target_order(unit: UnitOfWork, plan: TradePlan, row: Disagreement, orders: Orders) -> Order | None:
    """The order of the target in question, where it rests."""
    intents, number = await unit.intents.of_plan(plan.plan_id), row.promised.target
    ids = {each.order_link_id for each in intents if each.target_number == number}
    return next((each for each in orders.items if each.order_link_id in ids), None)


def _amend(order: Order, price: Decimal | None) -> AmendRequest:
    return AmendRequest(category=order.category, symbol=order.symbol, target_link_id=order.order_link_id, price=price)


def _with_target(plan: TradePlan, row: Disagreement, stands: Sequence[Decimal]) -> tuple[PlannedTarget, ...]:
    """The plan's targets with the one in question where it stands, or without it."""
    found = [(each, stands if each.number == row.promised.target else (each.price,)) for each in plan.targets]
    return tuple(replace(each, price=price) for each, prices in found for price in prices)
