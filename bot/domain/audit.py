"""Rows of the audit: who did what to whom."""

from dataclasses import dataclass, field

from bot.domain.ids import Millis, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to whom. `actor` None: the bot itself; `subject` None: nobody in particular.

    `action` is a dotted word ("promo.create"). Rows outlive an erased user: no id, name or key belongs in `details`.
    """

    actor: UserId | None
    action: str
    subject: UserId | None
    details: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPerson:
    """Somebody in the audit. `user_id` None: erased since; the pseudonym still tells one from another."""

    pseudonym: str
    user_id: UserId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """A row as a screen shows it. `actor` None: the bot itself; `subject` None: nobody in particular."""

    audit_id: int
    at: Millis
    actor: AuditPerson | None
    action: str
    subject: AuditPerson | None
    details: str = field(repr=False)
