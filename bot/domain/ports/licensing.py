"""The ledger of license time."""

from typing import Protocol

from bot.domain.ids import Millis, UserId
from bot.domain.licensing import LedgerEntry, LicenseBalance, NewLedgerEntry


class Ledger(Protocol):
    """license_events: append-only and hash-chained; user_licenses is rewritten from it in the same transaction."""

    async def append(self, user_id: UserId, entry: NewLedgerEntry, now: Millis) -> tuple[LedgerEntry, LicenseBalance]:
        """The row (the one that is there already, for an idempotency key that was seen) and what the user has with it.

        Raises LookupError for a user or an actor who is not there and for `takes` that never gave this user anything,
        ValueError for an idempotency key that belongs to another user's row.
        """
        ...

    async def entries(self, user_id: UserId) -> tuple[LedgerEntry, ...]:
        """All rows of a user, oldest first."""
        ...
