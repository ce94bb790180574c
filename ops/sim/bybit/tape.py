"""A coin's price with what a driver set on it: held from some moment, or moving on from the price set."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ops.sim.bybit.followers import Follower
from ops.sim.bybit.prices import Bar, Path, merge


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A price that was set."""

    at: int
    """Epoch milliseconds; it holds from then until the next mark."""
    price: float
    """USDT for one coin."""
    hold: bool
    """Stand still at it; otherwise move on from it as the process does, scaled."""


class Tape:
    """One coin's price over all time: the process, and from each mark on what was set."""

    def __init__(self, path: Path | Follower) -> None:
        self._path = path
        self._marks: list[Mark] = []
        self._starts: list[int] = []
        self._factors: list[float] = []

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(self._marks)

    def set(self, mark: Mark) -> None:
        """Let a mark hold from its moment on; later ones, which only a clock set back can leave, go."""
        while self._starts and mark.at <= self._starts[-1]:
            self._marks.pop()
            self._starts.pop()
            self._factors.pop()
        self._marks.append(mark)
        self._starts.append(mark.at)
        self._factors.append(0.0 if mark.hold else mark.price / self._path.price(mark.at))

    def is_held(self, at: int) -> bool:
        """Whether the price stands still at that epoch millisecond."""
        place = bisect_right(self._starts, at) - 1
        return place >= 0 and self._marks[place].hold

    def price(self, at: int) -> float:
        """USDT for one coin at that epoch millisecond."""
        place = bisect_right(self._starts, at) - 1
        if place < 0:
            return self._path.price(at)
        mark = self._marks[place]
        return mark.price if mark.hold else self._path.price(at) * self._factors[place]

    def over(self, start: int, end: int) -> Bar:
        """The candle of [start, end) in epoch milliseconds. Raises ValueError if start is not before end."""
        if not self._starts or end <= self._starts[0]:
            return self._path.over(start, end)
        return merge(self._pieces(start, end))

    def _pieces(self, start: int, end: int) -> Iterator[Bar]:
        edges = [start, *(at for at in self._starts if start < at < end), end]
        for begin, finish in pairwise(edges):
            bar = self._path.over(begin, finish)
            place = bisect_right(self._starts, begin) - 1
            if place < 0:
                yield bar
            elif self._marks[place].hold:
                price = self._marks[place].price
                yield Bar(price, price, price, price, bar.volume)
            else:
                factor = self._factors[place]
                yield Bar(bar.open * factor, bar.high * factor, bar.low * factor, bar.close * factor, bar.volume)
