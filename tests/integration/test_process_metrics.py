"""What the process counts of itself stands on /metrics: updates, apologies, outbox, SQLite, disk, log, loop."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.app import ANNA, Harness, harness, said
from harness.chat import ChatProcess
from harness.metrics import one, scraped
from harness.telegram_server import FakeTelegram, message
from harness.waiting import until

from bot.aio.histograms import Histogram
from bot.aio.loop_lag import EVERY_S, LoopLag
from bot.chat.updates import UpdateType, read_update
from bot.domain.errors import ButtonExpired, StorageTrouble
from bot.wiring.process_metrics import DiskCollector
from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, command
from handlers.registry import TABLE
from handlers.table import HandlerTable


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Harness]:
    async with harness(tmp_path) as made:
        yield made


def test_a_histogram_counts_what_is_just_its_bound_within_it() -> None:
    found = Histogram((1.0, 2.0))
    for value in (1.0, 1.5, 2.0, 3.0, -1.0):
        found.observe(value)
    assert found.cumulative == [(1.0, 2), (2.0, 4), (float("inf"), 5)]
    assert (found.count, found.total) == (5, 7.5)


@pytest.mark.virtual_time
async def test_a_loop_that_is_held_for_a_second_is_late_ten_times(monkeypatch: pytest.MonkeyPatch) -> None:
    lag, loop = LoopLag(), asyncio.get_running_loop()
    task = asyncio.create_task(lag.watch())
    await asyncio.sleep(EVERY_S * 5.5)
    assert lag.seen.cumulative[0] == (0.005, lag.seen.count), "nobody held it"
    before, held = lag.seen.count, loop.time
    monkeypatch.setattr(loop, "time", lambda: held() + 1.0)  # as if something had blocked for that long
    await until(lambda: lag.seen.count >= before + 10, what="the moments that passed")
    within = dict(lag.seen.cumulative)
    assert lag.seen.count - within[0.25] >= 7
    assert lag.seen.count == within[5.0]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"message": {"text": "/buy btc"}}, UpdateType.COMMAND),
        ({"message": {"text": "long btc"}}, UpdateType.MESSAGE),
        ({"edited_message": {"text": "long btc"}}, UpdateType.MESSAGE),
        ({"channel_post": {"photo": []}}, UpdateType.MESSAGE),
        ({"callback_query": {"data": "x"}}, UpdateType.CALLBACK_QUERY),
        ({"pre_checkout_query": {}}, UpdateType.PAYMENT),
        ({"message": {"successful_payment": {}}}, UpdateType.PAYMENT),
        ({"my_chat_member": {}}, UpdateType.OTHER),
        ({}, UpdateType.OTHER),
    ],
)
def test_what_somebody_did_is_one_of_five(content: dict[str, object], found: UpdateType) -> None:
    update = read_update({"update_id": 1} | content)
    assert update is not None
    assert update.type is found


async def test_an_update_is_timed_from_its_receipt_and_waits_in_sight(telegram: FakeTelegram, tmp_path: Path) -> None:
    gate = asyncio.Event()

    async def handle(_: object) -> None:
        await gate.wait()

    async with ChatProcess(tmp_path, telegram, handle).at_work() as process:
        telegram.deliver(message(1, ANNA, "/anything"))
        await until(lambda: process.runtime.lanes.stats().running == 1, what="the handler")
        assert one(await scraped(process.assembly), "perpdesk_telegram_oldest_waiting_seconds") >= 0
        assert process.runtime.lanes.stats().waiting == 1
        gate.set()
        await until(lambda: process.runtime.lanes.stats().handled == 1, what="the end of the handler")
        found = await scraped(process.assembly)
        assert one(found, "perpdesk_telegram_update_seconds_count", type="command") == 1
        assert one(found, "perpdesk_telegram_update_seconds_count", type="message") == 0
        assert one(found, "perpdesk_telegram_oldest_waiting_seconds") == 0
        assert one(found, "perpdesk_telegram_intake_age_seconds") >= 0


async def test_the_intake_grows_old_from_the_start_on(bot: Harness) -> None:
    bot.clock.advance(91)
    assert one(await scraped(bot.assembly), "perpdesk_telegram_intake_age_seconds") == 91


async def test_an_apology_with_a_reference_is_counted_by_kind(tmp_path: Path) -> None:
    errors = iter((ZeroDivisionError("ours"), StorageTrouble("the disk is full"), ButtonExpired()))

    async def fail(_: UpdateContext) -> None:
        raise next(errors)

    table = HandlerTable((command("boom", fail, access=EVERYONE), *TABLE.specs))
    async with harness(tmp_path, table=table) as bot:
        for _ in range(3):
            await said(bot.person(), "/boom")
        found = await scraped(bot.assembly)
    kinds = ("unexpected", "storage", "telegram")
    assert [one(found, "perpdesk_apologies_total", kind=kind) for kind in kinds] == [1, 1, 0]


async def test_messages_past_their_time_are_counted_and_grow_old(bot: Harness) -> None:
    now = bot.clock.now()
    await bot.person(2).say("/start")
    await bot.write("DELETE FROM outbox")
    for number, (chat, due) in enumerate(((1, 1), (1, now + 60_000), (2, 1))):
        await bot.write(
            "INSERT INTO outbox (user_id, chat_id, kind, values_json, cause, next_try_ts, created_ts)"
            " VALUES (?1, ?1, 'x', '{}', ?2, ?3, ?4)",
            chat,
            str(number),
            due,
            now - 5_000,
        )
    await bot.write("INSERT INTO bot_blocks (user_id, since_ts) VALUES (2, 1)")  # nothing can be sent to them
    gauge = bot.assembly.jobs["outbox_gauge"].work
    await gauge()
    found = await scraped(bot.assembly)
    assert (one(found, "perpdesk_outbox_due"), one(found, "perpdesk_outbox_oldest_due_seconds")) == (1, 5)
    bot.clock.advance(60)
    found = await scraped(bot.assembly)
    assert one(found, "perpdesk_outbox_oldest_due_seconds") == 65, "a count that stands still grows old, too"
    await gauge()
    assert one(await scraped(bot.assembly), "perpdesk_outbox_due") == 2


async def test_commits_checkpoints_and_sizes_of_the_database(bot: Harness) -> None:
    before = await scraped(bot.assembly)
    await bot.write("UPDATE users SET first_name = 'x'")
    await bot.assembly.jobs["checkpoint"].work()
    found = await scraped(bot.assembly)
    commits = "perpdesk_sqlite_commit_seconds_count"
    assert one(found, commits) == one(before, commits) + 1
    assert one(found, "perpdesk_sqlite_checkpoint_seconds_count") == 1
    for name in ("commit", "checkpoint"):
        assert one(found, f"perpdesk_sqlite_{name}_seconds_sum") == 0, "by the clock from outside, which stands"
    assert one(found, "perpdesk_sqlite_commit_failures_total") == 0
    path = bot.database.path
    assert one(found, "perpdesk_sqlite_file_bytes") == path.stat().st_size
    assert one(found, "perpdesk_sqlite_wal_bytes") == path.with_name(f"{path.name}-wal").stat().st_size
    ((_, in_log, moved),) = await bot.database.statement("PRAGMA wal_checkpoint(PASSIVE)")
    assert in_log == moved, "the job had moved everything"


async def test_the_room_on_the_disk_of_a_place(bot: Harness) -> None:
    found = await scraped(bot.assembly)
    free, size = (one(found, f"perpdesk_disk_{name}_bytes", place="database") for name in ("free", "size"))
    assert 0 < free < size


def test_a_place_on_a_disk_of_its_own_has_its_own_room(tmp_path: Path) -> None:
    places = {"database": tmp_path, "backups": tmp_path / "not" / "yet", "journal": Path("/dev/shm/not-yet")}  # noqa: S108  a folder, no file
    shown = {
        each.labels["place"]
        for family in DiskCollector(tmp_path / "perpdesk.sqlite3", places).read()
        for each in family.samples
        if each.name == "perpdesk_disk_free_bytes"
    }
    is_elsewhere = Path("/dev/shm").stat().st_dev != tmp_path.stat().st_dev  # noqa: S108  a folder, no file
    assert shown == {"database", *["journal"] * is_elsewhere}


async def test_lines_of_the_log_are_counted_by_level_while_the_bot_stands(tmp_path: Path) -> None:
    async with harness(tmp_path) as made:
        before = await scraped(made.assembly)
        logging.getLogger("somebody").error("once")
        logging.getLogger("somebody").warning("once")
        found = await scraped(made.assembly)
    for level, more in (("error", 1), ("warning", 1), ("critical", 0)):
        name = "perpdesk_log_messages_total"
        assert one(found, name, level=level) == one(before, name, level=level) + more
    handlers = logging.getLogger().handlers
    assert not [each for each in handlers if type(each).__module__ == "bot.logs" and hasattr(each, "by_level")]
