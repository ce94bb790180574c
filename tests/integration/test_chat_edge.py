"""The whole Telegram side over PTB's application and a server: nothing lost, nothing done twice, nothing leaked."""

import asyncio
import logging
import random
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from fake_telegram import TOKEN, FakeTelegram, answers, goes_silent, hangs_up, message, refusal, serve
from fakes import MemoryInbox, MemoryOutbox, MemoryTransactions
from telegram import Update
from telegram.ext import CallbackContext, ContextTypes, MessageHandler, filters

from bot.chat.application import build_application, running
from bot.chat.edge import TelegramEdge
from bot.chat.errors import AnotherInstance, TokenRefused
from bot.chat.lanes import LaneLimits
from bot.chat.outbox import OutboxTimes
from bot.chat.pace import Pace, PaceLimits
from bot.chat.poller import PollTimes
from bot.chat.sender import Listener
from bot.chat.transport import AiohttpRequest, RawApi
from bot.domain.cause import current_cause
from bot.domain.clock import SystemClock
from bot.domain.errors import StorageTrouble
from bot.domain.model import Language, Secret, UserId
from bot.domain.ports import InboxState

SECRET = "Xk3vB8qLm2Zt9RwYc5Hn7Ud1Pf4Gs6Ja0KeT"
TIMES = PollTimes(long_poll=1, margin=0.5, back_off=0.01, back_off_most=0.05, conflict_grace=0.5)
Handler = Callable[[Update, Any], Awaitable[None]]


@dataclass(frozen=True)
class Card:
    text_html: str
    reply_markup: None = None


@dataclass
class Power:
    """Off: whatever a killed process still tries to write ends there."""

    is_on: bool = True

    def check(self) -> None:
        if not self.is_on:
            raise asyncio.CancelledError


class PoweredInbox(MemoryInbox):
    power: Power

    async def _write(self) -> None:
        self.power.check()
        await super()._write()
        self.power.check()


@dataclass
class House:
    """One process over stores that outlive it."""

    telegram: FakeTelegram
    handler: Handler
    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    effects: list[Any] = field(default_factory=list)
    times: PollTimes = TIMES
    pace_limits: PaceLimits = field(default_factory=PaceLimits)
    token: str = TOKEN
    edge: TelegramEdge = field(init=False)

    def __post_init__(self) -> None:
        self.transactions = MemoryTransactions(self.inbox, self.outbox, self.effects)

    async def on_error(self, _: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        cause = current_cause.get()
        if cause is not None and cause.may_retry:
            cause.failure = context.error

    def render(self, kind: str, _values: Mapping[str, str], language: Language) -> Sequence[Card]:
        return [Card(f"{kind} {language}")]

    async def listener_of(self, _: UserId) -> Listener:
        return Listener()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["House"]:
        clock, token = SystemClock(), Secret(self.token)
        transport = AiohttpRequest(token)
        pace = Pace(clock, limits=self.pace_limits)
        self.application = await build_application(
            token=token,
            api_url=self.telegram.url,
            transport=transport,
            pace=pace,
            context_types=ContextTypes(),
        )
        self.application.add_handler(MessageHandler(filters.ALL, self.handler))
        self.application.add_error_handler(self.on_error)
        transactions: Any = self.transactions
        async with TelegramEdge.open(
            transport=transport,
            api=RawApi(transport, self.telegram.url, token),
            application=self.application,
            pace=pace,
            inbox_store=self.inbox,
            outbox_store=self.outbox,
            transactions=transactions,
            render=self.render,
            listener_of=self.listener_of,
            clock=clock,
            randomness=lambda: 0.0,
            lane_limits=LaneLimits(back_off_s=(0.01, 0.02)),
            poll_times=self.times,
            outbox_times=OutboxTimes(poll=0.1, back_off=0.02),
        ) as self.edge:
            yield self

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["House"]:
        async with self.open():
            await self.edge.connect()
            await self.edge.replay()
            await self.edge.poll()
            yield self


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with serve(FakeTelegram()) as server:
        yield server


async def echo(update: Update, _: object) -> None:
    assert update.effective_message is not None
    await update.effective_message.reply_text(f"you said {update.effective_message.text}")


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  what is waited for signals nothing
            await asyncio.sleep(0.005)


async def test_from_an_update_to_its_answer_and_its_mark(telegram: FakeTelegram) -> None:
    async with House(telegram, echo).at_work() as house:
        assert house.edge.troubles() in ((), ("Telegram has not answered yet",))
        telegram.deliver(message(5, 7, "a"), message(6, 8, "b"))
        await until(lambda: len(telegram.sent()) == 2)
        await until(lambda: house.edge.stats().ledger.marked == 2)
        assert house.edge.troubles() == ()
        stats = house.edge.stats()
        assert (stats.inbox.accepted, stats.lanes.handled, stats.pace.calls["send", "ok"]) == (2, 2, 2)
        assert stats.poll is not None
        assert stats.poll.age_s is not None
    assert {params["text"] for params in telegram.sent()} == {"you said a", "you said b"}
    assert {row.state for row in house.inbox.rows.values()} == {InboxState.DONE}
    assert house.inbox.seen.keys() == {7, 8}


async def test_readiness_before_and_after_each_step(telegram: FakeTelegram) -> None:
    async with House(telegram, echo).open() as house:
        assert house.edge.troubles() == ("Telegram has not been reached yet",)
        await house.edge.connect()
        assert house.edge.troubles() == ("updates are not asked for yet",)
        await house.edge.poll()
        telegram.deliver(message(1, 1))
        await until(lambda: house.edge.troubles() == ())


async def test_the_first_word_with_telegram_is_patient(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("getMe", answers(502, "Bad Gateway"), hangs_up, answers(500, "Internal Server Error"))
    async with House(telegram, echo).open() as house:
        await asyncio.wait_for(house.edge.connect(), 10)
    assert caplog.text.count("can't be reached yet") == 1


async def test_a_refused_token_ends_the_start_and_is_named_nowhere(telegram: FakeTelegram) -> None:
    wrong = TOKEN.replace("canary", "wrongs")
    async with House(telegram, echo, token=wrong).open() as house:
        with pytest.raises(TokenRefused) as caught:
            await house.edge.connect()
        said = "".join(traceback.format_exception(caught.value)) + repr(house.application) + repr(house.application.bot)
    assert "wrongs" not in said
    assert caught.value.__context__ is None


KILLS = 12
UPDATES = 240


async def test_killed_again_and_again_no_update_is_lost_and_no_effect_doubled(telegram: FakeTelegram) -> None:
    dice = random.Random(20261123)  # noqa: S311  a seeded dice, no secret
    rows = PoweredInbox()
    effects: list[int] = []
    outbox = MemoryOutbox()
    answered: set[int] = set()

    def process() -> tuple[House, Power]:
        """A process of its own over the same stores."""
        power = Power()
        rows.power = power
        inbox = PoweredInbox(rows=rows.rows, seen=rows.seen, commit_s=0.002)
        inbox.power = power

        async def handler(update: Update, _: object) -> None:
            await asyncio.sleep(dice.random() / 100)
            async with house.transactions.begin() as unit:
                unit.effects.append(update.update_id)
                await asyncio.sleep(dice.random() / 200)
                power.check()
            await asyncio.sleep(dice.random() / 100)
            power.check()
            await echo(update, None)
            answered.add(update.update_id)

        house = House(telegram, handler, inbox=inbox, outbox=outbox, effects=effects)
        return house, power

    async def live(house: House, seconds: float | None) -> None:
        async with house.at_work():
            await (asyncio.sleep(seconds) if seconds is not None else until(lambda: not pending(), 30))

    def pending() -> bool:
        ids = {number for number, row in rows.rows.items() if row.state is InboxState.DONE}
        return len(ids) < UPDATES or any(state == "waiting" for state in outbox.states())

    telegram.deliver(*(message(number, 1 + number % 17, str(number)) for number in range(1, UPDATES + 1)))
    for _ in range(KILLS):
        house, power = process()
        life = asyncio.create_task(live(house, None))
        await asyncio.sleep(0.02 + dice.random() / 10)
        power.is_on = False  # from here on nothing it does leaves a trace
        life.cancel()
        await asyncio.wait([life], timeout=5)
    house, _ = process()
    await live(house, None)

    assert Counter(effects) == Counter(range(1, UPDATES + 1))
    assert {row.state for row in rows.rows.values()} == {InboxState.DONE}
    unanswered = set(range(1, UPDATES + 1)) - answered
    explained = {
        int(row.promise.cause.split(":")[1]) for row in outbox.rows.values() if row.promise.kind == "restarted"
    }
    senders = {1 + number % 17 for number in unanswered}
    assert senders <= {1 + number % 17 for number in explained}  # nobody got silence
    assert unanswered, "the kills came too late to test anything"
    per_user = [[number for number in effects if number % 17 == rest] for rest in range(17)]
    assert per_user == [sorted(numbers) for numbers in per_user]


async def test_a_secret_survives_no_kill_and_its_sender_is_asked_again(telegram: FakeTelegram) -> None:
    seen: list[str | None] = []

    async def stuck(update: Update, _: object) -> None:
        assert update.effective_message is not None
        seen.append(update.effective_message.text)
        await asyncio.sleep(60)

    text = f"/keys add demo AbCdEf0123456789Ab {SECRET}"
    first = House(telegram, stuck)
    async with first.at_work():
        telegram.deliver(message(5, 7, text))
        await until(lambda: bool(seen))
        await first.edge.lanes.drain(0)
    assert seen == [text]
    assert SECRET not in repr(first.inbox.rows)
    assert all(SECRET.encode() not in (row.body or b"") for row in first.inbox.rows.values())
    second = House(telegram, echo, inbox=first.inbox, outbox=first.outbox)
    async with second.at_work():
        await until(lambda: first.outbox.states() == ["sent"])
    assert [params["text"] for params in telegram.sent()] == ["send-secret-again en"]


async def test_a_handler_that_fails_at_first_answers_once(telegram: FakeTelegram) -> None:
    tries = Counter[int]()

    async def handler(update: Update, context: object) -> None:
        tries[update.update_id] += 1
        if tries[update.update_id] < 3:
            raise RuntimeError("not yet")
        await echo(update, context)

    async with House(telegram, handler).at_work() as house:
        telegram.deliver(message(5, 7))
        await until(lambda: house.edge.stats().ledger.marked == 1)
    assert len(telegram.sent()) == 1
    assert tries == {5: 3}


async def test_while_the_disk_refuses_updates_stay_with_telegram(telegram: FakeTelegram) -> None:
    house = House(telegram, echo)
    house.inbox.refuse = [StorageTrouble("disk full")] * 5
    async with house.at_work():
        telegram.deliver(message(5, 7))
        await until(lambda: house.edge.troubles() == ("updates can't be stored: disk full",))
        assert telegram.confirmed == 0
        await until(lambda: telegram.confirmed == 6)
        await until(lambda: len(telegram.sent()) == 1)
        assert house.edge.troubles() == ()
    assert len(telegram.sent()) == 1


async def test_a_deaf_connection_is_replaced_and_the_updates_come_in(telegram: FakeTelegram) -> None:
    telegram.fail("getUpdates", goes_silent(60))
    async with House(telegram, echo).at_work() as house:
        telegram.deliver(message(5, 7))
        await until(lambda: len(telegram.sent()) == 1)
        stats = house.edge.stats().poll
        assert stats is not None
        assert stats.renewals == 1


async def test_of_two_instances_the_newcomer_gives_way(telegram: FakeTelegram) -> None:
    settled = PollTimes(long_poll=1, back_off=0.01, conflict_grace=0.5, established=0.1, established_grace=30)
    async with House(telegram, echo, times=settled).at_work() as old:
        await asyncio.sleep(0.3)
        async with House(telegram, echo).at_work() as new:
            with pytest.raises(AnotherInstance):
                await asyncio.wait_for(new.edge.ended(), 5)
        telegram.deliver(message(5, 7))
        await until(lambda: len(telegram.sent()) == 1)
        assert old.inbox.rows.keys() == {5}


async def test_a_token_taken_back_at_run_time_ends_it(telegram: FakeTelegram) -> None:
    async with House(telegram, echo).at_work() as house:
        telegram.fail("getUpdates", answers(401, "Unauthorized"))
        telegram.deliver(message(5, 7))
        with pytest.raises(TokenRefused):
            await asyncio.wait_for(house.edge.ended(), 5)


async def test_a_storm_of_429_loses_and_doubles_no_answer(telegram: FakeTelegram) -> None:
    telegram.limit, telegram.retry_after = (30, 0.3), 0.2
    telegram.chat_limit = (2, 0.2)
    limits = PaceLimits(per_second=90)
    async with House(telegram, echo, pace_limits=limits).at_work() as house:
        telegram.deliver(*(message(number, 1 + number % 100, str(number)) for number in range(200)))
        await until(lambda: len(telegram.sent()) == 200, 30)
        assert house.edge.stats().pace.floods > 0
        await house.edge.drain(5)
    assert Counter(params["text"] for params in telegram.sent()) == Counter(f"you said {n}" for n in range(200))


async def test_one_users_flood_is_told_once_and_others_are_served(telegram: FakeTelegram) -> None:
    async def handler(update: Update, context: object) -> None:
        await asyncio.sleep(0.01)
        await echo(update, context)

    async with House(telegram, handler).at_work() as house:
        telegram.deliver(*(message(number, 1, "flood") for number in range(95)), message(200, 2, "one"))
        await until(lambda: house.edge.stats().ledger.marked == 96)
        await house.edge.drain(5)
    texts = Counter(params["text"] for params in telegram.sent())
    assert texts["too-fast en"] == 1
    assert texts["you said one"] == 1
    assert texts["you said flood"] == 20


async def test_stopping_lets_the_running_end_and_leaves_the_rest_to_the_next_start(telegram: FakeTelegram) -> None:
    async def handler(update: Update, context: object) -> None:
        await asyncio.sleep(0.1 if update.update_id == 1 else 60)
        await echo(update, context)

    first = House(telegram, handler)
    async with first.at_work():
        telegram.deliver(message(1, 1, "short"), message(2, 2, "long"))
        await until(lambda: first.edge.stats().lanes.running == 2)
        await first.edge.stop_intake()
        telegram.deliver(message(3, 3, "after"))
        assert await first.edge.drain(0.5) == 1
    assert [params["text"] for params in telegram.sent()] == ["you said short"]
    assert {number: row.state for number, row in first.inbox.rows.items()} == {1: InboxState.DONE, 2: InboxState.NEW}
    second = House(telegram, echo, inbox=first.inbox, outbox=first.outbox)
    async with second.at_work():
        await until(lambda: len(telegram.sent()) == 3)
    assert [params["text"] for params in telegram.sent()] == ["you said short", "you said long", "you said after"]


async def test_a_task_that_a_handler_left_does_not_hold_the_stop_up(telegram: FakeTelegram) -> None:
    async with House(telegram, echo).open() as house:
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
    async with House(telegram, handler).at_work() as house:
        telegram.deliver(message(5, 7), message(6, 8))
        await until(lambda: house.edge.stats().lanes.handled + house.edge.stats().lanes.set_aside == 2)
    assert len(caplog.records) > 8
    assert TOKEN.split(":")[1] not in caplog.text
