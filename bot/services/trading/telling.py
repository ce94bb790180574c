"""What no card told of goes out by the outbox: nobody has to look for what became of an order."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import Account
from bot.domain.closings import ClosingState
from bot.domain.errors import ExchangeError
from bot.domain.ids import HOUR, Millis
from bot.domain.leg_rules import blocking_orders
from bot.domain.legs import BriefOrder
from bot.domain.market import Instrument
from bot.domain.orders import CancelRequest, OrderRequest
from bot.domain.ports.clock import Clock
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.refusals import BLOCKED, PASSING
from bot.domain.trade_messages import EntryMessage, ExitRefusedMessage, TradeMessage
from bot.domain.trade_plans import CLOSES, IntentKind, IntentState, OrderIntent
from bot.services.trading.messages import ASKED_FOR, closed_message, enqueue
from bot.services.trading.stages import StageTimes

TOLD_WITHIN: Final = 10_000  # ms that a card has to say what became of an order
_AT_ONCE: Final = 100  # intents
_REFUSED: Final = frozenset({IntentState.REJECTED, IntentState.REFUSED, IntentState.NOT_PLACED, IntentState.ABANDONED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Tells of intents in their last state that nobody has seen. `prefix`: of the orderLinkIds of this installation."""

    reads: Reads
    queries: TradingQueries
    transactions: Transactions
    clock: Clock
    stages: StageTimes
    prefix: str

    async def tell_due(self) -> int:
        """Those that stand so for ten seconds, and entries filled after a rest, which no card follows; how many."""
        now = self.clock.now()
        due = await self.queries.untold(now, _AT_ONCE, TOLD_WITHIN)
        for intent in due:
            account = await self.queries.account(intent.leg.account_id)
            blocking = () if account is None else await self._blocking(account, intent)
            instrument = await self._instrument(intent)
            async with self.transactions.begin_aside() as unit:
                current = await unit.intents.get(intent.intent_id)
                if current is None or current.is_told:
                    continue
                if account is not None:
                    await self._tell(unit, account, current, blocking, instrument, now)
                await unit.intents.told([intent.intent_id])
            self.stages.told([current], now)
        return len(due)

    async def _instrument(self, intent: OrderIntent) -> Instrument | None:
        """The rules by which its prices are written, where they are at hand."""
        with suppress(ExchangeError):
            return await self.reads.instrument(intent.leg.category, intent.leg.symbol)
        return None

    async def _blocking(self, account: Account, intent: OrderIntent) -> tuple[BriefOrder, ...]:
        """The person's own orders that kept a close from being done, as they were known last."""
        orders = await self.reads.last_orders(account) if intent.reason == BLOCKED else None
        return () if orders is None else blocking_orders(orders.items, intent.leg, self.prefix)

    async def _tell(
        self,
        unit: UnitOfWork,
        account: Account,
        intent: OrderIntent,
        blocking: tuple[BriefOrder, ...],
        instrument: Instrument | None,
        now: Millis,
    ) -> None:
        key = f"intent:{intent.intent_id}:{intent.state.value}"
        if intent.kind is IntentKind.ENTRY and isinstance(intent.request, OrderRequest):
            if not await self._was_taken_back(unit, intent):
                await enqueue(unit, account, _entry(account, intent, intent.request), key, now, instrument=instrument)
        elif intent.kind in CLOSES and intent.cum_exec_qty > 0:
            closed = await unit.legs.closed_by(account.account_id, intent.order_id, intent.leg.position_idx)
            if closed is not None and closed.exit_reason in ASKED_FOR:  # the others rang when they were booked
                left = {each.leg: each.size for each in await unit.legs.costs(account.account_id)}
                message = await closed_message(unit, closed, left)
                await enqueue(unit, account, message, key, now, instrument=instrument)
        elif intent.state in _REFUSED and intent.kind in {*CLOSES, IntentKind.STOP, IntentKind.TARGET}:
            if _is_a_disagreement(intent) or await self._is_overtaken(unit, intent):
                return
            if intent.reason in PASSING:  # it is tried again: one message an hour
                key = f"held-up:{intent.plan_id}:{intent.kind.value}:{intent.reason}:{now // HOUR}"
            await enqueue(unit, account, _refused(account, intent, blocking), key, now)

    @staticmethod
    async def _is_overtaken(unit: UnitOfWork, intent: OrderIntent) -> bool:
        """Whether it was one attempt of several at a close that goes on, or that another one of them has done."""
        closing = await unit.closings.of_attempt(intent.intent_id)
        if closing is None:
            return False
        return closing.state is not ClosingState.REFUSED or closing.last_intent_id != intent.intent_id

    async def _was_taken_back(self, unit: UnitOfWork, intent: OrderIntent) -> bool:
        """Whether the person canceled it themselves, unfilled: rules leave a reason."""
        if intent.state is not IntentState.CANCELED or intent.cum_exec_qty > 0 or intent.reason:
            return False
        if intent.plan_id is None:
            return False
        return any(
            isinstance(each.request, CancelRequest) and each.request.target_link_id == intent.order_link_id
            for each in await unit.intents.of_plan(intent.plan_id)
        )


def _is_a_disagreement(intent: OrderIntent) -> bool:
    """A target that is refused for good, or after it was taken, is told as what is otherwise than was promised."""
    is_refused = intent.kind is IntentKind.TARGET and intent.state is IntentState.REJECTED
    return is_refused and (bool(intent.order_id) or intent.reason not in PASSING)


def _entry(account: Account, intent: OrderIntent, request: OrderRequest) -> TradeMessage:
    return EntryMessage(
        plan_id=intent.plan_id or 0,
        account_id=account.account_id,
        symbol=request.symbol,
        position_idx=intent.leg.position_idx,
        side=request.side,
        qty=request.qty,
        filled=intent.cum_exec_qty,
        state=intent.state,
        avg_price=intent.avg_price,
        reason=intent.reason,
        code=intent.code or 0,
        intent_id=intent.intent_id,
    )


def _refused(account: Account, intent: OrderIntent, blocking: tuple[BriefOrder, ...]) -> TradeMessage:
    return ExitRefusedMessage(
        plan_id=intent.plan_id or 0,
        account_id=account.account_id,
        symbol=intent.leg.symbol,
        position_idx=intent.leg.position_idx,
        intent=intent.kind,
        state=intent.state,
        reason=intent.reason,
        code=intent.code or 0,
        target=intent.target_number or 0,
        blocking=blocking,
    )
