"""Time in the stand-in: epoch milliseconds from a clock that tests can turn."""

import time
from collections.abc import Callable
from typing import Final

Clock = Callable[[], int]
"""Gives epoch milliseconds."""

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY


def system_clock() -> int:
    """Epoch milliseconds of this machine."""
    return time.time_ns() // 1_000_000
