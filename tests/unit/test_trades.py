"""What fills come to: realized PnL as Bybit reckons it, trades of orders, sums of a day."""

from decimal import Decimal
from typing import Any

from harness.storage import NOW, execution
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import AccountId, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Execution, Executions, Side
from bot.domain.trades import ClosedPnl, closed_pnls, sums_of, trades_of

D = Decimal
ETH = Symbol("ETHUSDT")


def fill(order: str, side: Side, qty: str, price: str, *, closes: str = "0", fee: str = "0", **more: Any) -> Execution:
    return execution(
        f"e-{order}-{qty}-{price}",
        order_id=order,
        symbol=ETH,
        side=side,
        exec_qty=D(qty),
        exec_price=D(price),
        closed_size=D(closes),
        exec_fee=D(fee),
        **more,
    )


def fills(*items: Execution, **more: Any) -> Executions:
    return Executions(account_id=AccountId(1), items=items, as_of=NOW, **more)


def test_the_example_of_bybits_documentation() -> None:
    """A long of 3 closed: entry value 3584.9255, exit value 3541.795, 0.06 % of both, -47.4065323."""
    entry, exit_, rate = D("3584.9255"), D("3541.795"), D("0.0006")
    opened = fill("in", Side.BUY, "3", str(entry / 3), fee=str(entry * rate))
    closed = fill("out", Side.SELL, "3", str(exit_ / 3), closes="3", fee=str(exit_ * rate))
    (found,) = closed_pnls([opened, closed])
    assert found.order_id == "out"
    assert round(found.pnl, 6) == D("-47.406532")


def test_a_part_of_a_short_bears_its_part_of_the_fee_of_opening() -> None:
    opened = fill("in", Side.SELL, "4", "100", fee="4")
    first = fill("first", Side.BUY, "1", "90", closes="1", fee="0.5")
    second = fill("second", Side.BUY, "3", "110", closes="3", fee="1.5")
    assert [each.pnl for each in closed_pnls([opened, first, second])] == [D("8.5"), D("-34.5")]


def test_a_fill_that_turns_a_position_around_closes_and_opens() -> None:
    long = fill("long", Side.BUY, "1", "100")
    turn = fill("turn", Side.SELL, "3", "120", closes="1", fee="3")
    back = fill("back", Side.BUY, "2", "110", closes="2")
    assert [each.pnl for each in closed_pnls([long, turn, back])] == [D(19), D(18)]


def test_a_close_of_what_was_opened_before_is_not_guessed() -> None:
    assert closed_pnls([fill("out", Side.SELL, "1", "100", closes="1")]) == ()


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 500), st.integers(0, 9)), min_size=1, max_size=6))
def test_over_a_round_trip_the_results_are_all_that_was_earned_less_all_fees(steps: list[tuple[int, int, int]]) -> None:
    opened = [fill(f"in{n}", Side.BUY, str(q), str(p), fee=str(f)) for n, (q, p, f) in enumerate(steps)]
    sold = [
        fill(f"out{n}", Side.SELL, str(q), str(p + 7), closes=str(q), fee=str(f)) for n, (q, p, f) in enumerate(steps)
    ]
    earned = sum(7 * q for q, _, _ in steps) - 2 * sum(f for _, _, f in steps)
    assert abs(sum(each.pnl for each in closed_pnls([*opened, *sold])) - earned) < D("1e-15")


def test_the_fills_of_an_order_are_one_trade_at_their_average_price() -> None:
    items = fills(
        fill("out", Side.SELL, "1", "110", closes="1", fee="0.2"),
        fill("in", Side.BUY, "1", "101", fee="0.3"),
        fill("in", Side.BUY, "3", "105", fee="0.1"),
    )
    trades = trades_of(items, [ClosedPnl(symbol=ETH, order_id="out", pnl=D("5.5"))])
    assert [(each.size, each.price, each.fee, each.pnl) for each in trades.items] == [
        (D(1), D(110), D("0.2"), D("5.5")),
        (D(4), D(104), D("0.4"), None),
    ]


def test_spot_has_no_realized_pnl_even_under_the_same_order_id() -> None:
    spot = fill("out", Side.SELL, "1", "110", category=Category.SPOT)
    (trade,) = trades_of(fills(spot), [ClosedPnl(symbol=ETH, order_id="out", pnl=D(5))]).items
    assert trade.pnl is None


def test_what_a_day_came_to_has_funding_with_its_own_sign() -> None:
    items = fills(
        fill("out", Side.SELL, "1", "110", closes="1", fee="0.2"),
        fill("f1", Side.BUY, "1", "100", fee="0.5", exec_type="Funding"),
        fill("f2", Side.BUY, "1", "100", fee="-0.2", exec_type="Funding"),
        fill("mnt", Side.BUY, "1", "100", fee="3", fee_currency="MNT"),
    )
    sums = sums_of(trades_of(items, [ClosedPnl(symbol=ETH, order_id="out", pnl=D("5.5"))]).items)
    assert (sums.pnl, sums.funding) == (D("5.5"), D("-0.3")), "paid funding is a loss"
    assert dict(sums.fees) == {"USDT": D("0.2"), "MNT": D(3)}
