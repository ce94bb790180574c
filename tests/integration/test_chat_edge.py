"""The whole Telegram side over PTB's application and a server: nothing lost, nothing done twice, nothing leaked."""

import asyncio
import logging
import traceback
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from harness.chat import House, echo
from harness.fakes import MemoryInbox, MemoryOutbox, MemoryTransactions
from harness.telegram_server import TOKEN, FakeTelegram, answers, flood, goes_silent, hangs_up, message, refusal, serve
from harness.waiting import LIMIT, until
from telegram import Update

from bot.chat.application import running
from bot.chat.errors import AnotherInstance, TokenRefused
from bot.chat.poller import PollTimes
from bot.chat.rate_limiter import TelegramRateLimits
from bot.domain.chat import InboxState
from bot.domain.errors import StorageTrouble

SECRET = "Xk3vB8qLm2Zt9RwYc5Hn7Ud1Pf4Gs6Ja0KeT"


@dataclass
class Memory(House):
    """A process over stores in memory."""

    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    transactions: Any = None

    def __post_init__(self) -> None:
        self.transactions = MemoryTransactions(self.inbox, self.outbox)


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with serve(FakeTelegram()) as server:
        yield server


async def test_from_an_update_to_its_answer_and_its_mark(telegram: FakeTelegram) -> None:
    async with Memory(telegram, echo).at_work() as house:
        assert house.edge.problems() in ((), ("Telegram has not answered yet",))
        telegram.deliver(message(5, 7, "a"), message(6, 8, "b"))
        await until(lambda: len(telegram.sent()) == 2, what="two answers")
        await until(lambda: house.edge.stats().inbox_marker.marked == 2, what="two marks")
        assert house.edge.problems() == ()
        stats = house.edge.stats()
        assert (stats.inbox.accepted, stats.lanes.handled, stats.rate_limiter.calls["send", "ok"]) == (2, 2, 2)
        assert stats.poll is not None
        assert stats.poll.age_s is not None
    assert {params["text"] for params in telegram.sent()} == {"you said a", "you said b"}
    assert {row.state for row in house.inbox.rows.values()} == {InboxState.DONE}
    assert house.inbox.seen.keys() == {7, 8}


async def test_readiness_before_and_after_each_step(telegram: FakeTelegram) -> None:
    async with Memory(telegram, echo).open() as house:
        assert house.edge.problems() == ("Telegram has not been reached yet",)
        await house.edge.connect()
        assert house.edge.problems() == ("updates are not asked for yet",)
        await house.edge.poll()
        telegram.deliver(message(1, 1))
        await until(lambda: house.edge.problems() == (), what="readiness")


async def test_the_first_word_with_telegram_is_patient(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("getMe", answers(502, "Bad Gateway"), hangs_up, answers(500, "Internal Server Error"))
    async with Memory(telegram, echo).open() as house:
        await asyncio.wait_for(house.edge.connect(), LIMIT)
    assert caplog.text.count("can't be reached yet") == 1


async def test_a_refused_token_ends_the_start_and_is_named_nowhere(telegram: FakeTelegram) -> None:
    wrong = TOKEN.replace("canary", "wrongs")
    async with Memory(telegram, echo, token=wrong).open() as house:
        with pytest.raises(TokenRefused) as caught:
            await house.edge.connect()
        said = "".join(traceback.format_exception(caught.value)) + repr(house.application) + repr(house.application.bot)
    assert "wrongs" not in said
    assert caught.value.__context__ is None


async def test_a_secret_survives_no_kill_and_its_sender_is_asked_again(telegram: FakeTelegram) -> None:
    seen: list[str | None] = []

    async def stuck(update: Update, _: object) -> None:
        assert update.effective_message is not None
        seen.append(update.effective_message.text)
        await asyncio.sleep(60)

    text = f"/keys add demo AbCdEf0123456789Ab {SECRET}"
    first = Memory(telegram, stuck)
    async with first.at_work():
        telegram.deliver(message(5, 7, text))
        await until(lambda: bool(seen), what="the handler at work")
        await first.edge.lanes.drain(0)
    assert seen == [text]
    assert SECRET not in repr(first.inbox.rows)
    assert all(SECRET.encode() not in (row.body or b"") for row in first.inbox.rows.values())
    second = Memory(telegram, echo, inbox=first.inbox, outbox=first.outbox)
    async with second.at_work():
        await until(lambda: first.outbox.states() == ["sent"], what="the promise sent")
    assert [params["text"] for params in telegram.sent()] == ["send-secret-again en"]


async def test_a_handler_that_fails_at_first_answers_once(telegram: FakeTelegram) -> None:
    tries = Counter[int]()

    async def handler(update: Update, context: object) -> None:
        tries[update.update_id] += 1
        if tries[update.update_id] < 3:
            raise RuntimeError("not yet")
        await echo(update, context)

    async with Memory(telegram, handler).at_work() as house:
        telegram.deliver(message(5, 7))
        await until(lambda: house.edge.stats().inbox_marker.marked == 1, what="the mark")
    assert len(telegram.sent()) == 1
    assert tries == {5: 3}


async def test_while_the_disk_refuses_updates_stay_with_telegram(telegram: FakeTelegram) -> None:
    house = Memory(telegram, echo)
    house.inbox.refuse = [StorageTrouble("disk full")] * 5
    async with house.at_work():
        telegram.deliver(message(5, 7))
        await until(
            lambda: house.edge.problems() == ("updates can't be stored: disk full",),
            what="the disk's refusal in the readiness",
        )
        assert telegram.confirmed == 0
        await until(lambda: telegram.confirmed == 6, what="the confirmation")
        await until(lambda: len(telegram.sent()) == 1, what="the answer")
        assert house.edge.problems() == ()
    assert len(telegram.sent()) == 1


async def test_a_deaf_connection_is_replaced_and_the_updates_come_in(telegram: FakeTelegram) -> None:
    telegram.fail("getUpdates", goes_silent(60))
    async with Memory(telegram, echo).at_work() as house:
        telegram.deliver(message(5, 7))
        await until(lambda: len(telegram.sent()) == 1, what="the answer")
        stats = house.edge.stats().poll
        assert stats is not None
        assert stats.renewals >= 1


async def test_of_two_instances_the_newcomer_gives_way(telegram: FakeTelegram) -> None:
    settled = PollTimes(long_poll=1, back_off=0.01, conflict_grace=0.5, established=0.1, established_grace=LIMIT)
    async with Memory(telegram, echo, times=settled).at_work() as old:
        await until(lambda: old.edge.problems() == (), what="readiness of the old one")
        await asyncio.sleep(0.3)  # longer than it takes to count as established
        async with Memory(telegram, echo).at_work() as new:
            with pytest.raises(AnotherInstance):
                await asyncio.wait_for(new.edge.ended(), LIMIT)
        telegram.deliver(message(5, 7))
        await until(lambda: len(telegram.sent()) == 1, what="the answer")
        assert old.inbox.rows.keys() == {5}


async def test_a_token_taken_back_at_run_time_ends_it(telegram: FakeTelegram) -> None:
    async with Memory(telegram, echo).at_work() as house:
        telegram.fail("getUpdates", answers(401, "Unauthorized"))
        telegram.deliver(message(5, 7))
        with pytest.raises(TokenRefused):
            await asyncio.wait_for(house.edge.ended(), LIMIT)


async def test_a_storm_of_429_loses_and_doubles_no_answer(telegram: FakeTelegram) -> None:
    telegram.limit, telegram.retry_after = (30, 0.3), 0.2
    telegram.chat_limit = (2, 0.2)

    def refuse(_: object) -> web.Response:
        telegram.calls.pop()  # what is refused was not sent
        return flood(0.2)

    telegram.fail("sendMessage", *[refuse] * 5)  # a slow machine may not reach the limits by itself
    limits = TelegramRateLimits(per_second=90)
    async with Memory(telegram, echo, pace_limits=limits).at_work() as house:
        telegram.deliver(*(message(number, 1 + number % 100, str(number)) for number in range(200)))
        await until(lambda: len(telegram.sent()) == 200, what="every answer")
        assert house.edge.stats().rate_limiter.floods > 0
        await house.edge.drain(5)
    assert Counter(params["text"] for params in telegram.sent()) == Counter(f"you said {n}" for n in range(200))


async def test_one_users_flood_is_told_once_and_others_are_served(telegram: FakeTelegram) -> None:
    async def handler(update: Update, context: object) -> None:
        await asyncio.sleep(0.01)
        await echo(update, context)

    async with Memory(telegram, handler).at_work() as house:
        telegram.deliver(*(message(number, 1, "flood") for number in range(95)), message(200, 2, "one"))
        await until(lambda: house.edge.stats().inbox_marker.marked == 61, what="every mark")
        await house.edge.drain(5)
    texts = Counter(params["text"] for params in telegram.sent())
    assert texts["too-fast en"] == 1
    assert texts["you said one"] == 1
    assert texts["you said flood"] == 60


async def test_stopping_lets_the_running_end_and_leaves_the_rest_to_the_next_start(telegram: FakeTelegram) -> None:
    stopping, never = asyncio.Event(), asyncio.Event()

    async def handler(update: Update, context: object) -> None:
        await (stopping if update.update_id == 1 else never).wait()
        await echo(update, context)

    first = Memory(telegram, handler)
    async with first.at_work():
        telegram.deliver(message(1, 1, "short"), message(2, 2, "long"))
        await until(lambda: first.edge.stats().lanes.running == 2, what="both handlers at work")
        await first.edge.stop_intake()
        telegram.deliver(message(3, 3, "after"))
        stopping.set()
        await until(lambda: len(telegram.sent()) == 1, what="the short one's answer")
        assert await first.edge.drain(0.5) == 1
    assert [params["text"] for params in telegram.sent()] == ["you said short"]
    assert {number: row.state for number, row in first.inbox.rows.items()} == {1: InboxState.DONE, 2: InboxState.NEW}
    second = Memory(telegram, echo, inbox=first.inbox, outbox=first.outbox)
    async with second.at_work():
        await until(lambda: len(telegram.sent()) == 3, what="three answers")
    assert [params["text"] for params in telegram.sent()] == ["you said short", "you said long", "you said after"]


async def test_a_task_that_a_handler_left_does_not_hold_the_stop_up(telegram: FakeTelegram) -> None:
    async with Memory(telegram, echo).open() as house:
        await house.application.initialize()
        async with running(house.application, patience_s=0.05):
            left = house.application.create_task(asyncio.sleep(60))
    assert left.cancelled()


async def test_the_token_is_in_no_log_at_debug(telegram: FakeTelegram, caplog: pytest.LogCaptureFixture) -> None:
    def page(request: web.Request) -> web.Response:
        return web.Response(status=502, text=f"<p>{request.raw_path}</p>", content_type="text/html")

    caplog.set_level(logging.DEBUG)

    async def handler(update: Update, context: Any) -> None:
        logging.getLogger("test").debug("%r %r %s", context.bot, context.application, update)
        await echo(update, context)

    telegram.fail("getMe", page, hangs_up)
    telegram.fail("getUpdates", page, hangs_up, answers(409, "Conflict: terminated by other getUpdates request"))
    telegram.fail("sendMessage", page, hangs_up, lambda _: refusal(400, "Bad Request: can't parse entities"))
    async with Memory(telegram, handler).at_work() as house:
        telegram.deliver(message(5, 7), message(6, 8))
        lanes = house.edge.stats
        await until(lambda: lanes().lanes.handled + lanes().lanes.set_aside == 2, what="both updates ended")
    assert len(caplog.records) > 8
    assert TOKEN.split(":")[1] not in caplog.text
