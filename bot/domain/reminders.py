"""When to say that license time ends: on the person's own calendar, in their morning."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from bot.domain.chat import OutboxPayload
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import LicenseType

NOTICES: Final = (7, 3, 1)  # days before the day of the end
MORNING: Final = 9  # the hour, local
EVENING: Final = 21  # from here on a late one waits for the next morning
LATEST: Final = 3 * DAY  # so long after its morning the end is still told, ms


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingLicense:
    """The last segment of a person's license time. `changed`: when anything was last given or taken."""

    user_id: UserId
    time_zone: str
    license_type: LicenseType
    ends: Millis
    changed: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """What is due: `notice` 7, 3, 1, or 0 once all is over; `days` are those really left; `on` the local date."""

    notice: int
    days: int
    on: date


def due_reminder(license_: EndingLicense, now: Millis, zone: tzinfo) -> Reminder | None:
    """The newest notice whose morning has come, if it is still worth saying.

    A morning that came before the time was last given or taken asks nothing: who has just got five days is not told
    at once that they end in five days. What a stopped bot missed is said in daylight, with the days that are left.
    """
    here = datetime.fromtimestamp(now / 1000, zone)
    last_day = datetime.fromtimestamp(license_.ends / 1000, zone).date()
    if not MORNING <= here.hour < EVENING:
        return None
    due = [(notice, at) for notice, at in _mornings(license_.ends, last_day, zone) if license_.changed < at <= now]
    if not due:
        return None
    notice, at = due[-1]
    is_stale = now - at >= LATEST if notice == 0 else now >= license_.ends
    if is_stale:
        return None
    return Reminder(notice=notice, days=max(0, (last_day - here.date()).days), on=last_day)


def _mornings(ends: Millis, last_day: date, zone: tzinfo) -> list[tuple[int, Millis]]:
    """Each notice with its moment, in their order; that of the end is the first morning not before it."""
    found = [(notice, _morning(last_day - timedelta(days=notice), zone)) for notice in NOTICES]
    at_end = _morning(last_day, zone)
    return [*found, (0, at_end if at_end >= ends else _morning(last_day + timedelta(days=1), zone))]


def _morning(day: date, zone: tzinfo) -> Millis:
    local = datetime(day.year, day.month, day.day, MORNING, tzinfo=zone)
    return Millis(int(local.astimezone(UTC).timestamp()) * 1000)


# --- messages of the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseEndsMessage(OutboxPayload):
    """License time ends in so many days, on that local date."""

    KIND = "license-ends"
    kind: LicenseType
    on: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseEndedMessage(OutboxPayload):
    """All license time is over."""

    KIND = "license-ended"
    kind: LicenseType
    on: date
