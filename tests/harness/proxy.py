"""A small real proxy: HTTP's CONNECT and SOCKS5, each with a user and a password or without."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

USER, PASSWORD = "anna", "s@cret-of-the-proxy"


@dataclass
class Proxy:
    """Where it listens, and which hosts and ports were asked of it."""

    port: int = 0
    needs_login: bool = True
    asked: list[tuple[str, int]] = field(default_factory=list)
    refused: int = 0

    def url(self, scheme: str, *, password: str = "s%40cret-of-the-proxy") -> str:
        return f"{scheme}://{USER}:{password}@127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, whichever of the two it speaks."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            first = await reader.readexactly(1)
            target = await (self._socks(reader, writer) if first == b"\x05" else self._connect(first, reader, writer))
            if target is not None:
                self.asked.append(target)
                await _splice(reader, writer, *target)
        writer.close()

    async def _connect(
        self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[str, int] | None:
        """RFC 9110, 9.3.6."""
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.needs_login and f"Basic {login}" not in head:
            self.refused += 1
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return None
        host, _, port = head.split()[1].rpartition(":")
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return host, int(port)

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int] | None:
        """RFC 1928 and 1929."""
        await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b"\x05\x02" if self.needs_login else b"\x05\x00")
        if self.needs_login:
            await reader.readexactly(1)
            user = await reader.readexactly((await reader.readexactly(1))[0])
            password = await reader.readexactly((await reader.readexactly(1))[0])
            is_right = (user.decode(), password.decode()) == (USER, PASSWORD)
            writer.write(b"\x01\x00" if is_right else b"\x01\x01")
            if not is_right:
                self.refused += 1
                await writer.drain()
                return None
        _, _, _, kind = await reader.readexactly(4)
        if kind == 1:
            host = ".".join(str(each) for each in await reader.readexactly(4))
        else:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        port = int.from_bytes(await reader.readexactly(2), "big")
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        return host, port


async def _splice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int) -> None:
    there_reader, there_writer = await asyncio.open_connection(host, port)
    await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(65_536):
            sink.write(piece)
            await sink.drain()
    sink.close()


@asynccontextmanager
async def running_proxy(*, needs_login: bool = True) -> AsyncIterator[Proxy]:
    """Listening on a free port of 127.0.0.1."""
    proxy = Proxy(needs_login=needs_login)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    async with server:
        yield proxy
