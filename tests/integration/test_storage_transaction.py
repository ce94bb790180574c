"""What a transaction remembers of its reads, and writes that wait for the next statement."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import aiosqlite
import pytest
from harness.statements import parameters_of, statements
from harness.storage import ANNA, BORIS, NOW, StorageHarness, new_user, open_storage

from bot.domain.accounts import AccountType, Exchange
from bot.domain.errors import StorageTrouble
from bot.domain.ids import AccountId, OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.orders import CancelRequest, TriggerBy
from bot.domain.portfolio import LegKey, Side
from bot.domain.ports.plans import IntentNews, NewPlan
from bot.domain.trade_plans import Breakeven, IntentKind, IntentState, NewIntent, PlannedTarget, TradePlan
from storage.sqlite.codecs import Row
from storage.sqlite.connection import Opening, SqliteConnection
from storage.sqlite.transaction import Transaction, _shape_of
from storage.store import SqliteUnitOfWork

USERS = "SELECT count(*) FROM users"
ACCOUNTS = "SELECT count(*) FROM accounts"
RENAME = "UPDATE users SET first_name = ? WHERE user_id = ?"
NAME = "SELECT first_name FROM users WHERE user_id = ?"
FORGET = "DELETE FROM users WHERE user_id = ?"


class Hops:
    """Every batch that went to a connection's thread."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def of(self, sql: str) -> int:
        return sum(statement == sql for batch in self.batches for statement in batch)


@pytest.fixture
async def storage(tmp_path: Any) -> AsyncIterator[StorageHarness]:
    async with open_storage(tmp_path) as storage:
        async with storage.store.begin() as unit:
            await unit.users.ensure(new_user(ANNA), NOW)
            await unit.accounts.add(
                user_id=ANNA, exchange=Exchange.BYBIT, account_type=AccountType.DEMO, host="com", label="", now=NOW
            )
        yield storage


@pytest.fixture
def hops(storage: StorageHarness, monkeypatch: pytest.MonkeyPatch) -> Hops:
    found, run_opened = Hops(), SqliteConnection.run_opened

    async def counted(self: SqliteConnection, opening: Opening, statements: Any) -> list[list[Any]]:
        found.batches.append([sql for sql, _ in statements])
        return await run_opened(self, opening, statements)

    monkeypatch.setattr(SqliteConnection, "run_opened", counted)
    return found


async def test_what_was_read_is_asked_for_again_only_once_its_table_is_written(
    storage: StorageHarness, hops: Hops
) -> None:
    async with storage.database.transaction() as transaction:
        await transaction.fetch(USERS)
        await transaction.fetch(ACCOUNTS)
        await transaction.fetch(USERS)
        assert (hops.of(USERS), hops.of(ACCOUNTS)) == (1, 1)
        transaction.write(RENAME, ("Nan", ANNA))
        await transaction.fetch(USERS)
        await transaction.fetch(ACCOUNTS)
        assert (hops.of(USERS), hops.of(ACCOUNTS)) == (2, 1)


async def test_the_same_statement_with_other_parameters_is_another_one(storage: StorageHarness) -> None:
    async with storage.database.transaction() as transaction:
        assert await transaction.fetch(NAME, (ANNA,)) != await transaction.fetch(NAME, (BORIS,))


async def test_a_deletion_takes_rows_of_other_tables_along(storage: StorageHarness) -> None:
    async with storage.database.transaction() as transaction:
        ((before,),) = await transaction.fetch(ACCOUNTS)
        await transaction.fetch(FORGET, (ANNA,))
        ((after,),) = await transaction.fetch(ACCOUNTS)
    assert before > after == 0


async def test_a_write_that_waits_goes_with_the_next_statement_and_is_seen_by_it(
    storage: StorageHarness, hops: Hops
) -> None:
    async with storage.database.transaction() as transaction:
        transaction.write(RENAME, ("Nan", ANNA))
        assert not hops.batches
        assert await transaction.fetch(NAME, (ANNA,)) == [("Nan",)]
        assert hops.batches == [[RENAME, NAME]]
        transaction.write(RENAME, ("Anna", ANNA))
    assert await storage.database.fetch(NAME, (ANNA,)) == [("Anna",)]


async def test_what_is_read_while_a_write_is_added_is_asked_for_again(storage: StorageHarness) -> None:
    async with storage.database.transaction() as transaction:
        reading = asyncio.create_task(transaction.fetch(NAME, (ANNA,)))
        await asyncio.sleep(0)
        transaction.write(RENAME, ("Nan", ANNA))
        await reading
        assert await transaction.fetch(NAME, (ANNA,)) == [("Nan",)]


async def test_a_write_that_fails_late_takes_its_whole_unit_back(storage: StorageHarness) -> None:
    async def twice() -> None:
        async with storage.database.transaction() as transaction:
            await transaction.fetch(RENAME, ("Nan", ANNA))
            transaction.write("INSERT INTO users SELECT * FROM users WHERE user_id = ?", (ANNA,))

    with pytest.raises(sqlite3.IntegrityError):
        await twice()
    assert await storage.database.fetch(NAME, (ANNA,)) != [("Nan",)]


async def test_what_is_read_ahead_is_not_asked_for_again(storage: StorageHarness, hops: Hops) -> None:
    async with storage.database.transaction() as transaction:
        await transaction.fetch(USERS)
        await transaction.read_ahead([(USERS, ()), (NAME, (ANNA,)), (ACCOUNTS, ())])
        await transaction.fetch(NAME, (ANNA,))
        await transaction.fetch(ACCOUNTS)
    assert hops.batches == [[USERS], [NAME, ACCOUNTS]]


async def test_several_reads_are_of_one_moment(storage: StorageHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit between two statements of a batch shows in none of them."""
    other = sqlite3.connect(storage.database.path, isolation_level=None, check_same_thread=False)
    run = aiosqlite.Connection._conn

    class Between:
        def __init__(self, real: sqlite3.Connection) -> None:
            self.real = real

        def execute(self, sql: str, parameters: Any) -> sqlite3.Cursor:
            if sql == ACCOUNTS:
                other.execute(RENAME, ("between", ANNA))
            return self.real.execute(sql, parameters)

        def rollback(self) -> None:
            self.real.rollback()

    with monkeypatch.context() as patch:
        patch.setattr(SqliteConnection, "_conn", property(lambda self: Between(run.fget(self))))  # type: ignore[attr-defined]  # a property
        first, _, last = await storage.database.fetch_all([(NAME, (ANNA,)), (ACCOUNTS, ()), (NAME, (ANNA,))])
    other.close()
    assert first == last
    assert await storage.database.fetch(NAME, (ANNA,)) == [("between",)]


async def test_a_batch_of_reads_that_fails_leaves_the_reader_usable(storage: StorageHarness) -> None:
    with pytest.raises((sqlite3.Error, StorageTrouble)):
        await storage.database.fetch_all([(USERS, ()), ("SELECT nothing FROM nowhere", ())])
    assert await storage.database.fetch_all([(USERS, ())]) == [[(1,)]]


def touched(connection: sqlite3.Connection, sql: str) -> tuple[set[str], set[str]]:
    """The tables that a statement reads and those that it writes, foreign keys' actions too, by SQLite's own word."""
    reads, writes = set[str](), set[str]()

    def note(action: int, table: str | None, *_: str | None) -> int:
        kinds = {sqlite3.SQLITE_READ: reads}
        kinds |= dict.fromkeys((sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE), writes)
        if table is not None and action in kinds and not table.startswith(("sqlite_", "pragma_")):
            kinds[action].add(table)
        return sqlite3.SQLITE_OK

    connection.set_authorizer(note)
    connection.execute(f"EXPLAIN {sql}", [None] * parameters_of(sql))
    connection.set_authorizer(None)
    return reads, writes


async def test_what_a_statement_touches_is_what_is_forgotten_for_it(storage: StorageHarness) -> None:
    wrong = {}
    with closing(sqlite3.connect(storage.database.path, cached_statements=0)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for name, sql in statements().items():
            shape, (reads, writes) = _shape_of(sql), touched(connection, sql)
            if shape.is_read:
                missed = (reads - shape.sources) | writes
            else:
                missed = writes - shape.targets if shape.targets else set()
            if missed:
                wrong[name] = missed
    assert wrong == {}


class Forgetful(Transaction):
    """Asks for everything each time, and lets no write wait."""

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        self._known.clear()
        await self.flush()
        return await super().fetch(sql, parameters)


LEGS = [
    LegKey(account_id=AccountId(1), category=Category.LINEAR, symbol=Symbol(each), position_idx=0)
    for each in ("AUSDT", "BUSDT")
]
STATES = [*IntentState]


def a_plan(draw: Random) -> NewPlan:
    targets = tuple(PlannedTarget(number=each, price=Decimal(100 + each), share=Decimal("0.5")) for each in (1, 2))
    return NewPlan(
        user_id=ANNA,
        leg=draw.choice(LEGS),
        side=Side.BUY,
        stop=Decimal(draw.randrange(1, 90)),
        stop_trigger_by=TriggerBy.LAST,
        targets=targets[: draw.randrange(3)],
        breakeven=Breakeven.OFF,
        card=None,
    )


def an_intent(draw: Random) -> NewIntent:
    number, leg = draw.randrange(12), draw.choice(LEGS)
    return NewIntent(
        kind=IntentKind.ENTRY,
        leg=leg,
        user_id=ANNA,
        plan_id=None,
        order_link_id=OrderLinkId(f"p-{number}"),
        request=CancelRequest(category=leg.category, symbol=leg.symbol, order_id=f"o-{number}"),
        idempotency_key=f"k-{number}",
    )


def news(draw: Random) -> IntentNews:
    qty = draw.choice([None, Decimal(draw.randrange(5))])
    return IntentNews(state=draw.choice(STATES), order_id=draw.choice([None, "o-1"]), cum_exec_qty=qty, reason="r")


async def opened(unit: SqliteUnitOfWork, draw: Random) -> Any:
    """A plan and an intent of it, unless the leg has one."""
    new = a_plan(draw)
    if await unit.plans.of_leg(new.leg) is not None:
        return None
    plan = await unit.plans.open(new, NOW)
    intent = await unit.intents.add(replace(an_intent(draw), leg=new.leg, plan_id=plan.plan_id), NOW)
    return plan, intent


async def targets(unit: SqliteUnitOfWork, draw: Random, plan_id: int) -> None:
    if await unit.plans.get(plan_id) is not None:
        await unit.plans.set_targets(plan_id, a_plan(draw).targets, Breakeven.AFTER_FIRST_TARGET)


@dataclass(frozen=True)
class Turn:
    """One step of a unit. `number`: an id that may be there."""

    unit: SqliteUnitOfWork
    draw: Random
    number: int


Step = Callable[[Turn], Awaitable[Any]]
STEPS: list[Step] = [
    lambda it: it.unit.plans.get(it.number),
    lambda it: it.unit.plans.of_leg(it.draw.choice(LEGS)),
    lambda it: it.unit.plans.open_of_account(AccountId(1)),
    lambda it: it.unit.intents.get(it.number),
    lambda it: it.unit.intents.by_key(f"k-{it.number}"),
    lambda it: it.unit.intents.by_link_id(OrderLinkId(f"p-{it.number}")),
    lambda it: it.unit.intents.live_of_account(AccountId(1)),
    lambda it: it.unit.intents.of_plan(it.number),
    lambda it: it.unit.intents.why_not(it.number, NOW),
    lambda it: it.unit.fences.paused_since(AccountId(1)),
    lambda it: opened(it.unit, it.draw),
    lambda it: it.unit.intents.add(an_intent(it.draw), NOW),
    lambda it: it.unit.intents.adopt(an_intent(it.draw), NOW),
    lambda it: it.unit.intents.start_sending(it.number, NOW),
    lambda it: it.unit.intents.note(it.number, news(it.draw), NOW),
    lambda it: it.unit.intents.add_fill(it.number, Decimal(1), Decimal(100)),
    lambda it: it.unit.intents.told([it.number]),
    lambda it: targets(it.unit, it.draw, it.number),
    lambda it: it.unit.plans.target_done(it.number, 1),
    lambda it: it.unit.plans.set_stop(it.number, Decimal(it.draw.randrange(1, 90)), TriggerBy.MARK),
    lambda it: it.unit.plans.stop_verified(it.number, NOW),
    lambda it: it.unit.plans.doubt_stop(it.number),
    lambda it: it.unit.plans.filled(it.number, NOW),
    lambda it: it.unit.plans.end(it.number, NOW),
    lambda it: it.unit.plans.reopen(it.number),
    lambda it: it.unit.fences.pause(AccountId(1), NOW),
    lambda it: it.unit.fences.resume(AccountId(1)),
    lambda it: it.unit.fences.raise_fence(AccountId(1)),
]


def shown(answer: Any) -> Any:
    """Without the counts of a plan's versions: they are for screens, which read what is committed."""
    if isinstance(answer, TradePlan):
        return replace(answer, version=0)
    return tuple(map(shown, answer)) if isinstance(answer, tuple) else answer


async def test_a_unit_that_remembers_answers_like_one_that_asks_each_time(tmp_path: Path) -> None:
    """Several units of random steps; the other side has a unit of its own for each step, within one transaction."""
    async with AsyncExitStack() as stack:
        sides = []
        for name in ("remembers", "asks"):
            (tmp_path / name).mkdir()
            sides.append(await stack.enter_async_context(open_storage(tmp_path / name, is_watched=False)))
            await sides[-1].account(kind=AccountType.DEMO)
        for seed in range(60):
            draw, written = Random(seed), []  # noqa: S311  repeatable steps, no secret
            async with sides[0].database.transaction() as one, sides[1].database.transaction() as other:
                remembering, asking = SqliteUnitOfWork(one), Forgetful(other._usable(), other._opening)
                for _ in range(25):
                    step, number, own = draw.choice(STEPS), draw.randrange(1, 13), draw.random()
                    units = (remembering, SqliteUnitOfWork(asking))
                    first, second = [await step(Turn(each, Random(own), number)) for each in units]  # noqa: S311  likewise
                    written.append((STEPS.index(step), number, own))
                    assert shown(first) == shown(second), (seed, written)
                await asking.flush()
        for table in ("trade_plans", "plan_targets", "order_intents", "account_fences"):
            asked = f"SELECT * FROM {table} ORDER BY 1, 2"  # noqa: S608  one of the four above
            assert await sides[0].database.fetch(asked) == await sides[1].database.fetch(asked)
