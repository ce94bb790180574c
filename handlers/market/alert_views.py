"""Price alerts: what may be waited for, what was set, and the list."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.alert_words import AlertLevel, moved_by
from bot.domain.market import Category, MarketKey, Ticker
from bot.domain.price_alerts import MOST_ALERTS, AlertSide, PriceAlert
from bot.domain.symbol_names import FoundSymbol
from bot.services.instruments import WithInstruments
from bot.services.market.alerts import AlertQuote
from bot.services.market.screens import MarketBoards
from bot.services.screens import Shown
from handlers.core.links import price_code
from handlers.market.callbacks import AskDeleteAlerts, DeleteAlert, SetAgain, SetAlert, ShowAlerts, ShowSymbolAlerts
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.figures import percent_away
from handlers.views.frame import footer, menu_row, page_lines, page_of, page_row, refresh_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import market_name, quote_of, short_name
from handlers.views.tables import named_columns

ALERTS_A_PAGE: Final = 8
PRESETS: Final = tuple(map(Decimal, (1, 2, 5)))  # percent, both ways
_SIGNS: Final = {AlertSide.ABOVE: "▲", AlertSide.BELOW: "▼"}


def offer_card(
    viewer: RenderContext, found: FoundSymbol, own: Sequence[PriceAlert], shown: Shown[WithInstruments[Ticker]]
) -> Card:
    """The price of now with presets around it; what is waited for already stands above them."""
    say, market = viewer.say, MarketKey(found.category, found.symbol)
    parts = [] if found.typed is None else [say("symbol-is-named", coin=found.typed, symbol=found.symbol)]
    rows: list[Row] = []
    if shown.value is None:
        parts.append(say("alert-title-alone", symbol=market_name(say, market)))
    else:
        ticker = shown.value.value
        instrument = shown.value.instrument(found.category, found.symbol)
        quote = AlertQuote(market=market, price=ticker.last_price, instrument=instrument)
        price = viewer.figures.price(ticker.last_price, instrument)
        parts.append(say("alert-title", symbol=market_name(say, market), price=price, quote=quote_of(found.symbol)))
        rows += [tuple(_preset(viewer, quote, way * percent) for way in (1, -1)) for percent in PRESETS]
    if own:
        parts.append(say("alert-own", prices=", ".join(f"{_SIGNS[each.side]} {_price(viewer, each)}" for each in own)))
    parts += [say("alert-type-it"), footer(viewer, shown)]
    code = ShowSymbolAlerts(found.category, found.symbol)
    ways = (_list_button(viewer), *_ways(viewer, market))
    return Card(text=join(parts), rows=(*rows, ways, (*refresh_button(viewer, code), *menu_row(viewer))))


def which_card(viewer: RenderContext, quote: AlertQuote, levels: Sequence[AlertLevel]) -> Card:
    """What was typed has several meanings, or lies far away: a button each."""
    say, figures = viewer.say, viewer.figures
    text = say(
        "alert-which",
        symbol=market_name(viewer.say, quote.market),
        price=figures.price(quote.price, quote.instrument),
        count=len(levels),
    )
    buttons = [_level_button(viewer, quote, each, _away(viewer, each.price, quote.price)) for each in levels]
    return Card(text=text, rows=(*in_rows(buttons, 2), _ways(viewer, quote.market), menu_row(viewer)))


def set_card(viewer: RenderContext, quote: AlertQuote, level: AlertLevel, alert: PriceAlert | None) -> Card:
    """What will ring, and how far it is; `alert` None: it stood already."""
    figures = viewer.figures
    text = viewer.say(
        "alert-stands" if alert is None else "alert-set",
        symbol=market_name(viewer.say, quote.market),
        side=level.side.value,
        price=figures.price(level.price, quote.instrument),
        now=figures.price(quote.price, quote.instrument),
        away=_away(viewer, level.price, quote.price),
    )
    another = button(
        viewer.say.plain("button-alert-another"),
        viewer.data(ShowSymbolAlerts(quote.market.category, quote.market.symbol)),
    )
    delete: Row = ()
    if alert is not None:
        delete = (button(viewer.say.plain("button-alert-delete"), viewer.data(DeleteAlert(alert.alert_id))),)
    return Card(
        text=text,
        rows=((*delete, another), (_list_button(viewer), *_ways(viewer, quote.market)), menu_row(viewer)),
    )


def list_card(
    viewer: RenderContext,
    alerts: Sequence[PriceAlert],
    shown: Shown[WithInstruments[MarketBoards]],
    page_number: int,
    *,
    deleted: PriceAlert | None,
    note: Markup | None,
) -> Card:
    """The alerts of a person, each with how far it is. `deleted`: the one that was, a moment ago; `note`: a lead."""
    say = viewer.say
    page = page_of(alerts, page_number, ALERTS_A_PAGE)
    lead = [] if note is None else [note]
    undo: Row = ()
    if deleted is not None:
        lead = [say("alert-deleted", alert=_named(viewer, deleted))]
        again = SetAgain(deleted.market.symbol, deleted.market.category is Category.SPOT, deleted.price)
        undo = (button(say.plain("button-alert-undo"), viewer.data(again)),)
    parts = [*lead, say("alerts-title", count=len(alerts), most=MOST_ALERTS)]
    if page.items:
        parts.append(named_columns([_line(viewer, each, shown) for each in page.items]))
        parts += [*page_lines(viewer, page), footer(viewer, shown)]
    parts.append(say("alerts-hint"))
    every: Row = ()
    if len(alerts) > 1:
        every = (button(say.plain("button-alerts-delete-all"), viewer.data(AskDeleteAlerts())),)
    return Card(
        text=join(parts),
        rows=(
            undo,
            *in_rows([_delete_button(viewer, each, page.number) for each in page.items], 2),
            page_row(viewer, page, ShowAlerts),
            every,
            (*refresh_button(viewer, ShowAlerts(page.number)), *menu_row(viewer)),
        ),
    )


def _delete_button(viewer: RenderContext, alert: PriceAlert, page: int) -> CardButton:
    return button(f"✕ {_named(viewer, alert)}", viewer.data(DeleteAlert(alert.alert_id, page)))


def ask_delete_all_card(viewer: RenderContext, count: int, act: CardButton) -> Card:
    back = button(viewer.say.plain("button-back"), viewer.data(ShowAlerts()))
    return Card(text=viewer.say("alerts-ask-delete-all", count=count), rows=((act, back),))


def _preset(viewer: RenderContext, quote: AlertQuote, percent: Decimal) -> CardButton:
    """+1% · 64,852.60."""
    price = moved_by(percent, quote.price, quote.instrument)
    level = AlertLevel(side=AlertSide.ABOVE if percent > 0 else AlertSide.BELOW, price=price)
    return _level_button(viewer, quote, level, viewer.figures.percent(percent / 100, step=Decimal(1)))


def _level_button(viewer: RenderContext, quote: AlertQuote, level: AlertLevel, away: str) -> CardButton:
    price = viewer.figures.price(level.price, quote.instrument)
    is_spot = quote.market.category is Category.SPOT
    code = SetAlert(quote.market.symbol, is_spot, level.side, level.price)
    return button(f"{away} · {price}", viewer.data(code))


def _line(
    viewer: RenderContext, alert: PriceAlert, shown: Shown[WithInstruments[MarketBoards]]
) -> tuple[str, str, str]:
    """BTC  ▲ 70,000.00  +9%: how far the price has to go, where that is known."""
    listing = None if shown.value is None else shown.value.value.find(alert.market)
    away = "" if listing is None else _away(viewer, alert.price, listing.last_price)
    return short_name(alert.market), f"{_SIGNS[alert.side]} {_price(viewer, alert)}", away


def _named(viewer: RenderContext, alert: PriceAlert) -> str:
    """BTC ▲ 70,000.00."""
    return f"{short_name(alert.market)} {_SIGNS[alert.side]} {_price(viewer, alert)}"


def _price(viewer: RenderContext, alert: PriceAlert) -> str:
    """Stored in the digits of the symbol's tick."""
    return viewer.figures.price(alert.price, None)


def _away(viewer: RenderContext, price: Decimal, now: Decimal) -> str:
    return viewer.figures.change(percent_away(price, now) or Decimal(0))


def _list_button(viewer: RenderContext) -> CardButton:
    return button(viewer.say.plain("button-alerts"), viewer.data(ShowAlerts()))


def _ways(viewer: RenderContext, market: MarketKey) -> Row:
    return (button(viewer.say.plain("button-price"), viewer.data(price_code(market.symbol, market.category))),)
