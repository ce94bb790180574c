"""The transport to Telegram: PTB's `BaseRequest` over aiohttp's connections, for polling and for sending.

PTB's own transport (httpx) collapses under concurrency; this one does the same work in one place:
no POST is ever sent twice, and the token, which every address carries, is in no error and no log line.
"""

import asyncio
import json
import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import orjson
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter  # private, but its only maker; PTB is pinned

from bot.chat.errors import FloodWait, UnreadableAnswer
from bot.chat.multipart import JSON_TYPE, Body, encode
from bot.chat.scrub import Scrubber
from bot.domain.secrets import Secret
from bot.http_exchange import BodyTooLarge, Host, connected, head_of, host_at, reply_of
from bot.proxy import Connectors, ProxyError

_SMALL: Final = 32 * 1024  # bytes that fit a socket's buffer at once: writing them can't wait for the peer
_CHUNK: Final = 64 * 1024
_ANSWER_CAP: Final = 16 * 1024 * 1024  # bytes; a full getUpdates batch stays well below
_FILE_CAP: Final = 32 * 1024 * 1024  # bytes; getFile gives at most 20 MB
_HEAD: Final = 100  # bytes kept of an answer that can't be read: the id of its first update is among them
_DEFAULT_WAIT_S: Final = 1.0  # after a 429 that does not say how long
_LONGEST_WAIT_S: Final = 86_400.0  # a 429 that asks for more is asked again after a day
_KEEP_ALIVE_S: Final = 30.0  # below a usual server's: a connection closed under our hands is a lost send


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOuts:
    """Seconds, None for no limit; the meanings are those of PTB's request parameters of the same names."""

    read: float | None = 10.0
    write: float | None = 10.0
    media_write: float | None = 60.0
    connect: float | None = 5.0
    pool: float | None = 10.0


@dataclass(slots=True)
class _Line:
    """Connections, the hosts that they lead to, and how many requests are under way on them."""

    connector: aiohttp.TCPConnector
    hosts: dict[str, Host] = field(default_factory=dict)  # Telegram's, or the one in its place
    users: int = 0
    is_retired: bool = False


# Nobody reads more of the message that a call answers with than its id, and PTB spends a tenth of an update's time on
# building it. An edit that went well answers True here, as Telegram itself does for inline messages; what was sent,
# what PTB asks of a message.
_EDIT: Final = re.compile(r"/editMessage(?:Text|Caption|Media|ReplyMarkup)$")
_SEND: Final = re.compile(r"/send(?:Message|Photo|Document|Invoice)$")
_RESULT: Final = b'{"ok":true,"result":'
_A_MESSAGE: Final = _RESULT + b"{"
_DONE: Final = b'{"ok":true,"result":true}'


class TelegramRequest(BaseRequest):
    """PTB's request interface, and a way out of connections that are deaf."""

    __slots__ = ()

    @abstractmethod
    async def renew(self) -> None:
        """Put new connections in place of deaf ones; requests under way on the old ones may still end there."""

    async def call(self, url: str, parameters: Mapping[str, object], *, read_timeout: float) -> Any:
        """The `result` of one call without files. Raises `TelegramError`s as PTB's own calls do."""
        data = RequestData([RequestParameter(name, value, None) for name, value in parameters.items()])
        return await self.post(url, data, read_timeout=read_timeout)


class _Answered(BaseRequest):
    """An answer that has come already, for PTB to make its error of."""

    __slots__ = ("_payload", "_status")

    def __init__(self, status: int, payload: bytes) -> None:
        self._status, self._payload = status, payload

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """PTB asks for it; no connection is needed for an answer that is there."""

    async def shutdown(self) -> None:
        """PTB asks for it; there is no connection to be closed."""

    async def do_request(self, *_: object, **__: object) -> tuple[int, bytes]:
        return self._status, self._payload


class AiohttpRequest(TelegramRequest):
    """PTB's request interface over one pool of connections.

    A request is made once. The one exception: where no connection came about, nothing was sent, and it is made
    once more. Redirects are not followed: they would carry the token elsewhere.
    """

    __slots__ = ("_connector", "_line", "_of_calls", "_pool", "_scrubber", "_time_outs")

    def __init__(
        self,
        token: Secret,
        *,
        time_outs: TimeOuts = TimeOuts(),
        pool_size: int = 512,
        connector: Connectors = aiohttp.TCPConnector,
    ) -> None:
        self._scrubber = Scrubber(token)
        self._connector = connector
        self._time_outs = time_outs
        self._of_calls: dict[float, TimeOuts] = {}  # by their read time-out: the poll's, and that of all others
        self._pool = asyncio.Semaphore(pool_size)
        self._line: _Line | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._time_outs.read

    async def initialize(self) -> None:
        """Be ready; a second call (PTB makes one a slot) changes nothing."""
        if self._line is None:
            self._line = self._open_line()

    async def shutdown(self) -> None:
        """Close the connections and whatever runs on them; a second call changes nothing."""
        line, self._line = self._line, None
        if line is not None:
            await line.connector.close()

    async def renew(self) -> None:
        line = self._line
        if line is None:
            return
        self._line = self._open_line()
        line.is_retired = True
        if not line.users:
            await line.connector.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """PTB's hook, without its log line of whatever came."""
        try:
            parsed = orjson.loads(payload)
        except orjson.JSONDecodeError:  # stricter than Telegram: lone surrogates, for one
            parsed = _parse_leniently(payload)
        if not isinstance(parsed, dict):
            raise UnreadableAnswer("Telegram's answer can't be read", head=payload[:_HEAD])
        return parsed

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One HTTP exchange. Raises TimedOut and NetworkError, never with the token in it or behind it."""
        body = await encode(request_data)
        defaults = self._time_outs
        time_outs = TimeOuts(
            read=_seconds(read_timeout, defaults.read),
            write=_seconds(write_timeout, defaults.media_write if body and body.has_files else defaults.write),
            connect=_seconds(connect_timeout, defaults.connect),
            pool=_seconds(pool_timeout, defaults.pool),
        )
        status, payload = await self._answered(method, url, body, time_outs)
        if status == HTTPStatus.OK and payload.startswith(_A_MESSAGE):
            if _EDIT.search(url):
                return status, _DONE
            if _SEND.search(url):
                return status, _outline(payload)
        return status, payload

    async def call(self, url: str, parameters: Mapping[str, object], *, read_timeout: float) -> Any:
        """As its base does, without PTB on the way."""
        try:
            body = Body(orjson.dumps(parameters), JSON_TYPE) if parameters else None
        except TypeError:  # lone surrogates, integers over 64 bits
            return await super().call(url, parameters, read_timeout=read_timeout)
        time_outs = self._of_calls.get(read_timeout)
        if time_outs is None:
            time_outs = self._of_calls[read_timeout] = replace(self._time_outs, read=read_timeout)
        try:
            status, payload = await self._answered("POST", url, body, time_outs)
        except TelegramError:
            raise
        except Exception as error:  # whatever else the way there may raise, as PTB has it
            raise NetworkError(f"Unknown error in HTTP implementation: {error!r}") from error
        if status == HTTPStatus.OK:
            return self.parse_json_payload(payload)["result"]
        return await _Answered(status, payload).post(url)

    async def _answered(self, method: str, url: str, body: Body | None, time_outs: TimeOuts) -> tuple[int, bytes]:
        """Status and body of the answer, fit for PTB. Raises as `do_request` does."""
        if self._pool.locked():
            await self._wait_for_place(time_outs.pool)
        else:
            await self._pool.acquire()
        try:
            outcome = await self._attempt(method, url, body, time_outs)
            if isinstance(outcome, aiohttp.ClientConnectorError) and not isinstance(outcome, aiohttp.ClientSSLError):
                outcome = await self._attempt(method, url, body, time_outs)
        finally:
            self._pool.release()
        if isinstance(outcome, BaseException):
            raise self._translate(outcome)  # outside any except: the error that has the address is not chained to it
        return self._checked(method, *outcome)

    async def _wait_for_place(self, seconds: float | None) -> None:
        """A place in the pool, waited for at most so long. Raises TimedOut."""
        try:
            await asyncio.wait_for(self._pool.acquire(), seconds)
        except TimeoutError:
            raise TimedOut("Pool timeout: all connections are busy. The request was *not* sent.") from None

    async def _attempt(
        self, method: str, url: str, body: Body | None, time_outs: TimeOuts
    ) -> tuple[int, bytes] | Exception:
        """Status and body of the answer, or the error that came instead of it."""
        line = self._line
        if line is None:
            raise RuntimeError("the transport is not initialized")
        line.users += 1
        try:
            return await _exchange(line, method, url, body, time_outs)
        except (aiohttp.ClientError, HttpProcessingError, OSError) as error:  # TimeoutError is an OSError
            return error
        finally:
            line.users -= 1
            if line.is_retired and not line.users:
                await line.connector.close()

    def _open_line(self) -> _Line:
        return _Line(self._connector(limit=0, keepalive_timeout=_KEEP_ALIVE_S))  # `_place` is the limit

    def _translate(self, error: BaseException) -> TelegramError:
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            return TimedOut("Timed out while connecting. The request was *not* sent.")
        if isinstance(error, TimeoutError):
            return TimedOut()
        if isinstance(error, BodyTooLarge):
            return UnreadableAnswer(str(error), head=error.head)
        if isinstance(error, ProxyError):
            return NetworkError(str(error))
        return NetworkError(f"aiohttp.{type(error).__name__}: {self._scrubber.text(str(error))}")

    def _checked(self, method: str, status: int, payload: bytes) -> tuple[int, bytes]:
        """An answer fit for PTB: errors without the token and without pages of HTML, successes with a result."""
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise FloodWait(_retry_after(payload))
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            payload = self._scrubber.payload(payload)
            return status, payload if isinstance(_parse_leniently(payload), dict) else _refusal(status)
        if method == "POST" and not payload.startswith(_RESULT) and "result" not in self.parse_json_payload(payload):
            raise UnreadableAnswer("Telegram's answer has no result", head=payload[:_HEAD])
        return status, payload


class RawApi:
    """Bot API methods by their names, without PTB's objects on the way there or back."""

    __slots__ = ("_address", "_transport")

    def __init__(self, transport: TelegramRequest, api_url: str, token: Secret) -> None:
        self._transport = transport
        self._address = Secret(f"{api_url}/bot{token.reveal()}")

    async def call(self, method: str, parameters: Mapping[str, object], *, read_timeout: float) -> Any:
        """The method's `result`. Raises `TelegramError`s as PTB's own calls do.

        `parameters` are numbers, texts, lists and dictionaries; `read_timeout` is in seconds.
        """
        return await self._transport.call(f"{self._address.reveal()}/{method}", parameters, read_timeout=read_timeout)

    async def renew(self) -> None:
        """Put new connections in place of the transport's deaf ones, as `TelegramRequest.renew` says."""
        await self._transport.renew()


def _seconds(given: object, default: float | None) -> float | None:
    """What a PTB method was called with: seconds, None for no limit, anything else for the default."""
    if given is None:
        return None
    return float(given) if isinstance(given, int | float) else default


async def _exchange(line: _Line, method: str, url: str, body: Body | None, time_outs: TimeOuts) -> tuple[int, bytes]:
    """One request and its answer's status and body. Raises what aiohttp raises, TimeoutError for a silent peer."""
    base, target = _split(url)
    host = line.hosts.get(base)
    if host is None:
        host = line.hosts[base] = host_at(
            base, line.connector, user_agent=BaseRequest.USER_AGENT, accept_encoding="identity"
        )
    headers: dict[str, str] = {}
    if body is not None:
        headers = {"Content-Type": body.content_type, "Content-Length": str(len(body.content))}
    head = head_of(host.standing, method, target, headers)
    connection: Connection | None = None
    try:
        connection, protocol, transport = await connected(host, _limits(time_outs.connect))
        await _write(transport, protocol, head + (b"" if body is None else body.content), time_outs.write)
        async with asyncio.timeout(time_outs.read):
            reply = await reply_of(protocol, _ANSWER_CAP if method == "POST" else _FILE_CAP)
        connection.release()
        connection = None
    finally:
        if connection is not None:
            connection.close()
    return reply.status, reply.body


@lru_cache(maxsize=16)
def _limits(seconds: float | None) -> aiohttp.ClientTimeout:
    """How long connecting may take, as aiohttp wants to be told."""
    return aiohttp.ClientTimeout(connect=seconds, sock_connect=seconds)


async def _write(transport: asyncio.Transport, protocol: ResponseHandler, data: bytes, seconds: float | None) -> None:
    """Piece by piece where it is large, each of which the peer must take within `seconds`."""
    if len(data) <= _SMALL:
        transport.write(data)
        return
    for start in range(0, len(data), _CHUNK):
        transport.write(data[start : start + _CHUNK])
        async with asyncio.timeout(seconds):
            await protocol._drain_helper()  # noqa: SLF001  what aiohttp's own writer waits by


def _split(url: str) -> tuple[str, str]:
    """The base of a URL (scheme, name, port), and its target."""
    slash = url.index("/", url.index("//") + 2)
    return url[:slash], url[slash:]


def _parse_leniently(payload: bytes) -> object:
    try:
        return json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):  # no JSON; nested too deeply
        return None


def _refusal(status: int) -> bytes:
    """What stands for a gateway's page: PTB would make its HTML the error's message."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "unknown"
    sentence = f"{status} {phrase}: a page came instead of an answer of Telegram"
    return orjson.dumps({"ok": False, "error_code": status, "description": sentence})


def _outline(payload: bytes) -> bytes:
    """The answer of a send with what PTB demands of a message alone; as it came where that cannot be found."""
    try:
        message = orjson.loads(payload)["result"]
        chat = message["chat"]
        outline = {
            "message_id": message["message_id"],
            "date": message["date"],
            "chat": {"id": chat["id"], "type": chat["type"]},
        }
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return payload
    return _RESULT + orjson.dumps(outline) + b"}"


def _retry_after(payload: bytes) -> float:
    """Seconds that a 429 asks to wait (ResponseParameters.retry_after), a day at most."""
    answer = _parse_leniently(payload)
    parameters = answer.get("parameters") if isinstance(answer, dict) else None
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(min(seconds, _LONGEST_WAIT_S)) if isinstance(seconds, int | float) and seconds > 0 else _DEFAULT_WAIT_S
