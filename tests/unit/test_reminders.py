"""When a reminder is due: the person's own mornings, over changes of clocks, zones and minds."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.reminders import EndingLicense, Reminder, due_reminder

KYIV, NEW_YORK, APIA, KATHMANDU = map(ZoneInfo, ("Europe/Kyiv", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"))
MINUTE = 60_000


def at(text: str, zone: tzinfo = UTC) -> Millis:
    return Millis(int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1000)


def ending(ends: Millis, starts: int | None = None, then_ends: Millis | None = None) -> EndingLicense:
    return EndingLicense(
        user_id=UserId(1001),
        time_zone="UTC",
        license_type=LicenseType.PREMIUM,
        starts=Millis(ends - 30 * DAY if starts is None else starts),
        ends=ends,
        then=None if then_ends is None else LicenseType.TRIAL,
        then_ends=then_ends,
    )


def notices(license_: EndingLicense, zone: tzinfo, *, first: int, last: int) -> list[tuple[int, int, str]]:
    """Asked every five minutes: each new notice with its days and the local minute in which it came."""
    found: list[tuple[int, int, str]] = []
    for moment in range(first, last, 5 * MINUTE):
        due = due_reminder(license_, Millis(moment), zone)
        if due is not None and due.notice not in {notice for notice, _, _ in found}:
            found.append((due.notice, due.days, f"{datetime.fromtimestamp(moment / 1000, zone):%m-%d %H:%M}"))
    return found


@pytest.mark.parametrize(
    ("zone", "ends", "wanted"),
    [
        (UTC, "2026-08-12T15:00", ["08-05", "08-09", "08-11", "08-12 15:00"]),
        (UTC, "2026-08-12T07:00", ["08-05", "08-09", "08-11", "08-12 07:00"]),
        (UTC, "2026-08-12T09:00", ["08-05", "08-09", "08-11", "08-12 09:00"]),
        (KYIV, "2026-10-27T12:00", ["10-20", "10-24", "10-26", "10-27 12:00"]),  # clocks go back on 25 October
        (KYIV, "2026-03-31T23:30", ["03-24", "03-28", "03-30", "03-31 23:30"]),  # and forward on 29 March
        (NEW_YORK, "2026-11-03T00:30", ["10-27", "10-31", "11-02", "11-03 00:30"]),
        (KATHMANDU, "2026-05-05T05:05", ["04-28", "05-02", "05-04", "05-05 05:05"]),
    ],
)
def test_three_reminders_at_nine_in_the_morning_and_the_end_at_the_end(
    zone: tzinfo, ends: str, wanted: list[str]
) -> None:
    end = at(ends, zone)
    found = notices(ending(end), zone, first=end - 10 * DAY, last=end + 5 * DAY)
    *mornings, last = wanted
    moments = [*(f"{day} 09:00" for day in mornings), last]
    assert [(notice, moment) for notice, _, moment in found] == list(zip((7, 3, 1, 0), moments, strict=True))
    assert [days for _, days, _ in found] == [7, 3, 1, 0]


def test_a_day_that_a_country_left_out_is_no_trouble() -> None:
    """Samoa had no 30 December 2011."""
    end = at("2011-12-31T12:00", APIA)
    assert [notice for notice, _, _ in notices(ending(end), APIA, first=end - 9 * DAY, last=end + 2 * DAY)] == [
        7,
        3,
        1,
        0,
    ]


def test_who_has_just_been_given_a_few_days_is_left_alone_until_the_next_notice() -> None:
    """A trial of seven days begins after its own first reminder would have come."""
    start = at("2026-08-05T15:00")
    end = Millis(start + 7 * DAY)
    found = notices(ending(end, starts=start), UTC, first=start, last=end + 2 * DAY)
    assert [notice for notice, _, _ in found] == [3, 1, 0]


def test_what_a_stopped_bot_missed_is_said_in_daylight_with_the_days_that_are_left() -> None:
    end = at("2026-08-12T15:00")
    assert due_reminder(ending(end), at("2026-08-07T02:00"), UTC) is None
    assert due_reminder(ending(end), at("2026-08-07T09:00"), UTC) == Reminder(notice=7, days=5, on=date(2026, 8, 12))
    assert due_reminder(ending(end), at("2026-08-06T20:59"), UTC) == Reminder(notice=7, days=6, on=date(2026, 8, 12))
    assert due_reminder(ending(end), at("2026-08-06T21:00"), UTC) is None
    assert due_reminder(ending(end), at("2026-08-12T10:00"), UTC) == Reminder(notice=1, days=0, on=date(2026, 8, 12))


def test_bug_the_end_was_told_on_the_next_morning() -> None:
    """From that moment on entries are refused: it is told by night, too."""
    end = at("2026-08-12T23:10")
    assert due_reminder(ending(end), Millis(end - 1), UTC) is None
    assert due_reminder(ending(end), end, UTC) == Reminder(notice=0, days=0, on=date(2026, 8, 12))


def test_an_end_of_long_ago_is_not_told() -> None:
    end = at("2026-08-12T15:00")
    late = due_reminder(ending(end), at("2026-08-15T14:59"), UTC)
    assert late is not None
    assert late.notice == 0
    assert due_reminder(ending(end), at("2026-08-15T15:00"), UTC) is None


def test_an_end_is_not_told_when_what_came_behind_it_is_over_as_well() -> None:
    end, then_ends = at("2026-08-12T15:00"), at("2026-08-13T15:00")
    told = due_reminder(ending(end, then_ends=then_ends), at("2026-08-13T14:59"), UTC)
    assert told == Reminder(notice=0, days=0, on=date(2026, 8, 12), then_until=date(2026, 8, 13))
    assert due_reminder(ending(end, then_ends=then_ends), then_ends, UTC) is None


def test_what_is_banked_says_nothing_before_it_runs() -> None:
    """Six days of trial behind premium: its seven days' notice would come while premium runs."""
    starts, end = at("2026-08-12T15:00"), at("2026-08-18T15:00")
    found = notices(ending(end, starts=starts), UTC, first=end - 10 * DAY, last=end + DAY)
    assert [notice for notice, _, _ in found] == [3, 1, 0]


def test_another_zone_is_another_morning_and_another_date() -> None:
    end = at("2026-08-12T22:30")
    here, there = at("2026-08-05T09:00"), at("2026-08-06T09:00", KYIV)
    first = due_reminder(ending(end), here, UTC)
    second = due_reminder(ending(end), there, KYIV)
    assert first is not None
    assert second is not None
    assert (first.on, second.on) == (date(2026, 8, 12), date(2026, 8, 13))
    assert (first.notice, second.notice) == (7, 7)
