"""A coin's price over all time, from a seed alone: any moment and any candle at the same small cost.

A day's open and close come from slow noise around the coin's level, its high and low from more noise. Every
candle then splits into smaller ones that open where the last closed, stay within their parent and reach its
high and low, down to the second; so candles of every interval agree, and none ever changes.
"""

from collections.abc import Iterator
from itertools import accumulate, pairwise
from math import exp, log, sqrt
from typing import Final, NamedTuple

from ops.sim.bybit.clock import DAY
from ops.sim.bybit.noise import WORD, Noise

QUARTER: Final = 250
"""Milliseconds a price stands before the next one."""
_FANOUT: Final = (2, 2, 3, 2, 2, 2, 3, 5, 4, 3, 5)
SPANS: Final = tuple(accumulate(_FANOUT, lambda span, parts: span // parts, initial=DAY))
"""Milliseconds of the candles kept, the day first: 12 h, 6 h, 2 h, 1 h, 30 min … 5 s, 1 s."""
_SECOND: Final = len(SPANS) - 1
_OCTAVES: Final = ((1, 0.008), (2, 0.010), (4, 0.012), (8, 0.015), (16, 0.020), (32, 0.025))
"""Days from one lattice point of the slow noise to the next, and its share of the price."""
_DAY_REACH: Final = 0.012
"""How far a day's high and low may lie beyond its open and close, as a share of the price, for BTC."""
_EDGE: Final = 1.2
_TAIL: Final = 0.5
"""Sizes of a split's moves and wicks against its parent's range, so that small candles look like large ones."""
_CACHED: Final = 2_048


class Bar(NamedTuple):
    """A candle: prices in USDT, volume in whole USDT."""

    open: float
    high: float
    low: float
    close: float
    volume: int


def merge(bars: Iterator[Bar]) -> Bar:
    """One candle of consecutive ones. Raises ValueError if there are none."""
    first = next(bars, None)
    if first is None:
        raise ValueError("a candle needs a span of time")
    open_, high, low, close, volume = first
    for bar in bars:
        high = max(high, bar.high)
        low = min(low, bar.low)
        close = bar.close
        volume += bar.volume
    return Bar(open_, high, low, close, volume)


class Path:
    """The price process of one coin."""

    def __init__(self, noise: Noise, *, price: float, volatility: float, volume: float) -> None:
        self._noise = noise
        self._level = log(price)
        self._volatility = volatility
        self._volume = volume
        self._splits: dict[tuple[int, int], tuple[Bar, ...]] = {}
        self._days: dict[int, Bar] = {}

    def price(self, at: int) -> float:
        """The price at that epoch millisecond."""
        return self.points(at // SPANS[_SECOND])[at % SPANS[_SECOND] // QUARTER]

    def points(self, second: int) -> tuple[float, float, float, float]:
        """The prices of that second's quarters: it opens, reaches high and low in either order, closes."""
        bar = self.bar(_SECOND, second)
        if self._noise.words(_SECOND + 1, second)[0] & 1:
            return bar.open, bar.high, bar.low, bar.close
        return bar.open, bar.low, bar.high, bar.close

    def over(self, start: int, end: int) -> Bar:
        """The candle of [start, end) in epoch milliseconds, taken to whole quarters.

        Raises ValueError if start is not before end.
        """
        return merge(self._cover(start - start % QUARTER, end + -end % QUARTER))

    def bar(self, level: int, index: int) -> Bar:
        """The candle number `index` since the epoch of SPANS[level]."""
        if level == 0:
            return self._day(index)
        parent, place = divmod(index, _FANOUT[level - 1])
        key = (level, parent)
        split = self._splits.get(key)
        if split is None:
            if len(self._splits) >= _CACHED:
                self._splits.clear()
            split = _split(self.bar(level - 1, parent), _FANOUT[level - 1], self._noise.words(level, parent))
            self._splits[key] = split
        return split[place]

    def _cover(self, start: int, end: int) -> Iterator[Bar]:
        """The fewest kept candles that make up [start, end)."""
        at = start
        while at < end:
            level = 0
            while level <= _SECOND and (at % SPANS[level] or at + SPANS[level] > end):
                level += 1
            if level <= _SECOND:
                yield self.bar(level, at // SPANS[level])
                at += SPANS[level]
            else:
                price = self.price(at)
                second = self.bar(_SECOND, at // SPANS[_SECOND])
                yield Bar(price, price, price, price, second.volume * QUARTER // SPANS[_SECOND])
                at += QUARTER

    def _day(self, index: int) -> Bar:
        bar = self._days.get(index)
        if bar is None:
            if len(self._days) >= _CACHED:
                self._days.clear()
            words = self._noise.words(0, index)
            open_, close = self._day_open(index), self._day_open(index + 1)
            reach = _DAY_REACH * self._volatility
            bar = Bar(
                open_,
                max(open_, close) * exp(reach * (0.1 + words[0] / WORD)),
                min(open_, close) * exp(-reach * (0.1 + words[1] / WORD)),
                close,
                int(self._volume * (0.6 + 0.8 * words[2] / WORD)),
            )
            self._days[index] = bar
        return bar

    def _day_open(self, day: int) -> float:
        drift = sum(
            share * self._noise.smooth(-kind, day / period) for kind, (period, share) in enumerate(_OCTAVES, start=1)
        )
        return exp(self._level + drift * self._volatility)


def _wick(edge: float, bound: float, tail: float, word: int) -> float:
    """How far above its open and close a candle reaches: up to `tail`, short of the bound."""
    return min(bound, edge + min(tail, bound - edge) * word / WORD)


def _within(price: float, low: float, high: float) -> float:
    """The price thrown back from whichever bound it passed, so that it does not stick to it."""
    if price > high:
        price = high - (price - high)
    if price < low:
        price = low + (low - price)
    return min(high, max(low, price))


def _split(parent: Bar, parts: int, words: tuple[int, ...]) -> tuple[Bar, ...]:
    """`parts` candles that make up the parent exactly."""
    open_, high, low, close, volume = parent
    reach = (high - low) / sqrt(parts)
    tail = reach * _TAIL
    edges = [open_]
    for part in range(1, parts):
        pull = (close - edges[-1]) / (parts - part + 1)
        move = reach * _EDGE * (words[part] / WORD * 2 - 1)
        edges.append(_within(edges[-1] + pull + move, low, high))
    edges.append(close)
    tops = [max(pair) for pair in pairwise(edges)]
    bottoms = [min(pair) for pair in pairwise(edges)]
    peak, trough = tops.index(max(tops)), bottoms.index(min(bottoms))
    shares = [0.5 + (words[10 + part] & 0xFFFF) / 0x10000 for part in range(parts)]
    filled = [int(volume * share / sum(shares)) for share in accumulate(shares, initial=0.0)]
    filled[-1] = volume
    return tuple(
        Bar(
            edges[part],
            high if part == peak else _wick(tops[part], high, tail, words[5 + part]),
            low if part == trough else -_wick(-bottoms[part], -low, tail, words[10 + part]),
            edges[part + 1],
            filled[part + 1] - filled[part],
        )
        for part in range(parts)
    )
