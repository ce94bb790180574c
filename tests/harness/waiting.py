"""Waits for states. How long one may take is a guard against hanging, never a measure of speed."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

T = TypeVar("T")

LIMIT: Final = 90.0  # seconds; room for two cores that eight busy loops share with the tests
CAMPAIGN_LIMIT: Final = 1200  # seconds, of pytest: a campaign starts the bot dozens of times
STEP: Final = 0.01  # seconds between two looks


class NeverCameError(AssertionError):
    """A state that a test waits for did not come about within its limit."""

    def __init__(self, what: str, limit: float) -> None:
        super().__init__(f"waited {limit:g} s for this, in vain: {what}")


async def until(condition: Callable[[], T | Awaitable[T]], *, what: str, limit: float = LIMIT) -> T:
    """The first true answer of `condition`, asked every 10 ms. Raises NeverCameError after `limit` seconds."""
    try:
        async with asyncio.timeout(limit) as guard:
            while True:
                asked = condition()
                answer = await asked if inspect.isawaitable(asked) else asked
                if answer:
                    return answer
                await asyncio.sleep(STEP)
    except TimeoutError:
        if not guard.expired():  # the condition's own
            raise
        raise NeverCameError(what, limit) from None


def until_now(condition: Callable[[], T], *, what: str, limit: float = LIMIT) -> T:
    """`until` for tests without an event loop."""
    end = time.monotonic() + limit
    while not (answer := condition()):
        if time.monotonic() > end:
            raise NeverCameError(what, limit)
        time.sleep(STEP)
    return answer
