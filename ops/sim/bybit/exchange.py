"""One request under /v5: through the limits, the faults and the checks to its endpoint and back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import orjson
from aiohttp import web

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.answers import TOO_FREQUENT, Answer, envelope, limit_headers, plain, refusal
from ops.sim.bybit.auth import KEY_HEADER, authenticate
from ops.sim.bybit.calling import count, endpoint_of, left, read, write
from ops.sim.bybit.errors import NOT_ON_DEMO, TOO_MANY, BybitError, refused, wrong_parameter
from ops.sim.bybit.facts import Endpoint
from ops.sim.bybit.fault_kinds import BEFORE
from ops.sim.bybit.faults import Fault
from ops.sim.bybit.noise import Noise
from ops.sim.bybit.spoiling import instead, send, shape
from ops.sim.bybit.world import World

DEMO: Final = "/demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came in."""

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
    """Answers requests as the exchange would, each with its latency and its trace id."""

    def __init__(self, world: World, *, latency: float) -> None:
        """`latency`: seconds added to each answer."""
        self._world = world
        self._latency = latency
        self._traces = Noise(world.seed, "requests")
        self._answered = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, or spoil it as a fault orders; either way it is noted."""
        began, at = perf_counter(), self._world.now()
        asked = await _asked(request)
        answer, fault = self.answer(asked, at)
        response, status = await send(request, answer, fault)
        if self._latency:
            await asyncio.sleep(self._latency)
        self.note(asked, at, status, answer.ret_code, round((perf_counter() - began) * 1000, 3))
        return response

    def note(self, asked: Asked, at: int, status: int | None, ret_code: int | None, ms: float) -> None:
        """Write a request down for drivers; `status` None where no answer went out, `ms` from it to its answer."""
        self._world.calls.add(
            at=at,
            method=asked.method,
            path=asked.full_path,
            uid=self._uid(asked),
            status=status,
            ret_code=ret_code,
            ms=ms,
        )

    def _uid(self, asked: Asked) -> int | None:
        owner = self._world.by_key.get(asked.headers.get(KEY_HEADER, ""))
        return owner.uid if owner else None

    def answer(self, asked: Asked, at: int) -> tuple[Answer, Fault | None]:
        """Work on a request that came at `at`, epoch milliseconds: its answer, and the fault that hits it."""
        uid = self._uid(asked)
        if self._world.ip_limits.is_banned(asked.peer, at):
            return plain(403, TOO_FREQUENT), None
        faults = self._world.faults
        fault, shaping = faults.draw(asked.path, uid, at), faults.shaping(asked.path, uid, at)
        if fault or shaping:
            self._world.touch()
        taken = fault if fault and fault.kind in BEFORE else None
        answer = instead(taken, asked.path, at) if taken else self._work(asked, at)
        if answer.ret_code is not None:  # what a gateway puts in its place names no request
            answer.headers = answer.headers | self._trace(at)
        shape(answer, shaping, asked.headers.get("Accept-Encoding", ""))
        return answer, fault

    def _trace(self, at: int) -> dict[str, str]:
        """By which Bybit's support finds the request, in the headers of every answer of its own."""
        self._answered += 1
        words = self._traces.words(at, self._answered)
        return {"Traceid": "".join(f"{word:08x}" for word in words[:4]), "Timenow": str(at)}

    def _work(self, asked: Asked, at: int) -> Answer:
        """The endpoint's own answer."""
        endpoint = endpoint_of(asked.method, asked.path)
        if endpoint is None:
            return plain(404, "404 page not found")
        if asked.body and asked.method == "GET":
            return plain(403, "Forbidden")
        headers: dict[str, str] = {}
        try:
            body = _json(asked) if asked.method == "POST" else None
            account = self._admit(asked, endpoint, body, at, headers)
            if asked.environment == "demo" and not endpoint.on_demo:
                raise refused(NOT_ON_DEMO)
        except BybitError as error:
            answer = refusal(error, at)
        else:
            if asked.method == "POST" and account is not None:
                found = write(self._world, endpoint, account, body, at)
                if isinstance(body, dict) and endpoint.path.endswith("-batch"):
                    category = str(body.get("category"))
                    headers.update(limit_headers(left(self._world, endpoint, account, category, at)))
            else:
                found = read(self._world, endpoint, account, asked.query_string, at)
            answer = envelope(found.ret_code, found.ret_msg, found.result, at, found.beside)
        answer.headers = headers
        return answer

    def _admit(
        self, asked: Asked, endpoint: Endpoint, body: object, at: int, headers: dict[str, str]
    ) -> Account | None:
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
        category = body.get("category") if isinstance(body, dict) else None
        allowance = count(self._world, endpoint, account, str(category), at)
        headers.update(limit_headers(allowance))
        if allowance.exceeded:
            raise refused(TOO_MANY)
        return account


def _json(asked: Asked) -> object:
    """What a POST holds. Raises BybitError 10001 for what is no JSON."""
    try:
        return orjson.loads(asked.body) if asked.body else {}
    except orjson.JSONDecodeError:
        raise wrong_parameter("Request parameter error.") from None


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
