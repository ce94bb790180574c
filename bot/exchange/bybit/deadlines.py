"""When an answer is overdue. Coarse, so that thousands of calls share a few timers and cost none of their own."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

_STEPS: Final = 10  # a deadline is late by at most a tenth


@dataclass(slots=True, kw_only=True)
class Deadlines:
    """Aborts the transports of calls that take longer than `seconds`."""

    seconds: float
    loop: asyncio.AbstractEventLoop
    _due: dict[int, set[asyncio.Transport]] = field(default_factory=dict, init=False)
    _timers: dict[int, asyncio.TimerHandle] = field(default_factory=dict, init=False)

    def start(self, transport: asyncio.Transport) -> int:
        """A deadline for the call on that transport; give it to `end` when the call is over."""
        step = self.seconds / _STEPS
        deadline = int(self.loop.time() / step) + _STEPS + 1
        waiting = self._due.get(deadline)
        if waiting is None:
            waiting = self._due[deadline] = set()
            self._timers[deadline] = self.loop.call_at(deadline * step, self._expire, deadline)
        waiting.add(transport)
        return deadline

    def end(self, deadline: int, transport: asyncio.Transport) -> bool:
        """The call ended, one way or another; whether it was aborted here."""
        waiting = self._due.get(deadline)
        if waiting is None:
            return True
        waiting.discard(transport)
        return False

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()

    def _expire(self, deadline: int) -> None:
        del self._timers[deadline]
        for transport in self._due.pop(deadline):
            transport.abort()
