"""What services know of time: a clock that is handed to them, so that tests can set it."""

from typing import Protocol

from bot.domain.ids import Millis


class Clock(Protocol):
    """The time of day and a steady time, so that tests can set them."""

    def now(self) -> Millis:
        """The time of day in UTC epoch milliseconds."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back; for intervals only."""
        ...
