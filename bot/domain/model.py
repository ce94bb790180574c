"""Users, accounts and what stands in them: frozen values with Decimal money and UTC epoch milliseconds."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from hmac import compare_digest
from typing import Final, NewType

UserId = NewType("UserId", int)  # Telegram's numeric id
ChatId = NewType("ChatId", int)
AccountId = NewType("AccountId", int)
Symbol = NewType("Symbol", str)  # as Bybit spells it: ^[A-Z0-9]{2,30}$
Millis = NewType("Millis", int)  # UTC epoch milliseconds

MINUTE: Final = 60_000  # ms, as the next two
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
DAY_S: Final = DAY // 1000  # seconds


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


class Exchange(StrEnum):
    """Where an account's prices and rules come from. Paper accounts match on Bybit's prices."""

    BYBIT = "bybit"


class AccountType(StrEnum):
    """Whose money: practice in this process, Bybit's demo trading, or real."""

    PAPER = "paper"
    DEMO = "demo"
    LIVE = "live"


class Category(StrEnum):
    """Bybit's product categories that this bot serves."""

    LINEAR = "linear"
    SPOT = "spot"


class Side(StrEnum):
    """Bybit's order and position side."""

    BUY = "Buy"
    SELL = "Sell"


class OrderType(StrEnum):
    """Bybit's orderType."""

    MARKET = "Market"
    LIMIT = "Limit"


class LicenseType(StrEnum):
    """Lowest first; no license is None."""

    TRIAL = "trial"
    BASIC = "basic"
    PREMIUM = "premium"


class Notifications(StrEnum):
    """How the bot's own messages ring."""

    ON = "on"
    SILENT = "silent"
    OFF = "off"


class KeyType(StrEnum):
    """How a Bybit key signs: our RSA pair (the default) or the secret that Bybit made."""

    RSA = "rsa"
    HMAC = "hmac"


class Secret:
    """Text that prints as *** and goes into no string, JSON or pickle by accident; `reveal()` reads it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled or copied")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One trading account of one user; a user may have several of a type.

    `host` is the Bybit site the key belongs to (`com`, `nl`, `kz` …), `bybit_uid` Bybit's userID (None for paper).
    """

    account_id: AccountId
    user_id: UserId
    exchange: Exchange
    account_type: AccountType
    host: str
    label: str
    bybit_uid: str | None


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
class Segment:
    """A stretch of time with one type, [start, end)."""

    license_type: LicenseType
    start: Millis
    end: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """A user's license as the projection holds it: what runs now and what is banked behind it, in order, no gaps.

    The reader brings the clock, so that a cached value needs no drop when one segment ends and the next begins. A
    moment before the first segment means that the clock was set back: then it stands still, and the first one runs.
    """

    user_id: UserId
    segments: tuple[Segment, ...]

    def segment_at(self, now: Millis) -> Segment | None:
        """What covers the moment."""
        return next((each for each in self.segments if now < each.end), None)

    def type_at(self, now: Millis) -> LicenseType | None:
        segment = self.segment_at(now)
        return None if segment is None else segment.license_type

    def is_active(self, now: Millis) -> bool:
        """Whether it covers the moment."""
        return self.segment_at(now) is not None

    def banked_at(self, now: Millis) -> tuple[Segment, ...]:
        """What starts later, in order."""
        return tuple(each for each in self.segments if now < each.end)[1:]

    def until(self, now: Millis) -> Millis | None:
        """When all of it ends; None where nothing runs."""
        return self.segments[-1].end if self.is_active(now) else None

    def next_at(self, now: Millis) -> Segment | None:
        """What starts when the running segment ends."""
        return next(iter(self.banked_at(now)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCheck:
    """What the last key check found, in Bybit's terms (/v5/user/query-api)."""

    bybit_uid: str
    read_only: bool
    permissions: tuple[str, ...]  # "ContractTrade:Order", sorted
    ips: tuple[str, ...]  # empty: not bound
    expires_at: Millis | None
    checked_at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCredentials:
    """An account's key, sealed. The bytes are AES-256-GCM envelopes; opening them is the vault's business."""

    account_id: AccountId
    user_id: UserId
    account_type: AccountType
    host: str
    key_type: KeyType
    data_key: bytes = field(repr=False)  # wrapped by the key-encryption key named by key_id
    key_id: str
    api_key: bytes = field(repr=False)
    api_secret: bytes = field(repr=False)  # HMAC secret or RSA private key (PKCS#8 PEM)
    check: KeyCheck | None  # None while the user has not sent the key's id yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An opened key. Lives in one client object and nowhere else."""

    account_id: AccountId
    key_type: KeyType
    api_key: Secret
    api_secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinBalance:
    """One coin of a wallet, in that coin."""

    coin: str
    wallet_balance: Decimal
    equity: Decimal
    unrealised_pnl: Decimal
    usd_value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A unified account's wallet in USD; totals are None where Bybit leaves them empty (isolated margin)."""

    account_id: AccountId
    total_equity: Decimal
    total_wallet_balance: Decimal
    total_available: Decimal | None
    total_unrealised_pnl: Decimal
    total_initial_margin: Decimal | None
    coins: tuple[CoinBalance, ...]
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One leg of a position with size > 0. `position_idx`: 0 one-way, 1 the long leg, 2 the short leg of hedge mode."""

    category: Category
    symbol: Symbol
    position_idx: int
    side: Side
    size: Decimal
    entry_price: Decimal
    mark_price: Decimal
    position_value: Decimal
    leverage: Decimal | None
    liquidation_price: Decimal | None
    unrealised_pnl: Decimal
    take_profit: Decimal | None
    stop_loss: Decimal | None
    trailing_stop: Decimal | None
    created_ts: Millis
    updated_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """An account's open positions as of a moment (exchange's answer, UTC ms)."""

    account_id: AccountId
    items: tuple[Position, ...]
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An open order, limit or conditional, in Bybit's terms."""

    category: Category
    symbol: Symbol
    order_id: str
    order_link_id: str
    position_idx: int
    side: Side
    order_type: OrderType
    order_status: str
    price: Decimal | None  # None: market
    qty: Decimal
    cum_exec_qty: Decimal
    trigger_price: Decimal | None
    stop_order_type: str
    time_in_force: str
    reduce_only: bool
    take_profit: Decimal | None
    stop_loss: Decimal | None
    created_ts: Millis
    updated_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """An account's open orders as of a moment."""

    account_id: AccountId
    items: tuple[Order, ...]
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill. `fee` is in `fee_currency`; negative is a rebate."""

    category: Category
    symbol: Symbol
    exec_id: str
    order_id: str
    order_link_id: str
    side: Side
    exec_type: str
    exec_price: Decimal
    exec_qty: Decimal
    exec_value: Decimal
    exec_fee: Decimal
    fee_currency: str
    is_maker: bool
    closed_size: Decimal
    exec_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Executions:
    """An account's newest fills, newest first, as of a moment."""

    account_id: AccountId
    items: tuple[Execution, ...]
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRate:
    """What an account pays, as fractions of the value (0.00055 = 0.055 %)."""

    symbol: Symbol
    taker: Decimal
    maker: Decimal


PAPER_START_BALANCE: Final = Decimal(10_000)  # USDT
