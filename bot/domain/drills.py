"""The drill: a practice account is left alone for a minute; then it is told what its exchange did by itself.

Two things are told. What happened in the account itself, at real prices, while nothing of it was managed; and the same
minute on a copy of it, under a scripted move that reaches the nearest target and then the stop: once with the exchange
alone, once with everything that this bot would have done.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.domain.chat import OutboxPayload
from bot.domain.ids import AccountId, Millis, Symbol, UserId
from bot.domain.notices import NoticeKind
from bot.domain.portfolio import Side

SECONDS: Final = 60  # that a drill lasts, and steps that the scripted move has


class DrillEnd(StrEnum):
    """Why a drill was over: its time, its person, or another order."""

    TIME = "time"
    STOPPED = "stopped"  # by its person
    ORDER = "order"  # an order of theirs in that account: nobody waits for a drill


class DrillEvent(StrEnum):
    """One kind of thing that the scripted move makes happen on a copy of the account."""

    ENTRY = "entry"
    TARGET = "target"  # an earlier one, or the take profit
    STOP = "stop"
    LIQUIDATION = "liquidation"
    CLOSED = "closed"  # some other order of the person's
    BREAKEVEN = "breakeven"  # the stop was moved there
    STOP_SET = "stop-set"
    ORDER_PLACED = "order-placed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class ScriptedMove:
    """Where the price of a symbol goes on a copy: from, by, to. `by` equals `start` where it goes straight."""

    symbol: Symbol
    start: Decimal
    by: Decimal
    end: Decimal


@dataclass(frozen=True, slots=True)
class DrillStep:
    """One thing that happened on a copy, so many seconds after the begin; `qty` 0 of what was no fill."""

    second: int
    event: DrillEvent
    symbol: Symbol
    side: Side
    qty: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A scripted minute on two copies of an account. Results: changes of its value, in USDT.

    `alone`: what the exchange did by itself; `managed`: the same with what this bot does, on the other copy;
    `caught_up`: what this bot still did on the first copy when the minute was over.
    """

    moves: tuple[ScriptedMove, ...] = ()
    alone: tuple[DrillStep, ...] = ()
    managed: tuple[DrillStep, ...] = ()
    caught_up: tuple[DrillStep, ...] = ()
    result_alone: Decimal = Decimal(0)
    result_managed: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A drill as it is written down. `until_ts`: when it ends by itself, whatever becomes of this process.

    `value_before`, `value_after`: of the account, in USDT; None: not known. `caught_up`: requests that were made at its
    end, for what was missed.
    """

    drill_id: int
    user_id: UserId
    account_id: AccountId
    started_ts: Millis
    until_ts: Millis
    ended_ts: Millis | None
    ended_how: DrillEnd | None
    value_before: Decimal | None
    value_after: Decimal | None
    caught_up: int
    rehearsal: Rehearsal

    def is_under_way(self, now: Millis) -> bool:
        """Whether its account is left alone; not before its begin, for a clock that was set back."""
        return self.ended_ts is None and self.started_ts <= now < self.until_ts


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillOverMessage(OutboxPayload):
    """A drill is over: what it showed, in figures; its page has the rest."""

    KIND = "trade-drill"
    NOTICE = NoticeKind.OTHER  # the answer to a press, a minute later

    drill_id: int
    how: DrillEnd
    fills: int  # in the account itself
    caught_up: int
    result_alone: Decimal
    result_managed: Decimal
