"""Spot orders of the Bybit stand-in: what is refused, what is filled and paid, and what waits for a price."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from harness.sim_bybit import TurnedClock

from ops.sim.bybit.accounts import Account, Order
from ops.sim.bybit.control import Control
from ops.sim.bybit.errors import BybitError
from ops.sim.bybit.margins import assess
from ops.sim.bybit.spot import amend, cancel, cancel_all, create, tick
from ops.sim.bybit.spot_matching import SpotWork
from ops.sim.bybit.world import World

D = Decimal
BUY = {"symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": "63800"}


class Trader:
    """One account on a market whose BTC price is set."""

    def __init__(self, balance: Mapping[str, str] | None = None) -> None:
        self.clock = TurnedClock()
        self.world = World(seed=1, clock=self.clock, limits=False)
        uid = Control(self.world).make_account({"balance": balance or {"USDT": "10000", "BTC": "1"}})["uid"]
        self.account: Account = self.world.accounts[uid]
        self.desk = self.world.spot
        self.set_price(64_000)

    def set_price(self, price: float) -> None:
        self.clock.at += 1000
        one = self.world.market.listed("spot")["BTCUSDT"]
        self.world.market.set_price(one, D(str(price)), hold=True)

    def work(self) -> SpotWork:
        return self.desk.work(self.account)

    def create(self, **changes: Any) -> Order:
        given = {**BUY, **changes}
        return create(self.work(), lambda name: str(given.get(name) or ""))

    def refusal(self, **changes: Any) -> int:
        before = dict(self.account.wallet), len(self.account.orders), len(self.account.history)
        with pytest.raises(BybitError) as caught:
            self.create(**changes)
        assert before == (dict(self.account.wallet), len(self.account.orders), len(self.account.history))
        return caught.value.ret_code

    def amend(self, order: Order, **changes: str) -> Order:
        given = {"symbol": order.symbol, "orderId": order.order_id, **changes}
        return amend(self.work(), lambda name: given.get(name, ""))

    def move(self, price: float) -> None:
        self.set_price(price)
        tick(self.work())

    def locked(self, coin: str) -> Decimal:
        return assess(self.account, self.world.market, self.world.now()).coins[coin].locked


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"symbol": "NONEUSDT"}, 170121),
        ({"side": "buy"}, 170117),
        ({"orderType": "Stop"}, 170116),
        ({"timeInForce": "Day"}, 170115),
        ({"timeInForce": "RPI"}, 170355),
        ({"isLeverage": "1"}, 170036),
        ({"orderFilter": "OcoOrder"}, 170201),
        ({"orderFilter": "tpslOrder"}, 170202),
        ({"qty": "many"}, 170130),
        ({"qty": "0"}, 170136),
        ({"qty": "0.0100001"}, 170137),
        ({"qty": "0.00005"}, 170140),
        ({"qty": "100"}, 170381),
        ({"price": "63800.05"}, 170134),
        ({"price": "0"}, 170133),
        ({"price": "65000"}, 170372),
        ({"side": "Sell", "price": "63000"}, 170371),
        ({"qty": "0.2"}, 170131),
        ({"side": "Sell", "qty": "1.1", "price": "64200"}, 170131),
        ({"orderType": "Market", "qty": "100.00000001"}, 170148),
        ({"orderType": "Market", "qty": "3"}, 170140),
        ({"orderType": "Market", "qty": "50", "marketUnit": "baseCoin"}, 170382),
        ({"orderType": "Market", "qty": "100", "takeProfit": "70000"}, 10001),
        ({"takeProfit": "63000"}, 10001),
        ({"stopLoss": "63900"}, 10001),
        ({"orderLinkId": "no spaces"}, 10001),
    ],
)
def test_what_is_refused_changes_nothing(changes: dict[str, str], code: int) -> None:
    assert Trader().refusal(**changes) == code


def test_a_market_buy_spends_quote_coins_and_leaves_what_buys_no_step() -> None:
    trader = Trader()
    order = trader.create(orderType="Market", qty="1000")
    assert (order.status, order.fee_currency) == ("PartiallyFilledCanceled", "BTC")
    assert 0 < 1000 - order.filled_value < D("0.1")
    assert order.fee == (order.filled * D("0.001")).quantize(D("1e-8"))
    assert trader.account.wallet == {"USDT": 10_000 - order.filled_value, "BTC": 1 + order.filled - order.fee}
    assert [entry.balance for entry in trader.account.log[-2:]] == list(trader.account.wallet.values())
    assert trader.account.history[-1] is order
    assert not trader.account.orders


def test_a_market_sell_counts_in_the_base_coin_and_pays_its_fee_in_the_quote_coin() -> None:
    trader = Trader()
    order = trader.create(side="Sell", orderType="Market", qty="0.5")
    assert (order.status, order.filled, order.fee_currency) == ("Filled", D("0.5"), "USDT")
    assert trader.account.wallet == {"USDT": 10_000 + order.filled_value - order.fee, "BTC": D("0.5")}


def test_a_resting_order_holds_its_coins_and_fills_at_its_own_price() -> None:
    trader = Trader()
    order = trader.create(orderLinkId="mine")
    assert order.status == "New"
    assert trader.locked("USDT") == D("638")
    assert trader.refusal(qty="0.15") == 170131  # the rest is held
    assert trader.refusal(orderLinkId="mine") == 170141
    trader.move(63_700)
    assert (order.status, order.filled_value, trader.locked("USDT")) == ("Filled", D("638"), 0)
    assert trader.account.executions[-1].is_maker
    assert trader.refusal(orderLinkId="mine") == 170141  # closed ones count, too


def test_the_same_book_is_taken_from_once() -> None:
    trader = Trader({"USDT": "100000000"})
    first = trader.create(orderType="Market", marketUnit="baseCoin", qty="40")
    second = trader.create(orderType="Market", marketUnit="baseCoin", qty="40")
    assert first.filled == second.filled == 40
    assert second.filled_value > first.filled_value


@pytest.mark.parametrize(
    ("force", "price", "status", "reason"),
    [
        ("IOC", "63800", "Cancelled", "EC_NoImmediateQtyToFill"),
        ("FOK", "63800", "Cancelled", "EC_NoEnoughQtyToFill"),
        ("FOK", "64100", "Filled", "EC_NoError"),
        ("PostOnly", "64100", "Rejected", "EC_PostOnlyWillTakeLiquidity"),
        ("PostOnly", "63800", "New", "EC_NoError"),
    ],
)
def test_a_time_in_force_decides_what_is_left(force: str, price: str, status: str, reason: str) -> None:
    order = Trader().create(timeInForce=force, price=price)
    assert (order.status, order.reject_reason) == (status, reason)


def test_a_canceled_order_keeps_what_it_filled() -> None:
    trader = Trader({"USDT": "100000000"})
    order = trader.create(qty="80", price="64001")
    assert order.status == "PartiallyFilled"
    held = trader.account.wallet["USDT"] - trader.locked("USDT")
    given = {"symbol": "BTCUSDT", "orderId": order.order_id}
    cancel(trader.work(), lambda name: given.get(name, ""))
    assert (order.status, order.cancel_type, order.left) == ("PartiallyFilledCanceled", "CancelByUser", 0)
    assert trader.account.wallet["USDT"] > held
    with pytest.raises(BybitError) as caught:
        cancel(trader.work(), lambda name: given.get(name, ""))
    assert caught.value.ret_code == 170213


def test_an_amend_changes_absolute_values_and_may_cross() -> None:
    trader = Trader()
    order = trader.create()
    for changes, code in (({"qty": "0.01"}, 10001), ({"price": "1"}, 0), ({"qty": "0.2"}, 170131)):
        if code:
            with pytest.raises(BybitError) as caught:
                trader.amend(order, **changes)
            assert caught.value.ret_code == code
    assert trader.amend(order, price="63900").price == 63_900
    assert trader.amend(order, price="64100").status == "Filled"


def test_a_conditional_order_holds_nothing_until_its_trigger() -> None:
    trader = Trader()
    waiting = [
        trader.create(orderFilter="StopOrder", triggerPrice="65000", price="65100", qty="0.1"),
        trader.create(orderFilter="StopOrder", triggerPrice="65000", price="65100", qty="0.1"),
    ]
    assert trader.locked("USDT") == 0
    trader.move(64_900)
    assert {each.status for each in waiting} == {"Untriggered"}
    trader.move(65_000)
    assert [each.status for each in waiting] == ["Filled", "Cancelled"]  # nothing was left for the second


def test_a_tpsl_order_holds_its_coins_at_once() -> None:
    trader = Trader()
    waiting = trader.create(orderFilter="tpslOrder", side="Sell", orderType="Market", triggerPrice="62000", qty="0.4")
    assert (waiting.status, waiting.trigger_direction, trader.locked("BTC")) == ("Untriggered", 2, D("0.4"))
    assert trader.refusal(side="Sell", qty="0.7", price="64200") == 170131
    trader.move(61_990)
    assert waiting.status == "Filled"


@pytest.mark.parametrize(("price", "by", "why"), [(66_000, 0, "SlCanceledByTp"), (62_000, 1, "TpCanceledBySl")])
def test_a_filled_order_leaves_a_pair_behind_of_which_one_takes_the_other_out(price: int, by: int, why: str) -> None:
    trader = Trader({"USDT": "10000"})
    order = trader.create(orderLinkId="mine", takeProfit="66000", stopLoss="62000")
    trader.move(63_700)
    pair = list(trader.account.orders.values())
    assert [(each.create_type, each.parent_link_id, each.link_id) for each in pair] == [
        ("CreateByTakeProfit", "mine", ""),
        ("CreateByStopLoss", "mine", ""),
    ]
    assert {each.qty for each in pair} == {order.filled - order.fee}
    assert trader.locked("BTC") == order.filled - order.fee  # held once
    trader.move(price)
    done, other = pair[by], pair[1 - by]
    assert (done.status, other.status) == ("Filled", "Deactivated")
    assert why in other.cancel_type
    assert trader.account.wallet["BTC"] == 0


def test_all_that_are_chosen_are_taken_back() -> None:
    trader = Trader()
    kept = trader.create(orderFilter="StopOrder", triggerPrice="65000", price="65100")
    gone = trader.create()
    assert cancel_all(trader.work(), lambda each: not each.stop_order_type) == [gone]
    assert list(trader.account.orders.values()) == [kept]


def test_there_is_room_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    trader = Trader()
    monkeypatch.setattr("ops.sim.bybit.spot.MOST_SPOT_ORDERS", {"open": 3, "tpslOrder": 1, "StopOrder": 1})
    waits = {"triggerPrice": "65000", "price": "65100", "qty": "0.001"}
    for kind in ("StopOrder", "tpslOrder"):
        trader.create(orderFilter=kind, **waits)
        assert trader.refusal(orderFilter=kind, **waits) == 170810
    trader.create()
    assert trader.refusal() == 170810
