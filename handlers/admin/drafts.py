"""What is known of an act on a user while it is asked about, and the button that performs it."""

from dataclasses import dataclass, field

from bot.domain.admin import AdminAction, AdminActionKind
from bot.domain.ids import UserId
from bot.domain.licensing import LicenseType
from bot.domain.users import Role
from bot.services.chat.buttons import ButtonAction


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminDraft:
    """What is known of an act on a user before its reason.

    `days`: 0 until they are chosen; of a revocation so many days of one row, 0 for all that is left. `entries`: the
    ledger's rows that are revoked, none for all of them.
    """

    act: AdminActionKind
    user: UserId
    type: LicenseType | None = None
    days: int = 0
    role: Role | None = None
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformAction(AdminDraft, ButtonAction):
    """[Confirm]. The nonce makes it one act, however often it is tapped."""

    ACTION = "desk.do"
    reason: str = field(repr=False)
    nonce: str


def admin_action_of(draft: AdminDraft, reason: str, nonce: str) -> AdminAction:
    return AdminAction(
        kind=draft.act,
        user_id=draft.user,
        reason=reason,
        nonce=nonce,
        license_type=draft.type,
        days=draft.days,
        role=draft.role,
        entries=draft.entries,
    )
