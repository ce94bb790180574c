"""Bybit's clock, kept on our monotonic one: a jump of the machine's wall clock moves no signature.

Bybit takes a request while server_time - recv_window <= timestamp < server_time + 1000 ms (v5 documentation,
"Integration Guidance").
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from bot.domain.errors import ExchangeError
from bot.domain.ids import Millis
from bot.domain.ports.clock import Clock

_WRONG_CLOCK: Final = 30.0  # seconds
_SAMPLES: Final = 3
_TIGHT: Final = 1000.0  # ms of round trip: half of it is the error, and being ahead by 1,000 fails
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sample:
    """Bybit's clock minus our monotonic one lies between these, in ms."""

    lowest: float
    highest: float

    @property
    def middle(self) -> float:
        return (self.lowest + self.highest) / 2


@dataclass(slots=True, kw_only=True)
class ServerTime:
    """What time it is at Bybit. `ask` brings its answer in epoch ms and raises ExchangeError; times in seconds."""

    clock: Clock
    ask: Callable[[], Awaitable[Millis]]
    first_wait: float = 0.5  # the first signature waits no longer for the first measurement
    good_for: float = 1800.0
    retry_after: float = 30.0
    skew: int | None = field(default=None, init=False)  # ms that Bybit is ahead of our wall clock; None: not measured
    measurements: int = field(default=0, init=False)
    is_certain: bool = field(default=False, init=False)  # to half a second, by the last measurement
    _offset: float | None = field(default=None, init=False)
    _due: float = field(default=0.0, init=False)
    _measuring: asyncio.Task[None] | None = field(default=None, init=False)

    def now(self) -> Millis:
        """Bybit's epoch ms; our own wall clock's until the first measurement."""
        if self._offset is None:
            return self.clock.now()
        return Millis(int(self.clock.monotonic() * 1000 + self._offset))

    def problems(self) -> tuple[str, ...]:
        """A wall clock by which licenses end too early or late; a clock of Bybit's that holds entries up."""
        ahead = 0.0 if self._offset is None else (self.clock.now() - self.now()) / 1000
        problems = []
        if abs(ahead) >= _WRONG_CLOCK:
            side = "ahead of" if ahead > 0 else "behind"
            problems.append(f"our clock is {abs(ahead):.0f} s {side} Bybit's: set it (NTP)")
        if self.measurements and not self.is_certain:
            problems.append("Bybit answers too slowly to tell its clock to half a second: entries wait")
        return tuple(problems)

    @property
    def is_due(self) -> bool:
        """Whether `ready` has anything to do."""
        return not self.measurements or self.clock.monotonic() >= self._due

    async def ready(self) -> None:
        """Measure anew in the background when it is time to; wait for it only the first time, and not long."""
        if self.clock.monotonic() >= self._due and self._measuring is None:
            self._due = self.clock.monotonic() + self.retry_after
            self._measuring = self._start()
        if not self.measurements and self._measuring is not None:
            await asyncio.wait({self._measuring}, timeout=self.first_wait)

    async def measure_again(self, seen: int) -> None:
        """After a 10002: measure, unless that was done since `seen` measurements. Raises ExchangeError."""
        if self.measurements != seen:
            return
        self._measuring = self._measuring or self._start()
        await asyncio.shield(self._measuring)

    async def close(self) -> None:
        """Cancel a measurement under way."""
        if self._measuring is not None:
            self._measuring.cancel()
            await asyncio.gather(self._measuring, return_exceptions=True)

    def _start(self) -> asyncio.Task[None]:
        task = asyncio.ensure_future(self._measure())
        task.add_done_callback(self._measured)
        return task

    def _measured(self, task: asyncio.Task[None]) -> None:
        self._measuring = None
        if not task.cancelled() and (error := task.exception()) is not None:
            _logger.warning("Bybit's clock was not read", extra={"reason": type(error).__name__})

    async def _measure(self) -> None:
        results = await asyncio.gather(*(self._sample() for _ in range(_SAMPLES)), return_exceptions=True)
        samples = [result for result in results if isinstance(result, _Sample)]
        errors = [result for result in results if isinstance(result, BaseException)]
        for error in errors:
            if not samples or not isinstance(error, ExchangeError):
                raise error
        ours = self.clock.now() - self.clock.monotonic() * 1000
        self._offset = estimate(samples, ours)
        self.skew = round(self._offset - ours)
        self.measurements += 1
        self.is_certain = bool(_quick(samples))
        self._due = self.clock.monotonic() + (self.good_for if self.is_certain else self.retry_after)

    async def _sample(self) -> _Sample:
        sent = self.clock.monotonic() * 1000
        server = await self.ask()
        return _Sample(server - self.clock.monotonic() * 1000, server - sent)


def estimate(samples: list[_Sample], ours: float) -> float:
    """Bybit's clock minus our monotonic one, in ms; `ours` is our wall clock minus it.

    The median of the quick answers' middles. Slow answers only say between which bounds it lies: then the value
    within them that is nearest to our own clock.
    """
    if quick := _quick(samples):
        return median(sample.middle for sample in quick)
    lowest = max(sample.lowest for sample in samples)
    highest = max(lowest, min(sample.highest for sample in samples))
    return min(max(ours, lowest), highest)


def _quick(samples: list[_Sample]) -> list[_Sample]:
    """Those whose answer says what time it is to half a second."""
    return [sample for sample in samples if sample.highest - sample.lowest <= _TIGHT]
