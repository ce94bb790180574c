"""The tests' own means: waits that name what did not come, and a loop whose time costs nothing."""

import asyncio
import time

import pytest
from harness.virtual_time import LoopClock
from harness.waiting import NeverCameError, until, until_now


@pytest.mark.virtual_time
async def test_a_wait_ends_with_the_first_true_answer_of_a_call_or_a_coroutine() -> None:
    answers = iter([0, None, 7])

    async def later() -> str:
        await asyncio.sleep(1)
        return "here"

    assert await until(lambda: next(answers), what="a seven") == 7
    assert await until(later, what="a word") == "here"
    assert until_now(lambda: "now", what="a word") == "now"


@pytest.mark.virtual_time
async def test_a_wait_in_vain_names_what_did_not_come() -> None:
    with pytest.raises(NeverCameError, match=r"waited 90 s for this, in vain: the flood"):
        await until(lambda: False, what="the flood")
    with pytest.raises(NeverCameError, match=r"waited 0 s for this, in vain: the flood"):
        until_now(lambda: False, what="the flood", limit=0)


async def test_a_time_out_of_the_condition_is_not_taken_for_the_waits() -> None:
    async def fails() -> bool:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await until(fails, what="anything")


@pytest.mark.virtual_time
async def test_virtual_hours_are_exact_and_take_no_time() -> None:
    began, clock = time.monotonic(), LoopClock()
    seconds, millis = clock.monotonic(), clock.now()
    await asyncio.gather(*(asyncio.sleep(hours * 3600) for hours in range(1, 101)))
    assert clock.monotonic() - seconds == pytest.approx(360_000)
    assert clock.now() - millis == pytest.approx(360_000_000, abs=1)
    assert time.monotonic() - began < 3600


async def test_other_tests_run_in_real_time() -> None:
    assert asyncio.get_running_loop().time() == pytest.approx(time.monotonic(), abs=60)
