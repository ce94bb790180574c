"""A real database file with people in it, for tests of storage."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from bot.domain.accounts import Account, AccountType, Exchange, KeyCheck, KeyType, SealedCredentials, TradeSettings
from bot.domain.events import Event
from bot.domain.ids import AccountId, Millis, Symbol, UserId
from bot.domain.market import Category
from bot.domain.marks import Marks
from bot.domain.portfolio import Execution, Order, OrderType, Position, Side
from bot.domain.users import Language, NewUser
from harness.fakes import FakeClock
from harness.write_watch import watched
from storage.accounts.queries import SqliteAccountQueries
from storage.admin.queries import SqliteAdminQueries
from storage.chat.queries import SqliteChatQueries
from storage.licensing.queries import SqliteLicenseQueries
from storage.sqlite.database import Database
from storage.sqlite.migrate import migrate
from storage.store import SqliteUnitOfWork, Store
from storage.users.queries import SqliteUserQueries

NOW = Millis(1_760_000_000_000)
ANNA = UserId(1001)
BORIS = UserId(1002)
MARKS = Marks(secret=bytes(32))


class AllQueries(
    SqliteAccountQueries,
    SqliteUserQueries,
    SqliteLicenseQueries,
    SqliteChatQueries,
    SqliteAdminQueries,
):
    """The reads of every feature in one object."""

    def __init__(self, database: Database, *, clock: FakeClock, marks: Marks) -> None:
        SqliteAccountQueries.__init__(self, database, clock=clock)
        SqliteLicenseQueries.__init__(self, database, marks)


@dataclass(repr=False)
class StorageHarness:
    """A migrated database with everything that works on it, and what its store told."""

    database: Database
    store: Store
    queries: "AllQueries"
    clock: FakeClock
    committed: list[tuple[Event, ...]] = field(default_factory=list)

    async def write(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        async with self.database.transaction() as transaction:
            return await transaction.fetch(statement, parameters)

    async def user(self, user_id: UserId = ANNA) -> UserId:
        async with self.store.begin() as unit:
            await unit.users.ensure(new_user(user_id), NOW)
        return user_id

    async def account(self, user_id: UserId = ANNA, kind: AccountType = AccountType.DEMO, uid: str = "900") -> Account:
        """An active account; its user is made where there is none."""
        async with self.store.begin() as unit:
            await unit.users.ensure(new_user(user_id), NOW)
            account = await add_account(unit, user_id, kind)
            return account if kind is AccountType.PAPER else await unit.accounts.activate(account.account_id, uid)


@asynccontextmanager
async def open_storage(
    folder: Path,
    *,
    enqueued: Callable[[], None] | None = None,
    is_watched: bool = True,
    driver: type[sqlite3.Connection] = sqlite3.Connection,
) -> AsyncIterator[StorageHarness]:
    """`is_watched`: see `harness.write_watch`, whose notes are changes as well."""
    path = folder / "perpdesk.sqlite3"
    is_new = await asyncio.to_thread(_put_migrated, path)
    async with Database.open(path, driver=driver) as database:
        if not is_new:
            await migrate(database)
        clock = FakeClock()
        committed: list[tuple[Event, ...]] = []
        store = Store(database, clock=clock, committed=committed.append, enqueued=enqueued)
        queries = AllQueries(database, clock=clock, marks=MARKS)
        async with watched(store) if is_watched else nullcontext():
            yield StorageHarness(database=database, store=store, queries=queries, clock=clock, committed=committed)


def _put_migrated(path: Path) -> bool:
    """An empty database of the newest version, where there is no file yet; whether there was none."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(_migrated(), path)
    return True


@cache
def _migrated() -> Path:
    """Made once a process of tests: all migrations take as long as most tests do."""
    path = Path(mkdtemp(prefix="perpdesk-tests-")) / "empty.sqlite3"

    async def make() -> None:
        async with Database.open(path) as database:
            await migrate(database)

    asyncio.run(make())
    return path


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """The files as a kill would leave them now: what is in them, and when they were written (ns)."""
    return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.iterdir()}


def put_back(folder: Path, files: dict[str, tuple[bytes, int]]) -> None:
    """The folder as it was when the snapshot was taken, as far as the database goes."""
    for path in folder.glob("perpdesk.sqlite3*"):
        path.unlink()
    for name, (content, written) in files.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(content)
        os.utime(folder / name, ns=(written, written))


@asynccontextmanager
async def write_protected(database: Database) -> AsyncIterator[None]:
    """A disk that refuses every write meanwhile."""
    async with database.alone() as connection:
        await connection.execute_fetchall("PRAGMA query_only = ON")
    try:
        yield
    finally:
        async with database.alone() as connection:
            await connection.execute_fetchall("PRAGMA query_only = OFF")


def new_user(user_id: UserId = ANNA, **changes: Any) -> NewUser:
    values: dict[str, Any] = {
        "user_id": user_id,
        "username": f"user_{user_id}",
        "first_name": "Anna",
        "language": Language.ENGLISH,
        "start_payload": None,
    }
    return NewUser(**(values | changes))


async def add_account(unit: SqliteUnitOfWork, user_id: UserId, kind: AccountType) -> Account:
    return await unit.accounts.add(
        user_id=user_id, exchange=Exchange.BYBIT, account_type=kind, host="com", label=kind.value, now=NOW
    )


def sealed_credentials(account: Account, *, check: KeyCheck | None = None) -> SealedCredentials:
    return SealedCredentials(
        account_id=account.account_id,
        user_id=account.user_id,
        account_type=account.account_type,
        host=account.host,
        key_type=KeyType.RSA,
        data_key=b"d" * 61,
        key_id="k1",
        api_key=b"a" * 40,
        api_secret=b"s" * 60,
        check=check,
    )


def key_check(*, checked_at: int = NOW, **changes: Any) -> KeyCheck:
    values: dict[str, Any] = {
        "bybit_uid": "900",
        "read_only": False,
        "permissions": ("ContractTrade:Order", "ContractTrade:Position"),
        "ips": ("192.0.2.1",),
        "expires_at": None,
        "checked_at": checked_at,
    }
    return KeyCheck(**(values | changes))


def position(symbol: str = "BTCUSDT", **changes: Any) -> Position:
    values: dict[str, Any] = {
        "category": Category.LINEAR,
        "symbol": Symbol(symbol),
        "position_idx": 0,
        "side": Side.BUY,
        "size": Decimal("0.5"),
        "entry_price": Decimal("64210.5"),
        "mark_price": Decimal("64300.00"),
        "position_value": Decimal("32105.25"),
        "leverage": Decimal(3),
        "liquidation_price": None,
        "unrealised_pnl": Decimal("-44.75"),
        "take_profit": Decimal(70000),
        "stop_loss": None,
        "trailing_stop": None,
        "created_ts": NOW,
        "updated_ts": NOW,
    }
    return Position(**(values | changes))


def order(order_id: str = "o-1", **changes: Any) -> Order:
    values: dict[str, Any] = {
        "category": Category.LINEAR,
        "symbol": Symbol("BTCUSDT"),
        "order_id": order_id,
        "order_link_id": "",
        "position_idx": 0,
        "side": Side.BUY,
        "order_type": OrderType.LIMIT,
        "order_status": "New",
        "price": Decimal("60000.10"),
        "qty": Decimal("0.01"),
        "cum_exec_qty": Decimal(0),
        "trigger_price": None,
        "stop_order_type": "",
        "time_in_force": "GTC",
        "reduce_only": False,
        "take_profit": None,
        "stop_loss": None,
        "created_ts": NOW,
        "updated_ts": NOW,
    }
    return Order(**(values | changes))


def execution(exec_id: str = "e-1", **changes: Any) -> Execution:
    values: dict[str, Any] = {
        "category": Category.LINEAR,
        "symbol": Symbol("BTCUSDT"),
        "exec_id": exec_id,
        "order_id": "o-1",
        "order_link_id": "",
        "side": Side.BUY,
        "exec_type": "Trade",
        "exec_price": Decimal("64000.5"),
        "exec_qty": Decimal("0.010"),
        "exec_value": Decimal("640.005"),
        "exec_fee": Decimal("-0.0352"),
        "fee_currency": "USDT",
        "is_maker": True,
        "closed_size": Decimal(0),
        "exec_ts": NOW,
    }
    return Execution(**(values | changes))


def account_value(account_id: int = 1, user_id: UserId = ANNA) -> Account:
    """An account that no database knows."""
    return Account(
        account_id=AccountId(account_id),
        user_id=user_id,
        exchange=Exchange.BYBIT,
        account_type=AccountType.DEMO,
        host="com",
        label="demo",
        bybit_uid="900",
        settings=TradeSettings(),
    )
