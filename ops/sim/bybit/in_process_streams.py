"""The stand-in's WebSockets within the process: no sockets, no server, the caller's clock and loop.

For campaigns beside `in_process`: give the same world to both.
"""

import asyncio
import math
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from bot.exchange.bybit.streams.connection import StreamEnded
from ops.sim.bybit.streams.hub import DEMO, PATHS, HandshakeRefusedError, StreamHub
from ops.sim.bybit.streams.sessions import Session
from ops.sim.bybit.streams.ticking import ticking
from ops.sim.bybit.world import World

_DEMO_HOST: Final = "stream-demo.bybit.com"
_PEER: Final = "127.0.0.1"


def _at_once() -> float:
    return 0.0


class InProcessStreams:
    """`bot.exchange.bybit.streams.connection.StreamConnector` that ends in a world; one `async with`.

    `trip` draws how many seconds a frame takes either way; order is kept. `every`: seconds between two looks at what
    is new on public topics.
    """

    def __init__(self, world: World, *, trip: Callable[[], float] = _at_once, every: float = 0.25) -> None:
        self.hub = StreamHub(world)
        self.is_reachable = True
        """False: no connection is made; those that are open stay."""
        self._trip = trip
        self._every = every
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(ticking(self.hub, self._every))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hub.close_all()
        await self._stack.aclose()

    async def connect(self, url: str) -> "InProcessStream":
        """A connection to Bybit's own address or the stand-in's. Raises StreamEnded."""
        await asyncio.sleep(self._trip())
        parts = urlsplit(url)
        path = f"{DEMO}{parts.path}" if parts.hostname == _DEMO_HOST else parts.path
        if not self.is_reachable or path not in PATHS:
            raise StreamEnded("no stream from the stand-in")
        outlet = QueueOutlet(self._trip)
        try:
            session = self.hub.open(path, parts.query, _PEER, outlet)
        except HandshakeRefusedError as error:
            raise StreamEnded(f"no stream from the stand-in ({error})") from None
        return InProcessStream(self.hub, session, outlet, self._trip)


class QueueOutlet:
    """What a session says, on its way to the client; order is kept."""

    def __init__(self, trip: Callable[[], float]) -> None:
        self.arrived: asyncio.Queue[str | None] = asyncio.Queue()
        """None: the connection has ended."""
        self._trip = trip
        self._loop = asyncio.get_running_loop()
        self._last_due = 0.0

    def send(self, text: str) -> None:
        self._put(text)

    def close(self, _code: int) -> None:
        self._put(None)

    def cut(self) -> None:
        """What is under way is lost."""
        while not self.arrived.empty():
            self.arrived.get_nowait()
        self.arrived.put_nowait(None)

    def _put(self, text: str | None) -> None:
        soonest = math.nextafter(self._last_due, math.inf)  # timers of one moment come in any order
        self._last_due = max(soonest, self._loop.time() + self._trip())
        self._loop.call_at(self._last_due, self.arrived.put_nowait, text)


class InProcessStream:
    """The client's end of one connection."""

    def __init__(self, hub: StreamHub, session: Session, outlet: QueueOutlet, trip: Callable[[], float]) -> None:
        self._hub = hub
        self._session = session
        self._outlet = outlet
        self._trip = trip
        self._is_over = False

    async def send(self, text: str) -> None:
        """Raises StreamEnded."""
        await asyncio.sleep(self._trip())
        if self._is_over:
            raise StreamEnded("the stream has ended")
        self._session.receive(text)

    async def receive(self) -> str:
        """Raises StreamEnded."""
        text = None if self._is_over else await self._outlet.arrived.get()
        if text is None:
            self._is_over = True
            raise StreamEnded("the stream has ended")
        return text

    async def close(self) -> None:
        """Leave; `receive` raises StreamEnded from then on, also where it waits already."""
        self._hub.close(self._session)
        self._outlet.arrived.put_nowait(None)
        self._is_over = True
