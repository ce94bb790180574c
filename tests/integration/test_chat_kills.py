"""Killed at any moment, over memory and over SQLite: no update lost, no effect doubled, nobody left in silence."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from harness.chat import House, echo
from harness.fakes import MemoryInbox, MemoryOutbox, MemoryTransactions
from harness.telegram_server import FakeTelegram, message, serve
from harness.waiting import LIMIT, until
from telegram import Update

from bot.domain.audit import AuditEntry
from bot.domain.chat import StoredUpdate
from bot.domain.clock import SystemClock
from bot.domain.ids import Millis, UserId
from bot.domain.update_attempt import UpdateId
from storage.chat.inbox import SqliteInbox
from storage.chat.outbox import SqliteOutbox
from storage.sqlite.database import Database
from storage.sqlite.migrate import migrate
from storage.store import Store

KILLS = 12
BATCH = 20  # new updates a life
UPDATES = KILLS * BATCH
USERS = 17
STEPS = 2 * BATCH  # a life's updates take at least so many steps


@dataclass
class Memory:
    """Stores in memory, and what they hold in the end."""

    inbox: MemoryInbox = field(default_factory=lambda: MemoryInbox(commit_s=0.002))
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)

    def __post_init__(self) -> None:
        self.transactions = MemoryTransactions(self.inbox, self.outbox)

    async def effects(self) -> list[int]:
        return [int(entry.details) for entry, _ in self.transactions.effects]

    async def states(self) -> Counter[str]:
        return Counter(row.state.value for row in self.inbox.rows.values())

    async def messages(self) -> list[tuple[str, str]]:
        return [(row.enqueue.idempotency_key, row.state) for row in self.outbox.rows.values()]


class Disk:
    """The same over SQLite."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.inbox = SqliteInbox(database)
        self.outbox = SqliteOutbox(database)
        self.transactions = Store(database, clock=SystemClock(), committed=lambda _: None)

    async def effects(self) -> list[int]:
        rows = await self.database.fetch("SELECT details FROM audit ORDER BY rowid")
        return [int(details) for (details,) in rows]

    async def states(self) -> Counter[str]:
        return Counter(state for (state,) in await self.database.fetch("SELECT state FROM inbox"))

    async def messages(self) -> list[tuple[str, str]]:
        return [
            (idempotency_key, state)
            for idempotency_key, state in await self.database.fetch("SELECT cause, state FROM outbox")
        ]


@pytest.fixture(params=["memory", "sqlite"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Any]:
    if request.param == "memory":
        yield Memory()
        return
    async with Database.open(tmp_path / "kills.db") as database:
        await migrate(database)
        yield Disk(database)


@dataclass
class Power:
    """One process's: after so many steps it is cut, and whatever the process still tries ends without a trace."""

    steps: int
    cut: asyncio.Event = field(default_factory=asyncio.Event)

    def check(self) -> None:
        self.steps -= 1
        if self.steps <= 0:
            self.cut.set()
            raise asyncio.CancelledError


@dataclass
class PoweredInbox:
    """An inbox as one process sees it: a commit may succeed and the process never hear of it."""

    inner: Any
    power: Power

    async def accept(self, updates: Sequence[StoredUpdate], now: Millis) -> tuple[UpdateId, ...]:
        return await self._powered(self.inner.accept(updates, now))  # type: ignore[no-any-return]  # both stores

    async def waiting(self) -> tuple[StoredUpdate, ...]:
        return await self._powered(self.inner.waiting())  # type: ignore[no-any-return]  # both stores

    async def finish(self, done: Sequence[UpdateId], seen: Mapping[UserId, Millis]) -> None:
        await self._powered(self.inner.finish(done, seen))

    async def failed(self, update_id: UpdateId, attempts: int, *, set_aside: bool) -> None:
        await self._powered(self.inner.failed(update_id, attempts, set_aside=set_aside))

    async def forget(self, before: Millis) -> int:
        return await self._powered(self.inner.forget(before))  # type: ignore[no-any-return]  # both stores

    async def _powered(self, step: Any) -> Any:
        try:
            self.power.check()
        except asyncio.CancelledError:
            step.close()
            raise
        result = await step
        self.power.check()
        return result


async def settled(stores: Any) -> bool:
    states = await stores.states()
    return states["done"] == UPDATES and all(state != "waiting" for _, state in await stores.messages())


async def test_no_update_is_lost_and_no_effect_doubled(stores: Any) -> None:
    dice = random.Random(20261123)  # noqa: S311  a seeded dice, no secret
    answered: set[int] = set()

    @asynccontextmanager
    async def process(telegram: FakeTelegram, power: Power) -> AsyncIterator[None]:
        async def handler(update: Update, _: object) -> None:
            await asyncio.sleep(dice.random() / 100)
            async with stores.transactions.begin() as unit:
                entry = AuditEntry(actor=None, action="test", subject=None, details=str(update.update_id))
                await unit.audit(entry, SystemClock().now())
                await asyncio.sleep(dice.random() / 500)
                power.check()
            await asyncio.sleep(dice.random() / 100)
            power.check()
            await echo(update, None)
            answered.add(update.update_id)

        house = House(telegram, handler, PoweredInbox(stores.inbox, power), stores.outbox, stores.transactions)
        async with house.at_work():
            yield

    async def live(telegram: FakeTelegram, power: Power) -> None:
        async with process(telegram, power):
            await asyncio.Event().wait()

    everlasting = 1_000_000
    async with serve(FakeTelegram()) as telegram:
        for life_number in range(KILLS):
            first = 1 + life_number * BATCH
            telegram.deliver(
                *(message(number, number % USERS + 1, str(number)) for number in range(first, first + BATCH))
            )
            power = Power(dice.randint(1, STEPS))
            life = asyncio.create_task(live(telegram, power))
            await asyncio.wait_for(power.cut.wait(), LIMIT)
            life.cancel()
            await asyncio.wait([life], timeout=LIMIT)
        assert not await settled(stores)
        async with process(telegram, Power(everlasting)):
            await until(lambda: settled(stores), what="every update done and every promise sent")

    effects = await stores.effects()
    assert Counter(effects) == Counter(range(1, UPDATES + 1))
    by_user = [[number for number in effects if number % USERS == rest] for rest in range(USERS)]
    assert by_user == [sorted(numbers) for numbers in by_user]
    unanswered = set(range(1, UPDATES + 1)) - answered
    explained = {int(idempotency_key.split(":")[1]) % USERS for idempotency_key, _ in await stores.messages()}
    assert unanswered, "no kill fell between an effect and its answer"
    assert {number % USERS for number in unanswered} <= explained
