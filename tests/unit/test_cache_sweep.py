"""The sweep of the job: all that has expired goes, in steps that let others in."""

import asyncio

from harness.cache import Source
from harness.fakes import FakeClock

from bot.domain.ids import UserId
from cache.regions import SWEEP_AT_ONCE

MANY = 3 * SWEEP_AT_ONCE + 1


async def test_a_sweep_goes_on_behind_its_first_step_and_lets_others_in() -> None:
    clock, source = FakeClock(), Source()
    reads = source.reads(clock=clock)
    for number in range(MANY):
        await reads.user_config(UserId(number + 1))
    clock.advance(3_600)
    others = 0

    async def other() -> None:
        nonlocal others
        while True:
            others += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    await reads.sweep_in_steps()
    beside.cancel()
    assert {stats.name: stats.size for stats in reads.stats()}["user_config"] == 0
    assert others >= MANY // SWEEP_AT_ONCE
