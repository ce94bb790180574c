"""Realized profit at average cost, fill by fill."""

from decimal import Decimal
from itertools import count

from bot.domain.accounts import AccountType
from bot.domain.ids import Millis, UserId
from bot.domain.profit import Profits
from bot.domain.reports import OwnedExecution

IDS = count(1)


def fill(
    side: str, size: str, price: str, *, closed: str = "0", fee: str = "0", ts: int = 100, coin: str = "USDT"
) -> OwnedExecution:
    return OwnedExecution(
        user_id=UserId(1),
        account_id=7,
        account_type=AccountType.LIVE,
        symbol="BTCUSDT",
        is_buy=side == "buy",
        price=Decimal(price),
        size=Decimal(size),
        closed=Decimal(closed),
        fee=Decimal(fee),
        fee_currency=coin,
        fill_id=next(IDS),
        ts=Millis(ts),
    )


def pnl(*fills: OwnedExecution, since: int = 0) -> Decimal:
    profits = Profits(since=Millis(since))
    profits.add(fills)
    return profits.accounts[7].pnl


def test_a_long_and_a_short() -> None:
    assert pnl(fill("buy", "2", "100"), fill("sell", "2", "110", closed="2")) == 20
    assert pnl(fill("sell", "2", "100"), fill("buy", "2", "110", closed="2")) == -20


def test_the_cost_is_the_mean_and_what_stays_open_counts_nothing() -> None:
    assert pnl(fill("buy", "1", "100"), fill("buy", "1", "200"), fill("sell", "1", "160", closed="1")) == 10


def test_fees_are_taken_off_in_the_quote_coin_alone() -> None:
    assert pnl(fill("buy", "1", "100", fee="0.5"), fill("sell", "1", "110", closed="1", fee="0.25")) == Decimal("9.25")
    assert pnl(fill("buy", "1", "100", fee="0.001", coin="BTC")) == 0


def test_one_fill_that_turns_a_position_round() -> None:
    turned = fill("sell", "3", "110", closed="1")
    assert pnl(fill("buy", "1", "100"), turned, fill("buy", "2", "100", closed="2")) == 30


def test_a_position_from_before_the_log_is_not_guessed() -> None:
    assert pnl(fill("sell", "5", "110", closed="5")) == 0
    assert pnl(fill("buy", "1", "100"), fill("sell", "3", "110", closed="3")) == 10


def test_the_two_legs_of_hedge_mode_are_apart() -> None:
    assert (
        pnl(
            fill("buy", "1", "100"),
            fill("sell", "1", "120"),
            fill("sell", "1", "130", closed="1"),
            fill("buy", "1", "110", closed="1"),
        )
        == 40
    )


def test_what_was_before_sets_the_cost_and_does_not_count() -> None:
    old = (fill("buy", "2", "100", ts=10), fill("sell", "1", "200", closed="1", ts=20))
    assert pnl(*old, fill("sell", "1", "150", closed="1", ts=100), since=50) == 50
