"""A sidecar on a free port of 127.0.0.1, and raw connections to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from prometheus_client.registry import Collector

from bot.domain.health import Reason
from bot.domain.secrets import Secret
from cache.facade import CachedReads
from harness.cache import Source
from harness.fakes import FakeClock
from harness.waiting import LIMIT
from stats_api.app import create_app
from stats_api.server import serve

CLOSED_WITHIN: Final = 60.0  # seconds; below the 75 after which aiohttp itself would close an idle connection


@dataclass(repr=False)
class Sidecar:
    """One running sidecar and what stands behind it."""

    address: str = ""
    reads: CachedReads = field(default_factory=lambda: Source().reads())
    reasons: tuple[Reason, ...] = ()
    stuck: tuple[str, ...] = ()
    extra: tuple[Collector, ...] = ()
    clock: FakeClock = field(default_factory=FakeClock)

    @asynccontextmanager
    async def running(self, *, token: str | None = None, patience: float = 15.0) -> AsyncIterator["Sidecar"]:
        app = create_app(
            stats=self.reads.stats,
            reasons=lambda: self.reasons,
            stuck=lambda: self.stuck,
            now=self.clock.now,
            version="0.1.0",
            token=None if token is None else Secret(token),
            extra=self.extra,
            monotonic=self.clock.monotonic,
        )
        async with serve(app, port=0, patience=patience) as address:
            self.address = address
            yield self


async def exchange(sidecar: Sidecar, request: bytes) -> bytes:
    """Send bytes, read until the other side closes or answers; what came."""
    port = int(sidecar.address.rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        with suppress(ConnectionError):
            return await asyncio.wait_for(reader.read(65_536), LIMIT)
        return b""
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def drip(sidecar: Sidecar, first: bytes, again: bytes) -> bytes:
    """Send `first`, then `again` over and over; everything that came until the connection was closed.

    Raises TimeoutError if it is open after CLOSED_WITHIN seconds.
    """
    port = int(sidecar.address.rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def write() -> None:
        writer.write(first)
        while True:
            await asyncio.sleep(0.05)
            writer.write(again)
            await writer.drain()

    writing = asyncio.create_task(write())
    try:
        received = b""
        with suppress(ConnectionError):
            async with asyncio.timeout(CLOSED_WITHIN):
                while chunk := await reader.read(65_536):
                    received += chunk
        return received
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
