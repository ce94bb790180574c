"""Work beside an update: the end of a tap's spinner, a key that Bybit takes its time over. No lane waits for it.

Every task is known here, so that closing ends it.
"""

import asyncio
from collections.abc import Coroutine
from contextvars import Context, copy_context
from typing import Any, Final, TypeVar

from bot.aio.tasks import TaskSet
from bot.domain.ids import UserId

T = TypeVar("T")

PATIENCE: Final = 0.7  # seconds that an update waits for an answer before it says that it is asking
GRACE: Final = 3.0  # seconds that work under way gets to end at closing


class HandlerTasks:
    """Tasks that outlive their update. `patience` and `grace` in seconds."""

    def __init__(self, *, patience: float = PATIENCE, grace: float = GRACE) -> None:
        self.reply_within = patience
        self._grace = grace
        self._tasks = TaskSet()
        self._busy: dict[int, asyncio.Task[Any]] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run it as no update's work; an error that it lets through is in the log."""
        self._tasks.start(work, name)

    def start_watched(
        self, work: Coroutine[Any, Any, T], name: str, *, owner: UserId
    ) -> tuple[asyncio.Task[T], Context]:
        """Run it for somebody who awaits it and sees its error; its owner is busy till then.

        What it commits is the update's effect, until the attempt is taken out of its context, which is answered too.
        """
        context = copy_context()
        task = self._tasks.spawn(work, name, expected=Exception, context=context)
        self._busy[owner] = task
        task.add_done_callback(lambda done: self._free(owner, done))
        return task, context

    def is_busy(self, owner: UserId) -> bool:
        """Whether watched work of that person is under way."""
        return owner in self._busy

    async def close(self) -> None:
        """Let what is under way end for a moment, then cancel it."""
        await self._tasks.close(grace_s=self._grace)

    def _free(self, owner: UserId, task: asyncio.Task[Any]) -> None:
        if self._busy.get(owner) is task:
            del self._busy[owner]
