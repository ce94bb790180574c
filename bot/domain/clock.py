"""The real clock. Everything takes a `Clock`; tests bring their own."""

import time

from bot.domain.ids import Millis


class SystemClock:
    """The machine's UTC and monotonic clocks; the former is moved by `offset` ms for a demo of what comes later."""

    def __init__(self, *, offset: int = 0) -> None:
        self._offset = offset

    def now(self) -> Millis:
        return Millis(time.time_ns() // 1_000_000 + self._offset)

    def monotonic(self) -> float:
        return time.monotonic()
