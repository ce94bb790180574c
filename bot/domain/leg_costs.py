"""What of a leg was opened and not closed yet, at average cost, and what each close of it brought.

Money in the quote coin. Realized PnL is Bybit's own (see bot/domain/trades.py): the difference of the values, less the
fee of opening what was closed and the fee of closing it.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis
from bot.domain.orders import direction, opposite
from bot.domain.portfolio import Execution, LegKey, Position, Side
from bot.domain.symbol_names import quote_of
from bot.domain.trade_plans import ExitReason, IntentKind, OrderIntent
from bot.domain.trades import PRACTICE_RESET

ZERO: Final = Decimal(0)
_BY_NOBODY: Final = {
    "BustTrade": ExitReason.LIQUIDATION,
    "AdlTrade": ExitReason.ADL,
    "Settle": ExitReason.SETTLEMENT,
    "Delivery": ExitReason.SETTLEMENT,
    "MovePosition": ExitReason.ELSEWHERE,
    "CorporateAction": ExitReason.ELSEWHERE,
}
_MOVES: Final = frozenset({"Trade", "BlockTrade", "FutureSpread", *_BY_NOBODY})
_REASONS: Final = {
    "CreateByStopLoss": ExitReason.STOP,
    "CreateByPartialStopLoss": ExitReason.STOP,
    "CreateByTakeProfit": ExitReason.TARGET,
    "CreateByPartialTakeProfit": ExitReason.TARGET,
    "CreateByTrailingStop": ExitReason.TRAILING,
    "CreateByTrailingProfit": ExitReason.TRAILING,
    "CreateByLiq": ExitReason.LIQUIDATION,
    "CreateByTakeOver_PassThrough": ExitReason.LIQUIDATION,
    "CreateByAdl_PassThrough": ExitReason.ADL,
    "CreateByAdl": ExitReason.ADL,
    PRACTICE_RESET: ExitReason.RESET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LegCost:
    """A leg that stands. `value` is the sum of size x price of what is open, `fees` what opening it has cost.

    `funding`: what was paid for holding it, negative where more was got.
    """

    leg: LegKey
    side: Side
    size: Decimal
    value: Decimal
    fees: Decimal
    opened_ts: Millis
    funding: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPart:
    """The part of a leg that one fill closed, with its share of cost and fees."""

    side: Side  # of the position
    qty: Decimal
    entry_value: Decimal
    exit_value: Decimal
    open_fee: Decimal
    close_fee: Decimal
    opened_ts: Millis
    funding: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedFill:
    """A fill on a leg: the leg after it (None: flat) and what it closed (None: nothing)."""

    cost: LegCost | None
    closed: ClosedPart | None
    opened: Decimal  # quantity


def moves_a_leg(fill: Execution) -> bool:
    """Whether a fill changes a position: funding is money only, and so is whatever else Bybit books.

    A type that is not known here moves nothing; what it did to a position is seen there (Bybit v5, "Enums
    Definitions", execType, July 2026).
    """
    return fill.exec_type in _MOVES and fill.exec_qty > 0


def fee_in_quote(fill: Execution) -> Decimal:
    """The fee as far as it is a part of a result: one in another coin (a discount for holding that coin) is none."""
    is_quote = fill.fee_currency in {"", quote_of(fill.symbol)}
    return fill.exec_fee if is_quote and fill.exec_fee is not None else ZERO


def book_fill(cost: LegCost | None, leg: LegKey, fill: Execution, now: Millis) -> BookedFill:
    """A fill closes what stands against it, at most all of it; what is left of it opens."""
    price, fee, ts = fill.exec_price or ZERO, fee_in_quote(fill), fill.exec_ts or now
    closed = None
    left = fill.exec_qty
    if cost is not None and cost.side is not fill.side:
        qty = min(left, cost.size)
        share = qty / cost.size
        closed = ClosedPart(
            side=cost.side,
            qty=qty,
            entry_value=cost.value * share,
            exit_value=qty * price,
            open_fee=cost.fees * share,
            close_fee=fee * qty / fill.exec_qty,
            opened_ts=cost.opened_ts,
            funding=cost.funding * share,
        )
        cost = _less(cost, closed)
        left -= qty
    elif cost is None and fill.closed_size:
        left -= min(left, fill.closed_size)  # of a leg whose cost nobody knows
    if left > 0:
        cost = _more(cost, leg, fill.side, left, left * price, fee * left / fill.exec_qty, ts)
    return BookedFill(cost=cost, closed=closed, opened=left)


def cost_of_position(leg: LegKey, position: Position, now: Millis) -> LegCost:
    """Of a leg that was opened where no fill of it was seen: the exchange's average price, no fees."""
    price = position.entry_price or position.mark_price or ZERO
    return LegCost(
        leg=leg,
        side=position.side,
        size=position.size,
        value=position.size * price,
        fees=ZERO,
        opened_ts=position.created_ts or now,
    )


def leg_idx_of(fill: Execution, *, is_hedged: bool) -> int:
    """The leg of a fill whose order nobody knows: by its side, and by whether it closed."""
    if not is_hedged:
        return 0
    side = opposite(fill.side) if fill.closed_size else fill.side
    return 1 if side is Side.BUY else 2


def exit_reason_of(fill: Execution, intent: OrderIntent | None) -> ExitReason:
    """Why a fill closed something, from its execType, from its order's intent, from Bybit's createType."""
    if fill.exec_type in _BY_NOBODY:
        return _BY_NOBODY[fill.exec_type]
    if intent is not None:
        if intent.kind is IntentKind.TARGET:
            return ExitReason.TARGET
        return intent.exit_reason or ExitReason.MANUAL
    if not fill.create_type:
        return ExitReason.UNKNOWN
    return _REASONS.get(fill.create_type, ExitReason.ELSEWHERE)


def slippage_of(part: ClosedPart, card_price: Decimal | None) -> Decimal | None:
    """What the close brought less than at the price that was shown; positive is worse. None: no price was shown."""
    if card_price is None:
        return None
    return (part.qty * card_price - part.exit_value) * direction(part.side)


def _less(cost: LegCost, part: ClosedPart) -> LegCost | None:
    if part.qty == cost.size:
        return None
    return replace(
        cost,
        size=cost.size - part.qty,
        value=cost.value - part.entry_value,
        fees=cost.fees - part.open_fee,
        funding=cost.funding - part.funding,
    )


def _more(
    cost: LegCost | None, leg: LegKey, side: Side, qty: Decimal, value: Decimal, fee: Decimal, ts: Millis
) -> LegCost:
    if cost is None:
        return LegCost(leg=leg, side=side, size=qty, value=value, fees=fee, opened_ts=ts)
    return replace(cost, size=cost.size + qty, value=cost.value + value, fees=cost.fees + fee)
