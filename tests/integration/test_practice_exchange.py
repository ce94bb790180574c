"""The practice exchange through its OrderGateway: orders at the book of the second, on the disk before the answer."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from harness.app import ANNA, harness
from harness.desk import BTC, Desk, bought
from harness.storage import write_protected

from bot.domain.errors import ExchangeDown, ExchangeRejected, NoPracticePrice, OutcomeUnknown
from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol, UserId
from bot.domain.market import Category
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LeverageRequest,
    MarginMode,
    PositionMode,
    TimeInForce,
    TradingStop,
    TriggerBy,
)
from bot.domain.portfolio import OrderType, Side


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with harness(tmp_path) as bot:
        await bot.person().say("/start")
        yield Desk(bot, await bot.practice_account())


async def test_a_market_entry_is_filled_with_its_stop(desk: Desk) -> None:
    heard: list[AccountId] = []
    desk.bot.assembly.practice.exchange.listeners.append(heard.append)
    order = await desk.create(bought("a1"))
    assert (order.order_status, order.cum_exec_qty, order.avg_price) == (
        "Filled",
        Decimal("0.1"),
        Decimal("64210.60"),
    )
    position = await desk.position()
    assert (position.side, position.size, position.entry_price) == (Side.BUY, Decimal("0.1"), Decimal("64210.60"))
    assert (position.stop_loss, position.leverage) == (Decimal(62000), Decimal(3))
    assert position.liquidation_price is not None
    (stop,) = (await desk.gateway.orders(desk.account)).items
    assert (stop.stop_order_type, stop.order_status, stop.trigger_price) == ("StopLoss", "Untriggered", Decimal(62000))
    (fill,) = await desk.gateway.executions_since(desk.account, Millis(0))
    assert (fill.exec_qty, fill.exec_price, fill.exec_fee) == (
        Decimal("0.1"),
        Decimal("64210.60"),
        Decimal("0.1") * Decimal("64210.60") * Decimal("0.00055"),
    )
    assert await desk.money() == 10_000 - (fill.exec_fee or 0)
    assert heard == [desk.account.account_id]


async def test_everything_is_there_after_a_kill(desk: Desk) -> None:
    await desk.create(bought("a1"))
    await desk.create(bought("a2", price=Decimal(60000), time_in_force=TimeInForce.GTC, stop_loss=None))
    await desk.gateway.set_leverage(
        desk.account, LeverageRequest(category=Category.LINEAR, symbol=Symbol("ETHUSDT"), leverage=Decimal(7))
    )
    before = (
        await desk.position(),
        await desk.gateway.orders(desk.account),
        await desk.gateway.executions_since(desk.account, Millis(0)),
        await desk.money(),
        await desk.found("a2"),
    )
    desk.restart()
    assert before == (
        await desk.position(),
        await desk.gateway.orders(desk.account),
        await desk.gateway.executions_since(desk.account, Millis(0)),
        await desk.money(),
        await desk.found("a2"),
    )
    settings = await desk.gateway.leg_settings(desk.account, Symbol("ETHUSDT"))
    assert (settings.buy_leverage, settings.sell_leverage) == (Decimal(7), Decimal(7))
    assert (settings.position_mode, settings.margin_mode) == (PositionMode.ONE_WAY, MarginMode.ISOLATED)
    await desk.create(bought("a3"))  # its ids are new ones
    assert len(await desk.gateway.executions_since(desk.account, Millis(0))) == 2


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize("time_in_force", [TimeInForce.IOC, TimeInForce.GTC])
async def test_an_id_is_taken_for_ever(desk: Desk, time_in_force: TimeInForce, is_restarted: bool) -> None:
    await desk.create(bought("a1", price=Decimal(60000), stop_loss=None, time_in_force=time_in_force))
    if is_restarted:
        desk.restart()
    with pytest.raises(ExchangeRejected) as no:
        await desk.create(bought("a1"))
    assert no.value.code == 110072
    assert (await desk.gateway.positions(desk.account)).is_flat


async def test_a_refusal_has_bybits_code_and_changes_nothing(desk: Desk) -> None:
    with pytest.raises(ExchangeRejected) as no:
        await desk.create(bought("a1", qty="10"))  # 642,106 USDT at 3x
    assert no.value.code == 110007
    assert await desk.gateway.find_order(desk.account, BTC, OrderLinkId("a1")) is None
    assert await desk.money() == 10_000


async def test_what_the_book_does_not_have_is_canceled(desk: Desk) -> None:
    order = await desk.create(bought("a1", qty="0.4", price=Decimal("64210.60")))
    assert (order.order_status, order.cum_exec_qty) == ("Cancelled", Decimal("0.250"))


async def test_without_a_book_within_a_second_nothing_is_ordered(desk: Desk) -> None:
    desk.bot.bybit.trouble = ExchangeDown("no answer")
    with pytest.raises(NoPracticePrice):
        await desk.create(bought("a1"))
    desk.bot.bybit.trouble = None
    assert await desk.gateway.find_order(desk.account, BTC, OrderLinkId("a1")) is None
    assert (await desk.create(bought("a1"))).order_status == "Filled"


async def test_a_book_is_read_once_for_all_within_a_second(desk: Desk) -> None:
    path = "/v5/market/orderbook"
    await desk.create(bought("a1"))
    asked = desk.bot.bybit.asked[path]
    await desk.create(bought("a2"))
    assert desk.bot.bybit.asked[path] == asked
    desk.bot.clock.advance(1.1)
    await desk.create(bought("a3"))
    assert desk.bot.bybit.asked[path] == asked + 1


async def test_an_order_is_amended_and_canceled_and_a_stop_moved(desk: Desk) -> None:
    resting = bought("a1", price=Decimal(60000), stop_loss=None, time_in_force=TimeInForce.GTC)
    await desk.create(resting)
    amend = AmendRequest(target_link_id=OrderLinkId("a1"), category=Category.LINEAR, symbol=BTC, price=Decimal(61000))
    await desk.gateway.amend(desk.account, amend)
    assert (await desk.found("a1")).price == 61000
    cancel = CancelRequest(category=Category.LINEAR, symbol=BTC, target_link_id=OrderLinkId("a1"))
    desk.bot.bybit.trouble = ExchangeDown("no answer")  # a cancel needs no price
    await desk.gateway.cancel(desk.account, cancel)
    desk.bot.bybit.trouble = None
    assert (await desk.found("a1")).order_status == "Cancelled"
    with pytest.raises(ExchangeRejected) as no:
        await desk.gateway.cancel(desk.account, cancel)
    assert no.value.code == 110001
    await desk.create(bought("a2"))
    stop = TradingStop(
        category=Category.LINEAR,
        symbol=BTC,
        position_idx=0,
        stop_loss=Decimal(63000),
        sl_trigger_by=TriggerBy.LAST,
        take_profit=Decimal(70000),
        tp_trigger_by=TriggerBy.LAST,
    )
    for _ in range(2):  # the second changes nothing, which is no refusal
        await desk.gateway.set_trading_stop(desk.account, stop)
    position = await desk.position()
    assert (position.stop_loss, position.take_profit) == (Decimal(63000), Decimal(70000))


async def test_a_close_of_the_whole_leg(desk: Desk) -> None:
    await desk.create(bought("a1"))
    close = bought(
        "c1",
        qty="0",
        side=Side.SELL,
        order_type=OrderType.MARKET,
        price=None,
        stop_loss=None,
        reduce_only=True,
        close_on_trigger=True,
    )
    order = await desk.create(close)
    assert (order.order_status, order.cum_exec_qty, order.avg_price) == ("Filled", Decimal("0.1"), Decimal("64210.50"))
    assert (await desk.gateway.positions(desk.account)).is_flat
    assert (await desk.gateway.orders(desk.account)).items == ()
    (closed,) = (await desk.bot.assembly.practice.reads.closed_pnl(desk.account)).items
    assert 10_000 + closed.pnl == await desk.money()


async def test_a_commit_that_fails_leaves_the_account_as_it_was(desk: Desk) -> None:
    await desk.create(bought("a1"))
    async with write_protected(desk.bot.database):
        with pytest.raises(OutcomeUnknown):
            await desk.create(bought("a2"))
        assert await desk.gateway.find_order(desk.account, BTC, OrderLinkId("a2")) is None
    assert (await desk.position()).size == Decimal("0.1")
    assert len(await desk.gateway.executions_since(desk.account, Millis(0))) == 1
    assert (await desk.create(bought("a2"))).order_status == "Filled"


async def test_positions_are_told_without_prices_while_bybit_is_silent(desk: Desk) -> None:
    await desk.create(bought("a1"))
    desk.bot.assembly.practice.exchange.views.forget()
    desk.bot.clock.advance(5)
    desk.bot.bybit.trouble = ExchangeDown("no answer")
    position = await desk.position()
    assert (position.size, position.mark_price, position.liquidation_price) == (Decimal("0.1"), None, None)


async def test_a_reset_begins_a_run_with_nothing_but_money(desk: Desk) -> None:
    await desk.create(bought("a1"))
    await desk.create(bought("a2", price=Decimal(60000), time_in_force=TimeInForce.GTC, stop_loss=None))
    heard: list[AccountId] = []
    desk.bot.assembly.practice.exchange.listeners.append(heard.append)
    practice, config = desk.bot.services.trading.practice, await desk.bot.config()
    for run in (2, 3):
        found = await practice.reset(
            config, desk.account, mode=PositionMode.HEDGE, margin=MarginMode.CROSS, leverage=10
        )
        assert found == run
    for _ in range(2):
        assert (await desk.gateway.positions(desk.account)).is_flat
        assert (await desk.gateway.orders(desk.account)).items == ()
        assert await desk.money() == 10_000
        settings = await desk.gateway.leg_settings(desk.account, BTC)
        assert (settings.position_mode, settings.margin_mode) == (PositionMode.HEDGE, MarginMode.CROSS)
        assert (settings.buy_leverage, settings.sell_leverage) == (10, 10)
        desk.restart()
    assert (await desk.found("a2")).order_status == "Cancelled"
    opened, closed = await desk.gateway.executions_since(desk.account, Millis(0))  # what the runs before have done
    assert (opened.exec_qty, closed.closed_size, closed.exec_price) == (
        Decimal("0.1"),
        Decimal("0.1"),
        Decimal("64210.50"),
    )
    assert heard == [desk.account.account_id] * 2
    await desk.create(bought("b1", position_idx=1))
    assert (await desk.position()).position_idx == 1


async def test_what_is_not_traded_any_more_is_shown_and_written_off(desk: Desk) -> None:
    await desk.create(bought("a1"))
    await desk.gateway.create(desk.account, bought("a2", symbol=Symbol("ETHUSDT"), price=Decimal(3200), stop_loss=None))
    del desk.bot.bybit.symbols["ETHUSDT"]
    desk.bot.assembly.practice.exchange.views.forget()
    desk.bot.clock.advance(7200)
    assert len((await desk.bot.assembly.practice.reads.positions(desk.account)).items) == 2
    await desk.bot.assembly.practice.resets.reset(
        desk.account, mode=PositionMode.ONE_WAY, margin=MarginMode.ISOLATED, leverage=3
    )
    assert (await desk.gateway.positions(desk.account)).is_flat
    assert await desk.money() == 10_000


async def test_an_erased_account_stops_nobody(desk: Desk) -> None:
    await desk.create(bought("a1"))
    boris = desk.bot.person(ANNA + 1)
    await boris.say("/start")
    his = await desk.bot.practice_account(boris.user_id)
    await desk.gateway.create(his, bought("a1"))
    async with desk.bot.store.begin_aside() as unit:
        await unit.privacy.erase(UserId(ANNA))
    await desk.bot.move("BTCUSDT", "61000.00")
    assert (await desk.gateway.positions(his)).is_flat
    assert await desk.bot.rows("paper_positions") != []
    assert {row[0] for row in await desk.bot.rows("paper_positions")} == {his.account_id}


async def test_a_reset_whose_commit_fails_changes_nothing(desk: Desk) -> None:
    await desk.create(bought("a1"))
    async with write_protected(desk.bot.database):
        with pytest.raises(OutcomeUnknown):
            await desk.bot.assembly.practice.resets.reset(
                desk.account, mode=PositionMode.HEDGE, margin=MarginMode.CROSS, leverage=10
            )
    assert (await desk.position()).size == Decimal("0.1")
    assert (await desk.gateway.leg_settings(desk.account, BTC)).position_mode is PositionMode.ONE_WAY


async def test_spot_is_not_traded(desk: Desk) -> None:
    with pytest.raises(ExchangeRejected):
        await desk.create(bought("a1", category=Category.SPOT))


async def test_two_people_have_two_accounts(desk: Desk) -> None:
    await desk.create(bought("a1"))
    boris = desk.bot.person(ANNA + 1)
    await boris.say("/start")
    his = await desk.bot.practice_account(boris.user_id)
    assert (await desk.gateway.positions(his)).is_flat
    await desk.gateway.create(his, bought("a1"))  # the id is taken in the other account alone
    assert not (await desk.gateway.positions(his)).is_flat
