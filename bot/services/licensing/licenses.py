"""License time: every change is a ledger row; what follows from all of them is rewritten in the same transaction."""

from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.audit import AuditEntry
from bot.domain.errors import BadInput, LicenseNeeded
from bot.domain.ids import DAY, UserId
from bot.domain.licensing import (
    TRIAL_DAYS,
    EntryKind,
    Feature,
    LedgerEntry,
    LicenseBalance,
    LicenseType,
    Limit,
    NewLedgerEntry,
    derive,
    most,
    needed,
    opens,
)
from bot.domain.marks import Marks
from bot.domain.ports.clock import Clock
from bot.domain.ports.licensing import LicenseQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork

TRIAL_KEY: Final = "trial"  # once a user


def license_needed(feature: Feature, account_type: AccountType) -> LicenseNeeded:
    """What refuses a feature that is not open on accounts of that type; it names the lowest license that opens it."""
    kind = needed(feature, account_type)
    return LicenseNeeded("license-needed", kind="" if kind is None else kind.value, account_type=account_type.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Licenses:
    """The one place that gives and takes license time. `unit` is the caller's transaction."""

    reads: Reads
    transactions: Transactions
    queries: LicenseQueries
    clock: Clock
    marks: Marks

    async def give(
        self,
        unit: UnitOfWork,
        user_id: UserId,
        *,
        kind: EntryKind,
        license_type: LicenseType,
        millis: int,
        idempotency_key: str,
        actor: UserId | None,
        note: str = "",
    ) -> tuple[LedgerEntry, LicenseBalance]:
        """Add time, 1 ms to ten years. The same `idempotency_key` twice is one row, answered as the first time.

        Raises ValueError for time out of that range or a kind that gives none, LookupError for an unknown user.
        """
        entry = NewLedgerEntry(
            kind=kind,
            license_type=license_type,
            millis=millis,
            takes=None,
            idempotency_key=idempotency_key,
            actor=actor,
            note=note,
        )
        return await self._append(unit, user_id, entry)

    async def take(
        self,
        unit: UnitOfWork,
        user_id: UserId,
        *,
        kind: EntryKind,
        takes: int | None,
        idempotency_key: str,
        actor: UserId | None,
        note: str = "",
        millis: int = 0,
    ) -> tuple[LedgerEntry, LicenseBalance]:
        """Take the unused rest of one giving row (`takes`: its id), or of all (None). Once an `idempotency_key`.

        A correction may take `millis` of it. Raises ValueError for a kind that takes nothing, LookupError for an
        unknown user or a row that is not theirs.
        """
        entry = NewLedgerEntry(
            kind=kind,
            license_type=None,
            millis=millis,
            takes=takes,
            idempotency_key=idempotency_key,
            actor=actor,
            note=note,
        )
        return await self._append(unit, user_id, entry)

    async def may(self, user_id: UserId, feature: Feature, account_type: AccountType) -> bool:
        """What order entry and strategies ask, by one cached read. Closing and stops never ask."""
        return opens(await self.held(user_id), feature, account_type)

    async def most(self, user_id: UserId, limit: Limit) -> int:
        """How many strategies, providers or accounts there may be now."""
        return most(await self.held(user_id), limit)

    async def held(self, user_id: UserId) -> LicenseType | None:
        """What covers this moment; None: nothing."""
        return (await self.reads.license(user_id)).type_at(self.clock.now())

    async def balance(self, user_id: UserId) -> LicenseBalance:
        """What follows from a user's ledger as it stands."""
        return derive(await self.queries.ledger_entries(user_id), self.clock.now())

    async def may_try(self, user_id: UserId) -> bool:
        """Whether the trial is still open: nobody has it twice, and nobody needs it while a license runs."""
        known = await self.reads.license(user_id)
        return not known.had_trial and not known.is_active(self.clock.now())

    async def start_trial(self, user_id: UserId) -> LicenseBalance:
        """Seven days, once. Raises BadInput for a second time."""
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            if any(each.kind is EntryKind.TRIAL for each in await unit.ledger.entries(user_id)):
                raise BadInput("license-trial-had")
            if await unit.privacy.is_marked(self.marks.trial(user_id)):
                raise BadInput("license-trial-had-before")
            _, license_balance = await self.give(
                unit,
                user_id,
                kind=EntryKind.TRIAL,
                license_type=LicenseType.TRIAL,
                millis=TRIAL_DAYS * DAY,
                idempotency_key=TRIAL_KEY,
                actor=None,
            )
            details = f"{TRIAL_DAYS} days"
            await unit.audit(AuditEntry(actor=user_id, action="license.trial", subject=user_id, details=details), now)
        return license_balance

    async def _append(
        self, unit: UnitOfWork, user_id: UserId, entry: NewLedgerEntry
    ) -> tuple[LedgerEntry, LicenseBalance]:
        return await unit.ledger.append(user_id, entry, self.clock.now())
