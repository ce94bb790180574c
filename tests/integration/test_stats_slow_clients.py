"""Clients that are slow, silent or do not read: each is closed in time, and nobody waits for them."""

import asyncio
import socket
from contextlib import AsyncExitStack

import aiohttp
import pytest
from harness.raw_http import drip, exchange
from harness.sidecar import Sidecar
from harness.waiting import LIMIT, until

from bot.aio.listening import MOST

PATIENCE = 0.6
LONG_PATIENCE = 10.0


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"", b""),  # a connection that says nothing
        (b"GET /healthz HTTP/1.1\r\n", b"X-A: b\r\n"),  # headers by drops
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b""),  # an answered one that stays
        (
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\n",
            b"X-A: b\r\n",
        ),  # the next by drops
        (b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n", b"x"),  # a body by drops
        (b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n", b"x"),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["silent", "header", "idle", "second header", "body", "large body", "chunked body"],
)
async def test_a_slow_client_is_closed_in_time(first: bytes, again: bytes) -> None:
    async with Sidecar().running(patience=PATIENCE) as sidecar:
        await drip(sidecar.port, first, again)


async def test_a_client_that_does_not_read_is_closed_in_time() -> None:
    async with Sidecar().running(patience=PATIENCE) as sidecar:
        port = int(sidecar.address.rsplit(":", 1)[1])
        loop = asyncio.get_running_loop()
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            client.setblocking(False)
            await loop.sock_connect(client, ("127.0.0.1", port))
            with pytest.raises(ConnectionError):  # noqa: PT012  writes until it is cut off
                while True:
                    await asyncio.wait_for(
                        loop.sock_sendall(client, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200), LIMIT
                    )


async def test_many_slow_clients_do_not_keep_a_quick_one_waiting() -> None:
    async with Sidecar().running(patience=LONG_PATIENCE) as sidecar, aiohttp.ClientSession() as session:
        slow = [
            asyncio.create_task(drip(sidecar.port, b"GET /healthz HTTP/1.1\r\n", b"X-A: b\r\n")) for _ in range(100)
        ]
        await asyncio.sleep(0.1)
        async with session.get(f"{sidecar.address}/healthz") as answer:
            assert answer.status == 200
        assert not any(each.done() for each in slow), "it was answered before any of them was given up"
        await asyncio.gather(*slow)


async def test_who_comes_beyond_the_most_takes_the_place_of_the_oldest() -> None:
    async with Sidecar().running(patience=LIMIT) as sidecar, AsyncExitStack() as stack:
        held = []
        for _ in range(MOST + 10):
            reader, writer = await asyncio.open_connection("127.0.0.1", sidecar.port)
            stack.callback(writer.close)
            held.append(reader)
        await until(lambda: sum(each.exception() is not None or each.at_eof() for each in held) == 10, what="ten ends")
        assert all(each.exception() is not None or each.at_eof() for each in held[:10])
        head = await exchange(sidecar.port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        await until(lambda: held[10].exception() is not None or held[10].at_eof(), what="the end of the next")


async def test_closing_the_sidecar_leaves_nothing_behind() -> None:
    async with Sidecar().running() as sidecar:
        head = await exchange(sidecar.port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
    assert asyncio.all_tasks() == {asyncio.current_task()}
    with pytest.raises(ConnectionError):
        await exchange(sidecar.port, b"")
