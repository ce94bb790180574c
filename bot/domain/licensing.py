"""License time as a ledger: what somebody has is derived from what happened, never stored as a fact of its own.

A grant is a bucket of time of one type. Time always runs out of the highest type that has any left, and within a type
out of the oldest bucket: a lower grant beside a higher license is banked and starts afterwards, a higher one puts the
lower one's rest in the bank. Nothing is lost, doubled or lowered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.model import AccountType, LicenseType, Millis, Segment

DAY: Final = 86_400_000  # ms
LONGEST: Final = 3650 * DAY  # what one row may give, ms: a slip of the finger stays within what calendars can show
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

    A giving row has `license_type` and `millis` > 0. A taking row has neither: it names the row whose unused rest it
    takes, or takes everything (`takes` None, never in a correction).
    """

    entry_id: int
    kind: EntryKind
    license_type: LicenseType | None
    millis: int
    takes: int | None
    at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The rest of one grant, ms."""

    entry_id: int
    kind: EntryKind
    license_type: LicenseType
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is left of each grant at a moment, in the order in which it will be used."""

    at: Millis
    buckets: tuple[Bucket, ...]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """How the future runs if nothing else happens, neighbors of one type joined."""
        found: list[Segment] = []
        start = self.at
        for bucket in self.buckets:
            end = Millis(start + bucket.left)
            if found and found[-1].license_type is bucket.license_type:
                found[-1] = Segment(license_type=bucket.license_type, start=found[-1].start, end=end)
            else:
                found.append(Segment(license_type=bucket.license_type, start=start, end=end))
            start = end
        return tuple(found)

    @property
    def total(self) -> int:
        return sum(bucket.left for bucket in self.buckets)


def derive(entries: Iterable[LedgerEntry], now: Millis) -> Standing:
    """Replay the ledger up to `now`.

    Entries come in ledger order; a clock that was set back between two of them, or since the last, is taken as having
    stood still: time that was used once is not used again. Raises ValueError for a row that gives nothing.
    """
    buckets: list[Bucket] = []
    clock: int | None = None
    for entry in entries:
        moment = entry.at if clock is None else max(clock, entry.at)
        if clock is not None:
            buckets = _spent(buckets, moment - clock)
        clock = moment
        buckets = _applied(buckets, entry)
    if clock is None:
        return Standing(at=now, buckets=())
    moment = max(clock, now)
    return Standing(at=Millis(moment), buckets=tuple(_spent(buckets, moment - clock)))


def _applied(buckets: Sequence[Bucket], entry: LedgerEntry) -> list[Bucket]:
    if entry.license_type is None:
        return [bucket for bucket in buckets if entry.takes is not None and bucket.entry_id != entry.takes]
    if entry.millis <= 0:
        raise ValueError(f"ledger row {entry.entry_id} gives nothing")
    new = Bucket(entry_id=entry.entry_id, kind=entry.kind, license_type=entry.license_type, left=entry.millis)
    return sorted([*buckets, new], key=lambda bucket: (-RANK[bucket.license_type], bucket.entry_id))


def _spent(buckets: Sequence[Bucket], millis: int) -> list[Bucket]:
    left: list[Bucket] = []
    for bucket in buckets:
        used = min(millis, bucket.left)
        millis -= used
        if bucket.left > used:
            left.append(
                Bucket(
                    entry_id=bucket.entry_id,
                    kind=bucket.kind,
                    license_type=bucket.license_type,
                    left=bucket.left - used,
                )
            )
    return left


class Feature(StrEnum):
    """What a license opens."""

    ENTRY = "entry"  # open or add to a position by hand
    AUTOMATION = "automation"  # signals and strategies


_NEEDS: Final[Mapping[tuple[Feature, AccountType], LicenseType | None]] = MappingProxyType(
    {
        (Feature.ENTRY, AccountType.PAPER): None,
        (Feature.ENTRY, AccountType.DEMO): LicenseType.TRIAL,
        (Feature.ENTRY, AccountType.LIVE): LicenseType.BASIC,
        (Feature.AUTOMATION, AccountType.PAPER): None,
        (Feature.AUTOMATION, AccountType.DEMO): LicenseType.TRIAL,
        (Feature.AUTOMATION, AccountType.LIVE): LicenseType.BASIC,
    }
)


def needed(feature: Feature, account_type: AccountType) -> LicenseType | None:
    """The lowest type that opens it; None: free."""
    return _NEEDS[feature, account_type]


def opens(held: LicenseType | None, feature: Feature, account_type: AccountType) -> bool:
    """Whether it may be done now. Closing, stops and everything that lessens risk never ask."""
    lowest = needed(feature, account_type)
    return lowest is None or (held is not None and RANK[held] >= RANK[lowest])
