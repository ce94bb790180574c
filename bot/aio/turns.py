"""A few at a time, in the order in which they came: what is worth waiting for is done sooner that way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from bot.aio.timers import Later, loop_later

_SLOW_S: Final = 0.25


class Turns:
    """`count` work at the same time.

    Whoever takes longer than a quarter of a second waits for something, and counts no more: so one server that hangs
    does not hold up everybody.
    """

    def __init__(self, count: int, *, later: Later = loop_later) -> None:
        self._room = asyncio.Semaphore(count)
        self._later = later

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Inside it is the caller's turn."""
        await self._room.acquire()
        free = self._once()
        timer = self._later(_SLOW_S, free)
        try:
            yield
        finally:
            timer.cancel()
            free()

    def _once(self) -> Callable[[], None]:
        is_free = False

        def free() -> None:
            nonlocal is_free
            if not is_free:
                is_free = True
                self._room.release()

        return free
