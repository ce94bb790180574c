"""Stop losses and take profits: rows that the exchange makes, keeps at the leg's size, clears when it is flat."""

import pytest

from bot.domain.ids import OrderLinkId
from bot.domain.market import Category
from bot.domain.orders import AmendRequest, PositionMode, TpslMode, TriggerBy, TriggerDirection
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import EngineOrder, EngineRejected
from ops.engine_trader import BTC, BUY, SELL, Trader, d, trader

FULL = {"stop_loss": d(63000), "take_profit": d(66000)}


def prices(one: Trader) -> dict[str, tuple[object, ...]]:
    rows = [each for each in one.account.orders.values() if each.stop_order_type]
    return {each.stop_order_type: (each.qty, each.trigger_price, each.side) for each in rows}


def test_a_full_stop_rides_with_the_order_and_stands_from_the_first_fill() -> None:
    one = trader()
    order = one.send(BUY, "0.01", "63990", **FULL)
    assert prices(one) == {}
    one.at("63980", depth=((1, "0.004"),))
    assert prices(one) == {"StopLoss": (d("0.004"), 63000, SELL), "TakeProfit": (d("0.004"), 66000, SELL)}
    ids = {each.order_id for each in one.rows("StopLoss")}
    one.at("63980", depth=((1, "0.1"),))
    assert prices(one)["StopLoss"] == (d("0.01"), 63000, SELL)
    [stop] = one.rows("StopLoss")
    assert {stop.order_id} == ids
    assert (stop.parent_order_link_id, stop.order_link_id) == (order.order_link_id, "")
    assert (stop.create_type, stop.reduce_only, stop.close_on_trigger) == ("CreateByStopLoss", True, True)
    assert (one.held().stop_loss, one.held().take_profit) == (63000, 66000)


@pytest.mark.parametrize(("price", "kind"), [("62990", "StopLoss"), ("66010", "TakeProfit")])
def test_one_goes_off_and_the_other_is_cleared(price: str, kind: str) -> None:
    one = trader()
    one.send(BUY, "0.01", **FULL)
    rows = {each.stop_order_type: each for each in one.account.orders.values()}
    one.at(price)
    assert not one.held().size
    assert one.now(rows[kind]).status == "Filled"
    [other] = rows.keys() - {kind}
    assert (one.now(rows[other]).status, one.now(rows[other]).cancel_type) == ("Deactivated", "CancelByTpSlTsClear")
    assert one.fills[-1].create_type == f"CreateBy{kind}"
    assert (one.held().stop_loss, one.held().take_profit) == (None, None)


def test_a_stop_that_the_book_is_too_thin_for_goes_on_with_the_next_one() -> None:
    one = trader()
    one.send(BUY, "0.01", stop_loss=d(63000))
    one.at("62990", depth=((1, "0.004"),))
    assert one.held().size == d("0.006")
    one.at("62980", depth=((1, "0.1"),))
    assert not one.held().size
    assert [fill.price for fill in one.fills[1:]] == [d("62989.9"), d("62979.9")]


def test_the_stop_looks_at_the_price_it_was_told_to() -> None:
    one = trader()
    one.send(BUY, "0.01", stop_loss=d(63000), sl_trigger_by=TriggerBy.MARK)
    one.at("62900", mark="63100")
    assert one.held().size
    one.at("63200", mark="62990")
    assert not one.held().size


def test_a_trading_stop_changes_both_prices_in_place_and_0_takes_one_away() -> None:
    one = trader()
    one.send(BUY, "0.01", **FULL)
    [before] = one.rows("StopLoss")
    one.stop("63500", "67000")
    [stop] = one.rows("StopLoss")
    assert (stop.order_id, stop.trigger_price, stop.parent_order_link_id) == (before.order_id, 63500, "own-1")
    one.stop("63500", "0")
    assert set(prices(one)) == {"StopLoss"}
    with pytest.raises(EngineRejected) as refused:
        one.stop("63500", "0")
    assert refused.value.code == 34040
    with pytest.raises(EngineRejected) as refused:
        one.stop("64500", "0")
    assert refused.value.code == 10001


def test_without_a_position_there_is_no_trading_stop() -> None:
    with pytest.raises(EngineRejected) as refused:
        trader().stop("63000")
    assert refused.value.code == 10001


def test_a_later_fill_of_an_entry_with_the_old_stop_puts_it_back() -> None:
    one = trader()
    one.send(BUY, "0.01", stop_loss=d(63000))
    one.send(BUY, "0.01", "63900", stop_loss=d(62000))
    one.stop("63500")
    one.at("63890")
    assert prices(one)["StopLoss"] == (d("0.02"), 62000, SELL)


def test_an_amended_entry_brings_its_new_stop() -> None:
    one = trader()
    order = one.send(BUY, "0.01", "63900", stop_loss=d(62000))
    request = AmendRequest(
        target_link_id=order.order_link_id, category=Category.LINEAR, symbol=BTC, stop_loss=d(63000), take_profit=d(0)
    )
    one.engine.amend(one.account, request, one.markets)
    with pytest.raises(EngineRejected) as refused:
        one.engine.amend(one.account, request, one.markets)
    assert refused.value.code == 10001
    one.at("63890")
    assert prices(one) == {"StopLoss": (d("0.01"), 63000, SELL)}


def test_the_rows_follow_a_leg_that_shrinks_grows_and_turns() -> None:
    one = trader()
    one.send(BUY, "0.01", **FULL)
    one.send(SELL, "0.004")
    assert prices(one)["StopLoss"][0] == d("0.006")
    one.send(BUY, "0.001")
    assert prices(one)["StopLoss"][0] == d("0.007")
    one.send(SELL, "0.01")
    assert prices(one) == {}
    one.send(SELL, "0.01", stop_loss=d(65000))
    assert prices(one) == {"StopLoss": (d("0.013"), 65000, BUY)}


def test_an_amend_that_names_no_order_finds_none() -> None:
    one = trader()
    one.send(BUY, "0.01", **FULL)
    with pytest.raises(EngineRejected) as refused:
        one.engine.amend(one.account, AmendRequest(category=Category.LINEAR, symbol=BTC, qty=d("0.02")), one.markets)
    assert refused.value.code == 110001


def test_each_leg_of_hedge_mode_has_its_own() -> None:
    one = trader(mode=PositionMode.HEDGE)
    one.send(BUY, "0.01", position_idx=1, stop_loss=d(63000))
    one.send(SELL, "0.01", position_idx=2, stop_loss=d(65000))
    one.at("65010")
    assert (one.held(1).size, one.held(2).size) == (d("0.01"), 0)
    assert [each.position_idx for each in one.rows("StopLoss")] == [1]


def test_taking_a_row_back_takes_its_price_from_the_position() -> None:
    one = trader()
    one.send(BUY, "0.01", **FULL)
    [stop] = one.rows("StopLoss")
    assert one.cancel(stop).status == "Deactivated"
    assert (one.held().stop_loss, one.held().take_profit) == (None, 66000)
    with pytest.raises(EngineRejected) as refused:
        one.cancel(stop)
    assert refused.value.code == 110001


def test_partial_rows_are_of_what_their_order_filled_and_cancel_each_other() -> None:
    one = trader()
    one.send(BUY, "0.01", tpsl_mode=TpslMode.PARTIAL, stop_loss=d(63000), take_profit=d(66000))
    one.send(BUY, "0.02", tpsl_mode=TpslMode.PARTIAL, stop_loss=d(63500), take_profit=d(65000))
    stops = one.rows("PartialStopLoss")
    assert [(each.qty, each.trigger_price) for each in stops] == [(d("0.01"), 63000), (d("0.02"), 63500)]
    one.at("65010")
    assert one.held().size == d("0.01")
    assert [each.trigger_price for each in one.rows("PartialStopLoss")] == [63000]
    gone: EngineOrder = one.now(stops[1])
    assert gone.cancel_type == "CancelByOCOSlCanceledByTpTriggered"
    one.at("62990")
    assert not one.held().size
    assert not one.account.orders


def test_the_id_of_ours_is_free_again_once_its_order_is_closed_here_and_known_elsewhere() -> None:
    one = trader()
    one.send(BUY, "0.01", order_link_id=OrderLinkId("twice"))
    assert one.send(BUY, "0.01", order_link_id=OrderLinkId("twice")).status == "Filled"


def test_a_stop_needs_room_among_the_conditional_rows() -> None:
    one = trader()
    one.send(BUY, "0.01")
    for number in range(9):
        one.send(BUY, "0.001", trigger_price=d(65000 + number), trigger_direction=TriggerDirection.RISES)
    with pytest.raises(EngineRejected) as refused:
        one.stop("63000", "66000")
    assert refused.value.code == 110009
    one.stop("63000")
    one.stop("62000")
    assert prices(one)["StopLoss"][1] == 62000


def test_limits_give_way_to_a_target_that_waits_for_a_book() -> None:
    one = trader()
    one.send(BUY, "0.01", take_profit=d(66000))
    limit = one.send(SELL, "0.004", "66100", reduce_only=True)
    one.at("66050", depth=())
    [target] = one.account.orders.values()
    assert (target.stop_order_type, target.left) == ("TakeProfit", d("0.01"))
    assert one.now(limit).cancel_type == "CancelByReduceOnly"
    one.at("66200")
    assert not one.held().size


@pytest.mark.parametrize(("price", "left"), [("62990", "0"), ("66010", "0.01")])
def test_where_the_quota_counts_a_stop_makes_room_and_a_target_does_not(price: str, left: str) -> None:
    one = trader(engine=Engine(spares_market=False))
    one.send(BUY, "0.01", **FULL)
    limit = one.send(SELL, "0.01", "68000", reduce_only=True)
    with pytest.raises(EngineRejected) as refused:
        one.send(SELL, "0", reduce_only=True, close_on_trigger=True)
    assert refused.value.code == 110017
    one.at(price)
    assert one.held().size == d(left)
    assert (one.now(limit).cancel_type == "CancelByReduceOnly") == (left == "0")


def test_an_order_that_only_closes_brings_no_stop_of_its_own() -> None:
    one = trader()
    one.send(BUY, "0.01", **FULL)
    one.send(SELL, "0.004", stop_loss=d(65000))
    one.send(SELL, "0.002", stop_loss=d(65000), tpsl_mode=TpslMode.PARTIAL)
    assert prices(one) == {"StopLoss": (d("0.004"), 63000, SELL), "TakeProfit": (d("0.004"), 66000, SELL)}


def test_partial_rows_go_with_their_leg() -> None:
    one = trader()
    one.send(BUY, "0.01", tpsl_mode=TpslMode.PARTIAL, stop_loss=d(63000), take_profit=d(66000))
    one.send(SELL, "0.01")
    assert not one.account.orders
    assert {each.cancel_type for each in one.orders.values() if each.stop_order_type} == {"CancelByTpSlTsClear"}


def test_a_partial_row_grows_with_the_fills_of_its_order() -> None:
    one = trader()
    one.send(BUY, "0.01", "63990", tpsl_mode=TpslMode.PARTIAL, stop_loss=d(63000))
    for _ in range(2):
        one.at("63980", depth=((1, "0.004"),))
    assert prices(one) == {"PartialStopLoss": (d("0.008"), 63000, SELL)}
    assert len(one.rows("PartialStopLoss")) == 1
