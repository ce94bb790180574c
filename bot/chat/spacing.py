"""So many calls a second, evenly spaced."""

from typing import Final

_TINY: Final = 1e-9  # seconds: what binary fractions lose is no reason to wait
_LATE: Final = 0.5  # of a gap: so late a timer may run without shifting those behind it


class Spacing:
    """A `RateLimit`: one call in each gap of 1 / `per_second` s; after a rest `at_once` of them need no gap."""

    def __init__(self, per_second: float, at_once: int = 1) -> None:
        self._gap = 1 / per_second
        self._spare = (at_once - 1) * self._gap
        self._next = 0.0

    def change(self, per_second: float, now: float) -> None:
        """Another rate from `now` on, in monotonic seconds."""
        self._gap = 1 / per_second
        self._next = min(self._next, now + self._gap)

    def delay(self, now: float, ahead: int = 0) -> float:
        wait = self._next - self._spare + ahead * self._gap - now
        return wait if wait > _TINY else 0.0

    def take(self, now: float) -> None:
        is_on_time = now - self._next < _LATE * self._gap
        self._next = (self._next if is_on_time else now) + self._gap

    def give_back(self) -> None:
        self._next -= self._gap
