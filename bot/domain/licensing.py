"""License time as a ledger: what somebody has is derived from what happened, never stored as a fact of its own.

A grant is a bucket of time of one type. Time always runs out of the highest type that has any left, and within a type
out of the oldest bucket: a lower grant beside a higher license is banked and starts afterwards, a higher one puts the
lower one's rest in the bank. Nothing is lost, doubled or lowered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.ids import DAY, Millis, UserId

TRIAL_DAYS: Final = 7
LONGEST: Final = 3650 * DAY  # what one row may give, ms: a slip of the finger stays within what calendars can show


class LicenseType(StrEnum):
    """Lowest first; no license is None."""

    TRIAL = "trial"
    BASIC = "basic"
    PREMIUM = "premium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of time with one type, [start, end)."""

    license_type: LicenseType
    start: Millis
    end: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """A user's license as the projection holds it: what runs now and what is banked behind it, in order, no gaps.

    The reader brings the clock, so that a cached value needs no drop when one segment ends and the next begins. A
    moment before the first segment means that the clock was set back: then it stands still, and the first one runs.
    """

    user_id: UserId
    segments: tuple[Segment, ...]
    had_trial: bool = False  # ever, also one that was taken back, and before an erasure

    def segment_at(self, now: Millis) -> Segment | None:
        """The segment that covers the moment; None: nothing does."""
        return next((each for each in self.segments if now < each.end), None)

    def type_at(self, now: Millis) -> LicenseType | None:
        segment = self.segment_at(now)
        return None if segment is None else segment.license_type

    def is_active(self, now: Millis) -> bool:
        """Whether a segment covers the moment."""
        return self.segment_at(now) is not None

    def banked_at(self, now: Millis) -> tuple[Segment, ...]:
        """The segments that start after the one of the moment, in their order."""
        return tuple(each for each in self.segments if now < each.end)[1:]

    def until(self, now: Millis) -> Millis | None:
        """When all of it ends; None where nothing runs."""
        return self.segments[-1].end if self.is_active(now) else None


RANK: Final = MappingProxyType({each: rank for rank, each in enumerate(LicenseType)})


class EntryKind(StrEnum):
    """What a ledger row is. The first five give time, the next two take it; a correction does either."""

    PROMO = "promo"
    PAYMENT = "payment"
    GRANT = "grant"
    EXTENSION = "extension"
    TRIAL = "trial"
    REVOCATION = "revocation"
    REFUND = "refund"
    CORRECTION = "correction"


GIVING: Final = frozenset({EntryKind.PROMO, EntryKind.PAYMENT, EntryKind.GRANT, EntryKind.EXTENSION, EntryKind.TRIAL})
TAKING: Final = frozenset({EntryKind.REVOCATION, EntryKind.REFUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One row.

    A giving row has `license_type` and `millis` > 0. A taking row has no type: it names the row whose unused rest it
    takes, or takes everything (`takes` None, never in a correction). Of a correction `millis` > 0 takes that much.
    """

    entry_id: int
    kind: EntryKind
    license_type: LicenseType | None
    millis: int
    takes: int | None
    at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """A row with what it came from: a payment and its Stars, a campaign; `note` is what an admin wrote."""

    entry: LedgerEntry
    note: str = field(repr=False)
    payment_id: int | None = None
    stars: int | None = None
    campaign_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldGrant:
    """What is left of a row, ms, and the row."""

    line: LedgerLine
    license_type: LicenseType
    left: int

    @property
    def entry_id(self) -> int:
        return self.line.entry.entry_id

    @property
    def kind(self) -> EntryKind:
        return self.line.entry.kind

    @property
    def payment_id(self) -> int | None:
        return self.line.payment_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RemainingGrant:
    """The rest of one grant, ms."""

    entry_id: int
    kind: EntryKind
    license_type: LicenseType
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseBalance:
    """What is left of each grant at a moment, in the order in which it will be used."""

    at: Millis
    grants: tuple[RemainingGrant, ...]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """How the future runs if nothing else happens, neighbors of one type joined."""
        found: list[Segment] = []
        start = self.at
        for grant in self.grants:
            end = Millis(start + grant.left)
            if found and found[-1].license_type is grant.license_type:
                found[-1] = Segment(license_type=grant.license_type, start=found[-1].start, end=end)
            else:
                found.append(Segment(license_type=grant.license_type, start=start, end=end))
            start = end
        return tuple(found)

    def starts(self, entry_id: int) -> Millis | None:
        """When the rest of that grant begins to run; None: it runs already, or there is none of it."""
        start = self.at
        for grant in self.grants:
            if grant.entry_id == entry_id:
                return start if start > self.at else None
            start = Millis(start + grant.left)
        return None

    @property
    def total(self) -> int:
        return sum(grant.left for grant in self.grants)


def derive(entries: Iterable[LedgerEntry], now: Millis) -> LicenseBalance:
    """Replay the ledger up to `now`.

    Entries come in ledger order; a clock that was set back between two of them, or since the last, is taken as having
    stood still: time that was used once is not used again. Raises ValueError for a row that gives nothing.
    """
    grants: list[RemainingGrant] = []
    clock: int | None = None
    for entry in entries:
        moment = entry.at if clock is None else max(clock, entry.at)
        if clock is not None:
            grants = _spent(grants, moment - clock)
        clock = moment
        grants = _applied(grants, entry)
    if clock is None:
        return LicenseBalance(at=now, grants=())
    moment = max(clock, now)
    return LicenseBalance(at=Millis(moment), grants=tuple(_spent(grants, moment - clock)))


def _applied(grants: Sequence[RemainingGrant], entry: LedgerEntry) -> list[RemainingGrant]:
    if entry.license_type is None and entry.millis:
        return _shortened(grants, entry)
    if entry.license_type is None:
        return [grant for grant in grants if entry.takes is not None and grant.entry_id != entry.takes]
    if entry.millis <= 0:
        raise ValueError(f"ledger row {entry.entry_id} gives nothing")
    new = RemainingGrant(entry_id=entry.entry_id, kind=entry.kind, license_type=entry.license_type, left=entry.millis)
    return sorted([*grants, new], key=lambda grant: (-RANK[grant.license_type], grant.entry_id))


def _shortened(grants: Sequence[RemainingGrant], entry: LedgerEntry) -> list[RemainingGrant]:
    left = [
        replace(grant, left=grant.left - entry.millis) if grant.entry_id == entry.takes else grant for grant in grants
    ]
    return [grant for grant in left if grant.left > 0]


def _spent(grants: Sequence[RemainingGrant], millis: int) -> list[RemainingGrant]:
    left: list[RemainingGrant] = []
    for grant in grants:
        used = min(millis, grant.left)
        millis -= used
        if grant.left > used:
            left.append(
                RemainingGrant(
                    entry_id=grant.entry_id,
                    kind=grant.kind,
                    license_type=grant.license_type,
                    left=grant.left - used,
                )
            )
    return left


class Feature(StrEnum):
    """What a license opens, on each type of account. Closing, stops and whatever lessens risk never ask."""

    ENTRY = "entry"  # open or add to a position by hand
    AUTOMATION = "automation"  # the same by signals and strategies


class Limit(StrEnum):
    """What a license bounds the number of."""

    STRATEGIES = "strategies"  # that run at once
    PROVIDERS = "providers"  # of signals, followed at once
    ACCOUNTS = "accounts"  # connected, of each of Bybit's two types


def opens(held: LicenseType | None, feature: Feature, account_type: AccountType) -> bool:
    """Whether it may be done with what is held now."""
    return account_type in PLANS[held].opens[feature]


def most(held: LicenseType | None, limit: Limit) -> int:
    """The greatest number of them that a license of that type allows; None is no license."""
    return PLANS[held].most[limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A column of the table: on which accounts each feature is open, and how many of what."""

    opens: Mapping[Feature, frozenset[AccountType]]
    most: Mapping[Limit, int]


_PAPER: Final = frozenset({AccountType.PAPER})
_PRACTICE: Final = frozenset({AccountType.PAPER, AccountType.DEMO})
_ALL: Final = frozenset(AccountType)


def _plan(where: frozenset[AccountType], *, strategies: int, providers: int, accounts: int) -> Plan:
    return Plan(
        opens=MappingProxyType({Feature.ENTRY: where, Feature.AUTOMATION: where}),
        most=MappingProxyType({Limit.STRATEGIES: strategies, Limit.PROVIDERS: providers, Limit.ACCOUNTS: accounts}),
    )


# The one table. None: no license.
PLANS: Final[Mapping[LicenseType | None, Plan]] = MappingProxyType(
    {
        None: _plan(_PAPER, strategies=1, providers=1, accounts=1),
        LicenseType.TRIAL: _plan(_PRACTICE, strategies=2, providers=2, accounts=1),
        LicenseType.BASIC: _plan(_ALL, strategies=4, providers=3, accounts=2),
        LicenseType.PREMIUM: _plan(_ALL, strategies=20, providers=10, accounts=5),
    }
)


def needed(feature: Feature, account_type: AccountType) -> LicenseType | None:
    """The lowest type that opens it; None: free."""
    return next(held for held in PLANS if opens(held, feature, account_type))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """What stops when one type follows another: accounts on which nothing may be entered any more, lower limits."""

    closed: tuple[AccountType, ...]
    limits: tuple[tuple[Limit, int], ...]


def plan_change(before: LicenseType | None, after: LicenseType | None) -> PlanChange:
    """What was open with the first and is not with the second, and each limit that falls, with what it falls to."""
    closed = [
        each
        for each in AccountType
        if any(opens(before, feature, each) and not opens(after, feature, each) for feature in Feature)
    ]
    limits = [(limit, most(after, limit)) for limit in Limit if most(after, limit) < most(before, limit)]
    return PlanChange(closed=tuple(closed), limits=tuple(limits))


def plans_as_markdown() -> str:
    """The table as the documents quote it."""
    names = ["no license" if held is None else held.value for held in PLANS]
    lines = [f"| | {' | '.join(names)} |", f"|---{'|---' * len(names)}|"]
    for feature in Feature:
        for account_type in AccountType:
            cells = ["yes" if opens(held, feature, account_type) else "–" for held in PLANS]
            lines.append(f"| {feature}, {account_type} | {' | '.join(cells)} |")
    counts = (f"| {limit} at most | {' | '.join(str(most(held, limit)) for held in PLANS)} |" for limit in Limit)
    return "\n".join((*lines, *counts))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLedgerEntry:
    """A ledger row to be. `actor` None: the bot or the user.

    `idempotency_key` is unique: the same one twice is one row. 'charge:<id>' names something in the world, a bare word
    ("trial") something that a user has once. Raises ValueError for a row that neither gives nor takes.
    """

    kind: EntryKind
    license_type: LicenseType | None
    millis: int
    takes: int | None
    idempotency_key: str
    actor: UserId | None
    note: str = field(repr=False)

    def __post_init__(self) -> None:
        if self.license_type is None:
            is_part = self.kind is EntryKind.CORRECTION and 0 <= self.millis <= LONGEST
            is_sound = self.kind not in GIVING and (self.millis == 0 or is_part)
            is_sound = is_sound and (self.kind in TAKING or self.takes is not None)
        else:
            is_sound = self.kind not in TAKING and 0 < self.millis <= LONGEST and self.takes is None
        if not is_sound:
            raise ValueError(f"a {self.kind} of {self.millis} ms of {self.license_type} is no ledger row")
