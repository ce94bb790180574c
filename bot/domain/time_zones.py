"""Time zones by the names that are stored: IANA's, or a fixed offset as UTC+5:30."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.ids import Millis

UTC_NAME: Final = "UTC"
_UTC_NAMES: Final = frozenset({UTC_NAME, "Etc/UTC"})
_STORED: Final = re.compile(r"UTC(?P<sign>[+-])(?P<hours>[0-9]{1,2})(?::(?P<minutes>[0-9]{2}))?")
_TYPED: Final = re.compile(r"(?:utc|gmt)? ?(?P<sign>[+\-−])(?P<hours>[0-9]{1,2})(?:[:.]?(?P<minutes>00|15|30|45))?")
_ETC: Final = re.compile(r"Etc/GMT(?P<sign>[+-])(?P<hours>[0-9]{1,2})")
_FURTHEST: Final = MappingProxyType({"+": 14 * 60, "-": 12 * 60})  # minutes from UTC


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo | None:
    """The zone of a stored name; None for a name that this machine does not know. Reads a file, once a name."""
    if name in _UTC_NAMES:
        return UTC
    if (offset := _STORED.fullmatch(name)) is not None:
        return timezone(timedelta(minutes=_minutes(offset)), name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def day_around(now: Millis, name: str) -> tuple[Millis, Millis]:
    """The day of that zone, [starts, ends), of 23 to 25 hours; UTC's where the name is not known here."""
    zone = zone_of(name) or UTC
    day = datetime.fromtimestamp(now / 1000, zone).date()
    starts, ends = (datetime(each.year, each.month, each.day, tzinfo=zone) for each in (day, day + timedelta(days=1)))
    return Millis(int(starts.timestamp() * 1000)), Millis(int(ends.timestamp() * 1000))


def next_at(now: Millis, minute: int, name: str) -> Millis:
    """When the clocks of that zone next show that minute of the day (0 to 1439).

    One that they skip in the night in which they are turned is taken an hour later.
    """
    zone = zone_of(name) or UTC
    today = datetime.fromtimestamp(now / 1000, zone).date()
    hour, past = divmod(minute, 60)
    days = (today, today + timedelta(days=1))
    moments = (datetime(each.year, each.month, each.day, hour, past, tzinfo=zone) for each in days)
    return next(Millis(int(at.timestamp() * 1000)) for at in moments if at.timestamp() * 1000 > now)


def offset_name(typed: str) -> str | None:
    """What is stored for a typed offset: UTC+3 for +3, gmt+3 and UTC+03:00; None for what is none, or too far."""
    offset = _TYPED.fullmatch(typed.strip().casefold())
    if offset is None:
        return None
    sign = "+" if offset["sign"] == "+" else "-"
    minutes = abs(_minutes(offset))
    if minutes > _FURTHEST[sign]:
        return None
    return _name(sign, minutes)


def fixed_name(name: str) -> str | None:
    """UTC+3 for itself and for Etc/GMT-3, whose sign is turned (POSIX counts westward); None for a place's name."""
    if name in _UTC_NAMES:
        return UTC_NAME
    if (turned := _ETC.fullmatch(name)) is not None:
        return _name("-" if turned["sign"] == "+" else "+", 60 * int(turned["hours"]))
    return name if _STORED.fullmatch(name) else None


def _name(sign: str, minutes: int) -> str:
    if not minutes:
        return UTC_NAME
    hours, rest = divmod(minutes, 60)
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def _minutes(offset: "re.Match[str]") -> int:
    minutes = 60 * int(offset["hours"]) + int(offset["minutes"] or 0)
    return minutes if offset["sign"] == "+" else -minutes
