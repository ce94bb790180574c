"""Codes of users, broadcasts and the audit."""

from dataclasses import dataclass

from bot.domain.admin import AdminActionKind, UserFilter
from bot.domain.broadcasts import AudienceLicense
from bot.domain.ids import UserId
from handlers.core.callbacks import Code, PageNumber, RowNumber, Word


@dataclass(frozen=True, slots=True)
class ShowUsers(Code):
    """A page of the list of users."""

    TAG = "usr"
    shown: UserFilter
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class FindUser(Code):
    """Asks what to look for."""

    TAG = "find"


@dataclass(frozen=True, slots=True)
class ShowUser(Code):
    """A user's card, as admins see it."""

    TAG = "who"
    user_id: UserId


@dataclass(frozen=True, slots=True)
class ShowLicenseHistory(Code):
    """What was given to a user and taken, for admins."""

    TAG = "lhist"
    user_id: UserId


@dataclass(frozen=True, slots=True)
class AskAdminAction(Code):
    """Begins an act on a user; nothing is done before it is confirmed."""

    TAG = "act"
    kind: AdminActionKind
    user_id: UserId


@dataclass(frozen=True, slots=True)
class AskRole(Code):
    """Which role a user shall have."""

    TAG = "role"
    user_id: UserId


@dataclass(frozen=True, slots=True)
class AimBroadcast(Code):
    """Who gets a draft; `spoken` is a language or all, `active` for those of the last seven days."""

    TAG = "bca"
    broadcast: int
    license: AudienceLicense
    spoken: Word
    active: bool


@dataclass(frozen=True, slots=True)
class StopBroadcast(Code):
    """No further message goes out: safe at any time, by any admin."""

    TAG = "bcs"
    broadcast: int


@dataclass(frozen=True, slots=True)
class ShowAudit(Code):
    """A page of the audit: one area or all, about one user or everybody (0), below a row or the newest (0)."""

    TAG = "aud"
    area: Word
    user_id: UserId
    before: RowNumber
