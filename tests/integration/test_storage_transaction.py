"""What a transaction remembers of its reads, and writes that wait for the next statement."""

import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import aiosqlite
import pytest
from harness.storage import ANNA, BORIS, NOW, StorageHarness, new_user, open_storage

from bot.domain.accounts import AccountType, Exchange
from bot.domain.errors import StorageTrouble
from storage.sqlite.connection import SqliteConnection

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
    found, run_all = Hops(), SqliteConnection.run_all

    async def counted(self: SqliteConnection, statements: Any) -> list[list[Any]]:
        found.batches.append([sql for sql, _ in statements])
        return await run_all(self, statements)

    monkeypatch.setattr(SqliteConnection, "run_all", counted)
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
