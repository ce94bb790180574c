"""A lock with two queues: it goes to whoever asked first, but to urgent ones before all others."""

import asyncio
from collections import deque
from contextlib import suppress


class UrgentLock:
    """After `in_a_row` urgent holders in a row, one that is not urgent gets the lock, however many urgent ones wait."""

    def __init__(self, in_a_row: int) -> None:
        self._in_a_row = in_a_row
        self._passed = 0  # urgent ones that went before somebody who waits
        self._is_taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for the lock, urgent or not."""
        return len(self._urgent) + len(self._others)

    @property
    def urgent_waiting(self) -> int:
        """How many of those who wait are urgent."""
        return len(self._urgent)

    async def acquire(self, *, is_urgent: bool = False) -> None:
        """Return when the caller has the lock; `release` must follow."""
        if not self._is_taken:
            self._is_taken = True
            return
        queue = self._urgent if is_urgent else self._others
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                with suppress(ValueError):  # passed over by a release already
                    queue.remove(turn)
            else:  # it was handed on to us meanwhile
                self.release()
            raise

    def release(self) -> None:
        """Pass the lock to whoever is next; it is free if nobody waits."""
        while queue := self._next():
            turn = queue.popleft()
            if not turn.done():
                self._passed = self._passed + 1 if queue is self._urgent and self._others else 0
                turn.set_result(None)
                return
        self._is_taken = False

    def _next(self) -> deque[asyncio.Future[None]]:
        is_long_enough = bool(self._others) and self._passed >= self._in_a_row
        return self._urgent if self._urgent and not is_long_enough else self._others
