"""Jobs that run for ever, round after round. A failed round is logged and counted, and the next one comes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import random
from typing import Any, Final, Generic, TypeVar

from bot.aio.tasks import TaskSet
from bot.aio.timers import Later, loop_later
from bot.domain.ids import DAY_S, Millis
from bot.domain.ports.clock import Clock

_logger = logging.getLogger(__name__)

T = TypeVar("T")

_UNITS: Final = ((DAY_S, "d"), (3_600, "h"), (60, "min"))  # seconds


@dataclass(frozen=True, slots=True)
class Pace:
    """A pause that keeps a rate: unlike others it is not cut short by `wake()`."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodicStats:
    """Counts since the start. `age_s` is seconds since `last_success`; both None before it.

    `is_late`: it runs, and a success has been absent for more than `late_after_s`.
    """

    name: str
    is_running: bool
    rounds: int  # that succeeded
    failures: int
    failures_in_a_row: int
    last_success: Millis | None
    age_s: float | None
    late_after_s: float | None
    is_late: bool


class Periodic(Generic[T]):
    """One job. Times in seconds.

    `every_s` is the pause after a round, or makes it from the round's answer; `retry_s` the one after a failed round
    (None: `every_s`, which must be a number then); `first_s` the one before the first. `jitter` (0 to 1) is the part
    of each pause that is drawn at random. Errors that are `expected` are one line in the log, others a traceback.
    A success that is absent for more than `late_after_s` is trouble; None: never. Setting `due` is `wake()`, for those
    who are made before the job.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], Awaitable[T]],
        *,
        clock: Clock,
        every_s: float | Callable[[T], float | Pace],
        retry_s: float | None = None,
        first_s: float = 0.0,
        jitter: float = 0.0,
        late_after_s: float | None = None,
        expected: tuple[type[Exception], ...] = (),
        due: asyncio.Event | None = None,
        randomness: Callable[[], float] = random,
        later: Later = loop_later,
    ) -> None:
        if not callable(every_s):
            retry_s = every_s if retry_s is None else retry_s
            if late_after_s is not None and late_after_s <= every_s:
                raise ValueError(f"the job {name} runs every {every_s:g} s: it would be late after {late_after_s:g} s")
        if retry_s is None:
            raise ValueError(f"the job {name} needs a pause after a failed round")
        self.name = name
        self.work = work
        self._clock = clock
        self._every_s = every_s
        self._retry_s = retry_s
        self._first_s = first_s
        self._jitter = jitter
        self._late_after_s = late_after_s
        self._expected = expected
        self._randomness = randomness
        self._later = later
        self._due = asyncio.Event() if due is None else due
        self._is_running = False
        self._rounds = self._failures = self._in_a_row = 0
        self._last_success: Millis | None = None
        self._waiting_since = 0.0  # the last success, or the start

    def wake(self) -> None:
        """Run at once, or once more at once if a round is under way."""
        self._due.set()

    async def run(self) -> None:
        """For ever; a cancellation ends it. Raises RuntimeError if it runs already."""
        if self._is_running:
            raise RuntimeError(f"the job {self.name} runs already")
        self._is_running = True
        if self._last_success is None:
            self._waiting_since = self._clock.monotonic()
        pause: float | Pace = self._first_s
        try:
            while True:
                await self._wait(pause)
                pause = await self._round()
                if _is_canceled():
                    raise asyncio.CancelledError  # the round kept its own to itself
        finally:
            self._is_running = False

    def stats(self) -> PeriodicStats:
        age_s = None if self._last_success is None else self._absent_s()
        return PeriodicStats(
            name=self.name,
            is_running=self._is_running,
            rounds=self._rounds,
            failures=self._failures,
            failures_in_a_row=self._in_a_row,
            last_success=self._last_success,
            age_s=age_s,
            late_after_s=self._late_after_s,
            is_late=self._is_running and self._is_late(),
        )

    def trouble(self) -> str | None:
        """Why the job counts as ill, for readiness; None while all is well."""
        if self._late_after_s is None:
            return None
        if not self._is_running:
            return f"the job `{self.name}` is not running"
        if not self._is_late():
            return None
        match self._in_a_row:
            case 0:
                what = "has not ended a round"
            case 1:
                what = "has failed"
            case times:
                what = f"has failed {times} times in a row"
        last = "no success since its start" if self._last_success is None else "last success"
        return f"the job `{self.name}` {what}; {last} {_span(self._absent_s())} ago"

    def _absent_s(self) -> float:
        return self._clock.monotonic() - self._waiting_since

    def _is_late(self) -> bool:
        return self._late_after_s is not None and self._absent_s() > self._late_after_s

    async def _wait(self, pause: float | Pace) -> None:
        seconds, over = (pause.seconds, asyncio.Event()) if isinstance(pause, Pace) else (pause, self._due)
        drawn = seconds * (1 - self._jitter * self._randomness())
        if drawn <= 0:
            await asyncio.sleep(0)
        else:
            timer = self._later(drawn, over.set)
            try:
                await over.wait()
            finally:
                timer.cancel()
        self._due.clear()  # the round that begins now sees whatever it was woken for

    async def _round(self) -> float | Pace:
        """One round; the pause after it."""
        try:
            answer = await self.work()
            pause = self._every_s(answer) if callable(self._every_s) else self._every_s
        except asyncio.CancelledError:
            if _is_canceled():
                raise
            _logger.exception("the job %s failed: something that it awaited was canceled", self.name)
        except self._expected as trouble:
            _logger.warning("the job %s failed: %s", self.name, trouble)
        except Exception:
            _logger.exception("the job %s failed", self.name)
        else:
            self._rounds += 1
            self._in_a_row = 0
            self._last_success = self._clock.now()
            self._waiting_since = self._clock.monotonic()
            return pause
        self._failures += 1
        self._in_a_row += 1
        return self._retry_s


class Jobs:
    """The jobs of a process, for its metrics and its readiness. Names are unique."""

    def __init__(self, jobs: Iterable[Periodic[Any]] = ()) -> None:
        self._jobs: dict[str, Periodic[Any]] = {}
        self._tasks: TaskSet | None = None
        for job in jobs:
            self.add(job)

    def add(self, job: Periodic[T]) -> Periodic[T]:
        """The job itself; it starts at once if the others run already. Raises ValueError for a name that is taken."""
        if job.name in self._jobs:
            raise ValueError(f"there is a job {job.name} already")
        self._jobs[job.name] = job
        if self._tasks is not None:
            self._tasks.start(job.run(), job.name)
        return job

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Jobs"]:
        """Runs all of them; on leaving cancels them and waits for their ends."""
        tasks = self._tasks = TaskSet()
        for job in self._jobs.values():
            tasks.start(job.run(), job.name)
        try:
            yield self
        finally:
            self._tasks = None
            await tasks.close()

    def __iter__(self) -> Iterator[Periodic[Any]]:
        return iter(self._jobs.values())

    def __getitem__(self, name: str) -> Periodic[Any]:
        return self._jobs[name]

    def stats(self) -> tuple[PeriodicStats, ...]:
        return tuple(job.stats() for job in self._jobs.values())

    def trouble(self) -> tuple[str, ...]:
        """What is ill, in plain words, for readiness."""
        return tuple(reason for job in self._jobs.values() if (reason := job.trouble()) is not None)


def _is_canceled() -> bool:
    """Whether somebody wants the running task to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _span(seconds: float) -> str:
    """A duration of `seconds` in its largest whole unit, as readiness says it: "12 min"."""
    return next((f"{seconds // size:.0f} {unit}" for size, unit in _UNITS if seconds >= size), f"{seconds:.0f} s")
