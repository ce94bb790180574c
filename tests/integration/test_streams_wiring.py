"""How streams are put together: where they connect, what is told of them, and that they end with the process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from harness.app import Harness, harness
from harness.streams import ScriptedStreams
from harness.waiting import until

from bot.domain.accounts import AccountType
from bot.domain.ids import Symbol
from bot.domain.ports.clock import Clock
from bot.exchange.addresses import StreamAddresses
from bot.exchange.bybit.streams.account_streams import AccountStreams

ELSEWHERE, DEMO = "ws://127.0.0.1:9", "ws://127.0.0.1:10"


@asynccontextmanager
async def opened(bybit: ScriptedStreams, _clock: Clock) -> AsyncIterator[ScriptedStreams]:
    yield bybit


async def up(harness: Harness, bybit: ScriptedStreams) -> None:
    """A demo account whose stream is up, and a public one."""
    await harness.demo_account(harness.person())
    for _ in range(2):
        harness.clock.advance(10)
        await harness.assembly.practice.prices.ticker(Symbol("BTCUSDT"))

    async def is_up() -> bool:
        await harness.assembly.streams.round()
        is_asked = ("subscribe", "tickers.BTCUSDT") in bybit.asked and harness.assembly.streams.accounts.connected == 1
        return is_asked and all(each.frames.empty() for each in bybit.open)

    await until(is_up, what="both streams")


async def test_streams_connect_where_the_settings_say_and_end_with_the_process(tmp_path: Path) -> None:
    bybit = ScriptedStreams()
    async with harness(
        tmp_path,
        streams=lambda clock: opened(bybit, clock),
        bybit_stream_url=ELSEWHERE,
        bybit_demo_stream_url=DEMO,
    ) as chat:
        await up(chat, bybit)
        assert {each.url for each in bybit.open} == {
            f"{DEMO}/v5/private",
            f"{ELSEWHERE}/v5/public/linear",
        }
        streams = chat.assembly.streams
        assert streams.accounts.randomness() == 0.5
        chat.clock.advance(7)
        assert streams.stats().oldest_event_s == 7
        (private,) = [each for each in bybit.open if each.url.endswith("private")]
        private.put({"op": "pong"})
        await until(lambda: streams.accounts.ages() == [0], what="the pong")
        assert streams.stats().oldest_event_s == 7  # of the public one
        chat.clock.advance(1)
        (public,) = [each for each in bybit.open if each is not private]
        public.put({"op": "pong"})
        await until(lambda: streams.public.ages() == [0], what="the pong")
        assert streams.stats().oldest_event_s == 1  # of the private one
        assert chat.assembly.streams.stats().wanted == chat.assembly.streams.stats().connected == 2
    assert bybit.open == []


async def test_bybit_that_is_slow_is_a_reason_and_streams_have_metrics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AccountStreams, "is_slow", lambda _: True)
    async with harness(tmp_path) as chat:
        chat.assembly.progress.step = None
        assert any("streams are late" in each.text for each in chat.assembly.progress.reasons())
        async with TestClient(TestServer(chat.assembly.sidecar)) as client:
            shown = await (await client.get("/metrics")).text()
    for series in (
        "perpdesk_stream_wanted 0.0",
        "perpdesk_stream_connected 0.0",
        "perpdesk_stream_slow 1.0",
        'perpdesk_stream_last_event_age_seconds{quantile="p99"} 0.0',
        'perpdesk_stream_connects_total{result="ok"} 0.0',
    ):
        assert series in shown


async def test_another_exchange_without_an_address_of_streams_has_none(tmp_path: Path) -> None:
    async with harness(tmp_path) as chat:
        await chat.demo_account(chat.person())
        await chat.assembly.streams.round()
        await asyncio.sleep(0)
        assert not chat.assembly.streams.is_on
        assert chat.assembly.streams.stats().wanted == 0


def test_each_site_has_its_own_private_streams() -> None:
    addresses = StreamAddresses(live="wss://stream.bybit.com", demo="wss://stream-demo.bybit.com")
    assert addresses.private("kz", AccountType.LIVE) == "wss://stream.bybit.kz/v5/private"
    assert addresses.private("com", AccountType.LIVE) == "wss://stream.bybit.com/v5/private"
    assert addresses.private("kz", AccountType.DEMO) == "wss://stream-demo.bybit.com/v5/private"
    assert addresses.public == "wss://stream.bybit.com/v5/public/linear"
