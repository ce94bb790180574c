"""What admins do to a user: license time, bans, roles; each in one transaction with its audit row and its message."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Final

from bot.domain.admin import (
    MOST_DAYS,
    AdminAction,
    AdminActionKind,
    BannedMessage,
    ErrorNote,
    LicenseGivenMessage,
    LicenseRevokedMessage,
    RoleChangedMessage,
    UnbannedMessage,
    UserFacts,
    UserFilter,
    UserLine,
)
from bot.domain.audit import AuditEntry, AuditRow
from bot.domain.chat import OutboxPayload, outbox_message
from bot.domain.errors import BadInput, StorageTrouble
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import (
    EntryKind,
    HeldGrant,
    LedgerLine,
    License,
    LicenseBalance,
    LicenseType,
    RemainingGrant,
    derive,
)
from bot.domain.ports.admin import AdminQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.promo import starts_after
from bot.domain.users import Role, UserConfig
from bot.services.licensing.licenses import Licenses
from bot.services.users.access import RoleResolver
from bot.services.users.pin import PinService

GIVEN_ROLES: Final = (Role.USER, Role.SUPPORT, Role.ADMIN)  # owners are made by the settings or an owner link
_FACTS_DAYS: Final = 30
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
    """What a confirmed admin action would change.

    `starts` is None where no license time is added. `until` is when all of it would end, None where nothing would be
    left or nothing changes; `taken` is what a revocation takes, ms.
    """

    subject: Subject
    starts: Millis | None = None
    until: Millis | None = None
    taken: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAdmin:
    """Looks people up and does what was confirmed."""

    reads: Reads
    queries: AdminQueries
    transactions: Transactions
    licenses: Licenses
    roles: RoleResolver
    pin: PinService
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
            role=self.roles.role(config),
            license=await self.reads.license(user_id),
            facts=facts,
            has_pin=await self.pin.stored(user_id) is not None,
        )

    async def users(self, shown: UserFilter, page: int, size: int) -> tuple[tuple[UserLine, ...], bool]:
        """A page of a list, and whether there is another behind it."""
        found = await self.queries.users(shown, self.clock.now(), offset=page * size, limit=size + 1)
        return self._with_roles(found[:size]), len(found) > size

    async def users_of_campaign(self, campaign_id: int, page: int, size: int) -> tuple[tuple[UserLine, ...], bool]:
        """The same of those who redeemed a campaign."""
        now = self.clock.now()
        found = await self.queries.users_of_campaign(campaign_id, now, offset=page * size, limit=size + 1)
        return self._with_roles(found[:size]), len(found) > size

    async def find_users(self, typed: str, limit: int) -> tuple[UserLine, ...]:
        """By id, @name or the beginning of a name."""
        return self._with_roles(await self.queries.find_users(typed, self.clock.now(), limit=limit))

    async def preview(self, actor: UserConfig, admin_action: AdminAction) -> Preview:
        """What it would come to. Raises BadInput for what may not be, or would change nothing."""
        subject = await self.subject(admin_action.user_id)
        self._refuse(actor, subject, admin_action)
        now = self.clock.now()
        held = subject.license
        if admin_action.kind is AdminActionKind.REVOKE:
            return await self._preview_revocation(subject, admin_action)
        if admin_action.license_type is None:
            return Preview(subject=subject)
        added = admin_action.days * DAY
        starts = starts_after(held, admin_action.license_type, now)
        until = Millis((held.until(now) or now) + added)
        return Preview(subject=subject, starts=starts, until=until)

    async def grants(self, user_id: UserId) -> tuple[HeldGrant, ...]:
        """What is left of somebody's license time, row by row, in the order in which it will be used."""
        lines = {each.entry.entry_id: each for each in await self.queries.license_history(user_id)}
        balance = derive([each.entry for each in lines.values()], self.clock.now())
        return tuple(
            HeldGrant(line=lines[each.entry_id], license_type=each.license_type, left=each.left)
            for each in balance.grants
        )

    async def history(self, user_id: UserId) -> tuple[LedgerLine, ...]:
        """Everything that was given to somebody and taken, the oldest first."""
        return await self.queries.license_history(user_id)

    async def perform(self, actor: UserConfig, admin_action: AdminAction) -> Preview:
        """Do it: effect, ledger, audit and the message to the user in one transaction.

        Raises PinRequired for roles, for much license time and for paid time that is taken, else like `preview`.
        """
        if admin_action.needs_pin:
            self.pin.demand(actor.user_id)
        seen = await self.preview(actor, admin_action)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            told = await self._apply(unit, actor.user_id, admin_action)
            entry = AuditEntry(
                actor=actor.user_id,
                action=_ACTIONS[admin_action.kind],
                subject=admin_action.user_id,
                details=_details(admin_action),
            )
            await unit.audit(entry, now)
            message = outbox_message(told, user_id=admin_action.user_id, idempotency_key=f"desk:{admin_action.nonce}")
            await unit.enqueue(message, now)
        if admin_action.kind is AdminActionKind.ROLE:
            self.pin.close(admin_action.user_id)
        return seen

    async def audit_page(
        self, *, before: int | None, area: str | None, subject: UserId | None, limit: int
    ) -> tuple[AuditRow, ...]:
        """Newest first, below the row `before`."""
        return await self.queries.audit_page(before=before, area=area, subject=subject, limit=limit)

    async def names(self, rows: Iterable[AuditRow]) -> Mapping[UserId, str]:
        """What those people are called now; the erased ones have no name."""
        people = {each.user_id for row in rows for each in (row.actor, row.subject) if each is not None}
        return await self.queries.first_names(tuple(sorted(each for each in people if each is not None)))

    async def note_denied(self, config: UserConfig, what: str) -> None:
        """Somebody without the role tried an admin's command: an audit row, and no sign of it to them."""
        if not config.accounts:
            return  # a guest of a group: nothing is stored of them
        now = self.clock.now()
        async with self.transactions.begin_aside() as unit:
            entry = AuditEntry(actor=config.user_id, action="desk.denied", subject=None, details=what)
            await unit.audit(entry, now)

    async def note_error(self, user_id: UserId, reference: str, error: Exception) -> None:
        """Keep where to look in the log; that this failed too is logged and no more."""
        note = ErrorNote(reference=reference, kind=type(error).__name__, at=self.clock.now())
        try:
            async with self.transactions.begin_aside() as unit:
                await unit.error_notes.note_error(user_id, note)
        except StorageTrouble:
            _logger.warning("the reference %s could not be kept", reference)

    def _with_roles(self, lines: Iterable[UserLine]) -> tuple[UserLine, ...]:
        """Owners of the settings are marked, whatever is stored of them."""
        owners = self.roles.owner_ids
        return tuple(replace(each, role=Role.OWNER) if each.user_id in owners else each for each in lines)

    def _refuse(self, actor: UserConfig, subject: Subject, admin_action: AdminAction) -> None:
        self._refuse_rank(actor, subject, admin_action)
        match admin_action.kind:
            case AdminActionKind.GRANT | AdminActionKind.EXTEND:
                if not 1 <= admin_action.days <= MOST_DAYS:
                    raise BadInput("desk-days-range", most=MOST_DAYS)
            case AdminActionKind.REVOKE:
                if not subject.license.is_active(self.clock.now()):
                    raise BadInput("desk-nothing-to-revoke")
            case AdminActionKind.BAN | AdminActionKind.UNBAN:
                if subject.config.is_banned is (admin_action.kind is AdminActionKind.BAN):
                    raise BadInput("desk-ban-as-is", state="banned" if subject.config.is_banned else "free")
            case AdminActionKind.ROLE:
                self._refuse_role(self.roles.role(actor), subject, admin_action)

    def _refuse_rank(self, actor: UserConfig, subject: Subject, admin_action: AdminAction) -> None:
        """Nobody acts on somebody of their own rank or above; on oneself, only license time is given."""
        if actor.user_id == admin_action.user_id:
            if not admin_action.kind.gives_time:
                raise BadInput("desk-not-yourself")
        elif self.roles.role(actor).rank <= subject.role.rank:
            raise BadInput("desk-not-above", role=subject.role.value)

    @staticmethod
    def _refuse_role(held: Role, subject: Subject, admin_action: AdminAction) -> None:
        if held is not Role.OWNER or admin_action.role not in GIVEN_ROLES:
            raise BadInput("desk-role-usage")
        if admin_action.role is subject.role:
            raise BadInput("desk-role-as-is", role=subject.role.value)

    async def _apply(self, unit: UnitOfWork, actor: UserId, admin_action: AdminAction) -> OutboxPayload:
        """The effect, and what the user is told."""
        match admin_action.kind:
            case AdminActionKind.GRANT | AdminActionKind.EXTEND:
                license_balance = await self._give(unit, actor, admin_action)
                return _given(admin_action, license_balance)
            case AdminActionKind.REVOKE:
                return await self._revoke(unit, actor, admin_action)
            case AdminActionKind.BAN | AdminActionKind.UNBAN:
                await unit.users.set_banned(admin_action.user_id, banned=admin_action.kind is AdminActionKind.BAN)
                return BannedMessage() if admin_action.kind is AdminActionKind.BAN else UnbannedMessage()
            case AdminActionKind.ROLE:
                role = admin_action.role or Role.USER
                await unit.users.set_role(admin_action.user_id, role)
                return RoleChangedMessage(role=role)

    async def _revoke(self, unit: UnitOfWork, actor: UserId, admin_action: AdminAction) -> LicenseRevokedMessage:
        """Raises PinRequired before anything that was paid for is taken, BadInput where nothing of it is left."""
        balance = derive(await unit.ledger.entries(admin_action.user_id), self.clock.now())
        chosen = _chosen(balance.grants, admin_action)
        if not chosen:
            raise BadInput("desk-nothing-to-revoke")
        if any(each.kind is EntryKind.PAYMENT for each, _ in chosen):
            self.pin.demand(actor)
        for grant, taken in chosen:
            is_part = taken < grant.left
            _, balance = await self.licenses.take(
                unit,
                admin_action.user_id,
                kind=EntryKind.CORRECTION if is_part else EntryKind.REVOCATION,
                takes=grant.entry_id,
                idempotency_key=f"desk:{admin_action.nonce}:{grant.entry_id}",
                actor=actor,
                note=admin_action.reason,
                millis=taken if is_part else 0,
            )
        end = balance.segments[-1].end if balance.segments else None
        return LicenseRevokedMessage(span=sum(taken for _, taken in chosen), end=end, reason=admin_action.reason)

    async def _preview_revocation(self, subject: Subject, admin_action: AdminAction) -> Preview:
        grants = (await self.licenses.balance(admin_action.user_id)).grants
        taken = sum(taken for _, taken in _chosen(grants, admin_action))
        left = sum(each.left for each in grants) - taken
        until = Millis(self.clock.now() + left) if left else None
        return Preview(subject=subject, until=until, taken=taken)

    async def _give(self, unit: UnitOfWork, actor: UserId, admin_action: AdminAction) -> LicenseBalance:
        await self.pin.demand_for_days(unit, actor, admin_action.days, f"desk:{admin_action.nonce}")
        _, license_balance = await self.licenses.give(
            unit,
            admin_action.user_id,
            kind=EntryKind.GRANT if admin_action.kind is AdminActionKind.GRANT else EntryKind.EXTENSION,
            license_type=admin_action.license_type or LicenseType.TRIAL,
            millis=admin_action.days * DAY,
            idempotency_key=f"desk:{admin_action.nonce}",
            actor=actor,
            note=admin_action.reason,
        )
        return license_balance


def _chosen(grants: Sequence[RemainingGrant], admin_action: AdminAction) -> list[tuple[RemainingGrant, int]]:
    """The rows that a revocation takes from, and how much of each, ms. Days are those of one row."""
    chosen = [each for each in grants if not admin_action.entries or each.entry_id in admin_action.entries]
    if admin_action.days:
        return [(each, min(each.left, admin_action.days * DAY)) for each in chosen[:1]]
    return [(each, each.left) for each in chosen]


def new_nonce() -> str:
    """What makes a admin action one of its kind: twice confirmed is once done."""
    return token_hex(16)


_ACTIONS: Final[Mapping[AdminActionKind, str]] = {
    AdminActionKind.GRANT: "license.grant",
    AdminActionKind.EXTEND: "license.extend",
    AdminActionKind.REVOKE: "license.revoke",
    AdminActionKind.BAN: "user.ban",
    AdminActionKind.UNBAN: "user.unban",
    AdminActionKind.ROLE: "role.set",
}


def _details(admin_action: AdminAction) -> str:
    """For the audit: what, and why."""
    match admin_action.kind:
        case AdminActionKind.GRANT | AdminActionKind.EXTEND:
            kind = "" if admin_action.license_type is None else admin_action.license_type.value
            return f"{kind} {admin_action.days} d: {admin_action.reason}"
        case AdminActionKind.ROLE:
            return f"{'' if admin_action.role is None else admin_action.role.value}: {admin_action.reason}"
        case AdminActionKind.REVOKE:
            rows = ", ".join(map(str, admin_action.entries)) or "all"
            days = f"{admin_action.days} d of " if admin_action.days else ""
            return f"{days}rows {rows}: {admin_action.reason}"
        case _:
            return admin_action.reason


def _given(admin_action: AdminAction, license_balance: LicenseBalance) -> LicenseGivenMessage:
    kind = admin_action.license_type or LicenseType.TRIAL
    return LicenseGivenMessage(kind=kind, days=admin_action.days, end=license_balance.segments[-1].end)
