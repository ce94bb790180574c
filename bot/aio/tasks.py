"""Tasks beside the work: a reference is kept, an error is in the log, closing ends them."""

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context
from typing import Any, Self, TypeVar

from bot.domain.update_attempt import detached

_logger = logging.getLogger(__name__)

T = TypeVar("T")


class TaskSet:
    """The tasks of one owner that are under way; leaving its `async with` closes it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, object], name: str) -> None:
        """Start what nobody awaits. Its error is logged with its name."""
        _ = self.spawn(work, name)

    def spawn(
        self,
        work: Coroutine[Any, Any, T],
        name: str,
        *,
        expected: type[BaseException] | tuple[type[BaseException], ...] = (),
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        """The started task. Its error is logged, unless `expected`: those reach somebody who awaits the task.

        It belongs to no update: it runs in the caller's context without the attempt, or in `context`.
        """
        context = detached() if context is None else context
        task = asyncio.get_running_loop().create_task(work, name=name, context=context)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, expected))
        return task

    async def join(self, timeout_s: float | None = None) -> int:
        """Wait for all, and for those that they start; how many are still under way after `timeout_s` seconds."""
        try:
            async with asyncio.timeout(timeout_s):
                while self._tasks:
                    await asyncio.wait(tuple(self._tasks))
        except TimeoutError:
            pass  # the answer says it
        return len(self._tasks)

    async def close(self, *, grace_s: float = 0.0) -> None:
        """Cancel what does not end within `grace_s` seconds, and what that starts while it ends."""
        if grace_s > 0:
            await self.join(grace_s)
        while self._tasks:
            tasks = tuple(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any], expected: type[BaseException] | tuple[type[BaseException], ...]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None or isinstance(error, expected):
            return
        _logger.error("%s failed", task.get_name(), exc_info=error)
