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

# The last segment of each person's, by when it ends. CROSS JOIN: always by the dates first.
SELECT_ENDING: Final = """
    SELECT l.user_id, u.time_zone, l.license_type, l.end_date,
           coalesce((SELECT e.at FROM license_events AS e WHERE e.holder = u.pseudonym
                      ORDER BY e.event_id DESC LIMIT 1), 0)
      FROM user_licenses AS l CROSS JOIN users AS u ON u.user_id = l.user_id
     WHERE (l.end_date, l.user_id) > (?, ?) AND l.end_date < ? AND u.is_banned = 0
       AND NOT EXISTS (SELECT 1 FROM user_licenses AS later
                        WHERE later.user_id = l.user_id AND later.end_date > l.end_date)
     ORDER BY l.end_date, l.user_id LIMIT ?
"""


def ending_of(row: Row) -> EndingLicense:
    """A row of SELECT_ENDING."""
    user_id, time_zone, license_type, ends, changed = row
    return EndingLicense(
        user_id=user_id, time_zone=time_zone, license_type=LicenseType(license_type), ends=ends, changed=changed
    )


def license_of(rows: Sequence[Row], user_id: UserId) -> License:
    """What runs and what is banked, in order; the last span where all is over."""
    segments = [
        Segment(license_type=LicenseType(license_type), start=Millis(start), end=Millis(end))
        for license_type, start, end in rows
    ]
    return License(user_id=user_id, segments=tuple(segments))
