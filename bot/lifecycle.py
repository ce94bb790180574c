"""Starting and stopping: the fault that ends a process, the signals that end it in order, jobs beside the work."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

EXIT_CONFIG: Final = 78  # sysexits.h EX_CONFIG
_logger = logging.getLogger(__name__)


class Fatal(Exception):  # noqa: N818  named by what it is
    """The process can't go on; its text is the one line that says why."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@asynccontextmanager
async def background(*jobs: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Jobs that run beside the block; one that dies is logged, the others go on."""
    tasks = [asyncio.create_task(_logged(job)) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _logged(job: Coroutine[Any, Any, object]) -> None:
    try:
        await job
    except Exception:
        _logger.exception("a background job ended: %s", getattr(job, "__qualname__", job))


@contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set; the second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def heard() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, heard)
    try:
        yield stop
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
