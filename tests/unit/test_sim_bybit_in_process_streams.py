"""The stand-in's WebSockets within the process: what a client of ours meets over sockets, in no time."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from harness.virtual_time import LoopClock

from bot.exchange.bybit.streams.connection import StreamConnection, StreamEnded
from ops.sim.bybit.account_news import AccountNews
from ops.sim.bybit.control import Control
from ops.sim.bybit.in_process_streams import InProcessStreams
from ops.sim.bybit.world import World

pytestmark = pytest.mark.virtual_time

PRIVATE = "wss://stream-demo.bybit.com/v5/private"


class Within:
    """A world and the connector to it."""

    def __init__(self, streams: InProcessStreams, world: World) -> None:
        self.streams = streams
        self.world = world
        self.control = Control(world)
        self.made = self.control.make_account({"environment": "demo"})

    async def private(self) -> StreamConnection:
        """A connection that follows orders."""
        connection = await self.streams.connect(PRIVATE)
        expires = self.world.now() + 10_000
        sign = hmac.digest(self.made["api_secret"].encode(), f"GET/realtime{expires}".encode(), "sha256").hex()
        assert (await ask(connection, op="auth", args=[self.made["api_key"], expires, sign]))["success"]
        assert (await ask(connection, op="subscribe", args=["order"]))["success"]
        return connection

    def publish(self, order_id: str) -> None:
        rows = ({"orderId": order_id},)
        now = self.world.now()
        self.world.publish(AccountNews(uid=self.made["uid"], topic="order", category="linear", rows=rows, at=now))


async def ask(connection: StreamConnection, **frame: Any) -> Any:
    await connection.send(orjson.dumps(frame).decode())
    return await hear(connection)


async def hear(connection: StreamConnection) -> Any:
    return orjson.loads(await connection.receive())


@pytest.fixture
async def within() -> AsyncIterator[Within]:
    world = World(seed=1, clock=LoopClock().now, limits=False)
    async with InProcessStreams(world, trip=lambda: 0.02) as streams:
        yield Within(streams, world)


async def test_an_account_is_followed_and_a_cut_ends_it(within: Within) -> None:
    connection = await within.private()
    within.publish("1")
    assert (await hear(connection))["data"] == [{"orderId": "1"}]
    within.control.add_fault({"kind": "stream_drop", "path": "/v5/private"})
    with pytest.raises(StreamEnded):
        await connection.receive()
    with pytest.raises(StreamEnded):
        await connection.send("{}")


async def test_prices_come_by_themselves(within: Within) -> None:
    connection = await within.streams.connect("wss://stream.bybit.com/v5/public/linear")
    await ask(connection, op="subscribe", args=["tickers.BTCUSDT"])
    assert [(await hear(connection))["type"] for _ in range(3)] == ["snapshot", "delta", "delta"]
    waiting = asyncio.create_task(connection.receive())
    await asyncio.sleep(0)
    await connection.close()
    with pytest.raises(StreamEnded):
        await waiting


async def test_nobody_is_reached(within: Within) -> None:
    open_already = await within.private()
    within.streams.is_reachable = False
    with pytest.raises(StreamEnded):
        await within.streams.connect(PRIVATE)
    assert (await ask(open_already, op="ping"))["op"] == "pong"
    within.streams.is_reachable = True
    with pytest.raises(StreamEnded):
        await within.streams.connect("wss://stream-demo.bybit.com/v5/trade")
    within.control.add_fault({"kind": "halted", "path": "/v5/private"})
    with pytest.raises(StreamEnded):
        await within.streams.connect(PRIVATE)
