"""The task in which time passes for all WebSockets of a stand-in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from ops.sim.bybit.streams.hub import StreamHub


@asynccontextmanager
async def ticking(hub: StreamHub, every: float, share: float | None = None) -> AsyncIterator[None]:
    """Let time pass meanwhile: every so many seconds, and at once when a driver changes something.

    `share`: for how many seconds at a time the loop may be kept busy with public topics; None: until all is told.
    """
    wanted = asyncio.Event()
    hub.on_wake(wanted.set)
    task = asyncio.create_task(_tick(hub, every, share, wanted), name="bybit stand-in: streams")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _tick(hub: StreamHub, every: float, share: float | None, wanted: asyncio.Event) -> None:
    while True:
        if hub.is_idle:
            await wanted.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(every):  # `wait_for` can lose a cancellation
                await wanted.wait()
        wanted.clear()
        hub.tick(share)
