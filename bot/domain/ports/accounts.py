"""Accounts, their stored positions and orders, and the sealing of their keys."""

from collections.abc import Collection
from typing import Protocol

from bot.domain.accounts import (
    Account,
    AccountType,
    Credentials,
    Exchange,
    KeyCheck,
    KeyPair,
    KeyType,
    SealedCredentials,
)
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.portfolio import Executions, Orders, Positions
from bot.domain.secrets import Secret


class CredentialVault(Protocol):
    """Seals and opens keys; the associated data bind each field to its user and account."""

    def seal(
        self,
        *,
        user_id: UserId,
        account_id: AccountId,
        account_type: AccountType,
        host: str,
        key_type: KeyType,
        api_key: Secret,
        api_secret: Secret,
        check: KeyCheck | None,
    ) -> SealedCredentials: ...

    def open(self, sealed: SealedCredentials) -> Credentials:
        """Raises WrongKeyFile if the envelope was made for another user or account, or by an unknown key."""
        ...


class KeyPairMaker(Protocol):
    """Makes the pairs whose public half a user shows to Bybit."""

    async def make_pair(self) -> KeyPair: ...

    async def public_half(self, private_pem: Secret) -> str:
        """The public PEM of a pair made before."""
        ...


class Accounts(Protocol):
    """The accounts table and the credentials beside it."""

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
        """A new account, unusable (hidden from UserConfig) until `activate`, except paper; with the user's settings."""
        ...

    async def activate(self, account_id: AccountId, bybit_uid: str) -> Account:
        """The account, usable from now on. Raises AlreadyAttached if another user's account has this Bybit UID."""
        ...

    async def remove(self, account_id: AccountId) -> None:
        """The account, its credentials, positions and orders."""
        ...

    async def pending(self, user_id: UserId, account_type: AccountType) -> SealedCredentials | None:
        """The RSA pair whose key id has not come yet, if there is one."""
        ...

    async def put_credentials(self, sealed: SealedCredentials) -> None: ...
    async def set_check(self, sealed: SealedCredentials, check: KeyCheck) -> bool:
        """Note what a check of that key found; False if it was removed or replaced while Bybit was asked."""
        ...

    async def holds(self, sealed: SealedCredentials) -> bool:
        """Whether that very key is still the account's."""
        ...

    async def open_paper_wallet(self, account_id: AccountId, coin: str, balance: str) -> None: ...


class Portfolio(Protocol):
    """active_positions and pending_limit_orders, with each account's as_of."""

    async def replace_positions(self, account: Account, positions: Positions) -> None: ...
    async def replace_orders(self, account: Account, orders: Orders) -> None: ...


class AccountQueries(Protocol):
    """Reads of accounts, of their keys, and of what is stored of their portfolio. Raises StorageTrouble."""

    async def credentials(self, account_id: AccountId) -> SealedCredentials | None: ...
    async def pending_pair(self, user_id: UserId, account_type: AccountType) -> SealedCredentials | None:
        """The newest RSA pair whose key id has not come yet, if there is one."""
        ...

    async def accounts_to_check(
        self, before: Millis, limit: int, passed_over: Collection[AccountId] = ()
    ) -> tuple[Account, ...]:
        """Active demo and live accounts whose key was last checked before that moment, but for those passed over."""
        ...

    async def positions(self, account_id: AccountId) -> Positions | None:
        """None if this account's positions were never read."""
        ...

    async def orders(self, account_id: AccountId) -> Orders | None: ...
    async def executions(self, account: Account, limit: int) -> Executions:
        """What trade_logs hold of a paper account, newest first."""
        ...
