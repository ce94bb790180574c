"""What admins read and write: lists of users, broadcasts, reports."""

from collections.abc import Mapping
from typing import Protocol

from bot.domain.admin import ErrorNote, UserFacts, UserFilter, UserLine
from bot.domain.audit import AuditRow
from bot.domain.broadcasts import Audience, Broadcast, BroadcastState, Delivery, Recipient
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.licensing import LedgerLine, LicenseType
from bot.domain.reports import OwnedExecution


class Broadcasts(Protocol):
    """The broadcast tables inside a unit of work."""

    async def draft(self, author: UserId, text_html: str, now: Millis) -> int:
        """A draft to everybody; its id. Older drafts of the same author go."""
        ...

    async def aim(self, broadcast_id: int, audience: Audience) -> bool:
        """True while it is a draft."""
        ...

    async def start(self, broadcast: Broadcast, now: Millis) -> int | None:
        """Write down its recipients; how many. None if it is no draft any more."""
        ...

    async def show_at(self, broadcast_id: int, chat_id: ChatId, message_id: int) -> None: ...
    async def record_delivery(self, broadcast_id: int, user_id: UserId, delivery: Delivery) -> None: ...
    async def end(self, broadcast_id: int, state: BroadcastState, now: Millis) -> bool:
        """True if it was being sent."""
        ...


class ErrorNotes(Protocol):
    """Errors that users met, for their cards, inside a unit of work."""

    async def note_error(self, user_id: UserId, note: ErrorNote) -> None:
        """Keep the newest five of a user. Nobody's is dropped silently: an unknown user has none."""
        ...


class AdminQueries(Protocol):
    """What only admins and support ask of storage, outside of a unit of work."""

    async def users(self, shown: UserFilter, now: Millis, *, offset: int, limit: int) -> tuple[UserLine, ...]:
        """The latest seen first; holders of a license type by when it ends, former ones by when it did."""
        ...

    async def users_of_campaign(
        self, campaign_id: int, now: Millis, *, offset: int, limit: int
    ) -> tuple[UserLine, ...]:
        """Who redeemed a campaign, the latest first, each once."""
        ...

    async def find_users(self, typed: str, now: Millis, *, limit: int) -> tuple[UserLine, ...]:
        """By id, @name or the beginning of a name."""
        ...

    async def license_history(self, user_id: UserId) -> tuple[LedgerLine, ...]:
        """Every row of a user's ledger, the oldest first."""
        ...

    async def user_facts(self, user_id: UserId, since: Millis) -> UserFacts | None: ...
    async def broadcast(self, broadcast_id: int) -> Broadcast | None: ...
    async def sending(self) -> tuple[Broadcast, ...]: ...
    async def audience_size(self, audience: Audience, now: Millis) -> int: ...
    async def recipients(self, broadcast_id: int, limit: int) -> tuple[Recipient, ...]:
        """Who is still to be reached."""
        ...

    async def unreached(self, broadcast_id: int, limit: int) -> tuple[tuple[UserId, Delivery], ...]: ...
    async def count_seen(self, since: Millis, until: Millis) -> int: ...
    async def count_licenses(self, license_type: LicenseType, now: Millis) -> int: ...
    async def count_ending(self, after: Millis, until: Millis) -> int: ...
    async def income(self, since: Millis, until: Millis) -> tuple[int, int]:
        """Stars kept and returned of that time."""
        ...

    async def fills(self, after: tuple[int, Millis, int], limit: int) -> tuple[OwnedExecution, ...]:
        """Every fill, account by account, oldest first, from behind (account_id, ts, fill_id)."""
        ...

    async def audit_page(
        self, *, before: int | None = None, area: str | None = None, subject: UserId | None = None, limit: int = 20
    ) -> tuple[AuditRow, ...]:
        """The audit, newest first: rows of an id below `before`, of one area ("promo"), about one person."""
        ...

    async def first_names(self, user_ids: tuple[UserId, ...]) -> Mapping[UserId, str]: ...
