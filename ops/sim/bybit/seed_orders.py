"""Orders from what a driver gives: open ones, and closed ones for the history."""

from decimal import Decimal
from typing import Any, Final

from ops.sim.bybit.accounts import OPEN_STATUSES, Order
from ops.sim.bybit.clock import MINUTE
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.facts import FEES
from ops.sim.bybit.fields import Fields
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.seed_positions import is_protection
from ops.sim.bybit.seeding import CONTRACTS, Seeding

_PATH: Final = "/v5/order/history"
_ALIASES: Final = {
    "type": "orderType",
    "size": "qty",
    "quantity": "qty",
    "status": "orderStatus",
    "clientOrderId": "orderLinkId",
    "tp": "takeProfit",
    "sl": "stopLoss",
}
ORDER_TYPES: Final = ("Limit", "Market")
_CLOSED: Final = ("Rejected", "PartiallyFilledCanceled", "Filled", "Cancelled", "Triggered", "Deactivated")
_STATUSES: Final = (*sorted(OPEN_STATUSES), *_CLOSED)
_TIMES_IN_FORCE: Final = ("GTC", "IOC", "FOK", "PostOnly", "RPI")
_STOP_TYPES: Final = (
    "",
    "UNKNOWN",
    "Stop",
    "TakeProfit",
    "StopLoss",
    "TrailingStop",
    "PartialTakeProfit",
    "PartialStopLoss",
)
_TRIGGER_BY: Final = ("", "UNKNOWN", "LastPrice", "IndexPrice", "MarkPrice")
_AWAY: Final = {"Buy": Decimal("0.95"), "Sell": Decimal("1.05")}
"""Where a limit order without a price is put, against the last price."""


def set_orders(seeding: Seeding, bodies: list[object]) -> None:
    """Let these be the account's orders, beside its protections and those of its fills. Raises ControlError."""
    orders = [_order(seeding, body, f"orders[{place}]") for place, body in enumerate(bodies)]
    account = seeding.account
    _refuse_twins(orders)
    filled = {fill.order_id for fill in account.executions}
    account.orders = {name: order for name, order in account.orders.items() if is_protection(order)}
    account.orders |= {order.order_id: order for order in orders if order.is_open}
    account.history = [order for order in account.history if order.order_id in filled]
    account.history += [order for order in orders if not order.is_open]
    account.history.sort(key=lambda order: order.created_at)


def _refuse_twins(orders: list[Order]) -> None:
    for name in ("order_id", "link_id"):
        seen: set[str] = set()
        for place, order in enumerate(orders):
            value = getattr(order, name)
            if value and value in seen:
                raise ControlError(f"orders[{place}]: {value} is there twice")
            seen.add(value)


def _order(seeding: Seeding, body: object, where: str) -> Order:
    fields = seeding.fields(body, where, _PATH, _ALIASES)
    one = seeding.instrument(fields, *CONTRACTS, "spot")
    side = seeding.side(fields)
    last = seeding.market.last_price(one, seeding.now)
    trigger = seeding.price(fields, "triggerPrice", one)
    order_type = fields.choice("orderType", ORDER_TYPES, "Market" if trigger and "price" not in fields else "Limit")
    price = ZERO
    if order_type == "Limit":
        price = seeding.price(fields, "price", one, (trigger or last) * _AWAY[side])
        if not price:
            raise fields.wrong("price", f"must be at least a tick of {one.price.text(1)}")
    created = fields.time("createdTime", seeding.now - 10 * MINUTE)
    return Order(
        category=one.category,
        order_id=fields.text("orderId") or seeding.uuid(),
        link_id=seeding.link_id(fields),
        symbol=one.symbol,
        side=side,
        order_type=order_type,
        price=price,
        time_in_force=fields.choice("timeInForce", _TIMES_IN_FORCE, "GTC" if order_type == "Limit" else "IOC"),
        position_index=seeding.leg(fields, one, side) if one.is_contract else 0,
        reduce_only=fields.flag("reduceOnly"),
        close_on_trigger=fields.flag("closeOnTrigger"),
        market_unit=fields.text("marketUnit"),
        is_leverage="0" if one.category == "spot" else "",
        last_price_on_created=fields.decimal("lastPriceOnCreated", last),
        created_at=created,
        updated_at=fields.time("updatedTime", created),
        **_progress(seeding, fields, one, price or last, conditional=bool(trigger)),
        **_conditions(seeding, fields, one, trigger, last),
    )


def _progress(
    seeding: Seeding, fields: Fields, one: Instrument, price: Decimal, *, conditional: bool
) -> dict[str, Any]:
    """Status, and how much was filled at what price and fee."""
    qty = seeding.quantity(fields, "qty", one)
    status = fields.choice("orderStatus", _STATUSES, "Untriggered" if conditional else "New")
    filled = fields.decimal("cumExecQty", qty if status == "Filled" else ZERO)
    if filled > qty:
        raise fields.wrong("cumExecQty", f"must not be above qty {qty}")
    average = fields.decimal("avgPrice", price) or price
    value = fields.decimal("cumExecValue", filled / average if one.category == "inverse" else filled * average)
    fee = fields.decimal("cumExecFee", value * FEES[one.category][0])
    cancelled = status == "Cancelled"
    return {
        "qty": qty,
        "status": status,
        "filled": filled,
        "filled_value": value,
        "fee": fee,
        "fee_currency": one.settle_coin if fee else "",
        "cancel_type": fields.text("cancelType", "CancelByUser" if cancelled else "UNKNOWN"),
        "reject_reason": fields.text("rejectReason", "EC_PerCancelRequest" if cancelled else "EC_NoError"),
    }


def _conditions(seeding: Seeding, fields: Fields, one: Instrument, trigger: Decimal, last: Decimal) -> dict[str, Any]:
    """Trigger, stop loss and take profit."""
    take_profit, stop_loss = (seeding.price(fields, name, one) for name in ("takeProfit", "stopLoss"))
    attached = bool(take_profit or stop_loss)
    toward = (1 if trigger > last else 2) if trigger else 0
    return {
        "create_type": fields.text("createType", "CreateByStopOrder" if trigger else "CreateByUser"),
        "stop_order_type": fields.choice("stopOrderType", _STOP_TYPES, "Stop" if trigger else ""),
        "trigger_price": trigger,
        "trigger_direction": fields.integer("triggerDirection", toward, high=2),
        "trigger_by": fields.choice("triggerBy", _TRIGGER_BY, "LastPrice" if trigger else ""),
        "take_profit": take_profit,
        "stop_loss": stop_loss,
        "tp_trigger_by": fields.choice("tpTriggerBy", _TRIGGER_BY, "LastPrice" if take_profit else ""),
        "sl_trigger_by": fields.choice("slTriggerBy", _TRIGGER_BY, "LastPrice" if stop_loss else ""),
        "tp_limit_price": seeding.price(fields, "tpLimitPrice", one),
        "sl_limit_price": seeding.price(fields, "slLimitPrice", one),
        "tpsl_mode": fields.choice("tpslMode", ("", "Full", "Partial"), "Full" if attached else ""),
    }
