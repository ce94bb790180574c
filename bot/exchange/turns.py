"""Who goes next: one line for every call, by priority, then by turns among those who wait, cancel-safe."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Protocol

from bot.domain.errors import BackOff
from bot.domain.ports import Clock
from bot.exchange.pacing import Pace

_LEAST_WAIT: Final = 0.1  # seconds: what a refused call is told at least


class Priority(IntEnum):
    """Who goes first. The lower, the sooner."""

    CLOSE = 0
    CANCEL = 1
    CREATE = 2
    RECONCILE = 3
    VIEW = 4


class Timer(Protocol):
    """A callback that was set for later."""

    def cancel(self) -> None: ...


Later = Callable[[float, Callable[[], None]], Timer]  # seconds, callback


def loop_later(delay: float, callback: Callable[[], None]) -> Timer:
    """`Later` of the running loop."""
    return asyncio.get_running_loop().call_later(delay, callback)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What asks for a turn. Calls of one `group` go in order; groups take turns.

    `paces` are what only some calls must keep; the line's own pace is kept by all. `patience` in seconds.
    """

    priority: Priority
    group: Hashable
    host: str
    paces: tuple[Pace, ...]
    patience: float


@dataclass(slots=True, eq=False)
class _Waiter:
    call: Call
    deadline: float
    turn: asyncio.Future[None]
    is_in_line: bool = True


_Line = OrderedDict[Hashable, deque[_Waiter]]


@dataclass(slots=True, kw_only=True)
class Turns:
    """The line. A call whose wait would pass its patience is refused at once; so is one that waited that long.

    An urgent call that waits only for a pace of its own holds nobody up.
    """

    clock: Clock
    pace: Pace  # what all calls together keep
    later: Later = loop_later
    waiting: int = field(default=0, init=False)
    refused: int = field(default=0, init=False)
    _lines: tuple[_Line, ...] = field(default_factory=lambda: tuple(OrderedDict() for _ in Priority), init=False)
    _timer: Timer | None = field(default=None, init=False)

    def go(self, paces: tuple[Pace, ...]) -> bool:
        """Let a call with these paces through if nobody waits and all of them agree."""
        if self.waiting:
            return False
        now = self.clock.monotonic()
        if self._delay(paces, now) > 0:
            return False
        self._take(paces, now)
        return True

    async def wait(self, call: Call) -> None:
        """Return when it is this call's turn. Raises BackOff."""
        now = self.clock.monotonic()
        waiter = self._join(call, now)
        self._serve(now)
        if not waiter.turn.done():
            self._refuse_if_hopeless(waiter, now)
        try:
            await waiter.turn
        except asyncio.CancelledError:
            self._leave(waiter)
            raise

    def give_back(self, paces: tuple[Pace, ...]) -> None:
        """A call that was let through will not be made."""
        for pace in (self.pace, *paces):
            pace.give_back()

    def refuse(self, why: Callable[[str], BackOff | None]) -> None:
        """Refuse every waiting call for whose host `why` has an error."""
        for waiter in tuple(self._waiters()):
            error = why(waiter.call.host)
            if error is not None:
                self._refuse(waiter, error)
        self._arm(self.clock.monotonic())

    def _join(self, call: Call, now: float) -> _Waiter:
        waiter = _Waiter(call, now + call.patience, asyncio.get_running_loop().create_future())
        self._lines[call.priority].setdefault(call.group, deque()).append(waiter)
        self.waiting += 1
        return waiter

    def _remove(self, waiter: _Waiter) -> None:
        if not waiter.is_in_line:
            return
        waiter.is_in_line = False
        line = self._lines[waiter.call.priority]
        group = line[waiter.call.group]
        group.remove(waiter)
        self.waiting -= 1
        if not group:
            del line[waiter.call.group]

    def _leave(self, waiter: _Waiter) -> None:
        """A waiting call was canceled: free its place, or the turn that it was given and cannot use."""
        turn = waiter.turn
        self._remove(waiter)
        if not turn.cancelled() and turn.exception() is None:
            self.give_back(waiter.call.paces)
        self._serve(self.clock.monotonic())

    def _refuse(self, waiter: _Waiter, error: BackOff) -> None:
        self._remove(waiter)
        if not waiter.turn.done():  # it may have been canceled in this very turn of the loop
            self.refused += 1
            waiter.turn.set_exception(error)

    def _refuse_if_hopeless(self, waiter: _Waiter, now: float) -> None:
        call = waiter.call
        before = len(self._lines[call.priority][call.group]) - 1
        waits = [pace.delay(now, before) for pace in call.paces]
        wait = max(*waits, self.pace.delay(now, self._ahead(waiter, before)), 0.0)
        if wait > call.patience:
            self._refuse(waiter, _too_busy(wait))

    def _ahead(self, waiter: _Waiter, before: int) -> int:
        """How many go first: all who are more urgent, and of each equal group as many as of this one."""
        call = waiter.call
        urgent = sum(len(group) for line in self._lines[: call.priority] for group in line.values())
        equal = self._lines[call.priority]
        others = sum(min(len(group), before + 1) for name, group in equal.items() if name != call.group)
        return urgent + others + before

    def _tick(self) -> None:
        self._timer = None
        now = self.clock.monotonic()
        self._serve(now)
        overdue = [waiter for waiter in self._waiters() if waiter.deadline <= now]
        for waiter in overdue:
            self._refuse(waiter, _too_busy(self._delay(waiter.call.paces, now)))
        if overdue:
            self._arm(now)

    def _serve(self, now: float) -> None:
        """Let through everyone who may go now, and set the timer for the next one."""
        while (waiter := self._next(now)) is not None:
            call = waiter.call
            self._remove(waiter)
            if waiter.turn.done():  # canceled in this very turn of the loop
                continue
            if call.group in self._lines[call.priority]:
                self._lines[call.priority].move_to_end(call.group)
            self._take(call.paces, now)
            waiter.turn.set_result(None)
        self._arm(now)

    def _next(self, now: float) -> _Waiter | None:
        if not self.waiting or self.pace.delay(now) > 0:
            return None
        heads = (group[0] for line in self._lines for group in line.values())
        return next((head for head in heads if self._delay(head.call.paces, now) == 0), None)

    def _arm(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self.waiting:
            return
        heads = [group[0] for line in self._lines for group in line.values()]
        ready = self.pace.delay(now) or min(self._delay(head.call.paces, now) for head in heads)
        expires = min(head.deadline for head in heads) - now  # of one group, the first to come is the first to go
        self._timer = self.later(max(0.0, min(ready, expires)), self._tick)

    def _delay(self, paces: tuple[Pace, ...], now: float) -> float:
        wait = self.pace.delay(now)
        for pace in paces:
            wait = max(wait, pace.delay(now))
        return wait

    def _take(self, paces: tuple[Pace, ...], now: float) -> None:
        self.pace.take(now)
        for pace in paces:
            pace.take(now)

    def _waiters(self) -> Iterator[_Waiter]:
        return (waiter for line in self._lines for group in line.values() for waiter in group)


def _too_busy(wait: float) -> BackOff:
    return BackOff("our own budget of requests is used up", retry_after=max(_LEAST_WAIT, wait))
