"""While Telegram refuses some chats, nobody else notices, and what is said there arrives afterwards: once, in order."""

import asyncio
import json
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from harness.chat import ChatProcess
from harness.power import Power
from harness.telegram_server import FakeTelegram, answers, message
from harness.waiting import until
from telegram import InputFile, Update

from bot.domain.chat import SetAsideMessage, outbox_message
from bot.domain.ids import UserId
from handlers.core.links import RunCommand
from handlers.registry import TABLE
from handlers.table import HandlerTable

FLOOD_S = 3.0
STRANGER = 900


class RealProcess(ChatProcess):
    """With the handlers that run."""

    def _table(self) -> HandlerTable:
        return TABLE


def press(update_id: int, user_id: int, message_id: int, data: str) -> dict[str, Any]:
    chat = {"id": user_id, "type": "private", "first_name": "U"}
    return {
        "update_id": update_id,
        "callback_query": {
            "id": str(update_id),
            "from": {"id": user_id, "is_bot": False, "first_name": "U", "language_code": "en"},
            "chat_instance": "1",
            "data": data,
            "message": {"message_id": message_id, "date": 1_760_000_000, "chat": chat, "text": "a card"},
        },
    }


def command(update_id: int, user_id: int, text: str) -> dict[str, Any]:
    written = message(update_id, user_id, text)
    length = len(text.split(maxsplit=1)[0])
    written["message"]["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return written


def said_to(telegram: FakeTelegram, user_id: int, *, since: float = 0.0) -> list[str]:
    """Texts that a chat got, sent or edited, in order."""
    return [
        call.params["text"]
        for call in telegram.calls
        if call.at >= since and call.params.get("chat_id") == str(user_id) and "text" in call.params
    ]


def close(telegram: FakeTelegram, chats: range | tuple[int, ...], seconds: float = FLOOD_S) -> float:
    until_then = monotonic() + seconds
    telegram.closed = {str(chat): until_then for chat in chats}
    return until_then


@pytest.fixture
def ids() -> Iterator[int]:
    return iter(range(1, 10_000))


async def receipt(process: ChatProcess, user_id: int) -> None:
    """As a payment's: a message that must arrive."""
    told = outbox_message(SetAsideMessage(), user_id=UserId(user_id), idempotency_key=f"test:{user_id}")
    async with process.assembly.storage.store.begin() as unit:
        await unit.enqueue(told, process.assembly.clock.now())


@pytest.mark.parametrize("flooded", [17, 3])
async def test_strangers_notice_nothing_of_flooded_chats(
    telegram: FakeTelegram, tmp_path: Path, ids: Iterator[int], flooded: int
) -> None:
    chats = range(1, flooded + 1)
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        opens = close(telegram, chats, 6.0)
        for chat in chats:
            await receipt(process, chat)
            telegram.deliver(message(next(ids), chat, "hello"))
        await until(lambda: process.runtime.stats().inbox_marker.marked == flooded, what="every update done")
        telegram.deliver(message(next(ids), STRANGER, "hello"))
        await receipt(process, STRANGER)
        await until(lambda: len(said_to(telegram, STRANGER)) == 2, what="a stranger's answer and receipt")
        assert monotonic() < opens, "they came while the flood lasted"
        await until(lambda: all(len(said_to(telegram, chat)) == 2 for chat in chats), what="everything said")
    assert all("you said hello" in said_to(telegram, chat) for chat in chats)


async def test_a_flooded_persons_presses_are_done_and_their_sentences_come_after_it_in_order_across_a_kill(
    telegram: FakeTelegram, tmp_path: Path, ids: Iterator[int]
) -> None:
    person, power = 7, Power()
    first = RealProcess(tmp_path, telegram, request=power.request, sqlite=power.sqlite())
    async with first.at_work():
        telegram.deliver(command(next(ids), person, "/start"), command(next(ids), person, "/lang"))
        await until(lambda: len(said_to(telegram, person)) == 2, what="two cards")
        card = telegram.sent()[-1]
        keyboard = [each for row in json.loads(card["reply_markup"])["inline_keyboard"] for each in row]
        codes = {each["text"]: each["callback_data"] for each in keyboard}
        choices = [codes[name] for name in ("Українська", "Русский", "Українська")]
        flooded_at = monotonic()
        opens = close(telegram, (person,))
        telegram.deliver(*(press(next(ids), person, 2, data) for data in choices))
        telegram.deliver(command(next(ids), person, "/help"), command(next(ids), person, "/whoami"))
        telegram.deliver(command(next(ids), person, "/help"))
        marked = first.runtime.stats
        await until(lambda: marked().inbox_marker.marked == 8, what="every update done")
        assert len(telegram.sent("answerCallbackQuery")) == 3, "no spinner is left"
        assert await first.rows("SELECT lang FROM users") == [("uk",)]
        assert monotonic() < opens, "while the flood lasted"
        assert telegram.refused == 1, "a closed gate asks nobody"
        power.is_cut = True
    second = RealProcess(tmp_path, telegram)
    async with second.at_work():
        telegram.deliver(command(next(ids), person, "/license"))
        await until(lambda: len(said_to(telegram, person, since=flooded_at)) == 6, what="everything said")
        await until(partial(_nothing_waits, second), what="every row marked")
    said = said_to(telegram, person, since=flooded_at)
    wanted = ("Українська", "Русский", "Українська", "Хто ви тут", "Що я вмію", "Ліцензія")
    assert all(piece in text for piece, text in zip(wanted, said, strict=True)), said
    times = [call.at for call in telegram.calls if call.params.get("text") in said and call.at >= flooded_at]
    assert all(later - earlier > 0.9 for earlier, later in pairwise(times)), "spaced"


async def test_what_was_asked_for_and_not_effected_is_answered_once_however_often_it_is_replayed(
    telegram: FakeTelegram, tmp_path: Path, ids: Iterator[int]
) -> None:
    close(telegram, (7,), 2.0)
    telegram.deliver(message(next(ids), 7, "hello"))
    for _ in range(2):
        power = Power()
        process = ChatProcess(tmp_path, telegram, request=power.request, sqlite=power.sqlite())
        async with process.at_work():
            await until(partial(_is_held, process), what="the answer held")
            power.is_cut = True  # before the update is marked as done, as a rule
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        await until(lambda: said_to(telegram, 7), what="the answer")
        await until(lambda: process.runtime.stats().outbox.waiting == 0, what="nothing left")
    assert said_to(telegram, 7) == ["you said hello"]


async def _nothing_waits(process: ChatProcess) -> bool:
    return await process.rows("SELECT 1 FROM outbox WHERE state = 'waiting'") == []


async def _is_held(process: ChatProcess) -> bool:
    return await process.rows("SELECT count(*) FROM outbox WHERE kind = 'held-call'") == [(1,)]


async def test_a_file_that_telegram_does_not_take_now_is_told_of_and_not_made_again(
    telegram: FakeTelegram, tmp_path: Path, ids: Iterator[int]
) -> None:
    tries: list[int] = []

    async def handler(update: Update) -> None:
        assert update.effective_message is not None
        tries.append(update.update_id)
        await update.effective_message.reply_document(InputFile(b"a,b", "a.csv"))

    close(telegram, (7,), 1.5)
    async with ChatProcess(tmp_path, telegram, handler).at_work():
        telegram.deliver(message(next(ids), 7))
        await until(lambda: said_to(telegram, 7), what="a word of it")
    assert len(tries) == 1
    assert "could not send the file" in said_to(telegram, 7)[0]


@pytest.mark.parametrize(
    "words", ["chat not found", "not enough rights to send text messages to the chat", "TOPIC_CLOSED"]
)
async def test_a_definite_refusal_is_one_call_and_one_line(
    telegram: FakeTelegram, tmp_path: Path, ids: Iterator[int], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    telegram.fail("sendMessage", *[answers(400, f"Bad Request: {words}")] * 5)
    async with ChatProcess(tmp_path, telegram).at_work() as process:
        telegram.deliver(message(next(ids), 7))
        await until(lambda: process.runtime.stats().inbox_marker.marked == 1, what="the update done")
    assert len(telegram.sent()) == 1
    lines = [each for each in caplog.records if words.lower() in each.getMessage().lower()]
    assert [each.levelname for each in lines] == ["INFO"]
    assert process.runtime.stats().lanes.failed == 0


async def test_an_answer_for_a_closed_topic_comes_in_the_group(
    telegram: FakeTelegram, tmp_path: Path, ids: Iterator[int]
) -> None:
    telegram.fail("sendMessage", answers(400, "Bad Request: TOPIC_CLOSED"))
    written = command(next(ids), 7, "/price@desk_bot")
    written["message"] |= {"chat": {"id": -5, "type": "supergroup", "title": "G", "is_forum": True}}
    written["message"] |= {"message_thread_id": 3, "is_topic_message": True}
    async with RealProcess(tmp_path, telegram).at_work():
        telegram.deliver(written)
        await until(lambda: len(telegram.sent()) == 2, what="the answer in the group")
    refused, sent = telegram.sent()
    assert refused["message_thread_id"] == "3"
    assert "message_thread_id" not in sent
    assert "reply_parameters" not in sent


async def test_an_answer_to_a_press_waits_for_no_flood(
    telegram: FakeTelegram, tmp_path: Path, ids: Iterator[int]
) -> None:
    close(telegram, (7,), 2.0)
    async with RealProcess(tmp_path, telegram).at_work() as process:
        telegram.deliver(*(press(next(ids), 7, 5, RunCommand("menu").encode()) for _ in range(40)))
        await until(lambda: len(telegram.sent("answerCallbackQuery")) == 40, what="every spinner ended")
        await until(lambda: process.runtime.stats().inbox_marker.marked == 40, what="every update done")
        await asyncio.sleep(0)
        await until(lambda: said_to(telegram, 7), what="the card")
        await until(lambda: process.runtime.stats().outbox.waiting == 0, what="nothing left")
    assert len(said_to(telegram, 7)) == 1, "of forty pictures the newest"
