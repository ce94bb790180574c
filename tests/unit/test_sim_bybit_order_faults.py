"""What faults make of orders and positions on the Bybit stand-in, and what a person does in the app."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from harness.sim_trading import SimTrader
from harness.virtual_time import LoopClock

from ops.sim.bybit.errors import ControlError

BTC = "BTCUSDT"


@pytest.fixture
def trader() -> SimTrader:
    return SimTrader()


def fault(trader: SimTrader, kind: str, **fields: Any) -> None:
    trader.control.add_fault({"kind": kind, "uid": trader.uid, **fields})


def app(trader: SimTrader, act: str, **fields: Any) -> Any:
    return trader.control.act_in_app(str(trader.uid), {"act": act, "symbol": BTC, **fields})


def ended(trader: SimTrader, order_id: str) -> tuple[str, str, str]:
    row = trader.row(order_id)
    return row["orderStatus"], row["cumExecQty"], row["timeInForce"]


# orders


@pytest.mark.parametrize(("kind", "status"), [("partial_then_cancel", "Cancelled"), ("fill_then_reject", "Rejected")])
@pytest.mark.parametrize("price", [None, "59000", "61000"])
def test_an_order_is_filled_in_part_and_ends(trader: SimTrader, kind: str, status: str, price: str | None) -> None:
    fault(trader, kind, share="0.3")
    more = {} if price is None else {"price": price}
    order_id = trader.order("Buy", "0.1", stopLoss="55000", **more)
    assert ended(trader, order_id) == (status, "0.030", "IOC" if price is None else "GTC")
    leg = trader.leg()
    assert (leg["size"], leg["stopLoss"]) == ("0.03", "55000.00")
    assert trader.row(trader.order("Buy", "0.1"))["orderStatus"] == "Filled", "it hit one order"


def test_what_has_no_parts_is_not_spoiled(trader: SimTrader) -> None:
    fault(trader, "partial_then_cancel")
    assert ended(trader, trader.order("Buy", "0.001"))[0] == "Filled"


def test_a_close_of_all_is_filled_in_part_too(trader: SimTrader) -> None:
    trader.order("Buy", "0.1")
    fault(trader, "partial_then_cancel")
    trader.order("Sell", "0", reduceOnly=True, closeOnTrigger=True)
    assert trader.leg()["size"] == "0.05"


def test_a_reduce_only_order_is_split_and_the_first_part_has_the_id(trader: SimTrader) -> None:
    trader.order("Buy", "0.1")
    fault(trader, "split_reduce_only", share="0.7")
    trader.order("Buy", "0.1", orderLinkId="entry")  # does not fit
    trader.order("Sell", "0", reduceOnly=True, closeOnTrigger=True, orderLinkId="close-1")
    assert trader.leg()["size"] == "0"
    sells = [row for row in trader.get("/v5/order/history", symbol=BTC) if row["side"] == "Sell"]
    assert sorted((row["orderLinkId"], row["cumExecQty"]) for row in sells) == [("", "0.060"), ("close-1", "0.140")]


def test_a_price_is_moved_to_the_clients_harm(trader: SimTrader) -> None:
    for side, wanted, kept in (("Buy", "59000", "58941.00"), ("Sell", "61000", "61061.00")):
        fault(trader, "price_adjusted")
        assert trader.row(trader.order(side, "0.01", price=wanted))["price"] == kept


def test_a_stop_never_comes_to_be(trader: SimTrader) -> None:
    fault(trader, "stop_refused", symbol=BTC)
    order_id = trader.order("Buy", "0.1", stopLoss="55000")
    assert (trader.row(order_id)["stopLoss"], trader.leg()["stopLoss"]) == ("", "")
    assert not trader.get("/v5/order/realtime", symbol=BTC)


def test_the_stream_may_skip_the_first_state(trader: SimTrader) -> None:
    def told() -> list[str]:
        return [row["orderStatus"] for news in trader.news if news.topic == "order" for row in news.rows]

    trader.order("Buy", "0.1")
    assert told() == ["New", "Filled"]
    trader.news.clear()
    fault(trader, "filled_without_new", times=2)
    trader.order("Buy", "0.1")
    trader.order("Buy", "0.1", price="59000")
    trader.price(BTC, 58_900)
    assert told() == ["Filled", "Filled"]


@pytest.mark.virtual_time
async def test_an_order_is_carried_out_late() -> None:
    trader = SimTrader()
    clock = LoopClock()
    trader.world._clock = clock.now  # one clock for both
    trader.price(BTC, 60_000)
    fault(trader, "late_execution", seconds=25)
    order_id = trader.order("Buy", "0.1", orderLinkId="late-1")
    await asyncio.sleep(24.9)
    assert not trader.get("/v5/order/realtime", orderLinkId="late-1")
    await asyncio.sleep(0.2)
    assert trader.row(order_id)["orderStatus"] == "Filled"


# events


def fills(trader: SimTrader) -> list[tuple[str, str, str]]:
    return [(row["execType"], row["execQty"], row["side"]) for row in trader.get("/v5/execution/list")]


@pytest.mark.parametrize(
    ("kind", "exec_type", "left", "has_order"),
    [
        ("adl", "AdlTrade", "0.05", True),
        ("settle", "Settle", "0", False),
        ("delivery", "Delivery", "0", False),
        ("move_position", "MovePosition", "0.05", False),
    ],
)
def test_a_position_is_taken_away(trader: SimTrader, kind: str, exec_type: str, left: str, has_order: bool) -> None:
    trader.order("Buy", "0.1", stopLoss="55000")
    resting = trader.order("Buy", "0.1", price="50000")
    orders = len(trader.get("/v5/order/history", symbol=BTC))
    fault(trader, kind)
    assert trader.leg()["size"] == left
    assert fills(trader)[0][0] == exec_type
    taken = kind != "move_position"
    assert trader.row(resting)["orderStatus"] == ("Cancelled" if taken else "New")
    made = [row for row in trader.get("/v5/order/history", symbol=BTC) if row["createType"].startswith("CreateByAdl")]
    assert bool(made) is has_order
    assert len(trader.get("/v5/order/history", symbol=BTC)) >= orders


def test_funding_is_money_alone(trader: SimTrader) -> None:
    trader.order("Buy", "0.1")
    before = trader.account.wallet["USDT"]
    fault(trader, "funding", rate="-0.001")
    mark = Decimal(trader.leg()["markPrice"])
    assert trader.account.wallet["USDT"] - before == pytest.approx(mark * Decimal("0.0001"), abs=Decimal("0.01"))
    assert fills(trader)[0] == ("Funding", "0.1", "Buy")
    assert trader.leg()["size"] == "0.1"


@pytest.mark.parametrize(("share", "size"), [("2", "0.2"), ("0.5", "0.05")])
def test_a_split_changes_the_size_and_nothing_is_paid(trader: SimTrader, share: str, size: str) -> None:
    trader.order("Buy", "0.1", stopLoss="20000")
    before, average = trader.account.wallet["USDT"], Decimal(trader.leg()["avgPrice"])
    fault(trader, "corporate_action", share=share)
    leg = trader.leg()
    assert (leg["size"], trader.account.wallet["USDT"]) == (size, before)
    assert Decimal(leg["avgPrice"]) * Decimal(share) == pytest.approx(average)
    (stop,) = trader.get("/v5/order/realtime", symbol=BTC, orderFilter="StopOrder")
    assert Decimal(stop["qty"]) == Decimal(size)
    assert fills(trader)[0][0] == "CorporateAction"
    trader.order("Sell", "0", reduceOnly=True, closeOnTrigger=True)
    assert trader.leg()["size"] == "0"


# the app


def test_a_person_opens_protects_and_closes(trader: SimTrader) -> None:
    (order_id,) = app(trader, "open", side="buy", qty="0.1", stop_loss=55_000)["order_ids"]
    assert (trader.row(order_id)["createType"], trader.row(order_id)["orderLinkId"]) == ("CreateByUser", "")
    app(trader, "set_stop", price=56_000)
    app(trader, "set_target", price=70_000)
    assert (trader.leg()["stopLoss"], trader.leg()["takeProfit"]) == ("56000.00", "70000.00")
    app(trader, "remove_stop")
    assert (trader.leg()["stopLoss"], trader.leg()["takeProfit"]) == ("", "70000.00")
    trader.news.clear()
    (half,) = app(trader, "close", qty="0.04")["order_ids"]
    assert (trader.leg()["size"], trader.row(half)["createType"]) == ("0.06", "CreateByClosing")
    told = {row["createType"] for news in trader.news if news.topic in {"order", "execution"} for row in news.rows}
    assert told == {"CreateByClosing", "CreateByTakeProfit"}
    app(trader, "close")
    assert trader.leg()["size"] == "0"


def test_a_person_changes_and_takes_back_what_a_client_ordered(trader: SimTrader) -> None:
    trader.order("Buy", "0.1", price="50000", orderLinkId="mine")
    app(trader, "amend", order_link_id="mine", price=51_000)
    (row,) = trader.get("/v5/order/realtime", symbol=BTC)
    assert row["price"] == "51000.00"
    app(trader, "open", side="Sell", qty="0.1", trigger_price=55_000)
    app(trader, "cancel")
    assert not trader.get("/v5/order/realtime", symbol=BTC)
    app(trader, "set_leverage", leverage=3)
    assert trader.leg()["leverage"] == "3"
    app(trader, "set_margin_mode", margin_mode="isolated")
    assert trader.account.margin_mode == "ISOLATED_MARGIN"


def test_both_legs_of_hedge_mode_are_told_apart() -> None:
    trader = SimTrader(hedge=True)
    app(trader, "open", side="buy", qty="0.1")
    app(trader, "open", side="sell", qty="0.2")
    with pytest.raises(ControlError, match="position_idx"):
        app(trader, "close")
    app(trader, "close", position_idx=2)
    assert (trader.leg(index=1)["size"], trader.leg(index=2)["size"]) == ("0.1", "0")


@pytest.mark.parametrize(
    ("act", "fields", "words"),
    [
        ("sell", {}, "act"),
        ("close", {}, "no position"),
        ("open", {"qty": "0.0001"}, "^100"),
        ("cancel", {"order_id": "x"}, "no open order"),
        ("open", {"symbol": "NOTHING", "qty": 1}, "symbol"),
        ("set_leverage", {"leverage": 5000}, "^110"),
    ],
)
def test_what_cannot_be_done_is_said(trader: SimTrader, act: str, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ControlError, match=words):
        app(trader, act, **fields)


# readings


def test_the_first_page_may_be_short_with_more_to_follow() -> None:
    trader = SimTrader(readings={"short_page": "first"})
    for symbol in (BTC, "ETHUSDT"):
        trader.post("/v5/order/create", symbol=symbol, side="Buy", qty="0.1", orderType="Market")
    assert len(trader.get("/v5/position/list", settleCoin="USDT")) == 1
    assert len(trader.get("/v5/execution/list")) == 1


@pytest.mark.parametrize(("words", "code"), [("counted", 110009), ("uncounted", 0)])
def test_stops_of_positions_count_among_the_conditional_orders_or_not(words: str, code: int) -> None:
    trader = SimTrader(readings={"conditional_rows": words})
    trader.order("Buy", "0.1", stopLoss="50000")
    codes = [trader.code("Buy", "0.001", triggerPrice="70000", triggerDirection=1) for _ in range(10)]
    assert codes == [0] * 9 + [code]


def test_reduce_only_orders_leave_room_or_not() -> None:
    found = []
    for words in ("spared", "counted"):
        trader = SimTrader(readings={"reduce_only": words})
        trader.order("Buy", "0.1")
        trader.order("Sell", "0.1", price="70000", reduceOnly=True)
        found.append(trader.code("Sell", "0.1", reduceOnly=True))
    assert found == [0, 110017]
