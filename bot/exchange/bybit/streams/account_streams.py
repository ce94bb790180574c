"""The private streams of all accounts that want one: opened in their order, looked after each second, made anew.

Implements `bot.domain.ports.streams.StreamWatch`.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from random import random
from typing import Final

from yarl import URL

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account
from bot.domain.ids import MINUTE, AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.orders import LegSettings
from bot.domain.portfolio import Balance, Execution, Orders, Positions
from bot.domain.ports.clock import Clock
from bot.domain.ports.streams import StreamRecords
from bot.domain.trade_plans import AnyRequest
from bot.exchange.bybit.streams.account_stream import COMPARE_ACTIVE_S, AccountStream
from bot.exchange.bybit.streams.account_told import AccountTold
from bot.exchange.bybit.streams.parts import ConnectResult, StreamParts
from bot.exchange.bybit.streams.ramp import MOST, WINDOW_MS, StreamRamp

USED_MS: Final = 15 * MINUTE  # that an account keeps its stream after it was used
_LOOK_EVERY_S: Final = 5.0  # for accounts that want a stream
_LINGER_S: Final = 60.0
_TICKS_AT_ONCE: Final = 50
_COMPARES_A_ROUND: Final = 2  # of four calls each: a tenth of the budget
_IDLE_COMPARE_S: Final = 1.0  # between two of accounts in which nothing goes on, as long as none waits too long
_LONGEST_IDLE_S: Final = 600.0
_AT_ONCE: Final = 20  # connections that are being made
_LONGEST_PAUSE_S: Final = 20.0
_GOOD_AFTER_S: Final = 30.0  # a connection that lasted so long owes nothing to the failures before it
_REFUSALS: Final = 3  # logins in a row that Bybit did not take
_REFUSED_S: Final = 20.0  # the pause after those, which doubles with each further one
_LOCKED_S: Final = 1800.0  # and is no longer than this
_SLOW_SHARE: Final = 0.05
_SLOW_LEAST: Final = 5
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Slot:
    """An account that wants a stream, or did a moment ago. Monotonic seconds."""

    account: Account
    rank: int
    stream: AccountStream | None = None
    next_try: float = 0.0
    failures: int = 0
    refusals: int = 0
    was_up: bool = False
    unwanted_since: float | None = None


@dataclass(slots=True, kw_only=True)
class AccountStreams:
    """`url_of` makes the address of an account's private stream. `round` is called about each second.

    `at_most`: connections to a host within five minutes.
    """

    clock: Clock
    records: StreamRecords
    parts: StreamParts
    url_of: Callable[[Account], str]
    randomness: Callable[[], float] = random
    at_most: int = MOST
    connects: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(ConnectResult, 0)), init=False)
    mute: int = field(default=0, init=False)
    mishaps: int = field(default=0, init=False)
    _slots: dict[AccountId, _Slot] = field(default_factory=dict, init=False)
    _ramps: dict[str, StreamRamp] = field(default_factory=dict, init=False)
    _tasks: TaskSet = field(default_factory=TaskSet, init=False)
    _look_at: float = field(default=0.0, init=False)
    _opening: int = field(default=0, init=False)

    async def round(self) -> int:
        """One look at everything; how many streams are up. Raises StorageTrouble."""
        now = self.clock.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_EVERY_S
            self._note_wanted(await self.records.wanted(Millis(self.clock.now() - USED_MS)), now)
        for number, stream in enumerate(self._streams(), 1):
            stream.tick(now)
            if number % _TICKS_AT_ONCE == 0:
                await asyncio.sleep(0)  # a thousand of them would hold the loop for a tenth of a second
        idle_s = min(max(COMPARE_ACTIVE_S, self.connected * _IDLE_COMPARE_S), _LONGEST_IDLE_S)
        due = [each for each in self._streams() if each.wants_compare(now, idle_s)]
        for stream in due[:_COMPARES_A_ROUND]:
            stream.compare()
        await self._open_due(now)
        return self.connected

    async def close(self) -> None:
        """End the stream of every account, without telling anybody."""
        await self._tasks.close()

    # --- bot.domain.ports.streams.StreamWatch -----------------------------------------------------------------

    def is_healthy(self, account_id: AccountId) -> bool:
        """Whether that account's stream tells everything that happens there, as the port says it."""
        stream = self._stream(account_id)
        return stream is not None and stream.is_healthy

    # --- what others tell it ----------------------------------------------------------------------------------

    def take(
        self,
        account_id: AccountId,
        answer: Positions | Orders | Balance,
        asked: float,
        categories: Collection[Category] = tuple(Category),
    ) -> None:
        """An answer by REST, and the monotonic second in which it was asked for; of orders, those of `categories`."""
        stream = self._stream(account_id)
        if stream is not None:
            stream.take(answer, asked, categories)

    def take_fills(self, account_id: AccountId, answer: Iterable[Execution], since: Millis, asked: float) -> None:
        """Every execution since a moment, asked for in that monotonic second."""
        stream = self._stream(account_id)
        if stream is not None:
            stream.told.take_fills(answer, since, asked)

    def take_settings(self, account_id: AccountId, settings: LegSettings, asked: float) -> None:
        """The same of a symbol's settings."""
        stream = self._stream(account_id)
        if stream is not None:
            stream.told.take_settings(settings, asked)

    def told(self, account_id: AccountId) -> AccountTold | None:
        """What a healthy stream has told of the account."""
        stream = self._stream(account_id)
        return stream.told if stream is not None and stream.is_healthy else None

    def sent(self, account: Account, request: AnyRequest, at: float) -> None:
        """The exchange took a write that was sent in that monotonic second: its events are due."""
        stream = self._stream(account.account_id)
        if stream is not None:
            stream.expect(request, at)

    def dropped(self, account_id: AccountId) -> None:
        """A commit dropped what the cache had of the account."""
        stream = self._stream(account_id)
        if stream is not None:
            stream.dropped()

    def evict(self, account_id: AccountId) -> None:
        """Its key changed: a new stream, by what is stored now, and without what was refused before."""
        slot = self._slots.get(account_id)
        if slot is None:
            return
        slot.failures = slot.refusals = 0
        slot.next_try = self.clock.monotonic()
        if slot.stream is not None:
            self._tasks.start(slot.stream.close("the key changed"), "end of a stream")

    # --- figures ----------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> int:
        return sum(slot.unwanted_since is None for slot in self._slots.values())

    @property
    def connected(self) -> int:
        return sum(each.is_live for each in self._streams())

    @property
    def late(self) -> int:
        return sum(each.is_behind for each in self._streams())

    def is_slow(self) -> bool:
        """Whether so many streams are late at once that none is made anew: then it is Bybit."""
        late = self.late
        return late >= _SLOW_LEAST and late > _SLOW_SHARE * self.connected

    def problems(self) -> tuple[str, ...]:
        """What of the private streams /readyz has to name."""
        return ("Bybit is slow: its streams are late",) if self.is_slow() else ()

    def ages(self) -> list[float]:
        """Seconds since each live stream was heard."""
        now, links = self.clock.monotonic(), [each.link for each in self._streams() if each.is_live]
        return [now - link.heard_at for link in links if link is not None]

    @property
    def symbols(self) -> frozenset[Symbol]:
        """Where a position of an account with a stream stands."""
        return frozenset().union(*(each.book.symbols for each in self._streams() if each.is_live))

    # --- opening and ending -----------------------------------------------------------------------------------

    def _note_wanted(self, found: Sequence[Account], now: float) -> None:
        """In the order of their ranks. What is not wanted any more lingers for a minute."""
        wanted = {account.account_id for account in found}
        for rank, account in enumerate(found):
            slot = self._slots.setdefault(account.account_id, _Slot(account, rank))
            slot.account, slot.rank, slot.unwanted_since = account, rank, None
        for account_id, slot in tuple(self._slots.items()):
            if account_id in wanted:
                continue
            slot.unwanted_since = now if slot.unwanted_since is None else slot.unwanted_since
            if slot.stream is None:
                del self._slots[account_id]
            elif now - slot.unwanted_since >= _LINGER_S:
                self._tasks.start(slot.stream.close("nobody wants it"), "end of a stream")

    async def _open_due(self, now: float) -> None:
        """Those that were up first, then by rank; as many as the host allows. Stored before they are made."""
        due = [each for each in self._slots.values() if self._is_due(each, now)]
        chosen: list[tuple[_Slot, StreamRamp]] = []
        for slot in sorted(due, key=lambda each: (not each.was_up, each.rank)):
            if self._opening + len(chosen) >= _AT_ONCE:
                break
            ramp = await self._ramp(slot.account)
            if ramp.take(is_repair=slot.was_up):
                chosen.append((slot, ramp))
        if chosen:
            await self.records.note_connections([ramp.host for _, ramp in chosen], self.clock.now())
        for slot, ramp in chosen:
            self._opening += 1
            url = self.url_of(slot.account)
            slot.stream = AccountStream(slot.account, url, self.parts, is_repair=slot.was_up)
            self._tasks.start(self._run(slot, slot.stream, ramp), f"stream of account {slot.account.account_id}")

    def _is_due(self, slot: _Slot, now: float) -> bool:
        return slot.stream is None and slot.unwanted_since is None and now >= slot.next_try

    async def _ramp(self, account: Account) -> StreamRamp:
        host = URL(self.url_of(account)).host or ""
        if host not in self._ramps:
            opened = await self.records.connections_since(host, Millis(self.clock.now() - WINDOW_MS))
            self._ramps[host] = StreamRamp(host, clock=self.clock, opened=opened, most=self.at_most)
        return self._ramps[host]

    async def _run(self, slot: _Slot, stream: AccountStream, ramp: StreamRamp) -> None:
        started = self.clock.monotonic()
        result: ConnectResult | None = None

        def connected(what: ConnectResult) -> None:
            nonlocal result
            result = what
            self._opening -= 1
            self.connects[what] += 1
            if what is ConnectResult.FAILED:
                ramp.failed()
            else:
                ramp.succeeded()

        try:
            why = await stream.run(connected)
            _logger.info("the stream of account %d has ended: %s", slot.account.account_id, why)
        finally:  # whatever ended it: one that fails in an unknown way is not tried each second
            if result is None:
                self._opening -= 1
                ramp.failed()
            slot.stream = None
            self.mishaps += 0 if stream.link is None else stream.link.mishaps
            self.mute += stream.is_mute
            self._plan_next(slot, result, self.clock.monotonic() - started)

    def _plan_next(self, slot: _Slot, result: ConnectResult | None, lasted: float) -> None:
        """At once after a good connection; a refused key is tried seldom, and not for ever in a row."""
        is_good = result is ConnectResult.OK
        slot.was_up = slot.was_up or is_good
        slot.failures = 0 if is_good and lasted >= _GOOD_AFTER_S else slot.failures + 1
        slot.refusals = 0 if is_good else slot.refusals + (result in (ConnectResult.REFUSED, ConnectResult.NO_KEY))
        pause = min(2.0 ** min(slot.failures - 1, 10), _LONGEST_PAUSE_S) if slot.failures else 0.0
        if slot.refusals >= _REFUSALS:
            pause = min(_REFUSED_S * 2.0 ** min(slot.refusals - _REFUSALS, 10), _LOCKED_S)
        slot.next_try = self.clock.monotonic() + pause * (0.5 + self.randomness() / 2)

    def _streams(self) -> list[AccountStream]:
        return [slot.stream for slot in self._slots.values() if slot.stream is not None]

    def _stream(self, account_id: AccountId) -> AccountStream | None:
        slot = self._slots.get(account_id)
        return None if slot is None else slot.stream
