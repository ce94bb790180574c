"""Subject and baselines take turns."""

import os

import pytest

from ops.bench.timing import on_one_core, quickest_of, take_turns


async def test_a_round_runs_each_once_and_the_order_turns() -> None:
    ran = []

    def loop(name: str) -> float:
        ran.append(name)
        return float(len(ran))

    async def ours() -> float:
        return loop("ours")

    async def bare() -> float:
        return loop("bare")

    assert await take_turns({"ours": ours, "bare": bare}, rounds=3) == {"ours": 4, "bare": 3}
    assert ran == ["ours", "bare", "bare", "ours", "ours", "bare"]


async def test_the_quickest_round_counts() -> None:
    times = iter((3.0, 1.0, 2.0))

    async def loop() -> float:
        return next(times)

    assert await quickest_of({"ours": loop}, rounds=3) == {"ours": 1.0}


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="cores can be chosen on Linux")
def test_one_core_is_kept_to_and_all_are_given_back() -> None:
    cores = os.sched_getaffinity(0)
    with on_one_core():
        assert os.sched_getaffinity(0) == {min(cores)}
    assert os.sched_getaffinity(0) == cores
