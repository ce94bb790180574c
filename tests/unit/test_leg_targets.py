"""What of a position each target closes."""

from decimal import Decimal

import pytest

from bot.domain.ids import Symbol
from bot.domain.leg_targets import earlier_quantities
from bot.domain.market import Category, Instrument
from bot.domain.trade_plans import PlannedTarget

D = Decimal
THIRD = D(1) / 3
BTC = Instrument(
    category=Category.LINEAR,
    symbol=Symbol("BTCUSDT"),
    status="Trading",
    base_coin="BTC",
    quote_coin="USDT",
    tick_size=D("0.1"),
    qty_step=D("0.001"),
    min_order_qty=D("0.001"),
    max_order_qty=None,
    max_market_order_qty=None,
    min_notional=D(5),
    max_leverage=D(100),
)


def targets(*shares: Decimal) -> tuple[PlannedTarget, ...]:
    return tuple(PlannedTarget(number=n, price=D(64_000), share=share) for n, share in enumerate(shares, 1))


@pytest.mark.parametrize("whole", ["0.003", "0.3", "3", "3000"])
def test_a_third_of_what_is_divisible_by_three_is_a_third(whole: str) -> None:
    found = earlier_quantities(targets(THIRD, THIRD, 1 - 2 * THIRD), D(whole), BTC)
    assert found == {1: D(whole) / 3, 2: D(whole) / 3}


def test_what_is_too_small_joins_the_next_and_comes_back_with_it() -> None:
    found = earlier_quantities(targets(D("0.2"), D("0.4"), D("0.4")), D("0.004"), BTC)
    assert found == {1: 0, 2: D("0.002")}
