"""What is given once stays given once when somebody is erased: a mark a thing, that leads to nobody.

A mark is an HMAC of the thing and the Telegram id, by a secret that stands sealed in the database: whoever brings the
id can be recognized, nobody can be found from a mark, and two marks of one person have nothing in common.
"""

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from bot.domain.ids import Millis, UserId

MONTHS_KEPT: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing that was used. `campaign`: None for the trial. It is deleted at `until`, or when its campaign ends."""

    mark: bytes
    campaign: int | None
    until: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The marks of this database, by its secret of 32 bytes."""

    secret: bytes = field(repr=False)

    def trial(self, user_id: UserId) -> bytes:
        """32 bytes that stand for the trial of that Telegram id."""
        return self._mark(f"trial:{user_id}")

    def promo(self, campaign: int, user_id: UserId) -> bytes:
        """32 bytes that stand for one redemption in that campaign by that Telegram id."""
        return self._mark(f"promo:{campaign}:{user_id}")

    def of(self, user_id: UserId, *, had_trial: bool, campaigns: tuple[int, ...], now: Millis) -> tuple[Mark, ...]:
        """All marks of somebody who is erased now."""
        until = _kept_until(now)
        trial = [Mark(mark=self.trial(user_id), campaign=None, until=until)] if had_trial else []
        return (*trial, *(Mark(mark=self.promo(each, user_id), campaign=each, until=until) for each in campaigns))

    def _mark(self, thing: str) -> bytes:
        return hmac.digest(self.secret, thing.encode(), sha256)


def _kept_until(now: Millis) -> Millis:
    """The first of the month after 24 months: no day that two marks of one person would share with nobody else."""
    made = datetime.fromtimestamp(now / 1000, UTC)
    months = made.year * 12 + made.month + MONTHS_KEPT  # months of the calendar count from 0
    first = datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
    return Millis(int(first.timestamp()) * 1000)
