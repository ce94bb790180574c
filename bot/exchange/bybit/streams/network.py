"""Streams over the network, by aiohttp."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

import aiohttp

from bot.exchange.bybit.decode import MAX_BODY
from bot.exchange.bybit.streams.connection import StreamConnection, StreamEnded
from bot.proxy import Connectors

_CONNECT_S: Final = 10.0  # name, TCP, TLS and handshake
_CLOSE_S: Final = 2.0
_ENDS: Final = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


class NetworkStreams:
    """Every WebSocket of ours to Bybit; one `async with`.

    Frames are not deflated: the memory that takes for each of a thousand streams buys nothing on messages so short.
    """

    def __init__(self, connector: Connectors = aiohttp.TCPConnector) -> None:
        self._connector = connector
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(connector=self._connector(limit=0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def connect(self, url: str) -> StreamConnection:
        """Raises StreamEnded."""
        if self._session is None:
            raise StreamEnded("streams are closed")
        try:
            async with asyncio.timeout(_CONNECT_S):
                socket = await self._session.ws_connect(
                    url, max_msg_size=MAX_BODY, compress=0, timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_S)
                )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise StreamEnded(f"no stream from Bybit ({type(error).__name__})") from None
        return _NetworkStream(socket)


class _NetworkStream:
    """aiohttp's socket. It answers the server's pings by itself."""

    __slots__ = ("_socket",)

    def __init__(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        self._socket = socket

    async def send(self, text: str) -> None:
        try:
            await self._socket.send_str(text)
        except (aiohttp.ClientError, OSError, RuntimeError) as error:
            raise StreamEnded(f"the stream has ended ({type(error).__name__})") from None

    async def receive(self) -> str:
        while True:
            message = await self._socket.receive()
            if message.type is aiohttp.WSMsgType.TEXT:
                text: str = message.data
                return text
            if message.type in _ENDS:
                raise StreamEnded(f"the stream was closed ({self._socket.close_code})")

    async def close(self) -> None:
        with suppress(aiohttp.ClientError, OSError):
            await self._socket.close()
