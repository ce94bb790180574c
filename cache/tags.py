"""What entries are dropped by. One function makes the tag of a key and of an event, so the two cannot drift apart.

A tag is the pair of a function below and the value it answers: `user` of anything that has a user. Values are ids and
tuples, never text, so user 12 can't be taken for user 123.
"""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, Protocol

from bot.domain.accounts import AccountType, Exchange
from bot.domain.ids import AccountId, Symbol, UserId
from bot.domain.market import Category


class HasUser(Protocol):
    """What belongs to one user: keys and events."""

    @property
    def user_id(self) -> UserId: ...


class HasAccount(Protocol):
    """What belongs to one account: keys and events."""

    @property
    def account_id(self) -> AccountId: ...


class HasKind(Protocol):
    """Belongs to one user's accounts of an exchange and a type."""

    @property
    def user_id(self) -> UserId: ...
    @property
    def exchange(self) -> Exchange: ...
    @property
    def account_type(self) -> AccountType: ...


class HasInstrument(Protocol):
    """Speaks of one symbol of a category."""

    @property
    def category(self) -> Category: ...
    @property
    def symbol(self) -> Symbol: ...


def user(of: HasUser) -> UserId:
    return of.user_id


def account(of: HasAccount) -> AccountId:
    return of.account_id


def kind(of: HasKind) -> tuple[UserId, Exchange, AccountType]:
    return of.user_id, of.exchange, of.account_type


def instrument(of: HasInstrument) -> tuple[Category, Symbol]:
    return of.category, of.symbol


class UserSubject(NamedTuple):
    """Whom a user's key speaks of."""

    user_id: UserId


class AccountSubject(NamedTuple):
    """Which account a key speaks of. The key itself is the same tuple without names: a quarter of the time to make."""

    account_id: AccountId
    user_id: UserId
    exchange: Exchange
    account_type: AccountType


class CredentialsSubject(NamedTuple):
    """Credentials are read by the account's id alone; their owner is known once they are loaded."""

    account_id: AccountId


class InstrumentSubject(NamedTuple):
    """Which symbol a key speaks of."""

    category: Category
    symbol: Symbol


AnyTag = Callable[[Any], Hashable]
