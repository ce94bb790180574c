"""What the inside asks of the outside, as Protocols. Storage, exchange and cache answer them; tests bring fakes."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.domain.cause import UpdateId
from bot.domain.desk import Broadcasts, DeskNotes
from bot.domain.events import Event
from bot.domain.licensing import GIVING, LONGEST, TAKING, EntryKind, LedgerEntry, Standing
from bot.domain.market import Instrument, Klines, MarketBoard, OrderBook, Ticker
from bot.domain.model import (
    Account,
    AccountId,
    AccountType,
    Balance,
    Category,
    ChatId,
    Credentials,
    Exchange,
    Executions,
    FeeRate,
    KeyCheck,
    KeyType,
    Language,
    License,
    LicenseType,
    Millis,
    Orders,
    Positions,
    Role,
    SealedCredentials,
    Secret,
    Symbol,
    TradeSettings,
    UserConfig,
    UserId,
)
from bot.domain.payments import Invoice, Paid, Payment, PaymentStatus, StarCursor, StarTransaction
from bot.domain.pins import StoredPin
from bot.domain.privacy import PrivacyRequests
from bot.domain.promo_ports import PromoCodes
from bot.domain.reminders import EndingLicense
from bot.domain.support import SupportThreads


class Clock(Protocol):
    """Time as a parameter."""

    def now(self) -> Millis:
        """UTC epoch milliseconds."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back; for intervals only."""
        ...


# --- what services and handlers read, through the cache -----------------------------------------------------


class Reads(Protocol):
    """Every cached read. Exchange reads raise `ExchangeError`s; errors are never kept."""

    async def user_config(self, user_id: UserId) -> UserConfig | None: ...
    async def license(self, user_id: UserId) -> License: ...
    async def credentials(self, account_id: AccountId) -> SealedCredentials | None: ...
    async def balance(self, account: Account) -> Balance: ...
    async def positions(self, account: Account) -> Positions: ...
    async def orders(self, account: Account) -> Orders: ...
    async def executions(self, account: Account) -> Executions: ...
    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate: ...
    async def key_check(self, account: Account) -> KeyCheck: ...
    async def ticker(self, symbol: Symbol) -> Ticker: ...
    async def order_book(self, symbol: Symbol) -> OrderBook: ...
    async def klines(self, symbol: Symbol, interval: str) -> Klines: ...
    async def board(self, category: Category) -> MarketBoard: ...
    async def instrument(self, category: Category, symbol: Symbol) -> Instrument | None: ...

    async def last_positions(self, account: Account) -> Positions | None:
        """The last known rows, however old, without asking the exchange."""
        ...

    async def last_orders(self, account: Account) -> Orders | None:
        """The last known rows, however old, without asking the exchange."""
        ...

    def last_balance(self, account: Account) -> Balance | None:
        """The last value still in memory though expired, or None. Never one that was dropped."""
        ...

    def last_executions(self, account: Account) -> Executions | None: ...
    def last_ticker(self, symbol: Symbol) -> Ticker | None: ...
    def last_order_book(self, symbol: Symbol) -> OrderBook | None: ...
    def last_klines(self, symbol: Symbol, interval: str) -> Klines | None: ...
    def last_board(self, category: Category) -> MarketBoard | None: ...


# --- the exchange -------------------------------------------------------------------------------------------


class ExchangeGateway(Protocol):
    """An account's own data. Adapters: Bybit (demo, live) and paper. Raises `ExchangeError`s."""

    async def balance(self, account: Account) -> Balance: ...
    async def positions(self, account: Account) -> Positions: ...
    async def orders(self, account: Account) -> Orders: ...
    async def executions(self, account: Account) -> Executions: ...
    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate: ...


class MarketData(Protocol):
    """Public data, always of the live market. Raises `ExchangeError`s."""

    async def ticker(self, category: Category, symbol: Symbol) -> Ticker: ...
    async def order_book(self, category: Category, symbol: Symbol) -> OrderBook: ...
    async def klines(self, category: Category, symbol: Symbol, interval: str) -> Klines: ...
    async def board(self, category: Category) -> MarketBoard: ...
    async def instrument(self, category: Category, symbol: Symbol) -> Instrument | None: ...


class StoredUsers(Protocol):
    """What the cache loads from the rows of a user. Raises StorageTrouble."""

    async def user_config(self, user_id: UserId) -> UserConfig | None: ...
    async def license(self, user_id: UserId, now: Millis) -> License: ...
    async def credentials(self, account_id: AccountId) -> SealedCredentials | None: ...


class StoredPortfolio(Protocol):
    """An account's positions and orders through the repository. Raises `ExchangeError`s where the exchange is asked."""

    async def positions(self, account: Account) -> Positions: ...
    async def orders(self, account: Account) -> Orders: ...
    async def last_positions(self, account: Account) -> Positions | None:
        """The rows, however old; None if they were never read. The exchange is not asked."""
        ...

    async def last_orders(self, account: Account) -> Orders | None:
        """The same for orders."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that is not stored yet."""

    account_type: AccountType
    host: str
    key_type: KeyType
    api_key: Secret
    api_secret: Secret


class KeyInspector(Protocol):
    """Asks Bybit what a key may do (/v5/user/query-api)."""

    async def inspect(self, key: NewKey) -> KeyCheck:
        """Raises KeyTrouble for a key that Bybit does not take there, other ExchangeErrors when it can't be asked."""
        ...

    async def inspect_stored(self, account: Account) -> KeyCheck:
        """The same with the stored key of an account."""
        ...


# --- secrets ------------------------------------------------------------------------------------------------


class Vault(Protocol):
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


# --- storage ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """Who /start meets."""

    user_id: UserId
    username: str | None
    first_name: str
    language: Language
    start_payload: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button that changes something: single use, bound to its user and chat."""

    token: str  # 22 characters of base64url: 128 random bits
    user_id: UserId
    chat_id: ChatId
    action: str
    values: Mapping[str, str]
    expires_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """Where a typed conversation stands. One a user; `version` is that of the code that wrote it."""

    user_id: UserId
    dialogue: str
    version: int
    state: str
    values: Mapping[str, str]
    expires_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A message that must arrive. (`cause`, `kind`) is unique: the same promise twice is one message."""

    user_id: UserId
    chat_id: ChatId
    kind: str
    values: Mapping[str, str]
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedPromise:
    """A promise waiting in the outbox."""

    outbox_id: int
    attempts: int
    promise: Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to whom. `actor` None: the bot itself; `subject` None: nobody in particular.

    `action` is a dotted word ("promo.create"). Rows outlive an erased user: no id, name or key belongs in `details`.
    """

    actor: UserId | None
    action: str
    subject: UserId | None
    details: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPerson:
    """Somebody in the audit. `user_id` None: erased since; the pseudonym still tells one from another."""

    pseudonym: str
    user_id: UserId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """A row as a screen shows it. `actor` None: the bot itself; `subject` None: nobody in particular."""

    audit_id: int
    at: Millis
    actor: AuditPerson | None
    action: str
    subject: AuditPerson | None
    details: str


class InboxState(StrEnum):
    """NEW: to be handled. APPLIED: its effect is committed, its answer may not have been sent. DONE. SET_ASIDE."""

    NEW = "new"
    APPLIED = "applied"
    DONE = "done"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUpdate:
    """One update as the poller got it. `body` is Telegram's JSON; None where it carried a secret."""

    update_id: UpdateId
    user_id: UserId | None
    chat_id: ChatId | None
    body: bytes | None = field(repr=False)
    state: InboxState = InboxState.NEW
    attempts: int = 0


class Users(Protocol):
    """The users table."""

    async def ensure(self, user: NewUser, now: Millis) -> bool:
        """Store a new user; True if they were new. Does not change a known one."""
        ...

    async def rename(self, user_id: UserId, username: str | None, first_name: str) -> None: ...
    async def set_language(self, user_id: UserId, language: Language) -> None: ...
    async def set_settings(self, user_id: UserId, settings: TradeSettings) -> None: ...
    async def set_default_account(self, user_id: UserId, account_id: AccountId | None) -> None: ...
    async def accept_terms(self, user_id: UserId, version: int, now: Millis) -> None: ...
    async def set_banned(self, user_id: UserId, *, banned: bool) -> bool:
        """True if such a user exists."""
        ...

    async def set_role(self, user_id: UserId, role: Role) -> bool:
        """True if such a user exists."""
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
        """A new account; unusable (hidden from UserConfig) until `activate`, except paper."""
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
    async def set_check(self, account_id: AccountId, check: KeyCheck) -> None: ...
    async def open_paper_wallet(self, account_id: AccountId, coin: str, balance: str) -> None: ...


class Books(Protocol):
    """active_positions and pending_limit_orders, with each account's as_of."""

    async def replace_positions(self, account: Account, positions: Positions) -> None: ...
    async def replace_orders(self, account: Account, orders: Orders) -> None: ...


class Buttons(Protocol):
    """The buttons table."""

    async def add(self, buttons: Sequence[Button], now: Millis) -> None: ...
    async def take(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis) -> Button | None:
        """Use it up: the row if it is this user's, this chat's, unused and not expired; else None."""
        ...


class Dialogues(Protocol):
    """The dialogues table."""

    async def put(self, dialogue: Dialogue, now: Millis) -> None: ...
    async def clear(self, user_id: UserId) -> bool:
        """True if there was one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLedgerEntry:
    """A ledger row to be. `actor` None: the bot or the user.

    `cause` is unique: the same one twice is one row. "charge:<id>" names something unique in the world, a bare word
    ("trial") something that a user has once. Raises ValueError for a row that neither gives nor takes.
    """

    kind: EntryKind
    license_type: LicenseType | None
    millis: int
    takes: int | None
    cause: str
    actor: UserId | None
    note: str

    def __post_init__(self) -> None:
        if self.license_type is None:
            is_sound = self.kind not in GIVING and self.millis == 0
            is_sound = is_sound and (self.kind in TAKING or self.takes is not None)
        else:
            is_sound = self.kind not in TAKING and 0 < self.millis <= LONGEST and self.takes is None
        if not is_sound:
            raise ValueError(f"a {self.kind} of {self.millis} ms of {self.license_type} is no ledger row")


class Ledger(Protocol):
    """license_events: append-only and hash-chained; user_licenses is rewritten from it in the same transaction."""

    async def append(self, user_id: UserId, entry: NewLedgerEntry, now: Millis) -> tuple[LedgerEntry, Standing]:
        """The row (the one that is there already, for a cause that was seen) and what the user has with it.

        Raises LookupError for a user or an actor who is not there and for `takes` that never gave this user anything,
        ValueError for a cause that belongs to another user's row.
        """
        ...

    async def entries(self, user_id: UserId) -> tuple[LedgerEntry, ...]:
        """A user's rows, oldest first."""
        ...


class Pins(Protocol):
    """The pins table."""

    async def put(self, pin: StoredPin, now: Millis) -> bool:
        """Set or replace; True if it is the first one. The tries of the old one are forgotten."""
        ...

    async def count_try(self, user_id: UserId, now: Millis) -> StoredPin | None:
        """The PIN with this try counted; None if there is none or no try is left, which a lock is for."""
        ...

    async def clear_tries(self, user_id: UserId) -> None: ...
    async def lock(self, user_id: UserId, until: Millis) -> None: ...
    async def guard_keys(self, user_id: UserId, *, on: bool) -> None: ...
    async def remove(self, user_id: UserId) -> bool:
        """True if there was one."""
        ...


class Payments(Protocol):
    """The invoices, payment_history and star_cursor tables."""

    async def add_invoices(self, invoices: Sequence[Invoice], now: Millis) -> None: ...
    async def invoice(self, payload: str) -> Invoice | None: ...
    async def mark_paid(self, payload: str) -> None: ...
    async def by_charge(self, charge_id: str) -> Payment | None: ...
    async def payment(self, payment_id: int) -> Payment | None: ...
    async def add(
        self,
        user_id: UserId,
        paid: Paid,
        *,
        status: PaymentStatus,
        reason: str,
        invoice: Invoice | None,
        entry_id: int | None,
        now: Millis,
    ) -> int:
        """A charge that is not there yet; its number. `invoice` and `entry_id` (ledger row) if it was credited."""
        ...

    async def set_status(self, payment_id: int, status: PaymentStatus, reason: str, now: Millis) -> None:
        """What it stands at from now on; `reason` of a refund."""
        ...

    async def refund_later(self, payment_id: int, next_try: Millis, trouble: str) -> None:
        """An attempt at giving it back failed: when the next one is due, and what Telegram said."""
        ...

    async def put_cursor(self, cursor: StarCursor) -> None: ...


class PaymentQueries(Protocol):
    """Reads of payments, all from storage. Lists go backwards: numbers below `before`, newest first."""

    async def invoice(self, payload: str) -> Invoice | None: ...
    async def payment(self, payment_id: int) -> Payment | None: ...
    async def payments(self, before: int, limit: int, status: PaymentStatus | None = None) -> tuple[Payment, ...]: ...
    async def payments_of(self, user_id: UserId, before: int, limit: int) -> tuple[Payment, ...]: ...
    async def payments_between(self, since: Millis, until: Millis) -> tuple[Payment, ...]:
        """Those booked in [since, until), oldest first."""
        ...

    async def refunds_due(self, now: Millis, limit: int) -> tuple[Payment, ...]: ...
    async def statuses(self, charge_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        """Of those charges that have a row."""
        ...

    async def star_cursor(self) -> StarCursor: ...


class StarsApi(Protocol):
    """Telegram's side of Stars, beside invoices. Raises StarsRefused for a definite no, StarsDown for anything else."""

    async def refund(self, user_id: UserId, charge_id: str) -> None:
        """refundStarPayment; a charge that was refunded already is done."""
        ...

    async def transactions(self, offset: int, limit: int) -> tuple[StarTransaction, ...]:
        """getStarTransactions: oldest first, `offset` lines skipped, at most `limit` (1 to 100)."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Commits when its block ends, together with every cache drop that its events ask for."""

    @property
    def users(self) -> Users: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def books(self) -> Books: ...
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
    def desk_notes(self) -> DeskNotes: ...
    @property
    def support(self) -> SupportThreads: ...
    @property
    def privacy(self) -> PrivacyRequests: ...

    async def promise(self, promise: Promise, now: Millis) -> None: ...
    async def audit(self, entry: AuditEntry, now: Millis) -> None: ...
    def record(self, event: Event) -> None: ...


class Transactions(Protocol):
    """Opens units of work, one at a time; raises StorageTrouble when the disk refuses."""

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Marks the update of `current_cause` as applied in the same transaction, once."""
        ...


class Queries(StoredUsers, Protocol):
    """Reads from storage that do not go through the cache, or that the cache loads from."""

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


class InboxStore(Protocol):
    """The inbox table: the poller and the lanes write it outside units of work, each call one commit."""

    async def accept(self, updates: Sequence[StoredUpdate], now: Millis) -> tuple[UpdateId, ...]:
        """Store the batch in ONE commit; answers the ids that were new. Raises StorageTrouble."""
        ...

    async def waiting(self) -> tuple[StoredUpdate, ...]:
        """NEW and APPLIED rows, oldest first: what a kill left behind."""
        ...

    async def finish(self, done: Sequence[UpdateId], seen: Mapping[UserId, Millis]) -> None:
        """Mark a batch as done and note when its senders were last seen, in one commit."""
        ...

    async def failed(self, update_id: UpdateId, attempts: int, *, set_aside: bool) -> None: ...
    async def forget(self, before: Millis) -> int:
        """Delete rows done before that moment (14 days keep Telegram's ids unique)."""
        ...


class OutboxStore(Protocol):
    """The outbox table as its sender sees it."""

    async def due(self, now: Millis, limit: int) -> tuple[QueuedPromise, ...]: ...
    async def sent(self, outbox_id: int, now: Millis) -> None: ...
    async def later(self, outbox_id: int, next_try: Millis) -> None: ...
    async def undeliverable(self, outbox_id: int, reason: str) -> None: ...
