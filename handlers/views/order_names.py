"""Orders in a few words."""

from bot.domain.leg_protection import TRAILING
from bot.domain.market import Instrument
from bot.domain.portfolio import Order, Side
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of


def order_name(viewer: RenderContext, order: Order, instrument: Instrument | None) -> str:
    """BTC Buy 62,000, BTC Stop loss 60,000: a button's label. A trailing stop stands where nobody says."""
    side = viewer.say.plain("side-buy" if order.side is Side.BUY else "side-sell")
    what = kind_of(viewer, order) if order.stop_order_type else side
    price = None if order.stop_order_type == TRAILING else order.price or order.trigger_price
    at = "" if price is None else f" {viewer.figures.price(price, instrument)}"
    return f"{base_of(order.symbol)} {what}{at}"


def kind_of(viewer: RenderContext, order: Order) -> str:
    """Limit, Market, Stop loss, Trailing stop."""
    say = viewer.say
    kind = order.stop_order_type or (order.order_type.value if order.order_type else say.plain("unknown"))
    return say.plain("order-kind", kind=kind)
