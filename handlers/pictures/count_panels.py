"""Counts in four panels: upright bars over a baseline, or lying ones with their names and numbers."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from handlers.pictures.canvas import Box, Canvas, Style
from handlers.pictures.contents import CountBar, CountPanel, CountPanels
from handlers.pictures.palette import PALETTES, Palette
from handlers.pictures.scales import round_step
from handlers.views.figures import Figures

_SIZE: Final = (640, 480)  # points
_MARGIN: Final = 20
_GAP: Final = 24
_TITLE: Final = 17
_HEADING: Final = 13
_LABEL: Final = 11
_HEAD: Final = 26  # points of a panel above its bars
_FOOT: Final = 18
_STEPS: Final = 4
_THICKEST: Final = 22


def draw_count_panels(content: CountPanels) -> Canvas:
    """A picture of 1280 x 960 pixels."""
    palette, figures = PALETTES[content.look.theme], Figures(content.look.language)
    canvas = Canvas(*_SIZE, palette.background)
    title = Style(size=_TITLE, color=palette.ink, bold=True)
    canvas.text((_MARGIN, 14), canvas.fitted(content.title, _TITLE, _SIZE[0] - 2 * _MARGIN, bold=True), title)
    for panel, box in zip(content.panels, _boxes(), strict=True):
        heading = Style(size=_HEADING, color=palette.ink, bold=True)
        canvas.text((box.left, box.top), canvas.fitted(panel.title, _HEADING, box.width, bold=True), heading)
        (_draw_upright if panel.is_upright else _draw_lying)(canvas, box, palette, figures, panel)
    return canvas


def _boxes() -> list[Box]:
    width = (_SIZE[0] - 2 * _MARGIN - _GAP) // 2
    height = (_SIZE[1] - 44 - _MARGIN - _GAP) // 2
    lefts, tops = (_MARGIN, _MARGIN + width + _GAP), (44, 44 + height + _GAP)
    return [Box(left, top, left + width, top + height) for top in tops for left in lefts]


def _draw_upright(canvas: Canvas, box: Box, palette: Palette, figures: Figures, panel: CountPanel) -> None:
    """The newest bar has its name, and every so many before it."""
    most = max((each.total for each in panel.bars), default=0)
    step = max(1, int(round_step(Decimal(max(1, most)), _STEPS)))
    top = max(step, -(-most // step) * step)
    marks = range(0, top + 1, step)
    texts = [figures.count(each) for each in marks]
    room = max(canvas.width_of(each, _LABEL) for each in texts)
    plot = Box(box.left + room + 8, box.top + _HEAD, box.right, box.bottom - _FOOT)
    style = Style(size=_LABEL, color=palette.muted, anchor="rm")
    for mark, text in zip(marks, texts, strict=True):
        y = plot.bottom - plot.height * mark // top
        canvas.level(plot.left, plot.right, y, palette.grid if mark else palette.muted, thin=True)
        canvas.text((plot.left - 6, y), text, style)
    names = Style(size=_LABEL, color=palette.muted, anchor="ma")
    for index, each in enumerate(panel.bars):
        left, right = (plot.left + plot.width * (2 * index + end) // (2 * len(panel.bars)) for end in (0, 2))
        _draw_stacked(canvas, plot, palette, each, Box(left + 1, plot.top, max(left + 2, right - 1), plot.bottom), top)
        if (len(panel.bars) - 1 - index) % panel.every == 0:
            canvas.text_if_free(((left + right) // 2, plot.bottom + 5), each.label, names, gap=2)


def _draw_stacked(canvas: Canvas, plot: Box, palette: Palette, bar: CountBar, place: Box, top: int) -> None:
    """`other` on top of `value`; what is above zero is a point high at least."""
    middle = plot.bottom - _at_least_one(plot.height, bar.value, top)
    if bar.value:
        canvas.fill(Box(place.left, middle, place.right, plot.bottom), palette.level)
    if bar.other:
        canvas.fill(
            Box(place.left, middle - _at_least_one(plot.height, bar.other, top), place.right, middle), palette.down
        )


def _at_least_one(height: int, value: int, top: int) -> int:
    return max(1, height * value // top) if value else 0


def _draw_lying(canvas: Canvas, box: Box, palette: Palette, figures: Figures, panel: CountPanel) -> None:
    most = max((each.total for each in panel.bars), default=0) or 1
    room = min(box.width // 2, max((canvas.width_of(each.label, _LABEL) for each in panel.bars), default=0))
    left, end = box.left + room + 8, box.right - max(_widths(canvas, figures, panel.bars), default=0) - 6
    slot = (box.height - _HEAD) // max(1, len(panel.bars))
    thick = min(_THICKEST, slot * 3 // 5)
    for index, each in enumerate(panel.bars):
        y = box.top + _HEAD + slot * index + slot // 2
        right = left + _at_least_one(end - left, each.total, most)
        names = Style(size=_LABEL, color=palette.ink, anchor="rm")
        canvas.text((left - 8, y), canvas.fitted(each.label, _LABEL, room), names)
        if each.total:
            canvas.fill(Box(left, y - thick // 2, right, y + thick // 2), palette.level)
        canvas.text((right + 6, y), figures.count(each.total), Style(size=_LABEL, color=palette.ink, anchor="lm"))


def _widths(canvas: Canvas, figures: Figures, bars: Sequence[CountBar]) -> list[int]:
    return [canvas.width_of(figures.count(each.total), _LABEL) for each in bars]
