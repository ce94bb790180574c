"""HTTP over aiohttp's connections and parser, without its session (ADR 7): what both transports share.

What ClientSession adds to them (cookies, redirects, its own retries) has no use here, must not happen to an order or a
message, and is half of what a call costs. tests/unit/test_exchange_seams.py pins what is used of aiohttp.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from aiohttp.hdrs import CONTENT_LENGTH
from yarl import URL

_TARGET: Final = re.compile(r"/[!-~]*").fullmatch
_INFORMATIONAL: Final = range(100, 200)
_HEAD: Final = 100  # bytes kept of a body that is too large


class BodyTooLarge(aiohttp.ClientError):
    """A body is larger than its reader takes; `head` is how it begins."""

    def __init__(self, cap: int, *, head: bytes) -> None:
        super().__init__(f"the answer is larger than {cap} bytes")
        self.head = head[:_HEAD]


class Reply(NamedTuple):
    """One answer over HTTP, its body unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Host(NamedTuple):
    """One host: its connections, what aiohttp's connector wants to know of it, and the headers of every request."""

    connector: aiohttp.TCPConnector
    where: ClientRequest
    standing: str


def host_at(base_url: str, connector: aiohttp.TCPConnector, *, user_agent: str, accept_encoding: str) -> Host:
    """The host of a base URL (scheme, name, port). Call it on the running loop."""
    where = ClientRequest("GET", URL(base_url), loop=asyncio.get_running_loop())
    standing = f"Host: {where.headers['Host']}\r\nUser-Agent: {user_agent}\r\nAccept-Encoding: {accept_encoding}"
    return Host(connector, where, standing)


def head_of(standing: str, method: str, target: str, headers: Mapping[str, str]) -> bytes:
    """A request up to its body; `standing` as in Host. Raises ValueError for what could be read otherwise."""
    fields = "".join([f"\r\n{name}: {value}" for name, value in headers.items()])
    if not fields.isascii() or fields.count("\n") != len(headers) or not _TARGET(target):
        raise ValueError("a request holds what may not stand in a header")
    return f"{method} {target} HTTP/1.1\r\n{standing}{fields}\r\n\r\n".encode()


async def connected(host: Host, limits: aiohttp.ClientTimeout) -> tuple[Connection, ResponseHandler, asyncio.Transport]:
    """A connection, its parser and its way out. The caller releases or closes it.

    `limits.connect` and `limits.sock_connect` count. Raises what aiohttp's connector raises: nothing was sent then.
    """
    try:
        connection = await host.connector.connect(host.where, [], limits)
    except TimeoutError as late:
        raise aiohttp.ConnectionTimeoutError from late
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None:
        connection.close()
        raise aiohttp.ServerDisconnectedError
    protocol.set_response_params(read_until_eof=True)
    return connection, protocol, transport


async def reply_of(protocol: ResponseHandler, cap: int) -> Reply:
    """The answer, unpacked. Raises BodyTooLarge for a body over `cap` bytes, and what aiohttp's parser raises."""
    message, payload = await protocol.read()
    while message.code in _INFORMATIONAL:
        message, payload = await protocol.read()
    length = message.headers.get(CONTENT_LENGTH)
    if length is not None and int(length) > cap:  # the parser takes nothing but digits
        raise BodyTooLarge(cap, head=b"" if payload.is_eof() else await payload.readany())
    body = payload.read_nowait() if payload.is_eof() else await payload.readany()
    if not payload.at_eof():
        parts = [body]
        size = len(body)
        while size <= cap and not payload.at_eof():
            parts.append(await payload.readany())
            size += len(parts[-1])
        body = b"".join(parts)
    if len(body) > cap:
        raise BodyTooLarge(cap, head=body)
    return Reply(message.code, message.headers, body)
