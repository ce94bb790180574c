"""Who goes next: by priority, then by turns among the owners who wait; at a pace, cancel-safe."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from bot.aio.timers import Later, Timer, loop_later
from bot.domain.ports.clock import Clock


class RateLimit(Protocol):
    """A rate to keep. `now` is monotonic seconds."""

    def delay(self, now: float, ahead: int = 0) -> float:
        """Seconds until one call may pass after `ahead` others did; 0: at once."""
        ...

    def take(self, now: float) -> None:
        """Count a call that passes at `now`."""
        ...

    def give_back(self) -> None:
        """A call that was let through was never made."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedCall:
    """What asks for a slot. The smaller the `priority`, the sooner; calls of one `owner` go in order, owners in turns.

    `rate_limits` hold for this call; the queue's shared limit holds for all. `patience_s` in seconds.
    """

    priority: int
    owner: Hashable
    rate_limits: tuple[RateLimit, ...] = ()
    patience_s: float = inf
    target: str = ""  # whom it goes to, for `refuse`


@dataclass(slots=True, eq=False)
class _Waiter:
    call: QueuedCall
    deadline: float
    slot: asyncio.Future[None]
    is_in_line: bool = True


_Line = OrderedDict[Hashable, deque[_Waiter]]


def _too_long(wait_s: float) -> Exception:
    return TimeoutError(f"the turn would come in {wait_s:.1f} s")


@dataclass(slots=True, kw_only=True)
class PriorityQueue:
    """Priorities are 0 to `priorities` - 1.

    A call whose wait would pass its patience is refused at once, and one that waited that long then: with what
    `too_long` makes of the seconds that are left. An urgent call that waits for its own limit holds nobody up.
    """

    clock: Clock
    shared_limit: RateLimit  # what all calls together keep
    priorities: int
    too_long: Callable[[float], Exception] = _too_long
    later: Later = loop_later
    waiting: int = field(default=0, init=False)
    refused: int = field(default=0, init=False)
    _lines: tuple[_Line, ...] = field(init=False)
    _timer: Timer | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._lines = tuple(OrderedDict() for _ in range(self.priorities))

    def has_room(self, rate_limits: tuple[RateLimit, ...] = ()) -> bool:
        """Whether `go` would let a call with these rate limits through."""
        return not self.waiting and self._delay(rate_limits, self.clock.monotonic()) <= 0

    def go(self, rate_limits: tuple[RateLimit, ...] = ()) -> bool:
        """Let a call with these rate limits through if nobody waits and all of them agree."""
        if self.waiting:
            return False
        now = self.clock.monotonic()
        if self._delay(rate_limits, now) > 0:
            return False
        self._take(rate_limits, now)
        return True

    async def wait(self, call: QueuedCall) -> None:
        """Return when the call may be made. Raises what `too_long` or `refuse` makes."""
        now = self.clock.monotonic()
        waiter = self._join(call, now)
        self._serve(now)
        if not waiter.slot.done():
            self._refuse_if_hopeless(waiter, now)
        try:
            await waiter.slot
        except asyncio.CancelledError:
            self._leave(waiter)
            raise

    def look_again(self) -> None:
        """Let through what the shared limit allows now: for whoever has changed that limit."""
        self._serve(self.clock.monotonic())

    def give_back(self, rate_limits: tuple[RateLimit, ...] = ()) -> None:
        """A call that was let through will not be made."""
        for rate_limit in (self.shared_limit, *rate_limits):
            rate_limit.give_back()

    def refuse(self, why: Callable[[str], Exception | None]) -> None:
        """Refuse every waiting call for whose target `why` has an error."""
        for waiter in tuple(self._waiters()):
            error = why(waiter.call.target)
            if error is not None:
                self._refuse(waiter, error)
        self._arm(self.clock.monotonic())

    def _join(self, call: QueuedCall, now: float) -> _Waiter:
        waiter = _Waiter(call, now + call.patience_s, asyncio.get_running_loop().create_future())
        self._lines[call.priority].setdefault(call.owner, deque()).append(waiter)
        self.waiting += 1
        return waiter

    def _remove(self, waiter: _Waiter) -> None:
        if not waiter.is_in_line:
            return
        waiter.is_in_line = False
        line = self._lines[waiter.call.priority]
        own = line[waiter.call.owner]
        own.remove(waiter)
        self.waiting -= 1
        if not own:
            del line[waiter.call.owner]

    def _leave(self, waiter: _Waiter) -> None:
        """A waiting call was canceled: free its place, or the slot that it was given and cannot use."""
        slot = waiter.slot
        self._remove(waiter)
        if not slot.cancelled() and slot.exception() is None:
            self.give_back(waiter.call.rate_limits)
        self._serve(self.clock.monotonic())

    def _refuse(self, waiter: _Waiter, error: Exception) -> None:
        self._remove(waiter)
        if not waiter.slot.done():  # it may have been canceled in this very turn of the loop
            self.refused += 1
            waiter.slot.set_exception(error)

    def _refuse_if_hopeless(self, waiter: _Waiter, now: float) -> None:
        call = waiter.call
        if call.patience_s == inf:
            return
        before = len(self._lines[call.priority][call.owner]) - 1
        waits = [rate_limit.delay(now, before) for rate_limit in call.rate_limits]
        wait = max(*waits, self.shared_limit.delay(now, self._ahead(waiter, before)), 0.0)
        if wait > call.patience_s:
            self._refuse(waiter, self.too_long(wait))

    def _ahead(self, waiter: _Waiter, before: int) -> int:
        """How many go first: all who are more urgent, and of each equal owner as many as of this one."""
        call = waiter.call
        urgent = sum(len(own) for line in self._lines[: call.priority] for own in line.values())
        equal = self._lines[call.priority]
        others = sum(min(len(own), before + 1) for owner, own in equal.items() if owner != call.owner)
        return urgent + others + before

    def _tick(self) -> None:
        self._timer = None
        now = self.clock.monotonic()
        self._serve(now)
        overdue = [waiter for waiter in self._waiters() if waiter.deadline <= now]
        for waiter in overdue:
            self._refuse(waiter, self.too_long(self._delay(waiter.call.rate_limits, now)))
        if overdue:
            self._arm(now)

    def _serve(self, now: float) -> None:
        """Let through everyone who may go now, and set the timer for the next one."""
        while (waiter := self._next(now)) is not None:
            call = waiter.call
            self._remove(waiter)
            if waiter.slot.done():  # canceled in this very turn of the loop
                continue
            if call.owner in self._lines[call.priority]:
                self._lines[call.priority].move_to_end(call.owner)
            self._take(call.rate_limits, now)
            waiter.slot.set_result(None)
        self._arm(now)

    def _next(self, now: float) -> _Waiter | None:
        if not self.waiting or self.shared_limit.delay(now) > 0:
            return None
        heads = (own[0] for line in self._lines for own in line.values())
        return next((head for head in heads if self._delay(head.call.rate_limits, now) == 0), None)

    def _arm(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self.waiting:
            return
        heads = [own[0] for line in self._lines for own in line.values()]
        ready = self.shared_limit.delay(now) or min(self._delay(head.call.rate_limits, now) for head in heads)
        expires = min(head.deadline for head in heads) - now  # of one owner, the first to come is the first to go
        self._timer = self.later(max(0.0, min(ready, expires)), self._tick)

    def _delay(self, rate_limits: tuple[RateLimit, ...], now: float) -> float:
        wait = self.shared_limit.delay(now)
        for rate_limit in rate_limits:
            wait = max(wait, rate_limit.delay(now))
        return wait

    def _take(self, rate_limits: tuple[RateLimit, ...], now: float) -> None:
        self.shared_limit.take(now)
        for rate_limit in rate_limits:
            rate_limit.take(now)

    def _waiters(self) -> Iterator[_Waiter]:
        return (waiter for line in self._lines for own in line.values() for waiter in own)
