"""Legs of positions as they are managed: what a close would bring, and how a panic goes."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.portfolio import LegKey, Order, Position, Side
from bot.domain.trade_plans import OrderIntent, TradePlan


class Ownership(StrEnum):
    """Whose a leg is: all of it by orders from here, none of it, or both."""

    OURS = "ours"
    FOREIGN = "foreign"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class BriefOrder:
    """What is left of a resting order, in a line. `price` 0: at market, or not said."""

    symbol: Symbol
    side: Side
    qty: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOutlook:
    """A leg now. `net_if_closed`: at `exit_price`, after the fees of both ways; None: no price is to be had.

    `ours`: how much of its size its plan's own orders have opened and not closed.
    """

    leg: LegKey
    position: Position
    plan: TradePlan | None
    ownership: Ownership
    ours: Decimal
    exit_price: Decimal | None
    net_if_closed: Decimal | None
    stop_verified_ts: Millis | None
    orders: tuple[Order, ...]  # open ones of the leg, ours and others'
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEntry:
    """A resting order of the person's own that may open a position."""

    order_id: str
    order: BriefOrder


class LegProgress(StrEnum):
    """How far the close of a leg has come."""

    STANDS = "stands"  # nothing closes it: the person has not said so yet
    CLOSING = "closing"
    FLAT = "flat"
    REFUSED = "refused"  # definitely; `reason` says why
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegClosing:
    """One leg of a panic as it stood when its close began.

    `reason`: key of the texts for a refusal, or for what holds it up.
    """

    leg: LegKey
    side: Side
    size: Decimal
    progress: LegProgress
    reason: str = ""
    attempt: OrderIntent | None = None  # the last one


class Silence(StrEnum):
    """Why the positions of a panic are those that were known last."""

    NONE = "none"  # they are not
    NO_ANSWER = "no-answer"
    NO_KEY = "no-key"  # the exchange does not take the key any more


@dataclass(frozen=True, slots=True, kw_only=True)
class PanicReport:
    """What a panic has done so far. It is over when every leg is flat or refused and nothing is unknown."""

    account_id: AccountId
    legs: tuple[LegClosing, ...]
    canceled: int  # entry orders
    foreign: tuple[Position, ...]  # opened elsewhere: listed, not touched
    foreign_entries: tuple[ForeignEntry, ...]  # resting orders that were placed elsewhere and may open: the same
    unknown: tuple[OrderIntent, ...]  # of which nobody knows yet whether they are at the exchange
    unknown_until: Millis | None
    is_over: bool
    unreadable: tuple[str, ...] = ()  # symbols in which something may stand: "flat" is not said
    silence: Silence = Silence.NONE
