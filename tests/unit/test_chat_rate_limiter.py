"""At once until Telegram says otherwise; then obedient, and nothing lost or sent twice."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness.virtual_time import LoopClock
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError, TimedOut

from bot.chat.errors import FloodWait
from bot.chat.rate_limiter import SendPriority, TelegramRateLimiter, TelegramRateLimits
from bot.chat.spacing import Spacing
from bot.domain.ids import ChatId

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


async def test_without_floods_nothing_is_held_back() -> None:
    telegram, rate_limiter = Telegram(latency_s=0.02), pace_of(per_second=5)
    began = monotonic()
    await asyncio.gather(*(through(rate_limiter, telegram, "sendMessage", {"chat_id": chat}) for chat in range(200)))
    assert monotonic() - began == pytest.approx(0.02), "two hundred calls side by side"
    assert len(telegram.executed) == 200
    assert rate_limiter.stats().is_limited is False


async def test_a_flooded_chat_waits_and_is_served_in_order_while_others_go_on() -> None:
    open_at = monotonic() + 0.15

    def rule(_: str, data: dict[str, Any]) -> TelegramError | None:
        return FloodWait(open_at - monotonic()) if data["chat_id"] == 1 and monotonic() < open_at else None

    telegram, rate_limiter = Telegram(rule), pace_of()
    flooded = [
        asyncio.create_task(through(rate_limiter, telegram, "sendMessage", {"chat_id": 1, "text": n})) for n in range(5)
    ]
    await asyncio.sleep(0.01)
    later = asyncio.create_task(through(rate_limiter, telegram, "sendMessage", {"chat_id": "1", "text": 5}))
    await through(rate_limiter, telegram, "sendMessage", {"chat_id": 2, "text": 0})
    assert [data["chat_id"] for data in telegram.executed] == [2]
    await asyncio.gather(*flooded, later)
    assert [data["text"] for data in telegram.executed if data["chat_id"] != 2] == [0, 1, 2, 3, 4, 5]
    assert rate_limiter.stats().waiting == 0


async def test_real_limits_lose_and_double_nothing_and_are_soon_kept_to() -> None:
    sends: list[float] = []

    def rule(_: str, __: dict[str, Any]) -> TelegramError | None:
        now = monotonic()
        recent = [at for at in sends if now - at < 0.2]
        if len(recent) >= 20:
            return FloodWait(0.1)
        sends.append(now)
        return None

    telegram, rate_limiter = Telegram(rule, latency_s=0.001), pace_of(per_second=90)
    await asyncio.gather(*(through(rate_limiter, telegram, "sendMessage", {"chat_id": chat}) for chat in range(150)))
    assert Counter(data["chat_id"] for data in telegram.executed) == Counter(range(150))
    before = telegram.refused
    assert rate_limiter.stats().is_limited
    await asyncio.gather(
        *(through(rate_limiter, telegram, "sendMessage", {"chat_id": chat}) for chat in range(150, 250))
    )
    assert telegram.refused - before <= 3  # the pace was learned
    assert len(telegram.executed) == 250


async def test_the_learned_pace_is_forgotten_after_a_while() -> None:
    telegram, rate_limiter = Telegram(), pace_of(per_second=50, learned_for_s=0.2, chats=2)
    telegram.script = [FloodWait(0.01), FloodWait(0.01)]
    await asyncio.gather(*(through(rate_limiter, telegram, "sendMessage", {"chat_id": chat}) for chat in range(2)))
    assert rate_limiter.stats().is_limited
    await asyncio.sleep(0.25)
    assert not rate_limiter.stats().is_limited
    began = monotonic()
    await asyncio.gather(*(through(rate_limiter, telegram, "sendMessage", {"chat_id": chat}) for chat in range(100)))
    assert monotonic() == began


async def test_the_learned_pace_lasts_while_somebody_waits_for_it() -> None:
    telegram, rate_limiter = Telegram(), pace_of(per_second=50, learned_for_s=0.01, chats=1)
    telegram.script = [FloodWait(0.1)]
    flooded = asyncio.create_task(through(rate_limiter, telegram, "sendMessage", {"chat_id": 0}))
    await asyncio.sleep(0.001)
    waits = asyncio.create_task(through(rate_limiter, telegram, "sendMessage", {"chat_id": 1}))
    await asyncio.sleep(0.03)
    assert rate_limiter.stats().is_limited
    await through(rate_limiter, telegram, "sendMessage", {"chat_id": 2})
    await asyncio.gather(flooded, waits)
    assert [data["chat_id"] for data in telegram.executed if data["chat_id"]] == [1, 2]
    assert not rate_limiter.stats().is_limited


async def test_one_chats_floods_do_not_slow_the_bot() -> None:
    telegram, rate_limiter = Telegram(), pace_of(chats=3)
    telegram.script = [FloodWait(0.01)] * 10
    await through(rate_limiter, telegram, "sendMessage", {"chat_id": 1})
    assert rate_limiter.stats().floods == 10
    assert not rate_limiter.stats().is_limited


async def test_answers_go_before_promises_before_replies_before_broadcasts() -> None:
    telegram, rate_limiter = Telegram(), pace_of(per_second=100, chats=1)
    telegram.script = [FloodWait(0.01)]
    await through(rate_limiter, telegram, "sendMessage", {"chat_id": 0, "text": "first"})
    tasks = [
        asyncio.create_task(through(rate_limiter, telegram, endpoint, {"chat_id": n, "text": text}, priority))
        for n, (endpoint, text, priority) in enumerate(
            [
                ("sendMessage", "broadcast", SendPriority.BROADCAST),
                ("sendMessage", "reply", None),
                ("editMessageText", "reply", None),
                ("sendMessage", "promise", SendPriority.OUTBOX),
                ("answerPreCheckoutQuery", "answer", None),
            ]
        )
    ]
    await asyncio.gather(*tasks)
    texts = [data["text"] for data in telegram.executed]
    assert texts == ["first", "answer", "promise", "reply", "reply", "broadcast"]


async def test_answers_without_a_chat_are_not_held_back_by_a_learned_pace() -> None:
    telegram, rate_limiter = Telegram(), pace_of(per_second=1, chats=1)
    telegram.script = [FloodWait(0.01)]
    await through(rate_limiter, telegram, "sendMessage", {"chat_id": 0})
    began = monotonic()
    for _ in range(20):
        await through(rate_limiter, telegram, "answerCallbackQuery", {"callback_query_id": "1"})
    assert monotonic() == began


async def test_promises_get_their_429_to_keep_and_replies_do_after_long_enough() -> None:
    telegram, rate_limiter = Telegram(), pace_of(patience_s=10)
    telegram.script = [FloodWait(0.05)]
    with pytest.raises(FloodWait):
        await through(rate_limiter, telegram, "sendMessage", {"chat_id": 1}, SendPriority.OUTBOX)
    telegram.script = [FloodWait(3600)]
    with pytest.raises(FloodWait):
        await through(rate_limiter, telegram, "sendMessage", {"chat_id": 2})
    assert telegram.executed == []


async def test_a_cancelled_caller_costs_the_others_nothing() -> None:
    telegram, rate_limiter = Telegram(), pace_of()
    telegram.script = [FloodWait(0.1)]
    first = asyncio.create_task(through(rate_limiter, telegram, "sendMessage", {"chat_id": 1, "text": "a"}))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(through(rate_limiter, telegram, "sendMessage", {"chat_id": 1, "text": "b"}))
    await asyncio.sleep(0.02)
    assert rate_limiter.stats().waiting == 2
    first.cancel()
    await second
    assert [data["text"] for data in telegram.executed] == ["b"]
    assert rate_limiter.stats().waiting == 0


async def test_at_a_learned_pace_the_cancelled_cost_nothing_and_no_chat_holds_up_the_others() -> None:
    telegram, rate_limiter = Telegram(), pace_of(per_second=10, chats=1)
    telegram.script = [FloodWait(0.05)]
    sent = {"chat_id": 0, "text": "first"}
    tasks = [asyncio.create_task(through(rate_limiter, telegram, "sendMessage", sent))]
    await asyncio.sleep(0.01)
    for chat, text in ((1, "a"), (1, "b"), (1, "c"), (2, "d"), (3, "e")):
        tasks.append(
            asyncio.create_task(through(rate_limiter, telegram, "sendMessage", {"chat_id": chat, "text": text}))
        )
    await asyncio.sleep(0)
    assert rate_limiter.stats().waiting == 6
    tasks[1].cancel()
    tasks[5].cancel()
    began = monotonic()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert monotonic() - began == pytest.approx(0.34)  # 0.04 held, three gaps: the cancelled took no turn
    assert [data["text"] for data in telegram.executed if data["chat_id"]] == ["b", "d", "c"]
    assert rate_limiter.stats().waiting == 0


@pytest.mark.parametrize(("passed_at", "next_at"), [(100.1, 100.2), (100.14, 100.2), (100.16, 100.26), (107.0, 107.1)])
def test_calls_are_evenly_spaced_and_a_late_timer_shifts_nobody_behind_it(passed_at: float, next_at: float) -> None:
    spacing = Spacing(per_second=10)
    for now in (100.0, passed_at):
        assert spacing.delay(now) == 0
        spacing.take(now)
    assert spacing.delay(passed_at) == pytest.approx(next_at - passed_at)
    assert spacing.delay(passed_at, ahead=2) == pytest.approx(next_at + 0.2 - passed_at)
    assert spacing.delay(next_at) == 0


def test_a_hold_outlasts_a_turn_that_is_given_back() -> None:
    spacing = Spacing(per_second=10)
    spacing.take(100.0)
    spacing.hold(102.0)
    spacing.hold(101.0)
    spacing.give_back()
    assert spacing.delay(100.0) == pytest.approx(2.0)
    assert spacing.delay(102.0) == 0


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


@pytest.mark.parametrize("error", [Forbidden("Forbidden: bot was blocked by the user"), BadRequest("Chat not found")])
async def test_a_chat_that_cannot_be_reached_is_reported(error: TelegramError) -> None:
    gone: list[ChatId] = []
    rate_limiter = TelegramRateLimiter(LoopClock(), unreachable=gone.append)
    with pytest.raises(type(error)):
        await through(rate_limiter, Telegram(script=[error]), "sendMessage", {"chat_id": 7})
    assert gone == [7]
    with pytest.raises(BadRequest):
        await through(
            rate_limiter, Telegram(script=[BadRequest("Message text is empty")]), "sendMessage", {"chat_id": 8}
        )
    assert gone == [7]


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


async def test_gates_nobody_waits_at_are_swept() -> None:
    telegram, rate_limiter = Telegram(), pace_of(chats=100_000)
    for chat in range(1_200):
        telegram.script = [FloodWait(0)]
        with pytest.raises(FloodWait):
            await through(rate_limiter, telegram, "sendMessage", {"chat_id": chat}, SendPriority.OUTBOX)
    assert len(rate_limiter._gates) <= 501
