"""The sidecar's listener: loopback unless told, and no patience with slow clients."""

import ipaddress
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.aio.listening import listening
from stats_api.app import HAS_TOKEN

_logger = logging.getLogger(__name__)

PATIENCE: Final = 15.0  # s for headers, for a body, between requests, and for reading an answer
LINGER: Final = 2.0  # s an answered request's unread body is waited for
HEADER_LIMIT: Final = 8_190  # bytes of a line
HEADERS_LIMIT: Final = 64


def _is_ours(record: logging.LogRecord) -> bool:
    """Leave out requests that can't be read: aiohttp answers 400 and would log their bytes, which may hold a token."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError | web.RequestPayloadError))


_logger.addFilter(_is_ours)


def must_have_token(host: str) -> bool:
    """Whether other machines can reach that address, so that only a token keeps them out."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


@asynccontextmanager
async def serve(
    app: web.Application, *, host: str = "127.0.0.1", port: int = 8765, patience: float = PATIENCE
) -> AsyncIterator[str]:
    """Listen while the block runs; yields the address, such as http://127.0.0.1:8765 (port 0: any free one).

    Raises ValueError when the address needs a token and the app has none, OSError when it can't be bound.
    """
    if must_have_token(host) and not app[HAS_TOKEN]:
        raise ValueError(f"{host} can be reached from other machines: the sidecar needs a token there")
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_logger,
        handle_signals=False,
        keepalive_timeout=patience,  # aiohttp also ends a first request's headers with it
        lingering_time=min(LINGER, patience),
        max_line_size=HEADER_LIMIT,
        max_field_size=HEADER_LIMIT,
        max_headers=HEADERS_LIMIT,
        shutdown_timeout=1.0,
    )
    await runner.setup()
    if runner.server is None:
        raise RuntimeError("a runner that was set up has a server")
    try:
        async with listening(runner.server, host, port, patience=patience) as (name, number):
            yield f"http://[{name}]:{number}" if ":" in name else f"http://{name}:{number}"
    finally:
        await runner.cleanup()
