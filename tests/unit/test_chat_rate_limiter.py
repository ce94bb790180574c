"""At once until Telegram says otherwise; then obedient, and nothing lost or sent twice."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from harness.fakes import MemoryOutbox
from harness.virtual_time import LoopClock
from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError, TimedOut

from bot.chat.errors import FloodWait
from bot.chat.held_calls import HeldCalls
from bot.chat.rate_limiter import SendPriority, TelegramRateLimiter, TelegramRateLimits
from bot.chat.spacing import Spacing
from bot.domain.ids import ChatId
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from ops.sim.telegram.errors import ApiError
from ops.sim.telegram.limits import FloodLimits

pytestmark = pytest.mark.virtual_time


def monotonic() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Telegram:
    """Executes calls, or refuses them by `rule`; what it refused was not executed."""

    rule: Callable[[str, dict[str, Any]], TelegramError | None] = lambda _endpoint, _data: None
    executed: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    latency_s: float = 0.0
    script: list[TelegramError] = field(default_factory=list)

    async def call(self, endpoint: str, data: dict[str, Any], **_: Any) -> Any:
        await asyncio.sleep(self.latency_s)
        error = self.script.pop(0) if self.script else self.rule(endpoint, data)
        if error is not None:
            self.refused += 1
            raise error
        self.executed.append(data)
        return {"message_id": len(self.executed)}


async def through(
    rate_limiter: TelegramRateLimiter,
    telegram: Telegram,
    endpoint: str,
    data: dict[str, Any],
    priority: int | None = None,
) -> Any:
    return await rate_limiter.process_request(telegram.call, (endpoint, data), {}, endpoint, data, priority)


def pace_of(**limits: Any) -> TelegramRateLimiter:
    return TelegramRateLimiter(LoopClock(), limits=TelegramRateLimits(**limits))


@dataclass
class Room:
    """A limiter that holds in memory what has to wait, and a Telegram that refuses by `closed`: chat -> until when."""

    store: MemoryOutbox = field(default_factory=MemoryOutbox)
    closed: dict[int, float] = field(default_factory=dict)
    limits: TelegramRateLimits = field(default_factory=TelegramRateLimits)
    rate_limiter: TelegramRateLimiter = field(init=False)
    telegram: Telegram = field(init=False)

    def __post_init__(self) -> None:
        clock = LoopClock()
        held = HeldCalls(self.store, clock, asyncio.Event())
        self.rate_limiter = TelegramRateLimiter(clock, limits=self.limits, held=held)
        self.telegram = Telegram(self._rule)

    async def send(self, chat: int, text: str, priority: int | None = None, **more: Any) -> Any:
        return await self.call("sendMessage", chat, text=text, priority=priority, **more)

    async def edit(self, chat: int, message_id: int, text: str) -> Any:
        return await self.call("editMessageText", chat, text=text, message_id=message_id)

    async def call(self, endpoint: str, chat: int, *, priority: int | None = None, **data: Any) -> Any:
        return await through(self.rate_limiter, self.telegram, endpoint, {"chat_id": chat, **data}, priority)

    def waiting(self) -> list[str]:
        """What will be sent, in order."""
        rows = [row for row in self.store.rows.values() if row.state == "waiting"]
        return [f"{row.enqueue.values['method']} {row.enqueue.values.get('text', '')}".strip() for row in rows]

    def texts(self) -> list[Any]:
        return [data["text"] for data in self.telegram.executed]

    def _rule(self, _: str, data: dict[str, Any]) -> TelegramError | None:
        left = self.closed.get(data.get("chat_id", -1), 0.0) - monotonic()
        return FloodWait(left) if left > 0 else None


@contextmanager
def update(number: int, *, applied: bool = False, screen: str | None = None) -> Iterator[None]:
    """What is done within is an update's."""
    token = current_attempt.set(UpdateAttempt(UpdateId(number), applied=applied, screen=screen))
    try:
        yield
    finally:
        current_attempt.reset(token)


async def test_without_floods_nothing_is_held_back() -> None:
    telegram, rate_limiter = Telegram(latency_s=0.02), pace_of(per_second=5)
    began = monotonic()
    await asyncio.gather(*(through(rate_limiter, telegram, "sendMessage", {"chat_id": chat}) for chat in range(200)))
    assert monotonic() - began == pytest.approx(0.02), "two hundred calls side by side"
    assert len(telegram.executed) == 200
    assert rate_limiter.stats().is_limited is False
    assert (rate_limiter.stats().sent, rate_limiter.stats().seconds) == (200, pytest.approx(200 * 0.02))


async def test_what_is_said_to_a_flooded_chat_is_held_in_order_while_others_go_on() -> None:
    room = Room(closed={1: monotonic() + 60})
    answers = [await room.send(1, str(number)) for number in range(3)]
    assert [each["message_id"] for each in answers] == [-1, -2, -3]
    await room.send(2, "to another")
    assert room.texts() == ["to another"]
    assert room.waiting() == ["sendMessage 0", "sendMessage 1", "sendMessage 2"]
    assert room.telegram.refused == 1, "a closed gate asks nobody"
    assert {row.next_try for row in room.store.rows.values()} == {LoopClock().now() + 60_000}


async def test_the_outbox_gets_a_429_and_a_closed_gate_at_once() -> None:
    room = Room(closed={1: monotonic() + 60})
    for _ in range(2):
        with pytest.raises(FloodWait) as caught:
            await room.send(1, "a receipt", SendPriority.OUTBOX)
        assert caught.value.seconds == pytest.approx(60)
    assert (room.telegram.refused, room.waiting()) == (1, [])


async def test_after_the_flood_a_chat_is_spaced_until_it_is_quiet() -> None:
    room = Room(closed={1: monotonic() + 5})
    await room.send(1, "first")
    await asyncio.sleep(5)
    await room.send(1, "second", SendPriority.OUTBOX)
    with pytest.raises(FloodWait) as caught:
        await room.send(1, "third", SendPriority.OUTBOX)
    assert caught.value.seconds == pytest.approx(1)
    await asyncio.sleep(30)
    for _ in range(3):
        await room.send(1, "at once", SendPriority.OUTBOX)
    assert room.texts() == ["second", *["at once"] * 3]


async def test_the_newest_edit_of_a_message_wins_and_an_outcome_is_never_dropped() -> None:
    room = Room(closed={1: monotonic() + 60})
    for number, (text, applied) in enumerate([("a", False), ("b", False), ("saved", True), ("c", False), ("d", False)]):
        with update(number, applied=applied):
            await room.edit(1, 7, text)
    assert room.waiting() == ["editMessageText saved", "editMessageText d"]
    await room.edit(1, 8, "another message")
    assert room.waiting()[-1] == "editMessageText another message"


async def test_an_edit_of_a_message_that_waits_changes_it_before_it_exists() -> None:
    room = Room(closed={1: monotonic() + 60})
    sent = await room.send(1, "asking", disable_notification=True)
    await room.edit(1, sent["message_id"], "the answer")
    await room.call("pinChatMessage", 1, message_id=sent["message_id"])
    assert room.waiting() == ["sendMessage the answer", "pinChatMessage"]
    assert room.store.rows[1].enqueue.values["disable_notification"] == "true"
    await room.call("deleteMessage", 1, message_id=sent["message_id"])
    assert room.waiting() == ["pinChatMessage"]


async def test_of_the_same_screen_asked_for_again_the_newest_is_sent() -> None:
    room = Room(closed={1: monotonic() + 60})
    for number, screen in enumerate(["/balance", "/price btc", "/balance", None]):
        with update(number, screen=screen):
            await room.send(1, f"{number} first part")
            await room.send(1, f"{number} second part")
    with update(5, screen="/price btc", applied=True):
        await room.send(1, "an outcome")
    assert room.waiting() == [
        *("sendMessage 1 first part", "sendMessage 1 second part"),
        *("sendMessage 2 first part", "sendMessage 2 second part"),
        *("sendMessage 3 first part", "sendMessage 3 second part"),
        "sendMessage an outcome",
    ]


async def test_an_update_that_is_handled_again_holds_its_answer_once() -> None:
    room = Room(closed={1: monotonic() + 60})
    for _ in range(2):
        with update(9):
            await room.send(1, "the answer")
    assert room.waiting() == ["sendMessage the answer"]


async def test_a_deletion_waits_for_no_gate_and_a_file_is_its_callers_to_send_again() -> None:
    room = Room(closed={1: monotonic() + 60})
    await room.send(1, "x")
    room.closed.clear()
    await room.call("deleteMessage", 1, message_id=5)
    assert room.telegram.executed == [{"chat_id": 1, "message_id": 5}]
    with pytest.raises(FloodWait):
        await room.call("sendDocument", 1, document=InputFile(b"a,b", "a.csv"))


async def test_chats_at_their_own_limits_never_hold_the_others() -> None:
    room = Room(closed={chat: monotonic() + 60 for chat in range(17)})
    await asyncio.gather(*(room.send(chat, "x") for chat in range(17)))
    began = monotonic()
    for _ in range(5):
        await room.send(99, "y")
    assert monotonic() - began < 0.5
    assert room.texts() == ["y"] * 5


async def test_while_the_whole_bot_is_refused_one_call_a_second_looks_and_then_the_pace_is_kept() -> None:
    room = Room(closed={chat: monotonic() + 30 for chat in range(1_000)})
    calls: list[float] = []
    original = room.telegram.call

    async def call(endpoint: str, data: dict[str, Any], **options: Any) -> Any:
        calls.append(monotonic())
        return await original(endpoint, data, **options)

    room.telegram.call = call  # type: ignore[method-assign]  # notes when
    began = monotonic()
    senders: list[asyncio.Task[None]] = []
    for chat in range(200):  # who come while it lasts
        senders.append(asyncio.create_task(_sent(room, chat)))
        await asyncio.sleep(0.145)
    await asyncio.gather(*senders)
    probes = [at - began for at in calls if 12 < at - began < 29.9]
    assert len(probes) in (17, 18), probes
    after = [at for at in calls if at - began >= 30]
    assert min(later - earlier for earlier, later in pairwise(after)) == pytest.approx(1 / 28, abs=0.01)
    assert len(room.telegram.executed) == 200


async def _sent(room: Room, chat: int) -> None:
    """As the outbox does: again when its time has come."""
    while True:
        try:
            await room.send(chat, "x", SendPriority.OUTBOX)
        except FloodWait as flood:
            await asyncio.sleep(flood.seconds + 0.001)
        else:
            return


async def test_the_learned_pace_is_forgotten_after_a_while() -> None:
    telegram, rate_limiter = Telegram(), pace_of(per_second=50, learned_for_s=0.2, chats=2)
    telegram.script = [FloodWait(0.01), FloodWait(0.01)]
    for chat in range(2):
        with pytest.raises(FloodWait):
            await through(rate_limiter, telegram, "sendMessage", {"chat_id": chat})
    assert rate_limiter.stats().is_limited
    await asyncio.sleep(0.25)
    assert not rate_limiter.stats().is_limited
    began = monotonic()
    await asyncio.gather(*(through(rate_limiter, telegram, "sendMessage", {"chat_id": chat}) for chat in range(9, 99)))
    assert monotonic() == began


async def limited() -> Room:
    """At the learned pace of ten a second, whose next slot comes in 0.1 s."""
    room = Room(limits=TelegramRateLimits(per_second=10, chats=1), closed={0: monotonic() + 1})
    await room.send(0, "x")
    await room.send(99, "first")
    await room.send(98, "second")
    room.telegram.executed.clear()
    return room


async def test_at_the_learned_pace_answers_go_before_exits_before_receipts_before_replies_before_broadcasts() -> None:
    room = await limited()
    calls = [
        ("broadcast", SendPriority.BROADCAST),
        ("reply", None),
        ("receipt", SendPriority.OUTBOX),
        ("exit", SendPriority.URGENT),
    ]
    tasks = [asyncio.create_task(room.send(chat, text, priority)) for chat, (text, priority) in enumerate(calls, 1)]
    await asyncio.sleep(0)
    press = {"callback_query_id": "1", "text": "answer"}
    await through(room.rate_limiter, room.telegram, "answerCallbackQuery", press)
    await asyncio.gather(*tasks)
    assert room.texts() == ["answer", "exit", "receipt", "reply", "broadcast"]


async def test_what_nobody_waits_for_leaves_room_for_exits_and_answers_under_the_limit_of_the_whole_bot() -> None:
    """Twenty exits and answers a second are never refused beside a thousand receipts and a broadcast."""
    flood_limits = FloodLimits(monotonic)

    def rule(_: str, data: dict[str, Any]) -> TelegramError | None:
        try:
            flood_limits.charge(1, data["chat_id"], 1)
        except ApiError as refusal:
            return FloodWait(refusal.parameters["retry_after"])
        return None

    start = monotonic()
    telegram, rate_limiter = Telegram(rule), pace_of()
    bulk = [
        asyncio.create_task(through(rate_limiter, telegram, "sendMessage", {"chat_id": 1_000 + chat}, priority))
        for chat in range(500)
        for priority in (SendPriority.OUTBOX, SendPriority.BROADCAST)
    ]
    for chat in range(1, 101):
        await asyncio.sleep(0.25)
        began = monotonic()
        await through(rate_limiter, telegram, "sendMessage", {"chat_id": chat}, SendPriority.URGENT)
        assert monotonic() == began
    await asyncio.gather(*bulk)
    assert monotonic() - start < 42
    assert telegram.refused == 0


async def test_at_the_learned_pace_a_reply_that_would_wait_too_long_is_held() -> None:
    room = await limited()
    began = monotonic()
    await asyncio.gather(*(room.send(chat, str(chat)) for chat in range(1, 41)))
    assert monotonic() - began < 2.1
    assert len(room.texts()) + len(room.waiting()) == 41, "with the one that was flooded"
    assert len(room.texts()) >= 19


async def test_at_the_learned_pace_the_cancelled_cost_nothing_and_no_chat_holds_up_the_others() -> None:
    room = await limited()
    sends = ((1, "a"), (1, "b"), (1, "c"), (2, "d"), (3, "e"))
    tasks = [asyncio.create_task(room.send(chat, text)) for chat, text in sends]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[4].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert room.texts() == ["b", "d", "c"]


async def test_what_is_no_message_is_asked_again_within_its_patience_in_all() -> None:
    telegram, rate_limiter = Telegram(), pace_of(patience_s=10)
    telegram.script = [FloodWait(4), FloodWait(4)]
    assert await through(rate_limiter, telegram, "getStarTransactions", {})
    telegram.script = [FloodWait(4)] * 3
    with pytest.raises(FloodWait):
        await through(rate_limiter, telegram, "getStarTransactions", {})
    telegram.script = [FloodWait(4)]
    with update(1), pytest.raises(FloodWait):
        await through(rate_limiter, telegram, "getStarTransactions", {})


async def test_a_topic_that_takes_no_message_leaves_it_to_the_group() -> None:
    data = {"chat_id": -1, "text": "x", "message_thread_id": 5, "reply_parameters": {"message_id": 6}}
    for words in ("Bad Request: TOPIC_CLOSED", "Bad Request: message thread not found", "Bad Request: TOPIC_DELETED"):
        telegram, rate_limiter = Telegram(script=[BadRequest(words)]), pace_of()
        await through(rate_limiter, telegram, "sendMessage", data)
        assert telegram.executed == [{"chat_id": -1, "text": "x"}]
    telegram = Telegram(script=[BadRequest("TOPIC_CLOSED")] * 2)
    with pytest.raises(Forbidden):
        await through(pace_of(), telegram, "sendMessage", data)


@pytest.mark.parametrize(
    "words", ["Chat not found", "not enough rights to send text messages to the chat", "CHAT_WRITE_FORBIDDEN"]
)
async def test_a_chat_in_which_nothing_can_be_said_is_one_kind_of_error(words: str) -> None:
    with pytest.raises(Forbidden, match=words):
        await through(pace_of(), Telegram(script=[BadRequest(words)]), "sendMessage", {"chat_id": 7})


@pytest.mark.parametrize("error", [Forbidden("Forbidden: bot was blocked by the user"), BadRequest("Chat not found")])
async def test_a_chat_that_cannot_be_reached_is_reported(error: TelegramError) -> None:
    gone: list[ChatId] = []
    rate_limiter = TelegramRateLimiter(LoopClock(), unreachable=gone.append)
    with pytest.raises(Forbidden):
        await through(rate_limiter, Telegram(script=[error]), "sendMessage", {"chat_id": 7})
    assert gone == [7]
    empty = Telegram(script=[BadRequest("Message text is empty")])
    with pytest.raises(BadRequest):
        await through(rate_limiter, empty, "sendMessage", {"chat_id": 8})
    assert gone == [7]


async def test_gates_that_are_over_are_swept() -> None:
    telegram, rate_limiter = Telegram(), pace_of(chats=100_000)
    for chat in range(1_200):
        telegram.script = [FloodWait(0)]
        with pytest.raises(FloodWait):
            await through(rate_limiter, telegram, "sendMessage", {"chat_id": chat}, SendPriority.OUTBOX)
        await asyncio.sleep(0.05)
    assert len(rate_limiter.gates._gates) <= 501


@pytest.mark.parametrize(("passed_at", "next_at"), [(100.1, 100.2), (100.14, 100.2), (100.16, 100.26), (107.0, 107.1)])
def test_calls_are_evenly_spaced_and_a_late_timer_shifts_nobody_behind_it(passed_at: float, next_at: float) -> None:
    spacing = Spacing(per_second=10)
    for now in (100.0, passed_at):
        assert spacing.delay(now) == 0
        spacing.take(now)
    assert spacing.delay(passed_at) == pytest.approx(next_at - passed_at)
    assert spacing.delay(passed_at, ahead=2) == pytest.approx(next_at + 0.2 - passed_at)
    assert spacing.delay(next_at) == 0


TOO_OLD = BadRequest("Query is too old and response timeout expired or query id is invalid")


async def test_a_press_too_old_to_be_answered_goes_on() -> None:
    telegram, rate_limiter = Telegram(script=[TOO_OLD]), pace_of()
    assert await through(rate_limiter, telegram, "answerCallbackQuery", {"callback_query_id": "1"}) is True
    assert rate_limiter.stats().calls == {("answer", "too_old"): 1}


async def test_an_edit_that_changes_nothing_is_fine() -> None:
    telegram, rate_limiter = Telegram(script=[BadRequest("Message is not modified: same")]), pace_of()
    assert await through(rate_limiter, telegram, "editMessageText", {"chat_id": 1, "text": "x"}) is True


async def test_a_text_that_cannot_be_parsed_goes_out_plain_once(caplog: pytest.LogCaptureFixture) -> None:
    refusal = BadRequest("Can't parse entities: unsupported start tag")
    telegram, rate_limiter = Telegram(script=[refusal]), pace_of()
    data = {"chat_id": 1, "text": "<b>balance 12.5</b>", "parse_mode": "HTML"}
    await through(rate_limiter, telegram, "sendMessage", data)
    assert telegram.executed == [{"chat_id": 1, "text": "balance 12.5"}]
    assert data["parse_mode"] == "HTML"
    assert "can't parse" in caplog.text
    assert "12.5" not in caplog.text
    telegram.script = [refusal, refusal]
    with pytest.raises(BadRequest):
        await through(rate_limiter, telegram, "sendMessage", data)
    assert len(telegram.executed) == 1


async def test_a_group_that_moved_gets_its_message_in_the_new_chat() -> None:
    telegram, rate_limiter = Telegram(script=[ChatMigrated(-1001)]), pace_of()
    await through(rate_limiter, telegram, "sendMessage", {"chat_id": -5, "text": "x"})
    assert telegram.executed == [{"chat_id": -1001, "text": "x"}]


@pytest.mark.parametrize("error", [TimedOut(), NetworkError("reset"), BadRequest("Message text is empty")])
async def test_what_may_have_been_executed_is_never_made_again(error: TelegramError) -> None:
    telegram, rate_limiter = Telegram(script=[error]), pace_of()
    with pytest.raises(type(error)):
        await through(rate_limiter, telegram, "sendMessage", {"chat_id": 1, "text": "x", "parse_mode": "HTML"})
    assert telegram.executed == []
    assert telegram.refused == 1


async def test_calls_are_counted_by_class_and_outcome() -> None:
    telegram, rate_limiter = Telegram(), pace_of()
    for endpoint, error in [
        ("sendMessage", None),
        ("sendPhoto", None),
        ("sendMessage", TimedOut()),
        ("editMessageText", NetworkError("x")),
        ("deleteMessage", BadRequest("x")),
        ("getMe", None),
        ("setMyCommands", None),
        ("leaveChat", Forbidden("Forbidden: x")),
    ]:
        telegram.script = [error] if error else []
        await asyncio.gather(through(rate_limiter, telegram, endpoint, {}), return_exceptions=True)
    assert rate_limiter.stats().calls == {
        ("send", "ok"): 2,
        ("send", "timed_out"): 1,
        ("edit", "network"): 1,
        ("delete", "refused"): 1,
        ("get", "ok"): 1,
        ("set", "ok"): 1,
        ("other", "unreachable"): 1,
    }
