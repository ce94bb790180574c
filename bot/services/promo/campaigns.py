"""The admins' side of promo codes: make, show, pause, count, and call back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_bytes
from typing import Final

from bot.domain.admin import FREE_DAYS
from bot.domain.audit import AuditEntry
from bot.domain.chat import outbox_message
from bot.domain.errors import BadInput
from bot.domain.ids import Millis, UserId
from bot.domain.licensing import EntryKind, derive
from bot.domain.ports.clock import Clock
from bot.domain.ports.promo import PromoCodeCipher, PromoQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.promo import (
    UNDO_WAIT,
    Campaign,
    CampaignState,
    ClawBack,
    Funnel,
    HeldUsage,
    Pin,
    PromoTakenMessage,
    Redeemer,
    SealedCode,
    UndoStep,
    undo_step,
)
from bot.domain.promo_codes import Terms, TermsChange, fold, generated, is_surely_code, without_wrapping
from bot.domain.secrets import Secret
from bot.domain.users import Role
from bot.services.licensing.licenses import Licenses
from bot.services.promo.alerts import PromoAlarms
from bot.services.users.pin import PinService

LARGEST_SHOWN: Final = 10  # people named in the preview of an undo
PAGE: Final = 8  # campaigns or redemptions a page
NEWEST: Final = 2**63 - 1  # above every redemption's number
_ADMINS: Final = (Role.ADMIN, Role.OWNER)
_READ: Final = 200  # redemptions a read
_CHUNK: Final = 250  # codes made without a pause for others
_BATCH: Final = 20  # redemptions undone a transaction

Progress = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCampaign:
    """A campaign and its codes, this once without asking the safe."""

    campaign: Campaign
    codes: tuple[Secret, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCode:
    """A code, opened for an admin, with how often it was redeemed."""

    code: Secret
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoPreview:
    """What an undo would do now. `at`: from when on one may do it alone, where that is to be waited for.

    `is_creator`: the admin made the campaign; `asker`: who asked for the undo, as long as that holds.
    """

    campaign: Campaign
    step: UndoStep
    is_creator: bool
    asker: UserId | None
    at: Millis | None
    people: int
    millis: int
    largest: tuple[ClawBack, ...]


async def _silent(_: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignService:
    """Every act is one audit row. Roles are the guards' business.

    The PIN stands before what gives license time to others: much of it, codes that are shown, what opens again.
    """

    reads: Reads
    queries: PromoQueries
    transactions: Transactions
    licenses: Licenses
    cipher: PromoCodeCipher
    alarms: PromoAlarms
    pin: PinService
    clock: Clock
    random_bytes: Callable[[int], bytes] = token_bytes

    def seal(self, code: str) -> SealedCode:
        """An own code as it may lie in the database while its creation is asked about."""
        return self.cipher.seal(Secret(code), self.cipher.lookup(fold(code) or ""))

    async def campaign_of(self, admin: UserId, typed: str) -> Campaign | None:
        """The campaign that a typed code is of; None for what is no code of ours. No try of redeeming it is counted."""
        folded = fold(without_wrapping(typed))
        if folded is None:
            return None
        async with self.transactions.begin_aside() as unit:
            code = await unit.promo.find(self.cipher.lookup(folded), admin)
        return None if code is None else code.campaign

    async def create(
        self, actor: UserId, terms: Terms, own: SealedCode | None = None, progress: Progress = _silent
    ) -> NewCampaign:
        """A campaign with its codes in one transaction.

        Raises BadInput for an own code that folds like another, PinRequired for more days than the PIN leaves free.
        """
        if terms.total_days > FREE_DAYS:  # before the work of making many
            self.pin.demand(actor)
        codes = [] if own is not None else await self._make(terms.count, progress)
        sealed = [own] if own is not None else [self.seal(code.reveal()) for code in codes]
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            if own is not None and await unit.promo.is_taken(own.lookup):
                raise BadInput("promo-code-taken")
            campaign_id = await unit.promo.create(terms, sealed, actor, now)
            details = f"campaign {campaign_id}, {terms.license_type} {terms.days} d, {terms.count} x {terms.max_uses}"
            await unit.audit(AuditEntry(actor=actor, action="promo.create", subject=None, details=details), now)
            await self.pin.demand_for_days(unit, actor, terms.total_days, f"promo:{campaign_id}")
            campaign = await _existing(unit, campaign_id)
            await self.alarms.large(unit, campaign, actor, now)
        shown = [self.cipher.open_code(own)] if own is not None else codes
        return NewCampaign(campaign=campaign, codes=tuple(shown))

    async def campaign(self, campaign_id: int) -> Campaign:
        """Raises BadInput for one that is not there."""
        found = await self.queries.campaign(campaign_id)
        if found is None:
            raise BadInput("promo-unknown", campaign=campaign_id)
        return found

    async def campaigns(self, *, running: bool, page: int) -> tuple[tuple[Campaign, ...], bool]:
        """A page, the newest first, and whether there is another behind it."""
        found = await self.queries.campaigns(running=running, offset=page * PAGE, limit=PAGE + 1)
        return found[:PAGE], len(found) > PAGE

    async def funnel(self, campaign_id: int) -> Funnel:
        return await self.queries.funnel(campaign_id)

    async def change(self, actor: UserId, campaign_id: int, change: TermsChange) -> Campaign:
        """Other uses, another end or note. More of it asks for the PIN.

        Raises BadInput for one that was called back, for fewer uses than there were and for what changes nothing,
        PinRequired.
        """
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            campaign = await _standing(unit, campaign_id)
            before, terms = campaign.terms, change.applied(campaign.terms)
            _refuse_change(campaign, terms, await unit.promo.most_used(campaign_id))
            await unit.promo.change(campaign_id, terms)
            details = f"campaign {campaign_id}: {_changes(before, terms)}"
            await unit.audit(AuditEntry(actor=actor, action="promo.edit", subject=None, details=details), now)
            campaign = await _existing(unit, campaign_id)
            if terms.loosens(before):
                self.pin.demand(actor)
                await self.alarms.large(unit, campaign, actor, now)
        return campaign

    async def preview_change(self, campaign_id: int, change: TermsChange) -> tuple[Campaign, Terms]:
        """The campaign as it is, and its terms as they would be. Raises BadInput like `change`."""
        campaign = await self.campaign(campaign_id)
        terms = change.applied(campaign.terms)
        uses = [each.uses for each in await self.queries.codes(campaign_id)]
        _refuse_change(campaign, terms, max(uses, default=0))
        return campaign, terms

    async def redeemers(self, campaign_id: int, before: int = NEWEST, limit: int = PAGE) -> tuple[Redeemer, ...]:
        """Who redeemed a campaign, the newest first, below the usage `before`."""
        return await self.queries.redeemers(campaign_id, self.clock.now(), before, limit)

    async def all_redeemers(self, actor: UserId, campaign_id: int) -> tuple[Redeemer, ...]:
        """The same, all of them, for a file; an audit row. Raises BadInput."""
        await self.campaign(campaign_id)
        found: list[Redeemer] = []
        before = NEWEST
        while page := await self.redeemers(campaign_id, before, _READ):
            found += page
            before = page[-1].usage.usage_id
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            details = f"campaign {campaign_id}, {len(found)} redemptions"
            await unit.audit(AuditEntry(actor=actor, action="promo.redeemers", subject=None, details=details), now)
        return tuple(found)

    async def show(self, actor: UserId, campaign_id: int, why: str) -> tuple[ShownCode, ...]:
        """The codes, opened; each view is an audit row of its own. Raises BadInput, PinRequired, WrongKeyFile."""
        await self.campaign(campaign_id)
        sealed = await self.queries.codes(campaign_id)
        if not all(each.sealed.envelope for each in sealed):
            raise BadInput("error-codes-lost")
        self.pin.demand(actor)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            details = f"campaign {campaign_id}, {len(sealed)} codes, {why}"
            await unit.audit(AuditEntry(actor=actor, action="promo.view", subject=None, details=details), now)
        codes: list[ShownCode] = []
        for start in range(0, len(sealed), _CHUNK):
            chunk = sealed[start : start + _CHUNK]
            codes += [ShownCode(code=self.cipher.open_code(each.sealed), uses=each.uses) for each in chunk]
            await asyncio.sleep(0)
        return tuple(codes)

    async def pause(self, actor: UserId, campaign_id: int, *, paused: bool) -> Campaign:
        """Off at once, by any admin; on again after the PIN.

        Raises BadInput for one that was called back, PinRequired.
        """
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            await _standing(unit, campaign_id)
            if not paused:
                self.pin.demand(actor)
            if await unit.promo.pause(campaign_id, paused=paused):
                action = "promo.pause" if paused else "promo.resume"
                entry = AuditEntry(actor=actor, action=action, subject=None, details=f"campaign {campaign_id}")
                await unit.audit(entry, now)
            return await _existing(unit, campaign_id)

    # --- calling back -----------------------------------------------------------------------------------------

    async def preview_undo(self, actor: UserId, campaign_id: int) -> UndoPreview:
        """Who would lose what, and what this admin may do about it now. Raises BadInput."""
        campaign = await self.campaign(campaign_id)
        now = self.clock.now()
        stored = (await self.reads.staff()).roles
        admins = self.alarms.owner_ids | {user_id for user_id, role in stored if role in _ADMINS}
        step = undo_step(campaign, actor, now, admins=admins)
        claw_backs = await self.queries.claw_backs(campaign_id, now)
        alone = None if campaign.undo_asked is None else Millis(campaign.undo_asked + UNDO_WAIT)
        return UndoPreview(
            campaign=campaign,
            step=step,
            is_creator=actor == campaign.creator,
            asker=asker if (asker := campaign.undo_asker(now)) in admins else None,
            at=alone if step is UndoStep.WAIT else None,
            people=len({each.user_id for each in claw_backs}),
            millis=sum(each.millis for each in claw_backs),
            largest=tuple(sorted(claw_backs, key=lambda each: -each.millis)[:LARGEST_SHOWN]),
        )

    async def undo(self, actor: UserId, campaign_id: int, progress: Progress = _silent) -> UndoStep:
        """Go one step: ask for it, or do it. What was done by it is on the disk step by step; a kill delays it only.

        Only unused promo time is taken, whatever was paid stays. Raises BadInput for one that is called back already.
        """
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            campaign = await _standing(unit, campaign_id)
            step = undo_step(campaign, actor, now, admins=await self.alarms.admins(unit))
            if step is UndoStep.ASK:
                await unit.promo.ask_undo(campaign_id, actor, now)
                await self.alarms.undo_asked(unit, campaign, actor, now)
            elif step is UndoStep.UNDO:
                await unit.promo.undo(campaign_id)
            if step in {UndoStep.ASK, UndoStep.UNDO}:
                action = "promo.undo" if step is UndoStep.UNDO else "promo.undo-ask"
                entry = AuditEntry(actor=actor, action=action, subject=None, details=f"campaign {campaign_id}")
                await unit.audit(entry, now)
        if step is UndoStep.UNDO:
            await self.finish_undo(campaign_id, progress)
        return step

    async def finish_undo(self, campaign_id: int, progress: Progress = _silent) -> None:
        """Take what is left, some people a transaction; may be cut short and begun again anywhere."""
        done = 0
        while batch := await self._undo_some(campaign_id):
            done += batch
            await progress(done)

    async def finish_undos(self) -> None:
        """Finish those that a kill cut short."""
        for campaign_id in await self.queries.unfinished_undos():
            await self.finish_undo(campaign_id)

    async def _undo_some(self, campaign_id: int) -> int:
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            usages = await unit.promo.usages_left(campaign_id, _BATCH)
            for usage in usages:
                await self._take(unit, usage, now)
                await unit.promo.usage_undone(usage.usage_id, now)
            if not usages:
                await unit.promo.undo_finished(campaign_id, now)
        return len(usages)

    async def _take(self, unit: UnitOfWork, usage: HeldUsage, now: Millis) -> None:
        """What is left of one redemption; nothing is written about who has nothing left, or is erased."""
        if usage.user_id is None:
            return
        license_balance = derive(await unit.ledger.entries(usage.user_id), now)
        bucket = next((each for each in license_balance.grants if each.entry_id == usage.entry_id), None)
        if bucket is None:
            return
        idempotency_key = f"undo:{usage.usage_id}"
        await self.licenses.take(
            unit,
            usage.user_id,
            kind=EntryKind.REVOCATION,
            takes=usage.entry_id,
            idempotency_key=idempotency_key,
            actor=None,
        )
        taken = PromoTakenMessage(kind=bucket.license_type, span=bucket.left)
        await unit.enqueue(outbox_message(taken, user_id=usage.user_id, idempotency_key=idempotency_key), now)

    # --- pinned cards -----------------------------------------------------------------------------------------

    async def pin_card(self, pin: Pin) -> None:
        async with self.transactions.begin() as unit:
            await unit.promo.pin(pin)

    async def unpin(self, campaign_id: int) -> None:
        async with self.transactions.begin() as unit:
            await unit.promo.unpin(campaign_id)

    async def pins(self) -> tuple[Pin, ...]:
        """The pinned cards of the campaigns that run."""
        return await self.queries.pins()

    async def _make(self, count: int, progress: Progress) -> list[Secret]:
        codes: list[Secret] = []
        while len(codes) < count:
            codes += [Secret(self._new_code()) for _ in range(min(_CHUNK, count - len(codes)))]
            await progress(len(codes))
            await asyncio.sleep(0)
        return codes

    def _new_code(self) -> str:
        """One that is taken for a code wherever it is typed; one in fifty has too few digits for that."""
        while not is_surely_code(code := generated(self.random_bytes)):
            pass
        return code


async def _standing(unit: UnitOfWork, campaign_id: int) -> Campaign:
    """Raises BadInput for one that was called back, too."""
    campaign = await _existing(unit, campaign_id)
    if campaign.state is CampaignState.UNDONE:
        raise BadInput("promo-undone", campaign=campaign_id)
    return campaign


def _refuse_change(campaign: Campaign, terms: Terms, most_used: int) -> None:
    """Raises BadInput for terms that cannot be or are the same."""
    if campaign.state is CampaignState.UNDONE:
        raise BadInput("promo-undone", campaign=campaign.campaign_id)
    if terms == campaign.terms:
        raise BadInput("promo-edit-same", campaign=campaign.campaign_id)
    if terms.max_uses < most_used:
        raise BadInput("promo-edit-used", uses=most_used)
    if terms.ends is not None and terms.ends <= (terms.starts or 0):
        raise BadInput("promo-until-past")


def _changes(before: Terms, terms: Terms) -> str:
    """What differs, as the details of an audit row."""
    parts = []
    if terms.max_uses != before.max_uses:
        parts.append(f"max {before.max_uses} -> {terms.max_uses}")
    if terms.ends != before.ends:
        parts.append(f"until {_utc(before.ends)} -> {_utc(terms.ends)}")
    if terms.note != before.note:
        parts.append("note")
    return ", ".join(parts)


def _utc(at: Millis | None) -> str:
    return "never" if at is None else datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M")


async def _existing(unit: UnitOfWork, campaign_id: int) -> Campaign:
    found = await unit.promo.campaign(campaign_id)
    if found is None:
        raise BadInput("promo-unknown", campaign=campaign_id)
    return found
