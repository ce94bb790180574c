"""Fills from what a driver gives, or as many as it asks for; each with its order, closed PnL and log lines."""

from collections import defaultdict
from decimal import Decimal
from typing import Final

from ops.sim.bybit.accounts import Execution, Order
from ops.sim.bybit.booking import rebook
from ops.sim.bybit.clock import DAY, HOUR, MINUTE
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.facts import FEES
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.noise import Noise
from ops.sim.bybit.seed_orders import ORDER_TYPES
from ops.sim.bybit.seeding import CONTRACTS, Seeding, signed

_PATH: Final = "/v5/execution/list"
_ALIASES: Final = {
    "qty": "execQty",
    "size": "execQty",
    "quantity": "execQty",
    "price": "execPrice",
    "time": "execTime",
    "fee": "execFee",
}
MOST: Final = 10_000
_SPAN: Final = 6 * DAY
_STEP: Final = 3 * HOUR
"""Seeded fills lie so far apart, closer if that many would not fit into _SPAN."""
_NEWEST: Final = 5 * MINUTE
_WORTH: Final = 500
"""USDT of a seeded fill."""
_TWO_PARTS: Final = 2
_USUAL: Final = ("BTCUSDT", "ETHUSDT", "SOLUSDT")


def set_fills(seeding: Seeding, given: object) -> None:
    """Let these be the account's fills: a list of them, or a number of seeded ones. Raises ControlError."""
    if isinstance(given, int) and not isinstance(given, bool):
        if not 0 <= given <= MOST:
            raise ControlError(f"executions: must be at most {MOST}, not {given}")
        fills = _seeded(seeding, given)
    elif isinstance(given, list):
        fills = [_fill(seeding, body, f"executions[{place}]", place) for place, body in enumerate(given)]
        if len({fill.exec_id for fill in fills}) < len(fills):
            raise ControlError("executions: an execId is there twice")
    else:
        raise ControlError("executions: must be a list or a number")
    account = seeding.account
    before = {fill.order_id for fill in account.executions}
    account.history = [order for order in account.history if order.order_id not in before]
    rebook(account, seeding.market, fills)
    known = {order.order_id for order in account.history} | set(account.orders)
    account.history += _orders(seeding, known)
    account.history.sort(key=lambda order: order.created_at)


def make_fill(
    seeding: Seeding, one: Instrument, side: str, qty: Decimal, price: Decimal, at: int, *, is_maker: bool
) -> Execution:
    """A whole order filled at once at that price and epoch millisecond."""
    value = qty / price if one.category == "inverse" else qty * price
    rate = FEES[one.category][is_maker]
    in_base = one.category == "spot" and side == "Buy"
    return Execution(
        category=one.category,
        exec_id=seeding.uuid(),
        order_id=seeding.uuid(),
        symbol=one.symbol,
        side=side,
        price=price,
        qty=qty,
        value=value,
        fee=(qty if in_base else value) * rate,
        fee_rate=rate,
        fee_currency=one.base_coin if in_base else one.settle_coin,
        order_type="Limit" if is_maker else "Market",
        order_price=price,
        order_qty=qty,
        is_maker=is_maker,
        mark_price=seeding.market.mark_price(one, at),
        at=at,
        seq=seeding.seq(),
    )


def _fill(seeding: Seeding, body: object, where: str, place: int) -> Execution:
    """A driver's fill; without a time it is a minute older than the one before it."""
    fields = seeding.fields(body, where, _PATH, _ALIASES)
    one = seeding.instrument(fields, *CONTRACTS, "spot")
    at = fields.time("execTime", seeding.now - (place + 1) * MINUTE)
    qty = seeding.quantity(fields, "execQty", one)
    price = fields.decimal("execPrice", seeding.market.last_price(one, at), positive=True)
    fill = make_fill(seeding, one, seeding.side(fields), qty, price, at, is_maker=fields.flag("isMaker"))
    fill.exec_id = fields.text("execId") or fill.exec_id
    fill.order_id = fields.text("orderId") or fill.order_id
    fill.link_id = seeding.link_id(fields)
    fill.exec_type = fields.text("execType", "Trade")
    fill.order_type = fields.choice("orderType", ORDER_TYPES, fill.order_type)
    fill.order_qty = fields.decimal("orderQty", qty, positive=True)
    fill.leaves_qty = fields.decimal("leavesQty", max(ZERO, fill.order_qty - qty))
    fill.order_price = fields.decimal("orderPrice", price)
    fill.value = fields.decimal("execValue", fill.value)
    fill.fee_rate = signed(fields, "feeRate", fill.fee_rate)
    charged = qty if fill.fee_currency == one.base_coin and one.category == "spot" else fill.value
    fill.fee = signed(fields, "execFee", charged * fill.fee_rate)
    if "closedSize" in fields:
        fill.closed_size = fields.decimal("closedSize", ZERO)
    return fill


def _seeded(seeding: Seeding, count: int) -> list[Execution]:
    """Round trips at the prices of their moments, the newest minutes old.

    Of an odd number the last trip closes in two parts; a single fill opens only.
    """
    held = [one.symbol for one in seeding.account.held() if one.symbol.endswith("USDT")]
    symbols = list(dict.fromkeys([*held, *_USUAL]))
    noise = Noise(seeding.market.seed, f"fills {seeding.account.uid}")
    step = min(_STEP, _SPAN // max(1, count))
    fills: list[Execution] = []
    trip = 0
    while len(fills) < count:
        words = noise.words(0, trip)
        at = seeding.now - _NEWEST - (count - 1 - len(fills)) * step
        one = seeding.market.any_of(symbols[trip % len(symbols)], "linear")
        price = seeding.market.last_price(one, at)
        qty = max(2 * one.qty.step, one.qty.round(Decimal(_WORTH) * (1 + words[0] % 4) / price))
        side = "Buy" if words[1] & 1 else "Sell"
        opened = make_fill(seeding, one, side, qty, price, at, is_maker=False)
        fills.append(opened)
        left = count - len(fills)
        parts = [qty] if left != _TWO_PARTS else [half := one.qty.round(qty / 2), qty - half]
        fills += _closing(seeding, opened, parts[:left], step, is_maker=words[2] % 3 == 0)
        trip += 1
    return fills


def _closing(
    seeding: Seeding, opened: Execution, parts: list[Decimal], step: int, *, is_maker: bool
) -> list[Execution]:
    """One order against an earlier fill, filled in these parts, each a step later."""
    one = seeding.market.any_of(opened.symbol, opened.category)
    side = "Sell" if opened.side == "Buy" else "Buy"
    fills: list[Execution] = []
    left = opened.qty
    for number, part in enumerate(parts, 1):
        at = opened.at + number * step
        fill = make_fill(seeding, one, side, part, seeding.market.last_price(one, at), at, is_maker=is_maker)
        left -= part
        fill.order_qty, fill.leaves_qty = opened.qty, left
        fill.order_id = fills[0].order_id if fills else fill.order_id
        fills.append(fill)
    return fills


def _orders(seeding: Seeding, known: set[str]) -> list[Order]:
    """The filled orders behind the account's fills, except those that are known."""
    by_order: defaultdict[str, list[Execution]] = defaultdict(list)
    for fill in seeding.account.executions:
        if fill.order_id not in known:
            by_order[fill.order_id].append(fill)
    return [_order_of(order_id, fills) for order_id, fills in by_order.items()]


def _order_of(order_id: str, fills: list[Execution]) -> Order:
    first, last = fills[0], fills[-1]
    filled = sum((fill.qty for fill in fills), ZERO)
    qty = max(first.order_qty, filled)
    return Order(
        category=first.category,
        order_id=order_id,
        link_id=first.link_id,
        symbol=first.symbol,
        side=first.side,
        order_type=first.order_type,
        price=first.order_price if first.order_type == "Limit" else ZERO,
        qty=qty,
        status="Filled" if filled == qty else "Cancelled",
        time_in_force="GTC" if first.order_type == "Limit" else "IOC",
        reduce_only=bool(first.closed_size),
        is_leverage="0" if first.category == "spot" else "",
        filled=filled,
        filled_value=sum((fill.value for fill in fills), ZERO),
        fee=sum((fill.fee for fill in fills), ZERO),
        fee_currency=first.fee_currency,
        last_price_on_created=first.price,
        created_at=first.at,
        updated_at=last.at,
    )
