"""A question that is put again while nobody answers, without giving the earlier ones up."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import TimedOut

T = TypeVar("T")


async def hedged(
    ask: Callable[[], Awaitable[T]], *, every: float, most: float, unanswered: Callable[[], Awaitable[None]]
) -> T:
    """The first answer. Asked anew each `every` seconds while there is none; each question waits `most` seconds.

    So a connection that is dead costs `every` seconds, and a network that needs longer for an answer is still heard.
    `unanswered` is awaited before each new question. Raises what the first question that failed raised, and TimedOut
    where no question is left.
    """
    pending: set[asyncio.Task[T]] = set()
    try:
        while True:
            pending.add(asyncio.ensure_future(_within(ask, most)))
            done, pending = await asyncio.wait(pending, timeout=every, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if not isinstance(task.exception(), TimedOut):
                    return task.result()
            if done and not pending:
                raise TimedOut
            await unanswered()
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


async def _within(ask: Callable[[], Awaitable[T]], seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await ask()
    except TimeoutError:
        raise TimedOut from None
