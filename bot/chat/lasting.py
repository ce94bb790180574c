"""Conditions that are no trouble for a moment, and one when they last."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from bot.domain.ports.clock import Clock

LONG: Final = 60.0  # seconds until a condition is a reason not to be ready
_LOOK_EVERY: Final = 5.0


class LastingConditions:
    """Looks every few seconds whether each condition holds; `reasons` are of those that have held for `long` seconds.

    A condition answers its reason, or None while it does not hold.
    """

    def __init__(self, conditions: Sequence[Callable[[], str | None]], clock: Clock, *, long: float = LONG) -> None:
        self._conditions = conditions
        self._clock = clock
        self._long = long
        self._since: dict[Callable[[], str | None], float] = {}

    async def watch(self) -> None:
        """Note, until cancelled, since when each condition holds."""
        while True:
            self.look()
            await asyncio.sleep(min(_LOOK_EVERY, self._long / 2))

    def look(self) -> None:
        now = self._clock.monotonic()
        holding = [condition for condition in self._conditions if condition() is not None]
        self._since = {condition: self._since.get(condition, now) for condition in holding}

    def reasons(self) -> tuple[str, ...]:
        now = self._clock.monotonic()
        lasting = [condition for condition, since in self._since.items() if now - since >= self._long]
        return tuple(reason for condition in lasting if (reason := condition()) is not None)
