"""The whole Telegram side as one process over stores that outlive it, for tests of kills, floods and faults."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackContext, MessageHandler, filters

from bot.chat.application import build_application, make_bot
from bot.chat.lanes import LaneLimits
from bot.chat.outbox import OutboxTimes
from bot.chat.poller import PollTimes
from bot.chat.rate_limiter import TelegramRateLimiter, TelegramRateLimits
from bot.chat.runtime import TelegramRuntime
from bot.chat.sender import Listener
from bot.chat.transport import AiohttpRequest, RawApi
from bot.domain.clock import SystemClock
from bot.domain.ids import UserId
from bot.domain.secrets import Secret
from bot.domain.update_attempt import current_attempt
from bot.domain.users import Language
from harness.telegram_server import TOKEN, FakeTelegram

TIMES = PollTimes(long_poll=1, margin=0.5, back_off=0.01, back_off_most=0.05, conflict_grace=0.5)
Handler = Callable[[Update, Any], Awaitable[None]]


@dataclass(frozen=True)
class Card:
    """What a render answers."""

    text_html: str
    reply_markup: None = None


@dataclass
class House:
    """Stores in, a Telegram side out. Its error handler leaves retries to the lane."""

    telegram: FakeTelegram
    handler: Handler
    inbox: Any
    outbox: Any
    transactions: Any
    times: PollTimes = TIMES
    pace_limits: TelegramRateLimits = field(default_factory=TelegramRateLimits)
    token: str = TOKEN
    edge: TelegramRuntime = field(init=False)
    application: Application[Any, Any, Any, Any, Any, Any] = field(init=False)

    async def on_error(self, _: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        update_attempt = current_attempt.get()
        if update_attempt is not None and update_attempt.may_retry:
            update_attempt.failure = context.error

    def render(self, kind: str, _values: Mapping[str, str], language: Language) -> Sequence[Card]:
        return [Card(f"{kind} {language}")]

    async def listener_of(self, _: UserId) -> Listener:
        return Listener()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["House"]:
        clock, token = SystemClock(), Secret(self.token)
        transport = AiohttpRequest(token)
        rate_limiter = TelegramRateLimiter(clock, limits=self.pace_limits)
        self.application = await build_application(
            make_bot(token=token, api_url=self.telegram.url, transport=transport, rate_limiter=rate_limiter)
        )
        self.application.add_handler(MessageHandler(filters.ALL, self.handler))
        self.application.add_error_handler(self.on_error)
        async with TelegramRuntime.open(
            transport=transport,
            api=RawApi(transport, self.telegram.url, token),
            application=self.application,
            rate_limiter=rate_limiter,
            inbox_store=self.inbox,
            outbox_store=self.outbox,
            transactions=self.transactions,
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


async def echo(update: Update, _: object) -> None:
    """The plainest of handlers."""
    assert update.effective_message is not None
    await update.effective_message.reply_text(f"you said {update.effective_message.text}")
