"""Accounts and the sealed keys beside them. An account that was removed keeps its row: its logs still name it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, TypeVar

from bot.domain.accounts import Account, AccountType, Exchange, KeyCheck, KeyType, SealedCredentials, TradeSettings
from bot.domain.errors import AlreadyAttached
from bot.domain.events import AccountEvent, CredentialsChanged, RecordEvent, UserConfigChanged, WalletChanged
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.interning import intern_decimal, intern_text
from bot.domain.portfolio import OrderType
from storage.sqlite.codecs import Row, decimal_text, json_items, json_list
from storage.sqlite.transaction import Transaction

INSERT_ACCOUNT: Final = """
    INSERT INTO accounts (user_id, exchange, account_type, host, label, state, created_ts,
                          risk_percent, stop_loss_percent, take_profit_percent, leverage, order_type)
    SELECT user_id, ?2, ?3, ?4, ?5, ?6, ?7, percent, sl_percent, tp_percent, leverage, global_order_type
      FROM users WHERE user_id = ?1
    RETURNING account_id, user_id, exchange, account_type, host, label, bybit_uid,
              risk_percent, stop_loss_percent, take_profit_percent, leverage, order_type
"""
SELECT_HOLDER: Final = """
    SELECT account_id, user_id FROM accounts
     WHERE bybit_uid = ? AND account_type = ? AND exchange = ? AND state = 'active'
"""
SELECT_ACCOUNT: Final = """
    SELECT account_id, user_id, exchange, account_type, host, label, bybit_uid,
           risk_percent, stop_loss_percent, take_profit_percent, leverage, order_type
      FROM accounts
     WHERE account_id = ? AND state <> 'removed'
"""
ACTIVATE_ACCOUNT: Final = """
    UPDATE accounts SET state = 'active', bybit_uid = ? WHERE account_id = ?
    RETURNING account_id, user_id, exchange, account_type, host, label, bybit_uid,
              risk_percent, stop_loss_percent, take_profit_percent, leverage, order_type
"""
REMOVE_ACCOUNT: Final = """
    UPDATE accounts SET state = 'removed', positions_as_of = NULL, orders_as_of = NULL WHERE account_id = ?
    RETURNING account_id, user_id, exchange, account_type
"""
FORGET_DEFAULT: Final = """
    UPDATE users SET default_account_id = NULL
     WHERE user_id = (SELECT user_id FROM accounts WHERE account_id = ?1) AND default_account_id = ?1
"""
DELETE_CREDENTIALS: Final = "DELETE FROM credentials WHERE account_id = ?"
DELETE_POSITIONS: Final = "DELETE FROM active_positions WHERE account_id = ?"
DELETE_ORDERS: Final = "DELETE FROM pending_limit_orders WHERE account_id = ?"
INSERT_WALLET: Final = """
    INSERT INTO paper_wallets (account_id, coin, wallet_balance) VALUES (?, ?, ?)
    ON CONFLICT (account_id, coin) DO NOTHING
    RETURNING account_id, (SELECT a.user_id FROM accounts AS a WHERE a.account_id = paper_wallets.account_id),
              (SELECT a.exchange FROM accounts AS a WHERE a.account_id = paper_wallets.account_id),
              (SELECT a.account_type FROM accounts AS a WHERE a.account_id = paper_wallets.account_id)
"""
SELECT_WALLET: Final = "SELECT coin, wallet_balance FROM paper_wallets WHERE account_id = ? ORDER BY coin"
UPSERT_CREDENTIALS: Final = """
    INSERT INTO credentials (account_id, user_id, key_type, data_key, key_id, api_key, api_secret,
                             bybit_uid, read_only, permissions, ips, expires_at, checked_at,
                             is_unified, is_master, key_kind, is_complete)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id) DO UPDATE
       SET user_id = excluded.user_id, key_type = excluded.key_type, data_key = excluded.data_key,
           key_id = excluded.key_id, api_key = excluded.api_key, api_secret = excluded.api_secret,
           bybit_uid = excluded.bybit_uid, read_only = excluded.read_only, permissions = excluded.permissions,
           ips = excluded.ips, expires_at = excluded.expires_at, checked_at = excluded.checked_at,
           is_unified = excluded.is_unified, is_master = excluded.is_master, key_kind = excluded.key_kind,
           is_complete = excluded.is_complete
    RETURNING account_id, user_id, (SELECT a.exchange FROM accounts AS a WHERE a.account_id = credentials.account_id),
              (SELECT a.account_type FROM accounts AS a WHERE a.account_id = credentials.account_id)
"""
UPDATE_CHECK: Final = """
    UPDATE credentials
       SET bybit_uid = ?, read_only = ?, permissions = ?, ips = ?, expires_at = ?, checked_at = ?,
           is_unified = ?, is_master = ?, key_kind = ?, is_complete = ?
     WHERE account_id = ? AND api_key = ?
    RETURNING account_id, user_id, (SELECT a.exchange FROM accounts AS a WHERE a.account_id = credentials.account_id),
              (SELECT a.account_type FROM accounts AS a WHERE a.account_id = credentials.account_id)
"""
SELECT_HELD: Final = "SELECT account_id FROM credentials WHERE account_id = ? AND api_key = ?"
SELECT_CREDENTIALS: Final = """
    SELECT c.account_id, c.user_id, a.account_type, a.host, c.key_type, c.data_key, c.key_id, c.api_key, c.api_secret,
           c.bybit_uid, c.read_only, c.permissions, c.ips, c.expires_at, c.checked_at,
           c.is_unified, c.is_master, c.key_kind, c.is_complete
      FROM credentials AS c JOIN accounts AS a ON a.account_id = c.account_id
     WHERE c.account_id = ?
"""
SELECT_PENDING: Final = """
    SELECT c.account_id, c.user_id, a.account_type, a.host, c.key_type, c.data_key, c.key_id, c.api_key, c.api_secret,
           c.bybit_uid, c.read_only, c.permissions, c.ips, c.expires_at, c.checked_at,
           c.is_unified, c.is_master, c.key_kind, c.is_complete
      FROM accounts AS a JOIN credentials AS c ON c.account_id = a.account_id
     WHERE a.user_id = ? AND a.account_type = ? AND a.state = 'pending'
     ORDER BY a.account_id DESC LIMIT 1
"""
# No join: with many accounts and few keys the planner would walk the accounts. What is passed over is so within the
# limit: keys that stay due, as dead ones do, would keep the others out of it.
SELECT_TO_CHECK: Final = """
    SELECT account_id, user_id, exchange, account_type, host, label, bybit_uid,
           risk_percent, stop_loss_percent, take_profit_percent, leverage, order_type
      FROM accounts
     WHERE state = 'active' AND account_id IN (
           SELECT account_id FROM credentials
            WHERE checked_at > 0 AND checked_at < ? AND account_id NOT IN (SELECT value FROM json_each(?))
            ORDER BY checked_at LIMIT ?)
"""

E = TypeVar("E", bound=AccountEvent)

_EXCHANGES: Final = {each.value: each for each in Exchange}
_TYPES: Final = {each.value: each for each in AccountType}
_ORDER_TYPES: Final = {each.value: each for each in OrderType}


def account_of(row: Row) -> Account:
    """Twelve columns: account_id, user_id, exchange, account_type, host, label, bybit_uid and those of the settings."""
    account_id, user_id, exchange, account_type, host, label, bybit_uid, risk, stop, target, leverage, order_type = row
    return Account(
        account_id=account_id,
        user_id=user_id,
        exchange=_EXCHANGES[exchange],
        account_type=_TYPES[account_type],
        host=intern_text(host),
        label=intern_text(label),
        bybit_uid=bybit_uid,
        settings=TradeSettings(
            risk_percent=intern_decimal(risk),
            stop_loss_percent=intern_decimal(stop),
            take_profit_percent=intern_decimal(target),
            leverage=leverage,
            order_type=_ORDER_TYPES[order_type],
        ),
    )


def check_of(row: Row) -> KeyCheck:
    """Ten columns: bybit_uid, read_only, permissions, ips, expires_at, checked_at and the four from is_unified on."""
    bybit_uid, read_only, permissions, ips, expires_at, checked_at, is_unified, is_master, key_kind, is_complete = row
    return KeyCheck(
        bybit_uid=bybit_uid,
        read_only=bool(read_only),
        permissions=tuple(map(intern_text, json_items(permissions))),
        ips=json_items(ips),
        expires_at=expires_at,
        checked_at=checked_at,
        is_unified=_optional_flag(is_unified),
        is_master=_optional_flag(is_master),
        key_kind=key_kind,
        is_complete=bool(is_complete),
    )


def credentials_of(row: Row) -> SealedCredentials:
    """A row of SELECT_CREDENTIALS or SELECT_PENDING."""
    checked_at = row[14]
    return SealedCredentials(
        account_id=row[0],
        user_id=row[1],
        account_type=_TYPES[row[2]],
        host=intern_text(row[3]),
        key_type=KeyType(row[4]),
        data_key=row[5],
        key_id=intern_text(row[6]),
        api_key=row[7],
        api_secret=row[8],
        check=check_of(row[9:]) if checked_at else None,
    )


def event_of(event: type[E], row: Row) -> E:
    """An event about an account, from the columns account_id, user_id, exchange, account_type."""
    account_id, user_id, exchange, account_type = row
    return event(
        account_id=account_id, user_id=user_id, exchange=_EXCHANGES[exchange], account_type=_TYPES[account_type]
    )


class SqliteAccounts:
    """Implements `bot.domain.ports.accounts.Accounts` inside a unit of work."""

    def __init__(self, transaction: Transaction, record: RecordEvent) -> None:
        self._transaction = transaction
        self._record = record

    async def add(
        self,
        *,
        user_id: UserId,
        exchange: Exchange,
        account_type: AccountType,
        host: str,
        label: str,
        now: Millis,
    ) -> Account:
        """A new account with the user's settings; pending (hidden from UserConfig) until `activate`, except paper.

        Raises LookupError for an unknown user.
        """
        state = "active" if account_type is AccountType.PAPER else "pending"
        row = (user_id, exchange.value, account_type.value, host, label, state, now)
        made = await self._transaction.fetch(INSERT_ACCOUNT, row)
        if not made:
            raise LookupError(f"there is no user {user_id}")
        return self._listed(made)

    async def activate(self, account_id: AccountId, bybit_uid: str) -> Account:
        """The account, usable from now on; the user's own older account of that Bybit UID gives way to it.

        Raises AlreadyAttached if another user's account of that type has the UID, LookupError for an unknown account.
        """
        account = await self._known(account_id)
        uid = (bybit_uid, account.account_type.value, account.exchange.value)
        for holder_id, holder in await self._transaction.fetch(SELECT_HOLDER, uid):
            if holder != account.user_id:
                raise AlreadyAttached
            if holder_id != account_id:
                await self.remove(holder_id)
        return self._listed(await self._transaction.fetch(ACTIVATE_ACCOUNT, (bybit_uid, account_id)))

    async def remove(self, account_id: AccountId) -> None:
        """The account with its credentials, positions and orders; its trade logs stay."""
        one = (account_id,)
        for statement in (DELETE_CREDENTIALS, DELETE_POSITIONS, DELETE_ORDERS, FORGET_DEFAULT):
            await self._transaction.fetch(statement, one)
        for row in await self._transaction.fetch(REMOVE_ACCOUNT, one):
            changed = event_of(CredentialsChanged, row)
            self._record(changed)
            self._record(UserConfigChanged(user_id=changed.user_id))

    async def pending(self, user_id: UserId, account_type: AccountType) -> SealedCredentials | None:
        """The newest RSA pair whose key id has not come yet, if there is one."""
        rows = await self._transaction.fetch(SELECT_PENDING, (user_id, account_type.value))
        return credentials_of(rows[0]) if rows else None

    async def put_credentials(self, sealed: SealedCredentials) -> None:
        """Store or replace an account's key. Raises LookupError if the account is not that user's."""
        account = await self._known(sealed.account_id)
        if account.user_id != sealed.user_id:
            raise LookupError(f"user {sealed.user_id} has no account {sealed.account_id}")
        key = (sealed.account_id, sealed.user_id, sealed.key_type.value, sealed.data_key, sealed.key_id)
        row = (*key, sealed.api_key, sealed.api_secret, *_check_columns(sealed.check))
        await self._write_credentials(UPSERT_CREDENTIALS, row)

    async def set_check(self, sealed: SealedCredentials, check: KeyCheck) -> bool:
        """Note what a check of that key found; False if it was removed or replaced while Bybit was asked."""
        row = (*_check_columns(check), sealed.account_id, sealed.api_key)
        return await self._write_credentials(UPDATE_CHECK, row)

    async def holds(self, sealed: SealedCredentials) -> bool:
        """Whether that very key is still the account's."""
        return bool(await self._transaction.fetch(SELECT_HELD, (sealed.account_id, sealed.api_key)))

    async def open_paper_wallet(self, account_id: AccountId, coin: str, balance: str) -> None:
        """Start a practice wallet; one that is open stays as it is."""
        for row in await self._transaction.fetch(INSERT_WALLET, (account_id, coin, decimal_text(Decimal(balance)))):
            self._record(event_of(WalletChanged, row))

    def _listed(self, rows: list[Row]) -> Account:
        """The account that was written, which is among its user's from now on."""
        account = account_of(rows[0])
        self._record(UserConfigChanged(user_id=account.user_id))
        return account

    async def _write_credentials(self, statement: str, parameters: Sequence[object]) -> bool:
        """False if nothing was changed."""
        rows = await self._transaction.fetch(statement, parameters)
        for row in rows:
            self._record(event_of(CredentialsChanged, row))
        return bool(rows)

    async def _known(self, account_id: AccountId) -> Account:
        rows = await self._transaction.fetch(SELECT_ACCOUNT, (account_id,))
        if not rows:
            raise LookupError(f"there is no account {account_id}")
        return account_of(rows[0])


def _check_columns(check: KeyCheck | None) -> tuple[object, ...]:
    if check is None:
        return (None, 0, "[]", "[]", None, 0, None, None, None, 1)
    permissions, ips = json_list(check.permissions), json_list(check.ips)
    rights = (check.bybit_uid, int(check.read_only), permissions, ips, check.expires_at, check.checked_at)
    return (*rights, check.is_unified, check.is_master, check.key_kind, int(check.is_complete))


def _optional_flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)
