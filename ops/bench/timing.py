"""Timing that a shared machine disturbs little: subject and baselines take turns, and medians are compared."""

import gc
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median

NS = 1e9
US = 1e6

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
