"""Orders against the book: what fills, at what price and fee, what rests and what is refused."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.ids import OrderLinkId
from bot.domain.orders import MarginMode, PositionMode, TimeInForce, TriggerDirection
from bot.exchange.matching.model import EngineRejected
from ops.engine_trader import BUY, LINEAR, SELL, d, trader

IOC, FOK, POST_ONLY = (
    {"time_in_force": TimeInForce.IOC},
    {"time_in_force": TimeInForce.FOK},
    {"time_in_force": TimeInForce.POST_ONLY},
)


def test_a_market_order_takes_the_book_level_by_level_and_pays_the_taker_s_fee() -> None:
    one = trader()
    one.at("64000", depth=((1, "0.002"), (3, "0.004"), (9, "1")))
    order = one.send(BUY, "0.01")
    assert [(fill.price, fill.qty) for fill in one.fills] == [
        (d("64000.1"), d("0.002")),
        (d("64000.3"), d("0.004")),
        (d("64000.9"), d("0.004")),
    ]
    assert order.status == "Filled"
    held = one.held()
    assert (held.side, held.size, held.entry_value) == (BUY, d("0.01"), d("640.005"))
    fee = sum(fill.fee for fill in one.fills)
    assert abs(fee - d("640.005") * d("0.00055")) < d("1e-7")
    assert one.account.wallet["USDT"] == 10_000 - fee
    assert [line.balance for line in one.lines][-1] == 10_000 - fee


def test_a_market_order_goes_no_further_than_the_price_limit_and_the_rest_is_canceled() -> None:
    one = trader()
    one.at("64000", depth=((1, "0.002"), (20_000, "1")))
    order = one.send(BUY, "0.01")
    assert (order.status, order.filled, order.reject_reason) == ("Cancelled", d("0.002"), "EC_NoImmediateQtyToFill")
    assert one.held().size == d("0.002")


def test_the_same_book_is_taken_from_once() -> None:
    one = trader()
    one.at("64000", depth=((1, "0.01"),))
    one.send(BUY, "0.006")
    assert one.send(BUY, "0.006").filled == d("0.004")
    one.at("64000", depth=((1, "0.01"),))
    assert one.send(BUY, "0.006").filled == d("0.006")


def test_a_limit_order_rests_and_fills_at_its_price_as_a_maker_over_several_books() -> None:
    one = trader()
    order = one.send(BUY, "0.01", "63990")
    assert (order.status, order.filled) == ("New", 0)
    one.at("63980", depth=((1, "0.004"),))
    assert one.now(order).status == "PartiallyFilled"
    one.at("63980", depth=((1, "0.004"),))
    one.at("63980", depth=((1, "0.004"),))
    assert one.now(order).status == "Filled"
    assert {(fill.price, fill.is_maker, fill.fee_rate) for fill in one.fills} == {(d(63990), True, LINEAR.maker)}


def test_a_limit_order_through_the_book_is_a_taker_for_what_crosses() -> None:
    one = trader()
    one.at("64000", depth=((1, "0.004"), (20, "1")))
    order = one.send(BUY, "0.01", "64001")
    assert (order.status, order.filled, one.fills[0].is_maker) == ("PartiallyFilled", d("0.004"), False)


@pytest.mark.parametrize(
    ("kind", "status", "filled", "reason"),
    [
        (IOC, "Cancelled", "0.004", "EC_NoImmediateQtyToFill"),
        (FOK, "Cancelled", "0", "EC_NoEnoughQtyToFill"),
        (POST_ONLY, "Cancelled", "0", "EC_PostOnlyWillTakeLiquidity"),
    ],
)
def test_what_a_thin_book_does_to_each_time_in_force(
    kind: dict[str, TimeInForce], status: str, filled: str, reason: str
) -> None:
    one = trader()
    one.at("64000", depth=((1, "0.004"), (20, "1")))
    order = one.send(BUY, "0.01", "64001", **kind)
    assert (order.status, order.filled, order.reject_reason) == (status, d(filled), reason)
    assert not one.account.orders


def test_fok_fills_whole_and_post_only_rests_where_nothing_crosses() -> None:
    one = trader()
    assert one.send(BUY, "0.01", "64001", **FOK).status == "Filled"
    assert one.send(BUY, "0.01", "63999", **POST_ONLY).status == "New"


def test_the_better_price_is_filled_first_and_among_equals_the_older() -> None:
    one = trader()
    low = one.send(BUY, "0.01", "63970")
    first = one.send(BUY, "0.01", "63980")
    second = one.send(BUY, "0.01", "63980")
    one.at("63960", depth=((1, "0.015"),))
    assert [one.now(each).filled for each in (first, second, low)] == [d("0.01"), d("0.005"), 0]


def test_a_price_beyond_the_limit_is_moved_to_it() -> None:
    one = trader()
    order = one.send(BUY, "0.01", "70000")
    assert order.price == d("64640")  # mark × 1.01


def test_a_conditional_order_waits_for_its_side_of_the_price() -> None:
    one = trader()
    rises = {"trigger_price": d(64100), "trigger_direction": TriggerDirection.RISES}
    order = one.send(BUY, "0.01", **rises)
    assert (order.status, order.stop_order_type, order.create_type) == ("Untriggered", "Stop", "CreateByStopOrder")
    one.at("64099.9")
    assert one.now(order).status == "Untriggered"
    one.at("64120")
    assert one.now(order).status == "Filled"
    assert one.fills[0].price == d("64120.1")


@pytest.mark.parametrize(
    ("code", "request_"),
    [
        (10001, {"qty": d("0.0005")}),
        (10001, {"qty": d("0.01"), "position_idx": 1}),
        (10001, {"qty": d(600)}),
        (110094, {"qty": d("0.001"), "price": d("64")}),
        (110092, {"trigger_price": d(63000), "trigger_direction": TriggerDirection.RISES}),
        (110093, {"trigger_price": d(65000), "trigger_direction": TriggerDirection.FALLS}),
        (110017, {"reduce_only": True}),
        (110007, {"qty": d(2)}),
        (10001, {"stop_loss": d(65000)}),
        (10001, {"take_profit": d(63000)}),
        (110072, {"order_link_id": OrderLinkId("own-1")}),
    ],
)
def test_a_refusal_has_bybit_s_code_and_changes_nothing(code: int, request_: dict[str, object]) -> None:
    one = trader()
    one.send(BUY, "0.001", "60000")
    before = replace(one.account, orders=dict(one.account.orders), wallet=dict(one.account.wallet))
    with pytest.raises(EngineRejected) as refused:
        one.send(BUY, **{"qty": d("0.01"), **request_})
    assert refused.value.code == code
    assert (one.account.orders, one.account.wallet, one.account.made) == (before.orders, before.wallet, before.made)


def test_ten_conditional_orders_a_symbol_and_no_more() -> None:
    one = trader()
    for number in range(10):
        one.send(BUY, "0.001", trigger_price=d(65000 + number), trigger_direction=TriggerDirection.RISES)
    with pytest.raises(EngineRejected, match="stop orders") as refused:
        one.send(BUY, "0.001", trigger_price=d(66000), trigger_direction=TriggerDirection.RISES)
    assert refused.value.code == 110009


def test_an_opposite_order_closes_before_it_opens() -> None:
    one = trader()
    one.send(BUY, "0.01")
    one.send(SELL, "0.015")
    held = one.held()
    assert (held.side, held.size) == (SELL, d("0.005"))
    assert one.fills[-1].closed_size == d("0.01")
    assert one.fills[-1].gain == d("0.01") * d("-0.2")


def test_reduce_only_is_cut_to_the_leg_and_never_turns_it() -> None:
    one = trader()
    one.send(BUY, "0.01")
    order = one.send(SELL, "0.5", reduce_only=True)
    assert (order.qty, order.status, one.held().size) == (d("0.01"), "Filled", 0)


def test_resting_reduce_only_orders_share_the_leg_and_shrink_with_it_farthest_first() -> None:
    one = trader()
    one.send(BUY, "0.01")
    near = one.send(SELL, "0.006", "65000", reduce_only=True)
    far = one.send(SELL, "0.006", "66000", reduce_only=True)
    assert far.qty == d("0.004")
    with pytest.raises(EngineRejected) as refused:
        one.send(SELL, "0.001", "67000", reduce_only=True)
    assert refused.value.code == 110017
    one.at("64000")
    one.send(SELL, "0.003")
    assert (one.now(near).qty, one.now(far).qty) == (d("0.006"), d("0.001"))
    assert one.now(near) == near
    one.send(SELL, "0.002")
    assert (one.now(near).qty, one.now(far).cancel_type) == (d("0.005"), "CancelByReduceOnly")


def test_quantity_0_closes_the_whole_leg_and_takes_its_reduce_only_orders_out() -> None:
    one = trader()
    one.send(BUY, "0.01")
    target = one.send(SELL, "0.01", "66000", reduce_only=True)
    order = one.send(SELL, "0", reduce_only=True, close_on_trigger=True)
    assert (order.qty, order.status, one.held().size) == (d("0.01"), "Filled", 0)
    assert one.now(target).cancel_type == "CancelByReduceOnly"


def test_hedge_mode_holds_both_legs_and_what_goes_against_one_only_reduces_it() -> None:
    one = trader(mode=PositionMode.HEDGE)
    one.send(BUY, "0.01", position_idx=1)
    one.send(SELL, "0.02", position_idx=2)
    one.send(SELL, "0.5", position_idx=1)
    assert (one.held(1).size, one.held(2).size) == (0, d("0.02"))
    with pytest.raises(EngineRejected) as refused:
        one.send(SELL, "0.5", position_idx=1)
    assert refused.value.code == 110017


def test_a_trigger_that_the_account_cannot_pay_for_cancels_its_order() -> None:
    one = trader(usdt="1000")
    order = one.send(BUY, "1", trigger_price=d(64100), trigger_direction=TriggerDirection.RISES)
    one.at("64120")
    assert (one.now(order).status, one.now(order).reject_reason) == ("Cancelled", "EC_Others")
    assert not one.fills


@pytest.mark.parametrize("margin", list(MarginMode))
def test_no_order_is_larger_than_the_money(margin: MarginMode) -> None:
    one = trader(usdt="640", margin=margin)
    assert one.send(BUY, "0.099").status == "Filled"  # 633.60 of margin at 10x, 3.48 of fee
    with pytest.raises(EngineRejected) as refused:
        one.send(BUY, "0.002")
    assert refused.value.code == 110007
    assert one.send(SELL, "0.15").status == "Filled"  # what closes needs nothing


def test_money_is_kept_for_resting_orders() -> None:
    one = trader(usdt="1000")
    one.send(BUY, "0.15", "63000")
    with pytest.raises(EngineRejected):
        one.send(BUY, "0.01", "63000")
    assert one.worth.free("USDT") == 1000 - d("0.15") * 63000 * (Decimal("0.1") + LINEAR.taker)
