"""The bot as it runs, over a fake Telegram and a fake Bybit: `assemble`, a real SQLite file, a clock that stands.

`person.say("/start")` and `person.press("Prices")` are what people do; bubbles are what they see.
"""

import asyncio
import base64
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

from pydantic import BaseModel, SecretStr
from telegram import Update

from bot.app import Assembly, assemble
from bot.chat.rate_limiter import TelegramRateLimits
from bot.domain.accounts import Account, AccountType, Credentials
from bot.domain.chat import QueuedMessage
from bot.domain.events import UserConfigChanged
from bot.domain.ids import Millis, Symbol, UserId
from bot.domain.pins import ScryptCost
from bot.domain.portfolio import Execution, Order, Position
from bot.domain.ports.clock import Clock
from bot.domain.update_attempt import ATTEMPTS, UpdateAttempt, UpdateId, current_attempt
from bot.domain.users import UserConfig
from bot.exchange.budget import NO_LIMITS
from bot.exchange.bybit.streams.connection import StreamConnector
from bot.exchange.bybit.transport import HttpTransport
from bot.services.services import Services
from bot.services.users.preferences import SettingField
from bot.settings import Settings
from bot.wiring.outside import Outside, Tuning
from handlers.core.context import App
from handlers.registry import TABLE
from handlers.table import HandlerTable
from handlers.texts.catalog import Texts
from harness.bot_api import BOT_ID, BOT_USERNAME, Bubble, FakeBotApi, FakeRequest, chat_object
from harness.bybit import FakeBybit, FakeBybitTransport
from harness.fakes import FakeClock
from harness.practice import held_rows
from harness.waiting import NeverCameError, until
from harness.write_watch import watched
from storage.chat.outbox import SqliteOutbox
from storage.sqlite.database import Database
from storage.store import Store

TEXTS = Texts.load()
OWNER = UserId(1000)
ANNA = UserId(1001)
BORIS = UserId(1002)
GROUP = -100500
KEY_ID = "gKzT9rQfW2mHxLs4pB"
SECRET = "Zx8Qw2Er5Ty1Ui9Op3As6Df4Gh7Jk0Lm2Nb5"
EGRESS_IP = "192.0.2.1"
PRICES = {
    "basic": {"1": 2_500, "3": 6_750, "6": 12_000, "12": 21_000},
    "premium": {"1": 5_000, "3": 13_500, "6": 24_000, "12": 42_000},
}
TUNING = Tuning(
    pin_cost=ScryptCost(n=16),
    screen_patience=0.5,
    resolve_patience=0.05,
    exchange_limits=NO_LIMITS,
    metrics_every=0,
    telegram_rates=TelegramRateLimits(bulk_at_once=100_000),  # the clock stands still
)
_ENTITIES = (("bot_command", re.compile(r"^/[A-Za-z0-9_]+(?:@\w+)?")), ("mention", re.compile(r"@\w+")))
_ASKING = re.compile("⏳ (Asking|Запрашиваю|Запитую) Bybit")
_ASKED_S = 2.0  # where the test's own fault keeps the answer back, this is waited in vain
_PHOTO = {"file_id": "AgAC1", "file_unique_id": "AQAD1", "width": 960, "height": 760}
_KEY = f"test:{base64.b64encode(bytes(32)).decode()}"

J = TypeVar("J")


@dataclass(repr=False)
class Harness:
    """Everything a test looks at."""

    assembly: Assembly
    api: FakeBotApi
    bybit: FakeBybit
    clock: FakeClock
    update_ids: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def app(self) -> App:
        return self.assembly.application

    @property
    def services(self) -> Services:
        return self.assembly.services

    @property
    def database(self) -> Database:
        return self.assembly.storage.database

    @property
    def store(self) -> Store:
        return self.assembly.storage.store

    def job(self, kind: type[J]) -> J:
        """The service of that class whose method is a job's round."""
        owners = [getattr(job.work, "__self__", None) for job in self.assembly.jobs]
        (found,) = [each for each in owners if isinstance(each, kind)]
        return found

    def person(self, user_id: int = ANNA, *, language: str = "en", name: str = "Anna") -> "Person":
        return Person(self, user_id, language, name)

    async def feed(
        self, raw: Mapping[str, Any], *, attempt: int = ATTEMPTS, age_s: float | None = None
    ) -> UpdateAttempt:
        """One attempt at an update. The last one by default: an error is told to the sender, as no other attempt comes.

        Nothing is tried again here, as a lane would; what an exception that leaves the handlers does is the lane's.
        """
        update = Update.de_json(dict(raw), self.app.bot)
        update_attempt = UpdateAttempt(UpdateId(int(raw["update_id"])), attempt=attempt, age_s=age_s)
        token = current_attempt.set(update_attempt)
        try:
            await self.app.process_update(update)
        finally:
            current_attempt.reset(token)
        return update_attempt

    async def config(self, user_id: int = ANNA) -> UserConfig:
        config = await self.services.people.config(UserId(user_id))
        assert config is not None
        return config

    async def write(self, statement: str, *parameters: Any) -> None:
        """Whatever a test wants to have happened."""
        async with self.database.transaction() as transaction:
            await transaction.fetch(statement, parameters)

    def config_changed(self, user_id: int = ANNA) -> None:
        """What the bot's own commit would have told of rows that a test wrote."""
        for drop in self.assembly.storage.dispatcher.drops:
            drop((UserConfigChanged(user_id=UserId(user_id)),))

    async def queued(self) -> tuple[QueuedMessage, ...]:
        """What waits in the outbox."""
        return await SqliteOutbox(self.database).due(Millis(2**60), 1000)

    async def rows(self, table: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.database.fetch(f"SELECT * FROM {table}", ())]  # noqa: S608  a test's own tables

    async def cards_told(self) -> None:
        """Until it is noted of each order that filled that its card told of it: no message does so any more."""

        async def is_noted() -> bool:
            untold = "SELECT count(*) FROM order_intents WHERE state = 'filled' AND is_told = 0"
            return [tuple(row) for row in await self.database.fetch(untold, ())] == [(0,)]

        await until(is_noted, what="the note that the card told of all")

    async def terms_accepted(self, user_id: int = ANNA) -> None:
        """As if they had read them before."""
        await self.services.people.accept_terms(UserId(user_id))

    async def ban(self, user_id: int, *, banned: bool = True) -> None:
        """As the owner confirmed it; the owner need never have written."""
        async with self.store.begin() as unit:
            await unit.users.set_banned(UserId(user_id), banned=banned)

    async def demo_account(self, person: "Person") -> None:
        """A connected Bybit Demo, by the typed line; screens show it first."""
        await person.say("/start")
        await self.terms_accepted(person.user_id)
        bubble = await person.say(f"/keys add demo {KEY_ID} {SECRET}")
        assert bubble is not None
        assert bubble.text.startswith("✅"), bubble.text
        await self.services.preferences.set(UserId(person.user_id), SettingField.DEFAULT_ACCOUNT, "demo")

    async def opened_key(self, account_type: AccountType, user_id: int = ANNA) -> Credentials:
        """The key that is stored for somebody's account of a type."""
        (account,) = [each for each in (await self.config(user_id)).accounts if each.account_type is account_type]
        sealed = await self.assembly.reads.credentials(account.account_id)
        assert sealed is not None
        return self.assembly.storage.vault.open(sealed)

    async def practice_account(self, user_id: int = ANNA) -> Account:
        """Of somebody who is known."""
        (account,) = [each for each in (await self.config(user_id)).accounts if each.account_type is AccountType.PAPER]
        return account

    async def hold(
        self,
        user_id: int = ANNA,
        *,
        positions: Iterable[Position],
        orders: Iterable[Order],
        fills: Iterable[Execution],
    ) -> None:
        """What stands in the practice account, as if it had come about at its exchange; called once a test."""
        account, now = await self.practice_account(user_id), self.clock.now()
        fills = tuple(fills)
        rows = held_rows(account.account_id, positions=positions, orders=orders, fills=fills, now=now)
        async with self.store.begin_aside() as unit:
            await unit.paper.save(rows)
            for fill in fills:
                await unit.legs.add_fill(account, fill)
        self.assembly.practice.exchange.forget(account.account_id)

    async def move(self, symbol: str, price: str, *, seconds: float = 2) -> None:
        """The price of a perpetual so many seconds later, and what it does to practice accounts."""
        self.bybit.symbols[symbol] = price
        self.clock.advance(seconds)
        await self.assembly.practice.ticks.feeder.feed(Symbol(symbol))

    async def settle(self) -> None:
        """Let the cards that wait for Bybit have their answer, and the work beside the updates end."""
        data = self.app.bot_data
        await until(lambda: not len(data.live_messages) and not len(data.tasks), what="the end of what waits")


@dataclass(repr=False)
class Person:
    """Somebody with Telegram in the hand."""

    harness: Harness
    user_id: int
    language: str
    name: str
    chat_id: int = 0
    thread_id: int | None = None
    sent: int = 0  # messages written
    taps: int = 0

    def __post_init__(self) -> None:
        self.chat_id = self.chat_id or self.user_id

    def in_group(self, *, thread_id: int | None = None) -> "Person":
        return Person(self.harness, self.user_id, self.language, self.name, GROUP, thread_id)

    @property
    def bubbles(self) -> list[Bubble]:
        return self.harness.api.chat(self.chat_id)

    @property
    def last(self) -> Bubble:
        assert self.bubbles, "the bot said nothing"
        return self.bubbles[-1]

    async def say(self, text: str, **extra: Any) -> Bubble | None:
        """Write a message; the newest answer, None for silence."""
        self.sent += 1
        return await self._show(self.message(text, **extra))

    async def edit(self, text: str, **extra: Any) -> Bubble | None:
        raw = self.message(text, **extra)
        raw["edited_message"] = raw.pop("message") | {"edit_date": 1_760_000_001}
        return await self._show(raw)

    async def forward(self, text: str) -> Bubble | None:
        origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": 1_760_000_000}
        return await self._show(self.message(text, forward_origin=origin))

    async def send_thing(self, **content: Any) -> Bubble | None:
        """A sticker, a photo: a message without text."""
        raw = self.message("")
        del raw["message"]["text"], raw["message"]["entities"]
        raw["message"] |= content
        return await self._show(raw)

    async def press(self, label: str, *, bubble: Bubble | None = None) -> Bubble:
        """Tap a button of the last (or a given) bubble; that bubble, or what came below."""
        bubble = bubble or self.last
        self.taps += 1
        return await self.tap(bubble.button(label)["callback_data"], bubble=bubble)

    async def tap(self, data: str, *, bubble: Bubble | None = None) -> Bubble:
        """A press with any data, tampered or not."""
        return await self._show(self.callback(data, bubble)) or self.last

    def message(self, text: str, **extra: Any) -> dict[str, Any]:
        message_id = self.harness.api.new_message_id()
        self.harness.api.theirs.add((self.chat_id, message_id))
        body = {
            "message_id": message_id,
            "date": 1_760_000_000,
            "from": self._user(),
            "chat": chat_object(self.chat_id),
            "text": text,
            "entities": entities_of(text),
        }
        if self.thread_id is not None:
            body |= {"message_thread_id": self.thread_id, "is_topic_message": True}
        return {"update_id": next(self.harness.update_ids), "message": body | extra}

    def callback(self, data: str, bubble: Bubble | None) -> dict[str, Any]:
        update_id = next(self.harness.update_ids)
        query: dict[str, Any] = {"id": str(update_id), "from": self._user(), "chat_instance": "1", "data": data}
        if bubble is not None:
            query["message"] = {
                "message_id": bubble.message_id,
                "date": 1_760_000_000,
                "chat": chat_object(bubble.chat_id),
                "from": {"id": BOT_ID, "is_bot": True, "first_name": "Perpdesk", "username": BOT_USERNAME},
                **({"caption": bubble.text, "photo": [_PHOTO]} if bubble.is_picture else {"text": bubble.text}),
            }
            if bubble.thread_id is not None:
                query["message"] |= {"message_thread_id": bubble.thread_id, "is_topic_message": True}
        return {"update_id": update_id, "callback_query": query}

    def alert(self) -> str | None:
        """What the last tap's answer said, if it was an alert."""
        answer = list(self.harness.api.answered.values())[-1]
        return answer.get("text") if answer.get("show_alert") else None

    async def _show(self, raw: dict[str, Any]) -> Bubble | None:
        """The newest bubble of the chat that the update made or edited, None for silence.

        On a slow machine what asks Bybit comes by an edit; unless the test holds the answers, that is waited for.
        """
        before = {key: each.edits for key, each in self.harness.api.bubbles.items()}
        await self.harness.feed(raw)
        changed = [
            each
            for key, each in sorted(self.harness.api.bubbles.items())
            if each.chat_id == self.chat_id and before.get(key) != each.edits
        ]
        if not changed:
            return None
        if self.harness.bybit.gate.is_set():
            with suppress(NeverCameError):
                await until(lambda: not _ASKING.search(changed[-1].text), what="Bybit's answer", limit=_ASKED_S)
        return changed[-1]

    def _user(self) -> dict[str, Any]:
        return {
            "id": self.user_id,
            "is_bot": False,
            "first_name": self.name,
            "username": f"user_{self.user_id}",
            "language_code": self.language,
        }


async def said(person: Person, text: str) -> Bubble:
    """What is answered to a message that is answered."""
    bubble = await person.say(text)
    assert bubble is not None
    return bubble


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Of a bot whose state is in that folder; `changes` win."""
    values: dict[str, Any] = {
        "telegram_token": SecretStr(f"{BOT_ID}:token"),
        "database": folder / "perpdesk.sqlite3",
        "key": SecretStr(_KEY),
        "key_file": folder / "perpdesk.key",
        "owner_ids": frozenset({OWNER}),
        "egress_ip": EGRESS_IP,
        "prices": PRICES,
    }
    return _GivenSettings(**(values | changes))


class _GivenSettings(Settings):
    """Without a look at the variables of the process, which costs as much as all the rest of the bot's start."""

    def __init__(self, **values: Any) -> None:
        BaseModel.__init__(self, **values)


@asynccontextmanager
async def harness(
    folder: Path,
    *,
    table: HandlerTable = TABLE,
    tuning: Tuning = TUNING,
    sqlite: type[sqlite3.Connection] = sqlite3.Connection,
    exchange: Callable[[Clock], AbstractAsyncContextManager[HttpTransport]] | None = None,
    streams: Callable[[Clock], AbstractAsyncContextManager[StreamConnector]] | None = None,
    clock: FakeClock | None = None,
    **changes: Any,
) -> AsyncIterator[Harness]:
    """The bot, connected to its Telegram; nothing is polled, no job runs. `changes` are settings.

    `exchange`: what takes the place of the fake Bybit.
    """
    clock, api = clock or FakeClock(), FakeBotApi()
    bybit = FakeBybit(clock)
    outside = Outside(
        clock=clock,
        randomness=lambda: 0.5,
        telegram=lambda _: FakeRequest(api),
        bybit=exchange or (lambda _: FakeBybitTransport(bybit)),
        bybit_streams=streams,
        sqlite=sqlite,
    )
    settings = settings_in(folder, **changes)
    await asyncio.to_thread(put_migrated, settings.database)
    async with (
        assemble(settings, outside=outside, tuning=replace(tuning, table=table)) as assembly,
        watched(assembly.storage.store),
    ):
        await assembly.application.initialize()
        try:
            yield Harness(assembly, api, bybit, clock)
            assert not api.misfits, "too wide for a phone: " + "; ".join(dict.fromkeys(api.misfits))
        finally:
            bybit.gate.set()
            await assembly.application.shutdown()


def put_migrated(path: Path) -> None:
    """A migrated database where there is none. Blocks; not for the loop's thread."""
    if not path.exists():
        shutil.copy(_migrated(), path)


@cache
def _migrated() -> Path:
    """A database that was opened once, so that no test migrates its own. Blocks; not for the loop's thread."""
    folder = Path(mkdtemp(prefix="perpdesk-tests-"))

    async def make() -> None:
        async with assemble(settings_in(folder), outside=Outside(clock=FakeClock()), tuning=TUNING):
            pass

    asyncio.run(make())
    path = folder / "perpdesk.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM journal_position")  # each copy begins a journal of its own
    return path


def entities_of(text: str) -> list[dict[str, Any]]:
    """Commands at the start and mentions, in UTF-16 units, as Telegram marks them."""
    found = []
    for kind, pattern in _ENTITIES:
        for match in pattern.finditer(text):
            offset = len(text[: match.start()].encode("utf-16-le", "surrogatepass")) // 2
            length = len(match.group().encode("utf-16-le", "surrogatepass")) // 2
            found.append({"type": kind, "offset": offset, "length": length})
    return sorted(found, key=lambda each: each["offset"])
