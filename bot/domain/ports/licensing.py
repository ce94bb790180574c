"""The ledger of license time, and its reads."""

from typing import Protocol

from bot.domain.ids import Millis, UserId
from bot.domain.licensing import LedgerEntry, License, LicenseBalance, NewLedgerEntry
from bot.domain.reminders import EndingLicense


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


class LicenseQueries(Protocol):
    """Reads of license time. Raises StorageTrouble."""

    async def license(self, user_id: UserId, now: Millis) -> License:
        """The license that counts at `now`; one that ended is answered too, with its dates."""
        ...

    async def ledger_entries(self, user_id: UserId) -> tuple[LedgerEntry, ...]:
        """A user's rows of the license ledger, oldest first; none for a user who is not there."""
        ...

    async def ending_licenses(
        self, after: tuple[Millis, UserId], until: Millis, limit: int, now: Millis
    ) -> tuple[EndingLicense, ...]:
        """Segments that end after that end and user and before that moment, by end and user; nobody banned."""
        ...
