"""What happened, recorded by the repository that wrote it. The policy table says which cache entries each one drops."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.accounts import AccountType, Exchange
from bot.domain.ids import AccountId, Symbol, UserId
from bot.domain.market import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEvent:
    """The base of what concerns one user."""

    user_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvent:
    """Something about one account of one user."""

    user_id: UserId
    account_id: AccountId
    exchange: Exchange
    account_type: AccountType


@dataclass(frozen=True, slots=True, kw_only=True)
class UserConfigChanged(UserEvent):
    """A setting, a name, a language, the terms, the list of accounts, or whether a question is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserBanned(UserEvent):
    """The user was banned, or the ban was lifted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChanged(UserEvent):
    """Became or ceased to be admin, support or owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseChanged(UserEvent):
    """License time was added or taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsChanged(AccountEvent):
    """A key was attached, replaced, re-checked or removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(AccountEvent):
    """Bybit accepted an order; it may have been filled since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged(AccountEvent):
    """An order was amended, canceled or triggered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilled(AccountEvent):
    """An order was filled, wholly or in part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionOpened(AccountEvent):
    """A position stands that did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionClosed(AccountEvent):
    """The size of a position became 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopChanged(AccountEvent):
    """A stop loss, take profit or trailing stop was set or lifted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletChanged(AccountEvent):
    """The wallet changed otherwise: a transfer, funding, a practice reset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentRejected:
    """An order or a stop was refused for what the rules of its symbol allow: they must be read anew."""

    category: Category
    symbol: Symbol


Event = UserEvent | AccountEvent | InstrumentRejected
RecordEvent = Callable[[Event], None]  # kept until the unit of work commits, forgotten with a rollback
