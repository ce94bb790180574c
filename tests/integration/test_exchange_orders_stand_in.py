"""Orders by the adapter at the Bybit stand-in: what was asked for is what the stand-in's truth shows."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from harness.stand_in import StandIn, standing_in
from harness.waiting import until

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeDown, ExchangeError, ExchangeRejected, OutcomeUnknown
from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LeverageRequest,
    MarginMode,
    OrderRequest,
    PositionMode,
    TimeInForce,
    TradingStop,
    TriggerBy,
    TriggerDirection,
)
from bot.domain.portfolio import Order, OrderType, Side

BTC, LINK = Symbol("BTCUSDT"), OrderLinkId("p0123456789-entry")
ENTRY = OrderRequest(
    order_link_id=LINK,
    category=Category.LINEAR,
    symbol=BTC,
    position_idx=0,
    side=Side.BUY,
    order_type=OrderType.LIMIT,
    qty=Decimal("0.010"),
    price=Decimal(60_100),
    time_in_force=TimeInForce.IOC,
    stop_loss=Decimal(58_000),
    sl_trigger_by=TriggerBy.MARK,
    take_profit=Decimal(66_000),
)
RESTING = replace(
    ENTRY,
    order_link_id=OrderLinkId("p0123456789-resting"),
    price=Decimal(59_000),
    time_in_force=TimeInForce.GTC,
    stop_loss=None,
    take_profit=None,
)
CLOSE = replace(
    RESTING,
    order_link_id=OrderLinkId("p0123456789-close"),
    side=Side.SELL,
    order_type=OrderType.MARKET,
    qty=Decimal(0),
    price=None,
    reduce_only=True,
    close_on_trigger=True,
)


@pytest.fixture
async def there() -> AsyncIterator[StandIn]:
    async with standing_in() as stand_in:
        await stand_in.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": 60_000})
        yield stand_in


async def truth(there: StandIn) -> Any:
    return await there.sim("GET", f"/sim/accounts/{there.uid}")


async def order(there: StandIn, mine: Account, link_id: OrderLinkId, *statuses: str) -> Order:
    """The order once it has one of those statuses."""
    found: list[Order] = []

    async def is_there() -> bool:
        try:
            one = await there.bybit.orders.find_order(mine, BTC, link_id)
        except ExchangeDown:  # it came between the question for orders and that for fills
            return False
        found[:] = [one] if one is not None and one.order_status in statuses else []
        return bool(found)

    await until(is_there, what=f"{link_id} to be {statuses}")
    return found[0]


@pytest.mark.parametrize("environment", ["live", "demo"])
async def test_an_entry_with_its_stop_and_the_close_of_the_leg(there: StandIn, environment: str) -> None:
    mine = await there.account(environment=environment)
    acknowledged = await there.bybit.orders.create(mine, ENTRY)
    entry = await order(there, mine, LINK, "Filled")
    assert (entry.order_id, entry.cum_exec_qty) == (acknowledged.order_id, Decimal("0.01"))
    assert entry.avg_price is not None
    assert entry.avg_price <= Decimal(60_100)

    (held,) = (await there.bybit.orders.positions(mine)).items
    assert (held.side, held.size, held.stop_loss, held.take_profit) == (Side.BUY, Decimal("0.01"), 58_000, 66_000)
    stops = {each.stop_order_type: each for each in (await there.bybit.orders.orders(mine)).items}
    assert stops["StopLoss"].trigger_price == 58_000
    assert (stops["StopLoss"].trigger_by, stops["StopLoss"].order_status) == ("MarkPrice", "Untriggered")
    assert stops["StopLoss"].parent_order_link_id == LINK
    assert stops["TakeProfit"].trigger_price == 66_000

    await there.bybit.orders.create(mine, CLOSE)
    await order(there, mine, CLOSE.order_link_id, "Filled")
    found = await truth(there)
    assert (found["positions"], found["orders"]) == ([], [])
    fills = await there.bybit.orders.executions_since(mine, Millis(0))
    assert [each.exec_id for each in fills] == [each["execId"] for each in reversed(found["executions"])]
    assert {(each.order_link_id, each.side) for each in fills} == {(LINK, Side.BUY), (CLOSE.order_link_id, Side.SELL)}


async def test_a_resting_order_is_changed_and_taken_back(there: StandIn) -> None:
    mine = await there.account(environment="demo")
    await there.bybit.orders.create(mine, RESTING)
    await order(there, mine, RESTING.order_link_id, "New")
    amend = AmendRequest(
        category=Category.LINEAR,
        symbol=BTC,
        target_link_id=RESTING.order_link_id,
        price=Decimal("58500.5"),
        qty=Decimal("0.02"),
        stop_loss=Decimal(57_000),
    )
    await there.bybit.orders.amend(mine, amend)

    async def is_changed() -> bool:
        (row,) = (await truth(there))["orders"]
        return (row["price"], row["qty"], row["stopLoss"]) == ("58500.50", "0.020", "57000.00")

    await until(is_changed, what="the new values")
    cancel = CancelRequest(category=Category.LINEAR, symbol=BTC, target_link_id=RESTING.order_link_id)
    await there.bybit.orders.cancel(mine, cancel)
    gone = await order(there, mine, RESTING.order_link_id, "Cancelled")
    assert (gone.cancel_type, gone.cum_exec_qty) == ("CancelByUser", 0)
    with pytest.raises(ExchangeRejected) as caught:
        await there.bybit.orders.cancel(mine, cancel)
    assert caught.value.code == 110001


async def test_a_stop_is_moved_in_place_and_a_leverage_set(there: StandIn) -> None:
    mine = await there.account(environment="demo")
    await there.bybit.orders.create(mine, ENTRY)
    await order(there, mine, LINK, "Filled")
    (before, _) = sorted((await truth(there))["orders"], key=lambda row: str(row["stopOrderType"]))
    moved = TradingStop(
        category=Category.LINEAR,
        symbol=BTC,
        position_idx=0,
        stop_loss=Decimal(59_000),
        sl_trigger_by=TriggerBy.MARK,
        take_profit=Decimal(0),
        tp_trigger_by=TriggerBy.LAST,
    )
    await there.bybit.orders.set_trading_stop(mine, moved)

    async def is_moved() -> bool:
        rows = (await truth(there))["orders"]
        return [(row["orderId"], row["triggerPrice"]) for row in rows] == [(before["orderId"], "59000.00")]

    await until(is_moved, what="the stop alone, where it was moved to")
    leverage = LeverageRequest(category=Category.LINEAR, symbol=BTC, leverage=Decimal("2.5"))
    await there.bybit.orders.set_leverage(mine, leverage)
    assert (await there.bybit.orders.leg_settings(mine, BTC)).buy_leverage == Decimal("2.5")
    await there.bybit.orders.set_leverage(mine, leverage)  # 110043 is no refusal
    with pytest.raises(ExchangeRejected) as caught:
        await there.bybit.orders.set_trading_stop(mine, moved)
    assert caught.value.code == 34040


async def test_a_conditional_order_waits_among_the_open_ones(there: StandIn) -> None:
    mine = await there.account(environment="demo")
    waiting = replace(
        RESTING, trigger_price=Decimal(61_000), trigger_direction=TriggerDirection.RISES, price=Decimal(61_500)
    )
    await there.bybit.orders.create(mine, waiting)
    found = await order(there, mine, RESTING.order_link_id, "Untriggered")
    assert (found.trigger_price, found.trigger_by) == (61_000, "LastPrice")
    assert RESTING.order_link_id in {each.order_link_id for each in (await there.bybit.orders.orders(mine)).items}


async def test_a_second_order_of_an_id_is_refused_by_its_code(there: StandIn) -> None:
    mine = await there.account(environment="demo")
    await there.bybit.orders.create(mine, RESTING)
    with pytest.raises(ExchangeRejected) as caught:
        await there.bybit.orders.create(mine, RESTING)
    assert caught.value.code == 110072


async def test_what_nobody_ordered_is_in_no_place(there: StandIn) -> None:
    mine = await there.account(environment="demo")
    assert await there.bybit.orders.find_order(mine, BTC, LINK) is None


@pytest.mark.parametrize("kind", ["lost_answer", "reset_after", "truncated", "html", "html_502", "code_10000"])
async def test_a_lost_answer_is_one_order_at_most_and_never_a_no(there: StandIn, kind: str) -> None:
    mine = await there.account(environment="demo")
    await there.fault(kind, path="/v5/order/create")
    with pytest.raises(OutcomeUnknown):
        await there.bybit.orders.create(mine, RESTING)
    assert (await there.calls()).count("/demo/v5/order/create") == 1
    if kind in {"lost_answer", "reset_after"}:
        found = await order(there, mine, RESTING.order_link_id, "New")
        assert found.qty == Decimal("0.01")


@pytest.mark.parametrize("path", ["/v5/order/realtime", "/v5/order/history", "/v5/execution/list"])
async def test_a_place_that_fails_is_no_answer(there: StandIn, path: str) -> None:
    mine = await there.account(environment="demo")
    await there.fault("http_500", path=path)
    with pytest.raises(ExchangeError):
        await there.bybit.orders.find_order(mine, BTC, LINK)


@pytest.mark.parametrize(("hedge", "margin_mode"), [(False, "isolated"), (True, "regular")])
async def test_the_settings_of_a_symbol_that_is_not_held(there: StandIn, hedge: bool, margin_mode: str) -> None:
    mine = await there.account(environment="demo", hedge=hedge, margin_mode=margin_mode)
    found = await there.bybit.orders.leg_settings(mine, BTC)
    assert found.position_mode is (PositionMode.HEDGE if hedge else PositionMode.ONE_WAY)
    assert found.margin_mode is (MarginMode.CROSS if hedge else MarginMode.ISOLATED)
    assert found.buy_leverage == found.sell_leverage == 10
