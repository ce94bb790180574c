"""The hub's connections over aiohttp's WebSockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from aiohttp import WSMsgType, web

from ops.sim.bybit.spoiling import cut_connection, send
from ops.sim.bybit.streams.hub import HandshakeRefusedError, StreamHub
from ops.sim.bybit.streams.ticking import ticking
from ops.sim.bybit.world import World

_TRIP: Final = 0.01
"""Seconds that everything takes to the client. pybit gets ready for an answer only after it has sent its request."""
_EVERY: Final = 0.05
"""Seconds from one look at what is new to the next."""
_SHARE: Final = 0.01
"""Seconds for which the loop is kept busy with public topics at a time: hundreds of them take longer than that."""
_PATIENCE: Final = 1.0
"""Seconds a client has to answer a goodbye."""
_LARGEST_MESSAGE: Final = 2**20
_MOST_WAITING: Final = 20_000
"""Messages that a client may leave unread."""


class SocketOutlet:
    """The way out of one WebSocket: what is sent waits in a queue for its turn."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self._request = request
        self._socket = socket
        self._clock = asyncio.get_running_loop().time
        self._waiting: asyncio.Queue[tuple[float, str | int]] = asyncio.Queue()

    def send(self, text: str) -> None:
        if self._waiting.qsize() >= _MOST_WAITING:
            self.cut()
        else:
            self._put(text)

    def close(self, code: int) -> None:
        self._put(code)

    def cut(self) -> None:
        cut_connection(self._request, reset=True)

    async def run(self) -> None:
        """Send until the goodbye is said or the client is gone."""
        with suppress(ConnectionError, TimeoutError):
            while isinstance(said := await self._next(), str):
                await self._socket.send_str(said)
            await asyncio.wait_for(self._socket.close(code=said), _PATIENCE)

    def _put(self, said: str | int) -> None:
        self._waiting.put_nowait((self._clock() + _TRIP, said))

    async def _next(self) -> str | int:
        due, said = await self._waiting.get()
        left = due - self._clock()
        if left > 0:
            await asyncio.sleep(left)
        return said


class Sockets:
    """Opens WebSockets for the hub."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.hub = StreamHub(world)

    async def handle(self, request: web.Request, path: str) -> web.StreamResponse:
        """One connection, from its handshake to its end."""
        socket = web.WebSocketResponse(max_msg_size=_LARGEST_MESSAGE, timeout=_PATIENCE)
        if not socket.can_prepare(request):
            return web.Response(status=400, text="Bad Request")
        outlet, peer = SocketOutlet(request, socket), request.remote or ""
        try:
            session = self.hub.open(path, request.query_string, peer, outlet)
        except HandshakeRefusedError as error:
            response, status = await send(request, error.answer, error.fault)
            self._log(path, status)
            return response
        self._log(path, 101)
        writing: asyncio.Task[None] | None = None
        try:
            await socket.prepare(request)
            writing = asyncio.create_task(outlet.run(), name="bybit stand-in: WebSocket")
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    session.receive(message.data)
        finally:
            self.hub.close(session)
            if writing is not None:
                writing.cancel()
                with suppress(asyncio.CancelledError, ConnectionError):
                    await writing
        return socket

    def _log(self, path: str, status: int | None) -> None:
        now = self._world.now()
        self._world.calls.add(at=now, method="GET", path=path, uid=None, status=status, ret_code=None, ms=0.0)

    async def run(self, _app: web.Application) -> AsyncIterator[None]:
        """Let time pass while the server runs."""
        async with ticking(self.hub, _EVERY, _SHARE):
            yield

    async def say_goodbye(self, _app: web.Application) -> None:
        """Close every connection, before the server waits for them."""
        self.hub.close_all()
