"""The order of updates that a webhook's connections bring side by side: by their ids, as far as two seconds allow."""

from collections.abc import Callable, Sequence
from typing import Final

from bot.aio.timers import Later, Timer, loop_later
from bot.chat.updates import Incoming
from bot.domain.ports.clock import Clock

WITHIN: Final = 2.0  # seconds that an update waits for one with a lower id


class UpdateOrder:
    """Hands updates on to `put`. One whose forerunner is missing waits for it; what comes too late goes on at once."""

    def __init__(self, put: Callable[[Sequence[Incoming]], None], clock: Clock, *, later: Later = loop_later) -> None:
        self._put = put
        self._clock = clock
        self._later = later
        self._next: int | None = None  # the lowest id that is waited for; None before the first update
        self._held: dict[int, tuple[Incoming, float]] = {}  # by id, and when it came
        self._timer: Timer | None = None

    def put(self, updates: Sequence[Incoming]) -> None:
        """Take what was stored; hand on what is in order by now."""
        now = self._clock.monotonic()
        for update in sorted(updates, key=lambda each: each.update_id):
            if self._next is None:
                self._next = update.update_id
            self._held[update.update_id] = (update, now)
        self._go_on()

    def flush(self) -> None:
        """Hand on everything that is held, in order; the next update begins anew."""
        self._next = max(self._held, default=0) + 1
        self._go_on()
        self._next = None

    def _go_on(self) -> None:
        now, ready = self._clock.monotonic(), []
        for update_id in sorted(self._held):
            update, since = self._held[update_id]
            if self._next is not None and update_id > self._next and now - since < WITHIN:
                break
            ready.append(update)
            del self._held[update_id]
            self._next = max(self._next or 0, update_id + 1)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._held:
            since = min(since for _, since in self._held.values())
            self._timer = self._later(max(0.0, since + WITHIN - now), self._go_on)
        if ready:
            self._put(ready)
