"""Tasks beside the work: a reference is kept, an error is in the log, closing ends them."""

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context
from typing import Any, Final, Self, TypeVar

from bot.domain.update_attempt import detached

_logger = logging.getLogger(__name__)

T = TypeVar("T")

_END_S: Final = 3.0  # that what was canceled may take to end: a stop as a whole has 25


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

    async def close(self, *, grace_s: float = 0.0, end_s: float = _END_S) -> None:
        """Cancel what does not end within `grace_s` seconds, and what that starts while it ends.

        What goes on for `end_s` seconds after that is logged by name and left.
        """
        if grace_s > 0:
            await self.join(grace_s)
        loop = asyncio.get_running_loop()
        last = loop.time() + end_s
        canceled: set[asyncio.Task[Any]] = set()
        while self._tasks and (left := last - loop.time()) > 0:
            for task in self._tasks - canceled:
                task.cancel()
            canceled |= self._tasks
            await asyncio.wait(tuple(self._tasks), timeout=left, return_when=asyncio.FIRST_COMPLETED)
        for task in self._tasks:
            _logger.error("%s was canceled and has not ended after %g s: it is left", task.get_name(), end_s)

    def _ended(self, task: asyncio.Task[Any], expected: type[BaseException] | tuple[type[BaseException], ...]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None or isinstance(error, expected):
            return
        _logger.error("%s failed", task.get_name(), exc_info=error)
