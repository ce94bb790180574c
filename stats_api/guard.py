"""What stands before every route: the token, the limit on bodies; and what goes around every answer."""

import ipaddress
import logging
from collections.abc import Collection, Mapping
from hmac import compare_digest
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot.domain.secrets import Secret
from stats_api.answers import compress, error_answer

_logger = logging.getLogger(__name__)

BODY_LIMIT: Final = 1_024  # bytes; no route reads a body at all

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)


def make_guard(token: Secret | None, opened: Collection[str]) -> Middleware:
    """Refuse what may not pass, and make every refusal of the app a JSON answer. `opened` paths demand no token."""
    expected = None if token is None else token.reveal().encode()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if expected is not None and request.path not in opened and not carries(request, expected):
            answer = error_answer(
                HTTPStatus.UNAUTHORIZED, "a bearer token is needed", {"WWW-Authenticate": 'Bearer realm="perpdesk"'}
            )
        elif expected is None and not names_this_machine(request.host):
            answer = error_answer(HTTPStatus.MISDIRECTED_REQUEST, "without a token only localhost is served")
        elif has_large_body(request):
            answer = error_answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "nothing here takes a body")
            answer.force_close()
        else:
            answer = await _answer(request, handler)
        compress(request, answer)
        answer.headers.update({name: value for name, value in HEADERS.items() if name not in answer.headers})
        return answer

    return guard


async def _answer(request: web.Request, handler: Handler) -> web.Response:
    try:
        answer = await handler(request)
    except web.HTTPException as refusal:
        allow = refusal.headers.get(hdrs.ALLOW)
        return error_answer(refusal.status, refusal.reason.lower(), None if allow is None else {"Allow": allow})
    except Exception:
        _logger.exception("%s failed", request.path)
        return error_answer(HTTPStatus.INTERNAL_SERVER_ERROR, "the sidecar could not answer; its log says why")
    if not isinstance(answer, web.Response):
        raise TypeError(f"{request.path} answers {type(answer).__name__}")
    return answer


def carries(request: web.Request, expected: bytes) -> bool:
    """Whether the request carries the token; compared in constant time."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    given = token.strip().encode("utf-8", "surrogateescape")
    return compare_digest(given, expected) and scheme.lower() == "bearer"


def names_this_machine(host: str) -> bool:
    """Whether a Host header names a loopback address.

    A web page whose own name was made to lead here (DNS rebinding) sends that name.
    """
    name = host.rpartition("]")[0].removeprefix("[") if host.startswith("[") else host.partition(":")[0]
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.lower().removesuffix(".") == "localhost"


def has_large_body(request: web.Request) -> bool:
    """A body over the limit, or one that does not say how long it is."""
    length = request.content_length
    return request.body_exists if length is None else length > BODY_LIMIT
