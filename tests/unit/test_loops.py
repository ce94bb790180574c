"""`bot.loops`: what a process's loop makes its threads share."""

import ctypes
import subprocess
import sys

import pytest

_PROGRAM = """
import ctypes
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bot.loops import run_loop

libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p

def hold(barrier):
    held = [bytearray(4_096) for _ in range(64)]
    barrier.wait()
    return len(held)

async def main():
    barrier = Barrier(4)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(hold, [barrier] * 4))
    out = ctypes.c_void_p(libc.fdopen(1, b"w"))
    libc.malloc_info(0, out)
    libc.fflush(out)

run_loop(main())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="another C library than glibc")
def test_threads_share_one_arena_of_malloc() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert told.count("<heap nr=") == 1
