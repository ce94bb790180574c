"""Reads: each one statement, one hop to the reading connection, mapped to a frozen value."""

from collections.abc import Mapping
from typing import Final

from bot.domain.accounts import Account, SealedCredentials
from bot.domain.audit import AuditRow
from bot.domain.chat import Button, Dialogue
from bot.domain.clock import SystemClock
from bot.domain.ids import AccountId, ChatId, Millis, Symbol, UserId
from bot.domain.licensing import License
from bot.domain.pins import StoredPin
from bot.domain.portfolio import Executions, Order, Orders, Position, Positions
from bot.domain.ports.clock import Clock
from bot.domain.reminders import EndingLicense
from bot.domain.users import Role, UserConfig
from storage.accounts.accounts import SELECT_CREDENTIALS, SELECT_TO_CHECK, SELECT_WALLET, account_of, credentials_of
from storage.accounts.portfolio import (
    SELECT_ORDERS,
    SELECT_PENDING_ORDERS,
    SELECT_POSITIONS,
    SELECT_POSITIONS_OF_USER,
    order_of,
    orders_of,
    position_of,
    positions_of,
)
from storage.accounts.trades import SELECT_EXECUTIONS, SELECT_SINCE, TradeLog, executions_of, trade_log_of
from storage.admin.audit import audit_page
from storage.chat.buttons import SELECT_BUTTON, SELECT_USED_BUTTON, button_of
from storage.chat.dialogues import SELECT_DIALOGUE, dialogue_of
from storage.licensing.ledger import SELECT_TRIAL
from storage.licensing.licenses import SELECT_ENDING, SELECT_LICENSE, ending_of, license_of
from storage.signals.signals import RECENT_LIMIT, SELECT_RECENT, Signal, signal_of
from storage.sqlite.database import Database
from storage.users.pins import SELECT_PIN, pin_of
from storage.users.users import SELECT_ACTIVE, SELECT_CONFIG, SELECT_STAFF, config_of

_SYSTEM_CLOCK: Final = SystemClock()


class SqliteQueries:
    """Implements `bot.domain.ports.storage.Queries`; every method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database, *, clock: Clock = _SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def user_config(self, user_id: UserId) -> UserConfig | None:
        return config_of(await self._database.fetch(SELECT_CONFIG, (user_id,)))

    async def license(self, user_id: UserId, now: Millis) -> License:
        """The license that counts at `now`; one that ended is answered too, with its dates."""
        return license_of(await self._database.fetch(SELECT_LICENSE, (user_id, now)), user_id)

    async def had_trial(self, user_id: UserId) -> bool:
        """Whether they ever started one, also if it was taken back."""
        return bool(await self._database.fetch(SELECT_TRIAL, (user_id,)))

    async def ending_licenses(
        self, after: tuple[Millis, UserId], until: Millis, limit: int
    ) -> tuple[EndingLicense, ...]:
        rows = await self._database.fetch(SELECT_ENDING, (*after, until, limit))
        return tuple(map(ending_of, rows))

    async def audit_page(
        self, *, before: int | None = None, area: str | None = None, subject: UserId | None = None, limit: int = 20
    ) -> tuple[AuditRow, ...]:
        return await audit_page(self._database.fetch, before=before, area=area, subject=subject, limit=limit)

    async def credentials(self, account_id: AccountId) -> SealedCredentials | None:
        rows = await self._database.fetch(SELECT_CREDENTIALS, (account_id,))
        return credentials_of(rows[0]) if rows else None

    async def positions(self, account_id: AccountId) -> Positions | None:
        """None if this account's positions were never read."""
        return positions_of(await self._database.fetch(SELECT_POSITIONS, (account_id,)), account_id)

    async def orders(self, account_id: AccountId) -> Orders | None:
        """None if this account's orders were never read; newest first."""
        return orders_of(await self._database.fetch(SELECT_ORDERS, (account_id,)), account_id)

    async def executions(self, account: Account, limit: int) -> Executions:
        """What trade_logs hold of a paper account, newest first; complete as of this moment."""
        rows = await self._database.fetch(SELECT_EXECUTIONS, (account.account_id, limit))
        return executions_of(rows, account.account_id, self._clock.now())

    async def paper_wallet(self, account_id: AccountId) -> Mapping[str, str]:
        """Coin -> wallet balance as canonical Decimal text."""
        return dict(await self._database.fetch(SELECT_WALLET, (account_id,)))

    async def dialogue(self, user_id: UserId, now: Millis) -> Dialogue | None:
        rows = await self._database.fetch(SELECT_DIALOGUE, (user_id, now))
        return dialogue_of(rows[0]) if rows else None

    async def button(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis) -> Button | None:
        """A button that could be pressed now: this user's, this chat's, unused, not expired."""
        rows = await self._database.fetch(SELECT_BUTTON, (token, user_id, chat_id, now))
        return button_of(rows[0]) if rows else None

    async def staff(self) -> Mapping[UserId, Role]:
        """Everybody whose stored role is more than a user's."""
        return {user_id: Role(role) for user_id, role in await self._database.fetch(SELECT_STAFF)}

    async def pin(self, user_id: UserId) -> StoredPin | None:
        rows = await self._database.fetch(SELECT_PIN, (user_id,))
        return pin_of(rows[0]) if rows else None

    async def used_button(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis) -> Button | None:
        """One that was used and has not expired."""
        rows = await self._database.fetch(SELECT_USED_BUTTON, (token, user_id, chat_id, now))
        return button_of(rows[0]) if rows else None

    async def active_users(self, since: Millis, limit: int) -> tuple[UserId, ...]:
        """Who wrote since that moment and is not banned, the latest first."""
        return tuple(user_id for (user_id,) in await self._database.fetch(SELECT_ACTIVE, (since, limit)))

    async def accounts_to_check(self, before: Millis, limit: int) -> tuple[Account, ...]:
        """Active demo and live accounts whose key was last checked before that moment: those of longest ago."""
        return tuple(map(account_of, await self._database.fetch(SELECT_TO_CHECK, (before, limit))))

    async def positions_of_user(self, user_id: UserId) -> tuple[tuple[AccountId, Position], ...]:
        """Every leg in every account of a user, with its account."""
        rows = await self._database.fetch(SELECT_POSITIONS_OF_USER, (user_id,))
        return tuple([(row[-1], position_of(row)) for row in rows])

    async def pending_orders(self, user_id: UserId, symbol: Symbol) -> tuple[Order, ...]:
        """A user's open orders of one symbol, in all accounts."""
        return tuple(map(order_of, await self._database.fetch(SELECT_PENDING_ORDERS, (user_id, symbol))))

    async def trade_logs_since(self, user_id: UserId, since: Millis) -> tuple[TradeLog, ...]:
        """A user's fills since that moment, newest first."""
        return tuple(map(trade_log_of, await self._database.fetch(SELECT_SINCE, (user_id, since))))

    async def recent_signals(self, symbol: Symbol) -> tuple[Signal, ...]:
        """The ten newest signals of a symbol."""
        return tuple(map(signal_of, await self._database.fetch(SELECT_RECENT, (symbol, RECENT_LIMIT))))
