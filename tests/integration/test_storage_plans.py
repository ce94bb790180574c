"""What SQLite will do with every statement of the package: that it fits the schema, and which index it takes."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from harness.statements import parameters_of, statements

import storage as package
from ops.bench.dataset import NOW, SYMBOLS, Sizes, fill, user_at
from storage import cross_checks
from storage.accounts.portfolio import SELECT_PENDING_ORDERS
from storage.licensing.licenses import SELECT_LICENSE
from storage.sqlite.database import Database
from storage.sqlite.migrate import migrate

# Everything not named here is hot: it may neither scan a table nor sort.
COLD = {
    **{f"cross_checks.{name}": "perpdesk doctor only" for name in vars(cross_checks) if name.isupper() and "_" in name},
    "sqlite.database.SELECT_IDENTITY": "once a start",
    "sqlite.migrate.SELECT_VERSION": "once a start",
    "sqlite.migrate.FORGET_SMALL": "once a start",
    "sqlite.migrate.SELECT_OBJECTS": "once a start",
    "sqlite.migrate.SELECT_WORDS": "once a start",
    "keyless.END_CAMPAIGNS": "run --without-vault only; campaigns are few",
    "keyless.FORGET_CODES": "run --without-vault only: every code",
    "keyless.SELECT_EVERY_SECRET": "run --without-vault only; a row a purpose",
    "keyless.SELECT_SEALED_ACCOUNTS": "run --without-vault only: every stored key",
    "key_rotation.COUNT_DATA_KEYS": "rotate-keys only: every stored key",
    "key_rotation.SELECT_ALL_SEALED": "rotate-keys only; a row a purpose",
    "optimize.SAMPLE_USERS": "optimize-db only: a random sample walks the table",
    "optimize.SAMPLE_ORDERS": "optimize-db only: a random sample walks the table",
    "optimize.SAMPLE_SYMBOLS": "optimize-db only: a random sample walks the table",
    "optimize.SELECT_PAGES": "optimize-db only",
    "chat.outbox.SELECT_HELD": "once a start",
    "sqlite.vault.SELECT_CANARY": "once a start",
    "sweeps.DELETE_OLD_DIALOGUES": "once a day; a row a user at most",
    "users.privacy.DELETE_BUTTONS": "once a life: an erasure; buttons are few, they expire",
    "users.privacy.ERASE_PINNED_CARDS": "once a life: an erasure; campaigns are few",
    "users.privacy.ERASE_BROADCAST_CARDS": "once a life: an erasure; broadcasts are few",
    "users.own_rows.SELECT_OPENS": "a person's own copy, once a day at most; campaigns are few",
    "market.alerts.SELECT_EVERY_ALERT": "once a start",
    "paper.books.SELECT_INTERESTS": "once a start; what stands in practice, by the partial indexes",
    "paper.books.SELECT_FED": "once a start; a row a symbol",
    "trading.disagreements.COUNT_DISAGREEMENTS": "for metrics: those that stand, by the partial index",
    "trading.queries.SELECT_TO_LOOK_AT": "each quarter of an hour: every connected account",
    "trading.queries.SELECT_TO_SETTLE": "once a minute: those with something open, by partial indexes",
    "trading.streams.SELECT_STREAM_ACCOUNTS": "every few seconds: who has something open, or wrote lately; all of them",
    "trading.order_gauges.COUNT_LIVE": "every few seconds: what is live, by its partial index",
    "trading.order_gauges.COUNT_EMERGENCY": "every few seconds: its partial index holds hardly anything",
    "trading.order_gauges.COUNT_UNPROTECTED": "every few seconds: open plans, by their partial index",
    "legacy.imports.SELECT_LINES": "once: an import; the report",
    "legacy.imports.SELECT_USER_IDS": "once: an import",
    **{name: "once: a restore" for name in statements() if name.startswith(("backup.restoring.", "backup.replay."))},
    "backup.copying.SELECT_TABLE": "a backup, which is a process of its own",
    "payments.restores.SELECT_OPEN": "once a start, and while a restore is not accepted; a row a restore",
    "payments.restores.ACCEPT": "once: a restore",
    "sweeps.DELETE_MARKS": "once a day; campaigns are few",
    "sweeps.DELETE_OLD_ERRORS": "once a day; the newest 20 a user are all there are",
    "trading.queries.SELECT_UNTOLD_CARDS": "once a start; orders under way are few",
    "users.payment_rows.SELECT_INVOICES": "a person's own copy, once a day at most; invoices are few, they expire",
}
SCAN = re.compile(
    r"\bSCAN (?!CONSTANT ROW)(?P<table>\w+)\b(?! USING INDEX idx_inbox_waiting$)(?! VIRTUAL TABLE)"
    r"|TEMP B-TREE|AUTOMATIC|BLOOM"
)
NAMED_INDEX = re.compile(r"\b(idx_\w+)")
DOCUMENT = Path(package.__file__).with_name("indexes.md")

REPORT = {  # what the report of 2025-12-23 listed, two of which its script failed to create
    *("idx_logs_user_symbol", "idx_logs_entry_ts", "idx_logs_exit_ts", "idx_logs_pnl", "idx_active_symbol"),
    *("idx_active_account_type", "idx_active_strategy", "idx_active_side", "idx_pending_symbol"),
    *("idx_pending_strategy", "idx_pending_account_type", "idx_pending_price", "idx_licenses_expires"),
    *("idx_licenses_type", "idx_licenses_active_user", "idx_promo_active", "idx_promo_type"),
    *("idx_signals_symbol_side", "idx_signals_price", "idx_payments_created", "idx_payments_type"),
    *("idx_promo_usage_user", "idx_pyramids_symbol", "idx_news_signal", "idx_news_sentiment", "idx_ms_btc_dom"),
    *("idx_ms_alt_signal", "idx_users_mode", "idx_users_demo_keys", "idx_users_real_keys"),
}


STATEMENTS = statements()
HOT = sorted(STATEMENTS.keys() - COLD.keys())


def plan(connection: sqlite3.Connection, statement: str) -> list[str]:
    count = parameters_of(statement)
    # foreign keys rest: a plan lists the look-ups that only a changed parent key would need
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * count)]


SIZES = {
    "empty": Sizes(users=0, positions=0, trade_logs=0, pending=0, licenses=0, signals=0),
    "tiny": Sizes(users=2, positions=4, trade_logs=4, pending=2, licenses=2, signals=4),
    "full": Sizes(users=1200, positions=3600, trade_logs=6000, pending=2400, licenses=1200, signals=4000),
}
STATES = [f"{size}, {statistics}" for size in SIZES for statistics in ("no statistics", "analyzed")]


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where each state's file will stand."""
    return {state: tmp_path_factory.mktemp("plans") / "perpdesk.sqlite3" for state in STATES}


async def made(path: Path, state: str) -> Path:
    """The file of a state, made once."""
    if path.exists():  # noqa: ASYNC240  a test may wait
        return path
    size, statistics = state.split(", ")
    async with Database.open(path) as database:
        await migrate(database)
        if SIZES[size].users:
            await fill(database, SIZES[size])
        if statistics == "analyzed":
            await migrate(database)
    return path


@pytest.fixture(params=STATES)
async def connection(request: pytest.FixtureRequest, databases: dict[str, Path]) -> AsyncIterator[sqlite3.Connection]:
    """A database of one size, with or without statistics."""
    connection = sqlite3.connect(await made(databases[request.param], request.param))
    yield connection
    connection.close()


def test_the_statements_are_found() -> None:
    assert len(STATEMENTS) > 60
    assert COLD.keys() <= STATEMENTS.keys()
    assert {
        "users.users.SELECT_CONFIG",
        "licensing.licenses.SELECT_LICENSE",
        "sqlite.connection.BEGIN",
    } - STATEMENTS.keys() == {"sqlite.connection.BEGIN"}


async def test_every_statement_fits_the_schema_and_no_hot_one_scans_or_sorts(connection: sqlite3.Connection) -> None:
    offenders = {}
    for name, statement in STATEMENTS.items():
        steps = plan(connection, statement)
        if name not in COLD and any(map(SCAN.search, steps)):
            offenders[name] = steps
    assert offenders == {}


async def test_statistics_of_some_tables_alone_mislead_nobody(databases: dict[str, Path]) -> None:
    """Small tables have none, so each table may have them or not: one by one, and all but one."""
    path = await made(databases["full, analyzed"], "full, analyzed")
    with closing(sqlite3.connect(path)) as connection:
        known = connection.execute("SELECT tbl, idx, stat FROM sqlite_stat1").fetchall()
        whole = bytearray(connection.serialize())
    whole[18:20] = b"\1\1"  # no WAL in memory
    assert len({table for table, _, _ in known}) > 4
    for table in {table for table, _, _ in known}:
        for only in (True, False):
            kept = [row for row in known if (row[0] == table) is only]
            assert offenders(bytes(whole), kept) == {}, (table, only)


def offenders(database: bytes, statistics: list[tuple[str, str, str]]) -> dict[str, list[str]]:
    """The hot statements that scan or sort with these statistics."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(database)
        connection.execute("DELETE FROM sqlite_stat1")
        connection.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", statistics)
        connection.execute("ANALYZE sqlite_schema")
        plans = {name: plan(connection, STATEMENTS[name]) for name in HOT}
    return {name: steps for name, steps in plans.items() if any(map(SCAN.search, steps))}


async def test_every_index_is_used_by_a_statement(connection: sqlite3.Connection) -> None:
    used = {
        index for each in STATEMENTS.values() for step in plan(connection, each) for index in NAMED_INDEX.findall(step)
    }
    indexes = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    assert {name for (name,) in indexes} == used


async def test_statistics_are_kept_of_large_tables_alone(databases: dict[str, Path]) -> None:
    """A start analyzes, and forgets what it saw of tables that will outgrow it."""
    known = {}
    for state in ("tiny, analyzed", "full, no statistics", "full, analyzed"):
        connection = sqlite3.connect(await made(databases[state], state))
        known[state] = {table for (table,) in connection.execute("SELECT tbl FROM sqlite_stat1")}
        connection.close()
    assert known["tiny, analyzed"] == known["full, no statistics"] == set()
    assert known["full, analyzed"] >= {"accounts", "active_positions", "trade_logs", "signals"}


def section(title: str) -> dict[str, str]:
    """The rows of one table of the document: the name in the first column, the last column."""
    text = DOCUMENT.read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|(?:.*\|)? (.+) \|$", text, re.MULTILINE)
    assert len(dict(rows)) == len(rows)
    return dict(rows)


HERE, LATER, GONE = section("Here"), section("With the feature that brings their first statement"), section("Gone")


async def test_the_document_names_the_statement_of_every_index(connection: sqlite3.Connection) -> None:
    indexes = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    assert {name for (name,) in indexes} == HERE.keys()
    for index, statement in HERE.items():
        steps = plan(connection, STATEMENTS[statement.strip("`")])
        assert any(index in step for step in steps), (index, steps)


def test_the_document_answers_for_every_index_of_the_report() -> None:
    assert len(REPORT) == 30
    assert HERE.keys() | LATER.keys() | GONE.keys() >= REPORT
    assert not HERE.keys() & LATER.keys()
    assert not (HERE.keys() | LATER.keys()) & GONE.keys()


def test_at_least_28_indexes_will_stand() -> None:
    assert len(HERE) + len(LATER) >= 28


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        (SELECT_LICENSE, (user_at(100), NOW)),
        (SELECT_PENDING_ORDERS, (user_at(100), SYMBOLS[100 * 7 % len(SYMBOLS)])),
    ],
    ids=["license check", "pending orders"],
)
async def test_the_old_traps_look_at_a_users_own_rows_alone(
    tmp_path: Path, statement: str, parameters: tuple[object, ...]
) -> None:
    """SQLite's own count of steps, without statistics: the old indexes walked everybody's licenses and orders."""
    async with Database.open(tmp_path / "perpdesk.sqlite3") as database:
        await migrate(database)
        await fill(database, replace(SIZES["full"], pending=30_000))
        assert await database.fetch("SELECT * FROM sqlite_stat1") == []
    connection = sqlite3.connect(tmp_path / "perpdesk.sqlite3")
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.execute("SELECT user_id FROM user_licenses LIMIT 1").fetchall()  # the schema is read
    connection.set_progress_handler(count, 1)
    assert len(connection.execute(statement, parameters).fetchall()) == 1
    connection.close()
    assert steps < 60
