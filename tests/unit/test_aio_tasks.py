"""Tasks beside the work: none is lost, none fails in silence, closing ends all."""

import asyncio
from contextlib import suppress
from contextvars import Context, ContextVar

import pytest

from bot.aio.tasks import TaskSet
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt

_word: ContextVar[str] = ContextVar("word", default="nothing")


async def fail(error: BaseException) -> None:
    await asyncio.sleep(0)
    raise error


async def test_a_task_is_known_until_it_ends_and_its_answer_can_be_awaited() -> None:
    tasks, go_on = TaskSet(), asyncio.Event()

    async def work() -> int:
        await go_on.wait()
        return 7

    task = tasks.spawn(work(), "work")
    assert (len(tasks), task.get_name()) == (1, "work")
    go_on.set()
    assert await task == 7
    assert await tasks.join() == 0
    assert len(tasks) == 0


async def test_an_error_is_logged_with_the_tasks_name(caplog: pytest.LogCaptureFixture) -> None:
    tasks = TaskSet()
    tasks.start(fail(ValueError("a fault")), "lane of a user")
    await tasks.join()
    (record,) = caplog.records
    assert record.message == "lane of a user failed"
    assert "a fault" in caplog.text


async def test_an_expected_error_is_left_to_who_awaits_and_others_are_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks = TaskSet()
    expected = tasks.spawn(fail(KeyError("seen")), "one", expected=LookupError)
    tasks.spawn(fail(ValueError("not seen")), "two", expected=(LookupError, OSError))
    await tasks.join()
    assert [record.message for record in caplog.records] == ["two failed"]
    with pytest.raises(KeyError):
        await expected


async def test_a_cancellation_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    tasks = TaskSet()
    task = tasks.spawn(asyncio.Event().wait(), "waits")
    await asyncio.sleep(0)
    task.cancel()
    assert await tasks.join() == 0
    assert caplog.records == []


async def test_join_waits_for_what_is_begun_meanwhile_and_no_longer_than_it_may() -> None:
    tasks, go_on, ended = TaskSet(), asyncio.Event(), []

    async def second() -> None:
        await go_on.wait()
        ended.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        tasks.start(second(), "second")

    tasks.start(first(), "first")
    joining = asyncio.create_task(tasks.join())
    assert await tasks.join(0.005) == 1
    assert len(tasks) == 1, "who joins cancels nothing"
    assert not joining.done()
    go_on.set()
    assert await joining == 0
    assert ended == ["second"]


async def test_closing_cancels_waits_for_the_ends_and_takes_along_what_they_begin() -> None:
    tasks, ended = TaskSet(), []

    async def work(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(name)
            if name == "first":
                tasks.start(work("begun at the end"), "late")
                await asyncio.sleep(0)

    tasks.start(work("first"), "first")
    tasks.start(work("second"), "second")
    await asyncio.sleep(0)
    await tasks.close()
    assert sorted(ended) == ["begun at the end", "first", "second"]
    assert len(tasks) == 0
    await tasks.close()


@pytest.mark.virtual_time
async def test_what_does_not_end_when_it_is_canceled_is_told_by_name_and_left(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks, go_on = TaskSet(), asyncio.Event()

    async def stubborn() -> None:
        while not go_on.is_set():
            with suppress(asyncio.CancelledError):
                await go_on.wait()

    left, ended = tasks.spawn(stubborn(), "stubborn"), tasks.spawn(asyncio.Event().wait(), "obedient")
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(60):
            await tasks.close()
        assert ended.cancelled()
        assert not left.done()
    finally:
        go_on.set()
    await left
    assert [record.message for record in caplog.records] == [
        "stubborn was canceled and has not ended after 3 s: it is left"
    ]


async def test_a_grace_lets_what_is_quick_end_by_itself() -> None:
    tasks, ended = TaskSet(), []

    async def work(seconds: float) -> None:
        await asyncio.sleep(seconds)
        ended.append(seconds)

    tasks.start(work(0.001), "quick")
    slow = tasks.spawn(work(60), "slow")
    await tasks.close(grace_s=0.02)
    assert ended == [0.001]
    assert slow.cancelled()


async def test_a_task_sees_its_callers_context_without_the_attempt_or_an_empty_one() -> None:
    tasks = TaskSet()

    async def seen() -> tuple[str, UpdateAttempt | None]:
        return _word.get(), current_attempt.get()

    async def handle() -> None:
        current_attempt.set(UpdateAttempt(UpdateId(7)))
        _word.set("a word")
        heir, stranger = tasks.spawn(seen(), "heir"), tasks.spawn(seen(), "stranger", context=Context())
        assert (await heir, await stranger) == (("a word", None), ("nothing", None))
        assert current_attempt.get() is not None

    await asyncio.create_task(handle())


async def test_leaving_its_block_closes_it() -> None:
    async with TaskSet() as tasks:
        task = tasks.spawn(asyncio.Event().wait(), "waiting")
        assert len(tasks) == 1
    assert task.cancelled()
    assert len(tasks) == 0
