"""How answers are made: JSON by orjson, gzip when it is asked for and worth it."""

import gzip
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import orjson
from aiohttp import hdrs, web

COMPRESS_FROM: Final = 1_024  # bytes
COMPRESS_LEVEL: Final = 1  # on loopback bytes cost nothing and time does
JSON: Final = "application/json"


def json_answer(body: object, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type=JSON, headers=headers)


def error_answer(status: int, words: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return json_answer({"error": words}, status, headers)


def utc(millis: float) -> str:
    """A moment as answers write it: RFC 3339, to the second."""
    return datetime.fromtimestamp(millis // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def compress(request: web.Request, answer: web.Response) -> None:
    """Gzip an answer of 1 KB or more if the client takes gzip and it is not packed yet."""
    body = answer.body
    if not isinstance(body, bytes) or len(body) < COMPRESS_FROM or hdrs.CONTENT_ENCODING in answer.headers:
        return
    answer.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
    if takes_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
        answer.body = gzip.compress(body, COMPRESS_LEVEL, mtime=0)
        answer.headers[hdrs.CONTENT_ENCODING] = "gzip"


def takes_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding names gzip (or anything) with a weight above 0 (RFC 9110, 12.5.3)."""
    weights = {}
    for part in accept_encoding.lower().split(","):
        coding, _, parameter = part.partition(";")
        weights[coding.strip()] = _weight(parameter)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
