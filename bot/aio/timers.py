"""Callbacks for later as a parameter, so that tests turn the time by hand."""

import asyncio
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A callback that was set for later."""

    def cancel(self) -> None: ...


Later = Callable[[float, Callable[[], None]], Timer]  # seconds, callback


def loop_later(delay: float, callback: Callable[[], None]) -> Timer:
    """`Later` of the running loop. `delay` in seconds."""
    return asyncio.get_running_loop().call_later(delay, callback)
