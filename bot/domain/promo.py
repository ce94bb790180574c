"""Campaigns of promo codes: their values, and the rules that need no storage."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.domain.chat import OutboxPayload
from bot.domain.ids import DAY, HOUR, MINUTE, Millis, UserId
from bot.domain.licensing import RANK, License, LicenseType
from bot.domain.notices import NoticeKind
from bot.domain.promo_codes import Terms

TRIES: Final = 5
STAFF_TRIES: Final = 30  # of an admin, who types for customers
TRIES_WITHIN: Final = Millis(15 * MINUTE)
GUESSING: Final = 50  # wrong tries of everybody …
GUESSING_WITHIN: Final = Millis(MINUTE)
USED_ALARMS: Final = (100, 90, 50)  # percent
FAST: Final = 10  # times the hourly mean, which counts as one at least
UNDO_ALONE: Final = Millis(15 * MINUTE)
UNDO_WAIT: Final = Millis(DAY)
UNDO_ASK_LIFETIME: Final = Millis(7 * DAY)  # … and then it has to be asked for anew
LARGE: Final = 1_000  # days that a campaign gives in all, of which owners are told


class CampaignState(StrEnum):
    """ACTIVE codes can be redeemed, PAUSED ones again later, UNDONE ones never more."""

    ACTIVE = "active"
    PAUSED = "paused"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One campaign as it stands: one code, or many of the same terms."""

    campaign_id: int
    terms: Terms
    state: CampaignState
    uses: int
    creator: UserId | None  # None: an erased user
    created: Millis
    undo_asked_by: UserId | None = None
    undo_asked: Millis | None = None

    def runs_at(self, now: Millis) -> bool:
        """Whether its codes can be redeemed, uses aside."""
        starts, ends = self.terms.starts, self.terms.ends
        return self.state is CampaignState.ACTIVE and (starts is None or starts <= now) and (ends is None or now < ends)

    def undo_asker(self, now: Millis) -> UserId | None:
        """Who asked for its undo, as long as that holds; nobody once it is called back."""
        if self.undo_asked is None or self.state is CampaignState.UNDONE:
            return None
        return self.undo_asked_by if now - self.undo_asked < UNDO_ASK_LIFETIME else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One redemption. `until` is when the added time ran out as things stood then."""

    usage_id: int
    license_type: LicenseType
    days: int
    at: Millis
    until: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCode:
    """A code at rest: found by the HMAC of its folded form, shown again by opening the envelope."""

    lookup: bytes
    envelope: bytes


class RefusalReason(StrEnum):
    """Why a code that there is gives nothing."""

    CALLED_BACK = "called-back"
    ANOTHER_USED = "another-used"  # of the same campaign, by the same person
    ENDED = "ended"
    USED_UP = "used-up"
    PAUSED = "paused"
    EARLY = "early"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCode:
    """A code that was found, with what its holder-to-be did with it.

    `used_another`: they redeemed another code of its campaign.
    """

    promo_id: int
    sealed: SealedCode
    uses: int
    campaign: Campaign
    usage: Usage | None
    used_another: bool = False

    def refusal(self, now: Millis) -> RefusalReason | None:
        """Why it gives nothing now; None: it can be redeemed."""
        campaign, terms = self.campaign, self.campaign.terms
        if campaign.state is CampaignState.UNDONE:
            return RefusalReason.CALLED_BACK
        if self.used_another and terms.once:
            return RefusalReason.ANOTHER_USED
        if terms.ends is not None and now >= terms.ends:
            return RefusalReason.ENDED
        if self.uses >= terms.max_uses:
            return RefusalReason.USED_UP
        if campaign.state is CampaignState.PAUSED:
            return RefusalReason.PAUSED
        return None if campaign.runs_at(now) else RefusalReason.EARLY


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCount:
    """A code with how often it was redeemed."""

    sealed: SealedCode
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """How far the people of a campaign came."""

    opened: int
    redeemed: int
    connected: int
    traded: int
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClawBack:
    """What an undo takes from one person: `millis` of unused time of the usage."""

    usage_id: int
    user_id: UserId
    millis: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Where a campaign's card is pinned: in the private chat of an admin."""

    campaign_id: int
    chat_id: int
    message_id: int

    @property
    def owner(self) -> UserId:
        """A private chat has its user's id."""
        return UserId(self.chat_id)


def starts_after(held: License, license_type: LicenseType, now: Millis) -> Millis:
    """When added time of that type begins to run: behind everything of the same type or a higher one."""
    ends = [each.end for each in held.segments if RANK[each.license_type] >= RANK[license_type]]
    return Millis(max([now, *ends]))


def used_alarm(uses: int, capacity: int) -> int | None:
    """The percentage that this very redemption reached, the highest of 50, 90, 100; None for any other one."""
    reached = (each for each in USED_ALARMS if uses * 100 >= each * capacity > (uses - 1) * 100)
    return next(reached, None)


def is_fast_alarm(campaign: Campaign, in_this_hour: int, now: Millis) -> bool:
    """Whether this very redemption makes it ten times the mean of the hours before; the first hour has none."""
    hours = now // HOUR - campaign.created // HOUR
    if hours < 1:
        return False
    before = campaign.uses - in_this_hour
    return in_this_hour == -(-FAST * max(hours, before) // hours)


class UndoStep(StrEnum):
    """What an admin may do now about calling a campaign back."""

    UNDO = "undo"
    ASK = "ask"  # write down that one wants it
    WAIT_FOR_ADMIN = "wait-for-admin"
    WAIT = "wait"  # alone: a day


def undo_step(campaign: Campaign, actor: UserId, now: Millis, *, admins: Collection[UserId]) -> UndoStep:
    """The creator alone within 15 minutes; later two admins, or one who waits for 24 hours where there is no other.

    That somebody asked holds for seven days, and while they are one of the `admins`.
    """
    if actor == campaign.creator and now - campaign.created <= UNDO_ALONE:
        return UndoStep.UNDO
    asker = campaign.undo_asker(now)
    if asker is None or campaign.undo_asked is None or asker not in admins:
        return UndoStep.ASK
    if asker != actor:
        return UndoStep.UNDO
    if len(admins) > 1:
        return UndoStep.WAIT_FOR_ADMIN
    return UndoStep.UNDO if now - campaign.undo_asked >= UNDO_WAIT else UndoStep.WAIT


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUse:
    """A use that was counted: which redemption it is, and the campaign's uses in all and in this hour with it."""

    usage_id: int
    uses: int
    in_this_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldUsage:
    """A redemption that an undo has not looked at yet. `user_id` None: its user was erased."""

    usage_id: int
    user_id: UserId | None
    entry_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemer:
    """One redemption of a campaign, for admins. `left` ms of it were not used at the time of the read.

    `user_id` None: its user was erased, and `pseudonym` is all that is known of them.
    """

    usage: Usage
    user_id: UserId | None
    username: str | None
    first_name: str
    pseudonym: str
    by_admin: bool
    is_undone: bool
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """One of a user's redemptions, for screens and exports."""

    usage: Usage
    is_undone: bool


# --- messages of the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoGivenMessage(OutboxPayload):
    """An admin redeemed a code for the reader; license time of that type ends at `date`."""

    KIND = "promo-given"
    NOTICE = NoticeKind.LICENSE
    kind: LicenseType
    days: int
    date: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoTakenMessage(OutboxPayload):
    """A campaign was called back: what was left of it, in ms."""

    KIND = "promo-taken"
    NOTICE = NoticeKind.LICENSE
    kind: LicenseType
    span: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignMessage(OutboxPayload):
    """What admins are told of a campaign: never its code, for a message lies in the database until it is sent."""

    campaign: int
    kind: LicenseType
    days: int
    uses: int
    capacity: int
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoUsedMessage(CampaignMessage):
    """So much of a campaign is used; `token` is the one of [Pause code]."""

    KIND = "promo-used"
    NOTICE = NoticeKind.OTHER
    percent: int
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoFastMessage(CampaignMessage):
    """So many redemptions within this hour; `token` is the one of [Pause code]."""

    KIND = "promo-fast"
    NOTICE = NoticeKind.OTHER
    count: int
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoLargeMessage(CampaignMessage):
    """To owners: an admin made or enlarged a campaign that gives much; `token` is the one of [Pause code]."""

    KIND = "promo-large"
    NOTICE = NoticeKind.OTHER
    admin: UserId
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoUndoAskedMessage(CampaignMessage):
    """Another admin asks to call a campaign back."""

    KIND = "promo-undo-asked"
    NOTICE = NoticeKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoGuessingMessage(OutboxPayload):
    """So many wrong tries of everybody within a minute."""

    KIND = "promo-guessing"
    NOTICE = NoticeKind.OTHER
    count: int
