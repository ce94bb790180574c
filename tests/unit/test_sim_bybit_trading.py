"""Contracts trade on the Bybit stand-in: what is answered, what becomes of it, and what streams carry."""

from decimal import Decimal
from pathlib import Path

import pytest
from harness.sim_bybit import DAY, HOUR, NOON, driving
from harness.sim_trading import SimTrader
from harness.waiting import until


def test_a_market_order_fills_and_its_stop_is_a_row_of_its_own() -> None:
    trader = SimTrader()
    order_id = trader.order("Buy", "0.01", orderLinkId="mine-1", stopLoss="59000")
    done = trader.row(order_id)
    assert (done["orderStatus"], done["cumExecQty"], done["timeInForce"]) == ("Filled", "0.010", "IOC")
    (stop,) = trader.get("/v5/order/realtime", symbol="BTCUSDT")
    assert (stop["stopOrderType"], stop["orderLinkId"], stop["parentOrderLinkId"]) == ("StopLoss", "", "mine-1")
    assert (stop["orderStatus"], stop["triggerPrice"], stop["qty"]) == ("Untriggered", "59000.00", "0.010")
    assert (trader.leg()["size"], trader.leg()["stopLoss"]) == ("0.01", "59000.00")


def test_streams_tell_every_state_in_turn() -> None:
    trader = SimTrader()
    trader.order("Buy", "0.01", stopLoss="59000")
    assert trader.told() == [
        ("order", "New"),
        ("execution", "0.01"),
        ("order", "Filled"),
        ("order", "Untriggered"),
        ("position", "0.01"),
        ("wallet", "wallet"),
    ]
    trader.price("BTCUSDT", 58_900)
    assert trader.told() == [
        ("order", "Triggered"),
        ("order", "New"),
        ("execution", "0.01"),
        ("order", "Filled"),
        ("position", "0"),
        ("wallet", "wallet"),
    ]
    (done,) = trader.get("/v5/position/closed-pnl")
    fees = Decimal(done["openFee"]) + Decimal(done["closeFee"])
    assert Decimal(done["closedPnl"]) == Decimal("588.999") - Decimal("600.001") - fees
    assert fees == Decimal("0.65395")


def test_a_resting_order_is_changed_filled_by_the_price_and_taken_back() -> None:
    trader = SimTrader()
    order_id = trader.order("Buy", "0.02", price="59000", orderLinkId="mine-1")
    amended = trader.post("/v5/order/amend", orderLinkId="mine-1", price="59500", qty="0.03")
    assert amended.result == {"orderId": order_id, "orderLinkId": "mine-1"}
    assert (trader.row(order_id)["price"], trader.row(order_id)["leavesQty"]) == ("59500.00", "0.030")
    trader.price("BTCUSDT", 59_400)
    done = trader.row(order_id)
    assert (done["orderStatus"], done["avgPrice"], done["cumExecFee"]) == ("Filled", "59500", "0.357")
    other = trader.order("Buy", "0.02", price="59000")
    assert trader.post("/v5/order/cancel", orderId=other).ret_code == 0
    assert (trader.row(other)["orderStatus"], trader.row(other)["cancelType"]) == ("Cancelled", "CancelByUser")
    assert trader.post("/v5/order/cancel", orderId=other).ret_code == 110001


def test_an_order_link_id_is_used_up_for_good() -> None:
    trader = SimTrader()
    trader.order("Buy", "0.01", orderLinkId="mine-1")
    assert trader.code("Buy", "0.01", orderLinkId="mine-1") == 110072
    cancelled = trader.order("Buy", "0.01", price="50000", orderLinkId="mine-2")
    trader.post("/v5/order/cancel", orderId=cancelled)
    assert trader.code("Buy", "0.01", orderLinkId="mine-2") == 110072


@pytest.mark.parametrize(
    ("order_filter", "left"),
    [({}, []), ({"orderFilter": "Order"}, ["Stop", "StopLoss"]), ({"orderFilter": "StopOrder"}, [""])],
)
def test_cancel_all_takes_what_its_filter_names(order_filter: dict[str, str], left: list[str]) -> None:
    trader = SimTrader()
    trader.order("Buy", "0.01", stopLoss="58000")
    trader.order("Buy", "0.01", price="59000")
    trader.order("Sell", "0.01", triggerPrice="57000", triggerDirection=2)
    answer = trader.post("/v5/order/cancel-all", symbol=None, settleCoin="USDT", **order_filter)
    assert (answer.result["success"], len(answer.result["list"])) == ("1", 3 - len(left))
    rows = trader.get("/v5/order/realtime", symbol="BTCUSDT")
    assert sorted(row["stopOrderType"] for row in rows) == left


def test_hedge_mode_has_two_legs_and_inverse_contracts_one() -> None:
    trader = SimTrader(hedge=True, balance={"USDT": 10_000, "BTC": 1})
    assert trader.code("Buy", "0.01") == 10001
    trader.order("Buy", "0.01", positionIdx=1)
    trader.order("Sell", "0.02", positionIdx=2)
    assert (trader.leg(index=1)["size"], trader.leg(index=2)["size"]) == ("0.01", "0.02")
    trader.order("Buy", "0", positionIdx=2, reduceOnly=True, closeOnTrigger=True)
    assert (trader.leg(index=2)["side"], trader.leg(index=2)["size"]) == ("", "0")
    trader.order("Buy", "600", category="inverse", symbol="BTCUSD")
    assert (trader.leg("BTCUSD")["size"], trader.leg("BTCUSD")["positionIdx"]) == ("600", 0)
    wallet = trader.account.wallet
    assert wallet["BTC"] == 1 - Decimal("0.0000055")


def test_an_isolated_leg_is_liquidated_at_its_price() -> None:
    trader = SimTrader(margin_mode="isolated")
    trader.order("Buy", "0.1", stopLoss="50000")
    liquidation = Decimal(trader.leg()["liqPrice"])
    trader.told()
    trader.price("BTCUSDT", float(liquidation) - 10)
    assert trader.leg()["size"] == "0"
    fill = trader.get("/v5/execution/list")[0]
    assert (fill["execType"], fill["createType"]) == ("BustTrade", "CreateByTakeOver_PassThrough")
    assert ("order", "Deactivated") in trader.told()


async def test_an_order_is_seen_after_its_answer_and_may_be_rejected_then() -> None:
    trader = SimTrader(balance=1_000)
    order_id = trader.order("Buy", "0.1", price="59000", orderLinkId="mine-1")
    assert trader.get("/v5/order/realtime", orderLinkId="mine-1") == []
    assert trader.code("Buy", "0.1", price="59000") == 110007
    assert trader.code("Buy", "0.001", orderLinkId="mine-1") == 110072
    assert trader.post("/v5/order/cancel", orderLinkId="mine-1").result["orderId"] == order_id
    await until(lambda: trader.get("/v5/order/realtime", orderId=order_id), what="the order is seen")
    assert trader.row(order_id)["orderStatus"] == "Cancelled"

    late = trader.order("Buy", "0.1", price="59000")
    trader.control.change_account(str(trader.uid), {"balance": 1})
    await until(lambda: trader.get("/v5/order/realtime", orderId=late), what="the order is refused")
    assert (trader.row(late)["orderStatus"], trader.row(late)["rejectReason"]) == ("Rejected", "EC_Others")
    assert ("order", "Rejected") in trader.told()


def test_funding_is_paid_on_what_was_held_at_its_hour() -> None:
    trader = SimTrader()
    trader.order("Buy", "0.1")
    trader.clock.at += 4 * HOUR + 1_000
    before = trader.account.wallet["USDT"]
    (fill, _) = trader.get("/v5/execution/list")
    rate = Decimal(fill["feeRate"])
    assert (fill["execType"], fill["orderType"], fill["execTime"]) == ("Funding", "UNKNOWN", str(NOON + 4 * HOUR))
    assert Decimal(fill["execFee"]) == Decimal(6000) * rate
    assert trader.account.wallet["USDT"] == before - Decimal(6000) * rate
    (line, *_) = trader.get("/v5/account/transaction-log", category=None)
    assert (line["type"], line["fee"], Decimal(line["funding"])) == ("SETTLEMENT", "0", -Decimal(6000) * rate)
    trader.price("BTCUSDT", 60_010)
    assert len(trader.get("/v5/execution/list")) == 2


def test_a_tolerance_limits_a_market_order() -> None:
    trader = SimTrader(balance=5_000_000)
    order_id = trader.order("Buy", "100", slippageToleranceType="Percent", slippageTolerance="0.01")
    done = trader.row(order_id)
    assert (done["orderStatus"], done["orderType"], done["price"]) == ("Cancelled", "Market", "60006.10")
    assert (done["slippageToleranceType"], done["slippageTolerance"]) == ("Percent", "0.01")
    assert 0 < Decimal(done["cumExecQty"]) < 100
    assert trader.get("/v5/execution/list")[0]["orderType"] == "Market"
    assert trader.code("Buy", "1", slippageToleranceType="TickSize", slippageTolerance="0.5") == 110108
    assert trader.code("Buy", "1", slippageToleranceType="Percent", slippageTolerance="11") == 110109


@pytest.mark.parametrize(("reading", "code"), [({}, 110009), ({"conditional_rows": "uncounted"}, 0)])
def test_stops_of_positions_may_be_read_as_conditional_orders_or_not(reading: dict[str, str], code: int) -> None:
    trader = SimTrader()
    trader.account.readings = reading
    trader.order("Buy", "0.1", stopLoss="50000", takeProfit="70000")
    codes = [trader.code("Sell", "0.01", triggerPrice="51000", triggerDirection=2) for _ in range(9)]
    assert (codes[7], codes[8]) == (0, code)


def test_closed_orders_are_forgotten_as_bybit_forgets_them() -> None:
    trader = SimTrader()
    filled = trader.order("Buy", "0.01")
    cancelled = trader.order("Buy", "0.01", price="50000")
    trader.post("/v5/order/cancel", orderId=cancelled)
    trader.account.loaded_at = trader.clock.at + 1  # the exchange was started anew
    assert trader.get("/v5/order/realtime", symbol="BTCUSDT", openOnly=1) == []
    assert trader.get("/v5/order/realtime", orderId=filled) == []
    assert len(trader.get("/v5/order/history")) == 2
    trader.clock.at += DAY + 1
    assert [row["orderId"] for row in trader.get("/v5/order/history")] == [filled]


def test_a_limit_target_of_a_part_rests_at_its_price_once_triggered() -> None:
    trader = SimTrader()
    target = {"takeProfit": "61000", "tpslMode": "Partial", "tpOrderType": "Limit", "tpLimitPrice": "61500"}
    trader.order("Buy", "0.01", **target)
    (row,) = trader.get("/v5/order/realtime", symbol="BTCUSDT")
    assert (row["stopOrderType"], row["orderType"], row["price"]) == ("PartialTakeProfit", "Limit", "61500.00")
    trader.price("BTCUSDT", 61_100)
    assert trader.row(row["orderId"])["orderStatus"] == "New"
    trader.price("BTCUSDT", 61_600)
    assert (trader.row(row["orderId"])["avgPrice"], trader.leg()["size"]) == ("61500", "0")


def test_a_balance_set_by_a_driver_is_a_transfer_and_what_was_done_stays() -> None:
    trader = SimTrader()
    trader.order("Buy", "0.01")
    trader.order("Sell", "0.01")
    before = trader.get("/v5/position/closed-pnl"), trader.get("/v5/execution/list")
    trader.control.change_account(str(trader.uid), {"balance": 500})
    assert (trader.get("/v5/position/closed-pnl"), trader.get("/v5/execution/list")) == before
    (line, *_) = trader.get("/v5/account/transaction-log", category=None)
    assert (line["type"], line["cashBalance"]) == ("TRANSFER_OUT", "500")
    assert trader.told()[-1] == ("wallet", "wallet")


async def test_what_was_taken_on_is_carried_out_and_kept_before_the_exchange_ends(tmp_path: Path) -> None:
    async with driving(state=tmp_path) as driver:
        await driver.account(environment="live")
        body = {"category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01"}
        order_id = (await driver.post("/v5/order/create", **body, price="30000", stopLoss="20000")).result["orderId"]
        filled = (await driver.post("/v5/order/create", **body | {"orderType": "Market"})).result["orderId"]
    async with driving(state=tmp_path) as again:
        again.key, again.secret = driver.key, driver.secret
        kept = (await again.ask("/v5/order/realtime", category="linear", symbol="BTCUSDT")).result["list"]
        assert [(row["orderId"], row["orderStatus"], row["stopLoss"]) for row in kept] == [
            (order_id, "New", "20000.00")
        ]
        closed = (await again.ask("/v5/order/history", category="linear")).result["list"]
        assert [(row["orderId"], row["orderStatus"]) for row in closed] == [(filled, "Filled")]
        cancelled = await again.post("/v5/order/cancel", category="linear", symbol="BTCUSDT", orderId=order_id)
        assert cancelled.code == 0


def test_before_a_launch_orders_meet_in_the_last_phase_only() -> None:
    trader = SimTrader()
    assert trader.code("Buy", "100", symbol="OPNUSDT") == 110095
    trader.order("Buy", "1000", symbol="MONUSDT")
    assert trader.leg("MONUSDT")["leverage"] == "5"
    assert trader.get("/v5/execution/list")[0]["feeRate"] == "0.001"
    assert SimTrader(environment="demo").code("Buy", "100", symbol="MONUSDT") == 110100


def test_an_order_beyond_all_prices_is_refused() -> None:
    trader = SimTrader()
    assert trader.code("Sell", "0.001", price="99999999") == 110003
    assert trader.code("Sell", "0.001", price="61000.15") == 10001
    assert trader.code("Buy", "0") == 10001


def test_a_partial_stop_and_target_are_of_one_size_and_go_together() -> None:
    trader = SimTrader()
    trader.order("Buy", "0.02", stopLoss="59000", takeProfit="61000", tpslMode="Partial")
    stop, target = sorted(trader.get("/v5/order/realtime", symbol="BTCUSDT"), key=lambda row: row["stopOrderType"])
    trader.post("/v5/order/amend", orderId=stop["orderId"], qty="0.01")
    assert [trader.row(each["orderId"])["qty"] for each in (stop, target)] == ["0.010", "0.010"]
    trader.post("/v5/order/cancel", orderId=target["orderId"])
    assert trader.row(stop["orderId"])["orderStatus"] == "Deactivated"
