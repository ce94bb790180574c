"""No test leaves the machine, by whatever road."""

import asyncio
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from loopback import ReachedOutError

OUTSIDE = ("192.0.2.1", 9)  # an address for documents: nobody is there
NAME = "outside.invalid"


def connects() -> None:
    with socket.socket() as near:
        near.settimeout(0.1)
        near.connect(OUTSIDE)


def tries_to_connect() -> None:
    with socket.socket() as near:
        near.setblocking(False)
        near.connect_ex(OUTSIDE)


def connects_by_ipv6() -> None:
    with socket.socket(socket.AF_INET6) as near:
        near.setblocking(False)
        near.connect(("2001:db8::1", 9))


def sends_a_datagram() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as near:
        near.sendto(b"x", OUTSIDE)


def sends_a_message() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as near:
        near.sendmsg([b"x"], (), 0, OUTSIDE)


def asks_for_a_name() -> None:
    socket.getaddrinfo(NAME, 443)


def asks_for_a_name_as_of_old() -> None:
    socket.gethostbyname(NAME)


def asks_whose_an_address_is() -> None:
    socket.gethostbyaddr(OUTSIDE[0])


def asks_for_the_name_of_an_address() -> None:
    socket.getnameinfo(OUTSIDE, 0)


def asks_for_a_full_name() -> None:
    socket.getfqdn(NAME)


@pytest.mark.parametrize(
    "step",
    [
        connects,
        tries_to_connect,
        connects_by_ipv6,
        sends_a_datagram,
        sends_a_message,
        asks_for_a_name,
        asks_for_a_name_as_of_old,
        asks_whose_an_address_is,
        asks_for_the_name_of_an_address,
        asks_for_a_full_name,
    ],
)
def test_a_blocking_socket_does_not_reach_out(step: Callable[[], None]) -> None:
    with pytest.raises(ReachedOutError, match=r"tests talk to 127\.0\.0\.0/8"):
        step()


async def opens_a_connection() -> None:
    await asyncio.open_connection(*OUTSIDE)


async def connects_a_socket() -> None:
    with socket.socket() as near:
        near.setblocking(False)
        await asyncio.get_running_loop().sock_connect(near, OUTSIDE)


async def asks_the_loop_for_a_name() -> None:
    await asyncio.get_running_loop().getaddrinfo(NAME, 443)


async def asks_by_http() -> None:
    async with aiohttp.ClientSession() as session, session.get(f"http://{OUTSIDE[0]}:{OUTSIDE[1]}/"):
        pass


@pytest.mark.parametrize("step", [opens_a_connection, connects_a_socket, asks_the_loop_for_a_name, asks_by_http])
async def test_an_asyncio_socket_does_not_reach_out(step: Callable[[], Awaitable[None]]) -> None:
    with pytest.raises(ReachedOutError):
        await step()


def test_a_process_of_a_test_does_not_reach_out() -> None:
    program = f"import socket; socket.create_connection({OUTSIDE})"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "ReachedOutError" in ended.stderr


def test_neither_a_test_nor_its_process_knows_a_proxy() -> None:
    """A proxy on loopback would carry requests out; libraries look for one in either case of letters."""
    assert not urllib.request.getproxies()
    names = [f"{scheme}_proxy" for scheme in ("http", "https", "all", "no")]
    outside = {name: "http://127.0.0.1:9" for each in names for name in (each, each.upper())}
    program = "import urllib.request; print(urllib.request.getproxies())"
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, env=os.environ | outside, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "{}"


async def test_loopback_is_free() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    for host in ("127.0.0.1", "localhost"):
        async with await asyncio.start_server(greet, host, 0, family=socket.AF_INET) as server:
            reader, writer = await asyncio.open_connection(host, server.sockets[0].getsockname()[1])
            assert await reader.read() == b"hello"
            writer.close()
