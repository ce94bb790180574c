"""The event loop of a process, and how its threads share the interpreter and the C library's memory."""

import asyncio
import ctypes
import sys
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import uvloop

_SWITCH_INTERVAL_S: Final = 0.0005
"""That a thread may hold the interpreter while another one waits for it.

Every SQL statement hands over to the thread of its connection and back. By Python's own 5 ms a busy loop makes each
of them wait that long: 180 orders at once took 6 s instead of 2.
"""

_M_ARENA_MAX: Final = -8  # malloc.h of glibc
_ARENAS: Final = 1
"""Of glibc's malloc, for all threads together.

By itself it gives each thread one of its own, and what is given back in one of them is of no use to the others: with a
thousand people 17 MB lay idle, not 8. The threads wait for the interpreter anyway, not for memory.
"""

T = TypeVar("T")


def new_loop() -> asyncio.AbstractEventLoop:
    """A loop of libuv's, which spends half of asyncio's own time a hop between threads; they hand over sooner, too."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    _share_memory()
    return uvloop.new_event_loop()


def _share_memory() -> None:
    """Before there are threads; musl and macOS have no arenas to share."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)


def run_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a loop of its own."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(work)
