"""The chart of a price: candles, the levels of a position, and fills.

A rising candle is hollow, a falling one filled. Levels that lie far outside stand at the edge with an arrow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from bot.domain.ids import Millis
from bot.domain.market import Kline
from bot.domain.numbers import as_written
from bot.domain.portfolio import Side
from handlers.pictures.canvas import PIXELS, Box, Canvas, Style
from handlers.pictures.contents import FillMark, Level, LevelKind, PriceChart
from handlers.pictures.palette import PALETTES, Palette
from handlers.pictures.scales import Scale, apart, round_step, ticks
from handlers.pictures.time_axis import LABEL, draw_time_axis
from handlers.views.figures import Figures

_WIDTH: Final = 480  # points
_HEIGHT: Final = 380
_MARGIN: Final = 14
_HEAD: Final = 58  # points above the plot
_FOOT: Final = 30
_TITLE: Final = 19
_PRICE_STEPS: Final = 6
_REACH: Final = Decimal("2.4")  # times the candles' own range that a chart shows for the sake of levels
_AIR: Final = Decimal("0.06")  # of the range, above and below
_FLAT: Final = Decimal("0.002")  # of the price: the range of candles that have none
_TAG: Final = 20  # points that the tag of a level is high
_GAP: Final = 8  # points between the plot and the column of prices
_WIDEST: Final = 150  # points of the column of prices
_BODY: Final = Decimal("0.68")  # of a candle's place
_NARROW: Final = 40  # candles: as many places there are at least, so that a few are not blocks
_DASHES: Final[Mapping[LevelKind, int]] = MappingProxyType(
    {LevelKind.LAST: 2, LevelKind.ENTRY: 0, LevelKind.STOP: 6, LevelKind.TARGET: 6, LevelKind.LIQUIDATION: 3}
)


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where prices and moments stand."""

    box: Box
    prices: Scale
    first: Millis
    places: int  # candles that have room
    interval_ms: int

    def middle(self, ts: Millis) -> int:
        """The pixel of the middle of the candle that a moment is in."""
        index = (ts - self.first) // self.interval_ms
        return self.box.left * PIXELS + (2 * index + 1) * self.box.width * PIXELS // (2 * self.places)

    def y(self, price: Decimal) -> int:
        """The pixel from the top at which a price stands."""
        return self.prices.at(price)


def draw_price_chart(chart: PriceChart) -> Canvas:
    """A picture of 960 x 760 pixels. Raises ValueError without candles."""
    if not chart.candles:
        raise ValueError("a chart needs a candle")
    palette = PALETTES[chart.look.theme]
    canvas = Canvas(_WIDTH, _HEIGHT, palette.background)
    low, high = _range(chart)
    step = round_step(high - low, _PRICE_STEPS, chart.tick)
    figures = Figures(chart.look.language)
    texts = {each: _tag_text(figures, each, chart.tick, low, high) for each in chart.levels}
    widest = max(canvas.width_of(each, LABEL, bold=True) for each in (*texts.values(), figures.number(high, step)))
    box = Box(_MARGIN, _HEAD, _WIDTH - min(_WIDEST, widest + 12) - _GAP, _HEIGHT - _FOOT)
    plot = _plot_of(chart, box, low, high)
    _draw_head(canvas, palette, chart)
    prices = ticks(low, high, step)
    for each in prices:
        canvas.level(box.left, box.right, plot.y(each) // PIXELS, palette.grid, thin=True)
    _draw_candles(canvas, plot, palette, chart.candles)
    _draw_fills(canvas, plot, palette, chart.fills)
    _draw_levels(canvas, plot, palette, chart.levels, texts)
    style = Style(size=LABEL, color=palette.muted, anchor="lm")
    for each in prices:
        canvas.text_if_free((box.right + _GAP + 6, plot.y(each) // PIXELS), figures.number(each, step), style, gap=5)
    span = (chart.candles[0].start_ts, chart.candles[-1].start_ts)
    draw_time_axis(canvas, box, chart.look, palette, span, lambda ts: plot.middle(ts) // PIXELS)
    return canvas


def _draw_head(canvas: Canvas, palette: Palette, chart: PriceChart) -> None:
    room = _WIDTH - 2 * _MARGIN
    title = Style(size=_TITLE, color=palette.ink, bold=True)
    canvas.text((_MARGIN, 12), canvas.fitted(chart.title, _TITLE, room, bold=True), title)
    note = Style(size=LABEL, color=palette.muted)
    canvas.text((_MARGIN, 37), canvas.fitted(chart.subtitle, LABEL, room), note)


def _tag_text(figures: Figures, level: Level, tick: Decimal | None, low: Decimal, high: Decimal) -> str:
    """Its price on the tick, behind an arrow if it lies outside."""
    price = figures.number(Decimal(as_written(level.price)), tick)
    return f"▲ {price}" if level.price > high else f"▼ {price}" if level.price < low else price


def _range(chart: PriceChart) -> tuple[Decimal, Decimal]:
    """The prices that are shown: all candles, and the levels that leave these room enough."""
    low = min(each.low for each in chart.candles)
    high = max(each.high for each in chart.candles)
    least = max(abs(high) * _FLAT, (chart.tick or Decimal(0)) * _PRICE_STEPS) or Decimal(1)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    most = (high - low) * _REACH
    for each in sorted(chart.levels, key=lambda level: max(low - level.price, level.price - high)):
        wider = min(low, each.price), max(high, each.price)
        if wider[1] - wider[0] <= most:
            low, high = wider
    air = (high - low) * _AIR
    return max(low - air, Decimal(0)) if low >= 0 else low - air, high + air


def _plot_of(chart: PriceChart, box: Box, low: Decimal, high: Decimal) -> _Plot:
    """At the edges there is room for the tags of what lies outside."""
    first, last = chart.candles[0].start_ts, chart.candles[-1].start_ts
    above, below = (sum(1 for each in chart.levels if is_out(each.price)) for is_out in (high.__lt__, low.__gt__))
    room = box.height // 4
    bottom, top = box.bottom - min(room, below * _TAG), box.top + min(room, above * _TAG)
    return _Plot(
        box=box,
        prices=Scale(low, high, bottom * PIXELS, top * PIXELS),
        first=first,
        places=max(_NARROW, (last - first) // chart.interval_ms + 1),
        interval_ms=chart.interval_ms,
    )


def _draw_candles(canvas: Canvas, plot: _Plot, palette: Palette, candles: Sequence[Kline]) -> None:
    half = max(1, int(plot.box.width * PIXELS * _BODY / plot.places / 2))
    for each in candles:
        x, is_up = plot.middle(each.start_ts), each.close >= each.open
        color = palette.up if is_up else palette.down
        top, bottom = plot.y(max(each.open, each.close)), plot.y(min(each.open, each.close))
        canvas.pixels(x - 1, plot.y(each.high), x, top, color)
        canvas.pixels(x - 1, bottom, x, plot.y(each.low), color)
        canvas.pixels(x - half, top, x + half - 1, max(bottom, top + 1), color, hollow=is_up)


def _draw_fills(canvas: Canvas, plot: _Plot, palette: Palette, fills: Sequence[FillMark]) -> None:
    """One mark a candle and side, at the mean price of its fills; what lies outside of the chart is left out."""
    found: dict[tuple[int, Side], list[Decimal]] = {}
    for each in fills:
        if each.ts >= plot.first and plot.prices.low <= each.price <= plot.prices.high:
            found.setdefault((plot.middle(each.ts) // PIXELS, each.side), []).append(each.price)
    for (x, side), prices in found.items():
        y = plot.y(sum(prices, Decimal(0)) / len(prices)) // PIXELS
        if x <= plot.box.right:
            way = 1 if side is Side.BUY else -1
            corners = ((x, y + way), (x - 6, y + 11 * way), (x + 6, y + 11 * way))
            color = palette.up if side is Side.BUY else palette.down
            canvas.polygon(corners, color, palette.background)


def _draw_levels(
    canvas: Canvas, plot: _Plot, palette: Palette, levels: Sequence[Level], texts: Mapping[Level, str]
) -> None:
    """The lines, then their tags, which stand apart from each other; a short line leads to one that was moved."""
    box, half = plot.box, _TAG // 2
    ordered = sorted(levels, key=lambda level: (-level.price, level.kind))
    places = [plot.y(each.price) // PIXELS for each in ordered]
    tags = apart(places, _TAG + 1, box.top + half, box.bottom - half)
    for each, y, tag in zip(ordered, places, tags, strict=True):
        if plot.prices.low <= each.price <= plot.prices.high:
            color = _color(palette, each.kind)
            canvas.level(box.left, box.right, y, color, dash=_DASHES[each.kind])
            canvas.slant((box.right, y), (box.right + _GAP, tag), color)
    for each, tag in zip(ordered, tags, strict=True):
        _draw_tag(canvas, box, palette, each, texts[each], tag)


def _draw_tag(canvas: Canvas, box: Box, palette: Palette, level: Level, text: str, y: int) -> None:
    """Its price in the column of prices, its name at the left edge."""
    color, half = _color(palette, level.kind), _TAG // 2
    style = Style(size=LABEL, color=palette.on_color, bold=True, anchor="lm")
    left = box.right + _GAP
    canvas.fill(Box(left, y - half, _WIDTH - 2, y + half), color, radius=4)
    canvas.text((left + 5, y), canvas.fitted(text, LABEL, _WIDTH - left - 9, bold=True), style)
    if not level.name:
        return
    name = canvas.fitted(level.name, LABEL, box.width // 2, bold=True)
    wide = canvas.width_of(name, LABEL, bold=True) + 12
    canvas.fill(Box(box.left, y - half, box.left + wide, y + half), color, radius=4)
    canvas.text((box.left + 6, y), name, style)


def _color(palette: Palette, kind: LevelKind) -> str:
    match kind:
        case LevelKind.STOP:
            return palette.down
        case LevelKind.TARGET:
            return palette.up
        case LevelKind.LIQUIDATION:
            return palette.danger
        case LevelKind.LAST:
            return palette.ink
        case _:
            return palette.level
