"""Reads of what statistics are counted from."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from bot.domain.card_promises import EntryFill, StopClose
from bot.domain.daily_reports import DailyReport, DueReport
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.periods import Span
from bot.domain.ports.statistics import Key, Line, PracticeRun, Slice
from bot.domain.statistics import Close
from bot.domain.trade_plans import ClosedTrade
from storage.sqlite.codecs import Row
from storage.sqlite.database import Database
from storage.statistics.closes import (
    COUNT_CLOSED,
    SELECT_CLOSED_LINES,
    SELECT_CLOSED_PAGE,
    SELECT_CLOSES,
    SELECT_FIRST_CLOSED,
    SELECT_STOP_CLOSES,
    close_of,
    stop_close_of,
)
from storage.statistics.fills import (
    COUNT_FILLS,
    SELECT_ENTRY_FILLS,
    SELECT_ENTRY_FILLS_OF_PLANS,
    SELECT_FILL_LINES,
    entry_fill_of,
)
from storage.statistics.records import SELECT_REPORT, SELECT_REPORTS_DUE, due_of, report_of
from storage.trading.closed import closed_of

SELECT_RUNS: Final = "SELECT run, began_ts FROM practice_runs WHERE account_id = ? ORDER BY run"
COUNT_LEGACY: Final = "SELECT count(*) FROM legacy_trades WHERE user_id = ?"
T = TypeVar("T")
_FEW: Final = 100  # rows that are read on the loop: more of them would hold it for milliseconds


class SqliteStatisticsQueries:
    """Implements `bot.domain.ports.statistics.StatisticsQueries`; each method raises StorageTrouble."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def closes(self, account_id: AccountId, span: Span, after: Key | None, limit: int) -> Slice[Close]:
        rows = await self._closed(SELECT_CLOSES, account_id, span, after, limit)
        return Slice(items=await _mapped(close_of, rows), after=rows[-1][:3] if len(rows) == limit else None)

    async def closed_lines(self, account_id: AccountId, span: Span, after: Key | None, limit: int) -> Slice[Line]:
        rows = await self._closed(SELECT_CLOSED_LINES, account_id, span, after, limit)
        return Slice(items=tuple(rows), after=rows[-1][:3] if len(rows) == limit else None)

    async def entry_fills(self, account_id: AccountId, span: Span, after: Key | None, limit: int) -> Slice[EntryFill]:
        rows = await self._filled(SELECT_ENTRY_FILLS, account_id, span, after, limit)
        return Slice(items=await _mapped(entry_fill_of, rows), after=rows[-1][:2] if len(rows) == limit else None)

    async def fill_lines(self, account_id: AccountId, span: Span, after: Key | None, limit: int) -> Slice[Line]:
        rows = await self._filled(SELECT_FILL_LINES, account_id, span, after, limit)
        return Slice(items=tuple(rows), after=rows[-1][:2] if len(rows) == limit else None)

    async def stop_closes(self, account_id: AccountId, span: Span, limit: int) -> tuple[StopClose, ...]:
        rows = await self._database.fetch(SELECT_STOP_CLOSES, (account_id, span.since, span.until, limit))
        return await _mapped(stop_close_of, rows)

    async def entry_fills_of_plans(self, plan_ids: Sequence[int]) -> tuple[EntryFill, ...]:
        rows = await self._database.fetch(SELECT_ENTRY_FILLS_OF_PLANS, (json.dumps(list(plan_ids)),))
        return await _mapped(entry_fill_of, rows)

    async def closed_page(self, account_id: AccountId, offset: int, limit: int) -> tuple[ClosedTrade, ...]:
        return tuple(map(closed_of, await self._database.fetch(SELECT_CLOSED_PAGE, (account_id, limit, offset))))

    async def count_closed(self, account_id: AccountId) -> int:
        return await self._count(COUNT_CLOSED, account_id)

    async def first_closed(self, account_id: AccountId) -> Millis | None:
        rows = await self._database.fetch(SELECT_FIRST_CLOSED, (account_id,))
        return rows[0][0] if rows else None

    async def count_legacy(self, user_id: UserId) -> int:
        return await self._count(COUNT_LEGACY, user_id)

    async def count_fills(self, account_id: AccountId, span: Span) -> int:
        return await self._count(COUNT_FILLS, account_id, span.since, span.until)

    async def runs(self, account_id: AccountId) -> tuple[PracticeRun, ...]:
        rows = await self._database.fetch(SELECT_RUNS, (account_id,))
        return tuple(PracticeRun(number=number, since=Millis(began + 1)) for number, began in rows)

    async def daily_report(self, user_id: UserId) -> DailyReport | None:
        rows = await self._database.fetch(SELECT_REPORT, (user_id,))
        return report_of(*rows[0]) if rows else None

    async def reports_due(self, now: Millis, limit: int) -> tuple[DueReport, ...]:
        return tuple(map(due_of, await self._database.fetch(SELECT_REPORTS_DUE, (now, limit))))

    async def _closed(
        self, statement: str, account_id: AccountId, span: Span, after: Key | None, limit: int
    ) -> list[Row]:
        key = (span.since, "", -1) if after is None else after
        return await self._database.fetch(statement, (account_id, *key, span.until, limit))

    async def _filled(
        self, statement: str, account_id: AccountId, span: Span, after: Key | None, limit: int
    ) -> list[Row]:
        key = (span.since, 0) if after is None else after
        return await self._database.fetch(statement, (account_id, *key, span.until, limit))

    async def _count(self, statement: str, *values: object) -> int:
        return int((await self._database.fetch(statement, values))[0][0])


async def _mapped(read: Callable[[Row], T], rows: Sequence[Row]) -> tuple[T, ...]:
    if len(rows) <= _FEW:
        return tuple(map(read, rows))
    return await asyncio.to_thread(lambda: tuple(map(read, rows)))
