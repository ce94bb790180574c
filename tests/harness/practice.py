"""Practice accounts that hold something already."""

from collections.abc import Iterable
from decimal import Decimal

from bot.domain.ids import AccountId, Millis, OrderLinkId
from bot.domain.orders import TimeInForce
from bot.domain.paper import PaperChanges, PaperFill, PaperOrder, PaperPosition, PaperSettings
from bot.domain.portfolio import Execution, Order, OrderType, Position
from bot.exchange.matching.model import EngineAccount, EngineFill, EngineOrder, EnginePosition
from bot.exchange.paper.records import settings_body, to_body

_MADE = 1_000_000  # far above what a test makes


def held_rows(
    account_id: AccountId,
    *,
    positions: Iterable[Position],
    orders: Iterable[Order],
    fills: Iterable[Execution],
    now: Millis,
) -> PaperChanges:
    """What the practice exchange would have stored, had all that come about there."""
    account = EngineAccount(prefix="", wallet={})
    legs = tuple(positions)
    account.leverages = {(each.symbol, each.position_idx): each.leverage for each in legs if each.leverage}
    return PaperChanges(
        account_id=account_id,
        settings=PaperSettings(run=1, run_ts=Millis(0), made=_MADE, body=settings_body(account)),
        positions=tuple(_position(each, now) for each in legs),
        orders=tuple(_order(each, now) for each in orders),
        fills=tuple(_fill(number, each, now) for number, each in enumerate(fills)),
    )


def _position(leg: Position, now: Millis) -> PaperPosition:
    held = EnginePosition(
        symbol=leg.symbol,
        position_idx=leg.position_idx,
        side=leg.side,
        size=leg.size,
        entry_value=leg.size * (leg.entry_price or Decimal(0)),
        stop_loss=leg.stop_loss,
        take_profit=leg.take_profit,
        opened_ts=leg.created_ts or now,
        updated_ts=leg.updated_ts or now,
        seq=leg.seq,
    )
    return PaperPosition(
        symbol=leg.symbol, position_idx=leg.position_idx, is_held=True, was_held=False, body=to_body(held)
    )


def _order(order: Order, now: Millis) -> PaperOrder:
    made = EngineOrder(
        order_id=order.order_id,
        order_link_id=order.order_link_id,
        symbol=order.symbol,
        position_idx=order.position_idx,
        side=order.side,
        order_type=order.order_type or OrderType.LIMIT,
        qty=order.qty,
        price=order.price or Decimal(0),
        time_in_force=TimeInForce(order.time_in_force),
        status=order.order_status,
        reduce_only=bool(order.reduce_only),
        filled=order.cum_exec_qty or Decimal(0),
        trigger_price=order.trigger_price,
        stop_order_type=order.stop_order_type,
        stop_loss=order.stop_loss,
        take_profit=order.take_profit,
        created_ts=order.created_ts or now,
        updated_ts=order.updated_ts or now,
    )
    return PaperOrder(
        order_id=made.order_id,
        order_link_id=OrderLinkId(made.order_link_id),
        symbol=made.symbol,
        is_open=made.is_open,
        is_new=True,
        updated_ts=made.updated_ts,
        body=to_body(made),
    )


def _fill(number: int, fill: Execution, now: Millis) -> PaperFill:
    made = EngineFill(
        exec_id=fill.exec_id,
        order_id=fill.order_id,
        order_link_id=fill.order_link_id,
        symbol=fill.symbol,
        position_idx=0,
        side=fill.side,
        exec_type=fill.exec_type,
        price=fill.exec_price or Decimal(0),
        qty=fill.exec_qty,
        value=fill.exec_value or Decimal(0),
        fee=fill.exec_fee or Decimal(0),
        fee_rate=Decimal(0),
        fee_currency=fill.fee_currency,
        is_maker=bool(fill.is_maker),
        closed_size=fill.closed_size or Decimal(0),
        gain=Decimal(0),
        create_type=fill.create_type,
        stop_order_type="",
        order_type=OrderType.MARKET,
        order_price=Decimal(0),
        order_qty=fill.exec_qty,
        leaves_qty=Decimal(0),
        mark_price=fill.exec_price or Decimal(0),
        ts=fill.exec_ts or now,
        seq=number,
    )
    return PaperFill(exec_id=made.exec_id, ts=made.ts, seq=made.seq, body=to_body(made))
