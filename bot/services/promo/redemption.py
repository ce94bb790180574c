"""Redeeming promo codes: a preview that shows what a code would add, then one transaction that adds it.

Why a code gives nothing is told where nothing is found out by it: after its card was shown, of an admin's own word,
which many know, and to who used the campaign before. Of any other code, unknown, over, used up or paused is one and the
same answer, after one and the same work.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.audit import AuditEntry
from bot.domain.chat import outbox_message
from bot.domain.errors import BadInput
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import EntryKind, LicenseBalance, LicenseType
from bot.domain.ports.clock import Clock
from bot.domain.ports.promo import PromoCodeCipher, PromoQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.promo import (
    STAFF_TRIES,
    TRIES,
    TRIES_WITHIN,
    CampaignState,
    KnownCode,
    PromoGivenMessage,
    Redeemed,
    RefusalReason,
    Usage,
    starts_after,
)
from bot.domain.promo_codes import fold, is_word, suggestion, without_wrapping
from bot.domain.users import Role
from bot.services.licensing.licenses import Licenses
from bot.services.promo.alerts import PromoAlarms
from bot.services.users.access import RoleResolver
from bot.services.users.pin import PinService


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePreview:
    """What a code would add, and how it is asked for: `lookup` is the hex of what finds the code, not the code."""

    lookup: str
    recipient: UserId
    license_type: LicenseType
    days: int
    starts: Millis
    until: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """What a code did add, the same now and ever after."""

    recipient: UserId
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A code typed with Cyrillic letters, as it would be in Latin ones."""

    text: str = field(repr=False)
    lookup: str
    recipient: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Not valid, whatever the reason, unless that may be told; or, with `next_try`, too many wrong tries.

    `at` is when it ended or begins, where that is the reason; `tries`: how many wrong ones were too many.
    """

    next_try: Millis | None = None
    tries: int = TRIES
    reason: RefusalReason | None = None
    at: Millis | None = None


PreviewOutcome = CodePreview | Redemption | Suggestion | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemptions:
    """`requester` is who types, `recipient` whose license it is: another one only where an admin redeems for a user."""

    reads: Reads
    queries: PromoQueries
    transactions: Transactions
    licenses: Licenses
    cipher: PromoCodeCipher
    alarms: PromoAlarms
    pin: PinService
    roles: RoleResolver
    clock: Clock

    async def preview(self, requester: UserId, typed: str, recipient: UserId | None = None) -> PreviewOutcome:
        """What a typed code would do. Raises BadInput for a recipient whom nobody knows."""
        typed = without_wrapping(typed)
        latin = suggestion(typed)
        folded = fold(typed if latin is None else latin)
        return await self._preview(requester, self.cipher.lookup(folded or ""), recipient or requester, latin)

    def offer(self, requester: UserId, typed: str) -> Suggestion:
        """What may be a code, of which nobody was asked whether it is one: nothing is looked up, no try is counted."""
        text = without_wrapping(typed)
        return Suggestion(text=text, lookup=self.cipher.lookup(fold(text) or "").hex(), recipient=requester)

    async def preview_lookup(self, requester: UserId, lookup: str, recipient: UserId | None = None) -> PreviewOutcome:
        """The same for the [Use it] of a suggestion."""
        return await self._preview(requester, bytes.fromhex(lookup), recipient or requester, None)

    async def redeem(self, requester: UserId, lookup: str, recipient: UserId | None = None) -> Redemption | Refusal:
        """Add the time, once: a second call answers the same. Count, ledger row and audit row are one transaction.

        Raises PinRequired where an admin gives another one more than the PIN leaves free.
        """
        owner = recipient or requester
        async with self.transactions.begin() as unit:
            code = await unit.promo.find(bytes.fromhex(lookup), owner)
            if code is None:
                return Refusal()
            return _redeemed(code, owner) or await self._redeem(unit, code, requester, owner)

    async def history(self, user_id: UserId, limit: int) -> tuple[Redeemed, ...]:
        """What a user has redeemed, the newest first."""
        return await self.queries.redeemed_by(user_id, limit)

    async def _preview(self, requester: UserId, lookup: bytes, recipient: UserId, latin: str | None) -> PreviewOutcome:
        if recipient != requester and await self.reads.user_config(recipient) is None:
            raise BadInput("promo-unknown-user", user=recipient)
        now = self.clock.now()
        most = await self._tries_of(requester)
        # what was seen or mistyped is not the effect of this update: it may be shown again
        async with self.transactions.begin_aside() as unit:
            tries = await unit.promo.tries(requester, Millis(now - TRIES_WITHIN), most)
            if len(tries) >= most:
                return Refusal(next_try=_next_try(tries), tries=most)
            if latin is not None:
                return Suggestion(text=latin, lookup=lookup.hex(), recipient=recipient)
            code = await unit.promo.find(lookup, recipient)
            if code is not None and (redemption := _redeemed(code, recipient)) is not None:
                return redemption
            reason = None if code is None else code.refusal(now)
            if code is not None and reason is not None and self._may_be_told(code, reason):
                return _refused(code, reason)
            if code is None or reason is not None:
                await unit.promo.add_try(requester, now)
                await self.alarms.guessed(unit, now)
                return Refusal()
            await self._refuse_marked(unit, code, recipient)
            await unit.promo.opened(code.campaign.campaign_id, recipient, now)
        return await self._code_preview(code, lookup, recipient, now)

    async def _refuse_marked(self, unit: UnitOfWork, code: KnownCode, recipient: UserId) -> None:
        """Raises BadInput for whoever redeemed a code of the campaign before they had everything erased."""
        if await unit.privacy.is_marked(self.licenses.marks.promo(code.campaign.campaign_id, recipient)):
            raise BadInput("promo-used-before-forget")

    async def _code_preview(self, code: KnownCode, lookup: bytes, recipient: UserId, now: Millis) -> CodePreview:
        terms = code.campaign.terms
        starts = starts_after(await self.reads.license(recipient), terms.license_type, now)
        return CodePreview(
            lookup=lookup.hex(),
            recipient=recipient,
            license_type=terms.license_type,
            days=terms.days,
            starts=starts,
            until=Millis(starts + terms.days * DAY),
        )

    async def _redeem(
        self, unit: UnitOfWork, code: KnownCode, requester: UserId, recipient: UserId
    ) -> Redemption | Refusal:
        now = self.clock.now()
        if (refusal := code.refusal(now)) is not None:
            return _refused(code, refusal)
        await self._refuse_marked(unit, code, recipient)
        actor = None if requester == recipient else requester
        use = await unit.promo.use(code, recipient, actor, now)
        if use is None:
            return Refusal()
        terms = code.campaign.terms
        if actor is not None:
            await self.pin.demand_for_days(unit, actor, terms.days, f"promo-use:{use.usage_id}")
        entry, license_balance = await self.licenses.give(
            unit,
            recipient,
            kind=EntryKind.PROMO,
            license_type=terms.license_type,
            millis=terms.days * DAY,
            idempotency_key=f"promo:{use.usage_id}",
            actor=actor,
        )
        until = _end_of(license_balance, terms.license_type)
        await unit.promo.attach_grant(use.usage_id, entry.entry_id, until)
        details = f"campaign {code.campaign.campaign_id}, usage {use.usage_id}, {terms.license_type} {terms.days} d"
        await unit.audit(AuditEntry(actor=requester, action="promo.redeem", subject=recipient, details=details), now)
        await self.alarms.used(unit, code.campaign, use, now)
        if actor is not None:
            given = PromoGivenMessage(kind=terms.license_type, days=terms.days, date=until)
            message = outbox_message(given, user_id=recipient, idempotency_key=f"promo:{use.usage_id}")
            await unit.enqueue(message, now)
        usage = Usage(usage_id=use.usage_id, license_type=terms.license_type, days=terms.days, at=now, until=until)
        return Redemption(recipient=recipient, usage=usage)

    async def _tries_of(self, requester: UserId) -> int:
        """Wrong tries in a quarter of an hour: admins type for customers, and are known."""
        config = await self.reads.user_config(requester)
        is_admin = config is not None and self.roles.role(config).rank >= Role.ADMIN.rank
        return STAFF_TRIES if is_admin else TRIES

    def _may_be_told(self, code: KnownCode, reason: RefusalReason) -> bool:
        """Whether the reason helps nobody to find codes out."""
        return reason is RefusalReason.ANOTHER_USED or is_word(self.cipher.open_code(code.sealed).reveal())


def _refused(code: KnownCode, reason: RefusalReason) -> Refusal:
    terms = code.campaign.terms
    at = {RefusalReason.ENDED: terms.ends, RefusalReason.EARLY: terms.starts}.get(reason)
    return Refusal(reason=reason, at=at)


def _redeemed(code: KnownCode, recipient: UserId) -> Redemption | None:
    """What this recipient got by it before; nothing if the campaign was called back since."""
    if code.usage is None or code.campaign.state is CampaignState.UNDONE:
        return None
    return Redemption(recipient=recipient, usage=code.usage)


def _next_try(tries: Sequence[Millis]) -> Millis:
    """When the oldest of the newest wrong tries, as many as one has, is a quarter of an hour old."""
    return Millis(tries[-1] + TRIES_WITHIN)


def _end_of(license_balance: LicenseBalance, license_type: LicenseType) -> Millis:
    """New time is the last of its type, so it ends where the type does."""
    return next(each.end for each in reversed(license_balance.segments) if each.license_type is license_type)
