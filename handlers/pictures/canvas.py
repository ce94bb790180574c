"""A picture under way: points as on a phone, two pixels each, and the boxes of its labels, so that none is covered."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from handlers.pictures.typeface import drawable, face

PIXELS: Final = 2  # a point
_SMOOTH: Final = 2  # times finer are slanted lines drawn
_ELLIPSIS: Final = "…"
_COMPRESSION: Final = 3  # of zlib: a third of the time of 6, a tenth more bytes

Place = tuple[int, int]  # points from the left and from the top


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points; right and bottom are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def grown(self, by: int) -> "Box":
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a text is set. `size` in points; `anchor` as Pillow names it: l, m or r, then a, m or s."""

    size: int
    color: str
    bold: bool = False
    anchor: str = "la"


class Canvas:
    """Width and height in points. Labels are boxes of ink that other labels keep clear of."""

    def __init__(self, width: int, height: int, background: str) -> None:
        self.bounds = Box(0, 0, width, height)
        self.labels: list[tuple[Box, str]] = []
        self._image = Image.new("RGB", (width * PIXELS, height * PIXELS), background)
        self._draw = ImageDraw.Draw(self._image)

    def png(self, compression: int = _COMPRESSION) -> bytes:
        """The picture so far; `compression` is zlib's level, 0 to 9."""
        file = BytesIO()
        self._image.save(file, "PNG", compress_level=compression)
        return file.getvalue()

    def width_of(self, text: str, size: int, *, bold: bool = False) -> int:
        """Points that a text takes, rounded up."""
        return -int(-face(size * PIXELS, bold=bold).getlength(drawable(text)) // PIXELS)

    def fitted(self, text: str, size: int, most: int, *, bold: bool = False) -> str:
        """The text cut to so many points, with … for what is gone."""
        text = drawable(text)
        if self.width_of(text, size, bold=bold) <= most:
            return text
        while text and self.width_of(text + _ELLIPSIS, size, bold=bold) > most:
            text = text[:-1]
        return text.rstrip() + _ELLIPSIS

    def box_of(self, at: Place, text: str, style: Style) -> Box:
        """Where the ink of a text would be."""
        font = face(style.size * PIXELS, bold=style.bold)
        left, top, right, bottom = font.getbbox(drawable(text), anchor=style.anchor)
        x, y = at[0] * PIXELS, at[1] * PIXELS
        ends = (-int(-(x + right) // PIXELS), -int(-(y + bottom) // PIXELS))
        return Box(int((x + left) // PIXELS), int((y + top) // PIXELS), *ends)

    def is_free(self, box: Box, *, gap: int = 0) -> bool:
        """Whether a label there would be whole and meet no other; `gap` points apart."""
        wide = box.grown(gap)
        return self.bounds.holds(box) and not any(wide.meets(other) for other, _ in self.labels)

    def text(self, at: Place, text: str, style: Style) -> None:
        """Set a label, whatever it covers; later ones can keep clear of it."""
        text = drawable(text)
        self.labels.append((self.box_of(at, text, style), text))
        font = face(style.size * PIXELS, bold=style.bold)
        place = (at[0] * PIXELS, at[1] * PIXELS)
        self._draw.text(place, text, font=font, fill=style.color, anchor=style.anchor)

    def text_if_free(self, at: Place, text: str, style: Style, *, gap: int = 0) -> bool:
        """A label, unless it would be cut or meet another one."""
        is_free = self.is_free(self.box_of(at, text, style), gap=gap)
        if is_free:
            self.text(at, text, style)
        return is_free

    def fill(self, box: Box, color: str, *, radius: int = 0) -> None:
        """A rectangle that is a pixel wide and high at least."""
        left, top = box.left * PIXELS, box.top * PIXELS
        corners = (left, top, max(left, box.right * PIXELS - 1), max(top, box.bottom * PIXELS - 1))
        if radius:
            self._draw.rounded_rectangle(corners, radius * PIXELS, fill=color)
        else:
            self._draw.rectangle(corners, fill=color)

    def pixels(self, left: int, top: int, right: int, bottom: int, color: str, *, hollow: bool = False) -> None:
        """A rectangle in pixels, its last ones included; hollow: a frame of two."""
        if hollow and right - left > 2 * PIXELS and bottom - top > 2 * PIXELS:
            self._draw.rectangle((left, top, right, bottom), outline=color, width=PIXELS)
        else:
            self._draw.rectangle((left, top, right, max(top, bottom)), fill=color)

    def level(self, left: int, right: int, y: int, color: str, *, dash: int = 0, thin: bool = False) -> None:
        """A line from left to right; `dash` points long are its parts and their gaps, 0: it is whole."""
        top = y * PIXELS
        low = top + (0 if thin else 1)
        step = 2 * dash or right - left
        for start in range(left, right, max(1, step)):
            end = min(right, start + (dash or right - left))
            self._draw.rectangle((start * PIXELS, top, end * PIXELS - 1, low), fill=color)

    def slant(self, at: Place, to: Place, color: str) -> None:
        """A short line from one place to another."""
        ends = [(x * PIXELS, y * PIXELS) for x, y in (at, to)]
        self._draw.line(ends, fill=color, width=PIXELS)

    def polygon(self, corners: Sequence[Place], color: str, outline: str | None = None) -> None:
        """A filled shape with a rim that sets it off."""
        places = [(x * PIXELS, y * PIXELS) for x, y in corners]
        self._draw.polygon(places, fill=color, outline=outline, width=PIXELS)

    def curve(self, places: Sequence[tuple[int, int]], color: str, *, width: int = 2) -> None:
        """A smooth line through places that are pixels. It is drawn finer and made smaller."""
        if len(places) < 2:  # noqa: PLR2004  a line has two ends
            return
        xs, ys = [x for x, _ in places], [y for _, y in places]
        edge = width * PIXELS
        left, top = max(0, min(xs) - edge), max(0, min(ys) - edge)
        size = (max(xs) - left + 2 * edge, max(ys) - top + 2 * edge)
        mask = Image.new("L", (size[0] * _SMOOTH, size[1] * _SMOOTH))
        fine = [((x - left) * _SMOOTH, (y - top) * _SMOOTH) for x, y in places]
        ImageDraw.Draw(mask).line(fine, fill=255, width=width * PIXELS * _SMOOTH, joint="curve")
        self._image.paste(color, (left, top), mask.reduce(_SMOOTH))
