"""Redeeming promo codes: a look that shows what a code would add, then one transaction that adds it.

A code that is unknown, over, used up or paused gets one and the same answer, after one and the same work.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.audit import AuditEntry
from bot.domain.cause import without_cause
from bot.domain.errors import BadInput
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import EntryKind, LicenseType, Standing
from bot.domain.ports.clock import Clock
from bot.domain.ports.promo import CodeSafe, PromoQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.promo import TRIES, TRIES_WITHIN, CampaignState, KnownCode, Redeemed, Usage, starts_after
from bot.domain.promo_codes import fold, suggestion
from bot.services.licensing.licenses import Licenses
from bot.services.promo.alerts import PromoAlarms, private_promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a code would add, and how it is asked for: `lookup` is the hex of what finds the code, not the code."""

    lookup: str
    holder: UserId
    license_type: LicenseType
    days: int
    starts: Millis
    until: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """What a code did add, the same now and ever after."""

    holder: UserId
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A code typed with Cyrillic letters, as it would be in Latin ones."""

    text: str
    lookup: str
    holder: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Not valid, whatever the reason; or, with `next_try`, too many wrong tries."""

    next_try: Millis | None = None


Look = Offer | Redemption | Suggestion | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemptions:
    """`seeker` is who types, `holder` whose license it is: another one only where an admin redeems for a user."""

    reads: Reads
    queries: PromoQueries
    transactions: Transactions
    licenses: Licenses
    safe: CodeSafe
    alarms: PromoAlarms
    clock: Clock

    async def look(self, seeker: UserId, typed: str, holder: UserId | None = None) -> Look:
        """What a typed code would do. Raises BadInput for a holder whom nobody knows."""
        latin = suggestion(typed)
        folded = fold(typed if latin is None else latin)
        return await self._look(seeker, self.safe.lookup(folded or ""), holder or seeker, latin)

    async def look_up(self, seeker: UserId, lookup: str, holder: UserId | None = None) -> Look:
        """The same for the [Use it] of a suggestion."""
        return await self._look(seeker, bytes.fromhex(lookup), holder or seeker, None)

    async def redeem(self, seeker: UserId, lookup: str, holder: UserId | None = None) -> Redemption | Refusal:
        """Add the time, once: a second call answers the same. Count, ledger row and audit row are one transaction."""
        owner = holder or seeker
        async with self.transactions.begin() as unit:
            code = await unit.promo.find(bytes.fromhex(lookup), owner)
            if code is None:
                return Refusal()
            return _redeemed(code, owner) or await self._redeem(unit, code, seeker, owner)

    async def history(self, user_id: UserId, limit: int) -> tuple[Redeemed, ...]:
        """What a user has redeemed, the newest first."""
        return await self.queries.redeemed_by(user_id, limit)

    async def _look(self, seeker: UserId, lookup: bytes, holder: UserId, latin: str | None) -> Look:
        if holder != seeker and await self.reads.user_config(holder) is None:
            raise BadInput("promo-unknown-user", user=holder)
        now = self.clock.now()
        with without_cause():  # what was seen or mistyped is not the effect of this update: it may be shown again
            async with self.transactions.begin() as unit:
                tries = await unit.promo.tries(seeker, Millis(now - TRIES_WITHIN))
                if len(tries) >= TRIES:
                    return Refusal(next_try=_next_try(tries))
                if latin is not None:
                    return Suggestion(text=latin, lookup=lookup.hex(), holder=holder)
                code = await unit.promo.find(lookup, holder)
                if code is not None and (redemption := _redeemed(code, holder)) is not None:
                    return redemption
                if code is None or not code.is_open(now):
                    await unit.promo.add_try(seeker, now)
                    await self.alarms.guessed(unit, now)
                    return Refusal()
                await unit.promo.opened(code.campaign.campaign_id, holder, now)
        return await self._offer(code, lookup, holder, now)

    async def _offer(self, code: KnownCode, lookup: bytes, holder: UserId, now: Millis) -> Offer:
        terms = code.campaign.terms
        starts = starts_after(await self.reads.license(holder), terms.license_type, now)
        return Offer(
            lookup=lookup.hex(),
            holder=holder,
            license_type=terms.license_type,
            days=terms.days,
            starts=starts,
            until=Millis(starts + terms.days * DAY),
        )

    async def _redeem(self, unit: UnitOfWork, code: KnownCode, seeker: UserId, holder: UserId) -> Redemption | Refusal:
        now = self.clock.now()
        actor = None if seeker == holder else seeker
        use = await unit.promo.use(code, holder, actor, now)
        if use is None:
            return Refusal()
        terms = code.campaign.terms
        entry, standing = await self.licenses.give(
            unit,
            holder,
            kind=EntryKind.PROMO,
            license_type=terms.license_type,
            millis=terms.days * DAY,
            cause=f"promo:{use.usage_id}",
            actor=actor,
        )
        until = _end_of(standing, terms.license_type)
        await unit.promo.settle(use.usage_id, entry.entry_id, until)
        details = f"campaign {code.campaign.campaign_id}, usage {use.usage_id}, {terms.license_type} {terms.days} d"
        await unit.audit(AuditEntry(actor=seeker, action="promo.redeem", subject=holder, details=details), now)
        await self.alarms.used(unit, code.campaign, use, now)
        if actor is not None:
            values = {"kind": terms.license_type.value, "days": str(terms.days), "date": str(until)}
            await unit.promise(private_promise(holder, "promo-given", values, f"promo:{use.usage_id}"), now)
        usage = Usage(usage_id=use.usage_id, license_type=terms.license_type, days=terms.days, at=now, until=until)
        return Redemption(holder=holder, usage=usage)


def _redeemed(code: KnownCode, holder: UserId) -> Redemption | None:
    """What this holder got by it before; nothing if the campaign was called back since."""
    if code.usage is None or code.campaign.state is CampaignState.UNDONE:
        return None
    return Redemption(holder=holder, usage=code.usage)


def _next_try(tries: Sequence[Millis]) -> Millis:
    """When the oldest of the newest five wrong tries is a quarter of an hour old."""
    return Millis(tries[TRIES - 1] + TRIES_WITHIN)


def _end_of(standing: Standing, license_type: LicenseType) -> Millis:
    """New time is the last of its type, so it ends where the type does."""
    return next(each.end for each in reversed(standing.segments) if each.license_type is license_type)
