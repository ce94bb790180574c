"""An event loop whose clock jumps to the next timer as soon as nothing else is left to do.

A sleep of an hour takes no time and a busy machine changes no outcome: between two timers every callback that is ready
has run. For tests without threads and sockets: their work takes real time, and the clock would jump while it runs.
"""

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any, Final

from bot.domain.ids import Millis

_START: Final = 1000.0  # seconds, and no zero: an age of zero must not look like a moment


class _JumpingSelector(selectors.SelectSelector):
    """Instead of sleeping until the next timer, moves the loop's clock there."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = _START

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready:
            self.seconds += max(0.0, timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its `time()` is virtual seconds."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.seconds


class LoopClock:
    """`Clock` of the running event loop: its seconds, and their milliseconds since 2025-10-09."""

    def now(self) -> Millis:
        return Millis(1_760_000_000_000 + int(self.monotonic() * 1000))

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


def loop_factories(*, is_virtual: bool) -> Mapping[str, Any]:
    """What pytest-asyncio makes a test's event loop of."""
    return {"virtual": VirtualLoop} if is_virtual else {"real": asyncio.new_event_loop}
