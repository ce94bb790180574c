"""The webhook's listener over real sockets: who is slow is closed in time, and nobody waits for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest
from harness.chat import ChatProcess
from harness.raw_http import drip
from harness.sim_telegram import Driver
from harness.telegram_server import FakeTelegram
from harness.waiting import until
from pydantic import SecretStr

from bot.chat.webhook_listener import SECRET_HEADER, WebhookAddress, listening_for_updates
from bot.domain.secrets import Secret
from ops.campaigns.slow_clients import slow_clients
from ops.stack import free_port
from stats_api.server import serve

PATH = "/telegram"
SECRET = "a-secret-of-the-tests-1"
PATIENCE = 0.6
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\n".encode()
OURS = HEAD + f"{SECRET_HEADER}: {SECRET}\r\n".encode()
USER = 5001


@asynccontextmanager
async def listener(*, patience: float = PATIENCE) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Its port, and what it took."""
    taken: list[bytes] = []

    async def take(body: bytes) -> bool:
        taken.append(body)
        return True

    address = WebhookAddress(url="", secret=Secret(SECRET), path=PATH, host="127.0.0.1", port=0)
    async with listening_for_updates(address, take, patience=patience) as port:
        yield port, taken


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"", b""),  # a connection that says nothing
        (HEAD, b"X-A: b\r\n"),  # headers by drops
        (OURS + b"Content-Length: 2\r\n\r\n{}", b""),  # an answered one that stays
        (OURS + b"Content-Length: 1000\r\n\r\n", b"x"),  # a body by drops
        (HEAD + b"Content-Length: 1000\r\n\r\n", b"x"),  # of somebody else
        (OURS + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["silent", "header", "idle", "body", "another's body", "chunked body"],
)
async def test_a_slow_client_is_closed_in_time(first: bytes, again: bytes) -> None:
    async with listener() as (port, taken):
        await drip(port, first, again)
    assert taken == ([b"{}"] if first.endswith(b"{}") else [])


@pytest.mark.parametrize(
    "rest", [b"Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip", b"Content-Length: 9\r\n\r\nx"]
)
async def test_a_body_that_can_t_be_unpacked_and_one_that_ends_early_are_no_news(
    rest: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with listener() as (port, taken):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(OURS + rest)
        if rest.endswith(b"gzip"):
            assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")
        writer.transport.abort()
    assert (taken, caplog.records) == ([], [])


async def test_the_chat_goes_on_beside_slow_clients_of_both_listeners(sim: Driver, tmp_path: Path) -> None:
    port = free_port()
    changes = {
        "webhook_url": f"http://127.0.0.1:{port}{PATH}",
        "webhook_port": port,
        "webhook_secret": SecretStr(SECRET),
    }
    bot = ChatProcess(tmp_path, FakeTelegram(url=sim.url), changes=changes)
    async with bot.at_work(), serve(bot.assembly.sidecar, port=0) as address, aiohttp.ClientSession() as session:
        await until(lambda: bot.runtime.problems() == (), what="readiness")
        sidecar = int(address.rsplit(":", 1)[1])
        async with slow_clients(sidecar, "/metrics", 60) as there, slow_clients(port, PATH, 60) as here:
            await until(lambda: there.made >= 60 and here.made >= 60, what="every slow client")
            await sim.say("one", user=USER)
            await until(lambda: bot.runtime.lanes.stats().handled == 1, what="an answer")
            async with session.get(f"{address}/healthz") as answer:
                assert answer.status == HTTPStatus.OK
            assert min(there.held, here.held) > 30
