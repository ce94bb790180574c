"""Days, weeks, months and years of a person's own calendar, as spans of UTC milliseconds.

A week begins on Monday (ISO 8601). A day begins at 00:00 of the zone's clock, so that it has 23 to 25 hours where
clocks change.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from bot.domain.ids import Millis
from bot.domain.time_zones import zone_of

FURTHEST_BACK: Final = 999  # periods
_EVER: Final = Millis(2**53)  # later than any moment that is stored
_MONTHS: Final = 12
_FIRST_DAY: Final = date(2009, 1, 1)  # nothing was traded before Bitcoin


class Period(StrEnum):
    """How much of the past is counted together."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Moments from `since` on, before `until`. `first` and `last` are its days in the zone; None: it has no bounds."""

    since: Millis
    until: Millis
    first: date | None = None
    last: date | None = None

    def cut(self, since: Millis, until: Millis) -> "Span":
        """What of it lies in those bounds; it may be empty. Its days stay those of the calendar."""
        return Span(since=max(self.since, since), until=min(self.until, until), first=self.first, last=self.last)


EVERYTHING: Final = Span(since=Millis(0), until=_EVER)


def span_of(period: Period, back: int, now: Millis, zone_name: str) -> Span:
    """The period of that zone which holds `now`, or the one so many periods earlier (0 … FURTHEST_BACK).

    UTC's where the name is not known here. ALL has no bounds, whatever `back` is.
    """
    if period is Period.ALL:
        return EVERYTHING
    zone = zone_of(zone_name) or UTC
    today = datetime.fromtimestamp(now / 1000, zone).date()
    first, after = _days(period, min(max(back, 0), FURTHEST_BACK), today)
    return Span(since=start_of(first, zone), until=start_of(after, zone), first=first, last=after - timedelta(days=1))


def start_of(day: date, zone: tzinfo) -> Millis:
    """The first moment of a day there: where clocks skip midnight, the moment of the change."""
    return Millis(int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000))


def day_of(moment: Millis, zone: tzinfo) -> date:
    """The calendar day of a moment in that zone."""
    return datetime.fromtimestamp(moment / 1000, zone).date()


def _days(period: Period, back: int, today: date) -> tuple[date, date]:
    """The first day, and the first one after it."""
    match period:
        case Period.DAY:
            first = _no_earlier(today, back)
            return first, first + timedelta(days=1)
        case Period.WEEK:
            monday = today - timedelta(days=today.weekday())
            first = _no_earlier(monday, 7 * back)
            return first, first + timedelta(days=7)
        case Period.YEAR:
            year = max(_FIRST_DAY.year, today.year - back)
            return date(year, 1, 1), date(year + 1, 1, 1)
        case _:
            months = max(_FIRST_DAY.year * _MONTHS, today.year * _MONTHS + today.month - 1 - back)
            return _month(months), _month(months + 1)


def _no_earlier(day: date, back: int) -> date:
    return max(_FIRST_DAY, day - timedelta(days=back))


def _month(months: int) -> date:
    return date(months // _MONTHS, months % _MONTHS + 1, 1)
