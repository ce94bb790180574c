"""Jobs that run for ever, in time that is turned by hand: what fails is counted and told, and never ends them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness.exchange import TurnedTime, settle

from bot.aio.periodic import Jobs, Pace, Periodic


class Refused(Exception):  # noqa: N818  named by what it is
    """What the outside answers now and then."""


@dataclass
class Work:
    """Rounds that end as `script` says: an answer, or an error; beyond it the answer is 0."""

    time: TurnedTime
    script: list[object] = field(default_factory=list)
    began: list[float] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def __call__(self) -> Any:
        self.began.append(round(self.time.seconds - 1000, 3))
        if self.gate is not None:
            await self.gate.wait()
        answer = self.script.pop(0) if self.script else 0
        if isinstance(answer, BaseException):
            raise answer
        return answer


def job_of(
    work: Work, name: str = "refunds", *, every_s: float | Callable[[Any], float | Pace] = 10, **more: Any
) -> Any:
    return Periodic(name, work, clock=work.time, later=work.time.later, every_s=every_s, **more)


@asynccontextmanager
async def running(*jobs: Periodic[Any]) -> AsyncIterator[Jobs]:
    async with Jobs(jobs).open() as opened:
        await settle()
        yield opened


async def test_a_job_begins_at_once_and_runs_again_after_each_pause() -> None:
    work = Work(TurnedTime())
    async with running(job_of(work)):
        await work.time.advance(25)
        assert work.began == [0, 10, 20]


async def test_the_first_round_may_wait() -> None:
    work = Work(TurnedTime())
    async with running(job_of(work, first_s=3)):
        await work.time.advance(14)
        assert work.began == [3, 13]


async def test_the_pause_counts_from_the_end_of_a_round() -> None:
    work = Work(TurnedTime(), gate=asyncio.Event())
    assert work.gate is not None
    async with running(job_of(work)):
        await work.time.advance(15)
        assert work.began == [0], "no second round beside the first"
        work.gate.set()
        await work.time.advance(9)
        assert work.began == [0]
        await work.time.advance(1)
        assert work.began == [0, 25]


async def test_a_rounds_answer_may_choose_the_pause() -> None:
    work = Work(TurnedTime(), script=[2, 5, Refused("no"), 1, 9])
    async with running(job_of(work, every_s=lambda answer: answer * 10, retry_s=3)):
        await work.time.advance(84)
        assert work.began == [0, 20, 70, 73, 83]


async def test_jitter_draws_a_part_of_each_pause() -> None:
    work = Work(TurnedTime())
    drawn = iter([0.0, 0.5, 1.0, 0.0])
    async with running(job_of(work, jitter=0.4, randomness=lambda: next(drawn))):
        await work.time.advance(17)
        assert work.began == [0, 8, 14]


async def test_a_failed_round_is_logged_and_counted_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(TurnedTime(), script=[Refused("the disk is full"), Refused("still"), 0])
    job = job_of(work)
    async with running(job):
        await work.time.advance(10)
        stats = job.stats()
        assert (stats.rounds, stats.failures, stats.failures_in_a_row) == (0, 2, 2)
        assert (stats.last_success, stats.age_s) == (None, None)
        await work.time.advance(14)
        stats = job.stats()
        assert (stats.rounds, stats.failures, stats.failures_in_a_row) == (1, 2, 0)
        assert (stats.last_success, stats.age_s) == (work.time.now() - 4000, 4)
    assert [record.message for record in caplog.records] == ["the job refunds failed"] * 2
    assert "the disk is full" in caplog.text
    assert all(record.exc_info for record in caplog.records)


async def test_an_expected_error_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(TurnedTime(), script=[Refused("Telegram is down"), ValueError("a fault")])
    job = job_of(work, expected=(Refused,))
    async with running(job):
        await work.time.advance(10)
    first, second = caplog.records
    assert (first.levelno, first.message) == (logging.WARNING, "the job refunds failed: Telegram is down")
    assert first.exc_info is None
    assert second.levelno == logging.ERROR
    assert second.exc_info
    assert job.stats().failures == 2


async def test_a_pause_that_cannot_be_chosen_is_a_failed_round() -> None:
    work = Work(TurnedTime(), script=["no number"])
    job = job_of(work, every_s=lambda answer: answer + 1, retry_s=2)
    async with running(job):
        await work.time.advance(2)
        assert (job.stats().failures, job.stats().rounds) == (1, 1)
        assert work.began == [0, 2]


async def test_a_cancellation_inside_a_round_is_a_failed_round_and_one_from_outside_ends_the_job() -> None:
    work = Work(TurnedTime(), script=[asyncio.CancelledError()])
    job = job_of(work)
    running_job = asyncio.create_task(job.run())
    await work.time.advance(10)
    assert (job.stats().failures, job.stats().rounds) == (1, 1)
    assert job.stats().is_running
    work.gate = asyncio.Event()
    await work.time.advance(10)
    assert len(work.began) == 3
    running_job.cancel()
    await asyncio.wait({running_job})
    assert running_job.cancelled()
    assert not job.stats().is_running
    assert job.stats().failures == 1


async def test_a_round_that_keeps_its_cancellation_to_itself_is_the_last_one() -> None:
    began = 0

    async def stubborn() -> None:
        nonlocal began
        began += 1
        with suppress(*([asyncio.CancelledError] if began == 1 else [])):
            await asyncio.Event().wait()

    job: Periodic[None] = Periodic("stubborn", stubborn, clock=TurnedTime(), every_s=0)
    running_job = asyncio.create_task(job.run())
    await settle()
    running_job.cancel()
    await settle()
    try:
        assert running_job.cancelled()
    finally:
        running_job.cancel()
    assert began == 1
    assert job.stats().rounds == 1


async def test_waking_runs_it_at_once_and_once_more_if_a_round_is_under_way() -> None:
    work = Work(TurnedTime())
    job = job_of(work)
    async with running(job):
        await work.time.advance(4)
        job.wake()
        job.wake()
        await settle()
        assert work.began == [0, 4]
        work.gate = asyncio.Event()
        await work.time.advance(10)
        job.wake()
        await settle()
        assert work.began == [0, 4, 14]
        work.gate.set()
        await settle()
        assert work.began == [0, 4, 14, 14]
        await work.time.advance(9)
        assert len(work.began) == 4, "the timers of the pauses that were cut short are gone"


async def test_waking_does_not_cut_short_a_pause_that_keeps_a_rate() -> None:
    work = Work(TurnedTime(), script=[1, 1])
    job = job_of(work, every_s=lambda answer: Pace(5) if answer else 30.0, retry_s=30)
    async with running(job):
        await work.time.advance(2)
        job.wake()
        await work.time.advance(2)
        assert work.began == [0]
        await work.time.advance(6)
        assert work.began == [0, 5, 10]
        await work.time.advance(5)
        assert len(work.began) == 3, "what it was woken for was seen by the second round"
        job.wake()
        await settle()
        assert work.began == [0, 5, 10, 15]


async def test_who_was_made_before_the_job_wakes_it_by_its_event() -> None:
    work, due = Work(TurnedTime()), asyncio.Event()
    async with running(job_of(work, due=due)):
        await work.time.advance(4)
        due.set()
        await settle()
        assert work.began == [0, 4]


# --- readiness ------------------------------------------------------------------------------------------------


async def test_a_job_that_fails_for_too_long_is_trouble_until_it_succeeds() -> None:
    work = Work(TurnedTime(), script=[0, *[Refused("no")] * 3])
    job = job_of(work, every_s=240, late_after_s=700)
    async with running(job) as jobs:
        await work.time.advance(700)
        assert jobs.trouble() == ()
        await work.time.advance(20)
        assert jobs.trouble() == ("the job `refunds` has failed 3 times in a row; last success 12 min ago",)
        assert job.stats().is_late
        await work.time.advance(240)
        assert jobs.trouble() == ()
        assert not job.stats().is_late


async def test_one_that_never_succeeded_and_one_that_hangs_are_trouble_too() -> None:
    time = TurnedTime()
    failing = job_of(Work(time, script=[Refused("no")]), "failing", every_s=40, retry_s=1e6, late_after_s=50)
    hanging = job_of(Work(time, gate=asyncio.Event()), "hanging", every_s=5, late_after_s=7200)
    careless = job_of(Work(time, gate=asyncio.Event()), "careless")
    async with running(failing, hanging, careless) as jobs:
        await time.advance(50)
        assert jobs.trouble() == ()
        await time.advance(9)
        assert jobs.trouble() == ("the job `failing` has failed; no success since its start 59 s ago",)
        await time.advance(7200)
        assert jobs.trouble()[1] == "the job `hanging` has not ended a round; no success since its start 2 h ago"
        assert len(jobs.trouble()) == 2


async def test_a_job_that_matters_and_does_not_run_is_trouble() -> None:
    time = TurnedTime()
    matters, does_not = job_of(Work(time), "matters", late_after_s=20), job_of(Work(time), "does not")
    jobs = Jobs((matters, does_not))
    assert jobs.trouble() == ("the job `matters` is not running",)
    await time.advance(30)
    assert not matters.stats().is_late, "its lateness counts from its start"
    async with jobs.open():
        await settle()
        assert jobs.trouble() == ()
    assert jobs.trouble() == ("the job `matters` is not running",)


# --- the registry ---------------------------------------------------------------------------------------------


async def test_leaving_ends_every_job_and_waits_for_its_end() -> None:
    time = TurnedTime()
    ends: list[str] = []

    async def hold() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ends.append("held")

    held: Periodic[None] = Periodic("held", hold, clock=time, every_s=1, later=time.later)
    pausing = job_of(Work(time), "pausing")
    with pytest.raises(ValueError, match="the block"):
        async with running(held, pausing):
            raise ValueError("the block failed")
    assert ends == ["held"]
    assert [stats.is_running for stats in (held.stats(), pausing.stats())] == [False, False]


async def test_stats_are_in_the_order_of_the_jobs_and_one_may_come_later() -> None:
    time = TurnedTime()
    async with running(job_of(Work(time), "one"), job_of(Work(time), "two", late_after_s=60)) as jobs:
        late = Work(time)
        added = jobs.add(job_of(late, "three"))
        await settle()
        assert late.began == [0]
        assert added.stats().rounds == 1
        assert [(stats.name, stats.late_after_s) for stats in jobs.stats()] == [
            ("one", None),
            ("two", 60),
            ("three", None),
        ]
        with pytest.raises(ValueError, match="a job two already"):
            jobs.add(job_of(Work(time), "two"))


async def test_a_job_does_not_run_twice() -> None:
    job = job_of(Work(TurnedTime()))
    async with running(job):
        with pytest.raises(RuntimeError, match="runs already"):
            await job.run()
        assert job.stats().is_running


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"every_s": lambda answer: answer}, "a pause after a failed round"),
        ({"every_s": 60, "late_after_s": 60}, "would be late after 60 s"),
    ],
)
async def test_what_cannot_work_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        job_of(Work(TurnedTime()), **wrong)
