"""Bytes to an HTTP server, as no client library would send them."""

import asyncio
from contextlib import suppress
from typing import Final

from harness.waiting import LIMIT

CLOSED_WITHIN: Final = 60.0  # seconds; below the 75 after which aiohttp itself would close an idle connection


async def exchange(port: int, request: bytes) -> bytes:
    """Send bytes, read until the other side closes or answers; what came."""
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


async def drip(port: int, first: bytes, again: bytes) -> bytes:
    """Send `first`, then `again` over and over; everything that came until the connection was closed.

    Raises TimeoutError if it is open after CLOSED_WITHIN seconds.
    """
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
