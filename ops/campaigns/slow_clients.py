"""Hundreds of slow clients hold on to the sidecar and to the webhook's listener: the chat goes on beside them."""

import asyncio
import socket
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ops.campaigns.report import Report
from ops.stack import Stack, free_port, running_stack

CLIENTS: Final = 500
PATH: Final = "/telegram"
_MOST_P99: Final = 0.25  # s
_MOST_S: Final = 15.0  # that one connection may last
_GRACE_S: Final = 5.0  # beside it, on a busy machine
_DROP_S: Final = 1.0  # between two drops
_AWAY_S: Final = 5.0  # from the end of a connection to the next one of the same client
_WARM_S: Final = 3.0
_ROOM: Final = 4_096  # bytes that the kernel keeps for one of them
_UNREAD: Final = 20  # pages of metrics: more than the kernel keeps
_USERS: Final = 200  # who write in turn: nobody so often that it is refused as a flood
_FIRST: Final = 30_001  # the id of the first of them


@dataclass(slots=True)
class SlowClients:
    """What became of their connections: how many were made, and how long the longest lasted, in seconds."""

    made: int = 0
    held: int = 0
    longest: float = 0.0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self, port: int, path: str, count: int) -> None:
        """Each comes again after it was cut off."""
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n".encode()
        whole = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        kinds = (
            (b"", b""),  # nothing at all
            (head, b"X-A: b\r\n"),  # headers by drops
            (head + b"Content-Length: 1000\r\n\r\n", b"x"),  # a body by drops
            (head + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
            (whole, b""),  # an answered one that stays
            (whole * _UNREAD, b""),  # answers that are not read
        )
        for number in range(count):
            self._tasks.append(asyncio.create_task(self._come_again(port, *kinds[number % len(kinds)])))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _come_again(self, port: int, first: bytes, again: bytes) -> None:
        while True:
            began = time.monotonic()
            with suppress(OSError):
                await self._hold(port, first, again)
            self.longest = max(self.longest, time.monotonic() - began)
            await asyncio.sleep(_AWAY_S)

    async def _hold(self, port: int, first: bytes, again: bytes) -> None:
        """One connection, until it is cut off. What it is answered stays where it is: nobody reads."""
        client = socket.socket()
        try:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
            client.setblocking(False)
            await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
        except BaseException:
            client.close()
            raise
        reader, writer = await asyncio.open_connection(sock=client, limit=1)
        self.made += 1
        self.held += 1
        try:
            writer.write(first)
            while not reader.at_eof() and reader.exception() is None and not writer.is_closing():
                await asyncio.sleep(_DROP_S)
                writer.write(again)
        finally:
            self.held -= 1
            writer.transport.abort()


@asynccontextmanager
async def slow_clients(port: int, path: str, count: int) -> AsyncIterator[SlowClients]:
    """So many at work while the block runs."""
    clients = SlowClients()
    clients.start(port, path, count)
    try:
        yield clients
    finally:
        await clients.close()


def run(seed: int, budget_seconds: float, folder: Path, *, clients: int = CLIENTS, rate: float = 20) -> Report:
    """`rate` answers a second are waited for, a third of the budget beside each listener's slow clients."""
    began = time.monotonic()
    failures, answers = asyncio.run(_both(folder, clients, max(20.0, budget_seconds / 3), rate))
    return Report(
        name="slow clients",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=2,
        steps=answers,
        failures=tuple(failures),
    )


async def _both(folder: Path, clients: int, seconds: float, rate: float) -> tuple[list[str], int]:
    port, failures, answers = free_port(), list[str](), 0
    webhook = {"PERPDESK_WEBHOOK_URL": f"http://127.0.0.1:{port}{PATH}", "PERPDESK_WEBHOOK_PORT": str(port)}
    async with running_stack(folder, log_level="WARNING", telegram_latency=0.02, environment=webhook) as stack:
        sidecar = int(stack.stats_url.rsplit(":", 1)[1])
        ask = _asking(stack)
        for name, where, path in (("the sidecar", sidecar, "/metrics"), ("the webhook", port, PATH)):
            async with slow_clients(where, path, clients) as slow:
                await asyncio.sleep(_WARM_S)
                found = await answer_times(ask, seconds, rate)
            p99 = statistics.quantiles(found, n=100)[98]
            answers += len(found)
            print(
                f"{slow.made} connections of {clients} slow clients at {name}, the longest {slow.longest:.1f} s: "
                f"{len(found)} answers, p50 {statistics.median(found) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
            )
            if p99 > _MOST_P99:
                failures.append(f"slow clients at {name}: p99 {p99 * 1000:.0f} ms, more than {_MOST_P99 * 1000:.0f}")
            if slow.longest > _MOST_S + _GRACE_S:
                failures.append(f"slow clients at {name}: one was held for {slow.longest:.1f} s")
    return failures, answers


def _asking(stack: Stack) -> Callable[[int], Awaitable[object]]:
    return lambda number: stack.chat(_FIRST + number % _USERS).say("/price BTCUSDT")


async def answer_times(ask: Callable[[int], Awaitable[object]], seconds: float, rate: float) -> list[float]:
    """Seconds from each question to its answer; `ask` is given its number."""
    times: list[float] = []

    async def timed(number: int) -> None:
        began = time.monotonic()
        await ask(number)
        times.append(time.monotonic() - began)

    asking = []
    for number in range(int(seconds * rate)):
        asking.append(asyncio.create_task(timed(number)))
        await asyncio.sleep(1 / rate)
    await asyncio.gather(*asking)
    return times
