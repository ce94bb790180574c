"""The faces of pictures: parts of Inter with Latin, Cyrillic and digits of one width. License: fonts/OFL.txt."""

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

from PIL import ImageFont

_FILES: Final = {False: "Inter-Medium.otf", True: "Inter-Bold.otf"}  # by whether it is bold
_RANGES: Final = ((0x20, 0x7E), (0xC0, 0x148), (0x14A, 0x17F), (0x400, 0x45F), (0x490, 0x491))
_SIGNS: Final = frozenset("\N{NO-BREAK SPACE}§©«°±·»×–—‘’‚“”„•…€₿№←↑→↓−≈≤≥▲▶▼◀●")
_STRANGER: Final = "?"


@cache
def face(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    """The face in that size of pixels. Pillow's own layout: what is drawn is the same wherever it is."""
    return ImageFont.truetype(BytesIO(_file(bold=bold)), size, layout_engine=ImageFont.Layout.BASIC)


def drawable(text: str) -> str:
    """The text in letters that the faces have: one ? for each run of others, such as emoji and Arabic."""
    kept: list[str] = []
    for letter in text:
        if _is_drawn(letter):
            kept.append(letter)
        elif kept[-1:] != [_STRANGER]:
            kept.append(_STRANGER)
    return "".join(kept)


@cache
def _file(*, bold: bool) -> bytes:
    return (files("handlers.pictures") / "fonts" / _FILES[bold]).read_bytes()


def _is_drawn(letter: str) -> bool:
    return letter in _SIGNS or any(first <= ord(letter) <= last for first, last in _RANGES)
