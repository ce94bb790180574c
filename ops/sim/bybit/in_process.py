"""The stand-in as a transport within the process: no sockets, no server, the caller's clock.

For campaigns that make millions of calls. What faults do to an answer on its way is what `spoiling` does over sockets,
in the errors that our own transport raises then; only `gzip` has nothing to pack here.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

import aiohttp

from bot.domain.errors import ExchangeError
from bot.exchange.bybit.transport import Request, Timeouts, trouble_of
from bot.http_exchange import Reply
from ops.sim.bybit.answers import Answer
from ops.sim.bybit.exchange import DEMO, Asked, Exchange
from ops.sim.bybit.faults import LATE_SECONDS, Fault
from ops.sim.bybit.world import World

_DEMO_HOST: Final = "https://api-demo.bybit.com"


def _at_once() -> float:
    return 0.0


@dataclass(slots=True, kw_only=True)
class InProcessTransport:
    """`bot.exchange.bybit.transport.HttpTransport` that ends in a world; one `async with`.

    `trip` draws how many seconds a request takes to arrive, and its answer to come back. Everything waits on the
    running event loop, so a loop whose time is virtual makes a late answer cost nothing.
    """

    world: World
    timeouts: Timeouts = field(default_factory=Timeouts)
    trip: Callable[[], float] = _at_once
    peer: str = "127.0.0.1"
    """The address that keys see it come from."""
    is_reachable: bool = True
    """False: no connection is made, and nothing leaves the process."""
    reconnects: int = field(default=0, init=False)
    _exchange: Exchange = field(init=False, repr=False)
    _failures: dict[str, int] = field(default_factory=dict, init=False)
    """Calls in a row without an answer, by host."""

    def __post_init__(self) -> None:
        self._exchange = Exchange(self.world, latency=0.0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._failures.clear()

    async def send(self, request: Request) -> Reply:
        """One call. Raises ExchangeDown, or OutcomeUnknown for a write that may have arrived."""
        try:
            reply = await self._send(request)
        except ExchangeError:
            self._failures[request.host] = self._failures.get(request.host, 0) + 1
            raise
        self._failures[request.host] = 0
        return reply

    def is_doubtful(self, host: str, _silence: float) -> bool:
        """Whether the last call to that host was not answered; there is no connection that could go silent."""
        return bool(self._failures.get(host))

    def reconnect(self, host: str | None) -> None:
        """Begin anew with one host, or (None) with all."""
        for name in (host,) if host is not None else tuple(self._failures):
            self.reconnects += self._failures.pop(name, None) is not None

    async def _send(self, request: Request) -> Reply:
        if not self.is_reachable:
            await asyncio.sleep(0)
            raise trouble_of(ConnectionRefusedError(), is_sent=False, is_write=request.is_write)
        await asyncio.sleep(self.trip())
        asked, at = _asked(request, self.peer), self.world.now()
        answer, fault = self._exchange.answer(asked, at)
        error, wait = _on_the_way(answer, fault, self.timeouts.answer)
        self._exchange.note(asked, at, answer.status if error is None else None, answer.ret_code, wait * 1000)
        await asyncio.sleep(wait or self.trip())
        if error is not None:
            raise trouble_of(error, is_sent=True, is_write=request.is_write)
        return Reply(answer.status, answer.headers, answer.body)


def _asked(request: Request, peer: str) -> Asked:
    path, _, query = request.target.partition("?")
    return Asked(
        method=request.method,
        full_path=f"{DEMO}{path}" if request.host == _DEMO_HOST else path,
        query_string=query,
        headers=request.headers,
        body=request.body.decode("utf-8", "surrogateescape"),
        peer=peer,
    )


def _on_the_way(answer: Answer, fault: Fault | None, patience: float) -> tuple[Exception | None, float]:
    """What the client meets in place of the answer, and after how many seconds; an error after `patience` of them."""
    kind = fault.kind if fault else ""
    seconds = LATE_SECONDS if fault is None or fault.seconds is None else fault.seconds
    match kind:
        case "late_answer" | "slow_body":
            return (TimeoutError(), patience) if seconds >= patience else (None, seconds)
        case "lost_answer":
            return aiohttp.ServerDisconnectedError(), 0.0
        case "reset_before" | "reset_after":
            return ConnectionResetError(), 0.0
        case "cut_body":
            return aiohttp.ClientPayloadError(), 0.0
        case "truncated":
            answer.body = answer.body[: len(answer.body) // 2]
    return None, 0.0
