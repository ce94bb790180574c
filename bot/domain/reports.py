"""The figures of /report, and the fills that realized profit is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.accounts import AccountType
from bot.domain.ids import Millis, UserId
from bot.domain.licensing import LicenseType


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedExecution:
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
    """The figures of /report at a moment."""

    at: Millis
    users: int
    active: Mapping[int, int]  # days -> people
    daily: tuple[tuple[Millis, int], ...]  # people by the day they were last seen, 30 days, oldest first
    licenses: Mapping[LicenseType, int]
    expiring: Mapping[int, int]  # within days -> people
    income: tuple[MonthIncome, ...]  # 12 months, oldest first
    funnel: tuple[FunnelLine, ...]
    traders: tuple[TopTrader, ...] = field(default=())
