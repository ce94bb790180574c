"""The HTTP server of both listeners, the sidecar's and the webhook's; nothing that it says names the library below."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import orjson
from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.aio.listening import listening

_HEADER_LIMIT: Final = 8_190  # bytes of a line
_HEADERS_LIMIT: Final = 64


class PlainConnection(web.RequestHandler):
    """A connection whose refusals are JSON, those too that no route sees: of what can't be read, and of Expect."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Log it as aiohttp does, and tell none of it: its message repeats what was sent, as Python writes bytes."""
        super().handle_error(request, status, exc, message)
        answer = web.Response(status=status)
        answer.force_close()
        return answer

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer, with a body where it is a refusal that has none of ours."""
        resp.headers.setdefault(hdrs.SERVER, "perpdesk")
        if isinstance(resp, web.HTTPException) or (
            isinstance(resp, web.Response) and resp.status >= HTTPStatus.BAD_REQUEST and not resp.body
        ):
            resp.body = orjson.dumps({"error": HTTPStatus(resp.status).phrase.lower()})
            resp.headers[hdrs.CONTENT_TYPE] = "application/json"
        return await super().finish_response(request, resp, start_time)


def is_news(record: logging.LogRecord) -> bool:
    """A log's filter: False for requests that can't be read, whose bytes aiohttp would log; a token may be in them."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError | web.RequestPayloadError))


@asynccontextmanager
async def serving(
    app: web.Application, host: str, port: int, *, logger: logging.Logger, patience: float, lingering: float
) -> AsyncIterator[tuple[str, int]]:
    """Serve `app` while the block runs; yields the address (port 0: any free one).

    `patience`: seconds for headers, between requests, and for reading an answer; `lingering`: seconds that an answered
    request's unread body is waited for. Raises OSError when the address can't be bound.
    """
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    if runner.server is None:
        raise RuntimeError("a runner that was set up has a server")
    settings: dict[str, Any] = {
        "access_log": None,
        "logger": logger,
        "keepalive_timeout": patience,  # aiohttp also ends a first request's headers with it
        "lingering_time": lingering,
        "max_line_size": _HEADER_LIMIT,
        "max_field_size": _HEADER_LIMIT,
        "max_headers": _HEADERS_LIMIT,
    }
    connect = partial(PlainConnection, runner.server, loop=asyncio.get_running_loop(), **settings)
    try:
        async with listening(runner.server, connect, host, port, patience=patience) as address:
            yield address
    finally:
        await runner.cleanup()
