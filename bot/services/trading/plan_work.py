"""Plan minus exchange inside a unit: what was found of a plan is noted, what it lacks becomes intents."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.disagreements import DisagreementEnd
from bot.domain.ids import Millis, Symbol, age
from bot.domain.leg_protection import held_stops
from bot.domain.leg_rules import is_of_leg
from bot.domain.leg_view import SECOND_LOOK_MS, Fact, LegFinding, LegView, LegWish, WorkOff
from bot.domain.market import Instrument
from bot.domain.orders import CancelRequest, OrderRequest, TriggerBy
from bot.domain.outcomes import AccountAnswers
from bot.domain.ports.plans import IntentNews
from bot.domain.ports.storage import UnitOfWork
from bot.domain.refusals import RESTORED
from bot.domain.trade_messages import (
    BreakevenMessage,
    StopMissingMessage,
)
from bot.domain.trade_plans import (
    Breakeven,
    ExitReason,
    IntentKind,
    IntentState,
    NewIntent,
    OrderIntent,
    PlanState,
    TradePlan,
)
from bot.domain.work_off import has_opened, is_mixed, leftovers, work_off
from bot.services.trading.booking import Booked
from bot.services.trading.disagreeing import compare, end_plan, note_gone
from bot.services.trading.intents import IntentRunner
from bot.services.trading.messages import enqueue

_logger = logging.getLogger(__name__)

TOLD_LAG_MS: Final = 1_000  # between the messages of one change
_SEEN_AGAIN_MS: Final = 10_000
_OF_FILLS: Final = frozenset({Fact.STOP_VERIFIED, Fact.TRAILING_VERIFIED, Fact.TARGET_DONE})
_ROUNDS: Final = 3  # a finding may bring a wish of its own: breakeven, then the stop


@dataclass(slots=True)
class Worked:
    """What came of all plans of an account: intents to be sent after the commit, and when to look again."""

    intents: list[OrderIntent] = field(default_factory=list)
    look_again_ms: int | None = None
    first_looks: list[int] = field(default_factory=list)  # plans whose position was seen without its stop just now
    is_doubtful: bool = False  # more than fills, targets and a stop that stands: a lost message may look like that


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWork:
    """Works off the plans of an account."""

    runner: IntentRunner
    _naked: dict[int, Millis] = field(default_factory=dict, init=False, repr=False, compare=False)  # plan → since

    async def work(
        self,
        unit: UnitOfWork,
        account: Account,
        reads: AccountAnswers,
        facts: "MarketFacts",
        booked: Booked,
        now: Millis,
        *,
        is_told: bool = False,
    ) -> Worked:
        """`booked`: what was news in this round; `is_told`: by a stream, whose messages of one change come apart."""
        lag = min(TOLD_LAG_MS, reads.patience.lag) if is_told else reads.patience.lag
        is_late = any(reads.moment - since >= lag for since in booked.odd.values())
        worked = Worked(look_again_ms=lag if booked.odd else None, is_doubtful=is_late or bool(booked.gone))
        for plan in await unit.plans.open_of_account(account.account_id):
            await self._plan(unit, account, plan, reads, facts, booked, now, worked)
        await self._left_over(unit, account, reads, facts, now, worked)
        return worked

    async def _plan(
        self,
        unit: UnitOfWork,
        account: Account,
        plan: TradePlan | None,
        reads: AccountAnswers,
        facts: "MarketFacts",
        booked: Booked,
        now: Millis,
        worked: Worked,
    ) -> None:
        for _ in range(_ROUNDS):
            if plan is None or plan.state is PlanState.ENDED or reads.positions.hides(plan.symbol):
                return
            intents = await unit.intents.of_plan(plan.plan_id)
            view = facts.view(plan, intents, reads, now, is_quiet=plan.leg not in booked.legs)
            view = replace(
                view, is_matched=plan.leg not in booked.odd, unprotected_since=self._unprotected(view, worked)
            )
            found = work_off(view)
            worked.is_doubtful |= _is_doubtful(view, found)
            if plan.leg in booked.gone and plan.first_fill_ts is not None:
                await note_gone(unit, account, view, now)
            for wish in found.wanted:
                await self._add(unit, account, plan, wish, now, worked)
            for finding in found.findings:
                await self._note(unit, account, view, finding, now)
            await compare(unit, account, view, found, now)
            await self._warn(unit, account, view, now)
            if found.look_again_ms is not None:
                worked.look_again_ms = min(worked.look_again_ms or found.look_again_ms, found.look_again_ms)
            if not any(each.fact in {Fact.BREAKEVEN, Fact.TARGET_DONE} for each in found.findings):
                return
            plan = await unit.plans.get(plan.plan_id)

    def take_back(self, worked: Worked) -> None:
        """What was worked is not written after all: nobody has looked."""
        for plan_id in worked.first_looks:
            self._naked.pop(plan_id, None)

    def _unprotected(self, view: LegView, worked: Worked) -> Millis | None:
        """Since when the position is seen without any stop, though one was promised."""
        plan, position = view.plan, view.position
        plan_id = plan.plan_id
        is_promised = position is not None and position.side is plan.side and plan.stop is not None and has_opened(view)
        if not is_promised or held_stops(position, view.orders)[0] != 0:
            self._naked.pop(plan_id, None)
            return None
        if plan_id not in self._naked:
            worked.first_looks.append(plan_id)
            _logger.info("the position of account %d, %s, is seen without its stop", plan.leg.account_id, plan.symbol)
        return self._naked.setdefault(plan_id, view.moment)

    async def _left_over(
        self,
        unit: UnitOfWork,
        account: Account,
        reads: AccountAnswers,
        facts: "MarketFacts",
        now: Millis,
        worked: Worked,
    ) -> None:
        """Orders of plans that have ended are taken back."""
        plans = {each.plan_id for each in await unit.intents.live_of_account(account.account_id) if each.is_order}
        for plan_id in plans - {None}:
            plan = await unit.plans.get(plan_id or 0)
            if plan is not None and plan.state is PlanState.ENDED:
                view = facts.view(plan, await unit.intents.of_plan(plan.plan_id), reads, now, is_quiet=True)
                for wish in leftovers(view):
                    worked.is_doubtful = True
                    await self._add(unit, account, plan, wish, now, worked)

    async def _add(
        self, unit: UnitOfWork, account: Account, plan: TradePlan, wish: LegWish, now: Millis, worked: Worked
    ) -> None:
        link_id = self.runner.new_link_id()
        request = wish.request
        if isinstance(request, OrderRequest):
            request = replace(request, order_link_id=link_id)
        new = NewIntent(
            kind=wish.kind,
            leg=plan.leg,
            user_id=account.user_id,
            plan_id=plan.plan_id,
            order_link_id=link_id,
            request=request,
            idempotency_key=wish.key,
            target_number=wish.target_number,
            exit_reason=wish.exit_reason,
        )
        intent = await self.runner.add(unit, new, now)
        if wish.why and isinstance(request, CancelRequest):
            entry = await unit.intents.by_link_id(request.target_link_id)
            if entry is not None and entry.kind is IntentKind.ENTRY and entry.reason != RESTORED:
                await unit.intents.note(entry.intent_id, IntentNews(state=entry.state, reason=wish.why), now)
        if intent.state is IntentState.INTENT:
            worked.intents.append(intent)
            if wish.exit_reason is ExitReason.EMERGENCY:
                _logger.warning(
                    "emergency close of account %d, %s: its stop can't be set", account.account_id, plan.symbol
                )

    async def _note(self, unit: UnitOfWork, account: Account, view: LegView, finding: LegFinding, now: Millis) -> None:
        plan = view.plan
        match finding.fact:
            case Fact.STOP_VERIFIED if _is_news(view):
                await unit.plans.stop_verified(plan.plan_id, view.asked_at)
                if plan.stop_verified_ts is None:
                    await unit.intents.stop_seen(plan.plan_id, view.asked_at)
            case Fact.STOP_CHANGED:
                await unit.plans.stop_changed(plan.plan_id, now)
            case Fact.TRAILING_VERIFIED if _is_trailing_news(view):
                await unit.plans.trailing_verified(plan.plan_id, view.asked_at)
            case Fact.TRAILING_CHANGED:
                await unit.plans.trailing_changed(plan.plan_id, now)
            case Fact.TARGET_DONE:
                await unit.plans.target_done(plan.plan_id, finding.number)
            case Fact.BREAKEVEN | Fact.BREAKEVEN_PASSED:
                await self._breakeven(unit, account, view, finding, now)
            case Fact.FLAT | Fact.OVER:
                self._naked.pop(plan.plan_id, None)
                await end_plan(unit, plan, DisagreementEnd.FLAT, now)

    async def _breakeven(
        self, unit: UnitOfWork, account: Account, view: LegView, finding: LegFinding, now: Millis
    ) -> None:
        plan = view.plan
        is_passed = finding.fact is Fact.BREAKEVEN_PASSED
        await unit.plans.set_breakeven(plan.plan_id, Breakeven.PASSED if is_passed else Breakeven.DONE)
        stop = None if is_passed else finding.price
        if stop is not None and stop == plan.stop:
            return  # it was better already: nothing moves, and nobody is told that it does
        if stop is not None:
            await unit.plans.set_stop(plan.plan_id, stop, plan.stop_trigger_by)
        payload = BreakevenMessage(
            plan_id=plan.plan_id,
            account_id=account.account_id,
            symbol=plan.symbol,
            position_idx=plan.position_idx,
            stop=stop,
        )
        key = f"breakeven:{plan.plan_id}:{stop}"
        await enqueue(unit, account, payload, key, now, instrument=view.instrument)

    async def _warn(self, unit: UnitOfWork, account: Account, view: LegView, now: Millis) -> None:
        """A stop that is not there after a second look, told once."""
        plan, position = view.plan, view.position
        if position is None:
            return
        since = view.unprotected_since
        is_naked = since is not None and view.moment - since >= SECOND_LOOK_MS
        if is_naked and plan.stop is not None and plan.protected_ts is None:
            payload = StopMissingMessage(
                plan_id=plan.plan_id,
                account_id=account.account_id,
                symbol=plan.symbol,
                position_idx=plan.position_idx,
                side=plan.side,
                stop=plan.stop,
            )
            key = f"stop-missing:{plan.plan_id}"
            await enqueue(unit, account, payload, key, now, instrument=view.instrument)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketFacts:
    """What the market adds to the answers of an account: rules, and last prices where a decision needs one."""

    instruments: Mapping[Symbol, Instrument]
    prices: Mapping[Symbol, Decimal]

    def view(
        self,
        plan: TradePlan,
        intents: Sequence[OrderIntent],
        reads: AccountAnswers,
        now: Millis,
        *,
        is_quiet: bool,
    ) -> LegView:
        """A plan's leg in these answers."""
        position = reads.positions.of_leg(plan.leg)
        orders = tuple(each for each in reads.orders.items if is_of_leg(each, plan.leg))
        mark = None if position is None else position.mark_price
        price = mark if plan.stop_trigger_by is TriggerBy.MARK else self.prices.get(plan.symbol)
        return LegView(
            plan=plan,
            intents=tuple(intents),
            position=position,
            orders=orders,
            instrument=self.instruments.get(plan.symbol),
            price=price,
            asked_at=reads.asked_at,
            moment=reads.moment,
            now=now,
            is_quiet=is_quiet,
        )


def _is_doubtful(view: LegView, found: WorkOff) -> bool:
    """Whether it goes beyond what follows from a fill."""
    if view.unprotected_since is not None or is_mixed(view):
        return True
    is_turned = view.position is not None and view.position.side is not view.plan.side
    kinds, facts = {each.kind for each in found.wanted}, {each.fact for each in found.findings}
    return is_turned or not kinds <= {IntentKind.TARGET} or not facts <= _OF_FILLS


def _is_news(view: LegView) -> bool:
    """A stop that was seen a moment ago is not written down again."""
    seen_at = view.plan.stop_verified_ts
    is_doubted = view.plan.stop_changed_ts is not None or view.plan.protected_ts is None
    return is_doubted or seen_at is None or age(seen_at, view.asked_at) >= _SEEN_AGAIN_MS


def _is_trailing_news(view: LegView) -> bool:
    """The same of a trailing stop."""
    seen_at = view.plan.trailing_verified_ts
    is_doubted = view.plan.trailing_changed_ts is not None
    return is_doubted or seen_at is None or age(seen_at, view.asked_at) >= _SEEN_AGAIN_MS
