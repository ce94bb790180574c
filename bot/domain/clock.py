"""The real clock. Everything takes a `Clock`; tests bring their own."""

import time

from bot.domain.ids import Millis


class SystemClock:
    """The machine's UTC and monotonic clocks."""

    def now(self) -> Millis:
        return Millis(time.time_ns() // 1_000_000)

    def monotonic(self) -> float:
        return time.monotonic()
