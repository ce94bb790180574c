"""Reads of accounts, of their keys, and of what they hold and did."""

import json
from collections.abc import Collection
from typing import Final

from bot.domain.accounts import Account, AccountType, SealedCredentials
from bot.domain.clock import SystemClock
from bot.domain.ids import AccountId, Millis, Symbol, UserId
from bot.domain.portfolio import Executions, Order, Orders, Position, Positions
from bot.domain.ports.clock import Clock
from storage.accounts.accounts import (
    SELECT_CREDENTIALS,
    SELECT_PENDING,
    SELECT_TO_CHECK,
    account_of,
    credentials_of,
)
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
from storage.sqlite.database import Database

_SYSTEM_CLOCK: Final = SystemClock()


class SqliteAccountQueries:
    """Implements `bot.domain.ports.accounts.AccountQueries`; every method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database, *, clock: Clock = _SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def credentials(self, account_id: AccountId) -> SealedCredentials | None:
        rows = await self._database.fetch(SELECT_CREDENTIALS, (account_id,))
        return credentials_of(rows[0]) if rows else None

    async def pending_pair(self, user_id: UserId, account_type: AccountType) -> SealedCredentials | None:
        rows = await self._database.fetch(SELECT_PENDING, (user_id, account_type.value))
        return credentials_of(rows[0]) if rows else None

    async def accounts_to_check(
        self, before: Millis, limit: int, passed_over: Collection[AccountId] = ()
    ) -> tuple[Account, ...]:
        """Active demo and live accounts whose key was last checked before that moment: those of longest ago."""
        parameters = (before, json.dumps(sorted(passed_over)), limit)
        return tuple(map(account_of, await self._database.fetch(SELECT_TO_CHECK, parameters)))

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
