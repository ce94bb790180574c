"""So many calls a second, the most urgent first."""

import asyncio
import heapq
from itertools import count

from bot.domain.ports import Clock


class Bucket:
    """Spaces calls evenly. Waiting callers go by priority (smaller first), then by arrival."""

    def __init__(self, clock: Clock, per_second: float) -> None:
        self._clock = clock
        self._gap = 1 / per_second
        self._next = clock.monotonic()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = count()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def hold(self, seconds: float) -> None:
        """Let nobody go for so long."""
        self._next = max(self._next, self._clock.monotonic() + seconds)

    async def take(self, priority: int) -> None:
        """Wait for one's turn. A caller that is cancelled costs the others nothing."""
        now = self._clock.monotonic()
        if not self._waiting and self._next <= now:
            self._next = now + self._gap
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._arrivals), turn))
        self._schedule()
        await turn

    def _schedule(self) -> None:
        if self._timer is None and self._waiting:
            delay = max(0.0, self._next - self._clock.monotonic())
            self._timer = asyncio.get_running_loop().call_later(delay, self._release)

    def _release(self) -> None:
        self._timer = None
        now = self._clock.monotonic()
        while self._waiting and self._next <= now:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                self._next = max(self._next + self._gap, now)
        self._schedule()
