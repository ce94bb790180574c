"""Refuses a flood on its way in, before it is stored: what is stored is handled."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.chat.updates import Incoming
from bot.domain.ids import MINUTE, UserId

MOST: Final = 60  # messages of one sender …
WINDOW: Final = MINUTE  # … whose dates lie so close together
_MANY_SENDERS: Final = 10_000  # beyond that the quiet ones are forgotten


class IntakeLimit:
    """Counts a sender's messages by the moments at which Telegram got them, so that a backlog is no flood."""

    def __init__(self) -> None:
        self._dates: dict[UserId, list[int]] = {}  # of what was taken in: of the last minute, the newest `MOST`

    def sift(self, updates: Sequence[Incoming]) -> tuple[list[Incoming], list[Incoming]]:
        """What may come in, and what is too much. Changes nothing: see `count`."""
        admitted: list[Incoming] = []
        refused: list[Incoming] = []
        batch: dict[UserId, list[int]] = {}
        for update in updates:
            if not update.is_limited or update.user_id is None or update.sent_ts is None:
                admitted.append(update)
                continue
            mine = batch.setdefault(update.user_id, list(self._dates.get(update.user_id, ())))
            if sum(abs(update.sent_ts - date) < WINDOW for date in mine) >= MOST:
                refused.append(update)
            else:
                mine.append(update.sent_ts)
                admitted.append(update)
        return admitted, refused

    def count(self, updates: Iterable[Incoming]) -> None:
        """Remember the dates of updates that were stored, for the limit to be judged by."""
        for update in updates:
            if update.is_limited and update.user_id is not None and update.sent_ts is not None:
                _note(self._dates.setdefault(update.user_id, []), update.sent_ts)
        if len(self._dates) > _MANY_SENDERS:
            newest = max(dates[-1] for dates in self._dates.values())
            self._dates = {user: dates for user, dates in self._dates.items() if newest - dates[-1] < WINDOW}


def _note(dates: list[int], date: int) -> None:
    dates.append(date)
    old = next(place for place, each in enumerate(dates) if date - each < WINDOW)
    del dates[: max(old, len(dates) - MOST)]
