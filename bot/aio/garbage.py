"""Garbage collection that examines long-lived objects once a day, instead of every few seconds.

A full collection of Python's stops the event loop while it examines every object that could be part of a cycle: for
0.2 s with the caches and streams of a thousand people, every ten seconds at 200 messages a second. Nearly all of these
objects are still there at the next collection. So whatever survives one is set aside (`gc.freeze`). Such an object is
still freed with its last reference; only cycles among them have to wait, for a day at most. After 17,000 messages 90
objects waited like that.
"""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from bot.domain.ids import DAY_S

_FULL: Final = 2  # a generation


@contextmanager
def survivors_set_aside(monotonic: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """During the block, examine what is there now, and what survives a full collection, only once a day."""
    looked_at = monotonic()

    def on_collection(phase: str, info: Mapping[str, int]) -> None:
        nonlocal looked_at
        if info["generation"] < _FULL:
            return
        if phase == "stop":
            gc.freeze()
        elif monotonic() - looked_at >= DAY_S:
            looked_at = monotonic()
            gc.unfreeze()

    gc.freeze()
    gc.callbacks.append(on_collection)
    try:
        yield
    finally:
        gc.callbacks.remove(on_collection)
