"""HTTP to Bybit's hosts: one aiohttp session a host, replaced when it is broken. Sends bytes, brings bytes.

A read that is dropped with its connection is asked once more by aiohttp (RFC 9112, 9.3.1: idempotent methods on a
kept-alive connection); a POST is never sent twice.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, NamedTuple, Self

import aiohttp
from yarl import URL

from bot.domain.errors import ExchangeDown, ExchangeError, Unknown
from bot.domain.ports import Clock
from bot.exchange.bybit.decode import MAX_BODY

_BROKEN_AFTER: Final = 3  # calls in a row without an answer: a fresh connection and a fresh look-up of the name
_KEEP_ALIVE: Final = 30.0  # seconds: shorter than what Bybit's front keeps
_DNS_SECONDS: Final = 300
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. `total` is for the whole call; `connect` for a connection, with the look-up of the name and TLS."""

    total: float = 10.0
    connect: float = 3.0


class Request(NamedTuple):
    """What goes out. `url` is sent as it is: its query is what was signed."""

    method: str
    host: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None

    @property
    def is_write(self) -> bool:
        return self.method != "GET"


class Reply(NamedTuple):
    """What came back, at most MAX_BODY bytes of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, eq=False)
class _Link:
    """A session and what is known of it. Times are monotonic seconds."""

    session: aiohttp.ClientSession
    in_flight: int = 0
    failures: int = 0
    heard_at: float | None = None
    is_retired: bool = False


@dataclass(slots=True, kw_only=True)
class Transport:
    """Every connection of ours to Bybit; one `async with`."""

    clock: Clock
    timeouts: Timeouts = field(default_factory=Timeouts)
    connections: int = 512  # to one host; more calls wait for one, at most `timeouts.connect`
    reconnects: int = field(default=0, init=False)
    _links: dict[str, _Link] = field(default_factory=dict, init=False)
    _closing: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        links, self._links = tuple(self._links.values()), {}
        await asyncio.gather(*(link.session.close() for link in links), *self._closing)

    async def send(self, request: Request) -> Reply:
        """One call. Raises ExchangeDown, or Unknown for a write that may have arrived."""
        link = self._link(request.host)
        link.in_flight += 1
        try:
            reply = await self._send(link.session, request)
        except ExchangeError:
            link.failures += 1
            if link.failures >= _BROKEN_AFTER:
                self.reconnect(request.host)
            raise
        else:
            link.failures = 0
            link.heard_at = self.clock.monotonic()
            return reply
        finally:
            link.in_flight -= 1
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
        if link is None or link.session.closed:
            link = self._links[host] = _Link(self._session())
        return link

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self.connections, ttl_dns_cache=_DNS_SECONDS, keepalive_timeout=_KEEP_ALIVE
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),  # accounts share connections, never cookies
            timeout=aiohttp.ClientTimeout(total=self.timeouts.total, connect=self.timeouts.connect),
            headers={"User-Agent": "perpdesk"},
        )

    def _close_if_done(self, link: _Link) -> None:
        if link.is_retired and not link.in_flight and not link.session.closed:
            task = asyncio.ensure_future(link.session.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _send(self, session: aiohttp.ClientSession, request: Request) -> Reply:
        was_sent = True
        try:
            async with session.request(
                request.method,
                URL(request.url, encoded=True),
                data=request.body,
                headers=request.headers,
                allow_redirects=False,
            ) as response:
                return Reply(response.status, response.headers, await _body(response))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            was_sent = False
            trouble: Exception = error
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            trouble = error
        reason = f"no answer from Bybit ({type(trouble).__name__})"
        raise Unknown(reason) if request.is_write and was_sent else ExchangeDown(reason)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The whole body, unpacked. Raises ClientPayloadError when it is longer than MAX_BODY."""
    parts: list[bytes] = []
    size = response.content_length or 0
    while size <= MAX_BODY and not response.content.at_eof():
        parts.append(await response.content.readany())
        size = sum(map(len, parts))
    if size > MAX_BODY:
        response.close()
        raise aiohttp.ClientPayloadError("body too large")
    return parts[0] if len(parts) == 1 else b"".join(parts)
