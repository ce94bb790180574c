"""The colors of pictures, dark and light.

Up and down differ in hue, in brightness and in form (hollow and filled, ▲ and ▼), so that nobody needs to tell red from
green. Texts have a contrast of 4.5 and more on what they stand on (WCAG 2.1, 1.4.3), marks one of 3 (1.4.11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.domain.users import PictureTheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """What each thing of a picture is painted in, as #rrggbb."""

    background: str
    grid: str
    ink: str
    muted: str
    up: str
    down: str
    level: str  # entry and the price of now
    danger: str  # liquidation
    on_color: str  # texts on up, down, level and danger


PALETTES: Final[Mapping[PictureTheme, Palette]] = MappingProxyType(
    {
        PictureTheme.DARK: Palette(
            background="#12181f",
            grid="#27313c",
            ink="#f2f5f8",
            muted="#9fadbb",
            up="#45d0b4",
            down="#ff8a5c",
            level="#8fb8ff",
            danger="#ff6fae",
            on_color="#0c1116",
        ),
        PictureTheme.LIGHT: Palette(
            background="#ffffff",
            grid="#e2e8ee",
            ink="#16202a",
            muted="#566474",
            up="#00796b",
            down="#c2410c",
            level="#1d5fd1",
            danger="#b0125f",
            on_color="#ffffff",
        ),
    }
)
