"""Rules of managing a leg: whose it is, what a close would bring, how much a part is, where a stop may stand.

Sizes are in the base coin, prices and money in the quote coin.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.domain.card_formulas import ceil_to, floor_to
from bot.domain.errors import BadInput
from bot.domain.ids import Millis, OrderLinkId
from bot.domain.legs import BriefOrder, ForeignEntry, Ownership
from bot.domain.market import Category, Instrument, Ticker
from bot.domain.orders import AmendRequest, OrderRequest, TimeInForce, direction, opposite
from bot.domain.portfolio import NO_LINK_ID, STANDARD_TAKER, Execution, LegKey, Order, OrderType, Position, Side
from bot.domain.trade_plans import LIVE, MOST_TARGETS, IntentKind, OrderIntent, PlannedTarget, TradePlan

_ZERO: Final = Decimal(0)
_FIRST_PAUSES_S: Final = (0.0, 0.5, 1.0, 2.0)  # before the attempts 0, 1, 2, 3 at a close
_CONDITIONAL: Final = "Stop"  # Bybit's stopOrderType of a conditional order that is neither stop loss nor take profit
_LATER_PAUSE_S: Final = 5.0
REFUSED_PAUSE_S: Final = 60.0  # a definite no is tried again to see whether its reason has ended


# --- whose a leg is ------------------------------------------------------------------------------------------------


def ownership(
    position: Position, plan: TradePlan | None, entries: Sequence[OrderIntent], opened_elsewhere: Decimal
) -> Ownership:
    """Whose it is, by the plan's entries, what it took over, and what others' orders have added since.

    Reductions by others leave a leg ours. What an entry that still lives may have filled counts as ours: its fills
    may stand in the position before they are booked.
    """
    if plan is None or plan.side is not position.side:
        return Ownership.FOREIGN
    ours = sum((_at_most(each, entries) for each in entries if each.kind is IntentKind.ENTRY), plan.adopted)
    if ours <= 0:
        return Ownership.FOREIGN
    return Ownership.MIXED if opened_elsewhere > 0 or position.size > ours else Ownership.OURS


def _at_most(entry: OrderIntent, others: Iterable[OrderIntent]) -> Decimal:
    if entry.state in LIVE:
        return asked_at_most(entry, others)
    return max(entry.cum_exec_qty, entry.fills_qty)


def asked_at_most(entry: OrderIntent, others: Iterable[OrderIntent]) -> Decimal:
    """The quantity of an order, or the larger one that an amend on its way may have made of it."""
    if not isinstance(entry.request, OrderRequest):
        return _ZERO
    amends = (each.request for each in others if each.is_live)
    wanted = (
        each.qty or _ZERO
        for each in amends
        if isinstance(each, AmendRequest) and each.target_link_id == entry.order_link_id
    )
    return max(entry.request.qty, *wanted, _ZERO)


def opened_elsewhere(
    fills: Iterable[Execution], position: Position, ours: frozenset[OrderLinkId], since: Millis
) -> Decimal:
    """What orders that are none of `ours` have added to that leg since a moment."""
    return sum(
        (
            each.exec_qty - (each.closed_size or _ZERO)
            for each in fills
            if each.category is position.category
            and each.symbol == position.symbol
            and each.side is position.side
            and each.exec_type == "Trade"
            and each.order_link_id not in ours
            and (each.exec_ts or 0) >= since
        ),
        _ZERO,
    )


# --- what a close would bring --------------------------------------------------------------------------------------


def exit_price(side: Side, ticker: Ticker) -> Decimal:
    """What a market close of a leg of `side` is filled at now: a long sells at the bid, a short buys at the ask."""
    price = ticker.bid_price if side is Side.BUY else ticker.ask_price
    return ticker.last_price if price is None else price


def net_if_closed(
    position: Position, price: Decimal, taker: Decimal = STANDARD_TAKER, entry_fee: Decimal | None = None
) -> Decimal | None:
    """Gain at `price` after the fees of both ways; `entry_fee` None: reckoned at the taker's rate.

    None where the entry price is not known.
    """
    if position.entry_price is None:
        return None
    paid = position.size * position.entry_price * taker if entry_fee is None else entry_fee
    gain = (price - position.entry_price) * position.size * direction(position.side)
    return gain - paid - position.size * price * taker


# --- closing -------------------------------------------------------------------------------------------------------


def close_request(
    leg: LegKey, side: Side, order_link_id: OrderLinkId = NO_LINK_ID, *, part: Decimal | None = None
) -> OrderRequest:
    """A leg of `side` at market: `part` of it, or all, whatever that is by then (up to the exchange's most at once)."""
    return OrderRequest(
        order_link_id=order_link_id,
        category=leg.category,
        symbol=leg.symbol,
        position_idx=leg.position_idx,
        side=opposite(side),
        order_type=OrderType.MARKET,
        qty=_ZERO if part is None else part,
        time_in_force=TimeInForce.IOC,
        reduce_only=True,
        close_on_trigger=part is None,
    )


def remaining_after(size: Decimal, share: Decimal, instrument: Instrument) -> Decimal:
    """What is to stand after `share` (0 … 1) of `size` is closed; the closed part is on the step. 0: all of it.

    Raises BadInput where the part is less than the exchange closes at once.
    """
    if not 0 < share <= 1:
        raise BadInput("manage-share-range")
    if share == 1:
        return _ZERO
    part = floor_to(size * share, instrument.qty_step)
    least = max(instrument.min_order_qty or _ZERO, instrument.qty_step)
    if part < least:
        raise BadInput("manage-part-too-small", least=Decimal(instrument.qty_text(least)), coin=instrument.base_coin)
    return size - part


def part_to_close(size: Decimal, remaining: Decimal, instrument: Instrument) -> Decimal:
    """What one order may close of `size` so that `remaining` stands; 0: nothing more, or less than can be closed."""
    most = instrument.max_market_order_qty
    part = floor_to(max(_ZERO, size - remaining), instrument.qty_step)
    if part < max(instrument.min_order_qty or _ZERO, instrument.qty_step):
        return _ZERO
    return part if most is None else min(part, most)


def pause_before(attempt: int) -> float:
    """Seconds between an attempt at a close and the one before it, which may have done nothing; 0 is the first."""
    return _FIRST_PAUSES_S[attempt] if attempt < len(_FIRST_PAUSES_S) else _LATER_PAUSE_S


def risk_of(position: Position) -> Decimal:
    """What the leg may lose from now on: to its stop, without one to its liquidation, without either all its value."""
    price = position.mark_price or position.entry_price
    if price is None:
        return position.position_value or _ZERO
    end = position.stop_loss or position.liquidation_price
    if not end:
        return position.position_value or position.size * price
    return position.size * max(_ZERO, (price - end) * direction(position.side))


def in_panic_order(positions: Iterable[Position]) -> tuple[Position, ...]:
    """Largest risk first, the larger value first where that is the same."""
    return tuple(
        sorted(positions, key=lambda each: (risk_of(each), each.position_value or _ZERO, each.symbol), reverse=True)
    )


# --- stops ---------------------------------------------------------------------------------------------------------


def on_tick(price: Decimal, side: Side, instrument: Instrument) -> Decimal:
    """The price on the instrument's tick, rounded away from loss: a long's stop up, a short's down."""
    return (ceil_to if side is Side.BUY else floor_to)(price, instrument.tick_size)


def check_stop(position: Position, stop: Decimal, price: Decimal, instrument: Instrument) -> None:
    """Raises BadInput for a stop that the price has reached already, or that stands beyond the liquidation."""
    way = direction(position.side)
    if (price - stop) * way <= 0:
        key = "manage-stop-above-price" if position.side is Side.BUY else "manage-stop-below-price"
        raise BadInput(key, price=Decimal(instrument.price_text(price)))
    liquidation = position.liquidation_price
    if liquidation and (stop - liquidation) * way <= 0:
        raise BadInput("manage-stop-beyond-liquidation", price=Decimal(instrument.price_text(liquidation)))


def breakeven_stop(position: Position, price: Decimal, instrument: Instrument) -> Decimal:
    """The stop where a close brings nothing. Raises BadInput where the price has passed it, or nobody says where."""
    if not position.break_even_price:
        raise BadInput("manage-no-breakeven")
    stop = on_tick(position.break_even_price, position.side, instrument)
    if (price - stop) * direction(position.side) <= 0:
        raise BadInput("manage-breakeven-passed", price=Decimal(instrument.price_text(stop)))
    return stop


def check_trailing(
    position: Position, distance: Decimal, active: Decimal | None, price: Decimal, instrument: Instrument
) -> None:
    """Raises BadInput for a distance of no tick or beyond the price, and for a start that is no gain from now."""
    way = direction(position.side)
    if not instrument.tick_size <= distance < price:
        raise BadInput("manage-trail-distance", price=Decimal(instrument.price_text(price)))
    if active is not None and (active - price) * way <= 0:
        key = "manage-trail-from-above" if position.side is Side.BUY else "manage-trail-from-below"
        raise BadInput(key, price=Decimal(instrument.price_text(price)))


# --- targets -------------------------------------------------------------------------------------------------------


def check_targets(
    position: Position, targets: Sequence[PlannedTarget], price: Decimal, instrument: Instrument
) -> tuple[PlannedTarget, ...]:
    """The targets on the tick, nearest first. Raises BadInput for shares above the whole, and for a passed price."""
    way = direction(position.side)
    if any(each.share <= 0 for each in targets) or sum((each.share for each in targets), _ZERO) > 1:
        raise BadInput("manage-share-range")
    rounded = [replace(each, price=on_tick(each.price, opposite(position.side), instrument)) for each in targets]
    if any((each.price - price) * way <= 0 for each in rounded):
        raise BadInput("manage-target-passed", price=Decimal(instrument.price_text(price)))
    return tuple(sorted(rounded, key=lambda each: each.price * way))


def wrong_side(
    side: Side, entries: Iterable[Decimal], stop: Decimal | None, targets: Iterable[Decimal]
) -> tuple[Decimal, Decimal] | None:
    """A stop or a target that an entry would have passed once it is filled, and the price of that entry; None: none."""
    way, levels = direction(side), [*targets]
    for price in entries:
        if stop and (price - stop) * way <= 0:
            return stop, price
        for target in levels:
            if (target - price) * way <= 0:
                return target, price
    return None


def new_targets(
    known: Sequence[PlannedTarget], wanted: Sequence[PlannedTarget], used: int
) -> tuple[PlannedTarget, ...]:
    """Targets in place of those that are left: the reached ones stay, the new ones share what they have left.

    `used` is the largest number of a target that was filled: numbers name orders and are not given twice. Raises
    BadInput for more than there are numbers.
    """
    if used + len(wanted) > MOST_TARGETS:
        raise BadInput("manage-too-many-targets", most=MOST_TARGETS - used)
    if not wanted:
        return ()
    done = tuple(each for each in known if each.is_done and each.number <= used)
    left = 1 - sum((each.share for each in done), _ZERO)
    return (
        *done,
        *(
            replace(each, number=used + index, share=each.share * left, is_done=False)
            for index, each in enumerate(wanted, 1)
        ),
    )


def is_of_leg(order: Order, leg: LegKey) -> bool:
    return (order.category, order.symbol, order.position_idx) == (leg.category, leg.symbol, leg.position_idx)


def blocking_orders(orders: Iterable[Order], leg: LegKey, prefix: str) -> tuple[BriefOrder, ...]:
    """Those of the leg that only close and are none of ours, whose ids begin with `prefix`; stops of it aside."""
    return tuple(
        brief(each)
        for each in orders
        if is_of_leg(each, leg)
        and each.reduce_only
        and each.stop_order_type in {"", _CONDITIONAL}
        and not each.order_link_id.startswith(prefix)
    )


def foreign_entries(orders: Iterable[Order], prefix: str) -> tuple[ForeignEntry, ...]:
    """Resting orders that may open a position and are none of ours, whose ids begin with `prefix`."""
    return tuple(
        ForeignEntry(order_id=each.order_id, order=brief(each))
        for each in orders
        if is_entry(each) and not each.order_link_id.startswith(prefix)
    )


def brief(order: Order) -> BriefOrder:
    """What is left of it, in a line."""
    qty = order.qty - (order.cum_exec_qty or _ZERO)
    return BriefOrder(order.symbol, order.side, qty, order.price or order.trigger_price or _ZERO)


def is_entry(order: Order) -> bool:
    """Whether an open order can make a position larger: none that only reduces, closes, or stands for a position."""
    is_of_position = order.stop_order_type not in {"", _CONDITIONAL}
    return order.category is Category.LINEAR and order.reduce_only is not True and not is_of_position


def conditional_rows(orders: Iterable[Order]) -> int:
    """Of a symbol's open orders, whoever's they are: conditional ones, and the stops and targets of resting entries.

    Bybit holds `MOST_CONDITIONAL` of a symbol.
    """
    here = tuple(orders)
    rows = sum(1 for each in here if each.stop_order_type or each.trigger_price is not None)
    return rows + sum(bool(each.stop_loss) + bool(each.take_profit) for each in here if is_entry(each))
