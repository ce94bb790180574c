"""Candles of every interval Bybit has, newest first."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from ops.sim.bybit.clock import DAY, MINUTE, WEEK
from ops.sim.bybit.grids import plain
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market

_MONDAY: Final = 4 * DAY
"""The first Monday after the epoch: weeks begin on Mondays."""
_FIXED: Final = {
    **{str(minutes): minutes * MINUTE for minutes in (1, 3, 5, 15, 30, 60, 120, 240, 360, 720)},
    "D": DAY,
    "W": WEEK,
}
_MONTHS_A_YEAR: Final = 12
_EPOCH_YEAR: Final = 1970
_SAMPLES: Final = 8


def _month_start(month: int) -> int:
    """Epoch milliseconds of the month number `month` since January 1970."""
    year, place = divmod(month, _MONTHS_A_YEAR)
    return int(datetime(_EPOCH_YEAR + year, place + 1, 1, tzinfo=UTC).timestamp() * 1000)


def _month_of(at: int) -> int:
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return (moment.year - _EPOCH_YEAR) * _MONTHS_A_YEAR + moment.month - 1


class Interval:
    """The candles of one interval, numbered since the epoch."""

    def __init__(self, name: str) -> None:
        self._span = _FIXED.get(name, 0)
        self._shift = _MONDAY if name == "W" else 0

    def number(self, at: int) -> int:
        """Of the candle that holds that epoch millisecond."""
        return (at - self._shift) // self._span if self._span else _month_of(at)

    def start(self, number: int) -> int:
        """Epoch milliseconds at which that candle opens."""
        return number * self._span + self._shift if self._span else _month_start(number)


def window(interval: Interval, start: int | None, end: int | None, limit: int, now: int) -> range:
    """The numbers of the candles asked for, oldest first: those that open in [start, end].

    With a start alone the first `limit` from there, otherwise the last `limit` up to the end or now.
    """
    last = interval.number(now if end is None else min(end, now))
    if start is None:
        return range(last - limit + 1, last + 1)
    if start > now:
        return range(0)
    first = interval.number(start)
    first += interval.start(first) < start
    if end is None:
        return range(first, min(first + limit, last + 1))
    return range(max(first, last - limit + 1), last + 1)


class Span(NamedTuple):
    """The part of a candle that has been: its name, and [begin, finish) in epoch milliseconds."""

    start: int
    begin: int
    finish: int


def spans(one: Instrument, interval: Interval, numbers: range, now: int) -> Iterator[Span]:
    """Newest first; the running candle ends now, none is older than the launch or younger than the delivery."""
    last = one.moment(now)
    for number in reversed(numbers):
        start, end = interval.start(number), interval.start(number + 1)
        if start <= last and end > one.launched:
            yield Span(start, max(start, one.launched), min(end, last + 1))


def rows(market: Market, one: Instrument, candles: Iterator[Span]) -> Iterator[list[str]]:
    """Bybit's rows of traded prices; the running candle closes at the last price."""
    text = one.price.text
    for start, begin, finish in candles:
        candle = market.candle(one, begin, finish)
        yield [
            str(start),
            text(candle.open),
            text(candle.high),
            text(candle.low),
            text(candle.close),
            f"{candle.volume}",
            plain(candle.turnover),
        ]


def shifted_rows(
    market: Market, one: Instrument, candles: Iterator[Span], part: float, write: Callable[[float], str]
) -> Iterator[list[str]]:
    """Rows of a price that lies `part` of the basis below the last one: the whole for the index, half for the mark."""
    now = market.now()
    for start, begin, finish in candles:
        bar = market.bar(one, begin, finish)
        first = 1 - part * market.basis(one, begin)
        final = 1 - part * market.basis(one, min(finish, now))
        open_, close, middle = bar.open * first, bar.close * final, (first + final) / 2
        found = (open_, max(open_, close, bar.high * middle), min(open_, close, bar.low * middle), close)
        yield [str(start), *map(write, found)]


def sampled_rows(candles: Iterator[Span], now: int, value: Callable[[int], float], digits: int) -> Iterator[list[str]]:
    """Rows of anything that has a value at every moment, from a few moments of each candle."""
    for start, begin, finish in candles:
        last = min(finish, now)
        values = [value(begin + (last - begin) * part // _SAMPLES) for part in range(_SAMPLES + 1)]
        found = (values[0], max(values), min(values), values[-1])
        yield [str(start), *(f"{one:.{digits}f}" for one in found)]
