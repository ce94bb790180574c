"""HTTP to Bybit's hosts: one connector a host, replaced when it is broken."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, NamedTuple, Protocol, Self

import aiohttp
from aiohttp.connector import Connection
from aiohttp.hdrs import CONTENT_LENGTH
from aiohttp.http_exceptions import HttpProcessingError

from bot.aio.tasks import TaskSet
from bot.domain.errors import ExchangeDown, ExchangeError, OutcomeUnknown
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.deadlines import Deadlines
from bot.exchange.bybit.decode import MAX_BODY
from bot.http_exchange import Host, Reply, connected, head_of, host_at, reply_of
from bot.proxy import Connectors, ProxyError

_BROKEN_AFTER: Final = 3  # calls in a row without an answer: fresh connections and a fresh look-up of the name
_KEEP_ALIVE: Final = 30.0  # seconds: shorter than what Bybit's front keeps
_DNS_SECONDS: Final = 300
_DROPPED: Final = (
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientOSError,
    aiohttp.ClientPayloadError,  # in the middle of the body
    ConnectionError,
)
_logger = logging.getLogger(__name__)


class Dropped(ExchangeDown):
    """The connection went away before the whole answer to a read had come: ask once more, at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds: from sending to the last byte; for a connection (name, TCP, TLS); for asking a host in doubt."""

    answer: float = 10.0
    connect: float = 3.0
    check: float = 3.0


class Request(NamedTuple):
    """What goes out. `target` is sent as it is: its query is what was signed. Everything is printable ASCII."""

    method: str
    host: str  # the base URL
    target: str  # path and query
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    def __repr__(self) -> str:
        return f"Request({self.method} {self.host}{self.target.partition('?')[0]})"  # headers and query name a key


class HttpTransport(Protocol):
    """What carries requests to Bybit's hosts: `Transport`, or a fake of Bybit within the process."""

    @property
    def timeouts(self) -> Timeouts: ...
    @property
    def reconnects(self) -> int: ...
    async def send(self, request: Request) -> Reply:
        """One call. Raises ExchangeDown, or Unknown for a write that may have arrived."""
        ...

    def is_doubtful(self, host: str, silence: float) -> bool: ...
    def reconnect(self, host: str | None) -> None: ...


@dataclass(slots=True, eq=False)
class _Link:
    """The connections to one host and what is known of it. Times are monotonic seconds."""

    host: Host
    deadlines: Deadlines
    in_flight: int = 0
    failures: int = 0
    heard_at: float | None = None
    is_retired: bool = False


@dataclass(slots=True, kw_only=True)
class Transport:
    """Every connection of ours to Bybit; one `async with`."""

    clock: Clock
    timeouts: Timeouts = field(default_factory=Timeouts)
    connector: Connectors = field(default=aiohttp.TCPConnector, repr=False)
    connections: int = 512  # to one host; more calls wait for one, at most `timeouts.connect`
    reconnects: int = field(default=0, init=False)
    _aiohttp_timeout: aiohttp.ClientTimeout = field(init=False)
    _links: dict[str, _Link] = field(default_factory=dict, init=False)
    _closing: TaskSet = field(default_factory=TaskSet, init=False)

    def __post_init__(self) -> None:
        self._aiohttp_timeout = aiohttp.ClientTimeout(connect=self.timeouts.connect)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        links, self._links = tuple(self._links.values()), {}
        await asyncio.gather(*map(_close, links), self._closing.join())

    async def send(self, request: Request) -> Reply:
        """One call. Raises ExchangeDown, or Unknown for a write that may have arrived."""
        link = self._link(request.host)
        data = _bytes(request, link.host.standing)
        link.in_flight += 1
        try:
            reply = await self._send(link, data, is_write=request.is_write)
        except ExchangeError:
            link.failures += 1
            if link.failures >= _BROKEN_AFTER and not link.is_retired:
                self.reconnect(request.host)
            raise
        else:
            link.failures = 0
            link.heard_at = self.clock.monotonic()
            return reply
        finally:
            link.in_flight -= 1
            if link.is_retired:
                self._close_if_done(link)

    def is_doubtful(self, host: str, silence: float) -> bool:
        """Whether the connections to that host did not answer their last call, or for so many seconds any."""
        link = self._links.get(host)
        if link is None:
            return False  # the next call makes new ones
        is_silent = link.heard_at is not None and self.clock.monotonic() - link.heard_at > silence
        return bool(link.failures) or is_silent

    def reconnect(self, host: str | None) -> None:
        """Use new connections from now on, to one host or (None) to all. Calls under way end on the old ones."""
        for name in (host,) if host is not None else tuple(self._links):
            link = self._links.pop(name, None)
            if link is not None:
                self.reconnects += 1
                link.is_retired = True
                _logger.info("new connections to the exchange", extra={"host": name, "failures": link.failures})
                self._close_if_done(link)

    def _link(self, host: str) -> _Link:
        link = self._links.get(host)
        if link is None or link.host.connector.closed:
            connector = self.connector(
                limit=self.connections, ttl_dns_cache=_DNS_SECONDS, keepalive_timeout=_KEEP_ALIVE
            )
            deadlines = Deadlines(seconds=self.timeouts.answer, loop=asyncio.get_running_loop())
            at = host_at(host, connector, user_agent="perpdesk", accept_encoding="gzip, deflate")
            link = self._links[host] = _Link(at, deadlines)
        return link

    def _close_if_done(self, link: _Link) -> None:
        if link.is_retired and not link.in_flight and not link.host.connector.closed:
            self._closing.start(_close(link), "closing of old connections to Bybit")

    async def _send(self, link: _Link, data: bytes, *, is_write: bool) -> Reply:
        connection: Connection | None = None
        transport: asyncio.Transport | None = None
        deadline, is_late = 0, False
        try:
            connection, protocol, transport = await connected(link.host, self._aiohttp_timeout)
            deadline = link.deadlines.start(transport)
            self._write(transport, data)
            reply = await reply_of(protocol, MAX_BODY)
            connection.release()
            connection = None
        except (aiohttp.ClientError, HttpProcessingError, OSError) as error:  # TimeoutError is an OSError
            trouble = error
        else:
            return reply
        finally:
            if transport is not None:
                is_late = link.deadlines.end(deadline, transport)
            if connection is not None:
                connection.close()
        raise trouble_of(TimeoutError() if is_late else trouble, is_sent=transport is not None, is_write=is_write)

    def _write(self, transport: asyncio.Transport, data: bytes) -> None:
        """Let the whole request go out."""
        transport.write(data)


def _bytes(request: Request, standing: str) -> bytes:
    """The request as it goes over the wire. Raises ValueError rather than send what could be read otherwise."""
    method, _, target, headers, body = request
    if request.is_write:
        headers = {**headers, CONTENT_LENGTH: str(len(body))}
    elif body:
        raise ValueError("a GET with a body: Bybit answers it with 403, as it does a ban")
    return head_of(standing, method, target, headers) + body


def trouble_of(error: Exception, *, is_sent: bool, is_write: bool) -> ExchangeError:
    """What a failed call is to its caller: a write that left may have been worked on, a read is asked once more."""
    reason = str(error) if isinstance(error, ProxyError) else f"no answer from Bybit ({type(error).__name__})"
    if is_write and is_sent:
        return OutcomeUnknown(reason)
    is_dropped = isinstance(error, _DROPPED)
    return Dropped(reason) if is_dropped and is_sent else ExchangeDown(reason)


async def _close(link: _Link) -> None:
    await link.host.connector.close()
    link.deadlines.close()
