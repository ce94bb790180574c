"""The license check: one look into one index, with or without the planner's statistics."""

from collections.abc import Sequence
from typing import Final

from bot.domain.model import License, LicenseType, Millis, Segment, UserId
from storage.columns import Row

# The report's license check (user, not ended). Where nothing runs any more it answers the last span instead,
# so that a screen can say when it ended.
SELECT_LICENSE: Final = """
    SELECT license_type, start_date, end_date FROM user_licenses
     WHERE user_id = ?1
       AND end_date >= (SELECT min(max(end_date), ?2 + 1) FROM user_licenses WHERE user_id = ?1)
     ORDER BY end_date
"""


def license_of(rows: Sequence[Row], user_id: UserId) -> License:
    """What runs and what is banked, in order; the last span where all is over."""
    segments = [
        Segment(license_type=LicenseType(license_type), start=Millis(start), end=Millis(end))
        for license_type, start, end in rows
    ]
    return License(user_id=user_id, segments=tuple(segments))
