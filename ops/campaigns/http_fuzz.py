"""Requests and bytes that nobody should send, to the sidecar and to the webhook's listener.

Every answer is below 500, nothing is given to who lacks the secret, and a good request is served after each round.
"""

import asyncio
import gzip
import random
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Final

from bot.chat.webhook_listener import SECRET_HEADER
from stats_api.openapi import describe
from stats_api.page_files import PAGE, POLICY

AT_ONCE: Final = 16  # connections
_ROUND: Final = 200  # cases, then a look whether it serves
_SILENCE_S: Final = 0.2  # after which nothing more is awaited of a request that may be half a one
_ANSWER_S: Final = 60.0  # for a whole request
_HEAD_OF_ANSWER: Final = re.compile(rb"HTTP/1\.[01] (\d{3}).*?(?:\r\n\r\n|$)", re.DOTALL)
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")
_STRANGE: Final = (
    "/",
    "/nope",
    "/%00",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/metrics/",
    "//",
    "/a" * 500,
    "/%ff%fe",
    "/;a=b?c",
)
_HEADERS: Final = (
    "Accept-Encoding: gzip;q=2, br, *;q=-1",
    "Accept-Encoding: ,;;q=",
    "Content-Type: text/html; charset=klingon",
    "Cookie: a=b; =; ;;",
    "If-Modified-Since: never",
    "Range: bytes=9-1",
    "Authorization: Digest x",
    "Forwarded: for=unknown",
    "Upgrade: websocket",
    "X-HTTP-Method-Override: DELETE",
    "Accept: */*;q=nan",
)
_LARGE: Final = 3_000_000  # bytes: over every limit
_ANY: Final = frozenset(range(200, 500))


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzTarget:
    """A listener of 127.0.0.1: what it serves and to whom. `accepts`: statuses of whole requests that are let in.

    `open_paths` are served to everybody, with `open_mark` in the heads of their answers.
    """

    name: str
    port: int
    method: str
    paths: tuple[str, ...]
    header: str
    value: str = field(repr=False)
    wrong: tuple[str, ...]
    good_body: bytes
    accepts: frozenset[int]
    is_all_protected: bool  # what is not served, too
    open_paths: frozenset[str] = frozenset()
    open_mark: bytes = b""


def sidecar_target(port: int, token: str) -> FuzzTarget:
    """All that it describes; the first of it, the dashboard's page, always answers 200."""
    paths = describe("")["paths"]
    return FuzzTarget(
        name="the sidecar",
        port=port,
        method="GET",
        paths=tuple(paths),
        header="Authorization",
        value=f"Bearer {token}",
        wrong=("", "Bearer", "Bearer x", f"Basic {token}", token, f"Bearer {token[:-1]}", f"Bearer {token}x"),
        good_body=b"",
        accepts=frozenset({HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}),
        is_all_protected=True,
        open_paths=frozenset(PAGE),
        open_mark=POLICY.encode(),
    )


def webhook_target(port: int, path: str, secret: str) -> FuzzTarget:
    """What is let in and can't be read is answered 200: it is not to come again."""
    return FuzzTarget(
        name="the webhook",
        port=port,
        method="POST",
        paths=(path,),
        header=SECRET_HEADER,
        value=secret,
        wrong=("", "x", secret[:-1], f"{secret}x", secret.upper(), "\t"),
        good_body=b"{}",
        accepts=frozenset({HTTPStatus.OK}),
        is_all_protected=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzRequest:
    """Bytes, and which statuses may answer them; None: any but 2xx. `is_whole`: an answer has to come."""

    sent: bytes = field(repr=False)
    may: frozenset[int] | None
    is_whole: bool


async def fuzz(target: FuzzTarget, seed: int, cases: int, *, first: int = 0) -> list[str]:
    """Cases from the number `first` on; each depends on the seed and its number alone. What was wrong, with both."""
    failures, end = list[str](), first + cases
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with slots:
            drawn = drawn_case(target, seed, number)
            received = await _received(target, drawn)
            if (wrong := _wrong(drawn, _statuses(target, drawn, received), received)) is not None:
                failures.append(f"{target.name}, case {seed} {number}: {wrong}; sent {drawn.sent[:300]!r}")

    for number in range(first, end, _ROUND):
        await asyncio.gather(*map(one, range(number, min(number + _ROUND, end))))
        good = _good(target)
        if _statuses(target, good, await _received(target, good)) != [HTTPStatus.OK]:
            return [*failures, f"{target.name} does not serve any more after those from {number} on of seed {seed}"]
    return failures


def drawn_case(target: FuzzTarget, seed: int, number: int) -> FuzzRequest:
    """Half of them are whole requests, half are broken ones."""
    draw = random.Random(f"{seed} {number}")  # noqa: S311  a repeatable choice, not a secret
    whole = _whole(target, draw)
    if draw.random() < 0.5:  # noqa: PLR2004  a half
        return whole
    sent = whole.sent
    for _ in range(draw.randint(1, 4)):
        sent = _broken(sent, draw)
    has_secret = target.value.encode() in sent
    return FuzzRequest(sent=sent, may=_ANY | target.accepts if has_secret else None, is_whole=False)


def _good(target: FuzzTarget) -> FuzzRequest:
    head = _head(target.method, target.paths[0], [f"{target.header}: {target.value}"], target.good_body)
    return FuzzRequest(sent=head + target.good_body, may=frozenset({200}), is_whole=True)


def _whole(target: FuzzTarget, draw: random.Random) -> FuzzRequest:
    method = target.method if draw.random() < 0.5 else draw.choice(_METHODS)  # noqa: PLR2004  a half
    is_served = draw.random() < 0.7  # noqa: PLR2004  most
    path = draw.choice(target.paths if is_served else _STRANGE)
    is_let_in = draw.random() < 0.3  # noqa: PLR2004  some
    headers = draw.sample(_HEADERS, draw.randint(0, 4))
    given = target.value if is_let_in else draw.choice(target.wrong)
    if given:
        headers = [*(each for each in headers if not each.startswith(target.header)), f"{target.header}: {given}"]
    draw.shuffle(headers)
    body, extra, is_fit = draw.choice(_bodies(target.good_body))
    query = draw.choice(("", "?", "?a=b", "?token=x&%zz", "?" + "q" * 2_000))
    head = _head(method, path + query, [*headers, *extra], None if extra else body)
    return FuzzRequest(sent=head + body, may=_may(target, method, path, is_let_in, is_fit), is_whole=True)


def _may(target: FuzzTarget, method: str, path: str, is_let_in: bool, is_fit: bool) -> frozenset[int]:
    """Which statuses may answer; those of a body that does not fit come on top."""
    unfit = frozenset() if is_fit else frozenset({400, 408, 413})
    is_let_in = is_let_in or path in target.open_paths
    if target.is_all_protected and not is_let_in:
        return frozenset({401}) | unfit
    if path not in target.paths:
        return frozenset({404}) | unfit
    if method != target.method and not (target.method == "GET" and method == "HEAD"):
        return frozenset({405}) | unfit
    return target.accepts | unfit if is_let_in else frozenset({401}) | unfit


def _head(method: str, path: str, headers: list[str], body: bytes | None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
    if body is not None and body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@cache
def _bodies(good: bytes) -> tuple[tuple[bytes, tuple[str, ...], bool], ...]:
    """Each a body, the headers that it has instead of Content-Length, and whether a server may not complain of it."""
    chunked = ("Transfer-Encoding: chunked",)
    packed = gzip.compress(bytes(_LARGE), 9)
    return (
        (b"", (), True),
        (good, (), True),
        (b"{", (), True),
        (b"\xff\x00" * 50, (), True),
        (b"null", (), True),
        (b'{"update_id":-1}', (), True),
        (b'{"update_id":1e400,"message":NaN}', (), True),
        (b"[" * 900, (), True),
        (b'{"a":' * 100_000, (), False),
        (b" " * _LARGE, (), False),
        (packed, ("Content-Encoding: gzip", f"Content-Length: {len(packed)}"), False),
        (b"no gzip", ("Content-Encoding: gzip", "Content-Length: 7"), False),
        (b"x", ("Content-Encoding: br", "Content-Length: 1"), False),
        (b"2\r\n{}\r\n0\r\n\r\n", chunked, False),
        (b"-1\r\n{}\r\n0\r\n\r\n", chunked, False),
        (b"0x2\r\n{}\r\n0\r\n\r\n", chunked, False),
        (b"fffffffffffffffff\r\n{}\r\n", chunked, False),
        (b"2;" + b"a" * 20_000 + b"\r\n{}\r\n0\r\n\r\n", chunked, False),
        (b"2\n{}\n0\n\n", chunked, False),
        (b"2\r\n{}\r\n0\r\nX: y\r\n\r\n", (*chunked, "Content-Length: 2"), False),
        (b"{}", ("Transfer-Encoding: xchunked", "Content-Length: 2"), False),
        (b"{}", ("Content-Length: 2", "Content-Length: 3"), False),
        (b"{}", ("Content-Length: +2",), False),
    )


def _broken(sent: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(min(len(sent), 600) + 1)
    end = start + draw.randint(0, 40)
    match draw.randrange(6):
        case 0:
            return sent[:start] + sent[end:]
        case 1:
            return sent[:end] + sent[start:]
        case 2:
            return sent[:start] + draw.randbytes(end - start) + sent[end:]
        case 3:
            return sent[:start]
        case 4:
            return (
                sent[:start]
                + draw.choice((b"\r\n", b"\n", b"\x00", b"\r\n\r\n", b" ", b"\t", b"A" * 9_000))
                + sent[start:]
            )
    return sent + sent[start:]


async def _received(target: FuzzTarget, drawn: FuzzRequest) -> bytes:
    """What came until the connection was closed or fell silent."""
    received = b""
    with suppress(ConnectionError, TimeoutError):
        reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
        sending = asyncio.create_task(_send(writer, drawn.sent))
        try:
            async with asyncio.timeout(_ANSWER_S if drawn.is_whole else _SILENCE_S):
                while chunk := await reader.read(65_536):
                    received += chunk
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            writer.transport.abort()
    return received


def _statuses(target: FuzzTarget, drawn: FuzzRequest, received: bytes) -> list[int]:
    """Of all answers, interim ones aside. Where nothing may be given, what anybody may have does not count."""
    found = []
    for head in _HEAD_OF_ANSWER.finditer(received):
        is_anybody_s = bool(target.open_mark) and target.open_mark in head[0]
        if int(head[1]) >= HTTPStatus.OK and not (drawn.may is None and is_anybody_s):
            found.append(int(head[1]))
    return found


async def _send(writer: asyncio.StreamWriter, sent: bytes) -> None:
    with suppress(ConnectionError):
        writer.write(sent)
        await writer.drain()


def _wrong(drawn: FuzzRequest, answers: list[int], received: bytes) -> str | None:
    if b"aiohttp" in received:
        return "was answered with the name of the library"
    if any(status >= HTTPStatus.INTERNAL_SERVER_ERROR for status in answers):
        allowed = drawn.may or frozenset()
        if not allowed.issuperset(answers):
            return f"answered {answers}"
    if drawn.may is None:
        return (
            f"answered {answers} without the secret"
            if any(status < HTTPStatus.BAD_REQUEST for status in answers)
            else None
        )
    if not drawn.is_whole:
        return None
    if not answers:
        return None if drawn.may & {400, 413} else "was not answered"
    return None if answers[0] in drawn.may else f"answered {answers}, not one of {sorted(drawn.may)}"
