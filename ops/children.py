"""Child processes that end with their parent, whatever ends it."""

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from typing import IO, Final

_PATIENCE: Final = 10.0  # seconds between SIGTERM and SIGKILL


@contextlib.asynccontextmanager
async def child(arguments: Sequence[str], *, log: IO[bytes]) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m ops ARGUMENTS…`, ended at the exit of the block; its standard input closes when we die."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ops",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=log,
        stderr=log,
        start_new_session=True,  # Ctrl-C is for the parent, which ends its children in order
    )
    try:
        yield process
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def end_with_parent(stop: Callable[[], object]) -> None:
    """Call `stop` (from a thread) once standard input closes: the parent is gone."""

    def watch() -> None:
        # Past the buffer: a thread that waits within it would break the interpreter's end, whatever that is caused by.
        while os.read(sys.stdin.fileno(), 4_096):
            pass
        stop()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
