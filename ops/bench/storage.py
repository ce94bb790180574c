"""The report's six queries through the repository, beside the same SQL by raw aiosqlite and raw sqlite3."""

import sqlite3
import tempfile
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import aiosqlite

from bot.domain.ids import DAY
from ops.bench.dataset import NOW, build
from ops.bench.report import Row
from ops.bench.timing import US, Loop, clock, quickest_turns
from storage.accounts.portfolio import SELECT_PENDING_ORDERS, SELECT_POSITIONS_OF_USER
from storage.accounts.trades import SELECT_SINCE
from storage.licensing.licenses import SELECT_LICENSE
from storage.optimize import (
    RECENT_LIMIT,
    SELECT_RECENT_SIGNALS,
    SIX_QUERIES,
    ReportQueries,
    ReportQuery,
    Sample,
    samples_of,
)
from storage.sqlite.connection import connected
from storage.sqlite.database import CONNECTION_PRAGMAS, READER_PRAGMAS, Database
from storage.users.users import SELECT_CONFIG

_SAMPLES: Final = 60
_TWICE: Final = 2.0

# The SQL and parameters of each of SIX_QUERIES, for the baselines.
_RAW: Final[dict[str, tuple[str, Callable[[Sample], Sequence[Any]]]]] = {
    "user config": (SELECT_CONFIG, lambda it: (it.user_id,)),
    "active positions": (SELECT_POSITIONS_OF_USER, lambda it: (it.user_id,)),
    "trade logs 24 h": (SELECT_SINCE, lambda it: (it.user_id, it.now - DAY)),
    "license check": (SELECT_LICENSE, lambda it: (it.user_id, it.now)),
    "pending orders": (SELECT_PENDING_ORDERS, lambda it: (it.order_user_id, it.order_symbol)),
    "recent signals": (SELECT_RECENT_SIGNALS, lambda it: (it.signal_symbol, RECENT_LIMIT)),
}


async def run() -> AsyncGenerator[list[Row], None]:
    """10,000 users, 50,000 positions, 200,000 trade logs."""
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        path = Path(folder) / "perpdesk.sqlite3"
        await build(path)
        async with Database.open(path) as database, connected(path) as raw:
            for pragma in (*CONNECTION_PRAGMAS, *READER_PRAGMAS):
                await raw.execute_fetchall(pragma)
            with closing(sqlite3.connect(path, isolation_level=None)) as plain:
                for pragma in (*CONNECTION_PRAGMAS, *READER_PRAGMAS):
                    plain.execute(pragma).fetchall()
                samples = await samples_of(database, _SAMPLES, NOW)
                yield []
                for query in SIX_QUERIES:
                    yield await _beside(query, ReportQueries(database), raw, plain, samples)


async def _beside(
    query: ReportQuery,
    queries: ReportQueries,
    raw: aiosqlite.Connection,
    plain: sqlite3.Connection,
    samples: Sequence[Sample],
) -> list[Row]:
    sql, parameters = _RAW[query.name]

    async def ours() -> float:
        began = clock()
        for sample in samples:
            await query.ask(queries, sample)
        return (clock() - began) / len(samples)

    async def bare() -> float:
        began = clock()
        for sample in samples:
            await raw.execute_fetchall(sql, parameters(sample))
        return (clock() - began) / len(samples)

    async def floor() -> float:
        began = clock()
        for sample in samples:
            plain.execute(sql, parameters(sample)).fetchall()
        return (clock() - began) / len(samples)

    loops: dict[str, Loop] = {"ours": ours, "aiosqlite": bare, "sqlite3": floor}
    return _rows(query, {name: seconds * US for name, seconds in (await quickest_turns(loops)).items()})


def _rows(query: ReportQuery, found: dict[str, float]) -> list[Row]:
    """Three comparisons of one query; `found` in µs."""
    claimed = query.claimed_ms * 1000
    value = found["ours"]
    return [
        Row(
            name=query.name,
            value=value,
            unit="us",
            baseline_name="raw aiosqlite",
            baseline=found["aiosqlite"],
            target="<= 2x raw aiosqlite",
            ok=value <= found["aiosqlite"] * _TWICE,
        ),
        Row(
            name=f"{query.name} (the old report claimed)",
            value=value,
            unit="us",
            baseline_name="claimed",
            baseline=claimed,
            target="<= claimed",
            ok=value <= claimed,
        ),
        Row(
            name=f"{query.name} (floor)", value=value, unit="us", baseline_name="raw sqlite3", baseline=found["sqlite3"]
        ),
    ]
