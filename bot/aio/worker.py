"""A thread of one's own for pure computing: calls run in it one after the other, and few may wait."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class WorkerBusyError(Exception):
    """As many calls wait for the thread as may: this one was not taken."""


class WorkerThread:
    """The thread begins with the first call. `most_waiting`: calls beside the one that runs."""

    def __init__(self, name: str, *, most_waiting: int) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._most = most_waiting + 1
        self._taken = 0  # calls that wait or run

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` answers; a canceled caller leaves it running. Raises WorkerBusyError, and what `work` raises."""
        if self._taken >= self._most:
            raise WorkerBusyError
        self._taken += 1
        done = asyncio.get_running_loop().run_in_executor(self._executor, work)
        done.add_done_callback(self._ended)
        return await asyncio.shield(done)

    async def close(self) -> None:
        """Let the call that runs end; those that wait are canceled."""
        await asyncio.to_thread(self._executor.shutdown, cancel_futures=True)

    def _ended(self, done: "asyncio.Future[Any]") -> None:
        self._taken -= 1
        if not done.cancelled():
            done.exception()  # looked at: its caller may be gone
