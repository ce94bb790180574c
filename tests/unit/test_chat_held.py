"""Calls that wait for their chat: drawn anew when they are sent, known by their ids, over a restart."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness.fakes import MemoryOutbox
from harness.virtual_time import LoopClock
from telegram.error import BadRequest, TelegramError

from bot.chat.errors import FloodWait
from bot.chat.held_calls import HeldCalls
from bot.chat.held_sender import HeldCallSender
from bot.chat.rate_limiter import TelegramRateLimiter
from bot.domain.chat import QueuedMessage
from bot.domain.ids import ChatId

pytestmark = pytest.mark.virtual_time


@dataclass
class Api:
    """RawApi as far as it is called; `errors` are raised by the next calls."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    errors: list[TelegramError] = field(default_factory=list)

    async def call(self, method: str, parameters: dict[str, Any], *, read_timeout: float) -> Any:
        assert read_timeout > 0
        await asyncio.sleep(0.01)
        if self.errors:
            raise self.errors.pop(0)
        self.calls.append((method, dict(parameters)))
        return {"message_id": 100 + len(self.calls)} if method.startswith("send") else True


@dataclass
class Process:
    """One life; the store outlives it."""

    store: MemoryOutbox = field(default_factory=MemoryOutbox)
    api: Api = field(default_factory=Api)

    def __post_init__(self) -> None:
        self.held = HeldCalls(self.store, LoopClock(), asyncio.Event())
        self.rate_limiter = TelegramRateLimiter(LoopClock(), held=self.held)
        api: Any = self.api
        self.sender = HeldCallSender(self.held, self.rate_limiter, api)

    async def call(self, endpoint: str, **data: Any) -> Any:
        async def telegram(endpoint: str, data: dict[str, Any]) -> Any:
            return await self.api.call(endpoint, data, read_timeout=1)

        return await self.rate_limiter.process_request(telegram, (endpoint, data), {}, endpoint, data, None)

    async def flood(self, chat: int = 1, seconds: float = 60) -> None:
        self.api.errors.append(FloodWait(seconds))
        await self.call("sendMessage", chat_id=chat, text="first")

    async def due(self) -> list[QueuedMessage]:
        return list(await self.store.due(LoopClock().now(), 100))

    async def send_due(self) -> None:
        """As the outbox does, in order."""
        for queued in await self.due():
            await asyncio.sleep(self.rate_limiter.gates.wait(queued.message.chat_id))
            message_id = await self.sender.send(queued)
            await self.store.sent(queued.outbox_id, LoopClock().now(), message_id)
            self.sender.finish(queued, message_id)

    def texts(self) -> list[Any]:
        return [data["text"] for _, data in self.api.calls]


async def test_a_screen_is_drawn_anew_just_before_it_is_sent_and_then_followed() -> None:
    process, followed = Process(), list[int]()
    await process.flood()
    answer = await process.call("sendMessage", chat_id=1, text="64,000, just now")

    async def redraw() -> Callable[[int], None]:
        await process.call("editMessageText", chat_id=1, message_id=answer["message_id"], text="65,000, just now")
        return followed.append

    process.held.redraw_with(answer["message_id"], redraw)
    await asyncio.sleep(60)
    await process.send_due()
    assert process.texts() == ["first", "65,000, just now"]
    assert followed == [102]


async def test_a_drawing_that_fails_leaves_what_was_written_down(caplog: pytest.LogCaptureFixture) -> None:
    process = Process()
    await process.flood()

    async def redraw() -> None:
        raise ValueError("cannot draw")

    process.held.redraw_with(-1, redraw)
    await asyncio.sleep(60)
    await process.send_due()
    assert process.texts() == ["first"]
    assert "cannot draw" in caplog.text


async def test_the_id_of_a_message_that_waited_is_good_for_ever() -> None:
    process = Process()
    await process.flood()
    await process.call("pinChatMessage", chat_id=1, message_id=-1)
    await asyncio.sleep(60)
    await process.send_due()
    assert process.api.calls[-1] == ("pinChatMessage", {"chat_id": "1", "message_id": "101"})
    later = Process(process.store)
    await later.call("editMessageText", chat_id=1, message_id=-1, text="progress")
    assert later.api.calls == [("editMessageText", {"chat_id": 1, "message_id": 101, "text": "progress"})]
    with pytest.raises(BadRequest, match="to edit not found"):
        await later.call("editMessageText", chat_id=1, message_id=-99, text="of none")


async def test_after_a_restart_the_gate_is_still_closed_and_nothing_overtakes() -> None:
    first = Process()
    await first.flood()
    second = Process(first.store)
    await second.rate_limiter.restore()
    await asyncio.sleep(30)
    await second.call("sendMessage", chat_id=1, text="second")
    assert second.texts() == []
    await asyncio.sleep(31)
    await second.call("sendMessage", chat_id=1, text="third")
    await second.send_due()
    assert second.texts() == ["first", "second", "third"]
    await asyncio.sleep(10)
    await second.call("sendMessage", chat_id=1, text="at once")
    assert second.texts()[-1] == "at once"


async def test_an_edit_that_comes_while_its_message_is_on_its_way_follows_it() -> None:
    process = Process()
    await process.flood()
    await asyncio.sleep(60)
    sending = asyncio.create_task(process.send_due())
    await asyncio.sleep(0.005)
    await process.call("editMessageText", chat_id=1, message_id=-1, text="newer")
    await sending
    await asyncio.sleep(1)
    await process.send_due()
    assert process.api.calls[-1] == ("editMessageText", {"chat_id": "1", "message_id": "101", "text": "newer"})


async def test_an_edit_whose_message_is_gone_meanwhile_becomes_a_new_message() -> None:
    process = Process()
    process.api.errors.append(FloodWait(60))
    await process.call("editMessageText", chat_id=1, message_id=7, text="saved")
    await asyncio.sleep(60)
    process.api.errors.append(BadRequest("Message to edit not found"))
    await process.send_due()
    assert process.api.calls == [("sendMessage", {"chat_id": "1", "text": "saved"})]


async def test_rows_that_were_erased_hold_nothing_up() -> None:
    process = Process()
    await process.flood()
    process.store.rows[1].state = "undeliverable"  # as an erasure takes it
    await asyncio.sleep(60)
    await process.call("sendMessage", chat_id=1, text="one more row")
    await process.send_due()
    await asyncio.sleep(2)
    assert not process.held.waits(ChatId(1))


async def test_a_text_that_is_mended_when_its_turn_comes_is_sent_in_that_turn() -> None:
    process = Process()
    process.api.errors.append(FloodWait(60))
    await process.call("sendMessage", chat_id=1, text="<b>bold", parse_mode="HTML", message_thread_id=4)
    await asyncio.sleep(60)
    process.api.errors.append(BadRequest("Can't parse entities"))
    await process.send_due()
    await process.call("sendMessage", chat_id=1, text="topic", message_thread_id=4)
    await asyncio.sleep(61)
    process.api.errors.append(BadRequest("TOPIC_CLOSED"))
    await process.send_due()
    assert process.texts() == ["bold", "topic"]
