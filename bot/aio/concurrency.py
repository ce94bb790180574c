"""A few things at a time, in the order in which they were asked for, so that the first of them end sooner."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from bot.aio.timers import Later, loop_later

_SLOW_S: Final = 0.25


class ConcurrencyLimit:
    """At most `count` blocks run at the same time.

    A block that takes longer than a quarter of a second is waiting for somebody else, and counts no longer: one server
    that hangs does not hold up everybody.
    """

    def __init__(self, count: int, *, later: Later = loop_later) -> None:
        self._room = asyncio.Semaphore(count)
        self._later = later

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a place, in the order of asking, and keep it for the block."""
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
