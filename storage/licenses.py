"""The license check: one look into one index, with or without the planner's statistics."""

from collections.abc import Sequence
from typing import Final

from bot.domain.model import License, LicenseType, Millis, UserId
from storage.columns import Row

# The report's license check (user, active, not ended). Where nothing runs any more it answers the last span instead,
# so that a screen can say when it ended.
SELECT_LICENSE: Final = """
    SELECT license_type, start_date, end_date FROM user_licenses
     WHERE user_id = ?1 AND is_active = 1
       AND end_date >= (SELECT min(max(end_date), ?2 + 1) FROM user_licenses WHERE user_id = ?1 AND is_active = 1)
"""

_TYPES: Final = {each.value: each for each in LicenseType}
_RANKS: Final = {each: rank for rank, each in enumerate(LicenseType)}  # lowest first


def license_of(rows: Sequence[Row], user_id: UserId, now: Millis) -> License:
    """The highest license that runs now, else the next to begin, else the last that ran, else none."""
    spans = [
        License(user_id=user_id, license_type=_TYPES[license_type], start_date=start_date, end_date=end_date)
        for license_type, start_date, end_date in rows
    ]
    if not spans:
        return License(user_id=user_id, license_type=None, start_date=None, end_date=None)
    running = [each for each in spans if each.is_active(now)]
    if running:
        return max(running, key=lambda each: (_rank(each), each.end_date or 0))
    return min(spans, key=lambda each: each.start_date or 0)


def _rank(each: License) -> int:
    return -1 if each.license_type is None else _RANKS[each.license_type]
