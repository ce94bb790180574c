"""A histogram of plain ints: counted where it happens, read at a scrape."""

from bisect import bisect_left
from itertools import accumulate


class Histogram:
    """How often values fell under each of `bounds`: they ascend, each within its bucket; the last bucket is open."""

    __slots__ = ("_counts", "bounds", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.total = 0.0  # the sum of what was seen
        self._counts = [0] * (len(bounds) + 1)

    def observe(self, value: float) -> None:
        """A time that a clock which was set back makes negative counts as none."""
        value = max(0.0, value)
        self._counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    @property
    def count(self) -> int:
        return sum(self._counts)

    @property
    def cumulative(self) -> list[tuple[float, int]]:
        """(upper bound, how many were at most so large), ending with infinity."""
        return list(zip((*self.bounds, float("inf")), accumulate(self._counts), strict=True))
