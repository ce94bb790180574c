"""What every chart of a price shares: how its reader has pictures, its buttons of time, the figures of its candles."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from bot.domain.chart_intervals import OFFERED, ChartInterval
from bot.domain.market import Instrument, Kline
from bot.domain.symbol_names import quote_of
from handlers.core.callbacks import Code
from handlers.pictures.contents import Look
from handlers.texts.catalog import Markup
from handlers.views.cards import Row, button
from handlers.views.figures import arrow, percent_away
from handlers.views.render_context import RenderContext
from handlers.views.times import span

_MONTHS = range(1, 13)


def look_of(viewer: RenderContext) -> Look:
    """By the reader's settings; in groups, which have many readers, in UTC."""
    settings = viewer.config.settings
    return Look(
        theme=settings.picture_theme,
        language=viewer.say.language,
        time_zone=settings.time_zone if viewer.owner is None else "UTC",
        months=tuple(viewer.say.plain("month-short", month=month) for month in _MONTHS),
    )


def interval_name(viewer: RenderContext, interval: ChartInterval) -> str:
    """A length of candles in the language of the reader: 15m, 15м."""
    return viewer.say.plain(f"interval-{interval.unit}", count=interval.units)


def interval_row(viewer: RenderContext, current: ChartInterval, to_code: Callable[[ChartInterval], Code]) -> Row:
    """A button a length of candles; the shown one is marked and draws the chart anew."""
    names = {each: interval_name(viewer, each) for each in OFFERED}
    return tuple(
        button(
            viewer.say.plain("tab-current", name=name) if each is current else name,
            viewer.data(to_code(each)),
        )
        for each, name in names.items()
    )


def chart_line(
    viewer: RenderContext, symbol: str, candles: Sequence[Kline], interval: ChartInterval, instrument: Instrument | None
) -> Markup:
    """The last price, and how far it went in the time that the chart shows."""
    first, last = candles[0], candles[-1]
    change = percent_away(last.close, first.open) or Decimal(0)
    return viewer.say(
        "chart-line",
        price=viewer.figures.price(last.close, instrument),
        quote=quote_of(symbol),
        arrow=arrow(change),
        change=viewer.figures.change(change),
        span=span(viewer.say, (last.start_ts + interval.millis - first.start_ts) / 1000),
    )


def range_line(viewer: RenderContext, candles: Sequence[Kline], instrument: Instrument | None) -> Markup:
    """The highest and the lowest price of the time that the chart shows."""
    figures = viewer.figures
    return viewer.say(
        "chart-range",
        high=figures.price(max(each.high for each in candles), instrument),
        low=figures.price(min(each.low for each in candles), instrument),
    )
