"""So many calls a second, evenly spaced."""

from typing import Final

_TINY: Final = 1e-9  # seconds: what binary fractions lose is no reason to wait
_LATE: Final = 0.5  # of a gap: so late a timer may run without shifting those behind it


class Spacing:
    """A `RateLimit`: one call in each gap of 1 / `per_second` s."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._next = 0.0
        self._held_until = 0.0

    def hold(self, until: float) -> None:
        """Nothing passes before that moment, in monotonic seconds."""
        self._held_until = max(self._held_until, until)

    def delay(self, now: float, ahead: int = 0) -> float:
        wait = max(self._next, self._held_until) + ahead * self._gap - now
        return wait if wait > _TINY else 0.0

    def take(self, now: float) -> None:
        due = max(self._next, self._held_until)
        is_on_time = now - due < _LATE * self._gap
        self._next = (due if is_on_time else now) + self._gap

    def give_back(self) -> None:
        self._next -= self._gap
