"""Timing that a shared machine disturbs little: subject and baselines take turns, and medians are compared."""

import gc
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from typing import Final

from ops.bench.report import Row

NS: Final = 1e9
US: Final = 1e6
LONG: Final = 3_600.0  # s; nothing expires while it is measured

Loop = Callable[[], Awaitable[float]]  # one round: seconds an operation


async def take_turns(loops: Mapping[str, Loop], rounds: int = 15) -> dict[str, float]:
    """Median seconds an operation of each loop; a round runs each once."""
    found: dict[str, list[float]] = {name: [] for name in loops}
    with no_collection():
        for _ in range(rounds):
            for name, loop in loops.items():
                found[name].append(await loop())
    return {name: median(times) for name, times in found.items()}


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
