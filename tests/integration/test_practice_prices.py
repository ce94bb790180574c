"""Prices act on practice: tick by tick, replayed after a downtime, and as funding; never twice, never backwards."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from harness.app import harness
from harness.desk import Desk, bought
from harness.storage import write_protected

from bot.domain.errors import ExchangeDown, NoPracticePrice, StorageTrouble
from bot.domain.ids import MINUTE, Millis
from bot.domain.market import Kline
from bot.domain.orders import TimeInForce

MINUTE_S = 60


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with harness(tmp_path) as bot:
        await bot.person().say("/start")
        yield Desk(bot, await bot.practice_account())


def candle(start: int, opened: int, high: int, low: int, closed: int) -> Kline:
    prices = [Decimal(each) for each in (opened, high, low, closed)]
    return Kline(
        start_ts=Millis(start), open=prices[0], high=prices[1], low=prices[2], close=prices[3], volume=Decimal(1)
    )


async def test_a_resting_order_fills_when_its_price_comes(desk: Desk) -> None:
    await desk.create(bought("a1", price=Decimal(60000), time_in_force=TimeInForce.GTC, stop_loss=Decimal(58000)))
    await desk.bot.move("BTCUSDT", "60500.00")
    assert (await desk.found("a1")).order_status == "New"
    await desk.bot.move("BTCUSDT", "59990.00")
    order = await desk.found("a1")
    assert (order.order_status, order.avg_price) == ("Filled", Decimal(60000))
    (fill,) = await desk.gateway.executions_since(desk.account, Millis(0))
    assert fill.is_maker
    assert (await desk.position()).stop_loss == 58000


async def test_a_stop_closes_the_position_and_listeners_hear_of_it(desk: Desk) -> None:
    await desk.create(bought("a1"))
    heard = []
    desk.bot.assembly.practice.exchange.listeners.append(heard.append)
    await desk.bot.move("BTCUSDT", "63000.00")
    assert heard == []
    await desk.bot.move("BTCUSDT", "61990.00")
    assert (await desk.gateway.positions(desk.account)).is_flat
    *_, fill = await desk.gateway.executions_since(desk.account, Millis(0))
    assert (fill.create_type, fill.closed_size) == ("CreateByStopLoss", Decimal("0.1"))
    assert heard == [desk.account.account_id]


async def test_a_position_is_liquidated_at_its_mark_price(desk: Desk) -> None:
    await desk.create(bought("a1", stop_loss=None))
    liquidation = (await desk.position()).liquidation_price
    assert liquidation is not None
    await desk.bot.move("BTCUSDT", f"{liquidation + 10:.2f}")
    assert not (await desk.gateway.positions(desk.account)).is_flat
    await desk.bot.move("BTCUSDT", f"{liquidation - 10:.2f}")
    assert (await desk.gateway.positions(desk.account)).is_flat
    *_, fill = await desk.gateway.executions_since(desk.account, Millis(0))
    assert fill.exec_type == "BustTrade"
    assert await desk.money() > 7_000  # the margin is lost, no more


async def test_nothing_is_written_while_nothing_happens(desk: Desk) -> None:
    await desk.create(bought("a1"))
    before = desk.bot.database.path.stat().st_mtime_ns, await desk.bot.rows("paper_symbols")
    for price in ("64000.00", "64100.00", "64200.00"):
        await desk.bot.move("BTCUSDT", price)
    assert (await desk.bot.rows("paper_symbols")) == before[1]
    await desk.bot.move("BTCUSDT", "64200.00", seconds=30)
    assert (await desk.bot.rows("paper_symbols")) != before[1]


async def test_the_rounds_go_through_what_stands_alone(desk: Desk) -> None:
    ticks, path = desk.bot.assembly.practice.ticks, "/v5/market/orderbook"
    assert (await ticks.round()).seconds == 1
    assert desk.bot.bybit.asked[path] == 0
    await desk.create(bought("a1"))
    asked = desk.bot.bybit.asked[path]
    desk.bot.clock.advance(2)
    assert (await ticks.round()).seconds == 0.2
    assert (await ticks.round()).seconds == 1  # once a second a symbol
    assert desk.bot.bybit.asked[path] == asked + 1


async def test_missed_minutes_are_replayed(desk: Desk) -> None:
    """Down for ten minutes: the price went through the entry, then through its stop."""
    await desk.create(bought("a1", price=Decimal(60000), time_in_force=TimeInForce.GTC, stop_loss=Decimal(58000)))
    start = desk.bot.clock.now() // MINUTE * MINUTE + MINUTE
    desk.bot.bybit.minutes = (
        candle(start, 64000, 64000, 63000, 63500),
        candle(start + MINUTE, 63500, 63600, 59500, 60100),
        candle(start + 2 * MINUTE, 60100, 60200, 57000, 59000),
        candle(start + 3 * MINUTE, 59000, 64000, 59000, 64000),
    )
    desk.restart()
    await desk.bot.move("BTCUSDT", "64210.50", seconds=10 * MINUTE_S)
    fills = await desk.gateway.executions_since(desk.account, Millis(0))
    assert [(each.exec_price, each.closed_size) for each in fills] == [
        (Decimal(60000), Decimal(0)),
        (Decimal(58000), Decimal("0.1")),
    ]
    assert [(each.exec_ts or 0) // MINUTE * MINUTE for each in fills] == [start + MINUTE, start + 2 * MINUTE]
    assert (await desk.gateway.positions(desk.account)).is_flat


async def test_the_minute_that_goes_on_is_replayed_as_far_as_it_has_come(desk: Desk) -> None:
    """Back in the middle of the minute in which the price fell through the stop and rose again."""
    await desk.create(bought("a1"))
    start = desk.bot.clock.now() // MINUTE * MINUTE + 5 * MINUTE
    desk.bot.bybit.minutes = (
        *(candle(start - each * MINUTE, 64000, 64300, 63900, 64200) for each in (4, 3, 2, 1)),
        candle(start, 64200, 64200, 61000, 64200),
    )
    desk.restart()
    back_after = (start - desk.bot.clock.now()) / 1000 + 40
    await desk.bot.move("BTCUSDT", "64210.50", seconds=back_after)
    *_, fill = await desk.gateway.executions_since(desk.account, Millis(0))
    assert fill.closed_size == Decimal("0.1")
    assert start <= (fill.exec_ts or 0) <= desk.bot.clock.now()


async def test_the_minute_in_which_an_order_was_made_is_not_replayed(desk: Desk) -> None:
    """Its low may be from before the order."""
    await desk.bot.move("BTCUSDT", "64210.50", seconds=20)
    await desk.create(bought("a1", price=Decimal(60000), time_in_force=TimeInForce.GTC, stop_loss=None))
    minute = desk.bot.clock.now() // MINUTE * MINUTE
    desk.bot.bybit.minutes = (candle(minute, 59000, 64300, 59000, 64200),)
    desk.restart()
    await desk.bot.move("BTCUSDT", "64210.50", seconds=3 * MINUTE_S)
    assert (await desk.found("a1")).order_status == "New"


async def test_an_order_after_a_silence_does_not_meet_the_prices_from_before(desk: Desk) -> None:
    await desk.create(bought("a1"))
    start = desk.bot.clock.now() // MINUTE * MINUTE + MINUTE
    desk.bot.clock.advance(5 * MINUTE_S)
    desk.bot.bybit.minutes = (candle(start, 64000, 64000, 59000, 64000),)
    await desk.create(bought("a2", price=Decimal(60000), time_in_force=TimeInForce.GTC, stop_loss=None))
    assert (await desk.found("a2")).order_status == "New"
    assert (await desk.gateway.positions(desk.account)).is_flat  # but the stop of the first one did


async def test_a_replay_whose_commit_fails_begins_anew(desk: Desk) -> None:
    await desk.create(bought("a1"))
    start = desk.bot.clock.now() // MINUTE * MINUTE + MINUTE
    desk.bot.bybit.minutes = (candle(start, 64000, 64000, 61000, 64000),)
    async with write_protected(desk.bot.database):
        with pytest.raises(StorageTrouble):
            await desk.bot.move("BTCUSDT", "64210.50", seconds=5 * MINUTE_S)
    assert not (await desk.gateway.positions(desk.account)).is_flat
    await desk.bot.move("BTCUSDT", "64210.50")
    assert (await desk.gateway.positions(desk.account)).is_flat
    assert len(await desk.gateway.executions_since(desk.account, Millis(0))) == 2


async def test_funding_is_settled_once_at_its_hour(desk: Desk) -> None:
    hour = Millis(desk.bot.clock.now() + 10 * MINUTE)
    desk.bot.bybit.next_funding = hour
    await desk.create(bought("a1"))
    await desk.bot.move("BTCUSDT", "64210.50")
    money = await desk.money()
    desk.bot.bybit.fundings = ((hour, "0.0001"),)
    for _ in range(3):
        await desk.bot.move("BTCUSDT", "64000.00", seconds=6 * MINUTE_S)
        desk.bot.bybit.next_funding = Millis(hour + 8 * 60 * MINUTE)
    *_, fill = await desk.gateway.executions_since(desk.account, Millis(0))
    assert (fill.exec_type, fill.exec_fee) == ("Funding", Decimal("0.64"))
    assert await desk.money() == money - Decimal("0.64")
    desk.restart()
    await desk.bot.move("BTCUSDT", "64000.00")
    assert await desk.money() == money - Decimal("0.64")


async def test_funding_missed_while_down_is_settled_after_it(desk: Desk) -> None:
    hour = Millis(desk.bot.clock.now() + 10 * MINUTE)
    desk.bot.bybit.next_funding = hour
    await desk.create(bought("a1"))
    money = await desk.money()
    start = desk.bot.clock.now() // MINUTE * MINUTE + MINUTE
    desk.bot.bybit.minutes = tuple(candle(start + n * MINUTE, 64000, 64000, 64000, 64000) for n in range(20))
    desk.bot.bybit.fundings = ((hour, "-0.0002"),)
    desk.restart()
    await desk.bot.move("BTCUSDT", "64000.00", seconds=20 * MINUTE_S)
    assert await desk.money() == money + Decimal("1.28")


async def test_while_bybit_is_silent_ticks_wait(desk: Desk) -> None:
    await desk.create(bought("a1"))
    desk.bot.clock.advance(2)
    desk.bot.bybit.trouble = ExchangeDown("no answer")
    with pytest.raises(ExchangeDown):
        await desk.bot.assembly.practice.ticks.round()
    with pytest.raises(NoPracticePrice):
        await desk.create(bought("a2"))


async def test_many_accounts_share_a_read_and_a_commit(desk: Desk, tmp_path: Path) -> None:
    await desk.create(bought("a1"))
    others = []
    for number in range(5):
        person = desk.bot.person(2000 + number)
        await person.say("/start")
        others.append(Desk(desk.bot, await desk.bot.practice_account(person.user_id)))
        await others[-1].create(bought("a1"))
    asked = desk.bot.bybit.asked["/v5/market/orderbook"]
    await desk.bot.move("BTCUSDT", "61990.00")
    assert desk.bot.bybit.asked["/v5/market/orderbook"] == asked + 1
    for each in others:
        assert (await each.gateway.positions(each.account)).is_flat
