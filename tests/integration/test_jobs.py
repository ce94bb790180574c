"""The jobs beside the chat as they run: counted, told when they fail for too long, ended in order."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from harness.app import ANNA, Harness
from harness.bot_api import Refused
from harness.waiting import until
from prometheus_client.parser import text_string_to_metric_families

from bot.app import _serve
from bot.domain.errors import ExchangeDown, ExchangeError, NothingDone, StarsError, StorageTrouble, UnfitDatabase
from bot.domain.ids import DAY_S, UserId
from bot.services.admin.broadcasts import BroadcastService
from bot.services.housekeeping import Housekeeping

DOCUMENT = Path(__file__).parents[2] / "docs" / "architecture.md"
READS_STARS = "reconciliation"


@pytest.fixture
async def sidecar(harness: Harness) -> AsyncIterator[TestClient[Any, Any]]:
    """The sidecar's application of a process that has started."""
    harness.assembly.progress.step = None
    async with TestClient(TestServer(harness.assembly.sidecar)) as client:
        yield client


async def reasons(sidecar: TestClient[Any, Any]) -> list[str]:
    """What /readyz says of jobs."""
    async with sidecar.get("/readyz") as answer:
        said = [each["text"] for each in (await answer.json())["reasons"]]
        assert (answer.status == 503) is bool(said)
    return [each for each in said if "job" in each]


async def series(sidecar: TestClient[Any, Any]) -> dict[tuple[str, str, str | None], float]:
    """(name, job, outcome) -> value."""
    async with sidecar.get("/metrics") as answer:
        text = await answer.text()
    return {
        (sample.name, sample.labels["job"], sample.labels.get("outcome")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("perpdesk_job_")
    }


async def failed(harness: Harness, name: str, times: int) -> None:
    """Runs a job, round by round, until it has failed so often."""
    job = harness.assembly.jobs[name]

    def ended() -> int:
        return job.stats().rounds + job.stats().failures

    await until(ended, what=f"the first round of {name}")
    while job.stats().failures < times:
        before = ended()
        job.wake()
        await until(lambda before=before: ended() > before, what=f"a round of {name}")  # type: ignore[misc]  # bound early


def test_the_document_lists_every_job(harness: Harness) -> None:
    section = DOCUMENT.read_text().partition("## Jobs\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \|.*\| (.+) \|$", section, re.MULTILINE)
    assert [name for name, _ in listed] == sorted(job.name for job in harness.assembly.jobs)
    matters = {stats.name for stats in harness.assembly.jobs.stats() if stats.late_after_s is not None}
    assert {name for name, late in listed if late != "never"} == matters


async def test_every_series_exists_before_the_first_round(harness: Harness, sidecar: TestClient[Any, Any]) -> None:
    assert await series(sidecar) == {
        (name, job.name, outcome): 0.0
        for job in harness.assembly.jobs
        for name, outcome in (
            ("perpdesk_job_rounds_total", "ok"),
            ("perpdesk_job_rounds_total", "failed"),
            ("perpdesk_job_last_success_timestamp_seconds", None),
        )
    }


async def test_a_job_that_fails_for_too_long_is_a_reason_until_it_succeeds(
    harness: Harness, sidecar: TestClient[Any, Any]
) -> None:
    harness.api.methods["getStarTransactions"] = lambda _: {"transactions": []}
    jobs = harness.assembly.jobs
    async with jobs.open():
        await until(lambda: jobs[READS_STARS].stats().rounds == 1, what="a look at the Stars")
        harness.api.methods["getStarTransactions"] = lambda _: Refused("Bad Gateway", status=502)
        began = harness.clock.now()
        await failed(harness, READS_STARS, 3)
        assert await reasons(sidecar) == [], "three failures are no reason before their time"
        harness.clock.advance(31 * 60)
        (reason,) = [each for each in await reasons(sidecar) if READS_STARS in each]
        assert reason == "the job `reconciliation` has failed 3 times in a row; last success 31 min ago"
        found = await series(sidecar)
        assert found["perpdesk_job_rounds_total", READS_STARS, "ok"] == 1
        assert found["perpdesk_job_rounds_total", READS_STARS, "failed"] == 3
        assert found["perpdesk_job_last_success_timestamp_seconds", READS_STARS, None] == began / 1000
        harness.api.methods["getStarTransactions"] = lambda _: {"transactions": []}
        jobs[READS_STARS].wake()
        await until(lambda: jobs[READS_STARS].stats().rounds == 2, what="a look that succeeds")
        assert [each for each in await reasons(sidecar) if READS_STARS in each] == []


async def test_keys_that_nobody_answers_for_are_a_reason(
    harness: Harness, sidecar: TestClient[Any, Any], caplog: pytest.LogCaptureFixture
) -> None:
    harness.api.methods["getStarTransactions"] = lambda _: {"transactions": []}
    await harness.demo_account(harness.person(ANNA))
    async with harness.assembly.jobs.open():
        await until(lambda: harness.assembly.jobs["key_watch"].stats().rounds == 1, what="a look at keys")
        harness.clock.advance(DAY_S + 1)
        harness.bybit.trouble = ExchangeDown("silent")
        await failed(harness, "key_watch", 2)
        assert (await series(sidecar))["perpdesk_job_rounds_total", "key_watch", "failed"] == 2
        (reason,) = [each for each in await reasons(sidecar) if "key_watch" in each]
        assert "has failed 2 times in a row" in reason
        harness.bybit.trouble = None
        harness.assembly.jobs["key_watch"].wake()
        await until(lambda: harness.assembly.jobs["key_watch"].stats().rounds == 2, what="a look that is answered")
        assert [each for each in await reasons(sidecar) if "key_watch" in each] == []
    assert "the job key_watch failed: Bybit could be asked about none of 1 keys" in caplog.messages


async def test_a_table_that_cannot_be_swept_is_a_reason(harness: Harness, sidecar: TestClient[Any, Any]) -> None:
    harness.api.methods["getStarTransactions"] = lambda _: {"transactions": []}
    async with harness.database.transaction() as transaction:
        await transaction.fetch("DROP TABLE promo_attempts", ())
    async with harness.assembly.jobs.open():
        await failed(harness, "housekeeping", 2)
        harness.clock.advance(3 * DAY_S + 1)
        assert (
            "the job `housekeeping` has failed 2 times in a row; no success since its start 3 d ago"
            in await reasons(sidecar)
        )
    with pytest.raises(StorageTrouble, match="promo_attempts"):
        await harness.job(Housekeeping).sweep()


async def test_a_broadcast_that_is_started_is_sent_at_once_and_at_its_rate(harness: Harness) -> None:
    harness.api.methods["getStarTransactions"] = lambda _: {"transactions": []}
    anna = harness.person(ANNA)
    await anna.say("/start")
    harness.services.pin._open(UserId(ANNA))
    broadcasts: BroadcastService = harness.services.broadcasts
    job = harness.assembly.jobs["broadcasts"]
    async with harness.assembly.jobs.open():
        await until(lambda: job.stats().rounds == 1, what="the first look for broadcasts")
        draft = await broadcasts.draft(UserId(ANNA), "Hello there")
        await broadcasts.start(UserId(ANNA), draft.broadcast_id)
        assert job.stats().rounds == 1
        began = asyncio.get_running_loop().time()
        await broadcasts.show_at(draft.broadcast_id, anna.chat_id, 1)
        await until(
            lambda: any(each.text == "Hello there" for each in anna.bubbles), what="the message", limit=20
        )  # unasked it looks in 30 s
        await until(lambda: job.stats().rounds == 2, what="the end of the batch")
        await broadcasts.show_at(draft.broadcast_id, anna.chat_id, 1)
        await asyncio.sleep(0.05)
        assert job.stats().rounds == 2 or asyncio.get_running_loop().time() - began >= 1, "a batch takes a second"


# --- start and stop -------------------------------------------------------------------------------------------------


async def test_jobs_begin_behind_the_connection_and_end_before_the_database(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    api, jobs = harness.api, harness.assembly.jobs
    await harness.demo_account(harness.person(ANNA))
    harness.clock.advance(DAY_S + 1)
    seen = len(harness.bybit.seen_keys)
    harness.bybit.gate.clear()  # the look at Anna's key stays under way
    await harness.app.shutdown()  # the fixture had connected already

    def updates(_: dict[str, Any]) -> list[Any]:
        api.hold = "getUpdates"
        api.held.clear()
        return []

    api.methods |= {"getUpdates": updates, "getStarTransactions": lambda _: {"transactions": []}}
    api.hold = "getMe"
    ready, stop = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(_serve(harness.assembly, stop, lambda *_: ready.set()))
    await asyncio.sleep(0.05)
    assert not any(stats.is_running or stats.rounds for stats in jobs.stats())
    api.hold = None
    api.held.set()
    await ready.wait()
    await until(lambda: jobs["refunds"].stats().rounds > 0, what="a round of refunds")
    await until(lambda: len(harness.bybit.seen_keys) > seen, what="a look at Anna's key")
    assert all(stats.is_running for stats in jobs.stats())
    await until(lambda: harness.assembly.progress.reasons() == (), what="the first answer to getUpdates")
    assert jobs["key_watch"].stats().rounds == 0
    stop.set()
    await serving
    assert not any(stats.is_running for stats in jobs.stats())
    assert jobs["key_watch"].stats().failures == 0, "it was canceled, which is no failure"
    await harness.assembly.runtime.close()
    assert await harness.rows("users"), "the database is open until then"
    assert [record.message for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}] == []


async def test_pauses_patience_and_what_is_expected_are_those_of_each_job(harness: Harness) -> None:
    minute, hour, day = 60, 3_600, 86_400
    assert {
        job.name: job._every_s
        for job in harness.assembly.jobs
        if job.name in {"reconciliation", "housekeeping", "page_check"}
    } == {
        "reconciliation": 5 * minute,
        "housekeeping": day,
        "page_check": day,
    }, "of the others a failed round has the same pause, which is below"
    found = {job.name: (job._retry_s, job._first_s, job._late_after_s, job._expected) for job in harness.assembly.jobs}
    assert found == {
        "alert_messages": (1, 0, 2 * minute, (StorageTrouble,)),
        "alert_prices": (2, 0, None, (ExchangeError, StorageTrouble)),
        "backup": (15 * minute, minute, None, (NothingDone, OSError)),
        "restore_drill": (hour, 5 * minute, None, (NothingDone, OSError)),
        "refunds": (1, 0, 5 * minute, (NothingDone,)),
        "reconciliation": (15, 0, 30 * minute, (StarsError,)),
        "erasures": (10 * minute, 0, 30 * minute, ()),
        "key_watch": (10 * minute, 0, 2 * hour, (NothingDone,)),
        "egress_alarm": (15, 0, None, (StorageTrouble,)),
        "disk_watch": (2, 0, None, (StorageTrouble,)),
        "reminders": (5 * minute, 0, hour, ()),
        "daily_reports": (minute, 0, hour, ()),
        "promo_undos": (minute, 0, hour, ()),
        "pinned_cards": (hour, hour, None, ()),
        "broadcasts": (30, 0, 15 * minute, (NothingDone,)),
        "housekeeping": (hour, 0, 3 * day, (StorageTrouble,)),
        "inbox_sweep": (minute, 0, day, (StorageTrouble,)),
        "outbox_gauge": (5, 0, 2 * minute, (StorageTrouble,)),
        "checkpoint": (30, 30, None, (StorageTrouble,)),
        "page_check": (hour, minute, 3 * day, (StorageTrouble, UnfitDatabase)),
        "cache_sweep": (5 * minute, 5 * minute, None, ()),
        "client_sweep": (minute, minute, None, ()),
        "settlements": (5, 0, 10 * minute, ()),
        "order_gauges": (5, 0, 2 * minute, ()),
        "closings": (5, 0, 2 * minute, ()),
        "panics": (5, 0, 2 * minute, ()),
        "tellings": (1, 0, 10 * minute, ()),
        "limit_watch": (15, 0, 10 * minute, (NothingDone,)),
        "drills": (2, 0, 10 * minute, ()),
        "maintenance": (minute, 0, None, (ExchangeError, StorageTrouble)),
        "streams": (1, 0, None, (StorageTrouble,)),
        "practice_ticks": (5, 0, 15 * minute, (ExchangeError, StorageTrouble)),
    }
