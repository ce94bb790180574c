"""A leg that is to be closed is tried until the exchange shows it so: each attempt is an order of its own.

The wish is a row (`leg_closings`); a task follows it through the first seconds, the job `closings` through the rest and
after a start. A whole close names no size, so an attempt too many closes nothing else; a part is reckoned from the
position as it is read before each attempt, and waits until the attempt before it is over.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account
from bot.domain.closings import Closing, ClosingState, NewClosing
from bot.domain.errors import ExchangeError
from bot.domain.ids import Millis, age
from bot.domain.leg_rules import (
    REFUSED_PAUSE_S,
    close_request,
    part_to_close,
    pause_before,
)
from bot.domain.market import Instrument
from bot.domain.orders import OrderRequest
from bot.domain.portfolio import Position
from bot.domain.ports.clock import Clock
from bot.domain.ports.closings import ClosingQueries
from bot.domain.ports.plans import IntentNews, OrderIntents, TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.refusals import BLOCKED, PASSING, REDUCE_ONLY
from bot.domain.trade_plans import CLOSES, LIVE, UNSETTLED, IntentKind, IntentState, NewIntent, OrderIntent
from bot.services.trading.entry_cancels import cancel_order
from bot.services.trading.intents import IntentRunner
from bot.services.trading.position_reads import PositionReads
from bot.services.trading.signals import AccountSignals

_logger = logging.getLogger(__name__)

_LOOKS: Final = 8  # of a task; then the job starts another one
_ANSWER_S: Final = 2.0  # that an attempt may take to be answered before the position is read all the same
_STALE: Final = 5_000  # ms that a position may take to know of a fill
_ALARM_EVERY: Final = 600_000  # ms
_ALARM_WINDOW: Final = 60_000  # ms: what lies between two tries
_AT_ONCE: Final = 450  # closings of a round of the job


@dataclass(frozen=True, slots=True, kw_only=True)
class LegCloser:
    """Begins closings and follows them. `pace` scales the pauses between attempts: 1 but in tests."""

    transactions: Transactions
    queries: TradingQueries
    closings: ClosingQueries
    positions: PositionReads
    reads: Reads
    runner: IntentRunner
    signals: AccountSignals
    clock: Clock
    tasks: TaskSet
    pace: float = 1.0
    _followed: set[int] = field(default_factory=set, init=False, repr=False, compare=False)

    async def begin(
        self, unit: UnitOfWork, account: Account, new: NewClosing, instrument: Instrument | None, now: Millis
    ) -> tuple[Closing, OrderIntent | None]:
        """The closing and its attempt that is under way, in the caller's transaction; `follow` both after the commit.

        `instrument` is needed for a part. None: that key was used, and its order is forgotten.
        """
        closing = await unit.closings.add(new, now)
        last = None if closing.last_intent_id is None else await unit.intents.get(closing.last_intent_id)
        if closing.state is ClosingState.DONE or (last is not None and last.state in LIVE):
            return closing, last
        return closing, await self._attempt(unit, account, closing, new.size, instrument, now)

    def follow(self, account: Account, begun: Sequence[tuple[Closing, OrderIntent | None]]) -> None:
        """Send the attempts, in their order, and see each closing to its end. Returns at once."""
        self.runner.launch([intent for _, intent in begun if intent is not None])
        for closing, _ in begun:
            self._follow(account, closing)

    async def work_off(self) -> int:
        """Go on with every closing whose time has come and that no task follows; how many."""
        due = await self.closings.closings_due(self.clock.now(), _AT_ONCE)
        left = [each for each in due if each.closing_id not in self._followed]
        for closing in left:
            account = await self.queries.account(closing.leg.account_id)
            if account is not None:
                self._follow(account, closing)
        return len(left)

    def _follow(self, account: Account, closing: Closing) -> None:
        if closing.state is ClosingState.DONE or closing.closing_id in self._followed:
            return
        self._followed.add(closing.closing_id)
        self.tasks.start(self._pursue(account, closing.closing_id), f"closing {closing.closing_id}")

    async def _pursue(self, account: Account, closing_id: int) -> None:
        try:
            for _ in range(_LOOKS):
                pause_s = await self._look(account, closing_id)
                if pause_s is None or pause_s >= REFUSED_PAUSE_S:
                    return
                await asyncio.sleep(pause_s * self.pace)
        finally:
            self._followed.discard(closing_id)

    async def _look(self, account: Account, closing_id: int) -> float | None:
        """One look and, where something is left, one attempt; seconds until the next look, None: it is over."""
        closing = await self.closings.closing(closing_id)
        if closing is None or closing.state is ClosingState.DONE or account.account_type not in self.positions.gateways:
            return None
        last = await self._answered(closing)
        try:
            positions = await self.positions.of(account)
            instrument = await self._instrument(closing)
        except ExchangeError as trouble:
            _logger.warning("closing %d: the position can't be read: %s", closing_id, trouble)
            if last is not None and _is_final_no(closing, last):
                return await self._refuse(closing, last, last.reason)  # told, whatever else can't be
            return await self._wait(closing, pause_before(closing.attempts))
        position = positions.of_leg(closing.leg)
        if position is None and positions.hides(closing.leg.symbol):
            return await self._wait(closing, pause_before(closing.attempts))
        if position is None or await self._is_reached(closing, position, instrument):
            await self._done(closing)
            return None
        return await self._next(account, closing, position, instrument, last)

    async def _instrument(self, closing: Closing) -> Instrument | None:
        """The rules of a part's symbol; a whole close needs none."""
        return None if closing.is_whole else await self.reads.instrument(closing.leg.category, closing.leg.symbol)

    async def _answered(self, closing: Closing) -> OrderIntent | None:
        """The last attempt, once it was answered, or as it stands after a while."""
        if closing.last_intent_id is None:
            return None
        found = await self.queries.intents([closing.last_intent_id])
        if found and found[0].state in UNSETTLED and self.runner.is_in_flight(found[0]):
            found = await self.runner.finished(found, timeout_s=_ANSWER_S * self.pace)
            if not self.runner.is_in_flight(found[0]):  # answered while it was read
                found = await self.queries.intents([closing.last_intent_id])
        return found[0] if found else None

    async def _is_reached(self, closing: Closing, position: Position, instrument: Instrument | None) -> bool:
        if position.side is not closing.side:
            return True  # flat in between: what stands now is another position
        if closing.is_whole or instrument is None:
            return False
        return await _part(self.queries, closing, position.size, instrument) == 0

    async def _next(
        self,
        account: Account,
        closing: Closing,
        position: Position,
        instrument: Instrument | None,
        last: OrderIntent | None,
    ) -> float | None:
        """The leg stands: wait for the attempt before, say its refusal, or try once more."""
        if last is not None:
            if self._is_under_way(closing, last) or self._is_stale(closing, last, position):
                self._wake(closing)
                return await self._wait(closing, max(0.2, pause_before(min(closing.attempts, 2))))
            if last.state is IntentState.REJECTED and closing.state is ClosingState.CLOSING:
                pause_s = await self._refused(account, closing, last)
                if pause_s is not None:
                    return pause_s
        now = self.clock.now()
        async with self.transactions.begin_aside(is_urgent=True) as unit:
            intent = await self._attempt(unit, account, closing, position.size, instrument, now)
        if intent is None:
            return await self._wait(closing, pause_before(closing.attempts))
        self.runner.launch([intent])
        (answered,) = await self.runner.finished([intent], timeout_s=_ANSWER_S * self.pace)
        return 0.0 if answered.state is IntentState.REJECTED else pause_before(closing.attempts)

    async def _refused(self, account: Account, closing: Closing, last: OrderIntent) -> float | None:
        """Seconds until the next look after a definite no; None: try once more at once."""
        if last.reason in PASSING:
            left_s = pause_before(closing.attempts) - age(last.final_ts or Millis(0), self.clock.now()) / 1000
            return await self._wait(closing, left_s) if left_s > 0 else None
        if last.code not in REDUCE_ONLY:
            return await self._refuse(closing, last, last.reason)
        if await self._unblock(account, closing) or closing.attempts == 1:
            return None
        if await self._is_another_under_way(closing, last):  # which may be what is in its way
            return await self._wait(closing, pause_before(closing.attempts))
        return await self._refuse(closing, last, BLOCKED)

    async def _is_another_under_way(self, closing: Closing, last: OrderIntent) -> bool:
        """Whether an earlier attempt at the leg may still close it."""
        live = await self.queries.intents_live(closing.leg.account_id)
        closes = (each for each in live if each.leg == closing.leg and each.kind in CLOSES)
        return any(each.intent_id != last.intent_id for each in closes)

    def _is_under_way(self, closing: Closing, last: OrderIntent) -> bool:
        """Whether the last attempt may still close what a new one would: a part waits for its end, a whole a while."""
        if last.state not in LIVE:
            return False
        old = age(last.sent_ts or last.created_ts, self.clock.now())
        if last.state in {IntentState.INTENT, IntentState.SENDING}:
            return not closing.is_whole or self.runner.is_in_flight(last)
        if last.state is IntentState.UNKNOWN:
            return not closing.is_whole
        return not closing.is_whole or old < _ANSWER_S * 1000

    def _is_stale(self, closing: Closing, last: OrderIntent, position: Position) -> bool:
        """Whether the position as it was read does not know the last fill of a part yet, which may take a while."""
        if closing.is_whole or not last.cum_exec_qty or not isinstance(last.request, OrderRequest):
            return False
        is_fresh = age(last.final_ts or last.created_ts, self.clock.now()) < _STALE
        return is_fresh and position.size >= closing.remaining + last.request.qty

    async def _attempt(
        self,
        unit: UnitOfWork,
        account: Account,
        closing: Closing,
        size: Decimal,
        instrument: Instrument | None,
        now: Millis,
    ) -> OrderIntent | None:
        """One more order for it; None: less is left than one order closes."""
        order_link_id = self.runner.new_link_id()
        if closing.is_whole:
            request = close_request(closing.leg, closing.side, order_link_id)
        else:
            part = Decimal(0) if instrument is None else await _part(unit.intents, closing, size, instrument)
            if part == 0:
                return None
            request = close_request(closing.leg, closing.side, order_link_id, part=part)
        plan = await unit.plans.of_leg(closing.leg)
        new = NewIntent(
            kind=IntentKind.CLOSE if closing.is_whole else IntentKind.REDUCE,
            leg=closing.leg,
            user_id=closing.user_id,
            plan_id=None if plan is None else plan.plan_id,
            order_link_id=order_link_id,
            request=request,
            idempotency_key=_key_of(closing, closing.attempts),
            remaining=None if closing.is_whole else closing.remaining,
            exit_reason=closing.exit_reason,
            card=closing.card,
            card_price=closing.card_price,
            tapped_ts=closing.created_ts,
        )
        intent = await self.runner.start(unit, account, await self.runner.add(unit, new, now), now)
        await unit.closings.tried(
            closing.closing_id, intent.intent_id, self._in(now, pause_before(closing.attempts + 1))
        )
        return intent

    async def _unblock(self, account: Account, closing: Closing) -> bool:
        """Take back our own reduce-only orders of the leg, which fill its quota; False: there are none."""
        live = await self.queries.intents_live(account.account_id)
        blocking = [each for each in live if each.leg == closing.leg and each.kind is IntentKind.TARGET]
        if not blocking:
            return False
        now = self.clock.now()
        cause = f"unblock:{closing.closing_id}:{closing.attempts}"
        async with self.transactions.begin_aside(is_urgent=True) as unit:
            cancels = [await cancel_order(unit, self.runner, each, cause, now) for each in blocking]
        self.runner.launch(cancels)
        await self.runner.finished(cancels, timeout_s=_ANSWER_S * self.pace)
        return True

    async def _refuse(self, closing: Closing, last: OrderIntent, reason: str) -> float:
        """A definite no, tried again rarely, to see whether its reason has ended; it rings every ten minutes."""
        now = self.clock.now()
        _logger.warning("closing %d was refused: %s %s", closing.closing_id, last.code, reason)
        old = now - closing.created_ts
        rings = closing.code is None or old // _ALARM_EVERY != (old - _ALARM_WINDOW) // _ALARM_EVERY
        async with self.transactions.begin_aside() as unit:
            await unit.closings.refused(closing.closing_id, last.code, reason, self._in(now, REFUSED_PAUSE_S))
            await unit.intents.note(last.intent_id, IntentNews(state=last.state, reason=reason), now)
            if not rings:
                await unit.intents.told([last.intent_id])
        self.signals.changed(closing.leg.account_id)
        return REFUSED_PAUSE_S

    async def _wait(self, closing: Closing, pause_s: float) -> float:
        async with self.transactions.begin_aside() as unit:
            await unit.closings.wait(closing.closing_id, self._in(self.clock.now(), pause_s))
        return pause_s

    async def _done(self, closing: Closing) -> None:
        async with self.transactions.begin_aside() as unit:
            await unit.closings.done(closing.closing_id, self.clock.now())
        self.signals.changed(closing.leg.account_id)
        self._wake(closing)

    def _wake(self, closing: Closing) -> None:
        for wake in self.runner.wakers:
            wake(closing.leg.account_id)

    @staticmethod
    def _in(now: Millis, pause_s: float) -> Millis:
        return Millis(now + round(pause_s * 1000))


async def _part(
    intents: OrderIntents | TradingQueries, closing: Closing, size: Decimal, instrument: Instrument
) -> Decimal:
    """What one more order may close of a leg of that size; 0: what was asked for is closed."""
    attempts = [await intents.by_key(_key_of(closing, number)) for number in range(closing.attempts)]
    closed = sum((each.cum_exec_qty for each in attempts if each is not None), Decimal(0))
    return part_to_close(size, closing.leaves(size, closed), instrument)


def _key_of(closing: Closing, attempt: int) -> str:
    return f"closing:{closing.closing_id}:{attempt}"


def _is_final_no(closing: Closing, last: OrderIntent) -> bool:
    """Whether the last attempt was refused for a reason that stays, and nobody was told yet."""
    is_refused = last.state is IntentState.REJECTED and closing.state is ClosingState.CLOSING
    return is_refused and last.reason not in PASSING and last.code not in REDUCE_ONLY
