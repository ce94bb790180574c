"""Stop losses and take profits: rows of their own, made and kept by the exchange.

Full: one row a kind and leg, of the whole position, following its size. Partial: one row a kind and parent order, of
what that order filled; the first of such a pair to go off takes the other out. Trailing: one row a leg, of its size.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import OrderLinkId
from bot.domain.orders import TimeInForce, TpslMode, TriggerBy, TriggerDirection, opposite
from bot.domain.portfolio import NO_LINK_ID, OrderType, Side
from bot.exchange.matching.model import ZERO, EngineOrder, EnginePosition, Leg
from bot.exchange.matching.work import Work

STOP_LOSS: Final = "StopLoss"
TAKE_PROFIT: Final = "TakeProfit"
FULL_KINDS: Final = (STOP_LOSS, TAKE_PROFIT)
PARTIAL_KINDS: Final = ("PartialStopLoss", "PartialTakeProfit")
TRAILING: Final = "TrailingStop"  # its trigger price is moved by `trailing`
PROTECTIONS: Final = frozenset((*FULL_KINDS, *PARTIAL_KINDS, TRAILING))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A row as it should stand."""

    kind: str
    side: Side  # of the position
    qty: Decimal
    trigger_price: Decimal
    trigger_by: TriggerBy


def is_protection(order: EngineOrder) -> bool:
    """Whether the exchange made it as a stop loss or take profit."""
    return order.stop_order_type in PROTECTIONS


def protect(work: Work, order: EngineOrder, opened: Decimal) -> None:
    """After a fill that opened so much: the order's own stop and target, where it carries any, hold from now on."""
    held = work.account.position(order.leg)
    if not opened or held.side is not order.side:
        return
    if order.tpsl_mode is TpslMode.PARTIAL:
        _add_partial(work, order, opened)
    elif order.stop_loss or order.take_profit:
        work.position(
            replace(
                held,
                stop_loss=order.stop_loss or held.stop_loss,
                sl_trigger_by=order.sl_trigger_by if order.stop_loss else held.sl_trigger_by,
                take_profit=order.take_profit or held.take_profit,
                tp_trigger_by=order.tp_trigger_by if order.take_profit else held.tp_trigger_by,
            )
        )


def sync(work: Work, leg: Leg, parent: EngineOrder | None = None) -> None:
    """Let the leg's rows be as its position says; rows that are new name `parent` as the order they belong to."""
    held = work.account.position(leg)
    for stale in _rows(work, leg):
        if not held.size or stale.side is held.side:
            work.close_order(stale, "CancelByTpSlTsClear")
        elif stale.stop_order_type == TRAILING and stale.qty != held.size:
            work.order(replace(stale, qty=held.size, updated_ts=work.now))
    for kind in FULL_KINDS:
        row = next((each for each in _rows(work, leg) if each.stop_order_type == kind), None)
        wanted = _wanted(held, kind)
        if wanted is not None and row is not None:
            _follow(work, row, wanted)
        elif wanted is not None:
            work.order(_row(work, leg, wanted, parent))
        elif row is not None:
            work.close_order(row, "CancelByTpSlTsClear")


def _rows(work: Work, leg: Leg) -> list[EngineOrder]:
    return [each for each in work.orders_of(leg) if is_protection(each) and each.status == "Untriggered"]


def _wanted(held: EnginePosition, kind: str) -> _Wanted | None:
    is_stop = kind == STOP_LOSS
    price = held.stop_loss if is_stop else held.take_profit
    if held.side is None or not price:
        return None
    trigger_by = held.sl_trigger_by if is_stop else held.tp_trigger_by
    return _Wanted(kind=kind, side=held.side, qty=held.size, trigger_price=price, trigger_by=trigger_by)


def _follow(work: Work, row: EngineOrder, wanted: _Wanted) -> None:
    new = replace(row, qty=wanted.qty, trigger_price=wanted.trigger_price, trigger_by=wanted.trigger_by)
    if new != row:
        work.order(replace(new, updated_ts=work.now))


def _add_partial(work: Work, order: EngineOrder, qty: Decimal) -> None:
    for kind, price, trigger_by in (
        ("PartialStopLoss", order.stop_loss, order.sl_trigger_by),
        ("PartialTakeProfit", order.take_profit, order.tp_trigger_by),
    ):
        if price:
            row = next((each for each in partner_rows(work, order.order_id) if each.stop_order_type == kind), None)
            if row is not None:
                work.order(replace(row, qty=row.qty + qty, updated_ts=work.now))
            else:
                wanted = _Wanted(kind=kind, side=order.side, qty=qty, trigger_price=price, trigger_by=trigger_by)
                work.order(_row(work, order.leg, wanted, order))


def partner_rows(work: Work, parent_order_id: str) -> list[EngineOrder]:
    """The untriggered rows of that order."""
    return [
        each
        for each in work.account.orders.values()
        if each.parent_order_id == parent_order_id and each.status == "Untriggered"
    ]


def partners(work: Work, row: EngineOrder) -> list[EngineOrder]:
    """The other untriggered row of a Partial stop's or target's parent order: both are of one size and go together."""
    if row.stop_order_type not in PARTIAL_KINDS or not row.parent_order_id:
        return []
    return [each for each in partner_rows(work, row.parent_order_id) if each.order_id != row.order_id]


def moved(work: Work, row: EngineOrder) -> None:
    """A Full row was moved or, without a price, taken away: the position shows its price."""
    held = work.account.position(row.leg)
    price = row.trigger_price
    work.position(
        replace(held, stop_loss=price) if row.stop_order_type == STOP_LOSS else replace(held, take_profit=price)
    )


def untrail(work: Work, leg: Leg) -> None:
    """The position shows no trailing stop any more."""
    held = work.account.position(leg)
    if held.trailing_stop is not None:
        work.position(replace(held, trailing_stop=None, active_price=None, best_price=None))


def released(work: Work, row: EngineOrder) -> None:
    """After a row's trigger: its price no longer stands at the position, its partner is taken out."""
    if row.stop_order_type in FULL_KINDS:
        moved(work, replace(row, trigger_price=None))
        return
    if row.stop_order_type == TRAILING:
        untrail(work, row.leg)
        return
    by_stop = row.stop_order_type == "PartialStopLoss"
    why = "CancelByOCOTpCanceledBySlTriggered" if by_stop else "CancelByOCOSlCanceledByTpTriggered"
    for other in partner_rows(work, row.parent_order_id) if row.parent_order_id else ():
        if other.order_id != row.order_id:
            work.close_order(other, why)


def _row(work: Work, leg: Leg, wanted: _Wanted, parent: EngineOrder | None) -> EngineOrder:
    is_stop = wanted.kind.endswith(STOP_LOSS)
    falls = (wanted.side is Side.BUY) == is_stop
    link: OrderLinkId = parent.order_link_id if parent else NO_LINK_ID
    return EngineOrder(
        order_id=work.new_id(),
        order_link_id=NO_LINK_ID,
        symbol=leg[0],
        position_idx=leg[1],
        side=opposite(wanted.side),
        order_type=OrderType.MARKET,
        qty=wanted.qty,
        price=ZERO,
        time_in_force=TimeInForce.IOC,
        status="Untriggered",
        reduce_only=True,
        close_on_trigger=True,
        trigger_price=wanted.trigger_price,
        trigger_direction=TriggerDirection.FALLS if falls else TriggerDirection.RISES,
        trigger_by=wanted.trigger_by,
        stop_order_type=wanted.kind,
        tpsl_mode=TpslMode.FULL if wanted.kind in FULL_KINDS else TpslMode.PARTIAL,
        parent_order_link_id=link,
        parent_order_id=parent.order_id if parent else "",
        create_type=f"CreateBy{wanted.kind}",
        priority=work.number(),
        created_ts=work.now,
        updated_ts=work.now,
    )
