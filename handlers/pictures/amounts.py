"""What an account made: a bar a day, and a curve of its money over time.

A gain is a hollow bar above the line, a loss a filled one below it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from bot.domain.ids import DAY, Millis
from bot.domain.time_zones import zone_of
from handlers.pictures.canvas import PIXELS, Box, Canvas, Style
from handlers.pictures.contents import DailyBars, EquityCurve
from handlers.pictures.palette import PALETTES, Palette
from handlers.pictures.scales import Scale, round_step, ticks
from handlers.pictures.time_axis import LABEL, draw_time_axis
from handlers.views.figures import Figures

_WIDTH: Final = 480  # points
_HEIGHT: Final = 340
_MARGIN: Final = 14
_HEAD: Final = 64
_FOOT: Final = 30
_TITLE: Final = 19
_STEPS: Final = 5
_BODY: Final = Decimal("0.7")  # of a day's place
_NARROW: Final = 14  # days: as many places there are at least
_ZERO: Final = Decimal(0)
_FLAT: Final = Decimal("0.01")  # of the amount: the range of a curve that has none


def draw_daily_bars(content: DailyBars) -> Canvas:
    """A picture of 960 x 680 pixels. Raises ValueError without days."""
    if not content.days:
        raise ValueError("bars need a day")
    palette = PALETTES[content.look.theme]
    amounts = [each.amount for each in content.days]
    canvas, plot, scale = _framed(content, min(_ZERO, *amounts), max(_ZERO, *amounts))
    places = max(_NARROW, len(content.days))
    half = max(1, int(plot.width * PIXELS * _BODY / places / 2))
    zero, xs = scale.at(_ZERO), {}
    for index, each in enumerate(content.days):
        x = plot.left * PIXELS + (2 * index + 1) * plot.width * PIXELS // (2 * places)
        xs[each.ts] = x // PIXELS
        y, is_gain = scale.at(each.amount), each.amount >= 0
        color = palette.up if is_gain else palette.down
        top, bottom = min(y, zero), max(y, zero)
        if each.amount:
            canvas.pixels(x - half, top, x + half - 1, max(bottom, top + 1), color, hollow=is_gain)
    canvas.level(plot.left, plot.right, zero // PIXELS, palette.muted, thin=True)
    _name_days(canvas, plot, content, palette, xs)
    return canvas


def draw_equity_curve(content: EquityCurve) -> Canvas:
    """A picture of 960 x 680 pixels. Raises ValueError without points."""
    if not content.points:
        raise ValueError("a curve needs a point")
    palette = PALETTES[content.look.theme]
    amounts = [amount for _, amount in content.points]
    low, high = min(amounts), max(amounts)
    if low == high:
        air = abs(high) * _FLAT or Decimal(1)
        low, high = low - air, high + air
    canvas, plot, scale = _framed(content, low, high)
    first, last = content.points[0][0], max(content.points[-1][0], content.points[0][0] + 1)

    def to_pixel(ts: Millis) -> int:
        return plot.left * PIXELS + (ts - first) * plot.width * PIXELS // (last - first)

    color = palette.up if amounts[-1] >= amounts[0] else palette.down
    places = [(to_pixel(ts), scale.at(amount)) for ts, amount in content.points]
    ends = [*places, (plot.right * PIXELS, places[-1][1])]
    canvas.curve(_stepped(ends), color, width=2)
    draw_time_axis(canvas, plot, content.look, palette, (first, Millis(last)), lambda ts: to_pixel(ts) // PIXELS)
    return canvas


def _stepped(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """An amount stays until the next one; of those that fall on one pixel the last counts."""
    found: list[tuple[int, int]] = [places[0]]
    for x, y in places[1:]:
        found += [(x, found[-1][1]), (x, y)]
    return found


def _framed(content: DailyBars | EquityCurve, low: Decimal, high: Decimal) -> tuple[Canvas, Box, Scale]:
    """Head, grid and the column of amounts; the plot, and where amounts stand in it."""
    palette, figures = PALETTES[content.look.theme], Figures(content.look.language)
    canvas = Canvas(_WIDTH, _HEIGHT, palette.background)
    room = _WIDTH - 2 * _MARGIN
    head = Style(size=_TITLE, color=palette.ink, bold=True)
    canvas.text((_MARGIN, 12), canvas.fitted(content.title, _TITLE, room, bold=True), head)
    canvas.text((_MARGIN, 37), canvas.fitted(content.subtitle, LABEL, room), Style(size=LABEL, color=palette.muted))
    span = (high - low) or Decimal(1)
    step = round_step(span, _STEPS)
    marks = ticks(low - step, high + step, step)
    shown = [each for each in marks if low - step < each < high + step]
    texts = {each: figures.number(each, step) for each in shown}
    widest = max(canvas.width_of(each, LABEL) for each in texts.values())
    plot = Box(_MARGIN, _HEAD, _WIDTH - _MARGIN - widest - 8, _HEIGHT - _FOOT)
    scale = Scale(min(low, shown[0]), max(high, shown[-1], shown[0] + step), plot.bottom * PIXELS, plot.top * PIXELS)
    style = Style(size=LABEL, color=palette.muted, anchor="lm")
    for each, text in texts.items():
        y = scale.at(each) // PIXELS
        canvas.level(plot.left, plot.right, y, palette.grid, thin=True)
        canvas.text_if_free((plot.right + 8, y), text, style, gap=2)
    return canvas, plot, scale


def _name_days(canvas: Canvas, plot: Box, content: DailyBars, palette: Palette, xs: dict[Millis, int]) -> None:
    """The newest day first, then those before it that have room."""
    where = zone_of(content.look.time_zone) or UTC
    style = Style(size=LABEL, color=palette.muted, anchor="ma")
    for each in reversed(content.days):
        there = datetime.fromtimestamp((each.ts + DAY // 2) / 1000, where)
        canvas.text_if_free(
            (xs[each.ts], plot.bottom + 7), f"{there.day} {content.look.months[there.month - 1]}", style, gap=5
        )
