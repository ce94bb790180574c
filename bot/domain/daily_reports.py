"""The daily report: when it is due, and what it says.

It comes at the person's hour and tells of the time since that hour of the day before: 23 to 25 hours where clocks
change. Once a day of the person's calendar, whatever becomes of clocks, zones and restarts.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.chat import OutboxPayload
from bot.domain.ids import HOUR, Millis, UserId
from bot.domain.notices import NoticeKind

LATEST: Final = 12 * HOUR  # ms after its hour a report is still told


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyReport:
    """A person's wish: at which hour, and the day of theirs that was reported last; None: none was."""

    hour: int
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReport:
    """Somebody whose report may be due."""

    user_id: UserId
    time_zone: str
    report: DailyReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTime:
    """Where a person's reports stand at a moment. `due`: the day to report now, told of [since, until).

    `next_ts`: when to look again.
    """

    due: date | None
    since: Millis
    until: Millis
    next_ts: Millis


def report_time(report: DailyReport, now: Millis, zone: tzinfo) -> ReportTime:
    """The newest hour that has come, if its day was not told yet and it is not too late for it."""
    today = datetime.fromtimestamp(now / 1000, zone).date()
    day = today if hour_of(today, report.hour, zone) <= now else today - timedelta(days=1)
    until = hour_of(day, report.hour, zone)
    is_due = day != report.last_day and now - until < LATEST
    return ReportTime(
        due=day if is_due else None,
        since=hour_of(day - timedelta(days=1), report.hour, zone),
        until=until,
        next_ts=hour_of(day + timedelta(days=1), report.hour, zone),
    )


def hour_of(day: date, hour: int, zone: tzinfo) -> Millis:
    """That hour of a day there: the first one where clocks are set back, the change itself where they skip it."""
    local = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
    return Millis(int(local.astimezone(UTC).timestamp() * 1000))


@dataclass(frozen=True, slots=True)
class AccountDay:
    """What a day came to in one account. Money in `coin`; `best` and `worst` are trades, 0 where nothing was closed.

    `slippage` is what is known of it; `known` 0: nothing is.
    """

    account_type: AccountType
    account_number: int
    coin: str
    trades: int
    wins: int
    pnl: Decimal
    best: Decimal
    worst: Decimal
    slippage: Decimal
    known: int
    open_positions: int
    open_pnl: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyReportMessage(OutboxPayload):
    """A person's day, account by account, between two moments of their clock, as 2026-03-01 21:00."""

    KIND = "daily-report"
    NOTICE = NoticeKind.REPORTS

    since: str
    until: str
    time_zone: str  # in which these are; a name that this machine knows
    accounts: tuple[AccountDay, ...]
