"""Time as a parameter."""

from typing import Protocol

from bot.domain.ids import Millis


class Clock(Protocol):
    """Time as a parameter."""

    def now(self) -> Millis:
        """UTC epoch milliseconds."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back; for intervals only."""
        ...
