"""Orders in a few words."""

from bot.domain.market import Instrument
from bot.domain.portfolio import Order, Side
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of


def order_name(viewer: RenderContext, order: Order, instrument: Instrument | None) -> str:
    """BTC Buy 62,000: a button's label."""
    side = viewer.say.plain("side-buy" if order.side is Side.BUY else "side-sell")
    price = order.price or order.trigger_price
    at = "" if price is None else f" {viewer.figures.price(price, instrument)}"
    return f"{base_of(order.symbol)} {side}{at}"
