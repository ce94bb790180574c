"""Price alerts against a plain model: random prices, alerts, refused commits and kills between any two steps.

Each alert is told once, of the first price that reached it after it was set.
"""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest
from harness.app import ANNA, Harness, said

from bot.domain.alert_words import AlertLevel
from bot.domain.errors import ExchangeDown, ExchangeUnreadable, StorageTrouble
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category, Kline, Klines, Listing, MarketBoard, MarketKey
from bot.domain.payloads import decode
from bot.domain.price_alerts import AlertSide, PriceAlertMessage
from bot.services.instruments import InstrumentReader
from bot.services.market.alerts import AlertQuote, AlertService
from bot.services.market.price_watch import PriceWatch
from storage.market.alerts import SqlitePriceAlertQueries

BTC = MarketKey(Category.LINEAR, Symbol("BTCUSDT"))
ETH = MarketKey(Category.LINEAR, Symbol("ETHUSDT"))
MINUTE = 60_000


@dataclass
class History:
    """A price a minute, which holds until the next one; what REST answers of it."""

    now: Callable[[], Millis]
    ticks: list[tuple[Millis, Decimal]] = field(default_factory=list)
    is_down: bool = False

    @property
    def price(self) -> Decimal:
        return self.ticks[-1][1]

    async def board(self, category: Category) -> MarketBoard:
        if self.is_down:
            raise ExchangeDown("no answer")
        item = Listing(symbol=BTC.symbol, last_price=self.price, price_24h_change=None, turnover_24h=None)
        return MarketBoard(category=category, items=(item,), as_of=self.now())

    async def minutes(self, symbol: Symbol, start: Millis) -> Klines:
        if self.is_down:
            raise ExchangeDown("no answer")
        items = tuple(
            Kline(start_ts=at, open=price, high=price, low=price, close=price, volume=price)
            for at, price in self.ticks
            if at >= start
        )
        return Klines(category=Category.LINEAR, symbol=symbol, interval="1", items=items, as_of=self.now())


@dataclass
class Disk:
    """The store, which refuses commits while it is told to."""

    store: Any
    refuses: bool = False

    def begin(self) -> Any:
        return self.store.begin_aside()

    @asynccontextmanager
    async def begin_aside(self, *, is_urgent: bool = False) -> AsyncIterator[Any]:
        async with self.store.begin_aside(is_urgent=is_urgent) as unit:
            yield unit
            if self.refuses:
                raise StorageTrouble("the disk refuses")


@dataclass
class Model:
    """What stands of an alert, and the price that has to ring it."""

    side: AlertSide
    price: Decimal
    reached_by: Decimal | None = None


@dataclass
class Walk:
    """One run over a database; `watch` None: the bot is down."""

    harness: Harness
    draw: random.Random
    market: History
    disk: Disk
    watch: PriceWatch | None = None
    models: dict[int, Model] = field(default_factory=dict)

    def start(self) -> PriceWatch:
        market: Any = self.market
        self.watch = PriceWatch(
            queries=SqlitePriceAlertQueries(self.harness.database),
            transactions=self.disk,
            market=market,
            history=market,
            told=lambda _: None,
            wake=lambda: None,
            clock=self.harness.clock,
        )
        return self.watch

    async def tick(self) -> None:
        """The next minute and its price; what is heard of it depends on the step."""
        now = self.harness.clock.now()
        self.harness.clock.advance((MINUTE - now % MINUTE) / 1000)
        price = Decimal(64 * self.draw.randrange(970, 1031))
        self.market.ticks.append((self.harness.clock.now(), price.quantize(Decimal("0.1"))))
        for each in self.models.values():
            if each.reached_by is None and each.side.is_reached(each.price, self.market.price):
                each.reached_by = self.market.price

    async def minute(self) -> None:
        """A tick that is heard or not, and whatever happens until the next."""
        await self.tick()
        if self.watch is None:
            if self.draw.random() < 0.4:
                await self.work(self.start())
            return
        for _ in range(4):
            if self.draw.random() < 0.9:
                self.watch.hear(BTC.symbol, self.market.price)
            if self.draw.random() < 0.8:
                await self.work(self.watch)
            self.harness.clock.advance(10)
            if self.draw.random() < 0.08:
                self.watch = None  # killed; what was rung and not committed is lost with it
                return
        await self.person(self.watch)

    async def work(self, watch: PriceWatch) -> None:
        """Rounds of the jobs, some of which fail."""
        self.market.is_down, self.disk.refuses = self.draw.random() < 0.2, self.draw.random() < 0.2
        for work in (watch.look, watch.fire):
            with suppress(ExchangeDown, StorageTrouble):
                await work()
        self.market.is_down = self.disk.refuses = False

    async def person(self, watch: PriceWatch) -> None:
        """Sets an alert, or deletes one that was not reached yet."""
        service = AlertService(
            queries=SqlitePriceAlertQueries(self.harness.database),
            transactions=self.disk,
            watch=watch,
            market=self.harness.assembly.practice.prices,
            instruments=InstrumentReader(reads=self.harness.assembly.reads),
            clock=self.harness.clock,
        )
        if self.draw.random() < 0.7:
            price = (self.market.price * Decimal(self.draw.randrange(960, 1041)) / 1000).quantize(Decimal("0.1"))
            if price != self.market.price:
                side = AlertSide.ABOVE if price > self.market.price else AlertSide.BELOW
                quote = AlertQuote(market=BTC, price=self.market.price, instrument=None)
                alert = await service.set(ANNA, quote, AlertLevel(side=side, price=price))
                if alert is not None:
                    self.models[alert.alert_id] = Model(side, price)
        open_ones = [key for key, each in self.models.items() if each.reached_by is None]
        if open_ones and self.draw.random() < 0.2:
            gone = self.draw.choice(open_ones)
            assert await service.delete(ANNA, gone) is not None
            del self.models[gone]


@pytest.mark.parametrize("seed", range(6))
async def test_each_alert_is_told_once_of_the_first_price_that_reached_it(harness: Harness, seed: int) -> None:
    await said(harness.person(), "/start")
    market = History(harness.clock.now, [(Millis(harness.clock.now() // MINUTE * MINUTE), Decimal(64_000))])
    walk = Walk(harness, random.Random(seed), market, Disk(harness.store))  # noqa: S311  a test's own chance
    walk.start()
    for _ in range(60):
        await walk.minute()
    end = walk.watch or walk.start()
    await end.look()
    await end.fire()

    told = [each.message for each in await harness.queued() if each.message.kind == PriceAlertMessage.KIND]
    rang = {int(each.idempotency_key.removeprefix("price-alert:")): each for each in told}
    assert len(told) == len(rang), "told twice"
    assert rang.keys() == {key for key, each in walk.models.items() if each.reached_by is not None}
    standing = await SqlitePriceAlertQueries(harness.database).all_alerts()
    assert {each.alert_id for each in standing} == walk.models.keys() - rang.keys()
    for number, message in rang.items():
        payload, model = decode(PriceAlertMessage, message.values), walk.models[number]
        if payload.extreme is not None:
            assert payload.extreme == model.reached_by
        elif not payload.away_s:
            assert payload.price == model.reached_by
        else:
            assert model.side.is_reached(model.price, payload.price)
    assert len(rang) > 3


@dataclass
class Uneven(History):
    """Spot is down, and minutes of a symbol that is looked up first can't be read."""

    async def board(self, category: Category) -> MarketBoard:
        if category is Category.SPOT:
            raise ExchangeDown("no answer")
        known = await super().board(category)
        return replace(known, items=(*known.items, replace(known.items[0], symbol=ETH.symbol)))

    async def minutes(self, symbol: Symbol, start: Millis) -> Klines:
        if symbol == ETH.symbol:
            raise ExchangeUnreadable("no candle", field="list")
        return await super().minutes(symbol, start)


async def test_a_market_that_gives_no_answer_keeps_no_other_one_waiting(harness: Harness) -> None:
    await said(harness.person(), "/start")
    clock = harness.clock
    market = Uneven(clock.now, [(clock.now(), Decimal(64_000))])
    walk = Walk(harness, random.Random(0), market, Disk(harness.store))  # noqa: S311  a test's own chance
    watch = walk.start()
    async with harness.store.begin_aside() as unit:
        for key in (MarketKey(Category.SPOT, BTC.symbol), ETH, BTC):
            await unit.price_alerts.add(ANNA, key, AlertSide.ABOVE, Decimal(65_000), market.price, clock.now())
    clock.advance(120)
    market.ticks += [(clock.now(), Decimal(66_000)), (Millis(clock.now() + MINUTE), Decimal(64_000))]
    clock.advance(120)
    with pytest.raises(ExchangeDown):
        await watch.look()
    assert await watch.fire() == 1, "the one whose minutes can be read"


async def test_what_rang_and_is_not_committed_holds_the_mark_back_and_is_told_whole(harness: Harness) -> None:
    await said(harness.person(), "/start")
    market = History(harness.clock.now, [(harness.clock.now(), Decimal(64_000))])
    walk = Walk(harness, random.Random(0), market, Disk(harness.store))  # noqa: S311  a test's own chance
    async with harness.store.begin_aside() as unit:
        for number in range(120):  # more than a commit takes
            price = Decimal(65_000 + number)
            await unit.price_alerts.add(ANNA, BTC, AlertSide.ABOVE, price, market.price, harness.clock.now())
        await unit.price_alerts.add(ANNA, BTC, AlertSide.BELOW, Decimal(1), market.price, harness.clock.now())
    watch, queries = walk.start(), SqlitePriceAlertQueries(harness.database)
    await watch.look()
    marked = await queries.followed_to()
    market.ticks.append((harness.clock.now(), Decimal(66_000)))
    watch.hear(BTC.symbol, market.price)
    watch.hear(BTC.symbol, market.price)
    walk.disk.refuses = True
    with pytest.raises(StorageTrouble):
        await watch.fire()
    walk.disk.refuses = False
    harness.clock.advance(60)
    await watch.look()
    assert await queries.followed_to() == marked
    assert await watch.fire() == 120
    assert len({each.message.idempotency_key for each in await harness.queued()}) == 120
