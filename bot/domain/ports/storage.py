"""Units of work and reads of storage as a whole."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.domain.accounts import Account, AccountType, SealedCredentials
from bot.domain.audit import AuditEntry, AuditRow
from bot.domain.chat import Button, Dialogue, OutboxMessage
from bot.domain.ids import AccountId, ChatId, Millis, UserId
from bot.domain.licensing import LedgerEntry
from bot.domain.pins import StoredPin
from bot.domain.portfolio import Executions, Orders, Positions
from bot.domain.ports.accounts import Accounts, Portfolio
from bot.domain.ports.admin import Broadcasts, ErrorNotes
from bot.domain.ports.chat import Buttons, Dialogues
from bot.domain.ports.licensing import Ledger
from bot.domain.ports.payments import Payments
from bot.domain.ports.promo import PromoCodes
from bot.domain.ports.reads import StoredUsers
from bot.domain.ports.support import SupportThreads
from bot.domain.ports.users import Pins, PrivacyRequests, Users
from bot.domain.reminders import EndingLicense
from bot.domain.users import Role


class UnitOfWork(Protocol):
    """One transaction. Commits when its block ends, together with every cache drop that its events ask for."""

    @property
    def users(self) -> Users: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def portfolio(self) -> Portfolio: ...
    @property
    def buttons(self) -> Buttons: ...
    @property
    def dialogues(self) -> Dialogues: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def promo(self) -> PromoCodes: ...
    @property
    def pins(self) -> Pins: ...
    @property
    def broadcasts(self) -> Broadcasts: ...
    @property
    def error_notes(self) -> ErrorNotes: ...
    @property
    def support(self) -> SupportThreads: ...
    @property
    def privacy(self) -> PrivacyRequests: ...

    async def enqueue(self, message: OutboxMessage, now: Millis) -> None: ...
    async def audit(self, entry: AuditEntry, now: Millis) -> None: ...


class Transactions(Protocol):
    """Opens units of work, one at a time; raises StorageTrouble when the disk refuses."""

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """The effect of the update of `current_attempt`: marks it as applied in the same transaction, once.

        A block that wrote nothing is rolled back and leaves the update and its button as they were.
        """
        ...

    def begin_aside(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """What an update merely set off, and may be done again: touches neither the update nor its button."""
        ...


class Queries(StoredUsers, Protocol):
    """Reads from storage that do not go through the cache, or that the cache loads from."""

    async def pending_pair(self, user_id: UserId, account_type: AccountType) -> SealedCredentials | None:
        """The newest RSA pair whose key id has not come yet, if there is one."""
        ...

    async def ledger_entries(self, user_id: UserId) -> tuple[LedgerEntry, ...]:
        """A user's rows of the license ledger, oldest first; none for a user who is not there."""
        ...

    async def had_trial(self, user_id: UserId) -> bool: ...
    async def ending_licenses(
        self, after: tuple[Millis, UserId], until: Millis, limit: int
    ) -> tuple[EndingLicense, ...]:
        """Whose license time ends after that end and user and before that moment, by end and user; nobody banned."""
        ...

    async def audit_page(
        self, *, before: int | None = None, area: str | None = None, subject: UserId | None = None, limit: int = 20
    ) -> tuple[AuditRow, ...]:
        """The audit, newest first: rows of an id below `before`, of one area ("promo"), about one person."""
        ...

    async def positions(self, account_id: AccountId) -> Positions | None:
        """None if this account's positions were never read."""
        ...

    async def orders(self, account_id: AccountId) -> Orders | None: ...
    async def executions(self, account: Account, limit: int) -> Executions:
        """What trade_logs hold of a paper account, newest first."""
        ...

    async def paper_wallet(self, account_id: AccountId) -> Mapping[str, str]:
        """Coin -> wallet balance as canonical Decimal text."""
        ...

    async def dialogue(self, user_id: UserId, now: Millis) -> Dialogue | None: ...
    async def button(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis) -> Button | None:
        """The row if a press of it would count now; it is not used up by this."""
        ...

    async def staff(self) -> Mapping[UserId, Role]:
        """Everybody whose stored role is more than a user's."""
        ...

    async def pin(self, user_id: UserId) -> StoredPin | None: ...
    async def used_button(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis) -> Button | None:
        """The row of one that was used and would count otherwise."""
        ...

    async def active_users(self, since: Millis, limit: int) -> tuple[UserId, ...]: ...
    async def accounts_to_check(self, before: Millis, limit: int) -> tuple[Account, ...]:
        """Active demo and live accounts whose key was last checked before that moment."""
        ...
