"""The handlers in their whole house: PTB's application, real services, a real SQLite file, a fake Telegram and Bybit.

`person.say("/start")` and `person.press("Prices")` are what people do; bubbles are what they see.
"""

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from fake_bot_api import BOT_ID, BOT_USERNAME, Bubble, FakeBotApi, FakeRequest, chat_object
from fake_bybit import FakeBybit
from fakes import FakeClock
from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, ExtBot

from bot.dispatch import Dispatcher
from bot.domain.cause import Cause, UpdateId, current_cause
from bot.domain.events import UserBanned
from bot.domain.model import UserConfig, UserId
from bot.domain.offers import PriceList
from bot.domain.pins import ScryptCost
from bot.services.access import Access
from bot.services.books import BookKeeper
from bot.services.broadcasts import BroadcastDesk
from bot.services.buttons import ButtonDesk
from bot.services.desk import Desk
from bot.services.dialogues import Dialogues
from bot.services.health import HealthDesk
from bot.services.keys import Keys
from bot.services.licenses import Licenses
from bot.services.payments import PaymentDesk
from bot.services.people import OwnerLink, People
from bot.services.pin import PinDesk
from bot.services.preferences import Preferences
from bot.services.privacy import Privacy
from bot.services.promo import PromoDesk
from bot.services.promo_alarms import PromoAlarms
from bot.services.redemption import Redemptions
from bot.services.refunds import Refunds
from bot.services.reports import Reports
from bot.services.screens import Screens
from bot.services.services import Services
from bot.services.support import Support
from cache.facade import CachedReads
from cache.loaders import Loaders
from handlers import registry
from handlers.context import App, BotData
from handlers.registry import TABLE, Table
from handlers.texts.catalog import Texts
from storage.database import Database
from storage.desk import SqliteDeskQueries
from storage.migrate import migrate
from storage.payments import SqlitePaymentQueries
from storage.privacy import SqlitePrivacyQueries
from storage.promo_queries import SqlitePromoQueries
from storage.promo_safe import PromoSafe
from storage.queries import SqliteQueries
from storage.store import Store
from storage.support import SqliteSupportQueries
from storage.vault import KeyFile, Vault

TEXTS = Texts.load()
OWNER = UserId(1000)
ANNA = UserId(1001)
BORIS = UserId(1002)
GROUP = -100500
KEY_ID = "gKzT9rQfW2mHxLs4pB"
SECRET = "Zx8Qw2Er5Ty1Ui9Op3As6Df4Gh7Jk0Lm2Nb5"
_ENTITIES = (("bot_command", re.compile(r"^/[A-Za-z0-9_]+(?:@\w+)?")), ("mention", re.compile(r"@\w+")))


@dataclass
class HandlersHouse:
    """Everything a test looks at."""

    app: App
    api: FakeBotApi
    bybit: FakeBybit
    clock: FakeClock
    services: Services
    database: Database
    store: Store
    update_ids: "count[int]" = field(default_factory=lambda: count(1))

    def person(self, user_id: int = ANNA, *, language: str = "en", name: str = "Anna") -> "Person":
        return Person(self, user_id, language, name)

    async def feed(self, raw: Mapping[str, Any]) -> Cause:
        """One update, as a lane hands it over."""
        update = Update.de_json(dict(raw), self.app.bot)
        cause = Cause(UpdateId(int(raw["update_id"])), attempt=3)
        token = current_cause.set(cause)
        try:
            await self.app.process_update(update)
        finally:
            current_cause.reset(token)
        return cause

    async def config(self, user_id: int = ANNA) -> UserConfig:
        config = await self.services.people.config(UserId(user_id))
        assert config is not None
        return config

    async def rows(self, table: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.database.fetch(f"SELECT * FROM {table}", ())]  # noqa: S608  a test's own tables

    async def terms_accepted(self, user_id: int = ANNA) -> None:
        """As if they had read them before."""
        await self.services.people.accept_terms(UserId(user_id))

    async def ban(self, user_id: int, *, banned: bool = True) -> None:
        """As the owner confirmed it; the owner need never have written."""
        async with self.store.begin() as unit:
            await unit.users.set_banned(UserId(user_id), banned=banned)
            unit.record(UserBanned(user_id=UserId(user_id)))

    async def demo_account(self, person: "Person") -> None:
        """A connected Bybit Demo, by the typed line."""
        await person.say("/start")
        await self.terms_accepted(person.user_id)
        bubble = await person.say(f"/keys add demo {KEY_ID} {SECRET}")
        assert bubble is not None
        assert "connected" in bubble.text, bubble.text

    async def settle(self) -> None:
        """Let the cards that wait for Bybit have their answer, and the work beside the turns end."""
        for _ in range(200):
            if not len(self.app.bot_data.live) and not len(self.app.bot_data.asides):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("a live card still waits")


@dataclass
class Person:
    """Somebody with Telegram in the hand."""

    house: HandlersHouse
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
        return Person(self.house, self.user_id, self.language, self.name, GROUP, thread_id)

    @property
    def bubbles(self) -> list[Bubble]:
        return self.house.api.chat(self.chat_id)

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
        before = {key: each.edits for key, each in self.house.api.bubbles.items()}
        await self.house.feed(self.callback(data, bubble))
        changed = [
            each
            for key, each in sorted(self.house.api.bubbles.items())
            if each.chat_id == self.chat_id and before.get(key) != each.edits
        ]
        return changed[-1] if changed else self.last

    def message(self, text: str, **extra: Any) -> dict[str, Any]:
        message_id = self.house.api.new_message_id()
        self.house.api.theirs.add((self.chat_id, message_id))
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
        return {"update_id": next(self.house.update_ids), "message": body | extra}

    def callback(self, data: str, bubble: Bubble | None) -> dict[str, Any]:
        update_id = next(self.house.update_ids)
        query: dict[str, Any] = {"id": str(update_id), "from": self._user(), "chat_instance": "1", "data": data}
        if bubble is not None:
            query["message"] = {
                "message_id": bubble.message_id,
                "date": 1_760_000_000,
                "chat": chat_object(bubble.chat_id),
                "from": {"id": BOT_ID, "is_bot": True, "first_name": "Perpdesk", "username": BOT_USERNAME},
                "text": bubble.text,
            }
            if bubble.thread_id is not None:
                query["message"] |= {"message_thread_id": bubble.thread_id, "is_topic_message": True}
        return {"update_id": update_id, "callback_query": query}

    def alert(self) -> str | None:
        """What the last tap's answer said, if it was an alert."""
        answer = list(self.house.api.answered.values())[-1]
        return answer.get("text") if answer.get("show_alert") else None

    async def _show(self, raw: dict[str, Any]) -> Bubble | None:
        before = {key: each.edits for key, each in self.house.api.bubbles.items()}
        await self.house.feed(raw)
        changed = [
            each
            for key, each in sorted(self.house.api.bubbles.items())
            if each.chat_id == self.chat_id and before.get(key) != each.edits
        ]
        return changed[-1] if changed else None

    def _user(self) -> dict[str, Any]:
        return {
            "id": self.user_id,
            "is_bot": False,
            "first_name": self.name,
            "username": f"user_{self.user_id}",
            "language_code": self.language,
        }


def entities_of(text: str) -> list[dict[str, Any]]:
    """Commands at the start and mentions, in UTF-16 units, as Telegram marks them."""
    found = []
    for kind, pattern in _ENTITIES:
        for match in pattern.finditer(text):
            offset = len(text[: match.start()].encode("utf-16-le", "surrogatepass")) // 2
            length = len(match.group().encode("utf-16-le", "surrogatepass")) // 2
            found.append({"type": kind, "offset": offset, "length": length})
    return sorted(found, key=lambda each: each["offset"])


@asynccontextmanager
async def handlers_house(
    folder: Path,
    *,
    owner_ids: tuple[int, ...] = (OWNER,),
    owner_link: OwnerLink | None = None,
    patience: float = 0.05,
    table: Table = TABLE,
) -> AsyncIterator[HandlersHouse]:
    """Put together as the root does it, with the two outsides replaced."""
    clock = FakeClock()
    bybit = FakeBybit(clock)
    async with Database.open(folder / "perpdesk.sqlite3") as database:
        await migrate(database)
        dispatcher = Dispatcher()
        store = Store(database, clock=clock, committed=dispatcher.committed, publish=dispatcher.publish)
        queries = SqliteQueries(database, clock=clock)
        reads = _reads(bybit, store, queries, clock, dispatcher)
        services = _services(bybit, database, store, queries, reads, clock, owner_ids, owner_link, patience)
        app, api = await _application(services, table)
        try:
            yield HandlersHouse(app, api, bybit, clock, services, database, store)
        finally:
            bybit.gate.set()
            await registry.close(app)
            await services.screens.close()
            await reads.close()
            await app.shutdown()


def _reads(
    bybit: FakeBybit, store: Store, queries: SqliteQueries, clock: FakeClock, dispatcher: Dispatcher
) -> CachedReads:
    gateway = _Gateway(bybit)
    books = BookKeeper(
        queries=queries,
        transactions=store,
        gateway=gateway,
        clock=clock,
        positions_max_age=10_000,
        orders_max_age=5_000,
    )
    reads = CachedReads(
        Loaders(
            user_config=queries.user_config,
            license=lambda user_id: queries.license(user_id, clock.now()),
            credentials=queries.credentials,
            balance=bybit.balance,
            positions=books.positions,
            orders=books.orders,
            executions=bybit.executions,
            fee_rate=bybit.fee_rate,
            key_check=bybit.inspect_stored,
            ticker=bybit.ticker,
            order_book=bybit.order_book,
            klines=bybit.klines,
            board=bybit.board,
            instrument=bybit.instrument,
            last_positions=lambda account: queries.positions(account.account_id),
            last_orders=lambda account: queries.orders(account.account_id),
        ),
        monotonic=clock.monotonic,
    )
    dispatcher.drops += [books.doubt, reads.invalidate]
    return reads


def _services(
    bybit: FakeBybit,
    database: Database,
    store: Store,
    queries: SqliteQueries,
    reads: CachedReads,
    clock: FakeClock,
    owner_ids: tuple[int, ...],
    owner_link: OwnerLink | None,
    patience: float,
) -> Services:
    access = Access(owner_ids=frozenset(map(UserId, owner_ids)))
    vault = Vault(KeyFile.parse(f"test:{base64.b64encode(bytes(32)).decode()}"))
    licenses = Licenses(reads=reads, transactions=store, queries=queries, clock=clock)
    alarms, safe = PromoAlarms(owner_ids=access.owner_ids), PromoSafe(bytes(32))
    promo_queries = SqlitePromoQueries(database)
    pin = PinDesk(queries=queries, transactions=store, clock=clock, access=access, cost=ScryptCost(n=16))
    people = People(reads=reads, transactions=store, clock=clock, owner_link=owner_link)
    payments = PaymentDesk(
        reads=reads,
        transactions=store,
        queries=SqlitePaymentQueries(database),
        licenses=licenses,
        people=people,
        access=access,
        clock=clock,
        prices=PriceList(),
        staff=queries.staff,
    )
    return Services(
        reads=reads,
        clock=clock,
        access=access,
        people=people,
        preferences=Preferences(reads=reads, transactions=store),
        keys=Keys(reads=reads, transactions=store, inspector=bybit, vault=vault, clock=clock, egress_ip="192.0.2.1"),
        licenses=licenses,
        screens=Screens(reads=reads, patience=patience, resolve_patience=patience),
        buttons=ButtonDesk(queries=queries, transactions=store, clock=clock),
        dialogues=Dialogues(queries=queries, transactions=store, clock=clock),
        pin=pin,
        promo=PromoDesk(
            queries=promo_queries, transactions=store, licenses=licenses, safe=safe, alarms=alarms, clock=clock
        ),
        redemptions=Redemptions(
            reads=reads,
            queries=promo_queries,
            transactions=store,
            licenses=licenses,
            safe=safe,
            alarms=alarms,
            clock=clock,
        ),
        payments=payments,
        refunds=Refunds(transactions=store, licenses=licenses, desk=payments, clock=clock),
        support=Support(
            reads=reads,
            queries=SqliteSupportQueries(database),
            transactions=store,
            clock=clock,
            access=access,
            payments=SqlitePaymentQueries(database),
        ),
        privacy=Privacy(queries=SqlitePrivacyQueries(database), transactions=store, clock=clock, access=access),
        desk=Desk(
            reads=reads,
            queries=SqliteDeskQueries(database),
            records=queries,
            transactions=store,
            licenses=licenses,
            access=access,
            pin=pin,
            clock=clock,
        ),
        broadcasts=BroadcastDesk(queries=SqliteDeskQueries(database), transactions=store, clock=clock),
        reports=Reports(queries=SqliteDeskQueries(database), promo=promo_queries, clock=clock),
        health=HealthDesk(),
    )


async def _application(services: Services, table: Table) -> tuple[App, FakeBotApi]:
    api = FakeBotApi()
    bot: ExtBot[None] = ExtBot(f"{BOT_ID}:token", request=FakeRequest(api), get_updates_request=FakeRequest(api))
    builder = ApplicationBuilder().bot(bot).updater(None).job_queue(None).context_types(ContextTypes(bot_data=BotData))
    app: App = await asyncio.to_thread(builder.build)
    registry.register(app, services=services, texts=TEXTS, table=table)
    await app.initialize()
    return app, api


@dataclass
class _Gateway:
    """The account's side of Bybit, in the port's names."""

    bybit: FakeBybit

    async def balance(self, account: Any) -> Any:
        return await self.bybit.balance(account)

    async def positions(self, account: Any) -> Any:
        return await self.bybit.open_positions(account)

    async def orders(self, account: Any) -> Any:
        return await self.bybit.open_orders(account)

    async def executions(self, account: Any) -> Any:
        return await self.bybit.executions(account)

    async def fee_rate(self, account: Any, symbol: Any) -> Any:
        return await self.bybit.fee_rate(account, symbol)
