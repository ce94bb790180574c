"""The HTTP side of a webhook: what is not Telegram's is refused before its body is read, with no patience for the slow.

Telegram takes 200 for "stored". Anything else it sends again, after as many seconds as Retry-After asks for
(tdlib/telegram-bot-api, WebhookActor.cpp).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hmac import compare_digest
from http import HTTPMethod, HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from bot.domain.secrets import Secret
from bot.http_server import is_news, serving

_log = logging.getLogger(__name__)

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header
BODY_LIMIT: Final = 1024 * 1024  # bytes; a message with its keyboard and the message that it answers has some 100 KB
PATIENCE: Final = 12.0  # s for headers, for a body, and between requests: a proxy keeps its connections for less
RETRY_AFTER: Final = 1  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAddress:
    """Where Telegram sends updates to (`url`), and where this process listens for them. `secret` goes with each."""

    url: str = field(repr=False)
    secret: Secret = field(repr=False)
    path: str = field(repr=False)
    host: str
    port: int


_log.addFilter(is_news)


class _Door:
    """Answers requests. `take` stores a body, and says whether it did."""

    def __init__(self, address: WebhookAddress, take: Callable[[bytes], Awaitable[bool]], patience: float) -> None:
        self._path = address.path
        self._secret = address.secret.reveal().encode()
        self._take = take
        self._patience = patience

    async def answer(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        if refusal is not None:
            answer = web.Response(status=refusal)
            if request.body_exists:
                answer.force_close()
            return answer
        try:
            async with asyncio.timeout(self._patience):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=HTTPStatus.REQUEST_TIMEOUT)
        except (
            web.RequestPayloadError,
            ConnectionError,
        ):  # chunks or a packing that can't be read; or who sent it left
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        if await self._take(body):
            return web.Response()
        return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={hdrs.RETRY_AFTER: str(RETRY_AFTER)})

    def _refusal(self, request: web.Request) -> HTTPStatus | None:
        if request.path != self._path:
            return HTTPStatus.NOT_FOUND
        if request.method != HTTPMethod.POST:
            return HTTPStatus.METHOD_NOT_ALLOWED
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not compare_digest(given, self._secret):
            return HTTPStatus.UNAUTHORIZED
        if (request.content_length or 0) > BODY_LIMIT:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return None


@asynccontextmanager
async def listening_for_updates(
    address: WebhookAddress, take: Callable[[bytes], Awaitable[bool]], *, patience: float = PATIENCE
) -> AsyncIterator[int]:
    """Listen while the block runs; yields the port. Raises OSError when it can't be bound."""
    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_route("*", "/{path:.*}", _Door(address, take, patience).answer)
    async with serving(app, address.host, address.port, logger=_log, patience=patience, lingering=0) as (_, port):
        yield port
