"""Outbox messages: sent at least once, in order within a chat, whatever comes in between."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness.fakes import MemoryOutbox
from harness.virtual_time import LoopClock
from harness.waiting import until
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.chat.errors import FloodWait
from bot.chat.held_calls import HeldCalls
from bot.chat.held_sender import HeldCallSender
from bot.chat.outbox import Outbox, OutboxTimes
from bot.chat.rate_limiter import SendPriority, TelegramRateLimiter
from bot.chat.sender import Listener, ListenerOf, Sender
from bot.domain.chat import OutboxMessage, OutboxPayload, QueuedMessage, SetAsideMessage
from bot.domain.errors import StorageTrouble
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.users import Language, Notifications

DEAF = 999_999  # wants none
QUICK = OutboxTimes(poll=0.05, back_off=0.02, storage_retry=0.01)

pytestmark = pytest.mark.virtual_time


@dataclass(frozen=True)
class Card:
    text_html: str
    reply_markup: None = None
    reply_to: int | None = None


class Words:
    """Texts of messages; one of a trade has no parts, and is about a leg."""

    def read(self, _kind: str, _values: Mapping[str, str]) -> OutboxPayload:
        return SetAsideMessage()

    def render(self, kind: str, values: Mapping[str, str], language: Language) -> Sequence[Card]:
        if kind == "broken":
            raise KeyError(values["parts"])
        return [Card(f"{kind} {part} {language}") for part in values["parts"].split()]


async def listener_of(user_id: UserId) -> Listener:
    await asyncio.sleep(0)
    ring = {2: Notifications.SILENT, DEAF: Notifications.OFF}.get(user_id, Notifications.ON)
    return Listener(language=Language.UKRAINIAN if user_id == 2 else Language.ENGLISH, ring_of=lambda _: ring)


@dataclass
class Bot:
    """PTB's bot as far as a sender needs it; `errors` are raised by the next sends to a chat."""

    sent: list[tuple[int, str]] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[int, list[TelegramError]] = field(default_factory=dict)
    latency_s: float = 0.0
    running: int = 0
    most: int = 0

    async def send_message(self, chat_id: int, text: str, **options: Any) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(self.latency_s)
        finally:
            self.running -= 1
        if self.errors.get(chat_id):
            raise self.errors[chat_id].pop(0)
        self.sent.append((chat_id, text))
        self.options.append(options)


@dataclass
class Post:
    """An outbox over a memory store and a bot that notes what it sends."""

    store: MemoryOutbox = field(default_factory=MemoryOutbox)
    bot: Bot = field(default_factory=Bot)
    clock: LoopClock = field(default_factory=LoopClock)
    times: OutboxTimes = QUICK
    outbox: Outbox = field(init=False)
    rate_limiter: TelegramRateLimiter = field(init=False)

    def __post_init__(self) -> None:
        self.rate_limiter = TelegramRateLimiter(self.clock)
        self.outbox = self.outbox_for(listener_of)

    def outbox_for(self, listener: ListenerOf) -> Outbox:
        telegram_bot: Any = self.bot
        sender = Sender(telegram_bot, Words(), listener, self.clock)
        api: Any = None  # nothing is held here
        held = HeldCallSender(HeldCalls(self.store, self.clock, asyncio.Event()), self.rate_limiter, api)
        return Outbox(self.store, sender, held, self.rate_limiter, self.clock, lambda: 0.5, times=self.times)

    def enqueue(
        self, chat: int, parts: str = "one", kind: str = "fill", *, is_urgent: bool = False, leg: str = ""
    ) -> None:
        update_attempt = f"test:{len(self.store.rows)}"
        about = {"account_id": "1", "symbol": leg} if leg else {}
        self.store.add(
            OutboxMessage(
                user_id=UserId(chat),
                chat_id=ChatId(chat),
                kind=kind,
                values={"parts": parts, **about},
                idempotency_key=update_attempt,
                is_urgent=is_urgent,
            ),
            self.clock.now(),
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Post"]:
        async with self.outbox.open():
            yield self

    async def settled(self, count: int) -> None:
        await until(
            lambda: sum(state != "waiting" for state in self.store.states()) >= count, what=f"{count} settled promises"
        )


async def test_a_promise_is_rendered_in_the_readers_language_and_rings_as_they_chose() -> None:
    post = Post()
    post.enqueue(1)
    post.enqueue(2)
    async with post.open():
        await post.settled(2)
    assert sorted(post.bot.sent) == [(1, "fill one en"), (2, "fill one uk")]
    rings = {
        text: options["disable_notification"]
        for (_, text), options in zip(post.bot.sent, post.bot.options, strict=True)
    }
    assert rings == {"fill one en": None, "fill one uk": True}
    assert all(options["rate_limit_args"] == SendPriority.OUTBOX for options in post.bot.options)
    assert all(options["parse_mode"] == "HTML" for options in post.bot.options)


async def test_a_wake_hastens_it() -> None:
    post = Post(times=OutboxTimes(poll=60))
    async with post.open():
        await asyncio.sleep(0.01)
        post.enqueue(1)
        await asyncio.sleep(0.05)
        assert post.bot.sent == []
        post.outbox.wake()
        await post.settled(1)


async def test_without_a_wake_the_poll_finds_it() -> None:
    post = Post()
    async with post.open():
        await asyncio.sleep(0.01)
        post.enqueue(1)
        await post.settled(1)


@pytest.mark.parametrize("error", [NetworkError("reset"), TimedOut(), FloodWait(0.05), TelegramError("strange")])
async def test_a_chats_promises_keep_their_order_through_failures(error: TelegramError) -> None:
    post = Post()
    post.bot.errors[1] = [error, error]
    for part in ("a", "b", "c"):
        post.enqueue(1, part)
    post.enqueue(2, "x")
    async with post.open():
        await post.settled(1)
        assert post.bot.sent == [(2, "fill x uk")]
        post.enqueue(1, "d")
        post.outbox.wake()
        await post.settled(5)
    assert [text for chat, text in post.bot.sent if chat == 1] == [f"fill {part} en" for part in "abcd"]


@pytest.mark.parametrize("error", [NetworkError("reset"), TimedOut()])
async def test_an_outage_of_ten_minutes_ends_when_it_ends(error: TelegramError) -> None:
    """What could not be sent is not held back for minutes more by its own many failures."""
    post = Post(times=OutboxTimes())
    post.bot.errors[1] = [error] * 10_000
    post.enqueue(1)
    async with post.open():
        await asyncio.sleep(600)
        assert post.bot.sent == []
        post.bot.errors.clear()
        came_back = post.clock.monotonic()
        await post.settled(1)
        assert post.clock.monotonic() - came_back <= OutboxTimes().unreached_most + OutboxTimes().poll


async def test_a_429_is_obeyed() -> None:
    post = Post()
    post.bot.errors[1] = [FloodWait(0.3)]
    post.enqueue(1)
    async with post.open():
        await asyncio.sleep(0.2)
        assert post.bot.sent == []
        await post.settled(1)
    assert len(post.bot.sent) == 1


@pytest.mark.parametrize(
    ("error", "is_logged"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), False),
        (BadRequest("Chat not found"), False),
        (BadRequest("Message text is empty"), True),
    ],
)
async def test_a_definite_no_is_not_tried_again(
    error: TelegramError, is_logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    post = Post()
    post.bot.errors[1] = [error]
    post.enqueue(1, "a")
    post.enqueue(1, "b")
    async with post.open():
        await post.settled(2)
    assert post.store.states() == ["undeliverable", "sent"]
    assert ("is refused" in caplog.text) is is_logged


async def test_one_that_cannot_be_rendered_holds_nobody_up(caplog: pytest.LogCaptureFixture) -> None:
    post = Post()
    post.enqueue(1, kind="broken")
    post.enqueue(1, "b")
    async with post.open():
        await post.settled(1)
    assert post.bot.sent == [(1, "fill b en")]
    assert post.store.states() == ["waiting", "sent"]
    assert "could not be rendered" in caplog.text


async def test_one_that_never_renders_is_given_up_loudly_after_so_many_attempts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    post = Post(times=OutboxTimes(poll=0.05, back_off=0.02, renderings=4))
    post.enqueue(1, "typed-by-somebody", kind="broken")
    async with post.open():
        await post.settled(1)
    assert post.store.states() == ["undeliverable"]
    stats = post.outbox.stats()
    assert (stats.put_off, stats.undeliverable, stats.sent) == (3, 1, 0)
    assert "message 1 (broken) is undeliverable: could not be rendered (KeyError" in caplog.text
    assert "typed-by-somebody" not in caplog.text


async def test_a_reader_whose_language_the_disk_does_not_give_is_no_fault_of_the_message() -> None:
    post = Post(times=OutboxTimes(poll=0.05, back_off=0.02, renderings=2))
    troubles = [StorageTrouble("busy")] * 5

    async def listener_or_trouble(user_id: UserId) -> Listener:
        if troubles:
            raise troubles.pop()
        return await listener_of(user_id)

    post.outbox = post.outbox_for(listener_or_trouble)
    post.enqueue(1)
    async with post.open():
        await post.settled(1)
    assert post.store.states() == ["sent"]


async def test_a_look_that_fails_unforeseen_is_repeated_with_longer_and_longer_pauses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    post = Post()
    post.enqueue(1)
    post.store.refuse = [ValueError("typed-by-somebody") for _ in range(3)]
    began = asyncio.get_running_loop().time()
    async with post.open():
        await asyncio.sleep(0.02)
        assert str(post.outbox.trouble()).startswith("messages can't be sent: ValueError in ")
        assert post.outbox.stats().in_trouble
        await post.settled(1)
        assert asyncio.get_running_loop().time() - began == pytest.approx(0.1 + 0.2 + 0.4, abs=0.05)
        assert post.outbox.trouble() is None
    assert "the outbox can't be read or written: ValueError" in caplog.text
    assert "typed-by-somebody" not in caplog.text


async def test_an_outbox_that_has_ended_says_so_until_it_is_drained() -> None:
    post = Post()
    assert post.outbox.trouble() is None
    post.store.refuse = [asyncio.CancelledError()]
    async with post.open():
        await asyncio.sleep(0.02)
        assert post.outbox.trouble() == "messages can't be sent: the outbox has ended"
        assert post.outbox.stats().in_trouble
    assert post.outbox.trouble() is None


async def test_what_was_sent_is_not_sent_again_because_a_mark_failed_unforeseen() -> None:
    post = Post()
    post.enqueue(1)
    original = post.bot.send_message

    async def send_message(chat_id: int, text: str, **options: Any) -> None:
        await original(chat_id, text, **options)
        post.store.refuse = [ValueError("no row"), ValueError("no row")]

    post.bot.send_message = send_message  # type: ignore[method-assign]  # the store fails just after the send
    async with post.open():
        await post.settled(1)
    assert len(post.bot.sent) == 1


async def test_of_a_long_promise_only_the_rest_is_sent_again() -> None:
    post = Post()
    post.enqueue(1, "a b c")
    fails = iter([None, NetworkError("reset"), None, None])

    async def send_message(chat_id: int, text: str, **_: Any) -> None:
        error = next(fails)
        if error is not None:
            raise error
        post.bot.sent.append((chat_id, text))

    post.bot.send_message = send_message  # type: ignore[method-assign]  # this bot fails at its second message
    async with post.open():
        await post.settled(1)
    assert [text for _, text in post.bot.sent] == ["fill a en", "fill b en", "fill c en"]


async def test_what_is_settled_while_the_table_is_read_is_not_sent_again() -> None:
    post = Post()
    post.bot.latency_s = 0.02
    read = post.store.due

    async def slow_due(now: Millis, limit: int) -> tuple[QueuedMessage, ...]:
        rows = await read(now, limit)
        await asyncio.sleep(0.03)  # what was read is on its way while a message is sent and marked
        return rows

    post.store.due = slow_due  # type: ignore[method-assign]  # a reader of its own, as SQLite's is
    async with post.open():
        for chat in range(20):
            post.enqueue(chat % 3)
            post.outbox.wake()
            await asyncio.sleep(0.011)
        await post.settled(20)
        await asyncio.sleep(0.2)
    assert len(post.bot.sent) == 20


async def test_a_disk_that_refuses_neither_loses_nor_repeats(caplog: pytest.LogCaptureFixture) -> None:
    post = Post()
    post.enqueue(1)
    post.store.refuse = [StorageTrouble("disk full")]
    async with post.open():
        await asyncio.sleep(0.02)
        assert post.outbox.trouble() == "messages can't be sent: disk full"
        await post.settled(1)
        await asyncio.sleep(0.1)
        post.enqueue(1)
        original = post.bot.send_message

        async def send_message(chat_id: int, text: str, **options: Any) -> None:
            await original(chat_id, text, **options)
            post.store.refuse = [StorageTrouble("disk full"), StorageTrouble("disk full")]

        post.bot.send_message = send_message  # type: ignore[method-assign]  # the disk fails just after the send
        post.outbox.wake()
        await post.settled(2)
        post.outbox.wake()
        await asyncio.sleep(0.1)
        assert post.outbox.trouble() is None
    assert len(post.bot.sent) == 2
    assert "disk full" in caplog.text


async def test_after_a_kill_the_next_process_sends_what_is_left() -> None:
    first = Post()
    first.bot.latency_s = 60
    first.enqueue(1)
    async with first.open():
        await asyncio.sleep(0.05)
    second = Post(store=first.store)
    async with second.open():
        await second.settled(1)
    assert (first.bot.sent, second.bot.sent) == ([], [(1, "fill one en")])


async def test_drain_sends_what_is_due_and_ends() -> None:
    post = Post(times=OutboxTimes(poll=60))
    post.bot.latency_s = 0.01
    async with post.open():
        for chat in range(1, 200):
            post.enqueue(chat)
        assert await post.outbox.drain(5) == 0
        assert post.store.states() == ["sent"] * 199
        assert await post.outbox.drain(5) == 0


async def test_drain_ends_in_time_and_says_what_is_left() -> None:
    post = Post()
    post.bot.latency_s = 60
    for chat in range(3):
        post.enqueue(chat)
    async with post.open():
        await asyncio.sleep(0.02)
        assert post.outbox.stats().waiting == 3
        began = asyncio.get_running_loop().time()
        assert await post.outbox.drain(0.1) == 3
        assert asyncio.get_running_loop().time() - began == pytest.approx(0.1)
    assert post.store.states() == ["waiting"] * 3


async def test_a_backlog_is_sent_without_waiting_for_the_poll_and_few_at_once() -> None:
    post = Post(times=OutboxTimes(poll=60))
    post.bot.latency_s = 0.001
    for chat in range(2_500):
        post.enqueue(chat)
    async with post.open():
        await post.settled(2_500)
        stats = post.outbox.stats()
    assert (stats.sent, stats.waiting) == (2_500, 0)
    assert post.bot.most == 16


async def test_a_courtesy_that_telegram_refuses_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    bot = Bot(errors={1: [Forbidden("Forbidden: bot was blocked by the user")]})
    telegram_bot: Any = bot

    class Short(Words):
        def render(self, kind: str, _values: Mapping[str, str], _language: Language) -> Sequence[Card]:
            return [Card(kind)]

    sender = Sender(telegram_bot, Short(), listener_of, LoopClock())
    await sender.tell("too-fast", UserId(1), ChatId(1))
    await sender.tell("too-fast", UserId(1), ChatId(1))
    assert bot.sent == [(1, "too-fast")]
    assert bot.options[0]["rate_limit_args"] == SendPriority.REPLY


async def test_a_message_goes_on_from_another_one_that_may_be_gone() -> None:
    bot = Bot()
    telegram_bot: Any = bot

    class Two(Words):
        def render(self, kind: str, _values: Mapping[str, str], _language: Language) -> Sequence[Card]:
            return [Card(kind, reply_to=7), Card("more")]

    sender = Sender(telegram_bot, Two(), listener_of, LoopClock())
    await sender.send("fill", {}, user_id=UserId(1), chat_id=ChatId(1))
    reply, none = [options["reply_parameters"] for options in bot.options]
    assert (reply.message_id, reply.allow_sending_without_reply, none) == (7, True, None)


# --- what is urgent goes ahead --------------------------------------------------------------------------------------


async def test_what_is_urgent_waits_behind_no_flood() -> None:
    post = Post(times=OutboxTimes(poll=60))
    post.bot.latency_s = 1
    for chat in range(1_500):
        post.enqueue(chat)
    async with post.open():
        await asyncio.sleep(3.5)
        post.enqueue(5_000, "stop", is_urgent=True)
        post.outbox.wake()
        await asyncio.sleep(1.1)
        assert (5_000, "fill stop en") in post.bot.sent
        assert len(post.bot.sent) < 100
        await post.settled(1_501)
    assert post.bot.most == 17, "places of its own"


async def test_what_is_urgent_goes_ahead_within_its_chat_and_takes_its_leg_along() -> None:
    post = Post(times=OutboxTimes(poll=60))
    post.bot.latency_s = 1
    for parts, leg in (("first", ""), ("other", "ETHUSDT"), ("entry", "BTCUSDT"), ("last", "")):
        post.enqueue(1, parts, leg=leg)
    async with post.open():
        await asyncio.sleep(0.5)
        post.enqueue(1, "stop", is_urgent=True, leg="BTCUSDT")
        post.outbox.wake()
        await post.settled(5)
    order = [text.split()[1] for _, text in post.bot.sent]
    assert order.index("entry") < order.index("stop") < order.index("last")
    assert order[0] == "first", "it was under way"
    assert sorted(order) == ["entry", "first", "last", "other", "stop"]


async def test_what_is_urgent_does_not_wait_for_another_that_failed() -> None:
    post = Post(times=OutboxTimes(poll=0.05, back_off=60, unreached_most=60))
    post.bot.errors[1] = [TimedOut()]
    post.enqueue(1, "chatter")
    async with post.open():
        await until(lambda: post.outbox.stats().put_off == 1, what="the failure")
        post.enqueue(1, "stop", is_urgent=True)
        post.outbox.wake()
        await until(lambda: post.bot.sent, what="the stop")
    assert post.bot.sent == [(1, "fill stop en")]


async def test_what_nobody_wants_is_told_and_stays_due_no_more() -> None:
    post = Post()
    post.enqueue(DEAF)
    async with post.open():
        await post.settled(1)
    assert post.bot.sent == []
    assert post.store.states() == ["sent"]
