"""When to say that license time ends or changes its type: in the person's own mornings, and at the end.

Each segment of a person's time has its own reminders, which begin when it runs; what is banked behind it has none yet.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from bot.domain.chat import OutboxPayload
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.notices import NoticeKind

NOTICES: Final = (7, 3, 1)  # days before the day of the end
MORNING: Final = 9  # the hour, local
EVENING: Final = 21  # from here on a late one waits for the next morning
LATEST: Final = 3 * DAY  # so long afterwards an end is still told, ms


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingLicense:
    """A segment of a person's license time. `then` is the type behind it and `then_ends` its end; None: nothing is."""

    user_id: UserId
    time_zone: str
    license_type: LicenseType
    starts: Millis
    ends: Millis
    then: LicenseType | None = None
    then_ends: Millis | None = None
    renews: bool = False  # a subscription of the type is charged before the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """What is due: `notice` 7, 3, 1, or 0 at the end; `days` are those really left; `on` the local date.

    `then_until` is the local date on which the type behind it ends.
    """

    notice: int
    days: int
    on: date
    then_until: date | None = None


def due_reminder(license_: EndingLicense, now: Millis, zone: tzinfo) -> Reminder | None:
    """The newest notice whose time has come, if it is still worth saying.

    The end is told at the end, by day and by night: from then on entries are refused. A morning before the segment
    began, which is when time was last given or taken at the earliest, asks nothing: who has just got five days is not
    told at once that they end in five days. What a stopped bot missed is said in daylight, with the days that are left.
    """
    if now >= license_.ends:
        return _end(license_, now, zone)
    here = datetime.fromtimestamp(now / 1000, zone)
    if license_.renews:
        return None  # its end is put off each month; if it is not, that is told at the end
    if not MORNING <= here.hour < EVENING:
        return None
    last_day = _day(license_.ends, zone)
    mornings = [(notice, _morning(last_day - timedelta(days=notice), zone)) for notice in NOTICES]
    due = [notice for notice, at in mornings if license_.starts < at <= now]
    if not due:
        return None
    days = max(0, (last_day - here.date()).days)
    return Reminder(notice=due[-1], days=days, on=last_day, then_until=_then_until(license_, zone))


def _end(license_: EndingLicense, now: Millis, zone: tzinfo) -> Reminder | None:
    """Unless it is long ago, or what came behind it is over as well: that end is told."""
    is_over = license_.then_ends is not None and now >= license_.then_ends
    if is_over or now - license_.ends >= LATEST:
        return None
    return Reminder(notice=0, days=0, on=_day(license_.ends, zone), then_until=_then_until(license_, zone))


def _then_until(license_: EndingLicense, zone: tzinfo) -> date | None:
    return None if license_.then_ends is None else _day(license_.then_ends, zone)


def _day(at: Millis, zone: tzinfo) -> date:
    return datetime.fromtimestamp(at / 1000, zone).date()


def _morning(day: date, zone: tzinfo) -> Millis:
    local = datetime(day.year, day.month, day.day, MORNING, tzinfo=zone)
    return Millis(int(local.astimezone(UTC).timestamp()) * 1000)


# --- messages of the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseReminder(OutboxPayload):
    """What the next two say. `then` runs behind it until the local date `until`; None: nothing does.

    `stars` is what `months` of `offer` cost, for a button; 0: nothing is sold.
    """

    kind: LicenseType
    on: date
    then: LicenseType | None = None
    until: date | None = None
    offer: LicenseType | None = None
    months: int = 0
    stars: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseEndsMessage(LicenseReminder):
    """License time of a type ends in so many days, on that local date."""

    KIND = "license-ends"
    NOTICE = NoticeKind.LICENSE
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseEndedMessage(LicenseReminder):
    """License time of a type is over."""

    KIND = "license-ended"
    NOTICE = NoticeKind.LICENSE
