"""Cards that wait for Bybit: redrawn when it answers, honest while it does not, never drawn over another screen."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from harness.bot_api import Bubble, FakeBotApi, FakeRequest
from harness.fakes import FakeClock
from harness.waiting import until
from telegram.ext import ExtBot

from bot.chat.application import make_bot
from bot.chat.rate_limiter import TelegramRateLimiter
from bot.domain.errors import ExchangeDown, KeyTrouble
from bot.domain.ids import Millis
from bot.domain.secrets import Secret
from bot.services.screens import Shown
from handlers.core import delivery
from handlers.core.delivery import ChatTarget
from handlers.core.live_messages import LiveMessages
from handlers.texts.catalog import Markup
from handlers.views.cards import Card

pytestmark = pytest.mark.virtual_time

SPOT = ChatTarget(chat_id=1001)
START = Millis(0)


@dataclass(frozen=True)
class Value:
    text: str
    as_of: Millis = START


def draw(shown: Shown[Value]) -> Card:
    words = shown.value.text if shown.value is not None else "nothing"
    trouble = "" if shown.trouble is None else f" {type(shown.trouble).__name__}"
    return Card(text=Markup(words + trouble))


@dataclass
class Stage:
    api: FakeBotApi
    bot: "ExtBot[None]"
    cards: LiveMessages
    answer: "asyncio.Future[Value]"

    async def follow(self, known: Value | None = None) -> Bubble:
        shown: Shown[Value] = Shown(known, later=asyncio.create_task(self._later()))
        message_id = await delivery.send(self.bot, SPOT, draw(shown))
        self.cards.follow(self.bot, SPOT, message_id, shown, draw)
        return self.api.bubbles[1001, message_id]

    async def _later(self) -> Value:
        return await self.answer

    async def settle(self) -> None:
        await until(lambda: not len(self.cards), what="no card waits any more")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    api = FakeBotApi()
    limiter = TelegramRateLimiter(FakeClock())
    bot = make_bot(token=Secret("1:token"), api_url="http://telegram", transport=FakeRequest(api), rate_limiter=limiter)
    cards = LiveMessages(still_silent=0.05, give_up=0.1)
    made = Stage(api, bot, cards, asyncio.get_running_loop().create_future())
    yield made
    await cards.close()
    made.answer.cancel()


async def test_the_card_is_redrawn_when_the_answer_comes(stage: Stage) -> None:
    bubble = await stage.follow(Value("old"))
    assert bubble.text == "old"
    stage.answer.set_result(Value("new"))
    await stage.settle()
    assert bubble.text == "new"
    assert bubble.edits == 1


async def test_it_says_that_there_is_still_no_answer_and_goes_on_waiting(stage: Stage) -> None:
    bubble = await stage.follow(Value("old"))
    await asyncio.sleep(0.08)
    assert bubble.text == "old ExchangeDown"
    stage.answer.set_result(Value("new"))
    await stage.settle()
    assert bubble.text == "new"


async def test_it_gives_up_in_time(stage: Stage) -> None:
    bubble = await stage.follow()
    await stage.settle()
    assert bubble.text == "nothing ExchangeDown"


@pytest.mark.parametrize("error", [KeyTrouble("no"), ExchangeDown("no"), ValueError("a bug")])
async def test_a_refusal_is_drawn_with_the_last_known(stage: Stage, error: Exception) -> None:
    bubble = await stage.follow(Value("old"))
    stage.answer.set_exception(error)
    await stage.settle()
    assert bubble.text.startswith("old ")
    assert bubble.text.endswith("KeyTrouble" if isinstance(error, KeyTrouble) else "ExchangeDown")


async def test_another_screen_on_the_same_message_is_not_overwritten(stage: Stage) -> None:
    bubble = await stage.follow(Value("old"))
    stage.cards.leave(1001, bubble.message_id)
    await delivery.edit(stage.bot, SPOT, bubble.message_id, Card(text=Markup("another screen")))
    stage.answer.set_result(Value("new"))
    await asyncio.sleep(0.02)
    assert bubble.text == "another screen"


async def test_the_same_message_waits_once(stage: Stage) -> None:
    bubble = await stage.follow(Value("first"))
    shown: Shown[Value] = Shown(Value("x"), later=asyncio.create_task(stage._later()))
    stage.cards.follow(stage.bot, SPOT, bubble.message_id, shown, lambda _: Card(text=Markup("the second screen")))
    assert len(stage.cards) == 1
    stage.answer.set_result(Value("new"))
    await stage.settle()
    assert bubble.text == "the second screen"
    assert len(stage.api.made("editMessageText")) == 1


async def test_a_deleted_card_and_a_refusal_of_telegram_end_it_quietly(stage: Stage) -> None:
    bubble = await stage.follow(Value("old"))
    del stage.api.bubbles[1001, bubble.message_id]
    other = await stage.follow(Value("old"))
    stage.api.refuse = lambda call: (403, "Forbidden: bot was blocked") if call.method == "editMessageText" else None
    stage.answer.set_result(Value("new"))
    await stage.settle()
    assert other.text == "old"


async def test_a_drawing_that_fails_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    shown: Shown[Value] = Shown(None, later=asyncio.create_task(stage._later()))

    def broken(_: Shown[Value]) -> Card:
        raise ValueError("cannot draw")

    stage.cards.follow(stage.bot, SPOT, 5, shown, broken)
    stage.answer.set_result(Value("new"))
    await stage.settle()
    await asyncio.sleep(0)
    assert "a live card failed" in caplog.text


async def test_closing_ends_every_wait(stage: Stage) -> None:
    await stage.follow(Value("old"))
    await stage.cards.close()
    await asyncio.sleep(0)
    assert len(stage.cards) == 0
