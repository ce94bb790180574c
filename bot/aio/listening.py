"""A listener for an HTTP server, with what the server has not: few connections, no patience with who does not read.

A process has 1,024 open files where nobody raised it, and database, Telegram and Bybit need theirs.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final, Protocol

from bot.aio.tasks import TaskSet

MOST: Final = 256  # connections of a listener at a time


class ServedConnection(Protocol):
    """One connection; its transport is None once it is lost."""

    @property
    def transport(self) -> asyncio.Transport | None: ...


class ConnectionServer(Protocol):
    """Knows the connections that are open, the oldest first."""

    @property
    def connections(self) -> Sequence[ServedConnection]: ...


@asynccontextmanager
async def listening(
    server: ConnectionServer, connect: Callable[[], asyncio.BaseProtocol], host: str, port: int, *, patience: float
) -> AsyncIterator[tuple[str, int]]:
    """Accept while the block runs; yields the address. Whoever comes beyond MOST takes the place of the oldest.

    `connect` makes the protocol of each new connection to `server`. Who asks and does not read the answer is cut off
    after `patience` seconds. Raises OSError when it can't be bound.
    """

    def accept() -> asyncio.BaseProtocol:
        _make_room(server)
        return connect()

    listener = await asyncio.get_running_loop().create_server(accept, host, port)
    try:
        async with TaskSet() as tasks:
            tasks.start(_end_slow_readers(server, patience), "slow readers")
            found: tuple[str, int] = listener.sockets[0].getsockname()[:2]
            yield found
    finally:
        listener.close()


def _make_room(server: ConnectionServer) -> None:
    """For one more. Whoever is slow is the oldest soon; an honest request is answered within milliseconds."""
    open_now = [transport for transport in _transports(server) if not transport.is_closing()]
    for transport in open_now[: max(0, len(open_now) - MOST + 1)]:
        transport.abort()


async def _end_slow_readers(server: ConnectionServer, patience: float) -> None:
    """Cut off who asks and does not read the answer: a server would wait for ever to write the rest."""
    loop = asyncio.get_running_loop()
    since: dict[asyncio.Transport, float] = {}  # when an answer was first seen to wait
    while True:
        await asyncio.sleep(patience / 8)
        now = loop.time()
        waiting = (transport for transport in _transports(server) if transport.get_write_buffer_size())
        since = {transport: since.get(transport, now) for transport in waiting}
        for transport, seen in since.items():
            if now - seen > patience / 2:
                transport.abort()


def _transports(server: ConnectionServer) -> list[asyncio.Transport]:
    return [each.transport for each in server.connections if each.transport is not None]
