"""The sidecar's listener: loopback unless told, and no patience with slow clients."""

import ipaddress
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from bot.http_server import is_news, serving
from stats_api.app import HAS_TOKEN

_logger = logging.getLogger(__name__)

PATIENCE: Final = 12.0  # s for headers, for a body, between requests, and for reading an answer
LINGER: Final = 2.0  # s an answered request's unread body is waited for

_logger.addFilter(is_news)


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
    lingering = min(LINGER, patience)
    async with serving(app, host, port, logger=_logger, patience=patience, lingering=lingering) as (name, number):
        yield f"http://[{name}]:{number}" if ":" in name else f"http://{name}:{number}"
