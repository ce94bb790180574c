"""What is told of prices that were reached."""

from typing import Final

from bot.domain.market import Category, MarketKey
from bot.domain.portfolio import Side
from bot.domain.price_alerts import AlertsEndedMessage, PriceAlertMessage
from handlers.core.links import OpenTicket, price_code
from handlers.core.messages import MessageSpec, message_card
from handlers.market.callbacks import SetAgain, ShowAlerts
from handlers.texts.catalog import Translator, join
from handlers.views.cards import Card, CardButton, Row, button
from handlers.views.figures import Figures, arrow, percent_away
from handlers.views.symbols import base_of, market_name, quote_of
from handlers.views.times import span


def price_alert(say: Translator, told: PriceAlertMessage) -> Card:
    """The symbol, the price that was waited for, the price of now; where none was heard for a while, that."""
    figures = Figures(say.language)
    values = {
        "symbol": market_name(say, MarketKey(told.category, told.symbol)),
        "side": told.side.value,
        "threshold": figures.price(told.threshold, None),
    }
    if told.extreme is not None:
        extreme = figures.price(told.extreme, None)
        head = say("told-alert-touched", **values, extreme=extreme, ago=span(say, told.ago_s))
    elif told.away_s:
        head = say("told-alert-missed", **values, away=span(say, told.away_s))
    else:
        head = say("told-alert", **values)
    change = percent_away(told.price, told.set_price)
    now = say(
        "told-alert-now",
        price=figures.price(told.price, None),
        quote=quote_of(told.symbol),
        arrow=arrow(told.price - told.set_price),
        change="" if change is None else figures.change(change),
        set_price=figures.price(told.set_price, None),
    )
    price = button(
        say.plain("button-alert-price", coin=base_of(told.symbol)), price_code(told.symbol, told.category).encode()
    )
    again = button(
        say.plain("button-alert-again"), SetAgain(told.symbol, told.category is Category.SPOT, told.threshold).encode()
    )
    tickets = _tickets(say, told) if told.category is Category.LINEAR else ()
    return Card(text=join([head, now]), rows=((price, again), tickets, (_list(say),)))


def alerts_ended(say: Translator, told: AlertsEndedMessage) -> Card:
    """The symbol is not traded any more."""
    return Card(
        text=say("told-alerts-ended", symbol=market_name(say, MarketKey(told.category, told.symbol)), count=told.count),
        rows=((_list(say),),),
    )


def _tickets(say: Translator, told: PriceAlertMessage) -> Row:
    return tuple(
        button(say.plain(key), OpenTicket(told.symbol, side).encode())
        for side, key in ((Side.BUY, "side-buy"), (Side.SELL, "side-sell"))
    )


def _list(say: Translator) -> CardButton:
    return button(say.plain("button-alerts"), ShowAlerts().encode())


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message_card(PriceAlertMessage, price_alert),
    message_card(AlertsEndedMessage, alerts_ended),
)
