"""Executions that a stream tells: when they are everything, and when REST is to be asked."""

from dataclasses import replace
from decimal import Decimal

from harness.storage import execution, order

from bot.domain.ids import Millis
from bot.domain.portfolio import Execution, Order
from bot.exchange.bybit.streams.told_fills import KEPT, ToldFills


def fill(number: int, qty: str = "1", order_id: str = "o-1") -> Execution:
    return execution(f"e-{number}", order_id=order_id, exec_qty=Decimal(qty), exec_ts=Millis(number))


def filled(qty: str, updated: int = 50) -> Order:
    return order("o-1", cum_exec_qty=Decimal(qty), updated_ts=Millis(updated))


def test_nothing_is_whole_before_rest_has_answered_once() -> None:
    told = ToldFills()
    told.hear([fill(20)])
    assert told.since(Millis(10), ()) is None
    told.take([fill(15), fill(20)], Millis(10))
    assert told.since(Millis(10), ()) == (fill(15), fill(20))
    assert told.since(Millis(16), ()) == (fill(20),)
    assert told.since(Millis(9), ()) is None


def test_an_order_of_which_more_was_executed_than_was_told_is_asked_about() -> None:
    told = ToldFills()
    told.take([fill(15), fill(20)], Millis(10))
    assert told.since(Millis(10), [filled("2")]) is not None
    assert told.since(Millis(10), [filled("3")]) is None
    assert told.since(Millis(10), [filled("3", updated=9)]) is not None  # before what is known of


def test_what_can_not_be_read_or_is_thrown_out_is_asked_for() -> None:
    told = ToldFills()
    told.take([], Millis(0))
    told.hear(fill(number) for number in range(1, KEPT + 2))
    assert told.since(Millis(1), ()) is None
    assert told.since(Millis(2), ()) is not None
    told.lose()
    assert told.since(Millis(2), ()) is None


def test_a_fill_that_lacks_a_figure_is_asked_for_and_rest_s_word_stands() -> None:
    told, lacking = ToldFills(), replace(fill(15), exec_fee=None)
    told.take([], Millis(10))
    told.hear([lacking])
    assert told.since(Millis(10), ()) is None
    told.take([fill(15)], Millis(10))
    told.hear([lacking])
    assert told.since(Millis(10), [filled("1")]) == (fill(15),)
    assert told.since(Millis(10), [filled("2")]) is None, "counted once"
