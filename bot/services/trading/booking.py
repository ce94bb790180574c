"""What an exchange answered, written down: fills, what they opened and closed, and where each intent stands."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.intent_states import CONCLUDED, UNDECIDED, is_concluded
from bot.domain.leg_costs import (
    ZERO,
    LegCost,
    book_fill,
    cost_of_position,
    exit_reason_of,
    leg_idx_of,
    moves_a_leg,
    slippage_of,
)
from bot.domain.market import Category, Instrument
from bot.domain.outcomes import AccountAnswers, outcome_of
from bot.domain.portfolio import Execution, LegKey, Order, Position
from bot.domain.ports.plans import IntentNews
from bot.domain.ports.storage import UnitOfWork
from bot.domain.trade_plans import ClosedTrade, ExitReason, IntentKind, IntentState, OrderIntent, TradePlan
from bot.domain.trades import FUNDING, TRADE
from bot.services.trading.adoption import Adoption
from bot.services.trading.messages import ASKED_FOR, closed_message, enqueue

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Booked:
    """What was news in one round."""

    legs: set[LegKey] = field(default_factory=set)  # with new fills
    closed: dict[tuple[str, int], ClosedTrade] = field(default_factory=dict)  # by order id and leg
    concluded: int = 0  # intents of which is known now that nothing came
    odd: dict[LegKey, Millis] = field(default_factory=dict)  # since when positions and fills disagree: one is late
    gone: set[LegKey] = field(default_factory=set)  # that are flat, though no fill closed them


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """Books one round of answers inside a unit of work."""

    is_in_flight: Callable[[OrderIntent], bool]
    adoption: Adoption
    _odd: dict[LegKey, Millis] = field(default_factory=dict, init=False, repr=False, compare=False)  # since when

    def is_odd(self, account_id: AccountId, until: Millis) -> bool:
        """Whether positions and fills of that account disagree since that monotonic millisecond or longer."""
        return any(leg.account_id == account_id and since <= until for leg, since in self._odd.items())

    async def book(
        self,
        unit: UnitOfWork,
        account: Account,
        reads: AccountAnswers,
        now: Millis,
        instruments: Mapping[Symbol, Instrument] = MappingProxyType({}),
    ) -> Booked:
        """Every fill once, every intent as far as the exchange says, the rows of positions and orders.

        `instruments`: the rules of symbols that are at hand, by which messages write their prices.
        """
        booked = Booked()
        await self.adoption.orders(unit, account, reads, now)
        await self._intents(unit, account, reads, booked, now)
        for fill in reads.fills:
            await self._fill(unit, account, reads, fill, booked, now)
        await unit.legs.replace_positions(account, reads.positions)
        await unit.legs.replace_orders(account, reads.orders)
        await self._heal(unit, account, reads, booked, now)
        await self._tell(unit, account, booked, now, instruments)
        return booked

    async def _intents(
        self, unit: UnitOfWork, account: Account, reads: AccountAnswers, booked: Booked, now: Millis
    ) -> None:
        for intent in await unit.intents.live_of_account(account.account_id):
            if intent.state is IntentState.INTENT:
                continue
            if intent.state is IntentState.SENDING and self.is_in_flight(intent):
                continue
            news = outcome_of(intent, reads)
            if news is not None:
                news = replace(news, questions=reads.questions.get(intent.order_link_id, 0))
                await unit.intents.note(intent.intent_id, news, now)
                booked.concluded += news.state in CONCLUDED
        for row in reads.orders.items:
            await self._late(unit, row, reads, now)

    async def _late(self, unit: UnitOfWork, row: Order, reads: AccountAnswers, now: Millis) -> None:
        """What was taken for not placed, for never sent, or for gone yields to any row of the exchange.

        Its plan may have ended with it: then it is taken back, as it was said to be nothing.
        """
        if not self.adoption.is_ours(row.order_link_id):
            return
        intent = await unit.intents.by_link_id(row.order_link_id)
        news = None if intent is None or not is_concluded(intent) else outcome_of(intent, reads)
        if intent is not None and news is not None:
            await unit.intents.note(intent.intent_id, news, now)

    async def _fill(
        self,
        unit: UnitOfWork,
        account: Account,
        reads: AccountAnswers,
        fill: Execution,
        booked: Booked,
        now: Millis,
    ) -> None:
        if not fill.is_bookable:
            _logger.warning("a fill of account %d lacks a figure; it is heard of again", account.account_id)
            return
        fill = await self._with_closed_size(unit, account, reads, fill)
        if not await unit.legs.add_fill(account, fill):
            return
        if fill.category is Category.LINEAR and fill.exec_type == FUNDING:
            await self._funding(unit, account, reads, fill, now)
        if fill.category is not Category.LINEAR or not moves_a_leg(fill):
            return
        await self._on_leg(unit, account, reads, fill, booked, now)

    async def _with_closed_size(
        self, unit: UnitOfWork, account: Account, reads: AccountAnswers, fill: Execution
    ) -> Execution:
        """By our own count where the exchange does not say, as in examples of perpetuals in Bybit's documentation."""
        if fill.closed_size is not None:
            return fill
        cost = None
        if fill.category is Category.LINEAR and moves_a_leg(fill):
            intent = await unit.intents.by_link_id(fill.order_link_id) if fill.order_link_id else None
            cost = await unit.legs.cost(await self._leg_of(unit, account, reads, fill, intent))
        is_against = cost is not None and cost.side is not fill.side
        return replace(fill, closed_size=min(cost.size, fill.exec_qty) if cost is not None and is_against else ZERO)

    async def _on_leg(
        self,
        unit: UnitOfWork,
        account: Account,
        reads: AccountAnswers,
        fill: Execution,
        booked: Booked,
        now: Millis,
    ) -> None:
        intent = await unit.intents.by_link_id(fill.order_link_id) if fill.order_link_id else None
        leg = await self._leg_of(unit, account, reads, fill, intent)
        plan = await unit.plans.of_leg(leg)
        if intent is None and plan is not None:
            intent = await self._by_order_id(unit, plan, fill)
        if intent is None and self.adoption.is_ours(fill.order_link_id):
            intent = await self.adoption.fill(unit, account, leg, fill, reads, now)
            plan = await unit.plans.of_leg(leg)
        booked.legs.add(leg)
        plan_id = None if plan is None else plan.plan_id
        if intent is not None and intent.plan_id is not None:
            plan_id = intent.plan_id
        if intent is not None:
            await self._fill_of(unit, intent, fill, now)
        result = book_fill(await unit.legs.cost(leg), leg, fill, now)
        await unit.legs.set_cost(account, leg, result.cost)
        if intent is not None and plan_id is not None and result.opened > 0:
            await unit.plans.filled(plan_id, fill.exec_ts or now)
        reason = await self._reason(unit, leg, fill, intent)
        if result.closed is not None:
            closed = await unit.legs.add_closed(
                account,
                leg,
                result.closed,
                fill,
                plan_id=plan_id,
                exit_reason=reason,
                slippage=slippage_of(result.closed, _promised(plan, reason) if intent is None else intent.card_price),
                intent=intent,
            )
            booked.closed[closed.order_id, leg.position_idx] = closed

    @staticmethod
    async def _by_order_id(unit: UnitOfWork, plan: TradePlan, fill: Execution) -> OrderIntent | None:
        """Of a fill whose row does not say our id: an order that its fills never reach would count for ever."""
        if not fill.order_id:
            return None
        return next((each for each in await unit.intents.of_plan(plan.plan_id) if each.order_id == fill.order_id), None)

    @staticmethod
    async def _reason(unit: UnitOfWork, leg: LegKey, fill: Execution, intent: OrderIntent | None) -> ExitReason:
        """Why it closed. A close that the exchange splits up has our id on one of its orders alone."""
        reason = exit_reason_of(fill, intent)
        if intent is not None or reason not in {ExitReason.ELSEWHERE, ExitReason.UNKNOWN} or fill.exec_type != TRADE:
            return reason
        closing = await unit.closings.of_leg(leg)
        is_split = fill.create_type in {"", "CreateByUser"} and closing is not None
        return closing.exit_reason if is_split and closing is not None else reason

    async def _funding(
        self, unit: UnitOfWork, account: Account, reads: AccountAnswers, fill: Execution, now: Millis
    ) -> None:
        """What was paid at a moment, shared by size among what stood then: what stands, and what was closed since."""
        leg, moment = await self._leg_of(unit, account, reads, fill, None), fill.exec_ts or now
        cost = await unit.legs.cost(leg)
        stands = cost is not None and cost.opened_ts <= moment
        closed = await unit.legs.closed_after(leg, moment)
        whole = sum((each.qty for each in closed), cost.size if cost is not None and stands else ZERO)
        if whole == 0 or fill.exec_fee is None:
            return
        for each in closed:
            await unit.legs.add_funding(each, fill.exec_fee * each.qty / whole)
        if cost is not None and stands:
            paid = fill.exec_fee * cost.size / whole
            await unit.legs.set_cost(account, leg, replace(cost, funding=cost.funding + paid))

    async def _fill_of(self, unit: UnitOfWork, intent: OrderIntent, fill: Execution, now: Millis) -> None:
        """A fill proves an order, whether nobody knew of it or it was taken for not placed."""
        await unit.intents.add_fill(intent.intent_id, fill.exec_qty, fill.exec_price)
        if intent.state in UNDECIDED or is_concluded(intent):
            news = IntentNews(
                state=IntentState.PARTIALLY_FILLED,
                order_id=fill.order_id,
                cum_exec_qty=intent.fills_qty + fill.exec_qty,
            )
            await unit.intents.note(intent.intent_id, news, now)
        if intent.kind is IntentKind.ENTRY and intent.plan_id is not None:
            await unit.plans.reopen(intent.plan_id)
            await unit.plans.doubt_stop(intent.plan_id)  # a fill brings the stop that rode along with its order

    async def _leg_of(
        self, unit: UnitOfWork, account: Account, reads: AccountAnswers, fill: Execution, intent: OrderIntent | None
    ) -> LegKey:
        if intent is not None:
            return intent.leg
        row = reads.order(fill.order_link_id, fill.order_id) or await unit.legs.order(account.account_id, fill.order_id)
        if row is not None:
            idx = row.position_idx
        else:
            costs = await unit.legs.costs(account.account_id)
            known = [each.leg.position_idx for each in costs if each.leg.symbol == fill.symbol]
            known += [each.position_idx for each in reads.positions.items if each.symbol == fill.symbol]
            idx = leg_idx_of(fill, is_hedged=any(known))
        return LegKey(account_id=account.account_id, category=fill.category, symbol=fill.symbol, position_idx=idx)

    async def _heal(
        self, unit: UnitOfWork, account: Account, reads: AccountAnswers, booked: Booked, now: Millis
    ) -> None:
        """The costs follow the positions where fills alone do not explain them: opened elsewhere, wiped, adopted.

        Not at once where one of both may be late.
        """
        known = {each.leg: each for each in await unit.legs.costs(account.account_id)}
        held = {
            each.leg_key(account.account_id): each for each in reads.positions.items if each.category is Category.LINEAR
        }
        for leg in [each for each in self._odd if each.account_id == account.account_id]:
            if leg not in known and leg not in held:  # nothing is there, and nothing is missed
                del self._odd[leg]
        for leg in known.keys() | held.keys():
            position, cost = held.get(leg), known.get(leg)
            if _agree(position, cost):
                self._odd.pop(leg, None)
            elif not reads.positions.hides(leg.symbol):
                since = self._odd.setdefault(leg, reads.moment)
                if leg in booked.legs or reads.moment - since < await self._patience(unit, leg, reads):
                    booked.odd[leg] = since
                    continue
                del self._odd[leg]
                booked.gone |= {leg} if position is None else set()
                found = None if position is None else cost_of_position(leg, position, now)
                await unit.legs.set_cost(account, leg, found)

    @staticmethod
    async def _patience(unit: UnitOfWork, leg: LegKey, reads: AccountAnswers) -> int:
        """Milliseconds that positions and fills of a leg may disagree: longer while fills are owed that orders have."""
        plan = await unit.plans.of_leg(leg)
        intents = () if plan is None else await unit.intents.of_plan(plan.plan_id)
        return reads.patience.owed if any(each.is_counting for each in intents) else reads.patience.lag

    async def _tell(
        self,
        unit: UnitOfWork,
        account: Account,
        booked: Booked,
        now: Millis,
        instruments: Mapping[Symbol, Instrument],
    ) -> None:
        """What nobody pressed a button for rings at once; the rest is on a card, or is told when it is not."""
        left = {each.leg: each.size for each in await unit.legs.costs(account.account_id)}
        for closed in booked.closed.values():
            if closed.exit_reason in ASKED_FOR:
                continue
            payload = await closed_message(unit, closed, left)
            key = f"closed:{account.account_id}:{closed.order_id}:{closed.position_idx}:{closed.qty}"
            await enqueue(unit, account, payload, key, now, instrument=instruments.get(closed.symbol))


def _promised(plan: TradePlan | None, reason: ExitReason) -> Decimal | None:
    """The price of the card at which the exchange's own order was to close the leg."""
    return plan.stop if plan is not None and reason is ExitReason.STOP else None


def _agree(position: Position | None, cost: LegCost | None) -> bool:
    """Whether the fills that are booked come to what stands."""
    if position is None or cost is None:
        return position is None and cost is None
    return (cost.side, cost.size) == (position.side, position.size)
