"""The one task that an owner's life hangs on."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


class MainTask:
    """Runs while a block does; others may wait for its end and raise what ended it."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self, work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
        """Start the work; on leaving the block it is canceled and has ended."""
        self._task = asyncio.create_task(work, name=name)
        try:
            yield
        finally:
            await self.stop()

    async def ended(self) -> None:
        """Wait until it ends, if it was started. Raises what ended it, but for a cancellation."""
        if self._task is not None:
            await asyncio.wait([self._task])
            if not self._task.cancelled():
                self._task.result()

    async def stop(self) -> None:
        """Cancel it and wait until it has ended. Its error is raised by `ended` alone."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
