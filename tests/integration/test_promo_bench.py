"""Rows of the bench about commits come about: both sides write, on databases that opened before."""

from ops.bench import intents, promo
from ops.bench.dataset import Sizes

SMALL = Sizes(users=50, positions=10, trade_logs=10, pending=10, licenses=10, signals=10)


async def test_redemptions_are_measured_on_both_sides() -> None:
    rows = [row async for group in promo.run(SMALL, each=5) for row in group]
    assert [row.unit for row in rows] == ["ms", "ms"]
    assert all(row.value > 0 and row.baseline for row in rows)


async def test_an_intent_is_written_on_both_sides() -> None:
    (row,) = await intents.rows(rounds=2)
    assert row.value > 0
    assert row.baseline
