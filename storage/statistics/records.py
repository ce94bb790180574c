"""card_promises and daily_reports, as units of work write them."""

from datetime import date
from decimal import Decimal
from typing import Final

from bot.domain.daily_reports import DailyReport, DueReport
from bot.domain.ids import Millis, UserId
from storage.sqlite.codecs import Row, decimal_text, optional_decimal_text
from storage.sqlite.transaction import Transaction

INSERT_PROMISE: Final = """
    INSERT INTO card_promises (intent_id, touch, fee_rate) VALUES (?, ?, ?) ON CONFLICT (intent_id) DO NOTHING
"""
SELECT_REPORT: Final = "SELECT hour, last_day FROM daily_reports WHERE user_id = ?"
UPSERT_REPORT: Final = """
    INSERT INTO daily_reports (user_id, hour, next_ts) VALUES (?, ?, ?)
    ON CONFLICT (user_id) DO UPDATE SET hour = excluded.hour, next_ts = excluded.next_ts
"""
DELETE_REPORT: Final = "DELETE FROM daily_reports WHERE user_id = ? RETURNING user_id"
UPDATE_REPORT: Final = """
    UPDATE daily_reports SET last_day = coalesce(?2, last_day), next_ts = ?3 WHERE user_id = ?1
"""
SELECT_REPORTS_DUE: Final = """
    SELECT d.user_id, u.time_zone, d.hour, d.last_day
      FROM daily_reports AS d CROSS JOIN users AS u ON u.user_id = d.user_id
     WHERE d.next_ts <= ? ORDER BY d.next_ts LIMIT ?
"""


def report_of(hour: int, last_day: str | None) -> DailyReport:
    """The two columns of a row."""
    return DailyReport(hour=hour, last_day=None if last_day is None else date.fromisoformat(last_day))


def due_of(row: Row) -> DueReport:
    """A row of SELECT_REPORTS_DUE."""
    return DueReport(user_id=row[0], time_zone=row[1], report=report_of(row[2], row[3]))


class SqliteCardPromises:
    """Implements `bot.domain.ports.statistics.CardPromises`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def keep(self, intent_id: int, *, touch: Decimal | None, fee_rate: Decimal) -> None:
        row = (intent_id, optional_decimal_text(touch), decimal_text(fee_rate))
        self._transaction.write(INSERT_PROMISE, row, is_seen=False)


class SqliteDailyReports:
    """Implements `bot.domain.ports.statistics.DailyReports`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def want(self, user_id: UserId, hour: int, next_ts: Millis) -> None:
        await self._transaction.fetch(UPSERT_REPORT, (user_id, hour, next_ts))

    async def stop(self, user_id: UserId) -> bool:
        return bool(await self._transaction.fetch(DELETE_REPORT, (user_id,)))

    async def get(self, user_id: UserId) -> DailyReport | None:
        rows = await self._transaction.fetch(SELECT_REPORT, (user_id,))
        return report_of(*rows[0]) if rows else None

    async def done(self, user_id: UserId, day: date | None, next_ts: Millis) -> None:
        await self._transaction.fetch(UPDATE_REPORT, (user_id, None if day is None else day.isoformat(), next_ts))
