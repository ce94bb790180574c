"""The rows of price alerts in the benchmark, on a few alerts."""

from ops.bench import alerts


async def test_every_row_is_measured() -> None:
    rows = [row async for group in alerts.run(people=40, ticks=4, rounds=1) for row in group]
    assert len(rows) == 2
    assert all(row.value > 0 and row.unit == "µs" and row.baseline for row in rows)
