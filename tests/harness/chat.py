"""The bot as one process over a Telegram server and a SQLite file that outlives it, for kills, floods and faults."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from telegram import Update

from bot.app import Assembly, assemble
from bot.chat.lanes import LaneLimits
from bot.chat.outbox import OutboxTimes
from bot.chat.poller import PollTimes
from bot.chat.runtime import TelegramRuntime
from bot.chat.transport import AiohttpRequest, TelegramRequest
from bot.chat.webhook import WebhookTimes
from bot.domain.secrets import Secret
from bot.wiring.outside import Outside, Tuning
from handlers.core.context import UpdateContext
from handlers.core.specs import ANYWHERE, EVERYONE, UpdateKind, other_update
from handlers.table import HandlerTable
from harness import app
from harness.bybit import FakeBybit, FakeBybitTransport
from harness.fakes import FakeClock
from harness.telegram_server import TOKEN, FakeTelegram

TUNING: Final = replace(
    app.TUNING,
    lane_limits=LaneLimits(back_off_s=(0.01, 0.02), outage_pause_s=0.01, outage_pause_most_s=0.02),
    poll_times=PollTimes(long_poll=1, spacing=0, margin=0.5, back_off=0.01, back_off_most=0.05, conflict_grace=0.5),
    webhook_times=WebhookTimes(look_every=0.05, look_again=0.02),
    outbox_times=OutboxTimes(poll=0.1, back_off=0.02),
)
Handler = Callable[[Update], Awaitable[None]]


async def echo(update: Update) -> None:
    """The plainest of handlers."""
    assert update.effective_message is not None
    await update.effective_message.reply_text(f"you said {update.effective_message.text}")


@dataclass(repr=False)
class ChatProcess:
    """One life of the bot, whose handlers are one: `handler` takes every message. Its state is in `folder`."""

    folder: Path
    telegram: FakeTelegram
    handler: Handler = echo
    token: str = TOKEN
    tuning: Tuning = TUNING
    request: Callable[[Secret], TelegramRequest] = AiohttpRequest
    sqlite: type[sqlite3.Connection] = sqlite3.Connection
    changes: Mapping[str, Any] = field(default_factory=dict)  # of the settings
    assembly: Assembly = field(init=False)

    @property
    def runtime(self) -> TelegramRuntime:
        return self.assembly.runtime

    @asynccontextmanager
    async def open(self) -> AsyncIterator["ChatProcess"]:
        """Assembled; Telegram was not asked anything yet."""
        settings = app.settings_in(
            self.folder, telegram_token=SecretStr(self.token), telegram_api_url=self.telegram.url, **self.changes
        )
        await asyncio.to_thread(app.put_migrated, settings.database)
        outside = Outside(
            randomness=lambda: 0.0,
            telegram=self.request,
            bybit=lambda _: FakeBybitTransport(FakeBybit(FakeClock())),
            sqlite=self.sqlite,
        )
        tuning = replace(self.tuning, table=self._table())
        async with assemble(settings, outside=outside, tuning=tuning) as self.assembly:
            yield self

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["ChatProcess"]:
        """Connected, with what the last life left taken up, polling."""
        async with self.open():
            await self.runtime.connect()
            await self.runtime.replay()
            await self.runtime.take_in()
            yield self

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.assembly.storage.database.fetch(sql)]

    async def inbox(self) -> dict[int, str]:
        """The state of each stored update."""
        return dict(await self.rows("SELECT update_id, state FROM inbox"))  # type: ignore[arg-type]  # two columns

    def _table(self) -> HandlerTable:
        async def run(ctx: UpdateContext) -> None:
            await self.handler(ctx.update)

        kinds = (UpdateKind.UNKNOWN_COMMAND, UpdateKind.TEXT, UpdateKind.MEDIA)
        return HandlerTable(other_update(kind, run, access=EVERYONE, places=ANYWHERE) for kind in kinds)
