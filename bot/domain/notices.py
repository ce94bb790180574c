"""What the bot's own messages are about, as people choose on /notify which ring, come silently or not at all."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class NoticeKind(StrEnum):
    """Each outbox message is of one, by the `NOTICE` of its class. Stored words: they do not change."""

    ENTRIES = "entries"  # filled, or not
    TARGETS = "targets"  # and partial closes
    EXITS = "exits"  # stops and closes
    ALARMS = "alarms"  # liquidation, no stop, disagreements, limits, keys
    ALERTS = "alerts"  # of prices
    REPORTS = "reports"  # of the day, of the month
    LICENSE = "license"  # and payments
    ANNOUNCEMENTS = "announcements"  # broadcasts, maintenance of the exchange
    OTHER = "other"  # answers that come late, support, what the staff is told


ALWAYS: Final = frozenset({NoticeKind.ALARMS, NoticeKind.LICENSE, NoticeKind.OTHER})
"""Those that can be silent, never off."""

URGENT: Final = frozenset({NoticeKind.TARGETS, NoticeKind.EXITS, NoticeKind.ALARMS})
"""Those that go ahead of all others, and ring while the others are muted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` to `end`, in minutes of the day (0 to 1439) on the person's own clock; `end` may be the next day's.

    The clock is what counts: in the night that it is turned, they are an hour shorter or longer.
    """

    start: int
    end: int

    def covers(self, minute: int) -> bool:
        """Whether that minute of the day is one of them."""
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end
