"""One request under /v5: through the limits, the faults and the checks to its endpoint and back."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

import orjson
from aiohttp import web

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.auth import KEY_HEADER, authenticate
from ops.sim.bybit.clock import SECOND
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall
from ops.sim.bybit.endpoints.table import HANDLERS
from ops.sim.bybit.errors import INVALID_KEY, PERMISSION, SERVER_TIMEOUT, TOO_MANY, WINDOW, BybitError, refused
from ops.sim.bybit.facts import ENDPOINTS, Endpoint
from ops.sim.bybit.faults import BEFORE, KEY_REVOKED, LATE_SECONDS, Fault
from ops.sim.bybit.limits import Allowance
from ops.sim.bybit.params import Query
from ops.sim.bybit.permissions import allowed
from ops.sim.bybit.world import World

DEMO: Final = "/demo"
_JSON: Final = "application/json; charset=utf-8"
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
_TOO_FREQUENT: Final = "access too frequent"
_HTML: Final = (
    "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
)


@dataclass(slots=True, kw_only=True)
class Answer:
    """What is to be sent."""

    body: bytes = b""
    status: int = 200
    content_type: str = _JSON
    ret_code: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came."""

    method: str
    full_path: str
    """As asked for, without the query."""
    query_string: str
    """Exactly as sent."""
    headers: Mapping[str, str]
    body: str
    peer: str
    """The client's address."""

    @property
    def environment(self) -> str:
        return "demo" if self.full_path.startswith(f"{DEMO}/") else "live"

    @property
    def path(self) -> str:
        """Without the prefix of the demo host."""
        return self.full_path.removeprefix(DEMO)


class Exchange:
    """Answers clients of the exchange."""

    def __init__(self, world: World, *, latency: float) -> None:
        """`latency`: seconds added to each answer."""
        self._world = world
        self._latency = latency

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, or spoil it as a fault orders; either way it is noted."""
        began, at = perf_counter(), self._world.now()
        asked = await _asked(request)
        owner = self._world.by_key.get(asked.headers.get(KEY_HEADER, ""))
        uid = owner.uid if owner else None
        answer, fault = self._answer(asked, uid, at)
        status = await self._spoil(request, answer, fault)
        if self._latency:
            await asyncio.sleep(self._latency)
        self._world.calls.add(
            at=at,
            method=asked.method,
            path=asked.full_path,
            uid=uid,
            status=status,
            ret_code=answer.ret_code,
            ms=round((perf_counter() - began) * 1000, 3),
        )
        return web.Response(
            body=answer.body,
            status=answer.status,
            headers={"Content-Type": answer.content_type, **answer.headers},
        )

    def _answer(self, asked: Asked, uid: int | None, at: int) -> tuple[Answer, Fault | None]:
        """The answer, and the fault that hits the request."""
        if self._world.ip_limits.is_banned(asked.peer, at):
            return _plain(403, _TOO_FREQUENT), None
        fault = self._world.faults.draw(asked.path, uid, at)
        if fault is None:
            return self._work(asked, at), None
        self._world.touch()
        if fault.kind == KEY_REVOKED:
            return _refusal(refused(INVALID_KEY), at), fault
        if fault.kind in BEFORE:
            return _instead(fault.kind, asked.path, at), fault
        return self._work(asked, at), fault

    async def _spoil(self, request: web.Request, answer: Answer, fault: Fault | None) -> int | None:
        """Do to the answer what the fault wants and say which HTTP status goes out, None for no answer."""
        if fault is None:
            return answer.status
        if fault.kind == "late_answer":
            await asyncio.sleep(LATE_SECONDS if fault.seconds is None else fault.seconds)
        elif fault.kind == "truncated":
            answer.body = answer.body[: len(answer.body) // 2]
        elif fault.kind in {"lost_answer", "reset_before", "reset_after"}:
            _cut(request, reset=fault.kind != "lost_answer")
            return None
        return answer.status

    def _work(self, asked: Asked, at: int) -> Answer:
        """The endpoint's own answer."""
        endpoint, handler = ENDPOINTS.get(asked.path), HANDLERS.get(asked.path)
        if endpoint is None or handler is None or asked.method != endpoint.method:
            return _plain(404, "404 page not found")
        if asked.body and asked.method == "GET":
            return _plain(403, "Forbidden")
        headers: dict[str, str] = {}
        try:
            account = self._admit(asked, endpoint, at, headers)
            query = Query(endpoint, asked.query_string)
            if account and not allowed(account.key.permissions, endpoint.permission, query.category):
                raise refused(PERMISSION)
            ask = EndpointCall(world=self._world, query=query, now=at, account=account)
            answer = _envelope(0, endpoint.ok, handler(ask), at)
        except BybitError as error:
            answer = _refusal(error, at)
        answer.headers = headers
        return answer

    def _admit(self, asked: Asked, endpoint: Endpoint, at: int, headers: dict[str, str]) -> Account | None:
        """Check key and rate of a private endpoint; None for a public one. Raises BybitError."""
        if endpoint.permission is None or endpoint.per_second is None:
            return None
        account = authenticate(
            asked.headers,
            asked.query_string if asked.method == "GET" else asked.body,
            self._world.by_key,
            environment=asked.environment,
            peer=asked.peer,
            now=at,
        )
        allowance = self._world.uid_limits.take(account.uid, endpoint.path, endpoint.per_second, at)
        headers.update(_limit_headers(allowance))
        if allowance.exceeded:
            raise refused(TOO_MANY)
        return account


async def _asked(request: web.Request) -> Asked:
    path, _, query = request.raw_path.partition("?")
    body = await request.read() if request.can_read_body else b""
    return Asked(
        method=request.method,
        full_path=path,
        query_string=query,
        headers=request.headers,
        body=body.decode("utf-8", "surrogateescape"),
        peer=request.remote or "",
    )


def _envelope(ret_code: int, ret_msg: str, result: Mapping[str, Any], at: int) -> Answer:
    body = orjson.dumps({"retCode": ret_code, "retMsg": ret_msg, "result": result, "retExtInfo": {}, "time": at})
    return Answer(body=body, ret_code=ret_code)


def _refusal(error: BybitError, at: int) -> Answer:
    text = error.ret_msg.encode("utf-8", "replace").decode()
    return _envelope(error.ret_code, text, error.result, at)


def _plain(status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> Answer:
    return Answer(body=text.encode(), status=status, content_type=content_type)


def _limit_headers(allowance: Allowance) -> dict[str, str]:
    return {
        "X-Bapi-Limit": str(allowance.limit),
        "X-Bapi-Limit-Status": str(allowance.left),
        "X-Bapi-Limit-Reset-Timestamp": str(allowance.reset_at),
    }


def _instead(kind: str, path: str, at: int) -> Answer:
    """What a fault answers in place of the endpoint."""
    if kind == "code_10000":
        return _refusal(refused(SERVER_TIMEOUT), at)
    if kind == "code_10002":
        return _refusal(refused(WINDOW, timestamp=at, now=at + SECOND, recv_window=0), at)
    if kind == "code_10006":
        answer = _refusal(refused(TOO_MANY), at)
        limit = ENDPOINTS[path].per_second if path in ENDPOINTS else None
        answer.headers = _limit_headers(Allowance(limit or 0, 0, at + SECOND, exceeded=True))
        return answer
    return {
        "ip_ban": _plain(403, _TOO_FREQUENT),
        "http_500": _plain(500, "Internal Server Error"),
        "halted": _plain(503, "Service Unavailable"),
        "html": _plain(200, _HTML, "text/html"),
        "reset_before": Answer(),
    }[kind]


def _cut(request: web.Request, *, reset: bool) -> None:
    """Close the connection without an answer; with a reset the client sees it broken off."""
    transport = request.transport
    if transport is None:
        return
    if reset:
        sock: socket.socket | None = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    else:
        transport.close()
