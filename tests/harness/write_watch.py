"""Every write that a cached read would show must have recorded an event that drops the entry: judged at each commit.

SQLite's authorizer names the columns that the statements of cached reads read. A temporary trigger on each of them, on
the writing connection alone, notes whose row was changed, by whatever statement: foreign keys' actions too. A unit of
work that commits such a change without an event that drops the region for that user or account is a violation.

Not judged: inbox, outbox and sweeps, which are no units of work, and what a test writes past the store.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from bot.domain.accounts import AccountType
from bot.domain.events import Event
from cache.policy import API_RESPONSE, BALANCE, CREDENTIALS, LICENSE, ORDER, POSITION, USER_CONFIG, Policy
from storage.accounts.accounts import SELECT_CREDENTIALS, SELECT_WALLET
from storage.accounts.portfolio import SELECT_ORDERS, SELECT_POSITIONS
from storage.accounts.trades import SELECT_EXECUTIONS
from storage.licensing.licenses import SELECT_LICENSE
from storage.paper.books import SELECT_NEWEST_FILLS, SELECT_OPEN_PAPER_ORDERS, SELECT_PAPER_POSITIONS
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction
from storage.store import Store
from storage.users.users import SELECT_CONFIG

CACHED: Mapping[str, tuple[Policy[Any], str]] = {
    "user_config": (USER_CONFIG, SELECT_CONFIG),
    "license": (LICENSE, SELECT_LICENSE),
    "credentials": (CREDENTIALS, SELECT_CREDENTIALS),
    "position": (POSITION, SELECT_POSITIONS),
    "order": (ORDER, SELECT_ORDERS),
    "balance": (BALANCE, SELECT_WALLET),  # of practice accounts; those of others are never stored
    "api_response": (API_RESPONSE, SELECT_EXECUTIONS),
    "positions of practice": (POSITION, SELECT_PAPER_POSITIONS),
    "orders of practice": (ORDER, SELECT_OPEN_PAPER_ORDERS),
    "fills of practice": (API_RESPONSE, SELECT_NEWEST_FILLS),
}
OF_THE_EXCHANGE = {"position", "order"}  # rows of demo and live accounts are written by the loads themselves
OF_ACCOUNTS = CACHED.keys() - {"user_config", "license"}
EVERY = "*"  # the column of an insertion or a deletion


class Change(NamedTuple):
    """A column of a row of temp.changes."""

    table: str
    column: str
    verb: str
    user_id: int | None
    account_id: int | None
    account_type: str | None


@dataclass
class WriteWatch:
    """Stands between a store and its database. `violations`: what was committed without its event."""

    database: Database
    columns: Mapping[str, frozenset[tuple[str, str]]]
    violations: list[str] = field(default_factory=list)
    _told: tuple[Event, ...] = ()

    @asynccontextmanager
    async def transaction(
        self, committed: Callable[[], None] | None = None, *, is_urgent: bool = False
    ) -> AsyncIterator[Transaction]:
        """In place of the database's own."""
        changes: list[Change] = []

        def on_disk() -> None:
            self._told = ()
            if committed is not None:
                committed()
            self.violations += self._judged(changes, self._told)

        async with self.database.transaction(on_disk, is_urgent=is_urgent) as transaction:
            await transaction.fetch("DELETE FROM temp.changes")
            yield transaction
            rows = await transaction.fetch("SELECT DISTINCT * FROM temp.changes")
            changes += [
                Change(table, column, *others) for table, columns, *others in rows for column in columns.split()
            ]

    def tell(self, events: tuple[Event, ...]) -> None:
        self._told = events

    def demand_events(self) -> None:
        """Raises AssertionError for what was committed without its event."""
        assert not self.violations, "\n".join(self.violations)

    def _judged(self, changes: Sequence[Change], events: Sequence[Event]) -> list[str]:
        found = []
        for change in changes:
            for name, (policy, _) in CACHED.items():
                if _shows(change, name, self.columns[name]) and not _dropped(policy, change, events):
                    recorded = ", ".join(type(event).__name__ for event in events) or "nothing"
                    found.append(
                        f"{change.verb} of {change.table}.{change.column} (user {change.user_id}, account "
                        f"{change.account_id}) is read by the region {name}, but {recorded} was recorded"
                    )
        return found


@asynccontextmanager
async def watched(store: Store) -> AsyncIterator[WriteWatch]:
    """Watch every unit of work of a store; raises AssertionError at the end."""
    database = store._database
    columns = _columns(await _schema(database))
    watch = WriteWatch(database, columns)
    async with database.alone() as connection:
        await connection.executescript(_triggers(frozenset().union(*columns.values())))
    committed = store._committed

    def tell(events: tuple[Event, ...]) -> None:
        watch.tell(events)
        committed(events)

    store._database, store._committed = watch, tell  # type: ignore[assignment]  # what a store asks of a database
    yield watch
    watch.demand_events()


def _shows(change: Change, region: str, columns: frozenset[tuple[str, str]]) -> bool:
    if not any(table == change.table and change.column in {EVERY, column} for table, column in columns):
        return False
    if region in OF_THE_EXCHANGE and change.account_type not in {AccountType.PAPER.value, None}:
        return False
    # a new account has an id that nobody can have asked for
    return not (region in OF_ACCOUNTS and (change.table, change.verb) == ("accounts", "INSERT"))


def _dropped(policy: Policy[Any], change: Change, events: Sequence[Event]) -> bool:
    subject = SimpleNamespace(user_id=change.user_id, account_id=change.account_id)
    return any(
        type(event) is drop.event and drop.tag(event) == drop.tag(subject)
        for event in events
        for drop in policy.dropped_by
    )


async def _schema(database: Database) -> tuple[str, ...]:
    rows = await database.fetch(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index')"
        " AND substr(name, 1, 7) <> 'sqlite_' ORDER BY type DESC"  # a table before its indexes
    )
    return tuple(sql for (sql,) in rows)


@cache
def _columns(schema: tuple[str, ...]) -> Mapping[str, frozenset[tuple[str, str]]]:
    """Region -> the (table, column) pairs that its statement reads, by SQLite's own word."""
    read: set[tuple[str, str]] = set()

    def note(action: int, table: str | None, column: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and table and column:
            read.add((table, column))
        return sqlite3.SQLITE_OK

    found = {}
    with closing(sqlite3.connect(":memory:", cached_statements=0)) as connection:
        for sql in schema:
            connection.execute(sql)
        connection.set_authorizer(note)
        for name, (_, statement) in CACHED.items():
            read.clear()
            parameters = max(statement.count("?"), 1) if "?1" not in statement else 2
            connection.execute(f"EXPLAIN {statement}", [None] * parameters)
            found[name] = frozenset(read)
    return found


@cache
def _triggers(columns: frozenset[tuple[str, str]]) -> str:
    """Note each change of one of these columns and each row that comes or goes; each start makes them: few."""
    script = [
        'CREATE TEMP TABLE changes ("table" TEXT, columns TEXT, verb TEXT, user_id INT, account_id INT, kind TEXT);'
    ]
    for table in sorted({table for table, _ in columns}):
        names = sorted(column for each, column in columns if each == table)
        changed = " || ".join(f"iif(old.{name} IS NOT new.{name}, '{name} ', '')" for name in names)
        script.append(_trigger(table, "INSERT", "INSERT", f"'{EVERY}'", "new"))
        script.append(_trigger(table, "DELETE", "DELETE", f"'{EVERY}'", "old"))
        script.append(_trigger(table, "UPDATE", f"UPDATE OF {', '.join(names)}", changed, "new"))
    return "\n".join(script)


def _trigger(table: str, verb: str, what: str, columns: str, row: str) -> str:
    """`columns`: an expression. `row`: old or new. The type of an account that is gone is NULL."""
    account = "NULL" if table in {"users", "user_licenses", "dialogues"} else f"{row}.account_id"
    of_account = f"FROM accounts WHERE account_id = {account})"
    user = f"(SELECT user_id {of_account}" if table.startswith("paper_") else f"{row}.user_id"
    values = f"'{table}', {columns}, '{verb}', {user}, {account}, (SELECT account_type {of_account}"
    note = f"INSERT INTO changes VALUES ({values})"  # noqa: S608  names of our own schema
    return f"CREATE TEMP TRIGGER note_{verb}_{table} AFTER {what} ON main.{table} BEGIN {note}; END;"
