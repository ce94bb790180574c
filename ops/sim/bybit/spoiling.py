"""What faults do to answers: take their place, change a field, pack them, send them slowly or in part."""

import asyncio
import gzip
import socket
import struct
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson
from aiohttp import web

from ops.sim.bybit.answers import TOO_FREQUENT, Answer, limit_headers, page, plain, refusal
from ops.sim.bybit.clock import SECOND
from ops.sim.bybit.errors import INVALID_KEY, TOO_MANY, WINDOW, BybitError, refused
from ops.sim.bybit.facts import ENDPOINTS, ERROR_TEXTS
from ops.sim.bybit.fault_kinds import CODES, GZIP, KEY_REVOKED, ODD_FIELD
from ops.sim.bybit.faults import EVERY_ROW, LATE_SECONDS, Fault
from ops.sim.bybit.fields import is_whole
from ops.sim.bybit.limits import Allowance

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
_PIECES: Final = 40
_READ_TIME: Final = 0.05
"""Seconds a client has to read the half that comes before a reset."""


def instead(fault: Fault, path: str, at: int) -> Answer:
    """What a fault answers in place of the endpoint."""
    if fault.kind == KEY_REVOKED:
        return refusal(refused(INVALID_KEY), at)
    code = CODES.get(fault.kind, fault.code)
    if code:
        return _code(code, path, at)
    if fault.kind == "html_403":
        return _forbidden(fault.cause)
    return {
        "ip_ban": plain(403, TOO_FREQUENT),
        "http_429": plain(429, "System level frequency protection"),
        "http_500": plain(500, "Internal Server Error"),
        "halted": plain(503, "Service Unavailable"),
        "html": page(200, "502 Bad Gateway"),
        "html_502": page(502, "502 Bad Gateway", "nginx"),
        "html_504": page(504, "504 Gateway Time-out", "nginx"),
        "reset_before": Answer(),
    }[fault.kind]


def _code(code: int, path: str, at: int) -> Answer:
    """A refusal in Bybit's shape; too many visits comes with the rate of the endpoint, where it has one."""
    if code == WINDOW:
        return refusal(refused(WINDOW, timestamp=at, now=at + SECOND, recv_window=0), at)
    answer = refusal(BybitError(code, ERROR_TEXTS.get(code, "")), at)
    endpoint = ENDPOINTS.get(path)
    if code == TOO_MANY and endpoint is not None and endpoint.per_second is not None:
        answer.headers = limit_headers(Allowance(endpoint.per_second, 0, at + SECOND, exceeded=True))
    return answer


def _forbidden(cause: str) -> Answer:
    """Bybit's own words for too many requests, or the network's before it for a country."""
    if cause == "too_frequent":
        return page(403, "403 Forbidden", f"{TOO_FREQUENT}. Please try again later.")
    answer = page(
        403,
        "ERROR: The request could not be satisfied",
        "403 ERROR",
        "The Amazon CloudFront distribution is configured to block access from your country.",
    )
    answer.headers = {"Server": "CloudFront", "X-Cache": "Error from cloudfront"}
    return answer


def shape(answer: Answer, faults: Iterable[Fault], accepted: str) -> None:
    """Change the fields of a JSON answer, then pack it where the client takes gzip."""
    ordered = list(faults)
    odd = [fault for fault in ordered if fault.kind == ODD_FIELD]
    if odd and answer.ret_code == 0:
        whole = orjson.loads(answer.body)
        for fault in odd:
            _make_odd(whole, fault)
        answer.body = orjson.dumps(whole)
    if "gzip" in accepted and any(fault.kind == GZIP for fault in ordered):
        answer.body = gzip.compress(answer.body)
        answer.headers["Content-Encoding"] = "gzip"


def _make_odd(whole: dict[str, Any], fault: Fault) -> None:
    """The outermost things that have the field are meant: the result itself, its rows, or rows in those."""
    *outer, name = fault.field.split(".")
    owners = [whole["result"]]
    for step in outer:
        owners = [owner[step] for owner in _having(owners, step)]
    found = _having(owners, name)
    if isinstance(fault.row, int):
        found = found[fault.row : fault.row + 1]
    elif fault.row != EVERY_ROW:
        found = [owner for owner in found if fault.row in (owner.values() if isinstance(owner, dict) else owner)]
    for owner in found:
        key: Any = int(name) if isinstance(owner, list) else name
        if fault.missing:
            del owner[key]
        else:
            owner[key] = fault.value


def _having(nodes: list[Any], name: str) -> list[Any]:
    """The nodes that have that field, or else whatever in them has it; a list has a place that is a number."""
    while nodes:
        found = [node for node in nodes if _has(node, name)]
        if found:
            return found
        nodes = [child for node in nodes for child in _children(node)]
    return []


def _has(node: Any, name: str) -> bool:
    if isinstance(node, dict):
        return name in node
    return is_whole(name) and int(name) < len(node) and not isinstance(node[0], dict | list)


def _children(node: Any) -> Iterator[Any]:
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list) and child:
            yield child


async def send(request: web.Request, answer: Answer, fault: Fault | None) -> tuple[web.StreamResponse, int | None]:
    """Send the answer as the fault wants it; gives the HTTP status that went out, None where none did."""
    kind = fault.kind if fault else ""
    headers = {"Content-Type": answer.content_type, **answer.headers}
    seconds = LATE_SECONDS if fault is None or fault.seconds is None else fault.seconds
    if kind == "late_answer":
        await asyncio.sleep(seconds)
    elif kind == "truncated":
        answer.body = answer.body[: len(answer.body) // 2]
    elif kind in {"lost_answer", "reset_before", "reset_after"}:
        cut_connection(request, reset=kind != "lost_answer")
        return web.Response(), None
    elif kind in {"slow_body", "cut_body"}:
        response = web.StreamResponse(status=answer.status, headers=headers)
        response.content_length = len(answer.body)
        await response.prepare(request)
        await (_trickle(response, answer.body, seconds) if kind == "slow_body" else _half(request, response, answer))
        return response, answer.status
    return web.Response(body=answer.body, status=answer.status, headers=headers), answer.status


async def _trickle(response: web.StreamResponse, body: bytes, seconds: float) -> None:
    """The whole body, some bytes at a time."""
    size = max(1, -(-len(body) // _PIECES))
    pieces = range(0, len(body), size)
    for start in pieces:
        await asyncio.sleep(seconds / len(pieces))
        await response.write(body[start : start + size])
    await response.write_eof()


async def _half(request: web.Request, response: web.StreamResponse, answer: Answer) -> None:
    """Half of the body that was announced, and a connection that is broken off."""
    await response.write(answer.body[: len(answer.body) // 2])
    await asyncio.sleep(_READ_TIME)
    cut_connection(request, reset=True)


def cut_connection(request: web.Request, *, reset: bool) -> None:
    """Close the connection; with a reset the client sees it broken off."""
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
