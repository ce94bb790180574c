"""`perpdesk optimize-db`: missing indexes, statistics, on request a rewrite of the file; six queries timed around it.

VACUUM keeps the old page size while the file is in WAL mode, so the rewrite leaves WAL first and returns to it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bot.domain.errors import UnfitDatabase
from bot.domain.ids import DAY, Millis, Symbol, UserId
from bot.domain.licensing import License
from storage.accounts.queries import SqliteAccountQueries
from storage.licensing.licenses import SELECT_LICENSE, license_of
from storage.sqlite.codecs import Row
from storage.sqlite.connection import connected
from storage.sqlite.database import CONNECTION_PRAGMAS, Database, PageCheck
from storage.sqlite.errors import translated
from storage.sqlite.files import exclusive
from storage.sqlite.migrate import make_indexes, missing_indexes
from storage.users.queries import SqliteUserQueries

SAMPLE_USERS: Final = "SELECT user_id FROM users ORDER BY random() LIMIT ?"
SAMPLE_ORDERS: Final = "SELECT user_id, symbol FROM pending_limit_orders ORDER BY random() LIMIT ?"
SAMPLE_SYMBOLS: Final = "SELECT symbol FROM signals ORDER BY random() LIMIT ?"
SELECT_RECENT_SIGNALS: Final = """
    SELECT source, source_id, ts, tf, side, symbol, price
      FROM signals WHERE symbol = ? ORDER BY ts DESC LIMIT ?
"""
RECENT_LIMIT: Final = 10
SELECT_PAGES: Final = "SELECT page_size, page_count FROM pragma_page_size, pragma_page_count"

_REWRITE: Final = (
    "PRAGMA journal_mode = DELETE",
    "PRAGMA page_size = 8192",
    "VACUUM",
    "PRAGMA journal_mode = WAL",
)
_NOBODY: Final = (UserId(1),)
_NO_ORDER: Final = (UserId(1), Symbol("BTCUSDT"))
_NO_SYMBOL: Final = (Symbol("BTCUSDT"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one round of the six queries asks for."""

    user_id: UserId
    order_user_id: UserId
    order_symbol: Symbol
    signal_symbol: Symbol
    now: Millis


class ReportQueries(SqliteAccountQueries, SqliteUserQueries):
    """The six queries: what three features ask; nobody asks the sixth yet."""

    async def license(self, user_id: UserId, now: Millis) -> License:
        """Without the trial, which the report's statement does not look for."""
        return license_of(await self._database.fetch(SELECT_LICENSE, (user_id, now)), user_id, had_trial=False)

    async def recent_signals(self, symbol: Symbol) -> Sequence[Row]:
        """The ten newest signals of a symbol."""
        return await self._database.fetch(SELECT_RECENT_SIGNALS, (symbol, RECENT_LIMIT))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuery:
    """One of the six queries of the report of 2025-12-23, and what it claimed of it."""

    name: str
    claimed_ms: float
    ask: Callable[[ReportQueries, Sample], Awaitable[object]]


SIX_QUERIES: Final = (
    ReportQuery(name="user config", claimed_ms=0.27, ask=lambda queries, it: queries.user_config(it.user_id)),
    ReportQuery(
        name="active positions", claimed_ms=0.10, ask=lambda queries, it: queries.positions_of_user(it.user_id)
    ),
    ReportQuery(
        name="trade logs 24 h",
        claimed_ms=0.09,
        ask=lambda queries, it: queries.trade_logs_since(it.user_id, Millis(it.now - DAY)),
    ),
    ReportQuery(name="license check", claimed_ms=0.06, ask=lambda queries, it: queries.license(it.user_id, it.now)),
    ReportQuery(
        name="pending orders",
        claimed_ms=0.06,
        ask=lambda queries, it: queries.pending_orders(it.order_user_id, it.order_symbol),
    ),
    ReportQuery(
        name="recent signals", claimed_ms=0.09, ask=lambda queries, it: queries.recent_signals(it.signal_symbol)
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTiming:
    """The median time of a query through the repository, in microseconds, before and after."""

    name: str
    claimed_ms: float
    before_us: float
    after_us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeReport:
    """What was done. Sizes in bytes; the page sizes are read back from the file."""

    created_indexes: tuple[str, ...]
    page_size_before: int
    page_size: int
    size_before: int
    size: int
    timings: tuple[QueryTiming, ...]


async def optimize(
    path: Path,
    *,
    now: Millis,
    vacuum: bool = False,
    rounds: int = 300,
    timer: Callable[[], float] = time.perf_counter,
) -> OptimizeReport:
    """Optimize the database at `path`; each query is timed `rounds` times before and after.

    Raises AlreadyRunning while the bot runs, UnfitDatabase (none there, damaged, or to be migrated first),
    SchemaTooNew or StorageTrouble.
    """
    if not await asyncio.to_thread(path.exists):
        raise UnfitDatabase(f"there is no database at {path}")
    async with exclusive(path) as lock:
        async with Database.open_locked(lock) as database:
            missing = await missing_indexes(database)
            samples = await samples_of(database, rounds, now)
            before = await time_queries(database, samples, timer)
            page_size_before, size_before = await _size_of(database)
            await make_indexes(database, missing)
        if vacuum:
            await _rewrite(path)
        async with Database.open_locked(lock, check=PageCheck.ALWAYS if vacuum else PageCheck.NEVER) as database:
            after = await time_queries(database, samples, timer)
            page_size, size = await _size_of(database)
    timings = tuple(
        QueryTiming(name=query.name, claimed_ms=query.claimed_ms, before_us=first, after_us=second)
        for query, first, second in zip(SIX_QUERIES, before, after, strict=True)
    )
    return OptimizeReport(
        created_indexes=tuple(each.name for each in missing),
        page_size_before=page_size_before,
        page_size=page_size,
        size_before=size_before,
        size=size,
        timings=timings,
    )


async def samples_of(database: Database, count: int, now: Millis) -> tuple[Sample, ...]:
    """`count` rounds drawn from the rows that are there; an empty table lends a user or symbol that has none."""
    users = await _drawn(database, SAMPLE_USERS, count, _NOBODY)
    orders = await _drawn(database, SAMPLE_ORDERS, count, _NO_ORDER)
    symbols = await _drawn(database, SAMPLE_SYMBOLS, count, _NO_SYMBOL)
    return tuple(
        Sample(user_id=user_id, order_user_id=owner, order_symbol=order_symbol, signal_symbol=symbol, now=now)
        for (user_id,), (owner, order_symbol), (symbol,) in zip(users, orders, symbols, strict=True)
    )


async def time_queries(database: Database, samples: Sequence[Sample], timer: Callable[[], float]) -> tuple[float, ...]:
    """The median of each of the six queries in microseconds, one at a time, through the repository."""
    queries = ReportQueries(database)
    return tuple([await _median_us(query, queries, samples, timer) for query in SIX_QUERIES])


async def _median_us(
    query: ReportQuery, queries: ReportQueries, samples: Sequence[Sample], timer: Callable[[], float]
) -> float:
    times = []
    for sample in samples:
        start = timer()
        await query.ask(queries, sample)
        times.append(timer() - start)
    return median(times) * 1_000_000


async def _drawn(database: Database, statement: str, count: int, otherwise: Row) -> list[Row]:
    """`count` rows, repeated where the table has fewer."""
    rows = await database.fetch(statement, (count,)) or [otherwise]
    return [rows[place % len(rows)] for place in range(count)]


async def _size_of(database: Database) -> tuple[int, int]:
    ((page_size, page_count),) = await database.fetch(SELECT_PAGES)
    return page_size, page_size * page_count


async def _rewrite(path: Path) -> None:
    with translated():
        async with connected(path) as connection:
            for statement in (*CONNECTION_PRAGMAS, *_REWRITE):  # nothing of it on the disk in clear
                await connection.execute_fetchall(statement)
