"""A step runs to its end whoever is canceled meanwhile."""

import asyncio

import pytest

from bot.aio.shielded import shielded


class Step:
    def __init__(self, error: Exception | None = None) -> None:
        self.began, self.go_on, self.is_done, self.error = asyncio.Event(), asyncio.Event(), False, error

    async def run(self) -> int:
        self.began.set()
        await self.go_on.wait()
        self.is_done = True
        if self.error is not None:
            raise self.error
        return 7


async def test_the_answer_and_the_error_reach_the_caller() -> None:
    step = Step()
    step.go_on.set()
    assert await shielded(step.run()) == 7
    failing = Step(ValueError("a fault"))
    failing.go_on.set()
    with pytest.raises(ValueError, match="a fault"):
        await shielded(failing.run())


async def test_a_canceled_caller_returns_after_the_end_however_often_it_is_canceled() -> None:
    step = Step()
    caller = asyncio.create_task(shielded(step.run()))
    await step.began.wait()
    for _ in range(3):
        caller.cancel()
        await asyncio.sleep(0)
        assert not caller.done()
    step.go_on.set()
    await asyncio.wait({caller})
    assert step.is_done
    assert caller.cancelled()


async def test_a_failure_that_the_cancellation_hides_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    step = Step(ValueError("a fault"))
    caller = asyncio.create_task(shielded(step.run()))
    await step.began.wait()
    caller.cancel()
    step.go_on.set()
    await asyncio.wait({caller})
    assert caller.cancelled()
    assert "a step that could not be canceled failed" in caplog.text
    assert "a fault" in caplog.text
