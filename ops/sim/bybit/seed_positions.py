"""Held legs from what a driver gives, each with the conditional orders that protect it."""

from decimal import Decimal
from typing import Final

from ops.sim.bybit.accounts import DEFAULT_LEVERAGE, Order, Position, leg_key
from ops.sim.bybit.clock import HOUR
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.fields import Fields
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.seeding import CONTRACTS, Seeding, signed

_PATH: Final = "/v5/position/list"
_ALIASES: Final = {
    "qty": "size",
    "quantity": "size",
    "entryPrice": "avgPrice",
    "entry": "avgPrice",
    "price": "avgPrice",
    "tp": "takeProfit",
    "sl": "stopLoss",
}
_AGE: Final = HOUR
_PROTECTIONS: Final = frozenset({"CreateByStopLoss", "CreateByTakeProfit"})


def set_positions(seeding: Seeding, bodies: list[object]) -> None:
    """Let these be the account's legs. Raises ControlError, with the account as it was."""
    positions: dict[str, Position] = {}
    for place, body in enumerate(bodies):
        held = _position(seeding, body, f"positions[{place}]")
        key = leg_key(held.symbol, held.index)
        if key in positions:
            raise ControlError(f"positions[{place}].symbol: {held.symbol} has that leg already")
        positions[key] = held
    account = seeding.account
    account.positions = positions
    account.orders = {name: order for name, order in account.orders.items() if not is_protection(order)}
    for held in positions.values():
        for order in _protections(seeding, held):
            account.orders[order.order_id] = order


def is_protection(order: Order) -> bool:
    """Whether the order carries a position's own stop loss or take profit."""
    return order.create_type in _PROTECTIONS


def _position(seeding: Seeding, body: object, where: str) -> Position:
    fields = seeding.fields(body, where, _PATH, _ALIASES)
    one = seeding.instrument(fields, *CONTRACTS)
    side = seeding.side(fields)
    created = fields.time("createdTime", seeding.now - _AGE)
    return Position(
        category=one.category,
        symbol=one.symbol,
        index=seeding.leg(fields, one, side),
        side=side,
        size=seeding.quantity(fields, "size", one),
        avg_price=fields.decimal("avgPrice", seeding.market.last_price(one, seeding.now), positive=True),
        leverage=_leverage(fields, one),
        take_profit=seeding.price(fields, "takeProfit", one),
        stop_loss=seeding.price(fields, "stopLoss", one),
        trailing_stop=seeding.price(fields, "trailingStop", one),
        realised=signed(fields, "curRealisedPnl"),
        cum_realised=signed(fields, "cumRealisedPnl"),
        created_at=created,
        updated_at=fields.time("updatedTime", created),
        opened_at=fields.time("openTime", created),
        seq=seeding.seq(),
        auto_add_margin=fields.integer("autoAddMargin", 0, high=1),
    )


def _leverage(fields: Fields, one: Instrument) -> Decimal:
    highest = Decimal(one.max_leverage)
    leverage = fields.decimal("leverage", min(DEFAULT_LEVERAGE, highest), positive=True)
    if not 1 <= leverage <= highest:
        raise fields.wrong("leverage", f"must be from 1 to {one.max_leverage}, not {leverage}")
    return leverage


def _protections(seeding: Seeding, held: Position) -> list[Order]:
    prices = {"StopLoss": held.stop_loss, "TakeProfit": held.take_profit}
    return [_protection(seeding, held, kind, price) for kind, price in prices.items() if price]


def _protection(seeding: Seeding, held: Position, kind: str, price: Decimal) -> Order:
    one = seeding.market.any_of(held.symbol, held.category)
    falls = (held.side == "Buy") == (kind == "StopLoss")
    return Order(
        category=held.category,
        order_id=seeding.uuid(),
        symbol=held.symbol,
        side="Sell" if held.side == "Buy" else "Buy",
        order_type="Market",
        qty=held.size,
        status="Untriggered",
        time_in_force="IOC",
        position_index=held.index,
        reduce_only=True,
        close_on_trigger=True,
        create_type=f"CreateBy{kind}",
        stop_order_type=kind,
        trigger_price=price,
        trigger_direction=2 if falls else 1,
        trigger_by="LastPrice",
        tpsl_mode="Full",
        last_price_on_created=seeding.market.last_price(one, seeding.now),
        created_at=held.created_at,
        updated_at=held.created_at,
    )
