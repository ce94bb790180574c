"""Axes with round steps: of prices and amounts, and of time on the reader's own clock. Numbers only, no drawing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from bot.domain.ids import DAY, HOUR, MINUTE, Millis

_FACTORS: Final = (1, 2, 5)
_TRIES: Final = 40  # steps of 1, 2, 5: thirteen powers of ten, more than any tick lies away from its range
_TIME_STEPS: Final = (
    *(each * MINUTE for each in (1, 2, 5, 10, 15, 30)),
    *(each * HOUR for each in (1, 2, 3, 4, 6, 12)),
    *(each * DAY for each in (1, 2, 3, 7, 14, 28, 56, 112, 224, 448)),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of values on a stretch of points; `first` and `last` need not be in order, `low` is below `high`."""

    low: Decimal
    high: Decimal
    first: int  # the point of `low`
    last: int  # the point of `high`

    def at(self, value: Decimal) -> int:
        """The point of a value, also of one outside."""
        share = (value - self.low) / (self.high - self.low)
        return self.first + int((share * (self.last - self.first)).to_integral_value())


def round_step(span: Decimal, most: int, tick: Decimal | None = None) -> Decimal:
    """The smallest of 1, 2, 5, 10, 20 … of any power of ten with which `span` takes at most `most` steps.

    A multiple of `tick`, where there is one.
    """
    least = span / most
    power = least.adjusted()
    for number in range(_TRIES):
        step = Decimal(_FACTORS[number % len(_FACTORS)]).scaleb(power + number // len(_FACTORS))
        if step >= least and (tick is None or step % tick == 0):
            return step
    return least if tick is None else (least / tick).to_integral_value(ROUND_CEILING) * tick


def ticks(low: Decimal, high: Decimal, step: Decimal) -> list[Decimal]:
    """The multiples of `step` from `low` to `high`, lowest first, each with the decimals of the step."""
    first = int((low / step).to_integral_value(ROUND_CEILING))
    last = int((high / step).to_integral_value(ROUND_FLOOR))
    return [number * step for number in range(first, last + 1)]


def time_ticks(first: Millis, last: Millis, most: int, where: tzinfo) -> tuple[list[Millis], int]:
    """Round moments of that zone from `first` to `last`, and the step between them in ms; at most `most` and one."""
    span = max(1, last - first)
    step = next((each for each in _TIME_STEPS if span <= each * most), _TIME_STEPS[-1])
    return list(_round_moments(first, last, step, where)), step


def _round_moments(first: Millis, last: Millis, step: int, where: tzinfo) -> Iterator[Millis]:
    moment: int = first
    while True:
        round_one = -(-(moment + _offset(moment, where)) // step) * step  # on that clock
        found = round_one - _offset(round_one - _offset(moment, where), where)
        while found < moment:  # the clock was set forward over it
            found += step
        if found > last:
            return
        yield Millis(found)
        moment = found + 1


def _offset(moment: int, where: tzinfo) -> int:
    """How far that zone is from UTC then, in ms."""
    offset = datetime.fromtimestamp(moment / 1000, UTC).astimezone(where).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() * 1000)


def apart(places: Sequence[int], gap: int, low: int, high: int) -> list[int]:
    """The places moved as little as need be for `gap` points between each two, in the order given, within bounds.

    `places` come lowest first. Where there is no room for all, they stand closer, evenly.
    """
    if not places:
        return []
    gap = min(gap, (high - low) // max(1, len(places) - 1)) if len(places) > 1 else gap
    moved: list[int] = []
    for place in places:
        moved.append(max(place, low if not moved else moved[-1] + gap))
    limit = high
    for index in range(len(moved) - 1, -1, -1):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - gap
    return moved
