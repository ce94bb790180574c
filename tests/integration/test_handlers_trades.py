"""/fills: what closes brought, funding, sums of the day, through the whole bot."""

from decimal import Decimal

from harness.app import Harness, said
from harness.storage import execution

from bot.domain.ids import Millis, Symbol
from bot.domain.portfolio import Side
from bot.domain.trades import ClosedPnl

CLOSED = "/v5/position/closed-pnl"


def closing(harness: Harness) -> None:
    """Bitcoin bought, sold in two fills of one order, funding paid in between."""
    now = harness.clock.now()
    harness.bybit.fills = (
        execution("e4", order_id="out", side=Side.SELL, exec_fee=Decimal("0.2"), exec_ts=Millis(now - 1000)),
        execution("e3", order_id="out", side=Side.SELL, exec_fee=Decimal("0.2"), exec_ts=Millis(now - 1500)),
        execution("e2", order_id="", exec_type="Funding", exec_fee=Decimal("0.5216"), exec_ts=Millis(now - 2000)),
        execution("e1", order_id="in", exec_fee=Decimal("0.35201234"), exec_ts=Millis(now - 3000)),
    )
    harness.bybit.closed = (ClosedPnl(symbol=Symbol("BTCUSDT"), order_id="out", pnl=Decimal("12.40493")),)


async def test_a_close_shows_what_it_brought_and_the_day_its_sums(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    closing(harness)
    text = (await said(anna, "/fills")).text.replace("\u00a0", " ")
    for words in (
        "PnL +12.40 USDT after fees · fees paid 0.752 USDT · funding −0.522",
        "Sell 0.02",
        "PnL +12.40",
        "funding −0.522",
        "fee 0.352",
    ):
        assert words in text, text


async def test_trades_stand_without_results_where_those_alone_can_not_be_had(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    closing(harness)
    harness.bybit.refused_paths[CLOSED] = 10005
    text = (await said(anna, "/fills")).text
    assert "Sell 0.02" in text
    assert "PnL" not in text


async def test_practice_closes_are_reckoned_from_their_fills(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    now = harness.clock.now()
    await harness.hold(
        positions=(),
        orders=(),
        fills=(
            execution("in", order_id="in", exec_price=Decimal(60_000), exec_fee=Decimal("0.33"),
                      exec_ts=Millis(now - 9000)),
            execution("out", order_id="out", side=Side.SELL, exec_price=Decimal(61_000), exec_fee=Decimal("0.34"),
                      closed_size=Decimal("0.010"), exec_ts=now),
        ),
    )  # fmt: skip
    text = (await said(anna, "/fills")).text.replace("\u00a0", " ")
    assert "PnL +9.33 USDT after fees" in text, text
