"""One lane a user: in order within it, side by side and fairly between them, bounded everywhere."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from bot.aio.histograms import Histogram
from bot.aio.tasks import TaskSet
from bot.chat.errors import UnreadableUpdate
from bot.chat.inbox_marker import InboxMarker
from bot.chat.sender import Tell
from bot.chat.updates import Incoming, RawUpdate, UpdateType
from bot.domain.chat import AnswerLostMessage, OutboxMessage, SetAsideMessage, outbox_message
from bot.domain.errors import StorageTrouble
from bot.domain.ports.clock import Clock
from bot.domain.update_attempt import ATTEMPTS, UpdateAttempt, current_attempt

_log = logging.getLogger(__name__)

_BACK_OFF_S: Final = (0.3, 1.0)  # before the second and the third attempt

SECONDS: Final = (0.05, 0.25, 1.0, 2.5, 10.0)  # from an update's receipt to what was sent for it

LaneKey = tuple[str, int]


class Process(Protocol):
    """Handles one update. An unexpected error is raised or left in the current update attempt."""

    def __call__(self, raw: RawUpdate, /) -> Awaitable[None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneLimits:
    """How much at once, and how long things wait. The high-water mark bounds memory: intake pauses above it."""

    at_once: int = 256
    payments_at_once: int = 32
    high_water: int = 2000
    back_off_s: tuple[float, ...] = _BACK_OFF_S
    outage_pause_s: float = 0.5  # doubled with each attempt that met an outage …
    outage_pause_most_s: float = 4.0
    outage_patience_s: float = 3_600.0  # … for so long


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneStats:
    """Counts since the start; `lanes`, `waiting` (with those being handled) and `running` are of now.

    `seconds`: how long those took that were handled, from their receipt on, what a restart took included. `oldest_s`:
    since the receipt of the oldest that waits or is being handled, 0 without one.
    """

    seconds: Mapping[UpdateType, Histogram]
    oldest_s: float
    handled: int
    failed: int
    set_aside: int
    lanes: int
    waiting: int
    running: int


_Lane = deque[Incoming]  # what is being handled, and what waits behind it


class Lanes:
    """Takes updates in by `put` and runs `process` on each. A lane exists while it has work."""

    def __init__(
        self,
        process: Process,
        tell: Tell,
        marker: InboxMarker,
        clock: Clock,
        limits: LaneLimits = LaneLimits(),
        *,
        enqueue: Callable[[OutboxMessage], Awaitable[None]] | None = None,
    ) -> None:
        """`enqueue` puts a message that must arrive into the outbox."""
        self._process = process
        self._tell = tell
        self._marker = marker
        self._clock = clock
        self._limits = limits
        self._enqueue = enqueue
        self._lanes: dict[LaneKey, _Lane] = {}
        self._gate = asyncio.Semaphore(limits.at_once)  # first come, first served: a lane asks anew for each update
        self._payment_gate = asyncio.Semaphore(limits.payments_at_once)
        self._tasks = TaskSet()  # the lanes, and what senders are told
        self._has_capacity = asyncio.Event()
        self._has_capacity.set()
        self._is_closing = False
        self._waiting = self._running = 0
        self._moved = 0.0  # monotonic: when an attempt last began or ended
        self._handled = self._failed = self._set_aside = 0
        self._seconds = {each: Histogram(SECONDS) for each in UpdateType}

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Lanes"]:
        """On leaving, what has not ended by `drain` is cancelled; it stays in the inbox."""
        try:
            yield self
        finally:
            await self.drain(0)

    def put(self, updates: Sequence[Incoming]) -> None:
        """Line the updates up. After `drain` began they are left to the inbox and the next start."""
        if self._is_closing:
            return
        if not self._waiting:
            self._moved = self._clock.monotonic()
        for update in updates:
            key = _key(update)
            lane = self._lanes.get(key)
            if lane is None:
                lane = self._lanes[key] = _Lane()
                self._tasks.start(self._run(key, lane), f"lane of a {key[0]}")
            lane.append(update)
            self._waiting += 1
        if self._waiting >= self._limits.high_water:
            self._has_capacity.clear()

    async def wait_for_capacity(self) -> None:
        """Wait until there is room for more: the poller asks before each call, so that a flood waits at Telegram."""
        await self._has_capacity.wait()

    async def drain(self, seconds: float) -> int:
        """Take no more in, let the lanes end for so long, cancel the rest. Answers how many updates were left over."""
        self._is_closing = True
        self._has_capacity.set()
        await self._tasks.join(seconds)
        await self._tasks.close()
        left, self._waiting = self._waiting, 0
        return left

    def silent_s(self) -> float:
        """Seconds in which no attempt at any update began or ended; 0 while none waits."""
        return self._clock.monotonic() - self._moved if self._waiting else 0.0

    def trouble(self) -> str | None:
        """That no more can be taken in for now; None while there is room."""
        return None if self._has_capacity.is_set() else f"{self._waiting} updates wait to be handled"

    def stats(self) -> LaneStats:
        return LaneStats(
            seconds=self._seconds,
            oldest_s=max((self._since_receipt(lane[0]) for lane in self._lanes.values() if lane), default=0.0),
            handled=self._handled,
            failed=self._failed,
            set_aside=self._set_aside,
            lanes=len(self._lanes),
            waiting=self._waiting,
            running=self._running,
        )

    async def _run(self, key: LaneKey, lane: _Lane) -> None:
        try:
            while lane:
                await self._serve(lane[0])
                lane.popleft()
                self._waiting -= 1  # only now: a cancelled one is among those left over
                if self._waiting < self._limits.high_water // 2:
                    self._has_capacity.set()
        finally:
            del self._lanes[key]

    async def _serve(self, update: Incoming) -> None:
        """Attempt after attempt, until it is handled or set aside."""
        attempt = min(update.attempts, ATTEMPTS - 1)
        outage = _Outage(self._limits, self._clock)
        while True:
            attempt += 1
            update_attempt = await self._attempt(update, attempt)
            if update_attempt.is_outage and not update_attempt.applied and (pause := outage.pause()) is not None:
                attempt -= 1  # it is not the update's fault
                await asyncio.sleep(pause)
                continue
            if update_attempt.is_answer_doubtful or (update_attempt.is_outage and update_attempt.applied):
                await self._answer_lost(update)
                update_attempt.failure = None
            if update_attempt.failure is None:
                self._handled += 1
                self._seconds[update.type].observe(self._since_receipt(update))
                self._marker.done(update)
                return
            self._failed += 1
            if not update_attempt.may_retry or isinstance(update_attempt.failure, UnreadableUpdate):
                await self._put_aside(update, update_attempt)
                return
            _log.warning("attempt %d at update %d failed: %r", attempt, update.update_id, update_attempt.failure)
            await self._marker.failed(update, attempt, set_aside=False)
            await asyncio.sleep(self._limits.back_off_s[min(attempt, len(self._limits.back_off_s)) - 1])

    async def _attempt(self, update: Incoming, attempt: int) -> UpdateAttempt:
        async with self._payment_gate if update.is_payment else self._gate:
            update_attempt = UpdateAttempt(update.update_id, attempt=attempt, age_s=update.age_s(self._clock.now()))
            token = current_attempt.set(update_attempt)
            self._running += 1
            self._moved = self._clock.monotonic()
            try:
                await self._process(update.raw)
            except Exception as error:  # noqa: BLE001  the last fence: whatever it was, it is in the attempt and logged
                update_attempt.failure = error
            finally:
                self._running -= 1
                self._moved = self._clock.monotonic()
                current_attempt.reset(token)
        return update_attempt

    def _since_receipt(self, update: Incoming) -> float:
        """Seconds, by the clock that outlives a restart."""
        now = self._clock.now()
        return (now - (now if update.received_ts is None else update.received_ts)) / 1000

    async def _answer_lost(self, update: Incoming) -> None:
        """It is done, and perhaps nobody was told: a word that must arrive says so."""
        user_id = update.user_id
        if self._enqueue is None or user_id is None or update.is_payment:  # a receipt is an outbox message already
            return
        key, chat_id = f"answer:{update.update_id}", update.answer_chat(user_id)
        message = outbox_message(AnswerLostMessage(), user_id=user_id, chat_id=chat_id, idempotency_key=key)
        try:
            await self._enqueue(message)
        except StorageTrouble as trouble:
            _log.error("it could not be noted that the answer to update %d is lost: %s", update.update_id, trouble)

    async def _put_aside(self, update: Incoming, update_attempt: UpdateAttempt) -> None:
        self._set_aside += 1
        _log.error(
            "update %d is set aside after %d attempts",
            update.update_id,
            update_attempt.attempt,
            exc_info=update_attempt.failure,
        )
        await self._marker.failed(update, update_attempt.attempt, set_aside=True)
        if update.user_id is not None:
            telling = self._tell(SetAsideMessage.KIND, update.user_id, update.answer_chat(update.user_id))
            self._tasks.start(telling, f"telling a sender {SetAsideMessage.KIND}")


class _Outage:
    """The pauses between attempts at one update while Telegram takes nothing."""

    def __init__(self, limits: LaneLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._began: float | None = None
        self._pause = limits.outage_pause_s

    def pause(self) -> float | None:
        """Seconds until the next attempt; None once the patience is over."""
        now = self._clock.monotonic()
        self._began = now if self._began is None else self._began
        if now - self._began >= self._limits.outage_patience_s:
            return None
        pause, self._pause = self._pause, min(self._pause * 2, self._limits.outage_pause_most_s)
        return pause


def _key(update: Incoming) -> LaneKey:
    """Payments have lanes of their own; what has neither user nor chat shares one."""
    owner = update.user_id if update.user_id is not None else update.chat_id
    return ("payment" if update.is_payment else "user", owner or 0)
