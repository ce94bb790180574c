"""What `assemble` hands over arrives: a setting, a time, a listener that is left out changes what people see."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from harness.app import ANNA, BORIS, KEY_ID, OWNER, SECRET, TEXTS, TUNING, Harness, settings_in
from harness.app import harness as open_harness
from harness.chat import TUNING as CHAT_TUNING
from harness.chat import ChatProcess, echo
from harness.fakes import START_MS
from harness.metrics import one, samples
from harness.storage import new_user
from harness.telegram_server import TOKEN, FakeTelegram, answers, message
from harness.waiting import until
from pydantic import SecretStr
from telegram import Update

from bot import owner_link
from bot.app import run
from bot.chat.lanes import LaneLimits
from bot.chat.outbox import OutboxTimes
from bot.chat.poller import PollTimes
from bot.chat.rate_limiter import TelegramRateLimits
from bot.domain.chat import OutboxMessage
from bot.domain.errors import UnknownSymbol, WrongKeyFile
from bot.domain.ids import DAY, ChatId, Millis, Symbol
from bot.domain.licensing import EntryKind, LicenseType
from bot.domain.patience import BYBIT
from bot.domain.secrets import Secret
from bot.domain.users import Language, Role
from bot.exchange.budget import Limits
from bot.services.accounts.key_watch import KeyWatch
from bot.services.trading.panic import Panic
from bot.wiring.outside import Outside, Tuning
from ops.stack import free_port
from stats_api import server
from storage.sqlite.database import PageCheck

BTC = Symbol("BTCUSDT")


async def give_and_tell(process: ChatProcess) -> None:
    """License time, and a message that must arrive, in one commit."""
    storage, licenses = process.assembly.storage, process.assembly.services.licenses
    now = process.assembly.clock.now()
    await process.assembly.services.people.welcome(new_user(ANNA))
    async with storage.store.begin() as unit:
        await licenses.give(
            unit,
            ANNA,
            kind=EntryKind.GRANT,
            license_type=LicenseType.BASIC,
            millis=DAY,
            idempotency_key="test",
            actor=None,
        )
        message = OutboxMessage(user_id=ANNA, chat_id=ChatId(ANNA), kind="banned", values={}, idempotency_key="test")
        await unit.enqueue(message, now)


# --- Bybit ----------------------------------------------------------------------------------------------------------


async def test_a_replaced_key_signs_the_next_call(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    await anna.say("/balance demo")
    assert harness.bybit.asked_with[-1] == KEY_ID
    await anna.say(f"/keys add demo other{KEY_ID} {SECRET}")
    await anna.press("Replace Bybit Demo")
    harness.clock.advance(60)
    await anna.say("/balance demo")
    await harness.settle()
    assert harness.bybit.asked_with[-1] == f"other{KEY_ID}"


async def test_an_address_that_must_be_bound_is_asked_for(tmp_path: Path) -> None:
    async with open_harness(tmp_path, require_bound_ip=True) as harness:
        anna = harness.person()
        await anna.say("/start")
        await harness.terms_accepted()
        harness.bybit.ips = ()
        bubble = await anna.say(f"/keys add demo {KEY_ID} {SECRET}")
        assert bubble is not None
        assert "⛔" in bubble.text


async def test_an_address_that_is_bound_no_more_is_told(tmp_path: Path) -> None:
    async with open_harness(tmp_path, require_bound_ip=True) as harness:
        await harness.demo_account(harness.person())
        harness.bybit.ips = ()
        harness.clock.advance(DAY / 1000 + 1)
        await harness.job(KeyWatch).check_due()
        (queued,) = await harness.queued()
        assert queued.message.values["finding"] == "key-no-ip"


async def test_bybit_is_called_where_the_settings_say(tmp_path: Path) -> None:
    hosts = {"bybit_api_url": "http://127.0.0.1:1", "bybit_demo_api_url": "http://127.0.0.1:2"}
    async with open_harness(tmp_path, **hosts) as harness:
        anna = harness.person()
        await harness.demo_account(anna)
        await anna.say("/price btc")
        await anna.say("/balance demo")
        await harness.settle()
        assert harness.bybit.hosts == set(hosts.values())


@pytest.mark.parametrize("is_tuned", [True, False])
async def test_no_more_calls_than_the_budget_has(tmp_path: Path, is_tuned: bool) -> None:
    limits = Limits(ip_rate=0.001, ip_burst=1) if is_tuned else None
    tuning = replace(TUNING, exchange_limits=limits)
    async with open_harness(tmp_path, tuning=tuning, bybit_requests_per_second=1) as harness:
        anna = harness.person()
        for _ in range(20):
            await harness.feed(anna.message("/price btc"))
        assert sum(harness.bybit.asked.values()) < 10
        budget = harness.assembly.bybit.stats().budget
        assert budget.waiting or budget.refused


async def test_bybit_is_given_as_much_time_as_it_is_tuned_to(tmp_path: Path) -> None:
    patience = replace(BYBIT, recv_window=7_123, window=60_000)
    async with open_harness(tmp_path, tuning=replace(TUNING, bybit_patience=patience)) as harness:
        await harness.demo_account(harness.person())
        assert f"{KEY_ID}7123".encode() in harness.bybit.seen_keys[-1].signed
        assert harness.services.trading.settlement.patience is patience
        assert harness.job(Panic).patience is patience


async def test_a_region_lives_as_long_as_the_settings_say(tmp_path: Path) -> None:
    async with open_harness(tmp_path, cache={"price": {"ttl": 3600}}) as harness:
        anna = harness.person()
        await anna.say("/price btc")
        await harness.settle()
        asked = harness.bybit.asked["/v5/market/tickers"]
        harness.clock.advance(3599)
        await harness.assembly.reads.ticker(BTC)
        assert harness.bybit.asked["/v5/market/tickers"] == asked
        harness.clock.advance(2)
        await harness.assembly.reads.ticker(BTC)
        assert harness.bybit.asked["/v5/market/tickers"] > asked


async def test_executions_are_as_old_as_the_clock_says(harness: Harness) -> None:
    await harness.person().say("/start")
    account = await harness.practice_account()
    harness.clock.advance(DAY / 1000)
    assert (await harness.assembly.storage.account_queries.executions(account, 10)).as_of == harness.clock.now()


async def test_a_screen_waits_as_long_as_it_is_tuned_to(tmp_path: Path) -> None:
    async with open_harness(tmp_path, tuning=replace(TUNING, screen_patience=0)) as harness:
        anna = harness.person()
        await anna.say("/start")
        await anna.say("/price btc")
        await harness.settle()
        assert anna.last.edits, "the card was shown before the answer came"
    async with open_harness(tmp_path, tuning=replace(TUNING, screen_patience=60)) as harness:
        anna = harness.person()
        await anna.say("/price btc")
        await harness.settle()
        assert not anna.last.edits


async def test_a_symbol_is_looked_up_as_long_as_it_is_tuned_to(tmp_path: Path) -> None:
    async with open_harness(tmp_path, tuning=replace(TUNING, resolve_patience=60)) as harness:
        harness.bybit.gate.clear()
        asyncio.get_running_loop().call_later(0.5, harness.bybit.gate.set)
        with pytest.raises(UnknownSymbol):
            await harness.services.market_screens.resolve("nosuchcoin")


# --- people ---------------------------------------------------------------------------------------------------------


async def test_prices_are_those_of_the_settings(tmp_path: Path) -> None:
    async with open_harness(tmp_path, prices={"premium": {"1": 4321}}) as harness:
        anna = harness.person()
        await anna.say("/start")
        await harness.terms_accepted()
        prices = await anna.say("/subscribe")
        assert prices is not None
        assert "4,321 ⭐" in prices.text


async def test_an_owner_link_that_was_used_is_gone_after_a_restart(tmp_path: Path) -> None:
    payload = await asyncio.to_thread(owner_link.make, tmp_path / "perpdesk.key", Millis(START_MS))
    async with open_harness(tmp_path, owner_ids=frozenset()) as harness:
        bubble = await harness.person().say(f"/start {payload}")
        assert bubble is not None
        assert "You are the owner" in bubble.text
    async with open_harness(tmp_path, owner_ids=frozenset()) as harness:
        bubble = await harness.person(BORIS).say(f"/start {payload}")
        assert bubble is not None
        assert "You are the owner" not in bubble.text


async def test_a_pin_costs_what_it_is_tuned_to(harness: Harness) -> None:
    await harness.person().say("/start")
    await harness.services.pin.set(ANNA, Secret("258013"))
    assert await harness.database.fetch("SELECT scrypt_n FROM pins") == [(16,)]


async def test_a_key_that_is_none_is_named_by_its_setting(tmp_path: Path) -> None:
    with pytest.raises(WrongKeyFile, match="PERPDESK_KEY"):
        async with open_harness(tmp_path, key=SecretStr("nonsense")):
            pass


async def test_stored_staff_is_told_of_trouble_with_payments(harness: Harness) -> None:
    for user_id in (ANNA, BORIS):
        await harness.services.people.welcome(new_user(user_id))
    async with harness.store.begin() as unit:
        await unit.users.set_role(BORIS, Role.ADMIN)
    assert await harness.services.payments.admins() == (OWNER, BORIS)


# --- Telegram -------------------------------------------------------------------------------------------------------


async def test_telegram_is_called_where_the_settings_say(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, telegram).open() as process:
        await asyncio.wait_for(process.runtime.connect(), 20)  # elsewhere it is patient for ever
    assert telegram.sent("getMe")


async def test_the_handlers_are_those_of_the_table(telegram: FakeTelegram, tmp_path: Path) -> None:
    async with ChatProcess(tmp_path, telegram).at_work():
        telegram.deliver(message(1, 1))
        await until(telegram.sent, what="the answer", limit=20)  # it is not asked at another address
    assert telegram.sent()[0]["text"] == "you said hello"


async def test_a_commit_wakes_the_outbox(telegram: FakeTelegram, tmp_path: Path) -> None:
    tuning = replace(CHAT_TUNING, outbox_times=OutboxTimes(poll=3600))
    async with ChatProcess(tmp_path, telegram, tuning=tuning).at_work() as process:
        await until(lambda: process.runtime.stats().poll, what="the outbox at rest")
        await give_and_tell(process)
        await until(
            lambda: len(telegram.sent()) == 1, what="the message", limit=20
        )  # the outbox itself looks in an hour


async def test_a_support_message_wakes_the_outbox(telegram: FakeTelegram, tmp_path: Path) -> None:
    """It changes nothing that is cached."""
    tuning = replace(CHAT_TUNING, outbox_times=OutboxTimes(poll=3600))
    async with ChatProcess(tmp_path, telegram, tuning=tuning).at_work() as process:
        services = process.assembly.services
        anna = (await services.people.welcome(new_user(ANNA))).config
        await until(lambda: process.runtime.stats().poll, what="the outbox at rest")
        await services.support.write(anna, "where is my license")
        await until(lambda: len(telegram.sent()) == 1, what="the message", limit=20)
        assert telegram.sent()[0]["chat_id"] == str(OWNER)


async def test_a_failed_message_waits_as_long_as_it_is_tuned_to(telegram: FakeTelegram, tmp_path: Path) -> None:
    tuning = replace(CHAT_TUNING, outbox_times=OutboxTimes(poll=0.05, back_off=86_400, unreached_most=86_400))
    telegram.fail("sendMessage", answers(500, "Internal Server Error"))
    async with ChatProcess(tmp_path, telegram, tuning=tuning).at_work() as process:
        await give_and_tell(process)
        now = process.assembly.clock.now()
        (row,) = await until(
            lambda: process.rows("SELECT next_try_ts FROM outbox WHERE attempts > 0"), what="the failed attempt"
        )
        assert row[0] > now + 40_000_000


async def test_updates_are_asked_for_as_long_as_it_is_tuned_to(telegram: FakeTelegram, tmp_path: Path) -> None:
    tuning = replace(CHAT_TUNING, poll_times=PollTimes(long_poll=2))
    async with ChatProcess(tmp_path, telegram, tuning=tuning).at_work():
        await until(lambda: any(sent["timeout"] == "2" for sent in telegram.sent("getUpdates")), what="a long poll")


async def test_as_many_are_served_at_once_as_it_is_tuned_to(telegram: FakeTelegram, tmp_path: Path) -> None:
    at_work: list[int] = []

    async def handler(update: Update) -> None:
        at_work.append(process.runtime.stats().lanes.running)
        await asyncio.sleep(0.01)
        await echo(update)

    tuning = replace(CHAT_TUNING, lane_limits=LaneLimits(at_once=1))
    async with ChatProcess(tmp_path, telegram, handler, tuning=tuning).at_work() as process:
        telegram.deliver(*(message(number, number) for number in range(1, 9)))
        await until(lambda: process.runtime.stats().inbox_marker.marked == 8, what="every mark")
    assert at_work == [1] * 8


async def test_after_floods_the_tuned_rate_is_kept_to(telegram: FakeTelegram, tmp_path: Path) -> None:
    telegram.fail("sendMessage", answers(429, "Too Many Requests: retry after 0", retry_after=0))
    tuning = replace(CHAT_TUNING, telegram_rates=TelegramRateLimits(chats=1))
    async with ChatProcess(tmp_path, telegram, tuning=tuning).at_work() as process:
        telegram.deliver(message(1, 1))
        await until(telegram.sent, what="the answer")
        assert process.runtime.stats().rate_limiter.is_limited, "one chat's flood counts for the whole bot"


async def test_who_is_spoken_to_chose_language_and_ring(harness: Harness) -> None:
    anna = harness.person(language="uk")
    await anna.say("/start")
    await anna.say("/settings notifications off")
    await harness.assembly.runtime.sender.tell("too-fast", ANNA, ChatId(ANNA))
    assert anna.last.text == TEXTS.plain(Language.UKRAINIAN, "promise-too-fast", {})
    assert harness.api.calls[-1].params["disable_notification"] is True


# --- the process ----------------------------------------------------------------------------------------------------


async def test_the_process_serves_where_the_settings_say(telegram: FakeTelegram, tmp_path: Path) -> None:
    port = free_port()
    changes: dict[str, Any] = {
        "telegram_token": SecretStr(TOKEN),
        "telegram_api_url": telegram.url,
        "stats_host": "127.0.0.2",
        "stats_port": port,
    }
    ready = asyncio.Event()
    addresses: list[str] = []
    opened: list[str] = []

    class Named(sqlite3.Connection):
        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **options)
            opened.append(str(given[0]))

    def heard(address: str) -> None:
        addresses.append(address)
        ready.set()

    outside, tuning = Outside(sqlite=Named), Tuning(poll_times=PollTimes(long_poll=2))
    work = run(settings_in(tmp_path, **changes), outside=outside, tuning=tuning, ready=heard)
    task = asyncio.create_task(work)
    try:
        await until(lambda: ready.is_set() or task.done(), what="readiness")
        assert addresses == [f"http://127.0.0.2:{port}"]
        assert opened, "over what is given from outside"
        await until(
            lambda: any(sent["timeout"] == "2" for sent in telegram.sent("getUpdates")), what="a tuned long poll"
        )

        async def lag_is_seen() -> bool:
            async with aiohttp.ClientSession() as session, session.get(f"{addresses[0]}/metrics") as answer:
                found = samples(await answer.text())
            return one(found, "perpdesk_loop_lag_seconds_count") > 0

        await until(lag_is_seen, what="a moment of the loop")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_sidecar_tells_of_chat_and_exchange_to_who_has_the_token(tmp_path: Path) -> None:
    async with (
        open_harness(tmp_path, stats_token=SecretStr("canary-token-4f1e9a")) as harness,
        server.serve(harness.assembly.sidecar, port=0) as address,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(f"{address}/metrics") as answer:
            assert answer.status == 401
        session.headers["Authorization"] = "Bearer canary-token-4f1e9a"
        async with session.get(f"{address}/metrics") as answer:
            text = await answer.text()
        assert "perpdesk_telegram_updates_total" in text
        assert "perpdesk_exchange_requests" in text
        async with session.get(f"{address}/readyz") as answer:
            said = await answer.json()
        assert (said["ready"], [(each["reason"], each["text"]) for each in said["reasons"]]) == (
            False,
            [("starting", "starting")],
        )
        assert 'perpdesk_unready{reason="starting"} 1.0' in text
        assert 'perpdesk_unready{reason="telegram"} 0.0' in text


async def test_a_benchmarks_file_may_go_unchecked(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as harness:
        ((root,),) = await harness.database.fetch("SELECT rootpage FROM sqlite_schema WHERE name = 'signals'")
    path = tmp_path / "perpdesk.sqlite3"
    content = bytearray(await asyncio.to_thread(path.read_bytes))
    start = (root - 1) * 8192
    content[start : start + 64] = b"\xee" * 64
    await asyncio.to_thread(path.write_bytes, content)
    async with open_harness(tmp_path, tuning=replace(TUNING, check_database=PageCheck.NEVER)) as harness:
        await harness.person().say("/start")


async def test_both_connections_are_of_the_class_from_outside(telegram: FakeTelegram, tmp_path: Path) -> None:
    opened: list[sqlite3.Connection] = []

    class Counted(sqlite3.Connection):
        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **options)
            opened.append(self)

    async with ChatProcess(tmp_path, telegram, sqlite=Counted).open():
        assert len(opened) == 2
