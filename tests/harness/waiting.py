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
_FIRST_STEP: Final = 0.001  # most of what is waited for is a hop or two away


class NeverCameError(AssertionError):
    """A state that a test waits for did not come about within its limit."""

    def __init__(self, what: str, limit: float) -> None:
        super().__init__(f"waited {limit:g} s for this, in vain: {what}")


async def until(condition: Callable[[], T | Awaitable[T]], *, what: str, limit: float = LIMIT) -> T:
    """The first true answer of `condition`, asked soon, then every 10 ms. Raises NeverCameError after `limit` s."""
    pause = _FIRST_STEP
    try:
        async with asyncio.timeout(limit) as guard:
            while True:
                asked = condition()
                answer = await asked if inspect.isawaitable(asked) else asked
                if answer:
                    return answer
                await asyncio.sleep(pause)
                pause = min(2 * pause, STEP)
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
