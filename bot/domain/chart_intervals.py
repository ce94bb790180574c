"""How long a candle of a chart is, and the words that people type for it."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.ids import DAY, HOUR, MINUTE


class ChartInterval(StrEnum):
    """A candle's length: a number, and m, h or d."""

    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    M30 = "30m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"

    @property
    def units(self) -> int:
        """How many minutes, hours or days a candle lasts: 15 of 15m."""
        return int(self.value[:-1])

    @property
    def unit(self) -> str:
        """What its units are, as written: m, h or d."""
        return self.value[-1]

    @property
    def millis(self) -> int:
        return self.units * _MILLIS[self.unit]

    @property
    def bybit(self) -> str:
        """The word of Bybit's API: minutes, or D (bybit-exchange.github.io/docs/v5/enum#interval)."""
        return "D" if self.unit == "d" else str(self.millis // MINUTE)


OFFERED: Final = (ChartInterval.M5, ChartInterval.M15, ChartInterval.H1, ChartInterval.H4, ChartInterval.D1)
_MILLIS: Final[Mapping[str, int]] = MappingProxyType({"m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY})
_UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        unit: known
        for known, words in {"m": "m min м мин хв", "h": "h ч г", "d": "d д", "w": "w нед тиж"}.items()
        for unit in words.split()
    }
)
_LENGTH: Final = re.compile(rf"(?P<count>[0-9]{{1,4}})(?P<unit>{'|'.join(_UNITS)})")


def interval_named(word: str) -> ChartInterval | None:
    """1h, 60m, 15мин; None for what is no length of time. Raises BadInput for one that no chart has."""
    found = _LENGTH.fullmatch(word.casefold())
    if found is None:
        return None
    millis = int(found["count"]) * _MILLIS[_UNITS[found["unit"]]]
    known = next((each for each in ChartInterval if each.millis == millis), None)
    if known is None:
        raise BadInput("error-chart-interval", word=word, known=", ".join(ChartInterval))
    return known
