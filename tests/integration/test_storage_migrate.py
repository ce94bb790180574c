"""Migrations from every version up, and the databases that are refused."""

import asyncio
import shutil
import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.storage import ANNA, BORIS, open_storage

from bot.domain.accounts import TradeSettings
from bot.domain.errors import SchemaTooNew, StorageTrouble, UnfitDatabase
from bot.domain.ids import AccountId
from bot.domain.portfolio import OrderType
from bot.domain.users import Notifications, UserSettings
from storage.sqlite.database import Database
from storage.sqlite.migrate import Migration, apply, load_migrations, migrate

NEWEST = load_migrations()[-1].number
MIGRATION = Migration(number=NEWEST + 1, name="0099_test.sql", statements=())


def behind_its_back(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / "perpdesk.sqlite3", isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def schema(folder: Path) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(folder / "perpdesk.sqlite3")
    found = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()
    connection.close()
    return found


def test_files_are_numbered_and_each_is_whole_statements() -> None:
    migrations = load_migrations()
    assert [each.number for each in migrations] == list(range(1, NEWEST + 1))
    assert all(sqlite3.complete_statement(statement) for each in migrations for statement in each.statements)


async def test_every_version_comes_up_to_the_same_schema(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "fresh" / "perpdesk.sqlite3") as database:
        assert await migrate(database) == (0, NEWEST)
    for version in range(NEWEST + 1):
        async with Database.open(tmp_path / "old" / "perpdesk.sqlite3") as database:
            assert await migrate(database, until=version) == (max(0, version - 1), version)
        if version % 6 and version < NEWEST - 2:
            continue  # it was reached alone from the one before; the way from there in one go is part of another's
        await asyncio.to_thread(shutil.copytree, tmp_path / "old", tmp_path / str(version))
        async with Database.open(tmp_path / str(version) / "perpdesk.sqlite3") as database:
            assert await migrate(database) == (version, NEWEST)
            assert await migrate(database) == (NEWEST, NEWEST)
        assert schema(tmp_path / str(version)) == schema(tmp_path / "fresh"), version


# The statements of version 10, which the code no longer has.
USER_OF_10 = """
    INSERT INTO users (user_id, first_name, lang, percent, sl_percent, tp_percent, leverage, global_order_type,
                       notifications, time_zone, default_account_id, first_seen_ts, last_seen_ts)
    VALUES (?, 'Anna', 'en', ?, ?, ?, ?, ?, 'silent', 'Europe/Kyiv', NULL, 1, 1)
"""
ACCOUNT_OF_10 = """
    INSERT INTO accounts (user_id, exchange, account_type, host, label, bybit_uid, state, created_ts)
    VALUES (?, 'bybit', ?, 'com', 'label', ?, ?, 1)
"""


async def test_the_settings_of_version_10_are_kept_by_every_account(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "perpdesk.sqlite3") as database:
        await migrate(database, until=10)
        async with database.transaction() as transaction:
            await transaction.fetch(USER_OF_10, (ANNA, "0.5", "12.5", "100", 100, "Limit"))
            await transaction.fetch(USER_OF_10, (BORIS, "1", "3", "8", 3, "Market"))
            await transaction.fetch(ACCOUNT_OF_10, (ANNA, "paper", None, "active"))
            await transaction.fetch(ACCOUNT_OF_10, (BORIS, "paper", None, "active"))
            await transaction.fetch(ACCOUNT_OF_10, (ANNA, "demo", "900", "active"))
            await transaction.fetch(ACCOUNT_OF_10, (ANNA, "live", None, "pending"))
    odd = TradeSettings(
        risk_percent=Decimal("0.5"),
        stop_loss_percent=Decimal("12.5"),
        take_profit_percent=Decimal(100),
        leverage=100,
        order_type=OrderType.LIMIT,
    )
    async with open_storage(tmp_path) as storage:
        anna, boris = await storage.queries.user_config(ANNA), await storage.queries.user_config(BORIS)
        assert anna is not None
        assert boris is not None
        assert [each.settings for each in anna.accounts] == [odd, odd]
        assert [each.settings for each in boris.accounts] == [TradeSettings()]
        assert anna.settings == UserSettings(notifications=Notifications.SILENT, time_zone="Europe/Kyiv")
        async with storage.store.begin() as unit:
            assert (await unit.accounts.activate(AccountId(4), "901")).settings == odd, "what waited for its key, too"
        assert (await storage.account(ANNA, uid="902")).settings == odd


POSITION_OF_12 = """
    INSERT INTO active_positions (user_id, account_id, category, symbol, position_idx, side, size, entry_price,
                                  mark_price, position_value, leverage, liq_price, unrealised_pnl, take_profit,
                                  stop_loss, trailing_stop, open_ts, updated_ts)
    VALUES (?, 1, 'linear', 'BTCUSDT', 0, 'Buy', '0.5', '64000', '64500', '32250', '3', NULL, '250', NULL, '60000',
            NULL, 1, 2)
"""
ORDER_OF_12 = """
    INSERT INTO pending_limit_orders (user_id, account_id, order_id, category, symbol, order_link_id, position_idx,
                                      side, order_type, order_status, price, qty, cum_exec_qty, trigger_price,
                                      stop_order_type, time_in_force, reduce_only, take_profit, stop_loss,
                                      created_ts, updated_ts)
    VALUES (?, 1, 'id-1', 'linear', 'BTCUSDT', '', 0, 'Buy', 'Limit', 'New', '60000', '0.1', '0', NULL, '', 'GTC', 1,
            NULL, NULL, 1, 2)
"""


async def test_the_positions_and_orders_of_version_12_are_kept(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "perpdesk.sqlite3") as database:
        await migrate(database, until=12)
        async with database.transaction() as transaction:
            await transaction.fetch(USER_OF_10, (ANNA, "0.5", "12.5", "100", 100, "Limit"))
            await transaction.fetch(ACCOUNT_OF_10, (ANNA, "paper", None, "active"))
            await transaction.fetch("UPDATE accounts SET positions_as_of = 5, orders_as_of = 6")
            await transaction.fetch(POSITION_OF_12, (ANNA,))
            await transaction.fetch(ORDER_OF_12, (ANNA,))
    async with open_storage(tmp_path) as storage:
        positions = await storage.queries.positions(AccountId(1))
        orders = await storage.queries.orders(AccountId(1))
        assert positions is not None
        assert orders is not None
        (leg,), (order,) = positions.items, orders.items
        assert (leg.size, leg.entry_price, leg.stop_loss, leg.take_profit) == (Decimal("0.5"), 64000, 60000, None)
        assert (leg.created_ts, leg.updated_ts, leg.unread, positions.as_of, positions.unreadable) == (1, 2, (), 5, ())
        assert (order.order_type, order.price, order.reduce_only, order.unread) == (OrderType.LIMIT, 60000, True, ())
        assert (orders.as_of, orders.unreadable, orders.left_out) == (6, (), ())


async def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        await storage.user()
    behind_its_back(tmp_path, "UPDATE schema_compat SET min_version = 1000")
    behind_its_back(tmp_path, f"PRAGMA user_version = {NEWEST + 1}")
    content = (tmp_path / "perpdesk.sqlite3").read_bytes()
    with pytest.raises(SchemaTooNew, match=f"has schema {NEWEST + 1}, this version knows {NEWEST}"):
        async with open_storage(tmp_path):
            pytest.fail("opened")
    assert (tmp_path / "perpdesk.sqlite3").read_bytes() == content


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("DROP TABLE signals", "table signals is not as it should be"),
        ("ALTER TABLE users DROP COLUMN start_payload", "table users is not as it should be"),
        ("DROP TRIGGER audit_goes_on", "trigger audit_goes_on is not as it should be"),
        ("PRAGMA user_version = 0", "has tables but no schema version"),
        ("PRAGMA application_id = 0", "another program's database"),
    ],
)
async def test_a_half_made_or_damaged_schema_is_refused(tmp_path: Path, damage: str, words: str) -> None:
    async with open_storage(tmp_path):
        pass
    behind_its_back(tmp_path, "PRAGMA foreign_keys = OFF", damage)
    with pytest.raises(UnfitDatabase, match=words):
        async with open_storage(tmp_path):
            pytest.fail("opened")


async def test_a_missing_index_is_only_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with open_storage(tmp_path):
        pass
    behind_its_back(tmp_path, "DROP INDEX idx_active_user")
    async with open_storage(tmp_path) as storage:
        await storage.user()
    assert "index idx_active_user is missing: `perpdesk optimize-db` makes it again" in caplog.text


@pytest.mark.parametrize(
    ("statements", "error", "words"),
    [
        (("CREATE TABLE half (id) STRICT",), sqlite3.OperationalError, "missing datatype"),
        (("CREATE TABLE whole (id INTEGER) STRICT",), RuntimeError, "must end with PRAGMA user_version"),
        (
            ("CREATE TABLE child (id INTEGER REFERENCES users (user_id)) STRICT", "INSERT INTO child VALUES (5)"),
            RuntimeError,
            "broken foreign keys",
        ),
    ],
)
async def test_a_migration_that_fails_leaves_what_was(
    tmp_path: Path, statements: tuple[str, ...], error: type[Exception], words: str
) -> None:
    steps = ("CREATE TABLE first (id INTEGER) STRICT", *statements)
    async with open_storage(tmp_path) as storage:
        before = schema(tmp_path)
        async with storage.database.alone() as connection:
            with pytest.raises(error, match=words):
                await apply(connection, replace(MIGRATION, statements=steps))
            assert await connection.execute_fetchall("PRAGMA foreign_keys") == [(1,)]
            assert not connection.in_transaction
        assert schema(tmp_path) == before
        await storage.user()


async def test_a_table_can_be_made_anew_without_losing_what_hangs_on_it(tmp_path: Path) -> None:
    """The twelve steps of https://www.sqlite.org/lang_altertable.html: with foreign keys on, the drop would cascade."""
    async with open_storage(tmp_path) as storage:
        await storage.account()
        ((made,),) = await storage.database.fetch("SELECT sql FROM sqlite_schema WHERE name = 'users'")
        steps = (
            made.replace("CREATE TABLE users", "CREATE TABLE users_new"),
            "INSERT INTO users_new SELECT * FROM users",
            "DROP TABLE users",
            "ALTER TABLE users_new RENAME TO users",
            f"PRAGMA user_version = {MIGRATION.number}",
        )
        async with storage.database.alone() as connection:
            await apply(connection, replace(MIGRATION, statements=steps))
        config = await storage.queries.user_config(ANNA)
        assert config is not None
        assert len(config.accounts) == 1


async def test_a_migration_that_the_disk_refuses_is_storage_trouble(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "perpdesk.sqlite3") as database:
        async with database.alone() as connection:
            await connection.execute_fetchall("PRAGMA max_page_count = 12")
        with pytest.raises(StorageTrouble, match="the disk is full"):
            await migrate(database)
        async with database.alone() as connection:
            await connection.execute_fetchall("PRAGMA max_page_count = 1000")
        before, after = await migrate(database)
        assert (before > 0, after) == (True, NEWEST)
