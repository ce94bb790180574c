"""Reads of license time and of its ledger."""

from bot.domain.ids import Millis, UserId
from bot.domain.licensing import LedgerEntry, License
from bot.domain.marks import Marks
from bot.domain.reminders import EndingLicense
from storage.licensing.ledger import SELECT_EVENTS_OF_USER, SELECT_TRIAL, entry_of
from storage.licensing.licenses import SELECT_ENDING, SELECT_LICENSE, ending_of, license_of
from storage.sqlite.database import Database


class SqliteLicenseQueries:
    """Implements `bot.domain.ports.licensing.LicenseQueries`; each method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database, marks: Marks) -> None:
        self._database = database
        self._marks = marks

    async def license(self, user_id: UserId, now: Millis) -> License:
        """The license that counts at `now`; one that ended is answered too, with its dates."""
        spans = await self._database.fetch(SELECT_LICENSE, (user_id, now))
        trials = await self._database.fetch(SELECT_TRIAL, (user_id, self._marks.trial(user_id)))
        return license_of(spans, user_id, had_trial=bool(trials))

    async def ledger_entries(self, user_id: UserId) -> tuple[LedgerEntry, ...]:
        return tuple(map(entry_of, await self._database.fetch(SELECT_EVENTS_OF_USER, (user_id,))))

    async def ending_licenses(
        self, after: tuple[Millis, UserId], until: Millis, limit: int, now: Millis
    ) -> tuple[EndingLicense, ...]:
        rows = await self._database.fetch(SELECT_ENDING, (*after, until, limit, now))
        return tuple(map(ending_of, rows))
