"""The chart of a symbol's price, and its caption."""

from bot.domain.chart_intervals import ChartInterval
from bot.domain.market import Category, Klines
from bot.domain.symbol_names import FoundSymbol
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.core.links import ShowChart, price_code
from handlers.core.pictures import PictureCard
from handlers.market.views import other_name, title_of
from handlers.pictures.contents import Level, LevelKind, PriceChart
from handlers.texts.catalog import join
from handlers.views.cards import Card, button
from handlers.views.charts import chart_line, interval_name, interval_row, look_of, range_line
from handlers.views.frame import footer, menu_row, order_buttons, refresh_button
from handlers.views.render_context import RenderContext


def chart_card(
    viewer: RenderContext, found: FoundSymbol, interval: ChartInterval, shown: Shown[WithInstruments[Klines]]
) -> PictureCard:
    """Candles of a symbol, with the way to other lengths, its price, and an order."""
    say, symbol, category = viewer.say, found.symbol, found.category
    title = f"{title_of(viewer, found)} · {interval_name(viewer, interval)}"
    parts = [*other_name(viewer, found), say("chart-title", title=title)]
    content = None
    candles = shown.value.value.items if shown.value is not None else ()
    if shown.value is not None and candles:
        instrument = shown.value.instrument(category, symbol)
        parts.append(chart_line(viewer, symbol, candles, interval, instrument))
        parts.append(range_line(viewer, candles, instrument))
        content = PriceChart(
            look=look_of(viewer),
            title=title,
            subtitle=viewer.when(shown.value.as_of),
            candles=candles,
            interval_ms=interval.millis,
            tick=None if instrument is None else instrument.tick_size,
            levels=(Level(LevelKind.LAST, "", candles[-1].close),),
        )
    elif shown.value is not None:
        parts.append(say("chart-none"))
    parts.append(footer(viewer, shown))
    price = button(say.plain("button-price"), viewer.data(price_code(symbol, category)))
    refresh = refresh_button(viewer, ShowChart(category, symbol, interval))
    rows = (
        interval_row(viewer, interval, lambda each: ShowChart(category, symbol, each)),
        order_buttons(viewer, symbol) if category is Category.LINEAR else (),
        (*refresh, price, *menu_row(viewer)),
    )
    return PictureCard(content=content, card=Card(text=join(parts), rows=rows))
