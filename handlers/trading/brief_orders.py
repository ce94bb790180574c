"""Resting orders in a line each, where there is no room for a card of them."""

from collections.abc import Sequence
from typing import Final

from bot.domain.legs import BriefOrder
from bot.domain.portfolio import Side
from handlers.texts.catalog import Markup, Translator
from handlers.views.figures import Figures
from handlers.views.symbols import base_of

MOST_BRIEF: Final = 20  # that are named one by one


def brief_lines(say: Translator, orders: Sequence[BriefOrder], count: int = 0) -> list[Markup]:
    """• Buy 0.01 BTC · 59,500, and how many more there are; `count`: of them all, 0: as many as `orders`."""
    figures = Figures(say.language)
    lines = [
        say(
            "order-brief",
            side=say.plain("side-buy" if each.side is Side.BUY else "side-sell"),
            size=figures.size(each.qty, None, base_of(each.symbol)),
            price=figures.price(each.price, None) if each.price else say.plain("cancels-market"),
        )
        for each in orders[:MOST_BRIEF]
    ]
    more = max(count, len(orders)) - len(lines)
    if lines and more > 0:
        lines.append(say("panic-more", count=more))
    return lines
