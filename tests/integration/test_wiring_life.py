"""What `assemble` and the start put in order: steps, what readiness hears, what ends, what is kept how long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from harness.app import ANNA, TUNING, Harness
from harness.app import harness as open_harness
from harness.chat import TUNING as CHAT_TUNING
from harness.chat import ChatProcess
from harness.storage import new_user
from harness.telegram_server import FakeTelegram, answers
from harness.waiting import until

from bot.app import Assembly, _serve
from bot.chat.outbox import OutboxTimes
from bot.chat.updates import Incoming
from bot.domain.accounts import AccountType
from bot.domain.chat import OutboxMessage
from bot.domain.errors import ExchangeError, ExchangeRestricted
from bot.domain.ids import DAY, ChatId, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Balance
from bot.domain.update_attempt import UpdateId
from bot.exchange.budget import Limits
from bot.exchange.request_keys import RequestKey
from bot.services.housekeeping import Housekeeping


async def reasons(assembly: Assembly) -> list[str]:
    """What /readyz says of a process whose start has come to its end."""
    assembly.progress.step = None
    async with TestClient(TestServer(assembly.sidecar)) as client, client.get("/readyz") as answer:
        said = await answer.json()
        assert (answer.status == 200, said["ready"]) == (not said["reasons"],) * 2
    return [each["text"] for each in said["reasons"]]


@asynccontextmanager
async def serving(harness: Harness) -> AsyncIterator[tuple[int, int]]:
    """The process from its first step to its last; replayed updates and warm users."""
    await harness.app.shutdown()  # the harness had connected already

    def updates(_: dict[str, Any]) -> list[Any]:
        harness.api.hold = "getUpdates"  # those that follow
        harness.api.held.clear()
        return []

    harness.api.methods |= {"getUpdates": updates, "getStarTransactions": lambda _: {"transactions": []}}
    ready: asyncio.Future[tuple[int, int]] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    work = asyncio.create_task(_serve(harness.assembly, stop, lambda *said: ready.set_result(said)))
    try:
        await until(lambda: ready.done() or work.done(), what="readiness")
        yield ready.result()
    finally:
        stop.set()
        await work
        await harness.assembly.runtime.close()


# --- readiness ------------------------------------------------------------------------------------------------------


async def test_the_process_is_not_ready_while_updates_do_not_come_in(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        await until(lambda: telegram.sent("getUpdates"), what="the first question")
        await until(lambda: not process.runtime.problems(), what="the first answer")
        telegram.fail("getUpdates", *[answers(502, "Bad Gateway")] * 1_000)
        await until(process.runtime.problems, what="three failures")
        assert [each for each in await reasons(process.assembly) if "job" not in each] == [
            "Telegram gives no updates: Bad Gateway"
        ]


async def test_the_process_is_not_ready_while_a_job_is_not_running(harness: Harness) -> None:
    assert "the job `refunds` is not running" in await reasons(harness.assembly)


# --- start and stop -------------------------------------------------------------------------------------------------


async def test_a_start_publishes_the_menus_and_warms_the_cache(harness: Harness) -> None:
    await harness.person().say("/start")
    async with serving(harness) as (_, warm):
        assert warm == 1
        await until(
            lambda: any(call.method == "setMyCommands" for call in harness.api.calls), what="the menus of commands"
        )


async def test_polling_ends_with_the_assembly(telegram: FakeTelegram, tmp_path: Path) -> None:
    process = ChatProcess(tmp_path, telegram)
    try:
        async with process.at_work():
            assert "poller" in {task.get_name() for task in asyncio.all_tasks()}
        assert "poller" not in {task.get_name() for task in asyncio.all_tasks()}
    finally:
        await process.runtime.close()


@pytest.mark.parametrize("part", ["a screen's read", "a load of the cache", "work beside an update"])
async def test_what_is_under_way_ends_with_the_assembly(tmp_path: Path, part: str) -> None:
    before = asyncio.all_tasks()
    never: asyncio.Future[Balance] = asyncio.get_running_loop().create_future()

    async def wait() -> Any:
        return await never

    async def nothing() -> None:
        return None

    async with open_harness(tmp_path, tuning=replace(TUNING, screen_patience=0)) as harness:
        await harness.demo_account(harness.person())
        await harness.settle()
        match part:
            case "a screen's read":
                await harness.services.market_screens.reader.read(wait(), nothing)
            case "work beside an update":
                harness.app.bot_data.tasks.start(wait(), part)
            case _:
                harness.bybit.gate = asyncio.Event()  # nobody sets it
                symbol = Symbol("DOGEUSDT")
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(harness.assembly.reads.ticker(symbol), 0.05)  # the load itself goes on
                harness.bybit.gate = asyncio.Event()
        assert asyncio.all_tasks() > before
        under_way = {each for each in asyncio.all_tasks() - before if "ticker" in repr(each) or "wait" in repr(each)}
        assert under_way
    try:
        assert all(task.done() for task in under_way)
    finally:
        never.cancel()
        for task in under_way:
            task.cancel()


# --- times and rates ------------------------------------------------------------------------------------------------


async def test_old_rows_are_kept_as_long_as_people_were_told(harness: Harness) -> None:
    assert {rule.name: rule.keep for rule in harness.job(Housekeeping).rules} == {
        "outbox": 180 * DAY,
        "buttons": DAY,
        "dialogues": DAY,
        "promo_attempts": DAY,
        "user_errors": 90 * DAY,
        "support_threads": 365 * DAY,
        "leg_closings": 90 * DAY,
        "paper_orders": 90 * DAY,
        "paper_fills": 365 * DAY,
        "used_marks": 0,  # each has its own end
        "drills": 90 * DAY,
        "last_sizes": 365 * DAY,
    }


@pytest.mark.parametrize(("region", "path"), [("order", "/v5/order/realtime"), ("position", "/v5/position/list")])
async def test_stored_rows_are_as_good_as_their_region_says(tmp_path: Path, region: str, path: str) -> None:
    async with open_harness(tmp_path, cache={region: {"ttl": 600}}) as harness:
        await harness.demo_account(harness.person())
        config, reads = await harness.config(), harness.assembly.reads
        (account,) = [each for each in config.accounts if each.account_type is AccountType.DEMO]
        read = reads.orders if region == "order" else reads.positions
        await read(account)
        asked = harness.bybit.asked[path]
        harness.clock.advance(599)
        reads.invalidate_user_caches(account.user_id)
        await read(account)
        assert harness.bybit.asked[path] == asked, "the rows are young enough"
        harness.clock.advance(2)
        reads.invalidate_user_caches(account.user_id)
        await read(account)
        assert harness.bybit.asked[path] > asked


async def test_as_many_calls_as_the_settings_allow_pass_at_once(tmp_path: Path) -> None:
    tuning = replace(TUNING, exchange_limits=None)
    async with open_harness(tmp_path, tuning=tuning, bybit_requests_per_second=40) as harness:
        reads = harness.assembly.reads
        loads = [reads.klines(Symbol("BTCUSDT"), str(number)) for number in range(40)]
        found = await asyncio.wait_for(asyncio.gather(*loads, return_exceptions=True), 20)
        assert [each for each in found if isinstance(each, ExchangeError)] == []
        budget = harness.assembly.bybit.stats().budget
        assert (budget.waiting, budget.refused) == (0, 0)


async def test_pauses_are_spread_by_the_randomness_from_outside(telegram: FakeTelegram, tmp_path: Path) -> None:
    day = 86_400
    tuning = replace(CHAT_TUNING, outbox_times=OutboxTimes(poll=0.05, back_off=day, unreached_most=day))
    telegram.fail("sendMessage", answers(500, "Internal Server Error"))
    async with ChatProcess(tmp_path, telegram, tuning=tuning).at_work() as process:  # its randomness is 0
        now = process.assembly.clock.now()
        await process.assembly.services.people.welcome(new_user(ANNA))
        message = OutboxMessage(user_id=ANNA, chat_id=ChatId(ANNA), kind="banned", values={}, idempotency_key="test")
        async with process.assembly.storage.store.begin() as unit:
            await unit.enqueue(message, now)
        (row,) = await until(
            lambda: process.rows("SELECT next_try_ts FROM outbox WHERE attempts > 0"), what="the failed attempt"
        )
        assert 0 <= row[0] - now - 1000 * day // 2 < 1000 * day // 4


async def test_what_stops_calls_to_bybit_is_a_reason_and_a_metric(harness: Harness) -> None:
    bybit = harness.assembly.bybit
    harness.bybit.statuses = {"/v5/market/orderbook": 403}
    for symbol in ("BTCUSDT", "ETHUSDT", "SOLUSDT"):
        with pytest.raises(ExchangeRestricted):
            await bybit.market.order_book(Category.LINEAR, Symbol(symbol))
    (held,) = [each for each in await reasons(harness.assembly) if "refuses our calls" in each]
    assert held.endswith("(HTTP 403): the next one in 5 s")
    assert bybit.stats().budget.held_hosts == 1
    bybit.pipeline.budget.ban()
    assert [each for each in await reasons(harness.assembly) if "has banned our address" in each]


async def test_a_budget_that_is_nearly_used_up_is_a_reason_and_names_the_figures(tmp_path: Path) -> None:
    tuning = replace(TUNING, exchange_limits=Limits(ip_rate=10, ip_burst=100))
    async with open_harness(tmp_path, tuning=tuning) as harness:
        budget = harness.assembly.bybit.pipeline.budget
        assert not [each for each in await reasons(harness.assembly) if "calls to Bybit" in each]
        for number in range(40):
            assert budget.passes(RequestKey(endpoint="other", host="https://host", owner=number, uid_limit=10))
        assert "40 of the 50 calls to Bybit that 5 s allow were made" in await reasons(harness.assembly)


async def test_an_open_transaction_and_lanes_that_stand_still_are_found_stuck(harness: Harness) -> None:
    stuck, lanes = harness.assembly.progress.stuck, harness.assembly.runtime.lanes
    async with harness.database.transaction():
        harness.clock.advance(20)
        assert stuck() == ()
        harness.clock.advance(1)
        assert stuck() == ("a transaction has been open for 21 s",)
    assert stuck() == ()
    lanes.put([Incoming(update_id=UpdateId(1), user_id=None, chat_id=None, raw={"update_id": 1})])
    harness.clock.advance(120)
    assert stuck() == ()
    harness.clock.advance(1)
    assert stuck() == ("no update has gone on for 121 s",)
    await lanes.drain(0)
    assert stuck() == ()
