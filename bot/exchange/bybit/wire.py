"""One call from end to end: wait for the budget, sign, send, read the answer, name what went wrong.

Nothing here is ever sent twice but a read that missed Bybit's time window: once, with a fresh signature.
"""

import asyncio
import logging
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from bot.domain.errors import BackOff, ClockTrouble, ExchangeDown, ExchangeError, ExchangeRejected, KeyTrouble, Unknown
from bot.domain.ports import Clock
from bot.exchange.budget import Ask, Budget
from bot.exchange.bybit.decode import Json, Unreadable, decode
from bot.exchange.bybit.endpoints import Endpoint
from bot.exchange.bybit.server_time import ServerTime
from bot.exchange.bybit.transport import Reply, Request, Transport
from bot.exchange.meter import Meter
from bot.exchange.retcodes import DEFAULT_BACK_OFF, Kind, kind_of, to_error

_LARGE: Final = 128 * 1024  # bytes: decoding more than that would hold the loop for milliseconds
_MAX_MESSAGE: Final = 160
_BANNED: Final = b"too frequent"  # Bybit's words for a ban of our address; no retCode comes with them
_OVERLOAD_WAIT: Final = 2.0  # seconds
_logger = logging.getLogger(__name__)

Prepare = Callable[[], Request]  # makes the request that goes out now: its timestamp and signature are of this moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is asked, without its signature. `owner` is whose UID it counts for; `hide` must not appear in errors."""

    endpoint: Endpoint
    host: str
    owner: Hashable | None
    is_signed: bool
    is_write: bool
    prepare: Prepare
    hide: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """Shared by every client."""

    clock: Clock
    transport: Transport
    budget: Budget
    server_time: ServerTime
    meter: Meter

    async def run(self, job: Job) -> Json:
        """The answer's `result`. Raises ExchangeErrors."""
        if not job.is_signed:
            return await self._attempt(job)
        await self.server_time.ready()
        seen = self.server_time.measurements
        try:
            return await self._attempt(job)
        except ClockTrouble as missed:
            await self._read_clock(seen, missed)
            if job.is_write:  # a late order is another order: its sender decides
                raise
            return await self._attempt(job)

    async def _read_clock(self, seen: int, missed: ClockTrouble) -> None:
        try:
            await self.server_time.measure_again(seen)
        except ExchangeError as error:
            raise missed from error

    async def _attempt(self, job: Job) -> Json:
        ask = Ask(endpoint=job.endpoint.name, host=job.host, owner=job.owner, uid_limit=job.endpoint.uid_limit)
        trouble: BaseException | None = None
        try:
            await self.budget.admit(ask)
            return await self._exchange(job, ask)
        except BaseException as error:
            trouble = error
            raise
        finally:
            self.meter.count(job.endpoint.name, trouble)

    async def _exchange(self, job: Job, ask: Ask) -> Json:
        headers: Mapping[str, str] | None = None
        began = self.clock.monotonic()
        try:
            reply = await self.transport.send(job.prepare())
            headers = reply.headers
        finally:
            self.budget.settle(ask, headers, server_now=self.server_time.now())
            self.meter.observe(self.clock.monotonic() - began)
        if reply.status == HTTPStatus.FORBIDDEN and _BANNED in reply.body.lower():
            raise self._banned(None)
        answer = await self._decode(reply, job)
        if isinstance(answer, Unreadable):
            raise self._of_status(reply, job, ask, answer)
        code = answer.get("retCode")
        if not isinstance(code, int) or isinstance(code, bool):
            raise self._of_status(reply, job, ask, Unreadable("no retCode"))
        if kind_of(code, is_write=job.is_write) is not Kind.FINE:
            raise self._of_code(code, answer, reply, job, ask)
        result = answer.get("result")
        if reply.status != HTTPStatus.OK or not isinstance(result, dict):
            raise self._of_status(reply, job, ask, Unreadable("no result"))
        return result

    async def _decode(self, reply: Reply, job: Job) -> Json | Unreadable:
        try:
            if len(reply.body) > _LARGE:
                return await asyncio.to_thread(decode, reply.body)
            return decode(reply.body)
        except Unreadable as error:
            _logger.info(
                "not an answer of Bybit's",
                extra={"endpoint": job.endpoint.name, "status": reply.status, "reason": str(error)},
            )
            return error

    def _of_code(self, code: int, answer: Json, reply: Reply, job: Job, ask: Ask) -> ExchangeError:
        """A retCode that is no success."""
        message = f"{job.endpoint.name}: Bybit {code} {_words(answer.get('retMsg'), job.hide)}".rstrip()
        wait = DEFAULT_BACK_OFF
        if kind_of(code, is_write=job.is_write) is Kind.BACK_OFF:
            server_now = self.server_time.now()
            wait = self.budget.hold(ask, reply.headers, server_now=server_now, at_least=DEFAULT_BACK_OFF)
        return to_error(code, message, is_write=job.is_write, retry_after=wait)

    def _of_status(self, reply: Reply, job: Job, ask: Ask, why: Unreadable) -> ExchangeError:
        """An HTTP answer without a retCode that says what is wrong."""
        message = f"{job.endpoint.name}: HTTP {reply.status}"
        match reply.status:
            case HTTPStatus.FORBIDDEN:
                return self._banned(job.host)
            case HTTPStatus.TOO_MANY_REQUESTS:
                now = self.server_time.now()
                wait = self.budget.hold(ask, reply.headers, server_now=now, at_least=_OVERLOAD_WAIT)
                return BackOff(message, retry_after=wait)
            case HTTPStatus.UNAUTHORIZED if job.is_signed:
                return KeyTrouble(message)
            case HTTPStatus.BAD_REQUEST | HTTPStatus.NOT_FOUND | HTTPStatus.METHOD_NOT_ALLOWED:
                return ExchangeRejected(message)
        reason = f"{message}, {why}"
        return Unknown(reason) if job.is_write else ExchangeDown(reason)

    def _banned(self, host: str | None) -> BackOff:
        """HTTP 403. Bybit's own words mean our address, on every host (None); others (a region) mean this host."""
        _logger.error("Bybit refuses our address: calls stop", extra={"host": host or "all"})
        self.transport.reconnect(host)  # "terminate all HTTP sessions"
        return self.budget.ban(host)


def _words(message: object, hide: str | None) -> str:
    """Bybit's message for a log: short, printable, without the key's id that some of them quote."""
    words = message if isinstance(message, str) else ""
    if hide:
        words = words.replace(hide, "***")
    return "".join(letter if letter.isprintable() else " " for letter in words[:_MAX_MESSAGE])
