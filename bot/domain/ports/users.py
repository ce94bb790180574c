"""Users, their PINs, and their requests for a copy or an erasure."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.domain.accounts import TradeSettings
from bot.domain.chat import WaitedMessages
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.market import MarketKey
from bot.domain.marks import Mark
from bot.domain.pins import StoredPin
from bot.domain.privacy import PrivacyState, Record
from bot.domain.users import Language, NewUser, Role, Staff, UserConfig, UserSettings


class PrivacyRequests(Protocol):
    """The table privacy_requests, and erasure itself, inside a unit of work."""

    async def state(self, user_id: UserId) -> PrivacyState: ...
    async def note_export(self, user_id: UserId, now: Millis) -> None: ...
    async def erase_later(self, user_id: UserId, at: Millis) -> None: ...
    async def keep(self, user_id: UserId) -> bool:
        """True if an erasure was due to come."""
        ...

    async def used_once(self, user_id: UserId) -> tuple[bool, tuple[int, ...]]:
        """Whether they had the trial, and the campaigns of which they redeemed a code."""
        ...

    async def keep_marks(self, marks: Sequence[Mark]) -> None: ...
    async def is_marked(self, mark: bytes) -> bool:
        """Whether somebody who was erased since had what that mark stands for."""
        ...

    async def erase(self, user_id: UserId) -> None:
        """Everything that is stored of a user but their rows in the append-only ledgers."""
        ...


class PrivacyReads(Protocol):
    """What is stored of a user and whose erasure is due, outside of a unit of work."""

    async def privacy_state(self, user_id: UserId) -> PrivacyState: ...
    async def erasures_due(self, now: Millis, limit: int) -> tuple[UserId, ...]:
        """Whose time has come. Not those who are banned, which a new beginning would undo, nor those with a role."""
        ...

    async def stored_of(self, user_id: UserId) -> Mapping[str, Sequence[Record]]:
        """Every row about a user by kind, without secrets; kinds without rows are there too."""
        ...


class Users(Protocol):
    """The users table, inside a unit of work."""

    async def ensure(self, user: NewUser, now: Millis) -> bool:
        """Store a new user; True if they were new. Does not change a known one."""
        ...

    async def rename(self, user_id: UserId, username: str | None, first_name: str) -> None: ...
    async def set_language(self, user_id: UserId, language: Language) -> None: ...
    async def set_settings(self, user_id: UserId, settings: UserSettings) -> None: ...
    async def set_favorites(self, user_id: UserId, favorites: Sequence[MarketKey]) -> None: ...
    async def set_trade_settings(self, user_id: UserId, settings: TradeSettings) -> None:
        """Of every account that the user has and will have."""
        ...

    async def set_default_account(self, user_id: UserId, account_id: AccountId | None) -> None: ...
    async def accept_terms(self, user_id: UserId, version: int, now: Millis) -> None: ...
    async def set_banned(self, user_id: UserId, *, banned: bool) -> bool:
        """True if such a user exists."""
        ...

    async def set_role(self, user_id: UserId, role: Role) -> bool:
        """True if such a user exists."""
        ...


class Pins(Protocol):
    """The PINs and the wrong tries since the last right one, inside a unit of work."""

    async def put(self, pin: StoredPin, now: Millis) -> bool:
        """Set or replace; True if it is the first one. The tries of the old one are forgotten."""
        ...

    async def count_try(self, user_id: UserId, now: Millis) -> StoredPin | None:
        """The PIN with this try counted; None if there is none or no try is left, which a lock is for."""
        ...

    async def clear_tries(self, user_id: UserId) -> None: ...
    async def lock(self, user_id: UserId, until: Millis) -> None: ...
    async def guard_keys(self, user_id: UserId, *, on: bool) -> None: ...
    async def add_given(self, admin: UserId, days: int, cause: str, now: Millis) -> int:
        """Note days of license time that an admin gives without the PIN, once a cause; all of 24 hours together."""
        ...

    async def remove(self, user_id: UserId) -> bool:
        """Forget the user's PIN; False if they had none."""
        ...


class Blocks(Protocol):
    """Who has blocked the bot, inside a unit of work."""

    async def add(self, user_id: UserId, now: Millis) -> bool:
        """False for who is unknown, and who had done so before."""
        ...

    async def remove(self, user_id: UserId, keep: int) -> WaitedMessages | None:
        """Let the newest `keep` of what waits for them go out; None if they had not blocked the bot."""
        ...


class UserQueries(Protocol):
    """Reads of users. Raises StorageTrouble."""

    async def user_config(self, user_id: UserId) -> UserConfig | None: ...
    async def staff(self) -> Staff: ...

    async def pin(self, user_id: UserId) -> StoredPin | None: ...
    async def active_users(self, since: Millis, limit: int) -> tuple[UserId, ...]: ...
