"""One call from end to end: a place in the budget, sign, send, read the answer, name what went wrong.

Nothing is ever sent twice but a read: once more if its connection was dropped, and once more if it missed Bybit's time
window, each with a fresh signature.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeVar

from bot.domain.errors import (
    ClockTrouble,
    ExchangeDown,
    ExchangeError,
    ExchangeRejected,
    ExchangeRestricted,
    ExchangeUnreadable,
    KeyTrouble,
    OutcomeUnknown,
    Restriction,
    RetryLater,
)
from bot.domain.ports.clock import Clock
from bot.exchange.budget import Budget
from bot.exchange.bybit.answer import Answer
from bot.exchange.bybit.decode import Json, Unreadable, decode
from bot.exchange.bybit.server_time import ServerTime
from bot.exchange.bybit.transport import Dropped, HttpTransport, Request
from bot.exchange.bybit.unreadable_log import UnreadableLog
from bot.exchange.egress import UNMATCHED_IP, EgressWatch
from bot.exchange.meter import Meter
from bot.exchange.places import held_for
from bot.exchange.request_keys import RequestKey
from bot.exchange.retcodes import DEFAULT_BACK_OFF, OF_ALL, Channel, RetCodeClass, class_of, to_error
from bot.http_exchange import Reply

_LARGE: Final = 128 * 1024  # bytes: decoding more than that would hold the loop for milliseconds
_MAX_MESSAGE: Final = 160
_LARGEST_CODE: Final = 2**31  # what is beyond is none of Bybit's, and could not be stored
_BANNED: Final = b"too frequent"  # Bybit's words for a ban of our address; no retCode comes with them
_OVERLOAD_WAIT: Final = 2.0  # seconds
_UNREADABLE: Final = "unreadable"
# "Trace ID, used to track the trip of request" (v5 documentation, "Websocket Trade Guideline", fields of header); the
# answers over HTTP carry the same header. Where one does not, Bybit's support finds an order by our cdn-request-id.
_TRACE: Final = "Traceid"
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}").fullmatch
_OK: Final = int(HTTPStatus.OK)
_FORBIDDEN: Final = int(HTTPStatus.FORBIDDEN)
_logger = logging.getLogger(__name__)

T = TypeVar("T")
Prepare = Callable[[], Request]  # makes the request that goes out now: its timestamp and signature are of this moment


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCall:
    """One endpoint for one client. `hide` must not appear in errors; `is_create`: a write that places an order."""

    key: RequestKey
    is_signed: bool
    is_write: bool
    hide: str | None = field(repr=False)
    is_create: bool = False
    channel: Channel = Channel.SPOT


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPipeline:
    """The way of every call: budget, signature, transport, judgment of the answer. All clients share one."""

    clock: Clock
    transport: HttpTransport
    budget: Budget
    server_time: ServerTime
    meter: Meter
    unreadable: UnreadableLog
    egress: EgressWatch

    async def run(self, call: SignedCall, prepare: Prepare, read: Callable[[Answer], T]) -> T:
        """What `read` makes of the field `result` of Bybit's answer to the call. Raises ExchangeErrors."""
        if call.is_signed:
            await self.know_the_time()
        seen = self.server_time.measurements
        was_dropped = was_late = False
        while True:
            try:
                return await self._once(call, prepare, read)
            except Dropped:
                if was_dropped:
                    raise
                was_dropped = True
            except ClockTrouble as missed:
                if was_late:
                    raise
                await self._read_clock(seen, missed)
                if call.is_write:  # a late order is another order: its sender decides
                    raise
                was_late = True

    async def know_the_time(self) -> None:
        """What a signature needs of Bybit's clock; waits for it only the first time, and not long."""
        if self.server_time.is_due:
            await self.server_time.ready()

    async def _read_clock(self, seen: int, missed: ClockTrouble) -> None:
        try:
            await self.server_time.measure_again(seen)
        except ExchangeError as error:
            raise missed from error

    async def _once(self, call: SignedCall, prepare: Prepare, read: Callable[[Answer], T]) -> T:
        trouble: BaseException | None = None
        try:
            self.egress.check(call.key.owner)
            place = held_for(call.key)
            if place is not None:
                self.budget.use(place)
            elif not self.budget.passes(call.key):
                await self.budget.wait(call.key)
            reply, body = await self._exchange(call, prepare)
            with _naming(reply) as request_id:
                return self._read(call, Answer(self._result(call, reply, body), request_id), read)
        except ExchangeUnreadable as error:
            trouble = error
            self.unreadable.note_answer(call.key.endpoint, error)
            raise
        except BaseException as error:
            trouble = error
            raise
        finally:
            self.meter.count(call.key.endpoint, trouble)

    def _read(self, call: SignedCall, answer: Answer, read: Callable[[Answer], T]) -> T:
        value = read(answer)
        self.unreadable.note_rows(call.key.endpoint, answer.odd)
        return value

    async def _exchange(self, call: SignedCall, prepare: Prepare) -> tuple[Reply, Json]:
        headers: Mapping[str, str] | None = None
        began = self.clock.monotonic()
        try:
            reply = await self.transport.send(prepare())
            headers = reply.headers
        finally:
            now = self.clock.monotonic()
            self.budget.end_call(call.key, headers, now=now, server_now=self.server_time.now)
            self.meter.latency.observe(now - began)
        return reply, await _decoded(reply)

    def _result(self, call: SignedCall, reply: Reply, answer: Json) -> Json:
        if reply.status != _FORBIDDEN:
            self.budget.note_answer(call.key.host)
        elif _BANNED in reply.body.lower():
            raise self._banned(call)
        code = answer.get("retCode")
        if type(code) is not int or abs(code) > _LARGEST_CODE:  # True is an int too
            raise self._of_status(reply, call, str(answer.get(_UNREADABLE, "no retCode")))
        if code and (kind := class_of(code, is_write=call.is_write, channel=call.channel)) is not RetCodeClass.FINE:
            raise self._of_code(code, kind, answer, reply, call)
        result = answer.get("result")
        if reply.status != _OK or not isinstance(result, dict):
            raise self._of_status(reply, call, "no result")
        if call.key.is_of_account:
            self.egress.note_answer(call.key.owner)
        return result

    def _of_code(self, code: int, kind: RetCodeClass, answer: Json, reply: Reply, call: SignedCall) -> ExchangeError:
        """A retCode that is no success."""
        message = f"{call.key.endpoint}: Bybit {code} {_words(answer.get('retMsg'), call.hide)}".rstrip()
        wait = DEFAULT_BACK_OFF
        if code == UNMATCHED_IP and call.key.is_of_account and self.egress.note_refusal(call.key.owner):
            return ExchangeRestricted(message, code=code, restriction=Restriction.ADDRESS)
        if kind is RetCodeClass.BACK_OFF:
            wait = self._hold(call, reply, DEFAULT_BACK_OFF, is_of_all=code in OF_ALL)
        error = to_error(
            code,
            message,
            is_write=call.is_write,
            is_create=call.is_create,
            retry_after=wait,
            channel=call.channel,
        )
        return error if call.is_signed or not isinstance(error, KeyTrouble) else ExchangeRejected(message, code=code)

    def _of_status(self, reply: Reply, call: SignedCall, why: str) -> ExchangeError:
        """An HTTP answer without a retCode that says what is wrong."""
        message = f"{call.key.endpoint}: HTTP {reply.status}, {why}"
        _logger.info(
            "not an answer of Bybit's", extra={"endpoint": call.key.endpoint, "status": reply.status, "reason": why}
        )
        match reply.status:
            case HTTPStatus.FORBIDDEN:
                return self._refused(call, message)
            case HTTPStatus.TOO_MANY_REQUESTS:
                wait = self._hold(call, reply, _OVERLOAD_WAIT, is_of_all=True)
                return OutcomeUnknown(message) if call.is_create else RetryLater(message, retry_after=wait)
            case HTTPStatus.UNAUTHORIZED if call.is_signed:
                return KeyTrouble(message)
            case HTTPStatus.BAD_REQUEST | HTTPStatus.NOT_FOUND | HTTPStatus.METHOD_NOT_ALLOWED:
                return ExchangeRejected(message)
        if call.is_write:
            return OutcomeUnknown(message)
        return ExchangeUnreadable(message) if reply.status == _OK else ExchangeDown(message)

    def _hold(self, call: SignedCall, reply: Reply, at_least: float, *, is_of_all: bool) -> float:
        now = self.server_time.now()
        return self.budget.hold(call.key, reply.headers, server_now=now, at_least=at_least, is_of_all=is_of_all)

    def _banned(self, call: SignedCall) -> ExchangeError:
        """HTTP 403 with Bybit's words for it: our address, on every host. A write was not done then."""
        _logger.error("Bybit has banned our address: all calls stop")
        self.transport.reconnect(None)  # "terminate all HTTP sessions"
        banned = self.budget.ban()
        return ExchangeRestricted(str(banned), restriction=Restriction.SERVER) if call.is_write else banned

    def _refused(self, call: SignedCall, message: str) -> ExchangeRestricted:
        """Any other 403 fails this call; what several accounts meet holds the host."""
        if self.budget.refuse(call.key):
            _logger.error("a host of Bybit's refuses our calls: it is held", extra={"host": call.key.host})
            self.transport.reconnect(call.key.host)
        return ExchangeRestricted(message, restriction=Restriction.SERVER)


@contextmanager
def _naming(reply: Reply) -> Iterator[str]:
    """Bybit's id of the request; whatever error its answer is carries it, too."""
    told = reply.headers.get(_TRACE, "")
    request_id = told if _REQUEST_ID(told) else ""
    try:
        yield request_id
    except ExchangeError as error:
        error.request_id = request_id
        raise


async def _decoded(reply: Reply) -> Json:
    """The body's object; of one that can't be read, an object that only says why."""
    try:
        if len(reply.body) > _LARGE:
            return await asyncio.to_thread(decode, reply.body)
        return decode(reply.body)
    except Unreadable as error:
        return {_UNREADABLE: str(error)}


def _words(message: object, hide: str | None) -> str:
    """Bybit's message for a log: short, printable, without the key's id that some of them quote."""
    words = message if isinstance(message, str) else ""
    if hide:
        words = words.replace(hide, "***")
    return "".join(letter if letter.isprintable() else " " for letter in words[:_MAX_MESSAGE])
