"""The report's picture: four panels of bars on white, in English: the font that comes with Pillow has Latin alone.

Drawing takes tens of milliseconds of pure computing: call it in a thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from bot.domain.reports import Report

SIZE: Final = (1280, 960)
_MARGIN: Final = 40
_TITLE_HEIGHT: Final = 70
_GAP: Final = 40
_WHITE: Final = "#ffffff"
_INK: Final = "#1c2733"
_PALE: Final = "#6b7785"
_GRID: Final = "#e3e8ee"
_BAR: Final = "#2f6fde"
_OTHER_BAR: Final = "#e0792f"
_STEPS: Final = ("Opened", "Redeemed", "Connected keys", "First trade", "Paid")
_MONTH: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TEXT_SIZES: Final = (16, 18, 22, 30)
_GRID_LINES: Final = 4
_HEAD: Final = 48  # pixels of a panel above its plot
_FOOT: Final = 34  # pixels below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar; `other` stands on top of `value` in the other color."""

    label: str
    value: int
    other: int = 0

    @property
    def total(self) -> int:
        return self.value + self.other


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: int
    top: int
    right: int
    bottom: int


def draw_report(report: Report) -> bytes:
    """A PNG of 1280 x 960."""
    image = Image.new("RGB", SIZE, _WHITE)
    pen = _Pen(ImageDraw.Draw(image))
    at = datetime.fromtimestamp(report.at / 1000, UTC)
    pen.text(_MARGIN, 24, f"Perpdesk · {at:%Y-%m-%d %H:%M} UTC", 30, _INK)
    seen, licenses, income, funnel = _panels()
    pen.columns(seen, "People by the day they were last seen", _daily(report), every=5)
    kinds = [Bar(label=kind.value.capitalize(), value=count) for kind, count in report.licenses.items()]
    pen.rows(licenses, "Licenses running now", kinds)
    months = [Bar(label=_month(each.month), value=each.kept, other=each.returned) for each in report.income]
    pen.columns(income, "Income by month, Stars (orange: given back)", months, every=1)
    pen.rows(funnel, "Promo codes: how far people came", _funnel(report))
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def nice_top(most: int) -> int:
    """The end of an axis that `most` fits under: four times 1, 2, 5, 10, 20, 50 and so on."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if most <= factor * power * _GRID_LINES:
                return factor * power * _GRID_LINES
        power *= 10


def _panels() -> tuple[Box, Box, Box, Box]:
    width = (SIZE[0] - 2 * _MARGIN - _GAP) // 2
    height = (SIZE[1] - _TITLE_HEIGHT - _MARGIN - _GAP) // 2
    lefts, tops = (_MARGIN, _MARGIN + width + _GAP), (_TITLE_HEIGHT + 10, _TITLE_HEIGHT + 10 + height + _GAP)
    first, second, third, fourth = (Box(left, top, left + width, top + height - 10) for top in tops for left in lefts)
    return first, second, third, fourth


def _daily(report: Report) -> list[Bar]:
    days = [(datetime.fromtimestamp(day / 1000, UTC), count) for day, count in report.daily]
    return [Bar(label=f"{day.day} {_MONTH[day.month - 1]}", value=count) for day, count in days]


def _month(name: str) -> str:
    return _MONTH[int(name[-2:]) - 1]


def _funnel(report: Report) -> list[Bar]:
    sums = [0] * len(_STEPS)
    for line in report.funnel:
        counts = (line.opened, line.redeemed, line.connected, line.traded, line.paid)
        sums = [total + count for total, count in zip(sums, counts, strict=True)]
    return [Bar(label=label, value=value) for label, value in zip(_STEPS, sums, strict=True)]


class _Pen:
    """Draws the panels of a chart onto one picture."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw
        self._fonts = {size: ImageFont.load_default(size) for size in _TEXT_SIZES}

    def text(self, x: float, y: float, text: str, size: int, color: str, *, anchor: str = "la") -> None:
        self._draw.text((x, y), text, font=self._fonts[size], fill=color, anchor=anchor)

    def columns(self, box: Box, title: str, bars: Sequence[Bar], *, every: int) -> None:
        """Upright bars over a baseline, with a scale on the left; every so many get a label."""
        self.text(box.left, box.top, title, 22, _INK)
        top = nice_top(max((bar.total for bar in bars), default=0))
        plot = Box(box.left + 76, box.top + _HEAD, box.right, box.bottom - _FOOT)
        height = plot.bottom - plot.top
        for line in range(_GRID_LINES + 1):
            y = plot.bottom - height * line // _GRID_LINES
            self._draw.line((plot.left, y, plot.right, y), fill=_GRID if line else _PALE)
            self.text(plot.left - 10, y, f"{top * line // _GRID_LINES:,}", 16, _PALE, anchor="rm")
        slot = (plot.right - plot.left) / max(1, len(bars))
        for index, bar in enumerate(bars):
            x = plot.left + slot * index
            self._column(bar, x + slot * 0.15, x + slot * 0.85, plot.bottom, height / top)
            if (len(bars) - 1 - index) % every == 0:
                self.text(x + slot / 2, plot.bottom + 10, bar.label, 16, _PALE, anchor="ma")

    def rows(self, box: Box, title: str, bars: Sequence[Bar]) -> None:
        """Lying bars with their names on the left and their numbers at the end."""
        self.text(box.left, box.top, title, 22, _INK)
        most = max(1, *(bar.total for bar in bars))
        left, room = box.left + 160, box.right - box.left - 160 - 80
        slot = (box.bottom - box.top - _HEAD) / max(1, len(bars))
        thick = min(40.0, slot * 0.6)
        for index, bar in enumerate(bars):
            y = box.top + _HEAD + slot * (index + 0.5)
            end = left + room * bar.total / most
            self.text(left - 14, y, bar.label, 18, _INK, anchor="rm")
            if bar.total:
                self._draw.rectangle((left, y - thick / 2, max(end, left + 1), y + thick / 2), fill=_BAR)
            self.text(end + 12, y, f"{bar.total:,}", 18, _INK, anchor="lm")

    def _column(self, bar: Bar, left: float, right: float, bottom: float, scale: float) -> None:
        middle = bottom - bar.value * scale
        if bar.value:
            self._draw.rectangle((left, min(middle, bottom - 1), right, bottom), fill=_BAR)
        if bar.other:
            self._draw.rectangle((left, middle - bar.other * scale, right, middle), fill=_OTHER_BAR)
