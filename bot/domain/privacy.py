"""What is stored of one person: handed out, and erased. What the two ask of storage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.model import Account, Millis, UserId

Record = Mapping[str, object]  # one row of an export; names that end with _at hold UTC epoch milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyState:
    """When somebody last got their data, accepted the terms, and when they will be erased; None: never, not yet."""

    terms_accepted_at: Millis | None
    exported_at: Millis | None
    erase_at: Millis | None


class PrivacyRequests(Protocol):
    """The table privacy_requests, and erasure itself, inside a unit of work."""

    async def state(self, user_id: UserId) -> PrivacyState: ...
    async def note_export(self, user_id: UserId, now: Millis) -> None: ...
    async def erase_later(self, user_id: UserId, at: Millis) -> None: ...
    async def keep(self, user_id: UserId) -> bool:
        """True if an erasure was due to come."""
        ...

    async def erase(self, user_id: UserId) -> tuple[Account, ...]:
        """Everything that is stored of a user but their rows in the append-only ledgers; the accounts that went."""
        ...


class PrivacyReads(Protocol):
    """The same, read."""

    async def privacy_state(self, user_id: UserId) -> PrivacyState: ...
    async def erasures_due(self, now: Millis, limit: int) -> tuple[UserId, ...]:
        """Whose time has come. Not those who are banned, which a new beginning would undo, nor those with a role."""
        ...

    async def stored_of(self, user_id: UserId) -> Mapping[str, Sequence[Record]]:
        """Every row about a user by kind, without secrets; kinds without rows are there too."""
        ...
