"""A result to share: what it was, how many percent, at which prices. Never money."""

from typing import Final

from handlers.pictures.canvas import Box, Canvas, Style
from handlers.pictures.contents import ResultCard
from handlers.pictures.palette import PALETTES, Palette
from handlers.views.figures import Figures, arrow

_WIDTH: Final = 480  # points
_HEIGHT: Final = 400
_MARGIN: Final = 30
_SYMBOL: Final = 26
_SIDE: Final = 16
_LARGEST: Final = 76  # of the percents, where they have room
_SMALLEST: Final = 24
_BASIS: Final = 15
_ROW: Final = 16
_ROW_HEIGHT: Final = 29
_SOURCE: Final = 13


def draw_result_card(card: ResultCard) -> Canvas:
    """A picture of 960 x 800 pixels."""
    palette = PALETTES[card.look.theme]
    canvas = Canvas(_WIDTH, _HEIGHT, palette.background)
    color = palette.up if card.share >= 0 else palette.down
    canvas.fill(Box(0, 0, 8, _HEIGHT), color)
    room = _WIDTH - 2 * _MARGIN
    _draw_head(canvas, palette, card, room)
    text = f"{arrow(card.share)} {Figures(card.look.language).change(card.share)}"
    size = next((each for each in range(_LARGEST, _SMALLEST, -4) if canvas.width_of(text, each, bold=True) <= room), 24)
    percents = Style(size=size, color=color, bold=True, anchor="lm")
    canvas.text((_MARGIN, 142), canvas.fitted(text, size, room, bold=True), percents)
    canvas.text((_MARGIN, 192), canvas.fitted(card.basis, _BASIS, room), Style(size=_BASIS, color=palette.muted))
    canvas.level(_MARGIN, _WIDTH - _MARGIN, 226, palette.grid)
    _draw_rows(canvas, palette, card, room)
    source = Style(size=_SOURCE, color=palette.muted, anchor="ls")
    canvas.text((_MARGIN, _HEIGHT - 16), canvas.fitted(card.source, _SOURCE, room), source)
    return canvas


def _draw_head(canvas: Canvas, palette: Palette, card: ResultCard, room: int) -> None:
    """The symbol, and its side in a colored field; ▲ and ▼ say the same."""
    mark = "▲" if card.is_long else "▼"
    side = canvas.fitted(f"{mark} {card.side}", _SIDE, room // 2, bold=True)
    wide = canvas.width_of(side, _SIDE, bold=True) + 20
    symbol = canvas.fitted(card.symbol, _SYMBOL, room - wide - 14, bold=True)
    canvas.text((_MARGIN, 54), symbol, Style(size=_SYMBOL, color=palette.ink, bold=True, anchor="lm"))
    left = _MARGIN + canvas.width_of(symbol, _SYMBOL, bold=True) + 14
    canvas.fill(Box(left, 40, left + wide, 68), palette.up if card.is_long else palette.down, radius=6)
    canvas.text((left + 10, 54), side, Style(size=_SIDE, color=palette.on_color, bold=True, anchor="lm"))


def _draw_rows(canvas: Canvas, palette: Palette, card: ResultCard, room: int) -> None:
    for index, (name, value) in enumerate(card.rows):
        y = 252 + _ROW_HEIGHT * index
        shown = canvas.fitted(value, _ROW, room * 2 // 3, bold=True)
        left = room - canvas.width_of(shown, _ROW, bold=True) - 12
        canvas.text((_MARGIN, y), canvas.fitted(name, _ROW, left), Style(size=_ROW, color=palette.muted, anchor="lm"))
        canvas.text((_WIDTH - _MARGIN, y), shown, Style(size=_ROW, color=palette.ink, bold=True, anchor="rm"))
