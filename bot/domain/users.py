"""Users: roles, languages and settings."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.accounts import Account, AccountType
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.portfolio import OrderType


class Language(StrEnum):
    """What the bot speaks; every other language of a client falls back to English."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    UKRAINIAN = "uk"


class Role(StrEnum):
    """What a person may do beside trading, by numeric id; each may what those before it may."""

    USER = "user"
    SUPPORT = "support"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """0 for a user. Roles themselves compare as texts do."""
        return tuple(Role).index(self)


class Notifications(StrEnum):
    """How the bot's own messages ring."""

    ON = "on"
    SILENT = "silent"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeSettings:
    """What /settings holds. Percents are of equity (risk) or of the entry price (stop loss, take profit)."""

    risk_percent: Decimal = Decimal(1)  # 0.1 … 10
    stop_loss_percent: Decimal = Decimal(3)  # 0.1 … 50
    take_profit_percent: Decimal = Decimal(8)  # 0.1 … 500
    leverage: int = 3  # 1 … 100
    order_type: OrderType = OrderType.MARKET
    notifications: Notifications = Notifications.ON
    time_zone: str = "UTC"  # an IANA name


@dataclass(frozen=True, slots=True, kw_only=True)
class UserConfig:
    """Everything a guard and a screen ask of a user, in one cached read."""

    user_id: UserId
    username: str | None
    first_name: str
    language: Language
    role: Role
    is_banned: bool
    terms_version: int  # 0: not accepted yet
    settings: TradeSettings
    default_account_id: AccountId | None
    accounts: tuple[Account, ...]  # the usable ones, paper first
    first_seen_ts: Millis

    @property
    def default_account(self) -> Account:
        """The account that screens show first: the chosen one, else practice.

        Raises LookupError if the user has no account at all, which /start rules out.
        """
        for account in self.accounts:
            if account.account_id == self.default_account_id:
                return account
        for account in self.accounts:
            return account
        raise LookupError(f"user {self.user_id} has no account")

    def account(self, account_id: AccountId) -> Account | None:
        """The user's own account of that id, or None: the check that stands between A's button and B's account."""
        return next((each for each in self.accounts if each.account_id == account_id), None)

    def account_of_type(self, account_type: AccountType) -> Account | None:
        return next((each for each in self.accounts if each.account_type is account_type), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """Who sent /start, as Telegram names them; stored if nobody of that id is known."""

    user_id: UserId
    username: str | None
    first_name: str
    language: Language
    start_payload: str | None
