"""What a person asks for before it is an order: by buttons, by a typed line, or both."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.ids import AccountId, Symbol
from bot.domain.portfolio import Side


class SizeKind(StrEnum):
    """What the number of a size counts."""

    QTY = "qty"  # the base coin
    VALUE = "value"  # USDT of position value
    EQUITY = "equity"  # % of the account value
    RISK = "risk"  # % of the account value that is lost at the stop
    MAX = "max"  # % of the largest position that the free money is margin for


@dataclass(frozen=True, slots=True)
class OrderSize:
    """How much; percents as people say them (2 is 2 %)."""

    kind: SizeKind
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLevel:
    """A stop or a target: either a price, or a distance in % from the entry. Exactly one of them is set."""

    price: Decimal | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """An order as it was asked for; None and () leave it to the account's settings, `leverage` to the symbol's own.

    `limits`: limit prices of the entries, none for a market entry; two for a range. `shares` of the targets in %, as
    many as targets or none (then they are equal).
    """

    account_id: AccountId
    symbol: Symbol
    side: Side
    size: OrderSize | None = None
    limits: tuple[Decimal, ...] = ()
    stop: PriceLevel | None = None
    no_stop: bool = False
    targets: tuple[PriceLevel, ...] = ()
    no_target: bool = False
    shares: tuple[Decimal, ...] = ()
    breakeven: bool = False
    leverage: int | None = None
    trailing: Decimal | None = None  # % of the entry that a stop follows the best price at, beside the other stop
