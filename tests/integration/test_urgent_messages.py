"""Exits and alarms through a flood: the bot as it runs, over both stand-ins, with Telegram's limits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from harness.app import ANNA, TUNING, put_migrated, settings_in
from harness.demo_trading import LICENSE
from harness.sim_telegram import TOKEN, Driver, driven
from harness.waiting import until
from pydantic import SecretStr

from bot.app import Assembly, assemble
from bot.chat.rate_limiter import TelegramRateLimits
from bot.domain.broadcasts import Audience
from bot.domain.chat import outbox_message
from bot.domain.clock import SystemClock
from bot.domain.ids import UserId
from bot.domain.maintenance import MaintenanceMessage
from bot.services.users.preferences import SettingField
from bot.wiring.outside import Outside
from handlers.registry import TABLE
from ops.sim.bybit.control import Control
from ops.sim.bybit.in_process import InProcessTransport
from ops.sim.bybit.in_process_streams import InProcessStreams
from ops.sim.bybit.world import World as BybitWorld
from ops.sim.telegram.world import World

FIRST, MANY = 50_001, 1_000
FLOODED_S = 60


@dataclass(repr=False)
class Stand:
    """The bot at work, and what drives both of its sides."""

    assembly: Assembly
    telegram: Driver
    bybit: Control
    exchange: BybitWorld
    uid: int

    async def messages(self, user: int = ANNA) -> list[dict[str, Any]]:
        """What the bot said in a private chat, oldest first, as it stands now."""
        found: list[dict[str, Any]] = await self.telegram.sim("GET", f"chats/{user}/messages")
        return [each for each in found if each["from"]["is_bot"]]

    async def said(self, word: str, *, user: int = ANNA) -> dict[str, Any]:
        """The newest message with that word, once it is there."""
        found: list[dict[str, Any]] = []

        async def is_there() -> bool:
            found[:] = [each for each in await self.messages(user) if word in each["text"]]
            return bool(found)

        await until(is_there, what=word)
        return found[-1]

    async def press(self, message: dict[str, Any], label: str) -> None:
        buttons = [each for row in message["reply_markup"]["inline_keyboard"] for each in row]
        (data,) = [each["callback_data"] for each in buttons if each["text"].startswith(label)]
        await self.telegram.sim("POST", f"users/{ANNA}/press", message_id=message["message_id"], callback_data=data)

    @property
    def position(self) -> list[Any]:
        """What stands at the exchange."""
        return [each for each in self.bybit.account(str(self.uid))["positions"] if float(each["size"])]

    async def hold(self) -> dict[str, Any]:
        """A position with a stop, in a chat without limits; its card."""
        await self.telegram.say("buy 0.01 btc sl 3%", user=ANNA)
        await self.press(await self.said("At market"), "✓")
        card = await self.said("Filled")

        async def is_seen() -> bool:
            plans = await self.assembly.storage.database.fetch("SELECT stop_verified_ts FROM trade_plans", ())
            return all(each for (each,) in plans)

        await until(is_seen, what="that the stop is seen")
        config = await self.assembly.services.people.config(UserId(ANNA))
        assert config is not None
        account_id = config.default_account.account_id
        await until(lambda: self.assembly.streams.accounts.is_healthy(account_id), what="the stream of the account")
        return card

    async def crowd(self) -> None:
        """People who have a chat with the bot."""
        now = self.assembly.clock.now()
        rows = [(FIRST + number, now, now) for number in range(MANY)]
        async with self.assembly.storage.database.transaction() as transaction:
            await transaction.write_many(
                "INSERT INTO users (user_id, first_name, lang, percent, sl_percent, tp_percent, leverage,"
                " global_order_type, notifications, time_zone, first_seen_ts, last_seen_ts)"
                " VALUES (?, 'U', 'en', '1', '3', '8', 3, 'Market', 'on', 'UTC', ?, ?)",
                rows,
            )
        world = self.telegram.world
        for user_id, *_ in rows:
            world.dialog(world.bot(), user_id).opened = True

    async def chatter(self) -> None:
        """A message of the outbox to each of them."""
        message, now = MaintenanceMessage(title="t", end=self.assembly.clock.now()), self.assembly.clock.now()
        async with self.assembly.storage.store.begin_aside() as unit:
            for user_id in map(UserId, range(FIRST, FIRST + MANY)):
                await unit.enqueue(outbox_message(message, user_id=user_id, idempotency_key=f"m:{user_id}"), now)

    async def broadcast(self) -> None:
        """One message to all of them."""
        broadcasts = self.assembly.services.broadcasts
        draft = await broadcasts.draft(UserId(ANNA), "hello")
        await broadcasts.aim(UserId(ANNA), draft.broadcast_id, Audience())
        async with self.assembly.storage.store.begin_aside() as unit:
            assert await unit.broadcasts.start(await broadcasts.of(UserId(ANNA), draft.broadcast_id), 1)
        broadcasts.wake()

    def sent_to_the_crowd(self) -> int:
        dialogs = self.telegram.world.bot().dialogs
        return sum(bool(dialogs[user_id].messages) for user_id in range(FIRST, FIRST + MANY))


@asynccontextmanager
async def stand(folder: Path) -> AsyncIterator[Stand]:
    clock = SystemClock()
    bybit = BybitWorld(seed=1, clock=clock.now, limits=False)
    control = Control(bybit)
    made = control.make_account({"environment": "demo", "balance": 10_000})
    control.set_price({"symbol": "BTCUSDT", "price": 60_000})
    streams = InProcessStreams(bybit)
    async with driven(World(seed=1, limits=False)) as telegram:
        settings = settings_in(folder, telegram_token=SecretStr(TOKEN), telegram_api_url=telegram.url)
        await asyncio.to_thread(put_migrated, settings.database)
        outside = Outside(bybit=lambda _: InProcessTransport(world=bybit), bybit_streams=lambda _: streams)
        async with assemble(
            settings, outside=outside, tuning=replace(TUNING, table=TABLE, telegram_rates=TelegramRateLimits())
        ) as assembly:
            await assembly.runtime.connect()
            async with assembly.jobs.open():
                await assembly.runtime.replay()
                await assembly.runtime.take_in()
                found = Stand(assembly, telegram, control, bybit, made["uid"])
                await telegram.say("/start", user=ANNA)
                await found.said("practice money")
                await assembly.services.people.accept_terms(UserId(ANNA))
                await telegram.say(f"/keys add demo {made['api_key']} {made['api_secret']}", user=ANNA)
                await found.said("connected")
                async with assembly.storage.store.begin_aside() as unit:
                    await unit.ledger.append(UserId(ANNA), LICENSE, clock.now())
                await assembly.services.preferences.set(UserId(ANNA), SettingField.DEFAULT_ACCOUNT, "demo")
                yield found
                await assembly.runtime.stop_intake()


@pytest.mark.parametrize("flood", ["chatter", "broadcast"])
async def test_a_stop_is_told_within_a_second_in_a_flood_of_a_thousand_messages(flood: str, tmp_path: Path) -> None:
    async with stand(tmp_path) as here:
        await here.hold()
        await here.crowd()
        here.telegram.world.limits_on = True
        await (here.chatter() if flood == "chatter" else here.broadcast())
        await until(lambda: here.sent_to_the_crowd() > 40, what="that the flood is under way")
        began = monotonic()
        here.bybit.set_price({"symbol": "BTCUSDT", "price": 57_000})
        here.exchange.trading.sweep()
        told = await here.said("Stop hit")
        assert monotonic() - began < 1
        assert here.sent_to_the_crowd() < MANY / 2, "the flood went on meanwhile"
        assert "reply_to_message" in told


async def test_a_press_on_close_under_a_flood_limit_of_its_chat_closes_at_the_exchange(tmp_path: Path) -> None:
    async with stand(tmp_path) as here:
        await here.hold()
        await here.telegram.say("/close btc", user=ANNA)
        card = await here.said("Close")
        here.telegram.world.limits_on = True
        await here.telegram.sim("POST", "faults", kind="flood", chat_id=ANNA, retry_after=FLOODED_S)
        await here.telegram.say("/menu", user=ANNA)  # its answer is the one that is refused
        limiter = here.assembly.runtime.stats
        await until(lambda: limiter().rate_limiter.floods, what="the flood limit")
        began = monotonic()
        await here.press(card, "Close")
        await until(lambda: not here.position, what="that the position is closed")
        assert monotonic() - began < 2
