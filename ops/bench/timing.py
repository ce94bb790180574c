"""Timing that a shared machine disturbs little: subject and baselines take turns, and medians are compared."""

import gc
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Final

from ops.bench.report import Row

NS: Final = 1e9
US: Final = 1e6
LONG: Final = 3_600.0  # s; nothing expires while it is measured

Loop = Callable[[], Awaitable[float]]  # one round: seconds an operation


async def take_turns(loops: Mapping[str, Loop], rounds: int = 15) -> dict[str, float]:
    """Median seconds an operation of each loop; a round runs each once."""
    return {name: median(times) for name, times in (await _rounds(loops, rounds)).items()}


async def quickest_of(loops: Mapping[str, Loop], rounds: int) -> dict[str, float]:
    """Seconds an operation of each loop in its quickest round: the one that others disturbed least."""
    return {name: min(times) for name, times in (await _rounds(loops, rounds)).items()}


async def quickest_turns(loops: Mapping[str, Loop], rounds: int = 60) -> dict[str, float]:
    """The same by many short rounds on one core, for work that hops between threads.

    A hop costs 10 us, or 90 where the two threads happen to stand on two cores of a virtual machine, for as long as
    they stand there: subject and baselines must stand alike.
    """
    with on_one_core():
        return await quickest_of(loops, rounds)


async def _rounds(loops: Mapping[str, Loop], rounds: int) -> dict[str, list[float]]:
    """The order turns round from round to round: what comes and goes on the machine meets none of them first."""
    found: dict[str, list[float]] = {name: [] for name in loops}
    order = list(loops)
    with no_collection():
        for _ in range(rounds):
            for name in order:
                found[name].append(await loops[name]())
            order.reverse()
    return found


@contextmanager
def on_one_core() -> Iterator[None]:
    """Every thread of this process on one core, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    _keep_to({min(cores)})
    try:
        yield
    finally:
        _keep_to(cores)


def _keep_to(cores: set[int]) -> None:
    """Every thread that lives now; later ones follow the thread that starts them."""
    for path in Path("/proc/self/task").iterdir():
        with suppress(ProcessLookupError):  # it ended since
            os.sched_setaffinity(int(path.name), cores)


@contextmanager
def no_collection() -> Iterator[None]:
    """The garbage collector stays out of the figures."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def clock() -> float:
    """Seconds, monotonic, of the highest resolution there is."""
    return time.perf_counter()


def row(
    name: str,
    seconds: float,
    scale: float,
    unit: str,
    baseline_name: str,
    baseline: float,
    *,
    target: str | None = None,
    ok: bool | None = None,
) -> Row:
    """Seconds of a subject and of its baseline in a unit that is 1/`scale` s."""
    return Row(
        name=name,
        value=seconds * scale,
        unit=unit,
        baseline_name=baseline_name,
        baseline=baseline * scale,
        target=target,
        ok=ok,
    )
