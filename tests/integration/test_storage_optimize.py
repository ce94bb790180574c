"""optimize-db on real files: missing indexes, statistics, page size, and the six queries around it."""

import asyncio
import sqlite3
from itertools import count
from pathlib import Path

import pytest

from bot.domain.errors import AlreadyRunning, SchemaTooNew, UnfitDatabase
from bot.domain.ids import Millis, UserId
from ops.bench.dataset import NOW, SYMBOLS, Sizes, build, demo_account_of, paper_account_of, user_at
from storage.optimize import SIX_QUERIES, ReportQueries, optimize, samples_of
from storage.sqlite.database import Database
from storage.sqlite.migrate import migrate

SMALL = Sizes(users=50, positions=150, trade_logs=400, pending=100, licenses=50, signals=300)


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    await build(tmp_path / "perpdesk.sqlite3", SMALL)
    return tmp_path / "perpdesk.sqlite3"


def asked(path: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path, isolation_level=None)
    rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


async def test_the_bench_database_is_as_large_as_asked_and_the_same_every_time(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again" / "perpdesk.sqlite3"
    await build(again, SMALL)
    for table, rows in (
        ("(SELECT user_id, username, lang, first_seen_ts, last_seen_ts FROM users)", 50),
        ("accounts", 100),
        ("active_positions", 150),
        ("trade_logs", 400),
        ("pending_limit_orders", 100),
        ("user_licenses", 50),
        ("signals", 300),
    ):
        content = asked(path, f"SELECT * FROM {table}")  # noqa: S608  names from the line above
        assert len(content) == rows
        assert asked(again, f"SELECT * FROM {table}") == content  # noqa: S608  the same
    with pytest.raises(FileExistsError):
        await build(path, SMALL)


async def test_every_query_of_the_report_finds_rows_in_the_bench_database(path: Path) -> None:
    async with Database.open(path) as database:
        queries = ReportQueries(database)
        config = await queries.user_config(user_at(7))
        assert config is not None
        assert [each.account_id for each in config.accounts] == [paper_account_of(7), demo_account_of(7)]
        positions = await queries.positions(demo_account_of(7))
        assert positions is not None
        assert len(positions.items) == len(await queries.positions_of_user(user_at(7))) == 3
        assert (await queries.license(user_at(7), NOW)).is_active(NOW)
        for sample in await samples_of(database, 20, NOW):
            assert await queries.pending_orders(sample.order_user_id, sample.order_symbol)
            assert await queries.recent_signals(sample.signal_symbol)
            assert await queries.user_config(sample.user_id) is not None
        assert sum([len(await queries.trade_logs_since(user_at(n), Millis(NOW - 86_400_000))) for n in range(50)]) > 20


async def test_it_reports_what_it_did_and_what_the_old_report_claimed(path: Path) -> None:
    asked(path, "DROP INDEX idx_pending_symbol")
    asked(path, "DROP INDEX idx_logs_user_ts")
    ticks = count()
    report = await optimize(path, now=NOW, rounds=5, timer=lambda: next(ticks) / 1_000_000)
    assert sorted(report.created_indexes) == ["idx_logs_user_ts", "idx_pending_symbol"]
    assert [(each.name, each.claimed_ms) for each in report.timings] == [
        ("user config", 0.27),
        ("active positions", 0.10),
        ("trade logs 24 h", 0.09),
        ("license check", 0.06),
        ("pending orders", 0.06),
        ("recent signals", 0.09),
    ]
    assert [(each.before_us, each.after_us) for each in report.timings] == [pytest.approx((1, 1))] * 6
    assert (report.page_size_before, report.page_size) == (8192, 8192)
    assert report.size == path.stat().st_size  # noqa: ASYNC240  a test may wait
    again = await optimize(path, now=NOW, rounds=1)
    assert again.created_indexes == ()
    assert all(0 < each.after_us < 1_000_000 for each in again.timings)


async def test_vacuum_makes_the_page_size_take_hold(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode = DELETE; PRAGMA page_size = 4096; VACUUM;")
    connection.close()
    before = asked(path, "SELECT * FROM trade_logs")
    kept = await optimize(path, now=NOW, rounds=1)
    assert (kept.page_size_before, kept.page_size) == (4096, 4096)  # WAL, no rewrite: it can't change
    report = await optimize(path, now=NOW, rounds=1, vacuum=True)
    assert (report.page_size_before, report.page_size) == (4096, 8192)
    assert report.size == path.stat().st_size  # noqa: ASYNC240  a test may wait
    assert asked(path, "PRAGMA page_size") == [(8192,)]
    assert asked(path, "PRAGMA journal_mode") == [("wal",)]
    assert asked(path, "SELECT * FROM trade_logs") == before
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]


async def test_vacuum_gives_back_what_deleted_rows_took(path: Path) -> None:
    asked(path, "DELETE FROM signals")
    asked(path, "DELETE FROM trade_logs")
    report = await optimize(path, now=NOW, rounds=1, vacuum=True)
    assert report.size < report.size_before


async def test_it_refuses_while_the_bot_runs(path: Path) -> None:
    async with Database.open(path):
        with pytest.raises(AlreadyRunning):
            await optimize(path, now=NOW)


async def test_it_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(UnfitDatabase, match="there is no database"):
        await optimize(tmp_path / "none.sqlite3", now=NOW)
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []


async def test_it_leaves_other_versions_alone(path: Path, tmp_path: Path) -> None:
    older = tmp_path / "older" / "perpdesk.sqlite3"
    async with Database.open(older) as database:
        await migrate(database, until=2)
    with pytest.raises(UnfitDatabase, match="has an older schema: run `perpdesk migrate` first"):
        await optimize(older, now=NOW)
    asked(path, "UPDATE schema_compat SET min_version = 99")
    asked(path, "PRAGMA user_version = 99")
    with pytest.raises(SchemaTooNew):
        await optimize(path, now=NOW)


async def test_an_empty_database_can_be_timed_too(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "perpdesk.sqlite3") as database:
        await migrate(database)
        (sample,) = await samples_of(database, 1, NOW)
        assert (sample.user_id, sample.signal_symbol) == (UserId(1), "BTCUSDT")
        assert sample.signal_symbol not in SYMBOLS
        for query in SIX_QUERIES:
            assert not await query.ask(ReportQueries(database), sample) or query.name == "license check"
