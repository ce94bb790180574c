"""What admins do to a user: license time, bans, roles; each in one transaction with its audit row and its message."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Final

from bot.domain.admin import MOST_DAYS, Act, Deed, ErrorNote, UserFacts
from bot.domain.audit import AuditEntry, AuditRow
from bot.domain.cause import without_cause
from bot.domain.chat import Promise
from bot.domain.errors import BadInput, StorageTrouble
from bot.domain.events import RoleChanged, UserBanned
from bot.domain.ids import DAY, ChatId, Millis, UserId
from bot.domain.licensing import EntryKind, License, LicenseType, Standing
from bot.domain.ports.admin import DeskQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Queries, Transactions, UnitOfWork
from bot.domain.promo import starts_after
from bot.domain.users import Role, UserConfig
from bot.services.licensing.licenses import Licenses
from bot.services.users.access import Access
from bot.services.users.pin import PinDesk

GIVEN_ROLES: Final = (Role.USER, Role.SUPPORT, Role.ADMIN)  # owners are made by the settings or an owner link
_FACTS_DAYS: Final = 30
_SELF_SERVED: Final = frozenset({Act.GRANT, Act.EXTEND})
MAX_REASON: Final = 300
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whoever a card is about, as far as an admin may see: no key, no balance."""

    config: UserConfig
    role: Role
    license: License
    facts: UserFacts
    has_pin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a confirmed deed would change. `starts` and `until` are None where no license time is added."""

    subject: Subject
    starts: Millis | None = None
    until: Millis | None = None
    was_until: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Looks people up and does what was confirmed."""

    reads: Reads
    queries: DeskQueries
    records: Queries
    transactions: Transactions
    licenses: Licenses
    access: Access
    pin: PinDesk
    clock: Clock

    async def subject(self, user_id: UserId) -> Subject:
        """Raises BadInput for an unknown user."""
        now = self.clock.now()
        config = await self.reads.user_config(user_id)
        facts = await self.queries.user_facts(user_id, Millis(now - _FACTS_DAYS * DAY))
        if config is None or facts is None:
            raise BadInput("desk-unknown-user", user=str(user_id))
        return Subject(
            config=config,
            role=self.access.role(config),
            license=await self.reads.license(user_id),
            facts=facts,
            has_pin=await self.pin.stored(user_id) is not None,
        )

    async def preview(self, actor: UserConfig, deed: Deed) -> Preview:
        """What it would come to. Raises BadInput for what may not be, or would change nothing."""
        subject = await self.subject(deed.user_id)
        self._refuse(actor, subject, deed)
        now = self.clock.now()
        held = subject.license
        if deed.license_type is None:
            return Preview(subject=subject, was_until=held.until(now))
        added = deed.days * DAY
        starts = starts_after(held, deed.license_type, now)
        until = Millis((held.until(now) or now) + added)
        return Preview(subject=subject, starts=starts, until=until, was_until=held.until(now))

    async def perform(self, actor: UserConfig, deed: Deed) -> Preview:
        """Do it: effect, ledger, audit and the message to the user in one transaction. Raises like `preview`."""
        seen = await self.preview(actor, deed)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            kind, values = await self._apply(unit, actor.user_id, deed)
            entry = AuditEntry(
                actor=actor.user_id, action=_ACTIONS[deed.act], subject=deed.user_id, details=_details(deed)
            )
            await unit.audit(entry, now)
            await unit.promise(
                Promise(
                    user_id=deed.user_id,
                    chat_id=ChatId(deed.user_id),
                    kind=kind,
                    values=values,
                    cause=f"desk:{deed.nonce}",
                ),
                now,
            )
        if deed.act is Act.ROLE:
            self.pin.close(deed.user_id)
        return seen

    async def audit_page(
        self, *, before: int | None, area: str | None, subject: UserId | None, limit: int
    ) -> tuple[AuditRow, ...]:
        """Newest first, below the row `before`."""
        return await self.records.audit_page(before=before, area=area, subject=subject, limit=limit)

    async def names(self, rows: Iterable[AuditRow]) -> Mapping[UserId, str]:
        """What those people are called now; the erased ones have no name."""
        people = {each.user_id for row in rows for each in (row.actor, row.subject) if each is not None}
        return await self.queries.first_names(tuple(sorted(each for each in people if each is not None)))

    async def note_denied(self, config: UserConfig, what: str) -> None:
        """Somebody without the role tried an admin's command: an audit row, and no sign of it to them."""
        if not config.accounts:
            return  # a guest of a group: nothing is stored of them
        now = self.clock.now()
        with without_cause():
            async with self.transactions.begin() as unit:
                entry = AuditEntry(actor=config.user_id, action="desk.denied", subject=None, details=what)
                await unit.audit(entry, now)

    async def note_error(self, user_id: UserId, reference: str, error: Exception) -> None:
        """Keep where to look in the log; that this failed too is logged and no more."""
        note = ErrorNote(reference=reference, kind=type(error).__name__, at=self.clock.now())
        try:
            with without_cause():
                async with self.transactions.begin() as unit:
                    await unit.desk_notes.note_error(user_id, note)
        except StorageTrouble:
            _logger.warning("the reference %s could not be kept", reference)

    def _refuse(self, actor: UserConfig, subject: Subject, deed: Deed) -> None:
        self._refuse_rank(actor, subject, deed)
        match deed.act:
            case Act.GRANT | Act.EXTEND:
                if not 1 <= deed.days <= MOST_DAYS:
                    raise BadInput("desk-days-range", most=MOST_DAYS)
            case Act.REVOKE:
                if not subject.license.is_active(self.clock.now()):
                    raise BadInput("desk-nothing-to-revoke")
            case Act.BAN | Act.UNBAN:
                if subject.config.is_banned is (deed.act is Act.BAN):
                    raise BadInput("desk-ban-as-is", state="banned" if subject.config.is_banned else "free")
            case Act.ROLE:
                self._refuse_role(self.access.role(actor), subject, deed)

    def _refuse_rank(self, actor: UserConfig, subject: Subject, deed: Deed) -> None:
        """Nobody acts on somebody of their own rank or above; on oneself, only license time is given."""
        if actor.user_id == deed.user_id:
            if deed.act not in _SELF_SERVED:
                raise BadInput("desk-not-yourself")
        elif self.access.role(actor).rank <= subject.role.rank:
            raise BadInput("desk-not-above", role=subject.role.value)

    @staticmethod
    def _refuse_role(held: Role, subject: Subject, deed: Deed) -> None:
        if held is not Role.OWNER or deed.role not in GIVEN_ROLES:
            raise BadInput("desk-role-usage")
        if deed.role is subject.role:
            raise BadInput("desk-role-as-is", role=subject.role.value)

    async def _apply(self, unit: UnitOfWork, actor: UserId, deed: Deed) -> tuple[str, Mapping[str, str]]:
        """The effect, and what the user is told."""
        match deed.act:
            case Act.GRANT | Act.EXTEND:
                standing = await self._give(unit, actor, deed)
                return "desk-granted", _given(deed, standing)
            case Act.REVOKE:
                await self.licenses.take(
                    unit,
                    deed.user_id,
                    kind=EntryKind.REVOCATION,
                    takes=None,
                    cause=f"desk:{deed.nonce}",
                    actor=actor,
                    note=deed.reason,
                )
                return "desk-revoked", {}
            case Act.BAN | Act.UNBAN:
                await unit.users.set_banned(deed.user_id, banned=deed.act is Act.BAN)
                unit.record(UserBanned(user_id=deed.user_id))
                return ("banned" if deed.act is Act.BAN else "unbanned"), {}
            case Act.ROLE:
                role = deed.role or Role.USER
                await unit.users.set_role(deed.user_id, role)
                unit.record(RoleChanged(user_id=deed.user_id))
                return "desk-role", {"role": role.value}

    async def _give(self, unit: UnitOfWork, actor: UserId, deed: Deed) -> Standing:
        _, standing = await self.licenses.give(
            unit,
            deed.user_id,
            kind=EntryKind.GRANT if deed.act is Act.GRANT else EntryKind.EXTENSION,
            license_type=deed.license_type or LicenseType.TRIAL,
            millis=deed.days * DAY,
            cause=f"desk:{deed.nonce}",
            actor=actor,
            note=deed.reason,
        )
        return standing


def new_nonce() -> str:
    """What makes a deed one of its kind: twice confirmed is once done."""
    return token_hex(16)


_ACTIONS: Final[Mapping[Act, str]] = {
    Act.GRANT: "license.grant",
    Act.EXTEND: "license.extend",
    Act.REVOKE: "license.revoke",
    Act.BAN: "user.ban",
    Act.UNBAN: "user.unban",
    Act.ROLE: "role.set",
}


def _details(deed: Deed) -> str:
    """For the audit: what, and why."""
    match deed.act:
        case Act.GRANT | Act.EXTEND:
            kind = "" if deed.license_type is None else deed.license_type.value
            return f"{kind} {deed.days} d: {deed.reason}"
        case Act.ROLE:
            return f"{'' if deed.role is None else deed.role.value}: {deed.reason}"
        case _:
            return deed.reason


def _given(deed: Deed, standing: Standing) -> dict[str, str]:
    kind = "" if deed.license_type is None else deed.license_type.value
    return {"kind": kind, "days": str(deed.days), "end": str(standing.segments[-1].end)}
