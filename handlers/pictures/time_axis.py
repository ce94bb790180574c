"""The axis of time below a plot: round moments on the reader's clock, and where a moment stands."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Final

from bot.domain.ids import DAY, Millis
from bot.domain.time_zones import zone_of
from handlers.pictures.canvas import Box, Canvas, Style
from handlers.pictures.contents import Look
from handlers.pictures.palette import Palette
from handlers.pictures.scales import time_ticks

LABEL: Final = 13  # points
_ROOM: Final = 64  # points of a label with what is around it


def draw_time_axis(
    canvas: Canvas,
    plot: Box,
    look: Look,
    palette: Palette,
    span: tuple[Millis, Millis],
    to_x: Callable[[Millis], int],
) -> None:
    """Marks and names round moments of `span`, those that have room; its ends where none of them is named."""
    where = zone_of(look.time_zone) or UTC
    moments, step = time_ticks(*span, max(1, plot.width // _ROOM), where)
    is_named = False
    for moment in moments:
        x = to_x(moment)
        if not plot.left <= x <= plot.right:
            continue
        name, is_day = _named(moment, step, where, look)
        style = Style(size=LABEL, color=palette.ink if is_day else palette.muted, anchor="ma")
        if canvas.text_if_free((x, plot.bottom + 7), name, style, gap=4):
            canvas.fill(Box(x, plot.bottom, x + 1, plot.bottom + 4), palette.muted)
            is_named = True
    for moment, x, anchor in () if is_named else ((span[1], plot.right, "ra"), (span[0], plot.left, "la")):
        name, _ = _named(moment, step, where, look)
        canvas.text_if_free((x, plot.bottom + 7), name, Style(size=LABEL, color=palette.muted, anchor=anchor), gap=4)


def _named(moment: Millis, step: int, where: tzinfo, look: Look) -> tuple[str, bool]:
    """14:30, or 28 Nov where a day begins among hours; whether it is such a day."""
    there = datetime.fromtimestamp(moment / 1000, where)
    day = f"{there.day} {look.months[there.month - 1]}"
    if step >= DAY:
        return day, False
    return (day, True) if (there.hour, there.minute) == (0, 0) else (f"{there:%H:%M}", False)
