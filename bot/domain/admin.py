"""Users as admins see them, and what admins do to one."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.domain.chat import OutboxPayload
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.notices import NoticeKind
from bot.domain.users import Role

FREE_DAYS: Final = 30  # of license time that an admin may give without the PIN …
GIVEN_WITHIN: Final = DAY  # … in so many ms
ENDING_WITHIN: Final = 7 * DAY  # ms
MOST_DAYS: Final = 3650
ERRORS_KEPT: Final = 5  # of one user


class UserFilter(StrEnum):
    """Which users a list of /users shows: everybody, or those with one property."""

    ALL = "all"
    DAY = "day"  # seen within 24 hours
    WEEK = "week"
    BANNED = "banned"
    TRIAL = "trial"
    BASIC = "basic"
    PREMIUM = "premium"
    ENDING = "ending"  # all license time ends within ENDING_WITHIN
    EXPIRED = "expired"

    @property
    def license_type(self) -> LicenseType | None:
        return LicenseType(self.value) if self in _BY_LICENSE else None


_BY_LICENSE: Final = frozenset({UserFilter.TRIAL, UserFilter.BASIC, UserFilter.PREMIUM})


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLine:
    """A user in a list. `license_type` runs now; `until` is when all their time ends, also when it has."""

    user_id: UserId
    username: str | None
    first_name: str
    role: Role
    is_banned: bool
    last_seen: Millis
    license_type: LicenseType | None
    until: Millis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorNote:
    """An error somebody met: its reference is in the log; `kind` is the exception's name, never its words."""

    reference: str
    kind: str
    at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFacts:
    """What a user card counts. `trades` are the fills of 30 days."""

    last_seen: Millis
    positions: int
    orders: int
    trades: int
    redemptions: int
    payments: int
    errors: tuple[ErrorNote, ...]


class AdminActionKind(StrEnum):
    """What an admin does to a user."""

    GRANT = "grant"
    EXTEND = "extend"
    REVOKE = "revoke"
    BAN = "ban"
    UNBAN = "unban"
    ROLE = "role"

    @property
    def gives_time(self) -> bool:
        """Whether it gives license time, which one may give oneself, too."""
        return self in {AdminActionKind.GRANT, AdminActionKind.EXTEND}


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminAction:
    """One act, ready to be confirmed. `nonce` makes its ledger row unique."""

    kind: AdminActionKind
    user_id: UserId
    reason: str = field(repr=False)
    nonce: str
    license_type: LicenseType | None = None
    days: int = 0
    role: Role | None = None
    entries: tuple[int, ...] = ()  # of a revocation: the ledger's rows, none for all; `days` of one row, 0 for its rest

    @property
    def needs_pin(self) -> bool:
        """Whether it needs the PIN whatever its admin gave before; that paid time is taken is seen with the ledger."""
        return self.kind is AdminActionKind.ROLE or (self.kind.gives_time and self.days > FREE_DAYS)


# --- messages of the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BannedMessage(OutboxPayload):
    """Tells a user that an admin has banned them from the bot."""

    KIND = "banned"
    NOTICE = NoticeKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbannedMessage(OutboxPayload):
    """Tells a user that an admin has lifted their ban."""

    KIND = "unbanned"
    NOTICE = NoticeKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseGivenMessage(OutboxPayload):
    """An admin gave time; `end` of all there is now."""

    KIND = "desk-granted"
    NOTICE = NoticeKind.LICENSE
    kind: LicenseType
    days: int
    end: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseRevokedMessage(OutboxPayload):
    """An admin took license time: `span` ms of it; the rest ends at `end`, None if nothing is left.

    What was taken before this was told by it has no span: then all was taken.
    """

    KIND = "desk-revoked"
    NOTICE = NoticeKind.LICENSE
    span: int = 0
    end: Millis | None = None
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChangedMessage(OutboxPayload):
    """An owner gave or took a role."""

    KIND = "desk-role"
    NOTICE = NoticeKind.OTHER
    role: Role
