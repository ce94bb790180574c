"""What pictures show: frozen values with every word in the reader's language, equal ones are one picture.

They name no money of a person but where it is told to that person alone: a result card holds percents.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from bot.domain.ids import Millis
from bot.domain.market import Kline
from bot.domain.portfolio import Side
from bot.domain.users import Language, PictureTheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How its reader has pictures. `months`: the twelve short names."""

    theme: PictureTheme
    language: Language
    time_zone: str
    months: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureContent:
    """What one picture shows; its class says which kind it is."""

    look: Look


class LevelKind(StrEnum):
    """What a price of a chart is to its reader."""

    LAST = "last"
    ENTRY = "entry"
    STOP = "stop"
    TARGET = "target"
    LIQUIDATION = "liquidation"


@dataclass(frozen=True, slots=True)
class Level:
    """A price with its name; the name of the last price is empty."""

    kind: LevelKind
    name: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class FillMark:
    """A fill as a chart marks it: when, which way, at which price."""

    ts: Millis
    side: Side
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChart(PictureContent):
    """Candles of `interval_ms` each, oldest first, and what matters to a position. `tick`: None, not known."""

    title: str
    subtitle: str
    candles: tuple[Kline, ...]
    interval_ms: int
    tick: Decimal | None
    levels: tuple[Level, ...] = ()
    fills: tuple[FillMark, ...] = ()


@dataclass(frozen=True, slots=True)
class DayBar:
    """A day of the reader's calendar, by its first moment, and what was made that day."""

    ts: Millis
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyBars(PictureContent):
    """What each day brought, oldest first; `subtitle` says what of."""

    title: str
    subtitle: str
    days: tuple[DayBar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityCurve(PictureContent):
    """An amount over time, oldest first; it stays what it was until the next point."""

    title: str
    subtitle: str
    points: tuple[tuple[Millis, Decimal], ...]


@dataclass(frozen=True, slots=True)
class CountBar:
    """One bar of counts; `other` stands on top of `value` in the other color."""

    label: str
    value: int
    other: int = 0

    @property
    def total(self) -> int:
        return self.value + self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class CountPanel:
    """Bars of counts: upright ones, of which every `every`th is named, or lying ones, which all are."""

    title: str
    bars: tuple[CountBar, ...]
    is_upright: bool
    every: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CountPanels(PictureContent):
    """Four panels of counts, two and two."""

    title: str
    panels: tuple[CountPanel, CountPanel, CountPanel, CountPanel]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCard(PictureContent):
    """A result to share: percents and prices, never money. `share` is a fraction: 0.0123 is +1.23%.

    `side` with the leverage, `basis` says what `share` is of, `rows` are names and values, `source` whose bot made it.
    """

    symbol: str
    side: str
    is_long: bool
    share: Decimal
    basis: str
    rows: tuple[tuple[str, str], ...]
    source: str
