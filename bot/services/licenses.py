"""License time: every change is a ledger row; what follows from all of them is rewritten in the same transaction."""

from dataclasses import dataclass

from bot.domain.events import LicenseChanged
from bot.domain.licensing import EntryKind, Feature, LedgerEntry, Standing, opens
from bot.domain.model import AccountType, LicenseType, UserId
from bot.domain.ports import Clock, NewLedgerEntry, Queries, Reads, Transactions, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Licenses:
    """The one place that gives and takes license time. `unit` is the caller's transaction."""

    reads: Reads
    transactions: Transactions
    queries: Queries
    clock: Clock

    async def give(
        self,
        unit: UnitOfWork,
        user_id: UserId,
        *,
        kind: EntryKind,
        license_type: LicenseType,
        millis: int,
        cause: str,
        actor: UserId | None,
        note: str = "",
    ) -> tuple[LedgerEntry, Standing]:
        """Add time. The same `cause` twice is one row: the second call answers the first one's."""
        entry = NewLedgerEntry(
            kind=kind, license_type=license_type, millis=millis, takes=None, cause=cause, actor=actor, note=note
        )
        return await self._append(unit, user_id, entry)

    async def take(
        self,
        unit: UnitOfWork,
        user_id: UserId,
        *,
        kind: EntryKind,
        takes: int | None,
        cause: str,
        actor: UserId | None,
        note: str = "",
    ) -> tuple[LedgerEntry, Standing]:
        """Take the unused rest of one giving row (`takes`: its id), or of all of them (None)."""
        entry = NewLedgerEntry(kind=kind, license_type=None, millis=0, takes=takes, cause=cause, actor=actor, note=note)
        return await self._append(unit, user_id, entry)

    async def may(self, user_id: UserId, feature: Feature, account_type: AccountType) -> bool:
        """What order entry and strategies ask, by one cached read. Closing and stops never ask."""
        license_ = await self.reads.license(user_id)
        return opens(license_.type_at(self.clock.now()), feature, account_type)

    async def _append(self, unit: UnitOfWork, user_id: UserId, entry: NewLedgerEntry) -> tuple[LedgerEntry, Standing]:
        written, standing = await unit.ledger.append(user_id, entry, self.clock.now())
        unit.record(LicenseChanged(user_id=user_id))
        return written, standing
