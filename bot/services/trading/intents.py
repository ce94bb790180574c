"""Intents on their way: written down, sent once, and watched until the exchange has said what became of them."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Final

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ClockTrouble, ExchangeError, ExchangeRejected, ExchangeRestricted, KeyTrouble, NotSent
from bot.domain.ids import AccountId, Millis, OrderLinkId
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LeverageRequest,
    OrderRequest,
    TradingStop,
)
from bot.domain.portfolio import LegKey
from bot.domain.ports.clock import Clock
from bot.domain.ports.plans import IntentNews, TradingQueries
from bot.domain.ports.reads import CacheDrops
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.ports.trading import OrderGateway
from bot.domain.priorities import RequestPriority, at_priority
from bot.domain.refusals import HELD, LINK_ID_KNOWN, MODE, NO_GATEWAY, UNCHANGED, WRONG_PARAMETER, reason_of
from bot.domain.trade_plans import UNSETTLED, IntentKind, IntentState, NewIntent, OrderIntent
from bot.services.trading.signals import AccountSignals, wait_for
from bot.services.trading.stages import Stage, StageTimes

_logger = logging.getLogger(__name__)

_RANDOM_BYTES: Final = 15  # 120 bits: 20 characters
_DEFINITE: Final = (ExchangeRejected, KeyTrouble, ExchangeRestricted, ClockTrouble)
_LANES: Final = {
    IntentKind.ENTRY: "entry",
    IntentKind.LEVERAGE: "entry",  # before the entries that need it
    IntentKind.CLOSE: "close",
    IntentKind.REDUCE: "close",
    IntentKind.STOP: "stop",
    IntentKind.TARGET: "target",
}
"""Requests of one lane of a leg go one after the other; cancels and amends side by side."""
_PRIORITIES: Final = {
    IntentKind.CLOSE: RequestPriority.CLOSE,
    IntentKind.REDUCE: RequestPriority.CLOSE,
    IntentKind.CANCEL: RequestPriority.CANCEL,
    IntentKind.STOP: RequestPriority.CANCEL,
    IntentKind.AMEND: RequestPriority.CANCEL,
    IntentKind.TARGET: RequestPriority.CANCEL,
    IntentKind.ENTRY: RequestPriority.CREATE,
    IntentKind.LEVERAGE: RequestPriority.CREATE,
}
_OF_THE_MOMENT: Final = frozenset({IntentKind.ENTRY, IntentKind.LEVERAGE})
"""What is held back is not sent later: its card is old by then."""
_SHORTEST_WAIT_S: Final = 0.1  # of an exit that was held back
_LONGEST_WAIT_S: Final = 30.0


_ACCEPTED: Final = frozenset({IntentState.ACKNOWLEDGED, IntentState.DONE})


@dataclass(slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRunner:
    """Writes intents and sends them, each once. `wakers` are told of an account with news."""

    transactions: Transactions
    queries: TradingQueries
    gateways: Mapping[AccountType, OrderGateway]
    clock: Clock
    signals: AccountSignals
    drops: CacheDrops
    tasks: TaskSet
    stages: StageTimes
    prefix: str  # of this installation: what carries it and has no row is ours all the same
    wakers: list[Callable[[AccountId], None]] = field(default_factory=list)
    _lanes: dict[tuple[LegKey, str], _Lane] = field(default_factory=dict, init=False, repr=False, compare=False)
    _in_flight: set[int] = field(default_factory=set, init=False, repr=False, compare=False)
    _sending: Counter[AccountId] = field(default_factory=Counter, init=False, repr=False, compare=False)
    _granted: set[OrderLinkId] = field(default_factory=set, init=False, repr=False, compare=False)

    def new_link_id(self) -> OrderLinkId:
        """The installation's prefix and 120 random bits."""
        return OrderLinkId(self.prefix + secrets.token_urlsafe(_RANDOM_BYTES))

    async def add(self, unit: UnitOfWork, new: NewIntent, now: Millis) -> OrderIntent:
        """The intent's row; the one that is there already if its idempotency key is."""
        return await unit.intents.add(new, now)

    async def start(self, unit: UnitOfWork, account: Account, intent: OrderIntent, now: Millis) -> OrderIntent:
        """SENDING in the transaction that writes it, where nothing is before it in its queue and nothing is against it.

        Otherwise, and where the budget of requests has no room at once, as it is. `launch` it after the commit in
        either case.
        """
        name, gateway = _LANES.get(intent.kind), self.gateways.get(account.account_type)
        is_queued = name is not None and (intent.leg, name) in self._lanes
        if intent.state is not IntentState.INTENT or is_queued or gateway is None:
            return intent
        with at_priority(_PRIORITIES[intent.kind]):
            has_room = gateway.has_room(account, intent.request)
        if not has_room or await unit.intents.why_not(intent.intent_id, now):
            return intent
        sending = await unit.intents.start_sending(intent.intent_id, now)
        if sending is None:
            return intent
        self._granted.add(sending.order_link_id)
        return sending

    def launch(self, intents: Sequence[OrderIntent], account: Account | None = None) -> None:
        """Send them, after their commit, each in the queue of its leg. Returns at once; what was sent stays sent.

        `account`: whose they are, as it was read a moment ago; None: it is read.
        """
        for intent in intents:
            is_granted = intent.order_link_id in self._granted
            self._granted.discard(intent.order_link_id)
            may_go = is_granted or intent.state is IntentState.INTENT
            if may_go and intent.intent_id not in self._in_flight:
                self._in_flight.add(intent.intent_id)
                self.tasks.start(self._run(intent, account), f"intent {intent.intent_id}")

    def is_in_flight(self, intent: OrderIntent) -> bool:
        """Whether this process is about to send it or waits for its answer."""
        return intent.intent_id in self._in_flight or intent.order_link_id in self._granted

    def is_sending(self, account_id: AccountId) -> bool:
        """Whether an answer of that account is waited for, after which `wakers` are told."""
        return account_id in self._sending

    async def finished(self, intents: Sequence[OrderIntent], *, timeout_s: float) -> tuple[OrderIntent, ...]:
        """The intents as they stand when each is known to be accepted, done or refused, or when the time is over."""
        if not intents:
            return ()
        ids = [each.intent_id for each in intents]
        account_id = intents[0].leg.account_id
        end = asyncio.get_running_loop().time() + timeout_s
        while True:
            change = self.signals.next_change(account_id)
            found = await self.queries.intents(ids)
            left = end - asyncio.get_running_loop().time()
            if left <= 0 or not any(each.state in UNSETTLED for each in found):
                return found
            await wait_for(change, left)

    async def close(self) -> None:
        """Let what is under way be answered, for a few seconds; the next start asks what became of the rest."""
        await self.tasks.close(grace_s=2.0)

    async def _run(self, intent: OrderIntent, account: Account | None) -> None:
        try:
            with self._lane(intent) as lane:
                async with lane:
                    await self._send_once(intent, account)
        finally:
            self._in_flight.discard(intent.intent_id)
            self._tell(intent.leg.account_id)

    @contextmanager
    def _lane(self, intent: OrderIntent) -> "Iterator[AbstractAsyncContextManager[None]]":
        name = _LANES.get(intent.kind)
        if name is None:
            yield nullcontext()
            return
        key = (intent.leg, name)
        lane = self._lanes.setdefault(key, _Lane())
        lane.users += 1
        try:
            yield lane.lock
        finally:
            lane.users -= 1
            if not lane.users:
                del self._lanes[key]

    async def _send_once(self, intent: OrderIntent, account: Account | None) -> None:
        if account is None:
            account = await self.queries.account(intent.leg.account_id)
        gateway = None if account is None else self.gateways.get(account.account_type)
        if account is None or gateway is None:
            await self._give_up(intent, NO_GATEWAY)
            return
        with at_priority(_PRIORITIES[intent.kind]):
            await self._send(account, gateway, intent)

    async def _send(self, account: Account, gateway: OrderGateway, intent: OrderIntent) -> None:
        """Once there is room: entries of now or never, everything else until there is some."""
        waits = not gateway.has_room(account, intent.request)
        news: IntentNews | None = None
        while news is None:
            try:
                async with gateway.admission(account, intent.request):
                    sending = await self._begun(intent, waits=waits)
                    if sending is None:
                        return
                    intent = sending
                    self.signals.changed(account.account_id)
                    self.stages.sent(sending, self.clock.now())
                    began = self.clock.monotonic()
                    with self._waiting_for(account.account_id):
                        news = await self._answer_of(account, sending)
                    if news.state in _ACCEPTED:
                        self.stages.observe(Stage.WIRE_ACK, self.clock.monotonic() - began)
            except KeyTrouble as trouble:  # of the admission: nothing was sent
                news = await self._refused(account, intent, trouble)
            except NotSent as held:
                if intent.kind in _OF_THE_MOMENT:
                    await self._give_up(intent, HELD)
                    return
                _logger.warning("intent %d waits to be sent: %s", intent.intent_id, held)
                await asyncio.sleep(min(max(held.retry_after, _SHORTEST_WAIT_S), _LONGEST_WAIT_S))
                waits = True
        async with self.transactions.begin_aside(is_urgent=True) as unit:  # the next of the leg's queue waits for it
            await unit.intents.note(intent.intent_id, news, self.clock.now())

    async def _give_up(self, intent: OrderIntent, reason: str) -> None:
        """Nothing of it has left this process."""
        async with self.transactions.begin_aside() as unit:
            news = IntentNews(state=IntentState.ABANDONED, reason=reason)
            await unit.intents.note(intent.intent_id, news, self.clock.now())

    @contextmanager
    def _waiting_for(self, account_id: AccountId) -> Iterator[None]:
        self._sending[account_id] += 1
        try:
            yield
        finally:
            self._sending[account_id] -= 1
            if not self._sending[account_id]:
                del self._sending[account_id]

    async def _begun(self, intent: OrderIntent, *, waits: bool) -> OrderIntent | None:
        """SENDING as of now, committed; None where it may not be sent any more, which is committed as well.

        What is SENDING already and did not wait is looked at no more: its commit was a moment ago.
        """
        if intent.state is IntentState.SENDING and not waits:
            return intent
        now = self.clock.now()
        async with self.transactions.begin_aside(is_urgent=True) as unit:
            reason = await unit.intents.why_not(intent.intent_id, now, at=intent.state)
            if not reason:
                return await unit.intents.start_sending(intent.intent_id, now, at=intent.state)
            if reason not in {"intent-sent", "intent-gone"}:
                news = IntentNews(state=IntentState.ABANDONED, reason=reason)
                await unit.intents.note(intent.intent_id, news, now)
        return None

    async def _answer_of(self, account: Account, intent: OrderIntent) -> IntentNews:
        """What the exchange said; whatever is no definite answer is unknown. Raises NotSent."""
        try:
            try:
                return await self._asked(account, intent)
            except ClockTrouble:
                if intent.kind is IntentKind.ENTRY:
                    raise
                return await self._asked(account, intent)  # signed anew: nothing was done
        except _DEFINITE as refusal:
            return await self._refused(account, intent, refusal)
        except NotSent:
            raise
        except ExchangeError as trouble:
            _logger.warning("the outcome of intent %d is not known: %s", intent.intent_id, trouble)
            return IntentNews(state=IntentState.UNKNOWN, code=trouble.code, request_id=trouble.request_id)
        except Exception:
            _logger.exception("the outcome of intent %d is not known", intent.intent_id)
            return IntentNews(state=IntentState.UNKNOWN)

    async def _asked(self, account: Account, intent: OrderIntent) -> IntentNews:
        """The answer to the call; what is said to stand already is read back. Raises ExchangeErrors."""
        try:
            return await self._call(account, intent)
        except ExchangeRejected as refusal:
            if refusal.code not in UNCHANGED or intent.is_order:
                raise
            return await self._read_back(account, intent)

    async def _refused(self, account: Account, intent: OrderIntent, refusal: ExchangeError) -> IntentNews:
        news = _news_of(intent, refusal)
        if refusal.code == WRONG_PARAMETER and await self._is_of_another_mode(account, intent):
            return replace(news, reason=MODE)
        return news

    async def _is_of_another_mode(self, account: Account, intent: OrderIntent) -> bool:
        """Whether an entry was refused because the position mode was switched since its card."""
        request = intent.request
        if not isinstance(request, OrderRequest) or intent.kind is not IntentKind.ENTRY:
            return False
        try:
            settings = await self.gateways[account.account_type].leg_settings(account, request.symbol)
        except ExchangeError as trouble:
            _logger.info("the mode behind a refusal of intent %d can't be read: %s", intent.intent_id, trouble)
            return False
        return settings.position_idx(request.side) != request.position_idx

    async def _read_back(self, account: Account, intent: OrderIntent) -> IntentNews:
        """It is said to stand as asked for, which is believed when it is seen; the settlement looks at stops."""
        if isinstance(intent.request, LeverageRequest):
            try:
                settings = await self.gateways[account.account_type].leg_settings(account, intent.request.symbol)
            except ExchangeError as trouble:
                _logger.warning("leverage of intent %d can't be read back: %s", intent.intent_id, trouble)
                return IntentNews(state=IntentState.UNKNOWN)
            if settings.buy_leverage == settings.sell_leverage == intent.request.leverage:
                return IntentNews(state=IntentState.DONE)
        return IntentNews(state=IntentState.UNKNOWN)

    async def _call(self, account: Account, intent: OrderIntent) -> IntentNews:
        gateway = self.gateways[account.account_type]
        match intent.request:
            case OrderRequest() as order:
                acknowledged = await gateway.create(account, order)
                self._drop_cached(account, intent)
                return IntentNews(
                    state=IntentState.ACKNOWLEDGED,
                    order_id=acknowledged.order_id,
                    request_id=acknowledged.request_id,
                )
            case AmendRequest() as amend:
                await gateway.amend(account, amend)
            case CancelRequest() as cancel:
                await gateway.cancel(account, cancel)
            case TradingStop() as stop:
                await gateway.set_trading_stop(account, stop)
            case LeverageRequest() as leverage:
                await gateway.set_leverage(account, leverage)
        self._drop_cached(account, intent)
        return IntentNews(state=IntentState.DONE)

    def _drop_cached(self, account: Account, intent: OrderIntent) -> None:
        """The exchange has taken it: screens ask anew from now on, not only once its answer is written down."""
        whose = (account.user_id, account.exchange, account.account_type)
        match intent.kind:
            case IntentKind.ENTRY | IntentKind.TARGET | IntentKind.AMEND | IntentKind.CANCEL:
                self.drops.on_order_placed(*whose)
            case IntentKind.CLOSE | IntentKind.REDUCE:
                self.drops.on_position_closed(*whose)
            case IntentKind.STOP:
                self.drops.invalidate_position_cache(*whose)
            case IntentKind.LEVERAGE:  # the margin of what is held changes with it
                self.drops.invalidate_position_cache(*whose)
                self.drops.invalidate_balance_cache(*whose)

    def _tell(self, account_id: AccountId) -> None:
        self.signals.changed(account_id)
        for wake in self.wakers:
            wake(account_id)


def _news_of(intent: OrderIntent, refusal: ExchangeError) -> IntentNews:
    """A definite no, but for an id that was new and is there: an alarm, and what it means is asked."""
    if refusal.code == LINK_ID_KNOWN:
        _logger.error("an order of a new id is there already: %s", refusal, extra={"intent_id": intent.intent_id})
        return IntentNews(state=IntentState.UNKNOWN, code=refusal.code, request_id=refusal.request_id)
    state = IntentState.REJECTED if intent.is_order else IntentState.REFUSED
    return IntentNews(state=state, code=refusal.code, reason=reason_of(refusal), request_id=refusal.request_id)
