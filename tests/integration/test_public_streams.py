"""Public streams: what is looked at is streamed, pushed, and asked by REST where it can not be believed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

import pytest
from harness.streams import ScriptedStream, ScriptedStreams
from harness.virtual_time import LoopClock

from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category, Kline, Klines, OrderBook, Ticker
from bot.exchange.bybit.market import BybitMarket
from bot.exchange.bybit.streams.connection import StreamConnection
from bot.exchange.bybit.streams.public_link import PublicLink
from bot.exchange.bybit.streams.public_streams import PublicStreams
from bot.exchange.bybit.streams.streamed_market import StreamedMarket
from cache.facade import MarketReads
from cache.pushes import CachePushes
from cache.regions import Regions

pytestmark = pytest.mark.virtual_time
BTC = Symbol("BTCUSDT")
MINUTE = 60_000


@dataclass
class Rest:
    """What REST answers, counted."""

    asked: int = 0

    async def ticker(self, category: Category, symbol: Symbol) -> str:
        self.asked += 1
        return f"{category} {symbol}"

    async def order_book(self, category: Category, symbol: Symbol) -> str:
        return await self.ticker(category, symbol)

    async def klines(self, category: Category, symbol: Symbol, interval: str) -> Klines:
        self.asked += 1
        items = tuple(a_candle(start, "1") for start in (MINUTE, 2 * MINUTE))
        return Klines(category=category, symbol=symbol, interval=interval, items=items, as_of=LoopClock().now())


def a_candle(start: int, price: str) -> Kline:
    one = Decimal(price)
    return Kline(start_ts=Millis(start), open=one, high=one, low=one, close=one, volume=one)


@dataclass
class Feed:
    """The public streams between a fake of Bybit and the real cache."""

    bybit: ScriptedStreams
    streams: PublicStreams
    market: StreamedMarket
    rest: Rest
    reads: MarketReads
    held: set[Symbol] = field(default_factory=set)
    ts: int = 0

    async def turn(self, seconds: int = 1, *, each: Any = None) -> None:
        for _ in range(seconds):
            await self.streams.round()
            if each is not None:
                self.push(**each)
            await asyncio.sleep(1)

    def push(self, topic: str, data: Any, kind: str = "delta") -> None:
        self.ts += 1
        self.bybit.push(topic, data, type=kind, ts=self.ts)


@pytest.fixture
async def feed() -> AsyncIterator[Feed]:
    clock, bybit, rest, held = LoopClock(), ScriptedStreams(), Rest(), set[Symbol]()
    regions = Regions(clock=clock)
    streams = PublicStreams(
        clock=clock,
        connector=bybit,
        url="ws://127.0.0.1/v5/public/linear",
        pushes=CachePushes(regions),
        depth=2,
        held=lambda: held,
        price_heard=lambda _symbol, _price: None,
    )
    market = StreamedMarket(rest=cast("BybitMarket", rest), streams=streams)
    yield Feed(bybit, streams, market, rest, MarketReads(regions, market=market), held)
    await streams.close()


TICKER = {"symbol": "BTCUSDT", "lastPrice": "64000", "markPrice": "64001", "bid1Price": "63999", "ask1Price": "64000.5"}


async def test_a_held_symbol_has_its_ticker_and_deltas_change_what_they_name(feed: Feed) -> None:
    feed.held.add(BTC)
    await feed.turn(2)
    feed.push("tickers.BTCUSDT", TICKER, "snapshot")
    feed.push("tickers.BTCUSDT", {"symbol": "BTCUSDT", "lastPrice": "64005"})
    feed.ts -= 2
    feed.push("tickers.BTCUSDT", {"symbol": "BTCUSDT", "lastPrice": "1", "indexPrice": "63990"})  # sent before
    await feed.turn()
    found = await feed.reads.ticker(BTC)
    assert isinstance(found, Ticker)
    assert (found.last_price, found.mark_price, found.index_price) == (64005, 64001, 63990)
    assert feed.streams.marks() == {BTC: 64001}
    assert await feed.market.ticker(Category.LINEAR, BTC) == found
    assert feed.rest.asked == 0


async def test_what_is_not_heard_is_asked_by_rest(feed: Feed) -> None:
    feed.held.add(BTC)
    await feed.turn(2)
    feed.push("tickers.BTCUSDT", TICKER, "snapshot")
    await feed.turn(5)  # nothing is heard of the connection
    assert feed.streams.marks() == {}
    assert await feed.market.ticker(Category.LINEAR, BTC) == "linear BTCUSDT"
    assert not isinstance(await feed.reads.ticker(BTC), Ticker)


async def test_what_is_looked_at_twice_is_streamed_until_nobody_looks(feed: Feed) -> None:
    await feed.market.ticker(Category.LINEAR, BTC)
    await feed.turn(2)
    assert feed.bybit.connections == []
    await feed.market.ticker(Category.LINEAR, BTC)
    await feed.market.ticker(Category.SPOT, BTC)
    await feed.market.ticker(Category.SPOT, BTC)
    await feed.turn(2)
    assert feed.bybit.asked == [("subscribe", "tickers.BTCUSDT")]
    await feed.turn(200, each={"topic": "tickers.BTCUSDT", "data": TICKER, "kind": "snapshot"})
    assert feed.bybit.asked[1:] == [("unsubscribe", "tickers.BTCUSDT")]


async def test_what_is_looked_at_through_the_cache_stays_streamed(feed: Feed) -> None:
    book = {"s": BTC, "u": 1, "b": [["100", "1"]], "a": [["101", "1"]]}
    for _ in range(400):
        await feed.reads.order_book(BTC)
        await feed.turn(1, each={"topic": "orderbook.200.BTCUSDT", "data": book, "kind": "snapshot"})
    assert feed.rest.asked <= 2, "until it was streamed"
    assert isinstance(await feed.reads.order_book(BTC), OrderBook)


async def test_an_order_book_is_kept_whole_or_not_shown(feed: Feed) -> None:
    for _ in range(2):
        await feed.market.order_book(Category.LINEAR, BTC)
    await feed.turn(2)
    topic = "orderbook.200.BTCUSDT"
    levels = {"b": [["100", "1"], ["99", "2"], ["98", "3"]], "a": [["101", "1"], ["102", "2"]]}
    feed.push(topic, {"s": BTC, "u": 7, **levels}, "snapshot")
    change = {"s": BTC, "u": 8, "b": [["100", "0"], ["99.5", "4"]], "a": []}
    feed.push(topic, change)
    feed.push(topic, change)  # twice
    await feed.turn()
    book = await feed.reads.order_book(BTC)
    assert isinstance(book, OrderBook)
    assert book.bids == ((Decimal("99.5"), 4), (99, 2))
    assert book.asks == ((101, 1), (102, 2))
    feed.push(topic, {"s": BTC, "u": 10, "b": [], "a": []})
    await feed.turn(2)
    assert feed.streams.order_book(BTC) is None
    assert feed.bybit.asked == [("subscribe", topic), ("unsubscribe", topic), ("subscribe", topic)]
    feed.push(topic, {"s": BTC, "u": 1, **levels}, "snapshot")
    await feed.turn()
    assert feed.streams.order_book(BTC) is not None


async def test_candles_go_on_from_what_rest_answered(feed: Feed) -> None:
    for _ in range(2):
        await feed.market.klines(Category.LINEAR, BTC, "1")
    await feed.turn(2)
    for start, close in ((2 * MINUTE, "5"), (3 * MINUTE, "6")):
        told = {"start": start, "open": "1", "high": "6", "low": "1", "close": close, "volume": "9", "confirm": True}
        feed.push("kline.1.BTCUSDT", [told])
    await feed.turn()
    found = await feed.reads.klines(BTC, "1")
    assert isinstance(found, Klines)
    assert [each.close for each in found.items] == [5, 6]
    feed.push("kline.1.BTCUSDT", [{**told, "start": 9 * MINUTE}])  # some were missed
    await feed.turn()
    asked = feed.rest.asked
    await feed.market.klines(Category.LINEAR, BTC, "1")
    assert feed.rest.asked == asked + 1


async def test_a_lost_connection_is_made_anew_with_its_topics(feed: Feed) -> None:
    feed.held.add(BTC)
    await feed.turn(2)
    feed.bybit.open[0].end()
    await feed.turn(4)
    assert feed.bybit.asked == [("subscribe", "tickers.BTCUSDT")] * 2
    assert feed.streams.connected == 1


async def test_a_topic_that_is_not_there_keeps_no_other_out(feed: Feed, caplog: pytest.LogCaptureFixture) -> None:
    feed.bybit.unknown_topics = {"tickers.GONEUSDT"}
    feed.held |= {BTC, Symbol("GONEUSDT")}
    await feed.turn(20)
    feed.push("tickers.BTCUSDT", TICKER, "snapshot")
    await feed.turn()
    assert feed.streams.marks() == {BTC: 64001}
    assert (len(feed.bybit.asked), feed.bybit.attempts) == (4, 1)  # both, each alone, and no more
    assert "tickers.GONEUSDT" in caplog.text


async def test_a_subscription_without_an_answer_is_asked_on_a_new_connection(feed: Feed) -> None:
    feed.bybit.is_silent_once = True
    feed.held.add(BTC)
    await feed.turn(20)
    feed.push("tickers.BTCUSDT", TICKER, "snapshot")
    await feed.turn()
    assert feed.streams.marks() == {BTC: 64001}
    assert feed.bybit.attempts == 2


async def test_a_connection_that_answers_pings_and_says_nothing_is_made_anew(feed: Feed) -> None:
    feed.held.add(BTC)
    await feed.turn(20, each={"topic": "tickers.BTCUSDT", "data": TICKER, "kind": "snapshot"})
    assert len(feed.bybit.connections) == 1
    await feed.turn(40)
    assert feed.bybit.connections[0].pings > 1
    assert len(feed.bybit.connections) == 2


async def test_a_snapshot_that_was_overtaken_takes_nothing_back_and_is_asked_for_now_and_then(feed: Feed) -> None:
    feed.held.add(BTC)
    await feed.turn(2)
    feed.push("tickers.BTCUSDT", {"symbol": "BTCUSDT", "lastPrice": "64005"})
    await feed.turn()
    assert feed.streams.ticker(BTC) is None  # it has no snapshot yet
    feed.ts -= 2
    feed.push("tickers.BTCUSDT", TICKER, "snapshot")
    await feed.turn()
    found = feed.streams.ticker(BTC)
    assert found is not None
    assert (found.last_price, found.mark_price) == (64005, 64001)
    await feed.turn(50, each={"topic": "tickers.BTCUSDT", "data": {"symbol": "BTCUSDT", "markPrice": "64002"}})
    assert feed.bybit.asked.count(("subscribe", "tickers.BTCUSDT")) >= 2


async def test_a_ticker_of_tomorrow_keeps_no_later_price_out(feed: Feed) -> None:
    feed.held.add(BTC)
    await feed.turn(2)
    feed.push("tickers.BTCUSDT", TICKER, "snapshot")
    feed.bybit.push("tickers.BTCUSDT", {"symbol": "BTCUSDT", "lastPrice": "1"}, type="delta", ts=2**60)
    await feed.turn(15, each={"topic": "tickers.BTCUSDT", "data": {"symbol": "BTCUSDT", "lastPrice": "64005"}})
    assert feed.streams.ticker(BTC) is None
    assert await feed.market.ticker(Category.LINEAR, BTC) == "linear BTCUSDT"


async def test_a_candle_of_which_the_last_word_was_lost_is_asked_for(feed: Feed) -> None:
    for _ in range(2):
        await feed.market.klines(Category.LINEAR, BTC, "1")
    await feed.turn(2)
    told = {"open": "1", "high": "6", "low": "1", "close": "5", "volume": "9", "confirm": False}
    feed.push("kline.1.BTCUSDT", [{**told, "start": 2 * MINUTE}])
    feed.push("kline.1.BTCUSDT", [{**told, "start": 3 * MINUTE}])
    await feed.turn()
    asked = feed.rest.asked
    await feed.market.klines(Category.LINEAR, BTC, "1")
    assert feed.rest.asked == asked + 1


async def test_a_price_that_is_shown_is_of_the_last_second_though_it_stands_still(feed: Feed) -> None:
    feed.held |= {BTC, Symbol("ETHUSDT")}
    await feed.turn(2)
    feed.push("tickers.BTCUSDT", TICKER, "snapshot")
    eth = {"symbol": "ETHUSDT", "lastPrice": "3000"}
    feed.push("tickers.ETHUSDT", eth, "snapshot")
    for _ in range(25):
        await feed.streams.round()
        feed.push("tickers.ETHUSDT", eth)
        await asyncio.sleep(0.3)
        assert LoopClock().now() - (await feed.reads.ticker(BTC)).as_of <= 1_000
    assert feed.rest.asked == 0


class EndsBehindItsAnswer(ScriptedStream):
    """Takes the topics, and the network goes with the answer."""

    async def send(self, text: str) -> None:
        await super().send(text)
        self.end()


class EndsOnce:
    """The first connection is such a one."""

    def __init__(self) -> None:
        self.made: list[ScriptedStream] = []

    async def connect(self, url: str) -> StreamConnection:
        kind = ScriptedStream if self.made else EndsBehindItsAnswer
        self.made.append(kind(ScriptedStreams(), url))
        return self.made[-1]


async def test_what_was_taken_while_the_connection_ended_is_asked_for_on_the_next_one() -> None:
    clock, connector, topic = LoopClock(), EndsOnce(), "tickers.BTCUSDT"
    link = PublicLink(
        url="wss://public",
        connector=connector,
        clock=clock,
        on_message=lambda _: None,
        on_end=lambda: None,
        counts=Counter(),
        topics=frozenset({topic}),
    )
    for _ in range(12):
        link.tick(clock.monotonic())
        await asyncio.sleep(0.5)
        assert link.carries(topic) <= (topic in connector.made[-1].topics and connector.made[-1].is_open)
    assert (len(connector.made), link.carries(topic)) == (2, True)
    await link.close()
