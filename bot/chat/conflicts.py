"""Another instance that asks for this bot's updates: how long it has been going on, and what is said of it."""

from typing import Final

_OVER_AFTER: Final = 5.0  # seconds without one: whoever asks alternately with us comes more often
_SERIES: Final = 30.0  # seconds between two conflicts of one series, at most


class Conflicts:
    """The 409s of getUpdates. Moments are monotonic seconds.

    A single answer between two of them proves nothing: whoever asks last takes the updates.
    """

    def __init__(self) -> None:
        self.count = 0
        self._began = self._last = float("-inf")

    def note(self, now: float) -> float:
        """Seconds for which the present series has been going on."""
        self.count += 1
        if now - self._last > _SERIES:
            self._began = now
        self._last = now
        return now - self._began

    def is_on(self, now: float) -> bool:
        """Whether somebody else still asks, as far as can be told."""
        return self._last > self._began and now - self._last < _OVER_AFTER
