"""Moments and ages: UTC always, the person's own clock beside it."""

from datetime import UTC, datetime, tzinfo
from math import ceil
from typing import Final

from bot.domain.ids import DAY_S, Millis
from bot.domain.time_zones import UTC_NAME, zone_of
from bot.domain.users import Language
from handlers.texts.catalog import Translator
from handlers.texts.cities import zone_label

NO_DATE: Final = "–"
_MINUTE: Final = 60  # seconds
_HOUR: Final = 60 * _MINUTE


def zone(name: str) -> tzinfo | None:
    """The zone of a stored name; None for UTC itself and for one this machine does not know. Reads a file, once."""
    found = zone_of(name)
    return None if found is UTC else found


def in_calendar(at: Millis, where: tzinfo) -> datetime | None:
    """That moment there; None for one outside of the years 1 to 9999, which is shown as NO_DATE."""
    try:
        return datetime.fromtimestamp(at / 1000, where)
    except (ValueError, OverflowError, OSError):
        return None


def moment(at: Millis, now: Millis, time_zone: str, language: Language = Language.ENGLISH) -> str:
    """12:00:05 UTC · 15:00:05 Kyiv; with the date when it is not today's."""
    utc = in_calendar(at, UTC)
    if utc is None:
        return NO_DATE
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    text = f"{_written(utc, is_today=utc.date() == today)} UTC"
    local = zone(time_zone)
    there = None if local is None else in_calendar(at, local)
    if there is None:
        return text
    return f"{text} · {_written(there, is_today=there.date() == utc.date())} {zone_name(time_zone, language)}"


def zone_name(time_zone: str, language: Language) -> str:
    """Kyiv or Киев for Europe/Kyiv, UTC+3 for an offset; UTC for itself and for a zone this machine does not know."""
    return UTC_NAME if zone(time_zone) is None else zone_label(time_zone, language)


def utc_span(began: Millis, ended: Millis) -> tuple[str, str]:
    """14:02 and 14:19, both UTC; with their dates where the span leaves its day."""
    first, last = in_calendar(began, UTC), in_calendar(ended, UTC)
    if first is None or last is None:
        return NO_DATE, NO_DATE
    form = "%H:%M" if first.date() == last.date() else "%Y-%m-%d %H:%M"
    return first.strftime(form), last.strftime(form)


def local_clock(at: Millis, now: Millis, time_zone: str) -> str:
    """A short moment on the person's own clock for lists: 15:00:05, or 3 Feb 15:00 as 02-03 15:00."""
    local = zone(time_zone) or UTC
    there = in_calendar(at, local)
    if there is None:
        return NO_DATE
    is_today = there.date() == datetime.fromtimestamp(now / 1000, local).date()
    return there.strftime("%H:%M:%S" if is_today else "%m-%d %H:%M")


def exact_clock(at: Millis, now: Millis, time_zone: str) -> str:
    """A moment on the person's own clock to the millisecond: 15:00:05.220, with its date when it is not today's."""
    local = zone(time_zone) or UTC
    there = in_calendar(at, local)
    if there is None:
        return NO_DATE
    is_today = there.date() == datetime.fromtimestamp(now / 1000, local).date()
    clock = f"{there:%H:%M:%S}.{there.microsecond // 1000:03}"
    return clock if is_today else f"{there:%m-%d} {clock}"


def clock_and_day(at: Millis, time_zone: str) -> tuple[str, str]:
    """15:00 and 2026-03-01 on the person's own clock, for tables."""
    there = in_calendar(at, zone(time_zone) or UTC)
    return (NO_DATE, NO_DATE) if there is None else (there.strftime("%H:%M"), there.strftime("%Y-%m-%d"))


def day(at: Millis) -> str:
    """2026-03-01: the date in UTC."""
    there = in_calendar(at, UTC)
    return NO_DATE if there is None else there.strftime("%Y-%m-%d")


def span(say: Translator, seconds: float) -> str:
    """A length of time in its two largest units: 5 s, 2 min, 1 h 5 min, 3 d 4 h. Never negative."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return say.plain("span-seconds", seconds=whole)
    if whole < _HOUR:
        return say.plain("span-minutes", minutes=whole // _MINUTE)
    if whole < DAY_S:
        return say.plain("span-hours", hours=whole // _HOUR, minutes=whole % _HOUR // _MINUTE)
    return say.plain("span-days", days=whole // DAY_S, hours=whole % DAY_S // _HOUR)


def wait_span(say: Translator, seconds: float) -> str:
    """How long to wait, rounded up: who comes after it is not sent away once more. A second at least."""
    whole = max(1, ceil(seconds))
    unit = 1 if whole < _MINUTE else _MINUTE if whole < DAY_S else _HOUR
    return span(say, ceil(whole / unit) * unit)


def _written(at: datetime, *, is_today: bool) -> str:
    return at.strftime("%H:%M:%S" if is_today else "%Y-%m-%d %H:%M")
