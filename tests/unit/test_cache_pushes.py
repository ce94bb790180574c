"""Pushed values in the regions: they live while they are renewed, and nothing that was dropped comes back by that."""

import asyncio
from dataclasses import replace

import pytest
from harness.cache import Source, account
from harness.fakes import FakeClock

from bot.domain.events import OrderFilled
from bot.domain.ids import Millis
from bot.domain.portfolio import Positions
from cache.facade import CachedReads
from cache.pushes import CachePushes
from cache.regions import Regions

MAIN = account(1, 12)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def regions(clock: FakeClock) -> Regions:
    return Regions(clock=clock)


@pytest.fixture
def reads(source: Source, regions: Regions, clock: FakeClock) -> CachedReads:
    return source.reads(clock=clock, regions=regions)


def flat(clock: FakeClock) -> Positions:
    return Positions(account_id=MAIN.account_id, items=(), as_of=clock.now())


async def test_a_pushed_value_lives_while_it_is_renewed(reads: CachedReads, regions: Regions, clock: FakeClock) -> None:
    pushes, value = CachePushes(regions), flat(clock)
    pushes.push(MAIN, value, good_for=45)
    for _ in range(5):
        clock.advance(40)
        again = replace(value, as_of=clock.now())
        assert pushes.renew(MAIN, again, value, good_for=45)
        value = again
        assert await reads.positions(MAIN) is value
    clock.advance(46)
    assert await reads.positions(MAIN) is not value


async def test_a_renewal_brings_nothing_back_that_a_commit_dropped(
    reads: CachedReads, regions: Regions, clock: FakeClock
) -> None:
    pushes, value = CachePushes(regions), flat(clock)
    pushes.push(MAIN, value, good_for=45)
    reads.invalidate(
        [
            OrderFilled(
                user_id=MAIN.user_id, account_id=MAIN.account_id, exchange=MAIN.exchange, account_type=MAIN.account_type
            )
        ]
    )
    assert not pushes.renew(MAIN, flat(clock), value, good_for=45)
    assert await reads.positions(MAIN) is not value


async def test_the_end_of_the_heartbeat_ends_what_was_pushed_and_nothing_else(
    reads: CachedReads, regions: Regions, clock: FakeClock, source: Source
) -> None:
    pushes, value = CachePushes(regions), flat(clock)
    pushes.push(MAIN, value, good_for=45)
    pushes.end(MAIN, value)
    loaded = await reads.positions(MAIN)
    assert loaded is not value
    pushes.end(MAIN, value)
    assert await reads.positions(MAIN) is loaded
    assert sum(source.asked.values()) == 1


async def test_a_read_that_began_before_the_push_is_not_kept(
    reads: CachedReads, regions: Regions, clock: FakeClock, source: Source
) -> None:
    source.gate = asyncio.Event()
    reading = asyncio.create_task(reads.positions(MAIN))
    await asyncio.sleep(0)
    value = flat(clock)
    CachePushes(regions).push(MAIN, value, good_for=45)
    source.gate.set()
    assert await reading is not value
    assert await reads.positions(MAIN) is value


async def test_an_old_moment_shortens_the_life(reads: CachedReads, regions: Regions, clock: FakeClock) -> None:
    value = replace(flat(clock), as_of=Millis(clock.now() - 44_000))
    CachePushes(regions).push(MAIN, value, good_for=45)
    clock.advance(2)
    assert await reads.positions(MAIN) is not value
