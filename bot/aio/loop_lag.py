"""How late the event loop is: the time that everything on it waits for others."""

import asyncio
from typing import Final

from bot.aio.histograms import Histogram

EVERY_S: Final = 0.1
BOUNDS: Final = (0.005, 0.025, 0.1, 0.25, 1.0, 5.0)  # seconds; an alert asks for how many were within 0.25


class LoopLag:
    """Ten times a second a moment is due, and it is measured how late the loop comes to it.

    Moments that pass while the loop is blocked count as well, each with its own lag: a second's block is ten of them.
    """

    def __init__(self) -> None:
        self.seen = Histogram(BOUNDS)  # seconds

    async def watch(self) -> None:
        """Observe the running loop, until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time() + EVERY_S
        while True:
            await asyncio.sleep(due - loop.time())
            self.seen.observe(loop.time() - due)
            due += EVERY_S
