"""A value that is exactly a bucket's bound belongs to that bucket, as Prometheus' `le` says."""

import pytest
from harness.cache import key
from harness.fakes import FakeClock

from bot.exchange.meter import BUCKETS, Meter
from cache.policy import POSITION
from cache.region import Region
from cache.stats import LOAD_SECONDS


@pytest.mark.parametrize(("place", "seconds"), list(enumerate(BUCKETS)))
def test_a_call_that_takes_just_the_bound_is_within_it(place: int, seconds: float) -> None:
    meter = Meter()
    meter.observe(seconds)
    assert meter.latency().counts.index(1) == place


@pytest.mark.parametrize(("place", "seconds"), list(enumerate(LOAD_SECONDS)))
async def test_a_load_that_takes_just_the_bound_is_within_it(place: int, seconds: float) -> None:
    clock = FakeClock()
    clock.seconds = 0.0
    region = Region(POSITION, clock)

    async def load(_: object) -> None:
        clock.seconds = seconds

    await region.get(key(1), load, None)
    assert region.stats().load_seconds.counts.index(1) == place
