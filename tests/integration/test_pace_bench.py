"""The measurement of hit rates: the rates of people who write at random are those of the times to live."""

from ops.bench.pace import run


async def test_a_time_to_live_alone_gives_the_hit_rates_that_the_formula_says() -> None:
    groups = [group async for group in run(people=100, warm_s=40, measured_s=100)]
    *rates, calls = groups[-1]
    far = [row for row in rates if row.baseline is None or abs(row.value - row.baseline) > 10]  # 2,000 messages
    assert not far
    assert [row.name.split(":")[0].removeprefix("hit rate, ") for row in rates] == [
        "user_config",
        "license",
        "balance",
        "position",
        "order",
        "api_response",
        "price",
    ]
    assert calls.value > 0.3, "balances, positions and orders of real accounts are asked of Bybit"
