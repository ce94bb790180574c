"""Trading accounts of a user, and the Bybit keys beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.domain.chat import OutboxPayload
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.notices import NoticeKind
from bot.domain.portfolio import OrderType
from bot.domain.secrets import Secret


class Exchange(StrEnum):
    """Where an account's prices and rules come from. Paper accounts match on Bybit's prices."""

    BYBIT = "bybit"


class AccountType(StrEnum):
    """Whose money: practice in this process, Bybit's demo trading, or real."""

    PAPER = "paper"
    DEMO = "demo"
    LIVE = "live"


class KeyType(StrEnum):
    """How a Bybit key signs: our RSA pair (the default) or the secret that Bybit made."""

    RSA = "rsa"
    HMAC = "hmac"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeSettings:
    """What an order of an account begins with. Percents are of equity (risk) or of the entry price (the others).

    They stand with the account, and all accounts of a user have the same ones: /settings writes every account. Changing
    one account alone comes with the order card.
    """

    risk_percent: Decimal = Decimal(1)  # 0.1 … 10
    stop_loss_percent: Decimal = Decimal(3)  # 0.1 … 50
    take_profit_percent: Decimal = Decimal(8)  # 0.1 … 500
    leverage: int = 3  # 1 … 100
    order_type: OrderType = OrderType.MARKET


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
    settings: TradeSettings

    @property
    def number(self) -> int:
        """Which of the user's accounts of its type, from 1: the number at the end of the label, as in Live 2."""
        last = self.label.rpartition(" ")[2]
        return int(last) if last.isascii() and last.isdigit() else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCheck:
    """What the last key check found, in Bybit's terms (/v5/user/query-api)."""

    bybit_uid: str
    read_only: bool
    permissions: tuple[str, ...]  # "ContractTrade:Order", sorted
    ips: tuple[str, ...]  # empty: not bound
    expires_at: Millis | None
    checked_at: Millis
    is_unified: bool | None = None  # the account behind it; None: not told, like the two below
    is_master: bool | None = None  # False: a subaccount
    key_kind: int | None = None  # Bybit's `type`: 1 the person's own, 2 of a third-party application
    is_complete: bool = True  # False: taken by demo, which told nothing of its rights


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


PAPER_START_BALANCE: Final = Decimal(10_000)  # USDT


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """An RSA pair for one key: the public half goes to Bybit, the private one is sealed."""

    public_pem: str
    private_pem: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that is not stored yet."""

    account_type: AccountType
    host: str
    key_type: KeyType
    api_key: Secret
    api_secret: Secret


# --- messages of the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyExpiresMessage(OutboxPayload):
    """A key that Bybit ends soon."""

    KIND = "key-expires"
    NOTICE = NoticeKind.ALARMS
    account_type: AccountType
    days: int
    date: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTroubleMessage(OutboxPayload):
    """What the daily check found: the text of a finding and what fills it."""

    KIND = "key-trouble"
    NOTICE = NoticeKind.ALARMS
    account_type: AccountType
    finding: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressRefusedMessage(OutboxPayload):
    """To operators: the exchange refuses several accounts' keys for the address that this server goes out from."""

    KIND = "egress-refused"
    NOTICE = NoticeKind.ALARMS


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAskLostMessage(OutboxPayload):
    """Bybit was asked about a key, and its answer was never told: the process ended meanwhile."""

    KIND = "key-ask-lost"
    NOTICE = NoticeKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyKeysMessage(OutboxPayload):
    """The bot before this one kept the reader's keys of Bybit, a wallet's private key, or both, in clear."""

    KIND = "legacy-keys"
    NOTICE = NoticeKind.ALARMS
    has_keys: bool
    has_wallet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAttachedMessage(OutboxPayload):
    """A key was connected. Nothing writes it any more."""

    KIND = "key-attached"
    NOTICE = NoticeKind.OTHER
    account_type: AccountType


KEY_LOST: Final = "key.lost"  # the audit's word


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysLostMessage(OutboxPayload):
    """The server lost what opens stored keys: these accounts, by their labels, are to be connected anew."""

    KIND = "keys-lost"
    NOTICE = NoticeKind.ALARMS

    accounts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultLostMessage(OutboxPayload):
    """To operators: how many accounts of how many people, and how many promo codes, no key opens any more."""

    KIND = "vault-lost"
    NOTICE = NoticeKind.ALARMS

    accounts: int
    people: int
    codes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRemovedMessage(OutboxPayload):
    """A key was removed. Nothing writes it any more."""

    KIND = "key-removed"
    NOTICE = NoticeKind.OTHER
    account_type: AccountType
