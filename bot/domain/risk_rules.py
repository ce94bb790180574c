"""What the limits of an account say to an entry: pure rules on the rounded order, what may still fill counted in.

Money in USDT. A refusal names what is in the way and, where a change of the order would help, its cure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.leg_rules import is_entry
from bot.domain.market import Category
from bot.domain.numbers import plain
from bot.domain.order_card import CardNote
from bot.domain.orders import MarginMode, OrderRequest
from bot.domain.portfolio import NO_LINK_ID, Order, Position
from bot.domain.risk import RiskLimits
from bot.domain.trade_plans import LIVE, IntentKind, OrderIntent

WARNED_AT: Final = Decimal("0.8")  # of a loss limit: people are warned there
EQUITY_AGE: Final = 30_000  # ms: an account value older than that allows no entry
_PERCENT: Final = Decimal(100)
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One thing that stands or may still be filled: a position, a resting entry, or one on its way."""

    symbol: Symbol
    position_idx: int
    value: Decimal
    order_link_id: OrderLinkId = NO_LINK_ID  # of an entry from here


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWish:
    """An entry as the rules see it. `loss`: of the whole leg at the stop, without one at the liquidation.

    `held_loss`: the part of it that what stands already loses there, below 0: it wins.
    """

    symbol: Symbol
    position_idx: int
    qty: Decimal
    qty_step: Decimal
    value: Decimal
    loss: Decimal | None
    leverage: Decimal
    margin_mode: MarginMode
    turnover: Decimal | None = None  # of 24 hours; None: not known
    held_loss: Decimal = _ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class LossMarks:
    """What losses are counted from, and what recent closes came to. None: nothing to count from yet."""

    day_value: Decimal | None = None  # the account value at the user's 00:00, transfers and resets counted in
    peak_value: Decimal | None = None  # the highest one since the drawdown limit was set
    day_ends: Millis | None = None  # the user's next 00:00
    last_loss_ts: Millis | None = None  # of the latest close, if it lost
    tilt_since: Millis | None = None  # the close that made the losses too many, on this day


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskView:
    """An account as its limits see it at a moment."""

    limits: RiskLimits
    account_value: Decimal
    exposures: tuple[Exposure, ...]
    marks: LossMarks
    now: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueMark:
    """What losses of an account are counted from. The day is its user's, [starts, ends)."""

    account_id: AccountId
    day_starts: Millis
    day_ends: Millis
    day_value: Decimal
    peak_value: Decimal  # since the drawdown limit was set, or the practice money was new

    def at(self, value: Decimal, day: tuple[Millis, Millis], now: Millis) -> "ValueMark":
        """The mark when the account is worth that much; the same if nothing is new.

        A day lasts until its end whatever becomes of the time zone meanwhile: no other zone lifts a lock.
        """
        peak = max(self.peak_value, value)
        if now >= self.day_ends:
            return replace(self, day_starts=day[0], day_ends=day[1], day_value=value, peak_value=peak)
        return self if peak == self.peak_value else replace(self, peak_value=peak)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedResult:
    """One closing order: when it was last filled, and what it brought after fees."""

    ts: Millis
    pnl: Decimal


def loss_marks(limits: RiskLimits, mark: ValueMark, results: Sequence[ClosedResult]) -> LossMarks:
    """What the limits count, of the mark and of the closes of its day, oldest first."""
    in_a_row, tilt = 0, None
    for each in results:
        in_a_row = in_a_row + 1 if each.pnl < 0 else 0
        if tilt is None and limits.tilt_losses is not None and in_a_row >= limits.tilt_losses:
            tilt = each.ts
    last = results[-1] if results else None
    return LossMarks(
        day_value=mark.day_value,
        peak_value=mark.peak_value,
        day_ends=mark.day_ends,
        last_loss_ts=last.ts if last is not None and last.pnl < 0 else None,
        tilt_since=tilt,
    )


def loss_budget(limits: RiskLimits, marks: LossMarks, account_value: Decimal) -> tuple[Decimal, Decimal] | None:
    """What may be lost on this day, and what of it is left, never below 0. None: no limit, or no mark yet."""
    if limits.daily_loss_percent is None or marks.day_value is None or marks.day_value <= 0:
        return None
    whole = marks.day_value * limits.daily_loss_percent / _PERCENT
    return whole, max(_ZERO, whole - max(_ZERO, marks.day_value - account_value))


def drawdown_room(limits: RiskLimits, marks: LossMarks, account_value: Decimal) -> tuple[Decimal, Decimal] | None:
    """The same from the highest value since the limit was set."""
    if limits.drawdown_percent is None or marks.peak_value is None or marks.peak_value <= 0:
        return None
    whole = marks.peak_value * limits.drawdown_percent / _PERCENT
    return whole, max(_ZERO, whole - max(_ZERO, marks.peak_value - account_value))


def exposures_of(
    positions: Iterable[Position], orders: Iterable[Order], on_their_way: Iterable[Exposure] = ()
) -> tuple[Exposure, ...]:
    """What stands and what rests, whoever placed it, of an order what is left of it; and what is in no order yet."""
    entries = [each for each in orders if is_entry(each)]
    known = {each.order_link_id for each in entries}
    held = (
        Exposure(symbol=each.symbol, position_idx=each.position_idx, value=value_of(each))
        for each in positions
        if each.category is Category.LINEAR
    )
    resting = (Exposure(symbol=each.symbol, position_idx=each.position_idx, value=_left_of(each)) for each in entries)
    return (*held, *resting, *(each for each in on_their_way if each.order_link_id not in known))


def value_of(position: Position) -> Decimal:
    """The position value; at the entry price where no other is known."""
    if position.position_value is not None:
        return position.position_value
    return position.size * (position.mark_price or position.entry_price or _ZERO)


def exposure_of(intent: OrderIntent) -> Exposure | None:
    """What is not filled of an entry from here; None: nothing, or it is none."""
    request = intent.request
    if intent.kind is not IntentKind.ENTRY or intent.state not in LIVE or not isinstance(request, OrderRequest):
        return None
    left = request.qty - max(intent.cum_exec_qty, intent.fills_qty)
    if left <= 0:
        return None
    return Exposure(
        symbol=request.symbol,
        position_idx=request.position_idx,
        value=left * (request.price or intent.card_price or _ZERO),
        order_link_id=request.order_link_id,
    )


def _left_of(order: Order) -> Decimal:
    return (order.qty - (order.cum_exec_qty or _ZERO)) * (order.price or order.trigger_price or _ZERO)


def open_legs(exposures: Iterable[Exposure]) -> frozenset[tuple[Symbol, int]]:
    """Legs that stand or may come to stand."""
    return frozenset((each.symbol, each.position_idx) for each in exposures)


def broken_rules(view: RiskView, wish: EntryWish) -> tuple[CardNote, ...]:
    """Every limit that stands against the entry; none: it may go."""
    return (*locks(view), *_market_rules(view, wish), *_size_rules(view, wish))


def locks(view: RiskView) -> tuple[CardNote, ...]:
    """What stops every entry for a while: losses, a cooldown, the tilt lock."""
    limits, marks, found = view.limits, view.marks, list[CardNote]()
    budget = loss_budget(limits, marks, view.account_value)
    if budget is not None and budget[1] <= 0:
        found.append(CardNote(key="risk-daily-loss", values={"percent": limits.daily_loss_percent}))
    room = drawdown_room(limits, marks, view.account_value)
    if room is not None and room[1] <= 0:
        found.append(CardNote(key="risk-drawdown", values={"percent": limits.drawdown_percent}))
    if limits.tilt_losses is not None and marks.tilt_since is not None:
        found.append(CardNote(key="risk-tilt", values={"count": limits.tilt_losses}))
    left = cooldown_left(limits, marks, view.now)
    if left:
        found.append(CardNote(key="risk-cooldown", values={"minutes": -(-left // 60_000)}))
    return tuple(found)


def cooldown_left(limits: RiskLimits, marks: LossMarks, now: Millis) -> int:
    """Milliseconds until entries are open again after a losing close; 0: they are."""
    if limits.cooldown_s is None or marks.last_loss_ts is None:
        return 0
    return max(0, marks.last_loss_ts + limits.cooldown_s * 1000 - now)


def _market_rules(view: RiskView, wish: EntryWish) -> Iterable[CardNote]:
    limits = view.limits
    if limits.symbols and wish.symbol not in limits.symbols:
        yield CardNote(key="risk-symbol", values={"symbol": wish.symbol})
    if limits.least_turnover is not None and (wish.turnover or _ZERO) < limits.least_turnover:
        yield CardNote(
            key="risk-thin", values={"turnover": _whole(wish.turnover or _ZERO), "least": limits.least_turnover}
        )
    legs = open_legs(view.exposures)
    if limits.most_positions is not None and len(legs | {(wish.symbol, wish.position_idx)}) > limits.most_positions:
        yield CardNote(key="risk-positions", values={"open": len(legs), "most": limits.most_positions})


def _size_rules(view: RiskView, wish: EntryWish) -> Iterable[CardNote]:
    limits = view.limits
    total = sum((each.value for each in view.exposures), _ZERO)
    same = sum((each.value for each in view.exposures if each.symbol == wish.symbol), _ZERO)
    yield from _leverage_rule(view, wish, total)
    if limits.most_symbol_value is not None and same + wish.value > limits.most_symbol_value:
        values = {"value": _cents(same + wish.value), "most": limits.most_symbol_value, "symbol": wish.symbol}
        yield CardNote(key="risk-symbol-value", values=values, cure=_smaller(wish, limits.most_symbol_value - same))
    if limits.most_total_value is not None and total + wish.value > limits.most_total_value:
        values = {"value": _cents(total + wish.value), "most": limits.most_total_value}
        yield CardNote(key="risk-total-value", values=values, cure=_smaller(wish, limits.most_total_value - total))
    yield from _trade_risk_rule(view, wish)


def _leverage_rule(view: RiskView, wish: EntryWish, total: Decimal) -> Iterable[CardNote]:
    """Isolated: the symbol's own; cross: what all positions are worth against the account."""
    most = view.limits.most_leverage
    if most is None:
        return
    if wish.margin_mode is MarginMode.ISOLATED:
        if wish.leverage > most:
            values = {"leverage": wish.leverage, "most": most}
            yield CardNote(key="risk-leverage", values=values, cure=f"leverage:{int(most)}")
    elif total + wish.value > most * view.account_value:
        used = (total + wish.value) / view.account_value if view.account_value > 0 else _ZERO
        cure = _smaller(wish, most * view.account_value - total)
        yield CardNote(key="risk-account-leverage", values={"leverage": _tenths(used), "most": most}, cure=cure)


def _trade_risk_rule(view: RiskView, wish: EntryWish) -> Iterable[CardNote]:
    most = view.limits.most_trade_risk_percent
    if most is None:
        return
    if wish.loss is None:
        yield CardNote(key="risk-trade-unknown", values={"percent": most})
        return
    allowed = view.account_value * most / _PERCENT
    if wish.loss > allowed:
        is_held = wish.held_loss >= allowed  # the position alone loses more: no size cures that
        loss, own = wish.held_loss if is_held else wish.loss, wish.loss - wish.held_loss
        share = loss / view.account_value * _PERCENT if view.account_value > 0 else _PERCENT
        values = {
            "loss": _cents(loss),
            "loss_percent": _cents(share),
            "most_percent": most,
            "joined": int(bool(wish.held_loss)),  # the card names what the order alone would lose
        }
        cure = "" if is_held else _smaller(wish, wish.value * (allowed - wish.held_loss) / own)
        yield CardNote(key="risk-trade-held" if is_held else "risk-trade", values=values, cure=cure)


def _smaller(wish: EntryWish, value: Decimal) -> str:
    """The cure of an order that is too large: the quantity that would be let through; "": none would."""
    if value <= 0 or wish.value <= 0:
        return ""
    qty = wish.qty * value / wish.value // wish.qty_step * wish.qty_step
    return f"size:{plain(qty)}" if qty > 0 else ""


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1))
