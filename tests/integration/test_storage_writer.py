"""Transactions: all or nothing whatever cuts them short, one writer at a time, shared commits, a disk that refuses."""

import asyncio
import os
import random
import resource
import subprocess
import sys
import types
from collections.abc import Coroutine, Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from harness.storage import ANNA, BORIS, NOW, StorageHarness, new_user, open_storage
from harness.waiting import LIMIT

from bot.domain.audit import AuditEntry
from bot.domain.chat import StoredUpdate
from bot.domain.errors import StorageTrouble
from bot.domain.events import UserConfigChanged
from bot.domain.ids import UserId
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from ops.bench.dataset import INSERT_SIGNAL
from storage.chat.inbox import SqliteInbox
from storage.sqlite.connection import SqliteConnection
from storage.sqlite.transaction import Transaction

FILLER = "x" * 4000


class Steps:
    """Runs a coroutine and cancels its own task at chosen suspensions."""

    def __init__(self, first: int, *, again: bool) -> None:
        self.first = first
        self.again = again
        self.count = 0

    @types.coroutine
    def drive(self, work: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
        steps = work.__await__()
        try:
            pending = next(steps)
            while True:
                self.count += 1
                if self.count == self.first or (self.again and self.count > self.first):
                    task = asyncio.current_task()
                    assert task is not None
                    task.cancel()
                try:
                    yield pending
                except asyncio.CancelledError as error:
                    pending = steps.throw(error)
                else:
                    pending = next(steps)
        except StopIteration as end:
            return end.value


async def two_writes(storage: StorageHarness) -> None:
    async with storage.store.begin() as unit:
        await unit.users.ensure(new_user(ANNA), NOW)
        await unit.audit(AuditEntry(actor=ANNA, action="came", subject=ANNA), NOW)


async def hold(storage: StorageHarness, user_id: UserId, inside: asyncio.Event, go_on: asyncio.Event) -> None:
    """A unit that writes a user and stays inside until it is told to go on."""
    async with storage.store.begin() as unit:
        await unit.users.ensure(new_user(user_id), NOW)
        inside.set()
        await go_on.wait()


async def stands(storage: StorageHarness) -> tuple[int, int]:
    ((users,),) = await storage.database.fetch("SELECT count(*) FROM users")
    ((entries,),) = await storage.database.fetch("SELECT count(*) FROM audit")
    return users, entries


async def interrupted(storage: StorageHarness, steps: Steps) -> UpdateAttempt:
    """Two writes for an update, cancelled at its steps; afterwards the lock must be free."""
    idempotency_key = UpdateAttempt(update_id=UpdateId(7))

    async def handle() -> None:
        current_attempt.set(idempotency_key)
        await steps.drive(two_writes(storage))

    with suppress(asyncio.CancelledError):
        await asyncio.create_task(handle())
    async with asyncio.timeout(LIMIT):
        await storage.user(BORIS)
    return idempotency_key


@pytest.mark.parametrize("again", [False, True], ids=["once", "again and again"])
async def test_a_cancellation_at_any_await_leaves_all_or_nothing(tmp_path: Path, again: bool) -> None:
    outcomes = set()
    for step in range(1, 100):
        folder = tmp_path / str(step)
        async with open_storage(folder) as storage:
            await SqliteInbox(storage.database).accept([update(7)], NOW)
            steps = Steps(step, again=again)
            idempotency_key = await interrupted(storage, steps)
            users, entries = await stands(storage)
            ((state,),) = await storage.database.fetch("SELECT state FROM inbox")
            is_whole = users == 2
            assert (users, entries) in {(1, 0), (2, 1)}
            assert state == ("applied" if is_whole else "new")
            assert idempotency_key.applied is is_whole
            assert storage.committed == [(UserConfigChanged(user_id=each),) for each in (ANNA, BORIS)[not is_whole :]]
        outcomes.add(is_whole)
        if steps.count < step:
            break
    assert step > 6
    assert outcomes == {True, False}


async def fail_half_way(storage: StorageHarness) -> None:
    async with storage.store.begin() as unit:
        await unit.users.ensure(new_user(ANNA), NOW)
        raise ZeroDivisionError


async def test_a_failure_inside_undoes_its_own_writes_alone(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        with pytest.raises(ZeroDivisionError):
            await fail_half_way(storage)
        await storage.user(BORIS)
        assert await storage.queries.user_config(ANNA) is None
        assert await storage.queries.user_config(BORIS) is not None
        assert storage.committed == [(UserConfigChanged(user_id=BORIS),)]


async def test_writers_do_not_share_a_fate(tmp_path: Path) -> None:
    """Forty units at once, every third of which fails: exactly the others stand."""

    async def one(number: int) -> None:
        async with storage.store.begin() as unit:
            await unit.users.ensure(new_user(number + 1), NOW)  # type: ignore[arg-type]  # a plain number will do
            await asyncio.sleep(0)
            if number % 3 == 0:
                raise ZeroDivisionError

    async with open_storage(tmp_path) as storage:
        outcomes = await asyncio.gather(*map(one, range(40)), return_exceptions=True)
        stood = {user_id for (user_id,) in await storage.database.fetch("SELECT user_id FROM users")}
    assert stood == {number + 1 for number in range(40) if number % 3}
    assert [type(each) for each in outcomes] == [type(None) if n % 3 else ZeroDivisionError for n in range(40)]
    assert {event.user_id for (event,) in storage.committed} == stood  # type: ignore[union-attr]  # all are user events


async def test_a_unit_is_not_answered_before_it_is_on_the_disk(tmp_path: Path) -> None:
    async def one(number: int) -> None:
        async with storage.store.begin() as unit:
            await unit.users.ensure(new_user(number + 1), NOW)  # type: ignore[arg-type]  # a plain number will do
        assert await storage.queries.user_config(number + 1) is not None  # type: ignore[arg-type]  # another connection

    async with open_storage(tmp_path) as storage:
        await asyncio.gather(*map(one, range(50)))


async def test_units_that_wait_share_a_commit(tmp_path: Path) -> None:
    commits: list[str] = []

    async def one(number: int) -> None:
        async with storage.database.transaction() as transaction:
            await transaction.fetch(INSERT_SIGNAL, ("s", str(number), "", NOW, None, "Buy", "BTCUSDT", None))

    async with open_storage(tmp_path) as storage:
        async with storage.database.alone() as connection:
            await connection.set_trace_callback(commits.append)
        await asyncio.gather(*map(one, range(32)))
        async with storage.database.alone() as connection:
            await connection.set_trace_callback(None)  # type: ignore[arg-type]  # what sqlite3 takes to end it
        assert await storage.database.fetch("SELECT count(*) FROM signals") == [(32,)]
    assert commits.count("COMMIT") < 4
    assert commits.count("BEGIN IMMEDIATE") == commits.count("COMMIT")


async def test_an_urgent_unit_stands_behind_the_one_that_is_open_alone(tmp_path: Path) -> None:
    """Twenty units were there before it: it is written and on the disk before the first of them begins."""
    steps: list[str] = []
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def open_one() -> None:
        async with storage.store.begin_aside() as unit:
            await unit.users.ensure(new_user(ANNA), NOW)
            inside.set()
            await go_on.wait()

    async def one(number: int) -> None:
        async with storage.store.begin_aside() as unit:
            steps.append("begun")
            await unit.users.ensure(new_user(number + 1), NOW)  # type: ignore[arg-type]  # a plain number will do

    async def urgent() -> None:
        await storage.user(BORIS)
        steps.append("urgent")
        assert await storage.queries.user_config(BORIS) is not None  # another connection: it is on the disk

    async with open_storage(tmp_path) as storage:
        first = asyncio.create_task(open_one())
        await inside.wait()
        others = [asyncio.create_task(one(number)) for number in range(20)]
        await asyncio.sleep(0)
        hurried = asyncio.create_task(urgent())
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(first, hurried, *others)
    assert steps.index("urgent") <= 1  # the next turn may begin before we are told


async def test_a_unit_begins_with_its_first_statement_and_is_committed_with_its_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hops: list[str] = []
    execute = SqliteConnection._execute

    async def counted(self: SqliteConnection, work: Any, *arguments: Any) -> Any:
        hops.append(work.__name__)
        return await execute(self, work, *arguments)  # type: ignore[no-untyped-call]  # aiosqlite's own

    async with open_storage(tmp_path, is_watched=False) as storage:
        monkeypatch.setattr(SqliteConnection, "_execute", counted)
        async with storage.database.transaction() as transaction:
            await transaction.fetch("SELECT count(*) FROM signals")
            transaction.write(INSERT_SIGNAL, ("s", "1", "", NOW, None, "Buy", "BTCUSDT", None))
        monkeypatch.undo()
        assert await storage.database.fetch("SELECT count(*) FROM signals") == [(1,)]
    assert hops == ["_run_opened", "_run_and_commit"]


async def test_a_unit_that_fails_before_its_first_statement_takes_nothing_of_the_one_before(tmp_path: Path) -> None:
    async def fail() -> None:
        async with storage.store.begin():
            raise ZeroDivisionError

    async with open_storage(tmp_path, is_watched=False) as storage:
        inside, go_on = asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(hold(storage, ANNA, inside, go_on))
        await inside.wait()
        second = asyncio.create_task(fail())
        await asyncio.sleep(0)
        go_on.set()
        outcomes = await asyncio.gather(first, second, return_exceptions=True)
        assert [type(each) for each in outcomes] == [type(None), ZeroDivisionError]
        assert await storage.queries.user_config(ANNA) is not None


async def test_a_shared_commit_that_fails_acknowledges_none(tmp_path: Path) -> None:
    """A broken deferred foreign key is noticed by COMMIT itself."""
    answered: list[int] = []

    async def one(number: int) -> None:
        async with storage.database.transaction(lambda: answered.append(number)) as transaction:
            await transaction.fetch("INSERT INTO child VALUES (?)", (99 if number == 3 else 1,))
            await asyncio.sleep(0)

    async with open_storage(tmp_path) as storage:
        await storage.write("CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT")
        await storage.write("INSERT INTO parent VALUES (1)")
        await storage.write(
            "CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED) STRICT"
        )
        outcomes = await asyncio.gather(*map(one, range(6)), return_exceptions=True)
        ((count,),) = await storage.database.fetch("SELECT count(*) FROM child")
        assert isinstance(outcomes[3], StorageTrouble)
        assert [isinstance(each, StorageTrouble) for each in outcomes].count(False) == count == len(answered)
        await storage.user()
        assert await storage.queries.user_config(ANNA) is not None


async def test_a_waiter_that_is_cancelled_does_not_keep_the_others_from_their_commit(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        inside, go_on = asyncio.Event(), asyncio.Event()
        one = asyncio.create_task(hold(storage, ANNA, inside, go_on))
        await inside.wait()
        two = asyncio.create_task(storage.user(BORIS))
        await asyncio.sleep(0)
        go_on.set()
        two.cancel()
        async with asyncio.timeout(LIMIT):
            await asyncio.wait((one, two))
        assert one.exception() is None
        assert two.cancelled()
        assert await storage.queries.user_config(ANNA) is not None
        assert await storage.queries.user_config(BORIS) is None


async def test_a_unit_inside_a_unit_is_a_mistake_not_a_deadlock(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        with pytest.raises(RuntimeError, match="open in this task already"):
            async with storage.store.begin():
                await storage.user()
        await storage.user()


async def test_a_unit_is_useless_after_its_end(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        async with storage.store.begin() as unit:
            await unit.users.ensure(new_user(), NOW)
        with pytest.raises(RuntimeError, match="has ended"):
            await unit.users.ensure(new_user(BORIS), NOW)


async def fill_up(transaction: Transaction, rows: int = 200) -> None:
    for number in range(rows):
        await transaction.fetch(INSERT_SIGNAL, ("s", str(number), FILLER, NOW, None, "Buy", "BTCUSDT", None))


async def come_with_much(storage: StorageHarness, *, swallow: bool = False) -> None:
    """A new user, and more than the disk may hold."""
    async with storage.store.begin() as unit:
        await unit.users.ensure(new_user(), NOW)
        with suppress(*(StorageTrouble,) * swallow):
            await fill_up(unit._transaction)


async def allow_pages(storage: StorageHarness, more: int) -> None:
    async with storage.database.alone() as connection:
        ((count,),) = await connection.execute_fetchall("PRAGMA page_count")
        await connection.execute_fetchall(f"PRAGMA max_page_count = {count + more}")


async def test_a_full_disk_acknowledges_nothing_and_passes(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await allow_pages(storage, 5)
        with pytest.raises(StorageTrouble, match="the disk is full"):
            await come_with_much(storage)
        assert await stands(storage) == (0, 0)
        assert storage.committed == []
        await allow_pages(storage, 1000)
        await come_with_much(storage)
        assert await stands(storage) == (1, 0)
        assert len(storage.committed) == 1


async def test_a_disk_that_was_made_read_only_is_storage_trouble_to_every_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    async with open_storage(tmp_path) as storage:
        database = storage.database
        monkeypatch.setattr(os, "utime", refuse)  # of the lock's file, before each commit
        for write in (
            lambda: database.statement("DELETE FROM signals"),
            lambda: database.batch([("DELETE FROM signals", ())]),
            lambda: storage.user(ANNA),
        ):
            with pytest.raises(StorageTrouble, match="Read-only file system"):
                await write()
        monkeypatch.undo()
        assert (database.stats().failures, await stands(storage)) == (3, (0, 0))
        await storage.user(ANNA)


async def test_a_full_disk_that_a_block_swallows_is_not_taken_for_a_commit(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await allow_pages(storage, 5)
        with pytest.raises(StorageTrouble, match="had failed"):
            await come_with_much(storage, swallow=True)
        assert await stands(storage) == (0, 0)


MANY = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 200)
    INSERT INTO signals (source, source_id, raw_message, ts, side, symbol)
    SELECT 's', n, ?, 1, 'Buy', 'BTCUSDT' FROM numbers
"""


async def test_a_swallowed_refusal_of_the_only_write_is_not_taken_for_nothing_written(tmp_path: Path) -> None:
    async def swallow() -> None:
        async with storage.store.begin() as unit:
            with suppress(StorageTrouble):
                await unit._transaction.fetch(MANY, (FILLER,))

    async with open_storage(tmp_path) as storage:
        await allow_pages(storage, 5)
        with pytest.raises(StorageTrouble, match="had failed"):
            await swallow()


async def test_a_disk_that_fills_up_under_many_writers(tmp_path: Path) -> None:
    """One of a group hits the limit: whoever is told that it stands, stands; nobody else does."""

    async def one(number: int) -> None:
        async with storage.store.begin() as unit:
            await unit.users.ensure(new_user(number + 1), NOW)  # type: ignore[arg-type]  # a plain number will do
            if number == 10:
                await fill_up(unit._transaction)

    async with open_storage(tmp_path) as storage:
        await allow_pages(storage, 20)
        outcomes = await asyncio.gather(*map(one, range(20)), return_exceptions=True)
        stood = {user_id for (user_id,) in await storage.database.fetch("SELECT user_id FROM users")}
    assert stood == {number + 1 for number, outcome in enumerate(outcomes) if outcome is None}
    assert {type(each) for each in outcomes} == {type(None), StorageTrouble}


async def test_another_process_that_holds_the_file_is_storage_trouble(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        async with storage.database.alone() as connection:
            await connection.execute_fetchall("PRAGMA busy_timeout = 50")
        async with aiosqlite.connect(tmp_path / "perpdesk.sqlite3", isolation_level=None) as other:
            await other.execute_fetchall("BEGIN IMMEDIATE")
            with pytest.raises(StorageTrouble, match="busy"):
                await storage.user()
            await other.execute_fetchall("ROLLBACK")
        await storage.user()


LIMITED = """
import asyncio, resource, sys
from pathlib import Path
from harness.storage import open_storage, ANNA, NOW, new_user
from bot.domain.errors import StorageTrouble

async def main(folder):
    async with open_storage(folder) as it:
        log = folder / "perpdesk.sqlite3-wal"
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 100, hard))
        try:
            await it.user()
        except StorageTrouble as trouble:
            print("refused:", trouble)
        print("told:", len(it.committed), await it.queries.user_config(ANNA))
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        await it.user()
        print("recovered:", (await it.queries.user_config(ANNA)).user_id)

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_a_commit_that_the_disk_cuts_short_is_refused_and_recovers(tmp_path: Path) -> None:
    """RLIMIT_FSIZE lets the log grow no further: COMMIT itself fails."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    tests = Path(__file__).parents[1]
    outcome = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", LIMITED, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": f"{tests.parent}:{tests}"},
    )
    assert outcome.returncode == 0, outcome.stderr
    refused, told, recovered = outcome.stdout.splitlines()
    assert refused.startswith("refused: nothing was stored: the disk ")
    assert told == "told: 0 None"
    assert recovered == f"recovered: {ANNA}"


def update(number: int) -> StoredUpdate:
    return StoredUpdate(update_id=UpdateId(number), user_id=ANNA, chat_id=None, body=b"{}")


async def test_a_unit_that_comes_too_late_harms_none_that_came_in_time(tmp_path: Path) -> None:
    """Anna's unit has ended, Boris' is inside the same transaction, a third waits: then the database closes."""
    inside, go_on = {}, {}
    async with open_storage(tmp_path) as storage:
        people = (ANNA, BORIS, UserId(1003))
        for user_id in people:
            inside[user_id], go_on[user_id] = asyncio.Event(), asyncio.Event()
        units = [asyncio.create_task(hold(storage, each, inside[each], go_on[each])) for each in people]
        await inside[ANNA].wait()
        go_on[ANNA].set()
        await inside[BORIS].wait()
        closing = asyncio.create_task(storage.database._writer.close())
        await asyncio.sleep(0)
        go_on[BORIS].set()
        outcomes = await asyncio.gather(*units, return_exceptions=True)
        await closing
        assert outcomes[:2] == [None, None]
        assert isinstance(outcomes[2], StorageTrouble)
        stood = {user_id for (user_id,) in await storage.database.fetch("SELECT user_id FROM users")}
        assert stood == {ANNA, BORIS}


@pytest.mark.parametrize("seed", range(10))
async def test_storms_of_failures_and_cancellations(tmp_path: Path, seed: int) -> None:
    """A hundred units at once, some of which fail or are cancelled at any moment: who is told it stands, stands."""
    dice = random.Random(seed)  # noqa: S311  the same storm in every run
    told: set[int] = set()

    async def one(number: int) -> None:
        async with storage.database.transaction(lambda: told.add(number)) as transaction:
            await transaction.fetch(INSERT_SIGNAL, ("s", str(number), "", NOW, None, "Buy", "BTCUSDT", None))
            for _ in range(number % 4):
                await asyncio.sleep(0)
            if number % 5 == 0:
                raise ZeroDivisionError

    async with open_storage(tmp_path) as storage:
        tasks = []
        for number in range(100):
            tasks.append(asyncio.create_task(one(number)))
            if dice.random() < 0.3:
                await asyncio.sleep(dice.random() * 0.002)
            if dice.random() < 0.3:
                dice.choice(tasks).cancel()
        async with asyncio.timeout(LIMIT):
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            await storage.user()
        stood = {int(number) for (number,) in await storage.database.fetch("SELECT source_id FROM signals")}
    assert stood == told
    for number, outcome in enumerate(outcomes):
        assert number in stood if outcome is None else isinstance(outcome, (asyncio.CancelledError, ZeroDivisionError))
        assert not (isinstance(outcome, ZeroDivisionError) and number in stood)


async def test_a_cancellation_at_any_await_inside_a_shared_commit_is_that_units_alone(tmp_path: Path) -> None:
    outcomes = set()
    for step in range(1, 100):
        steps = Steps(step, again=False)
        async with open_storage(tmp_path / str(step)) as storage:
            inside, go_on = asyncio.Event(), asyncio.Event()
            first = asyncio.create_task(hold(storage, BORIS, inside, go_on))
            await inside.wait()
            second = asyncio.create_task(driven(steps, storage))
            third = asyncio.create_task(storage.user(UserId(1003)))
            await asyncio.sleep(0)
            go_on.set()
            async with asyncio.timeout(LIMIT):
                results = await asyncio.gather(first, second, third, return_exceptions=True)
            assert (results[0], results[2]) == (None, UserId(1003))
            stood = {user_id for (user_id,) in await storage.database.fetch("SELECT user_id FROM users")}
            assert stood >= {BORIS, 1003}
            assert (ANNA in stood) == ((UserConfigChanged(user_id=ANNA),) in storage.committed)
            assert ANNA in stood or isinstance(results[1], asyncio.CancelledError)
            outcomes.add(ANNA in stood)
        if steps.count < step:
            break
    assert step > 6
    assert outcomes == {True, False}


async def driven(steps: Steps, storage: StorageHarness) -> None:
    await steps.drive(two_writes(storage))


async def test_a_cancellation_while_another_process_holds_the_file_leaves_nothing_behind(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        async with aiosqlite.connect(tmp_path / "perpdesk.sqlite3", isolation_level=None) as other:
            await other.execute_fetchall("BEGIN IMMEDIATE")
            first = asyncio.create_task(storage.user(ANNA))
            await asyncio.sleep(0.05)
            first.cancel()
            second = asyncio.create_task(storage.user(BORIS))
            await asyncio.sleep(0.05)
            await other.execute_fetchall("ROLLBACK")
            assert await second == BORIS
        assert await stands(storage) == (1, 0)
        assert first.cancelled()


async def test_whoever_wants_the_connection_alone_finds_no_transaction_on_it(tmp_path: Path) -> None:
    async def alone() -> bool:
        async with storage.database.alone() as connection:
            assert await storage.queries.user_config(ANNA) is not None
            return connection.in_transaction

    async with open_storage(tmp_path) as storage:
        inside, go_on = asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(hold(storage, ANNA, inside, go_on))
        await inside.wait()
        second = asyncio.create_task(alone())
        await asyncio.sleep(0)
        go_on.set()
        assert not await second
        await first


async def test_what_only_read_its_neighbors_rows_ends_when_they_are_on_the_disk(tmp_path: Path) -> None:
    """And so does what was refused for them: neither may tell of what a failing commit takes back."""
    async with open_storage(tmp_path) as storage:
        inside, go_on = asyncio.Event(), asyncio.Event()

        async def look(*, refuse: bool) -> tuple[int, int]:
            with suppress(LookupError):
                async with storage.store.begin() as unit:
                    assert not await unit.users.ensure(new_user(ANNA), NOW)
                    if refuse:
                        raise LookupError
            return await stands(storage)

        tasks = [asyncio.create_task(hold(storage, ANNA, inside, go_on))]
        await inside.wait()
        looks = [asyncio.create_task(look(refuse=refuse)) for refuse in (False, True)]
        await asyncio.sleep(0)
        go_on.set()
        async with asyncio.timeout(LIMIT):
            assert await asyncio.gather(*looks) == [(1, 0)] * 2
            await asyncio.gather(*tasks)
