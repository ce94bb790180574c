"""A symbol that is not traded any more, with practice positions in it."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from harness.app import harness, said
from harness.desk import Desk, bought

from bot.domain.ids import Millis, Symbol
from bot.domain.orders import MarginMode, PositionMode, TimeInForce

ETH = Symbol("ETHUSDT")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with harness(tmp_path) as bot:
        await bot.person().say("/start")
        yield Desk(bot, await bot.practice_account())


async def delisted_ether(desk: Desk) -> None:
    """Both are held, ether is gone from Bybit, and nothing of it is in memory."""
    await desk.create(bought("b1"))
    await desk.gateway.create(
        desk.account, bought("e1", symbol=ETH, qty="1", price=Decimal(3200), stop_loss=Decimal(3000))
    )
    await desk.gateway.create(
        desk.account,
        bought("e2", symbol=ETH, qty="1", price=Decimal(2900), time_in_force=TimeInForce.GTC, stop_loss=None),
    )
    del desk.bot.bybit.symbols["ETHUSDT"]
    desk.bot.clock.advance(25 * 3600)
    desk.restart()
    desk.bot.assembly.practice.exchange.views.forget()


async def test_the_account_is_shown_all_the_same(desk: Desk) -> None:
    await delisted_ether(desk)
    anna = desk.bot.person()
    assert "Account value" in (await said(anna, "/balance")).text
    shown = (await said(anna, "/positions")).text
    assert "BTC" in shown


async def test_stops_of_other_symbols_go_on(desk: Desk) -> None:
    await delisted_ether(desk)
    await desk.bot.move("BTCUSDT", "61990.00")
    assert "BTCUSDT" not in [each.symbol for each in (await desk.gateway.positions(desk.account)).items]


async def test_new_orders_and_moved_stops_go_on(desk: Desk) -> None:
    await delisted_ether(desk)
    assert (await desk.create(bought("b2"))).order_status == "Filled"


async def test_what_is_left_of_it_is_settled_and_told(desk: Desk) -> None:
    await delisted_ether(desk)
    before = await desk.money()
    await desk.bot.assembly.practice.ticks.feeder.feed(ETH)
    assert [each.symbol for each in (await desk.gateway.positions(desk.account)).items] == ["BTCUSDT"]
    assert {each.symbol for each in (await desk.gateway.orders(desk.account)).items} == {"BTCUSDT"}
    *_, fill = await desk.gateway.executions_since(desk.account, Millis(0))
    assert (fill.exec_type, fill.exec_price) == ("Settle", Decimal("3120.425")), "at cost"
    assert before - 5 < await desk.money() < before


async def test_practice_begins_again_all_the_same(desk: Desk) -> None:
    await delisted_ether(desk)
    resets = desk.bot.assembly.practice.resets
    await resets.reset(desk.account, mode=PositionMode.ONE_WAY, margin=MarginMode.ISOLATED, leverage=3)
    assert (await desk.gateway.positions(desk.account)).is_flat
    assert await desk.money() == 10_000
