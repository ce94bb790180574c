"""The engine's rows of the benchmark, on a few operations."""

from ops.bench import engine


async def test_every_row_is_measured() -> None:
    rows = [row async for group in engine.run(each=4, rounds=1) for row in group]
    assert len(rows) == 3
    assert all(row.value > 0 and row.unit == "/s" for row in rows)
