"""Stops of positions, leverage, modes, batches and settings of accounts on the Bybit stand-in, as clients set them."""

from decimal import Decimal
from typing import Any

import pytest
from harness.sim_trading import SimTrader
from harness.waiting import until

from ops.sim.bybit.calling import Outcome, endpoint_of, read

STOP = "/v5/position/trading-stop"
LEVERAGE = "/v5/position/set-leverage"
MODE = "/v5/position/switch-mode"
MARGIN = "/v5/account/set-margin-mode"
HOUR = 3_600_000


def holding(**fields: Any) -> SimTrader:
    """A trader who is 0.1 BTC long at 60,000."""
    trader = SimTrader(**fields)
    trader.order("Buy", "0.1")
    return trader


def stop(trader: SimTrader, /, mode: str = "Full", **fields: Any) -> Outcome:
    return trader.post(STOP, **{"tpslMode": mode, "positionIdx": 0, **fields})


def waiting(trader: SimTrader) -> list[tuple[str, str, str]]:
    rows = trader.get("/v5/order/realtime", symbol="BTCUSDT")
    return sorted((row["stopOrderType"], row["triggerPrice"], row["qty"]) for row in rows)


# trading-stop


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 34040),
        ({"stopLoss": "0"}, 34040),
        ({"stopLoss": "61000"}, 10001),
        ({"stopLoss": "-1"}, 10001),
        ({"stopLoss": "59000", "slOrderType": "Limit"}, 10001),
        ({"stopLoss": "59000", "slTriggerBy": ["MarkPrice"]}, 10001),
        ({"stopLoss": "1e40"}, 10001),
        ({"trailingStop": 10**30}, 10001),
        ({"stopLoss": "59000", "positionIdx": 1}, 10001),
        ({"stopLoss": "59000", "symbol": "ETHUSDT"}, 10001),
        ({"stopLoss": "59000", "tpslMode": None}, 10001),
        ({"stopLoss": "59000", "positionIdx": None}, 10001),
        ({"trailingStop": "70000"}, 10001),
        ({"trailingStop": "500", "activePrice": "59000"}, 10001),
        ({"tpslMode": "Partial", "stopLoss": "59000"}, 10001),
        ({"tpslMode": "Partial", "stopLoss": "0"}, 34040),
        ({"tpslMode": "Partial", "stopLoss": "59000", "slSize": "0.2"}, 110058),
        (
            {"tpslMode": "Partial", "stopLoss": "59000", "slSize": "0.05", "takeProfit": "61000", "tpSize": "0.04"},
            10001,
        ),
        ({"tpslMode": "Partial", "stopLoss": "59000", "slSize": "0.05", "slOrderType": "Limit"}, 10001),
    ],
)
def test_a_refused_stop_changes_nothing(fields: dict[str, Any], code: int) -> None:
    trader = holding()
    assert stop(trader, **fields).ret_code == code
    assert waiting(trader) == []


def test_full_stops_are_changed_in_place_and_absent_ones_stay() -> None:
    trader = holding()
    assert stop(trader, stopLoss="59000", slTriggerBy="MarkPrice").ret_code == 0
    assert stop(trader, takeProfit="63000").ret_code == 0
    (before, _) = sorted(trader.get("/v5/order/realtime", symbol="BTCUSDT"), key=lambda row: row["stopOrderType"])
    assert stop(trader, stopLoss="59500", slTriggerBy="MarkPrice").ret_code == 0
    assert stop(trader, stopLoss="59500", slTriggerBy="MarkPrice").ret_code == 34040
    assert waiting(trader) == [("StopLoss", "59500.00", "0.100"), ("TakeProfit", "63000.00", "0.100")]
    assert trader.row(before["orderId"])["triggerBy"] == "MarkPrice"
    assert stop(trader, takeProfit="0").ret_code == 0
    assert (trader.leg()["stopLoss"], trader.leg()["takeProfit"]) == ("59500.00", "")
    trader.price("BTCUSDT", 59_400)
    assert (trader.leg()["size"], waiting(trader)) == ("0", [])


def test_partial_stops_are_added_and_a_pair_takes_itself_out() -> None:
    trader = holding()
    pair = {"stopLoss": "59000", "slSize": "0.04", "takeProfit": "61000", "tpSize": "0.04"}
    assert stop(trader, "Partial", **pair).ret_code == 0
    limit = {"takeProfit": "62000", "tpSize": "0.03", "tpOrderType": "Limit", "tpLimitPrice": "62100"}
    assert stop(trader, "Partial", **limit).ret_code == 0
    assert waiting(trader) == [
        ("PartialStopLoss", "59000.00", "0.040"),
        ("PartialTakeProfit", "61000.00", "0.040"),
        ("PartialTakeProfit", "62000.00", "0.030"),
    ]
    trader.price("BTCUSDT", 61_000)
    assert trader.leg()["size"] == "0.06"
    assert waiting(trader) == [("PartialTakeProfit", "62000.00", "0.030")]
    trader.price("BTCUSDT", 62_000)
    (resting,) = trader.get("/v5/order/realtime", symbol="BTCUSDT")
    assert (resting["orderType"], resting["price"], resting["orderStatus"]) == ("Limit", "62100.00", "New")
    trader.price("BTCUSDT", 62_200)
    assert trader.leg()["size"] == "0.03"


def test_twenty_partial_stops_are_the_most() -> None:
    trader = holding()
    codes = [stop(trader, "Partial", stopLoss=str(59_000 - step), slSize="0.001").ret_code for step in range(21)]
    assert codes == [0] * 20 + [110061]


def test_a_trailing_stop_follows_the_best_price_and_goes_off_at_its_distance() -> None:
    trader = holding()
    assert stop(trader, trailingStop="500", activePrice="61000").ret_code == 0
    assert (waiting(trader), trader.leg()["trailingStop"]) == ([], "500.00")
    trader.price("BTCUSDT", 60_100)
    assert waiting(trader) == []
    trader.price("BTCUSDT", 61_000)
    assert waiting(trader) == [("TrailingStop", "61000.00", "0.100")]
    trader.price("BTCUSDT", 62_000)
    trader.price("BTCUSDT", 61_600)
    assert trader.leg()["size"] == "0.1"
    trader.order("Buy", "0.1")
    assert waiting(trader) == [("TrailingStop", "61000.00", "0.200")]
    trader.price("BTCUSDT", 61_500)
    assert (trader.leg()["size"], trader.leg()["trailingStop"], waiting(trader)) == ("0", "0.00", [])
    assert trader.get("/v5/execution/list")[0]["createType"] == "CreateByTrailingStop"


def test_a_trailing_stop_of_a_short_is_changed_and_taken_away_beside_a_stop_loss() -> None:
    trader = SimTrader()
    trader.order("Sell", "0.1")
    assert stop(trader, trailingStop="500", stopLoss="61000").ret_code == 0
    assert waiting(trader) == [("StopLoss", "61000.00", "0.100"), ("TrailingStop", "60000.00", "0.100")]
    assert stop(trader, trailingStop="500", stopLoss="61000").ret_code == 34040
    assert stop(trader, trailingStop="300", stopLoss="61000").ret_code == 0
    assert stop(trader, trailingStop="0").ret_code == 0
    assert waiting(trader) == [("StopLoss", "61000.00", "0.100")]
    assert stop(trader, trailingStop="300").ret_code == 0
    trader.price("BTCUSDT", 59_000)
    trader.price("BTCUSDT", 59_300)
    assert trader.leg()["size"] == "0"


def test_a_canceled_trailing_row_takes_the_trailing_stop_away() -> None:
    trader = holding()
    stop(trader, trailingStop="500")
    (row,) = trader.get("/v5/order/realtime", symbol="BTCUSDT")
    assert trader.post("/v5/order/cancel", orderId=row["orderId"]).ret_code == 0
    assert trader.leg()["trailingStop"] == "0.00"
    trader.price("BTCUSDT", 58_000)
    assert trader.leg()["size"] == "0.1"


# leverage and modes


@pytest.mark.parametrize(
    ("buy", "sell", "code"),
    [
        ("5", "5", 0),
        ("10", "10", 110043),
        ("5", "6", 10001),
        ("0.5", "0.5", 110013),
        ("500", "500", 110013),
        ("x", "5", 10001),
    ],
)
def test_leverage_is_of_both_sides(buy: str, sell: str, code: int) -> None:
    trader = SimTrader()
    assert trader.post(LEVERAGE, buyLeverage=buy, sellLeverage=sell).ret_code == code
    assert trader.leg()["leverage"] == (buy if not code else "10")


def test_leverages_differ_only_with_two_legs_in_isolated_margin() -> None:
    trader = SimTrader(hedge=True, margin_mode="isolated")
    assert trader.post(LEVERAGE, buyLeverage="5", sellLeverage="6").ret_code == 0
    assert (trader.leg(index=1)["leverage"], trader.leg(index=2)["leverage"]) == ("5", "6")
    assert trader.post(LEVERAGE, buyLeverage="5", sellLeverage="6").ret_code == 110043
    assert trader.post(LEVERAGE, buyLeverage="5", sellLeverage="600").ret_code == 110013
    rows = trader.get("/v5/position/symbol-info", symbol="BTCUSDT")
    assert [(row["positionIdx"], row["leverage"]) for row in rows] == [(1, "5"), (2, "6")]
    assert SimTrader(margin_mode="portfolio").post(LEVERAGE, buyLeverage="5", sellLeverage="5").ret_code == 110038


def test_a_position_mode_is_switched_by_symbol() -> None:
    trader = SimTrader()
    trader.post(LEVERAGE, buyLeverage="7", sellLeverage="7")
    assert trader.post(MODE, mode=0).ret_code == 110025
    resting = trader.order("Buy", "0.01", price="50000")
    assert trader.post(MODE, mode=3).ret_code == 110028
    trader.post("/v5/order/cancel", orderId=resting)
    assert trader.post(MODE, mode=3).ret_code == 0
    assert (trader.leg(index=1)["leverage"], trader.leg(index=2)["leverage"]) == ("7", "7")
    assert trader.code("Buy", "0.01") == 10001
    trader.order("Buy", "0.01", positionIdx=1)
    assert trader.post(MODE, mode=0).ret_code == 110024
    assert trader.leg("ETHUSDT")["positionIdx"] == 0
    assert trader.post(MODE, symbol="BTCPERP", mode=3).ret_code == 110029


def test_a_position_mode_is_switched_by_coin_where_nothing_stands() -> None:
    trader = holding()
    assert trader.post(MODE, symbol=None, mode=3).ret_code == 10001
    assert trader.post(MODE, symbol=None, coin="USDT", mode=0).ret_code == 110025
    assert trader.post(MODE, symbol=None, coin="USDT", mode=3).ret_code == 0
    assert trader.leg()["positionIdx"] == 0  # it holds something
    assert [row["positionIdx"] for row in trader.get("/v5/position/list", symbol="ETHUSDT")] == [1, 2]
    assert trader.post(MODE, symbol=None, coin="USDC", mode=3).ret_code == 110029


def test_a_margin_mode_is_of_the_account_and_its_refusal_has_reasons() -> None:
    trader = holding()
    answer = trader.post(MARGIN, setMarginMode="ISOLATED_MARGIN")
    assert (answer.ret_code, answer.result) == (0, {"reasons": []})
    assert trader.post(MARGIN, setMarginMode="ISOLATED_MARGIN").ret_code == 0
    assert trader.account.margin_mode == "ISOLATED_MARGIN"
    assert trader.post(MARGIN, setMarginMode="PORTFOLIO_MARGIN").ret_code == 0
    assert trader.post(MARGIN, setMarginMode="REGULAR_MARGIN").ret_code == 0
    poor = SimTrader(balance=50)
    assert [poor.post(MARGIN, setMarginMode=word).ret_code for word in (["ISOLATED_MARGIN"], {})] == [10001, 10001]
    refused = poor.post(MARGIN, setMarginMode="PORTFOLIO_MARGIN")
    assert (refused.ret_code, refused.result["reasons"][0]["reasonCode"]) == (3400045, "3400000")


def test_auto_add_margin_is_of_isolated_legs() -> None:
    path = "/v5/position/set-auto-add-margin"
    assert SimTrader().post(path, autoAddMargin=1).ret_code == 110076
    trader = SimTrader(margin_mode="isolated")
    assert trader.post(path, autoAddmargin=1).ret_code == 0
    assert trader.leg()["autoAddMargin"] == 1
    assert trader.post(path, autoAddMargin=1).ret_code == 110027
    assert trader.post(path, autoAddMargin=1, positionIdx=1).ret_code == 10001


def test_margin_is_moved_to_a_leg_and_back() -> None:
    path = "/v5/position/add-margin"
    assert holding().post(path, margin="10").ret_code == 110015
    assert SimTrader(margin_mode="portfolio").post(path, margin="10").ret_code == 110077
    assert SimTrader(margin_mode="isolated").post(path, margin="10").ret_code == 110033
    trader = holding(margin_mode="isolated")
    before = trader.leg()
    for margin, code in (("0", 110027), ("0.00001", 10001), ("20000", 110014), ("-1", 110078), ("x", 10001)):
        assert trader.post(path, margin=margin).ret_code == code
    moved = trader.post(path, margin="600").result
    assert Decimal(before["liqPrice"]) - Decimal(moved["liqPrice"]) == pytest.approx(Decimal(6_030), abs=10)
    assert Decimal(moved["positionIM"]) - Decimal(before["positionIM"]) == pytest.approx(Decimal(600), abs=1)
    trader.price("BTCUSDT", 52_000)
    assert trader.leg()["size"] == "0.1"  # it would have been taken over at 54,270
    assert trader.post(path, margin="-600").ret_code == 110011
    trader.order("Sell", "0.05", reduceOnly=True)
    assert trader.account.positions["BTCUSDT:0"].added_margin == 300
    trader.price("BTCUSDT", 60_000)
    assert trader.post(path, margin="-300").ret_code == 0
    assert trader.account.positions["BTCUSDT:0"].added_margin == 0


# the account


def test_what_is_only_kept_is_shown() -> None:
    trader = SimTrader()
    assert trader.post("/v5/order/disconnected-cancel-all", timeWindow=40).ret_code == 0
    assert trader.post("/v5/account/set-hedging-mode", setHedgingMode="ON").ret_code == 0
    endpoints = [endpoint_of("GET", f"/v5/account/{name}") for name in ("query-dcp-info", "info")]
    shown = [read(trader.world, one, trader.account, "", trader.world.now()).result for one in endpoints if one]
    assert [each["timeWindow"] for each in shown[0]["dcpInfos"]] == ["40"] * 3
    assert shown[1]["spotHedgingStatus"] == "ON"


def test_prices_beyond_the_limits_are_moved_or_refused_as_the_account_is_set() -> None:
    path = "/v5/account/set-limit-px-action"
    trader = SimTrader()
    assert trader.row(trader.order("Sell", "0.01", price="59000"))["orderStatus"] == "Filled"
    assert trader.row(trader.order("Buy", "0.01", price="70000"))["price"] != "70000.00"
    assert trader.post(path, category="linear", modifyEnable=False).ret_code == 0
    assert [trader.code("Buy", "0.01", price="70000"), trader.code("Sell", "0.01", price="50000")] == [110121, 110120]
    wish = {"category": "spot", "price": "70000"}
    assert trader.code("Buy", "0.01", **wish) == 170372
    assert trader.post(path, category="spot", modifyEnable=True).ret_code == 0
    assert trader.code("Buy", "0.01", **wish) == 0


def test_demo_money_comes_once_a_minute() -> None:
    path, wish = "/v5/account/demo-apply-money", [{"coin": "USDT", "amountStr": "100000"}]
    assert SimTrader().post(path, adjustType=0, utaDemoApplyMoney=wish).ret_code == 10032
    trader = SimTrader(environment="demo")
    for wrong in (None, [], [{"coin": "DOGE", "amountStr": "1"}], [{"coin": "USDT", "amountStr": "100001"}]):
        assert trader.post(path, utaDemoApplyMoney=wrong).ret_code == 10001
    assert trader.post(path, adjustType=0, utaDemoApplyMoney=wish).ret_code == 0
    assert trader.account.wallet["USDT"] == 110_000
    assert trader.post(path, utaDemoApplyMoney=wish).ret_code == 10006
    trader.clock.at += HOUR
    assert trader.post(path, adjustType=1, utaDemoApplyMoney=[{"coin": "USDT", "amountStr": "60000"}]).ret_code == 0
    assert trader.account.wallet["USDT"] == 50_000
    assert trader.account.log[-1].type == "TRANSFER_OUT"


def test_a_pre_check_says_what_an_order_would_make_of_the_margin_rates() -> None:
    path, order = "/v5/order/pre-check", {"side": "Buy", "orderType": "Market", "qty": "0.1"}
    trader = SimTrader()
    found = trader.post(path, **order).result
    assert (found["preImrE4"], found["preMmrE4"]) == (0, 0)
    assert 590 < found["postImrE4"] < 620  # 6,000 USDT at tenfold leverage of 10,000
    assert trader.account.orders == {} == trader.account.positions
    short = trader.post(path, **order | {"qty": "100"})
    assert (short.ret_code, short.beside["retExtInfo"]["preImrE4"]) == (110007, 0)
    assert SimTrader(margin_mode="isolated").post(path, **order).ret_code == 10001


# batches


def test_a_batch_is_partly_accepted() -> None:
    trader = SimTrader()
    wishes = [
        {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "59000", "orderLinkId": "a"},
        {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "59000", "orderLinkId": "a"},
        {"symbol": "ETHUSDT", "side": "Buy", "orderType": "Market", "qty": "0.1"},
        "nothing",
    ]
    made = trader.post("/v5/order/create-batch", request=wishes)
    assert [each["code"] for each in made.beside["retExtInfo"]["list"]] == [0, 110072, 0, 10001]
    rows = made.result["list"]
    assert [bool(row["orderId"]) for row in rows] == [True, False, True, False]
    assert (rows[0]["orderLinkId"], rows[0]["createAt"]) == ("a", str(trader.world.now()))
    changed = trader.post(
        "/v5/order/amend-batch", request=[{"symbol": "BTCUSDT", "orderLinkId": "a", "price": "59100"}]
    )
    assert changed.result["list"] == [
        {"category": "linear", "symbol": "BTCUSDT", "orderId": rows[0]["orderId"], "orderLinkId": "a"}
    ]
    gone = trader.post(
        "/v5/order/cancel-batch",
        request=[{"symbol": "BTCUSDT", "orderLinkId": "a"}, {"symbol": "BTCUSDT", "orderId": "none"}],
    )
    assert [each["code"] for each in gone.beside["retExtInfo"]["list"]] == [0, 110001]


def test_a_batch_has_so_many_orders_at_most_and_counts_each() -> None:
    trader = SimTrader(balance={"USDT": "10000"})
    wish = {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.001", "price": "59000"}
    assert trader.post("/v5/order/create-batch", request=[]).ret_code == 10001
    assert trader.post("/v5/order/create-batch", category="spot", request=[wish] * 11).ret_code == 10001
    trader.world.uid_limits.is_enforced = True
    codes = trader.post("/v5/order/create-batch", request=[wish] * 12).beside["retExtInfo"]["list"]
    assert [each["code"] for each in codes] == [0] * 11 + [10006]  # the request itself was not counted here


# spot, as a client orders it


def test_a_spot_order_lives_as_contracts_do() -> None:
    trader = SimTrader(balance={"USDT": "10000", "BTC": "1"})
    wish = {"category": "spot", "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "59800"}
    made = trader.post("/v5/order/create", orderLinkId="mine", **wish)
    order_id = made.result["orderId"]
    assert made.result == {"orderId": order_id, "orderLinkId": "mine"}
    assert trader.post("/v5/order/create", orderLinkId="mine", **wish).ret_code == 170141
    assert trader.post("/v5/order/amend", category="spot", orderId=order_id, price="59900").ret_code == 0
    trader.news.clear()
    trader.price("BTCUSDT", 59_800)
    (row,) = trader.get("/v5/order/realtime", category="spot", orderId=order_id)
    assert (row["orderStatus"], row["avgPrice"], row["cumFeeDetail"]) == ("Filled", "59900", {"BTC": "0.00001"})
    assert trader.told() == [("execution", "0.01"), ("order", "Filled"), ("wallet", "wallet")]
    (fill,) = trader.get("/v5/execution/list", category="spot")
    assert (fill["feeCurrency"], fill["isMaker"]) == ("BTC", True)
    assert trader.post("/v5/order/cancel", category="spot", orderId=order_id).ret_code == 170213


def test_spot_kinds_are_filtered_and_taken_back_by_kind() -> None:
    trader = SimTrader(balance={"USDT": "10000"})
    wish = {"category": "spot", "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "59000"}
    for kind in ("Order", "StopOrder", "tpslOrder"):
        trigger = {} if kind == "Order" else {"triggerPrice": "61000"}
        assert trader.post("/v5/order/create", orderFilter=kind, **trigger, **wish).ret_code == 0
        rows = trader.get("/v5/order/realtime", category="spot", orderFilter=kind)
        assert len(rows) == 1, kind
    assert len(trader.get("/v5/order/realtime", category="spot")) == 3
    gone = trader.post("/v5/order/cancel-all", category="spot", symbol=None)
    assert (len(gone.result["list"]), gone.result["success"]) == (1, "1")
    assert trader.post("/v5/order/cancel-all", category="spot", orderFilter="OcoOrder").result["list"] == []
    assert len(trader.post("/v5/order/cancel-all", category="spot", orderFilter="tpslOrder").result["list"]) == 1
    assert trader.post("/v5/order/create", **wish | {"symbol": "NONEUSDT"}).ret_code == 170121
    assert trader.post("/v5/order/create", **wish | {"category": "option"}).ret_code == 10001


async def test_a_spot_write_is_judged_behind_those_that_wait_and_may_still_be_refused() -> None:
    trader = SimTrader(balance={"USDT": "10000"})
    wish = {"category": "spot", "side": "Buy", "orderType": "Limit", "qty": "0.1", "price": "59800"}

    def statuses() -> list[tuple[str, str]]:
        rows = trader.get("/v5/order/realtime", category="spot", openOnly=1)
        return [(row["orderLinkId"], row["orderStatus"]) for row in rows]

    assert trader.post("/v5/order/create", orderLinkId="a", **wish).ret_code == 0
    assert trader.get("/v5/order/realtime", category="spot") == []
    assert trader.post("/v5/order/create", orderLinkId="b", **wish).ret_code == 170131  # the first will hold it
    assert trader.post("/v5/order/cancel", category="spot", orderLinkId="a").ret_code == 0
    await until(lambda: statuses() == [("a", "Cancelled")], what="the order to be taken back")
    assert trader.post("/v5/order/create", orderLinkId="c", **wish).ret_code == 0
    trader.account.wallet["USDT"] = Decimal(1)
    await until(lambda: ("c", "Rejected") in statuses(), what="the order to be refused late")
