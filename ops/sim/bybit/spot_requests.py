"""A spot order as it is asked for: read and judged by itself, before any account is looked at.

Source: Bybit v5 documentation, page order/create-order; codes of page error, section Spot Trade. What has no code of
its own there is refused with 10001.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from ops.sim.bybit.accounts import Order
from ops.sim.bybit.errors import refused, wrong_parameter
from ops.sim.bybit.fields import number_of
from ops.sim.bybit.grids import ZERO, Grid
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market

Texts = Callable[[str], str]
"""A parameter by its name, empty where it is absent."""

SPOT: Final = "spot"
QUOTE: Final = "quoteCoin"
TPSL, CONDITIONAL, PAIR = "tpslOrder", "Stop", "BidirectionalTpslOrder"
"""Kinds of orders that wait for a price, as stopOrderType names them; those of a pair take each other out."""
HOLDING: Final = frozenset({TPSL, PAIR})
"""Kinds that hold what they will pay before they are set off."""
_FILTERS: Final = {"": "", "Order": "", "tpslOrder": TPSL, "StopOrder": CONDITIONAL}
_LINK_ID: Final = re.compile(r"[A-Za-z0-9_-]{0,36}")


def holds(order: Order) -> bool:
    """Whether a spot order holds what it will pay: it is in the book, or of a kind that holds while it waits."""
    return (
        order.category == SPOT
        and bool(order.left)
        and (order.status != "Untriggered" or order.stop_order_type in HOLDING)
    )


def held_as(order: Order) -> str:
    """The id that what an order holds stands under: the two of a pair hold it once."""
    return order.parent_id if order.stop_order_type == PAIR else order.order_id


def read(text: Texts, market: Market, at: int, *, moves_price: bool) -> Order:
    """The order without an id, to be placed. `moves_price`: a price beyond the limits is moved to them, not refused.

    Raises BybitError.
    """
    one = market.find(SPOT, text("symbol"))
    if one is None:
        raise refused(170121)
    side, order_type, force = _words(text)
    kind = _kind(text)
    is_market = order_type == "Market"
    last = market.last_price(one, at)
    order = Order(
        category=SPOT,
        order_id="",
        link_id=_link_id(text),
        symbol=one.symbol,
        side=side,
        order_type=order_type,
        qty=_number(text, "qty"),
        price=ZERO if is_market else _number(text, "price"),
        status="Untriggered" if kind else "New",
        time_in_force=force,
        stop_order_type=kind,
        trigger_price=_number(text, "triggerPrice") if kind else ZERO,
        market_unit=_unit(text, side) if is_market else "",
        is_leverage="0",
        last_price_on_created=last,
        created_at=at,
        updated_at=at,
    )
    if kind:
        order.trigger_direction = 1 if order.trigger_price > last else 2
        order.trigger_by = "LastPrice"
    order.price = limited(one, order, market, at, moves_price=moves_price)
    check_size(one, order, last)
    if text("takeProfit") or text("stopLoss"):
        _protect(one, order, text)
    return order


def _words(text: Texts) -> tuple[str, str, str]:
    """Side, order type and time in force."""
    side, order_type, force = text("side"), text("orderType"), text("timeInForce") or "GTC"
    if side not in {"Buy", "Sell"}:
        raise refused(170117)
    if order_type not in {"Market", "Limit"}:
        raise refused(170116)
    if force == "RPI":
        raise refused(170355)
    if force not in {"GTC", "IOC", "FOK", "PostOnly"}:
        raise refused(170115)
    if text("isLeverage") == "1":
        raise refused(170036)
    return side, order_type, "IOC" if order_type == "Market" else force


def _kind(text: Texts) -> str:
    kind = _FILTERS.get(text("orderFilter"))
    if kind is None:
        raise refused(170201)
    if kind and not text("triggerPrice"):
        raise refused(170202)
    return kind


def _unit(text: Texts, side: str) -> str:
    """A market buy counts in the quote coin unless it says otherwise."""
    unit = text("marketUnit") or (QUOTE if side == "Buy" else "baseCoin")
    if unit not in {QUOTE, "baseCoin"}:
        raise refused(170130, name="marketUnit")
    return unit


def _link_id(text: Texts) -> str:
    link_id = text("orderLinkId")
    if not _LINK_ID.fullmatch(link_id):
        raise wrong_parameter("params error: orderLinkId invalid")
    return link_id


def _number(text: Texts, name: str) -> Decimal:
    number = number_of(text(name))
    if number is None or number < 0:
        raise refused(170130, name=name)
    return number


def amount_grid(one: Instrument) -> Grid:
    """The steps of an amount of the quote coin."""
    return Grid(Decimal(one.row["lotSizeFilter"]["quotePrecision"]))


def check_size(one: Instrument, order: Order, last: Decimal) -> None:
    """Quantity and trigger price on their steps, worth enough, and not too large. Raises BybitError."""
    limits = one.row["lotSizeFilter"]
    if order.trigger_price and not one.price.fits(order.trigger_price):
        raise refused(170134)
    in_quote = order.market_unit == QUOTE
    if not (amount_grid(one) if in_quote else one.qty).fits(order.qty):
        raise refused(170148 if in_quote else 170137)
    if not order.qty:
        raise refused(170136)
    price = order.price or order.trigger_price or last
    worth = order.qty if in_quote else order.qty * price
    if worth < Decimal(limits["minOrderAmt"]):
        raise refused(170140)
    if (worth / price if in_quote else order.qty) > Decimal(limits[_most(order)]):
        raise refused(170382 if order.order_type == "Market" else 170381)


def _most(order: Order) -> str:
    if order.order_type == "Market":
        return "maxMarketOrderQty"
    return "postOnlyMaxLimitOrderSize" if order.time_in_force == "PostOnly" else "maxLimitOrderQty"


def bounds(one: Instrument, market: Market, at: int) -> tuple[Decimal, Decimal]:
    """The lowest price that may be sold at and the highest that may be bought at."""
    mark = market.mark_price(one, at)
    return one.price.round(mark * (1 - one.price_limit)), one.price.round(mark * (1 + one.price_limit))


def limited(one: Instrument, order: Order, market: Market, at: int, *, moves_price: bool) -> Decimal:
    """The price on its tick and within the limits, which do not bind while a trigger is waited for. BybitError."""
    if order.order_type == "Market":
        return ZERO
    price = order.price
    if price <= 0:
        raise refused(170133)
    if not one.price.fits(price):
        raise refused(170134)
    if order.status == "Untriggered":
        return price
    lowest, highest = bounds(one, market, at)
    is_buy = order.side == "Buy"
    beyond = price > highest if is_buy else price < lowest
    if beyond and not moves_price:
        raise refused(170372 if is_buy else 170371, price=one.price.write(highest if is_buy else lowest))
    return (highest if is_buy else lowest) if beyond else price


def _protect(one: Instrument, order: Order, text: Texts) -> None:
    """Take over take profit and stop loss, which only a limit order may carry."""
    if order.order_type != "Limit" or order.stop_order_type:
        raise wrong_parameter("TP/SL only supports limit orders")
    for name, short in (("takeProfit", "tp"), ("stopLoss", "sl")):
        price = _number(text, name) if text(name) else ZERO
        above = (order.side == "Buy") == (name == "takeProfit")
        if price and not one.price.fits(price):
            raise refused(170134)
        if price and (price <= order.price if above else price >= order.price):
            word = "higher" if above else "lower"
            raise wrong_parameter(f"{name[0].upper()}{name[1:]} should be {word} than the order price")
        order_type = text(f"{short}OrderType") or "Market"
        if order_type not in {"Market", "Limit"}:
            raise refused(170130, name=f"{short}OrderType")
        limit = _number(text, f"{short}LimitPrice") if price and order_type == "Limit" else ZERO
        _set(order, short, price, limit, order_type if price else "")


def _set(order: Order, short: str, price: Decimal, limit: Decimal, order_type: str) -> None:
    if short == "tp":
        order.take_profit, order.tp_limit_price, order.tp_order_type = price, limit, order_type
    else:
        order.stop_loss, order.sl_limit_price, order.sl_order_type = price, limit, order_type
