"""Work beside a turn: the end of a tap's spinner, a key that Bybit takes its time over. No lane waits for it.

Every task is known here, so that closing ends it.
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context, copy_context
from typing import Any, Final, TypeVar

from bot.domain.model import UserId

_logger = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE: Final = 0.7  # seconds that a turn waits for an answer before it says that it is asking
GRACE: Final = 3.0  # seconds that work under way gets to end at closing


class Asides:
    """Tasks that outlive their turn. `patience` and `grace` in seconds."""

    def __init__(self, *, patience: float = PATIENCE, grace: float = GRACE) -> None:
        self.patience = patience
        self._grace = grace
        self._tasks: set[asyncio.Task[Any]] = set()
        self._busy: dict[int, asyncio.Task[Any]] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run it; an error that it lets through is in the log."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_report)
        self._keep(task)

    def watched(self, work: Coroutine[Any, Any, T], name: str, *, owner: UserId) -> tuple[asyncio.Task[T], Context]:
        """Run it in a context of its own for somebody who awaits it and sees its error; its owner is busy till then."""
        context = copy_context()
        task = asyncio.get_running_loop().create_task(work, name=name, context=context)
        self._keep(task)
        self._busy[owner] = task
        task.add_done_callback(lambda done: self._free(owner, done))
        return task, context

    def is_busy(self, owner: UserId) -> bool:
        """Whether watched work of that person is under way."""
        return owner in self._busy

    async def close(self) -> None:
        """Let what is under way end for a moment, then cancel it."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(tuple(self._tasks), timeout=self._grace)
        late |= self._tasks  # what the ended ones began
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _free(self, owner: UserId, task: asyncio.Task[Any]) -> None:
        if self._busy.get(owner) is task:
            del self._busy[owner]

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _logger.error("%s failed", task.get_name(), exc_info=error)
