"""The other side of a measurement: a module of this package as a process that prints its address."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bot.settings import clean_environment
from ops.forked import piped

_PATIENCE: Final = 10.0  # seconds from the end of its input to its own


@asynccontextmanager
async def server(module: str, *arguments: str) -> AsyncIterator[str]:
    """The address of `python -m MODULE ARGUMENTS…`, which serves until its input closes. Raises RuntimeError."""
    with piped(module, *arguments, env=clean_environment()) as child:
        try:
            address = (await asyncio.to_thread(child.by.readline)).decode().strip()
            if not address:
                raise RuntimeError(f"{module} ended before it served")
            yield address
        finally:
            child.to.close()
            try:
                await asyncio.to_thread(child.process.wait, _PATIENCE)
            except subprocess.TimeoutExpired:
                child.process.kill()
