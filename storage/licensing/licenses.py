"""The license check: one look into one index, with or without the planner's statistics."""

from collections.abc import Sequence
from typing import Final

from bot.domain.ids import Millis, UserId
from bot.domain.licensing import License, LicenseType, Segment
from bot.domain.reminders import EndingLicense
from storage.sqlite.codecs import Row

# The report's license check (user, not ended). Where nothing runs any more it answers the last span instead,
# so that a screen can say when it ended.
SELECT_LICENSE: Final = """
    SELECT license_type, start_date, end_date FROM user_licenses
     WHERE user_id = ?1
       AND end_date >= (SELECT min(max(end_date), ?2 + 1) FROM user_licenses WHERE user_id = ?1)
     ORDER BY end_date
"""

# Segments by when they end, each with the one behind it. CROSS JOIN: always by the dates first.
SELECT_ENDING: Final = """
    SELECT l.user_id, u.time_zone, l.license_type, l.start_date, l.end_date, later.license_type, later.end_date,
           EXISTS (SELECT 1 FROM subscriptions AS s
                    WHERE s.user_id = l.user_id AND s.license_type = l.license_type AND s.is_canceled = 0
                      AND s.until_ts > ?5 AND s.until_ts <= l.end_date)
      FROM user_licenses AS l CROSS JOIN users AS u ON u.user_id = l.user_id
      LEFT JOIN user_licenses AS later ON later.user_id = l.user_id AND later.end_date = (
           SELECT min(next.end_date) FROM user_licenses AS next
            WHERE next.user_id = l.user_id AND next.end_date > l.end_date)
     WHERE (l.end_date, l.user_id) > (?1, ?2) AND l.end_date < ?3 AND u.is_banned = 0
     ORDER BY l.end_date, l.user_id LIMIT ?4
"""


def ending_of(row: Row) -> EndingLicense:
    """A row of SELECT_ENDING."""
    user_id, time_zone, license_type, starts, ends, then, then_ends, renews = row
    return EndingLicense(
        user_id=user_id,
        time_zone=time_zone,
        license_type=LicenseType(license_type),
        starts=starts,
        ends=ends,
        then=None if then is None else LicenseType(then),
        then_ends=then_ends,
        renews=bool(renews),
    )


def license_of(rows: Sequence[Row], user_id: UserId, *, had_trial: bool) -> License:
    """What runs and what is banked, in order; the last span where all is over."""
    segments = [
        Segment(license_type=LicenseType(license_type), start=Millis(start), end=Millis(end))
        for license_type, start, end in rows
    ]
    return License(user_id=user_id, segments=tuple(segments), had_trial=had_trial)
