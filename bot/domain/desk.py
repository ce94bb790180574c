"""The admins' desk: how users are found and what is known of one, what is done to them, broadcasts, reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

from bot.domain.model import DAY, AccountType, ChatId, Language, LicenseType, Millis, Role, UserId

ACTIVE_WITHIN: Final = 7  # days that make somebody active for filters and broadcasts
FREE_DAYS: Final = 30  # what may be granted without a PIN
MOST_DAYS: Final = 3650
ERRORS_KEPT: Final = 5  # of one user
BATCH: Final = 20  # messages of a broadcast a second: Telegram names 30 for a whole bot
ATTEMPTS: Final = 5  # then a recipient counts as failed


class UserFilter(StrEnum):
    """Which users a list shows."""

    ALL = "all"
    DAY = "day"  # seen within 24 hours
    WEEK = "week"
    BANNED = "banned"
    TRIAL = "trial"
    BASIC = "basic"
    PREMIUM = "premium"

    @property
    def license_type(self) -> LicenseType | None:
        return LicenseType(self.value) if self in _BY_LICENSE else None


_BY_LICENSE: Final = frozenset({UserFilter.TRIAL, UserFilter.BASIC, UserFilter.PREMIUM})


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLine:
    """A user in a list. `license_type` runs now; `until` is when all their time ends, also when it has."""

    user_id: UserId
    username: str | None
    first_name: str
    role: Role
    is_banned: bool
    last_seen: Millis
    license_type: LicenseType | None
    until: Millis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorNote:
    """An error somebody met: its reference is in the log; `kind` is the exception's name, never its words."""

    reference: str
    kind: str
    at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFacts:
    """What a user card counts. `trades` are the fills of 30 days."""

    last_seen: Millis
    positions: int
    orders: int
    trades: int
    redemptions: int
    payments: int
    errors: tuple[ErrorNote, ...]


class Act(StrEnum):
    """What an admin does to a user."""

    GRANT = "grant"
    EXTEND = "extend"
    REVOKE = "revoke"
    BAN = "ban"
    UNBAN = "unban"
    ROLE = "role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One act, ready to be confirmed. `nonce` makes its ledger row unique."""

    act: Act
    user_id: UserId
    reason: str
    nonce: str
    license_type: LicenseType | None = None
    days: int = 0
    role: Role | None = None

    @property
    def needs_pin(self) -> bool:
        return self.act is Act.ROLE or self.days > FREE_DAYS


class AudienceLicense(StrEnum):
    """Whose license a broadcast asks for."""

    ANY = "any"
    NONE = "none"
    TRIAL = "trial"
    BASIC = "basic"
    PREMIUM = "premium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who gets a broadcast: never the banned ones."""

    license: AudienceLicense = AudienceLicense.ANY
    language: Language | None = None
    is_active: bool = False  # within seven days

    def since(self, now: Millis) -> Millis:
        return Millis(now - ACTIVE_WITHIN * DAY) if self.is_active else Millis(0)


class BroadcastState(StrEnum):
    """DRAFT: its author is still choosing."""

    DRAFT = "draft"
    SENDING = "sending"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """One message to many. `message_id` is the progress card in the author's chat."""

    broadcast_id: int
    author: UserId | None  # None: erased meanwhile
    text_html: str
    audience: Audience
    state: BroadcastState
    total: int = 0
    sent: int = 0
    blocked: int = 0
    failed: int = 0
    chat_id: ChatId | None = None
    message_id: int | None = None
    started: Millis | None = None
    finished: Millis | None = None

    @property
    def handled(self) -> int:
        return self.sent + self.blocked + self.failed


class Delivery(StrEnum):
    """What became of one message. LATER: Telegram could not take it now."""

    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody a broadcast still has to reach."""

    user_id: UserId
    attempts: int


class Broadcasts(Protocol):
    """The broadcast tables inside a unit of work."""

    async def draft(self, author: UserId, text_html: str, now: Millis) -> int:
        """A draft to everybody; its id. Older drafts of the same author go."""
        ...

    async def aim(self, broadcast_id: int, audience: Audience) -> bool:
        """True while it is a draft."""
        ...

    async def start(self, broadcast: Broadcast, now: Millis) -> int | None:
        """Write down its recipients; how many. None if it is no draft any more."""
        ...

    async def show_at(self, broadcast_id: int, chat_id: ChatId, message_id: int) -> None: ...
    async def settle(self, broadcast_id: int, user_id: UserId, delivery: Delivery) -> None: ...
    async def end(self, broadcast_id: int, state: BroadcastState, now: Millis) -> bool:
        """True if it was being sent."""
        ...


class DeskNotes(Protocol):
    """Small things the desk keeps, inside a unit of work."""

    async def note_error(self, user_id: UserId, note: ErrorNote) -> None:
        """Keep the newest five of a user. Nobody's is dropped silently: an unknown user has none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A fill as profit is reckoned from it: `size` and `closed` in the base coin, `price` and `fee` in the quote."""

    user_id: UserId
    account_id: int
    account_type: AccountType
    symbol: str
    is_buy: bool
    price: Decimal
    size: Decimal
    closed: Decimal
    fee: Decimal
    fee_currency: str
    fill_id: int
    ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthIncome:
    """Stars of a calendar month (UTC): what stays, and what went back."""

    month: str  # 2026-08
    kept: int
    returned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopTrader:
    """Realized profit in USDT, fees included."""

    user_id: UserId
    first_name: str
    account_type: AccountType
    pnl: Decimal
    fills: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelLine:
    """A campaign's funnel; `title` is its note or its number."""

    title: str
    opened: int
    redeemed: int
    connected: int
    traded: int
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The desk's figures at a moment."""

    at: Millis
    users: int
    active: Mapping[int, int]  # days -> people
    daily: tuple[tuple[Millis, int], ...]  # people by the day they were last seen, 30 days, oldest first
    licenses: Mapping[LicenseType, int]
    expiring: Mapping[int, int]  # within days -> people
    income: tuple[MonthIncome, ...]  # 12 months, oldest first
    funnel: tuple[FunnelLine, ...]
    traders: tuple[TopTrader, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The process as an admin sees it: no user, no secret."""

    version: str
    schema: int
    reasons: tuple[str, ...]  # why it is not ready; empty when it is
    poll_age_s: float | None
    updates_waiting: int
    promises_waiting: int
    telegram_limited: bool
    bybit_banned_s: float  # until Bybit is called again; 0: it is being called
    bybit_waiting: int  # calls that wait for their turn
    bybit_clients: int
    clock_skew_ms: int | None  # Bybit's clock less ours
    hit_rates: tuple[tuple[str, float | None], ...]  # region -> 0 … 1; None before its first read


class DeskQueries(Protocol):
    """Reads of the desk."""

    async def users(self, shown: UserFilter, now: Millis, *, offset: int, limit: int) -> tuple[UserLine, ...]:
        """The latest seen first; holders of a license type by when it ends."""
        ...

    async def find_users(self, typed: str, now: Millis, *, limit: int) -> tuple[UserLine, ...]:
        """By id, @name or the beginning of a name."""
        ...

    async def user_facts(self, user_id: UserId, since: Millis) -> UserFacts | None: ...
    async def broadcast(self, broadcast_id: int) -> Broadcast | None: ...
    async def sending(self) -> tuple[Broadcast, ...]: ...
    async def audience_size(self, audience: Audience, now: Millis) -> int: ...
    async def recipients(self, broadcast_id: int, limit: int) -> tuple[Recipient, ...]:
        """Who is still to be reached."""
        ...

    async def unreached(self, broadcast_id: int, limit: int) -> tuple[tuple[UserId, Delivery], ...]: ...
    async def count_seen(self, since: Millis, until: Millis) -> int: ...
    async def count_licenses(self, license_type: LicenseType, now: Millis) -> int: ...
    async def count_ending(self, after: Millis, until: Millis) -> int: ...
    async def income(self, since: Millis, until: Millis) -> tuple[int, int]:
        """Stars kept and returned of that time."""
        ...

    async def fills(self, after: tuple[int, Millis, int], limit: int) -> tuple[Fill, ...]:
        """Every fill, account by account, oldest first, from behind (account_id, ts, fill_id)."""
        ...

    async def first_names(self, user_ids: tuple[UserId, ...]) -> Mapping[UserId, str]: ...
    async def schema_version(self) -> int: ...
