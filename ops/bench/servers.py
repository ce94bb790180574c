"""The other side of a measurement: a module of this package as a process that prints its address."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

_PATIENCE: Final = 10.0  # seconds from the end of its input to its own


@asynccontextmanager
async def server(module: str, *arguments: str) -> AsyncIterator[str]:
    """The address of `python -m MODULE ARGUMENTS…`, which serves until its input closes. Raises RuntimeError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process without its pipes")
    try:
        address = (await process.stdout.readline()).decode().strip()
        if not address:
            raise RuntimeError(f"{module} ended before it served")
        yield address
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(_PATIENCE):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
