"""From what the exchange says to what is stored, and from what was promised to what is still missing there.

Nothing here depends on having seen each change: a round reads what stands, books what is new of it, and works off what
the plans lack. A kill anywhere is made good by the next round.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.aio.concurrency import ConcurrencyLimit
from bot.aio.tasks import TaskSet
from bot.aio.timers import Later, Timer, loop_later
from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeError, KeyTrouble, StorageTrouble
from bot.domain.ids import DAY, HOUR, AccountId, Millis, OrderLinkId, Symbol, age
from bot.domain.intent_states import UNDECIDED, Absence, ask_again_ms
from bot.domain.market import Category, Instrument
from bot.domain.orders import CancelRequest, LegSettings, TriggerBy
from bot.domain.outcomes import AccountAnswers
from bot.domain.patience import BYBIT, PRACTICE, Patience
from bot.domain.portfolio import Execution, Order, Positions
from bot.domain.ports.clock import Clock
from bot.domain.ports.plans import IntentNews, OpenState, TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.ports.trading import OrderGateway
from bot.domain.priorities import RequestPriority, at_priority
from bot.domain.trade_plans import Breakeven, IntentKind, IntentState, OrderIntent, TradePlan
from bot.services.trading.booking import Booking
from bot.services.trading.drills import DrillWatch
from bot.services.trading.entry_cancels import cancel_entries, is_resting_entry
from bot.services.trading.intents import IntentRunner
from bot.services.trading.key_alarm import KeyAlarm
from bot.services.trading.plan_work import TOLD_LAG_MS, MarketFacts, PlanWork, Worked
from bot.services.trading.signals import AccountSignals

_logger = logging.getLogger(__name__)

_OVERLAP_MS: Final = 60_000  # of the executions that are read anew
_LISTED_LATE_MS: Final = HOUR  # an execution that the exchange lists so much later than it was is still found
_OWED_MS: Final = DAY  # that executions are looked for which an order has and no list had yet
_FIRST_LOOK_MS: Final = 6 * DAY  # that executions are read back: with the overlap one window of Bybit's
_AT_ONCE: Final = 2  # accounts whose news are worked on: fewer than entries, which have to be sent within seconds
_MOST_ROUNDS: Final = 5  # while each one brings fills
_LEFT_BEHIND_MS: Final = 3_000  # after which nobody is about to send an intent any more
_UNANSWERED_MS: Final = 2_000  # after which an order is asked for again that was not answered about
_LONGEST_PAUSE_S: Final = 30.0
_KEY_PAUSE_S: Final = 300.0  # after the exchange did not take the key
_AWAITED: Final = UNDECIDED | {IntentState.ACKNOWLEDGED}
_SENT_AFTER_ALL: Final = frozenset({IntentKind.ENTRY, IntentKind.LEVERAGE, IntentKind.CANCEL})
"""Left behind unsent they still mean the same; the other kinds are reckoned anew from what stands now."""


class _DoubtfulError(Exception):
    """What a stream told looks like more than fills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Reads an account at its exchange, books what is new, and works off plan minus exchange.

    `patience`: of accounts at Bybit; practice has its own. `told`: gateways that ask less, since streams tell them;
    what is found by those and goes beyond a fill is asked for before it counts. `bybit_now`: its clock, epoch ms, by
    which its executions are dated; None: ours. `drills`: of practice accounts that are left alone for a minute.
    """

    transactions: Transactions
    queries: TradingQueries
    gateways: Mapping[AccountType, OrderGateway]
    reads: Reads
    clock: Clock
    signals: AccountSignals
    runner: IntentRunner
    tasks: TaskSet
    booking: Booking
    plan_work: PlanWork
    later: Later = loop_later
    key_alarm: KeyAlarm | None = None
    patience: Patience = BYBIT
    bybit_now: Callable[[], Millis] | None = None
    told: Mapping[AccountType, OrderGateway] = field(default_factory=dict)
    drills: DrillWatch | None = None
    _locks: dict[AccountId, asyncio.Lock] = field(default_factory=dict, init=False, repr=False, compare=False)
    _running: set[AccountId] = field(default_factory=set, init=False, repr=False, compare=False)
    _again: set[AccountId] = field(default_factory=set, init=False, repr=False, compare=False)
    _timers: dict[AccountId, Timer] = field(default_factory=dict, init=False, repr=False, compare=False)
    _first_looks: dict[AccountId, Millis] = field(default_factory=dict, init=False, repr=False, compare=False)
    _read_until: dict[AccountId, Millis] = field(default_factory=dict, init=False, repr=False, compare=False)
    _told_until: dict[AccountId, Millis] = field(default_factory=dict, init=False, repr=False, compare=False)
    _absences: dict[OrderLinkId, Absence] = field(default_factory=dict, init=False, repr=False, compare=False)
    _questions: Counter[OrderLinkId] = field(default_factory=Counter, init=False, repr=False, compare=False)
    _failures: dict[AccountId, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    _stopped: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False, compare=False)
    _limit: ConcurrencyLimit = field(
        default_factory=lambda: ConcurrencyLimit(_AT_ONCE), init=False, repr=False, compare=False
    )

    async def settle(self, account_id: AccountId, *, is_told: bool = False) -> None:
        """Book every execution and order of the account, then send what its plans lack. Raises ExchangeErrors.

        `is_told`: what a healthy stream has told need not be asked for.
        """
        async with self._locks.setdefault(account_id, asyncio.Lock()):
            state = await self.queries.open_state(account_id)
            if state is None or state.account.account_type not in self.gateways:
                return
            if self.drills is not None and await self.drills.is_away(state):
                return
            try:
                with at_priority(_priority(state)):
                    for _ in range(_MOST_ROUNDS):
                        if not await self._round(state, is_told=is_told):
                            break
                        state = await self.queries.open_state(account_id) or state
            except KeyTrouble as trouble:
                if self.key_alarm is not None:
                    await self.key_alarm.ring(state.account, trouble)
                raise

    def wake(self, account_id: AccountId) -> None:
        """Something happened in that account: settle it soon. Needs a running loop."""
        if self._stopped.is_set():
            return
        if account_id in self._running:
            self._again.add(account_id)
            return
        self._running.add(account_id)
        self.tasks.start(self._settle_soon(account_id), f"settlement of account {account_id}")

    def heard(self, account_id: AccountId, at: float | None = None) -> None:
        """The exchange tells that something happened there: settle it, or with the answer that is on its way already.

        Whatever is sent wakes the settlement once its answer is written down. `at`: the monotonic second of the newest
        that was told; a settlement that was told what stands after that knows it.
        """
        is_known = at is not None and at * 1000 < self._told_until.get(account_id, 0) - 1
        if not is_known and not self.runner.is_sending(account_id):
            self.wake(account_id)

    def stop(self) -> None:
        """Nothing wakes it any more, timers that were set neither: the database is about to be closed."""
        self._stopped.set()

    async def _settle_soon(self, account_id: AccountId) -> None:
        try:
            while True:
                async with self._limit.slot():
                    self._again.discard(account_id)
                    await self.settle(account_id, is_told=True)
                self._failures.pop(account_id, None)
                if account_id not in self._again:
                    return
        except (ExchangeError, StorageTrouble) as trouble:
            failures = self._failures[account_id] = self._failures.get(account_id, 0) + 1
            pause_s = min(2.0 ** (failures - 1), _LONGEST_PAUSE_S)
            if isinstance(trouble, KeyTrouble):
                pause_s = _KEY_PAUSE_S
            _logger.warning("account %d is settled again in %g s: %s", account_id, pause_s, trouble)
            self.later(pause_s, lambda: self.wake(account_id))
        finally:
            self._running.discard(account_id)

    async def _round(self, state: OpenState, *, is_told: bool) -> bool:
        """One round of reads and its bookings; True if it brought what is worked off in another one."""
        account = state.account
        told = self.told.get(account.account_type) if is_told else None
        if told is not None and not self.booking.is_odd(account.account_id, self._told_by()):
            with suppress(_DoubtfulError):
                return await self._booked(state, told, is_told=True)
            state = await self.queries.open_state(account.account_id) or state
        return await self._booked(state, self.gateways[account.account_type], is_told=False)

    def _told_by(self) -> Millis:
        """What disagrees since then or longer, no message that is on its way makes good."""
        return Millis(self._moment() - TOLD_LAG_MS)

    async def _booked(self, state: OpenState, gateway: OrderGateway, *, is_told: bool) -> bool:
        """Raises _DoubtfulError, with nothing written, for what the exchange itself is to say."""
        account = state.account
        reads = await self._read(state, gateway)
        until = self._dated(account, reads.moment)
        facts = await self._facts(state.plans, reads.positions)
        now = self.clock.now()
        async with self.transactions.begin_aside() as unit:
            await unit.ahead.settlement(account, state.plans)
            booked = await self.booking.book(unit, account, reads, now, facts.instruments)
            is_managing = account.account_type is AccountType.PAPER or await unit.halts.is_managing()
            worked = Worked()
            if is_managing:
                worked = await self.plan_work.work(unit, account, reads, facts, booked, now, is_told=is_told)
            if is_told and worked.is_doubtful:
                self.plan_work.take_back(worked)
                raise _DoubtfulError
            left = await unit.intents.live_of_account(account.account_id)
            behind = [each for each in self._unsent(left) if age(each.created_ts, now) >= _LEFT_BEHIND_MS]
            worked.intents += [each for each in behind if each.kind in _SENT_AFTER_ALL and is_managing]
            given_up = [each for each in behind if each.kind not in _SENT_AFTER_ALL]
            worked.intents += await self._paused(unit, account, left, now)
            for each in given_up:
                news = IntentNews(state=IntentState.ABANDONED, reason="intent-left-behind")
                await unit.intents.note(each.intent_id, news, now)
        for link_id in reads.absences.keys() - {each.order_link_id for each in left}:
            self._absences.pop(link_id, None)
        for link_id in reads.questions.keys() - {each.order_link_id for each in left}:
            del self._questions[link_id]
        if is_told:
            self._told_until[account.account_id] = reads.moment
        if all(each.is_bookable for each in reads.fills):
            self._read_until[account.account_id] = until
        self.runner.launch(worked.intents)
        self.signals.changed(account.account_id)
        self._look_again(account.account_id, worked.look_again_ms, left, now, reads)
        return bool(booked.legs or booked.concluded or given_up)

    async def _paused(
        self, unit: UnitOfWork, account: Account, live: Sequence[OrderIntent], now: Millis
    ) -> list[OrderIntent]:
        """Cancels of entries that were on their way when the account was paused, and rest since."""
        canceled = {each.request.target_link_id for each in live if isinstance(each.request, CancelRequest)}
        resting = [each for each in live if is_resting_entry(each) and each.order_link_id not in canceled]
        since = await unit.fences.paused_since(account.account_id) if resting else None
        if since is None:
            return []
        found = await cancel_entries(unit, self.runner, resting, f"paused:{since}", now)
        return [each for each in found if each.state is IntentState.INTENT]

    def _unsent(self, live: Iterable[OrderIntent]) -> list[OrderIntent]:
        """Those that nobody here is about to send: just written, or by a process that ended before it sent them."""
        return [each for each in live if each.state is IntentState.INTENT and not self.runner.is_in_flight(each)]

    def _look_again(
        self,
        account_id: AccountId,
        wanted_ms: int | None,
        live: Sequence[OrderIntent],
        now: Millis,
        reads: AccountAnswers,
    ) -> None:
        """Once, when the first thing is due that no news tells of; what an earlier round wanted is over."""
        waiting = [each for each in live if not self.runner.is_in_flight(each)]
        undecided = ask_again_ms(waiting, now, self._moment(), reads.absences, reads.patience)
        ages = [age(each.created_ts, now) for each in self._unsent(live)]
        behind = [_LEFT_BEHIND_MS - each for each in ages if each < _LEFT_BEHIND_MS]
        unanswered = _UNANSWERED_MS if reads.unanswered else None
        looks = [each for each in (wanted_ms, undecided, unanswered, *behind) if each is not None]
        timer = self._timers.pop(account_id, None)
        if timer is not None:
            timer.cancel()
        if looks:
            self._timers[account_id] = self.later(min(looks) / 1000, lambda: self.wake(account_id))

    async def _read(self, state: OpenState, gateway: OrderGateway) -> AccountAnswers:
        """Positions before fills: a fill that the positions do not show yet makes the round a noisy one."""
        asked_at, moment = self.clock.now(), self._moment()
        account, live = state.account, state.live
        positions = await gateway.positions(account)
        orders = await gateway.orders(account)
        open_ids = {each.order_link_id for each in orders.items}
        for link_id in open_ids & self._absences.keys():  # it came after all
            del self._absences[link_id]
        found: dict[OrderLinkId, Order | None] = {}
        settings: dict[Symbol, LegSettings] = {}
        unanswered = 0
        for each in live:
            if each.state is IntentState.INTENT or self.runner.is_in_flight(each):
                continue
            if each.is_order and each.order_link_id not in open_ids:
                try:
                    found[each.order_link_id] = await self._find(gateway, account, each)
                except ExchangeError as trouble:  # no answer is none; what else was answered is booked
                    unanswered += 1
                    _logger.info("no answer about intent %d: %s", each.intent_id, trouble)
            if each.kind is IntentKind.LEVERAGE and each.leg.symbol not in settings:
                settings[each.leg.symbol] = await gateway.leg_settings(account, each.leg.symbol)
        fills = await self._fills(state, gateway, asked_at)
        return AccountAnswers(
            asked_at=asked_at,
            moment=moment,
            positions=positions,
            orders=orders,
            fills=fills,
            found=found,
            settings=settings,
            absences={link_id: self._absences[link_id] for link_id, row in found.items() if row is None},
            patience=self._patience(account),
            unanswered=unanswered,
            questions={link_id: self._questions[link_id] for link_id in found},
        )

    async def _fills(self, state: OpenState, gateway: OrderGateway, asked_at: Millis) -> tuple[Execution, ...]:
        """Executions that are not booked yet, oldest first."""
        account, since = state.account, self._since(state, asked_at)
        told = await gateway.executions_since(account, since)
        known = await self.queries.fills_known(account.account_id, since) if told else frozenset()
        news = (each for each in told if each.exec_id not in known)
        return tuple(each for each in news if self._concerns(each, account, state.last_fill_ts))

    def _since(self, state: OpenState, asked_at: Millis) -> Millis:
        """From when on executions are read: of the newest that is booked, and of every order that may have more."""
        account, last = state.account, state.last_fill_ts
        begin = self._begin(account, asked_at) if last is None else last
        begin = Millis(max(begin, self._read_until.get(account.account_id, begin) - _LISTED_LATE_MS))
        sent = [each.sent_ts for each in state.live if each.is_order and each.sent_ts is not None and each.is_live]
        if state.owed_since is not None:
            sent.append(Millis(max(state.owed_since, asked_at - _OWED_MS)))
        return Millis(max(0, min(begin, asked_at, *sent) - _OVERLAP_MS))  # the clock may have been set back

    async def _find(self, gateway: OrderGateway, account: Account, intent: OrderIntent) -> Order | None:
        """The order's row; that there is none is counted. Raises ExchangeErrors: no answer is none."""
        link_id, moment = intent.order_link_id, self._moment()
        row = await gateway.find_order(account, intent.leg.symbol, link_id)
        self._questions[link_id] += 1
        if row is not None:
            self._absences.pop(link_id, None)
            return row
        known = self._absences.get(link_id)
        self._absences[link_id] = (
            Absence(moment, moment, moment) if known is None else known.again(moment, self._patience(account))
        )
        return None

    def _begin(self, account: Account, asked_at: Millis) -> Millis:
        """Of an account in which no fill was ever booked: all of practice; of Bybit a week, for a restored backup."""
        self._first_looks.setdefault(account.account_id, asked_at)
        return Millis(0 if account.account_type is AccountType.PAPER else max(0, asked_at - _FIRST_LOOK_MS))

    def _concerns(self, fill: Execution, account: Account, last: Millis | None) -> bool:
        """Whether a fill is to be booked: in an account where none was, only those of now and our own."""
        if last is not None or account.account_type is AccountType.PAPER:
            return True
        is_new = (fill.exec_ts or 0) >= self._first_looks[account.account_id] - _OVERLAP_MS
        return is_new or fill.order_link_id.startswith(self.runner.prefix)

    def _moment(self) -> Millis:
        """The moment of now, in monotonic milliseconds."""
        return Millis(round(self.clock.monotonic() * 1000))

    def _dated(self, account: Account, moment: Millis) -> Millis:
        """That moment by the clock of the account's exchange, which ours may be hours away from."""
        its_now = None if account.account_type is AccountType.PAPER else self.bybit_now
        return Millis((its_now or self.clock.now)() - (self._moment() - moment))

    def _patience(self, account: Account) -> Patience:
        return PRACTICE if account.account_type is AccountType.PAPER else self.patience

    async def _facts(self, plans: Iterable[TradePlan], positions: Positions) -> MarketFacts:
        """Rules of the symbols, and prices where a decision needs one, as far as they are answered."""
        stops = {(each.symbol, each.position_idx): each.stop_loss for each in positions.items}
        instruments: dict[Symbol, Instrument] = {}
        prices: dict[Symbol, Decimal] = {}
        for plan in plans:
            with suppress(ExchangeError):
                found = await self.reads.instrument(Category.LINEAR, plan.symbol)
                if found is not None:
                    instruments[plan.symbol] = found
            is_held = (plan.symbol, plan.position_idx) in stops
            is_naked = is_held and plan.stop is not None and not stops[plan.symbol, plan.position_idx]
            if is_naked or (is_held and plan.breakeven is Breakeven.AFTER_FIRST_TARGET):
                with suppress(ExchangeError):
                    ticker = await self.reads.ticker(plan.symbol)
                    is_index = plan.stop_trigger_by is TriggerBy.INDEX
                    prices[plan.symbol] = (ticker.index_price if is_index else None) or ticker.last_price
        return MarketFacts(instruments=instruments, prices=prices)


def _priority(state: OpenState) -> RequestPriority:
    """What waits for an answer, and stops that were not seen yet, come before new entries."""
    is_awaited = any(each.state in _AWAITED or each.is_counting for each in state.live)
    is_naked = any(each.first_fill_ts is not None and each.protected_ts is None for each in state.plans)
    return RequestPriority.CANCEL if is_awaited or is_naked else RequestPriority.RECONCILE
