"""What a region counted, as one frozen value: the JSON answer and the metrics are both made of it."""

from dataclasses import dataclass
from typing import Final

LOAD_SECONDS: Final = (0.005, 0.1, 0.5, 2.5)  # from an SQLite read to an exchange that hardly answers


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadTimes:
    """How long loads took. `counts` has one number for each of `bounds` (s, upper) and one for all above."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    sum: float  # s

    @property
    def count(self) -> int:
        return sum(self.counts)

    @property
    def cumulative(self) -> tuple[tuple[float, int], ...]:
        """(upper bound in s, loads that took at most so long), ending with infinity."""
        total = 0
        rows = []
        for bound, count in zip((*self.bounds, float("inf")), self.counts, strict=True):
            total += count
            rows.append((bound, total))
        return tuple(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionStats:
    """One region since the start of the process.

    `hits` were answered from memory, `coalesced` joined a load under way, `misses` began one: the three add up to the
    reads. `loads` have ended, well or badly; `load_failures` of them badly; `overtaken_loads` met a drop or a write on
    their way and were not kept. `size` counts the entries held: an expired one until it is replaced, makes room or is
    swept; `bytes` is about how large they are as JSON. `loading` are under way, the oldest of them for `oldest_load_s`.
    """

    name: str
    ttl: float  # s
    capacity: int
    size: int
    bytes: int
    max_bytes: int
    loading: int
    oldest_load_s: float  # 0: none is under way
    hits: int
    coalesced: int
    misses: int
    loads: int
    load_failures: int
    overtaken_loads: int
    evictions: int
    expirations: int
    invalidations: int
    load_seconds: LoadTimes

    @property
    def reads(self) -> int:
        return self.hits + self.coalesced + self.misses

    @property
    def hit_rate(self) -> float | None:
        """(hits + coalesced) / reads: 0 … 1, None before the first read."""
        return (self.hits + self.coalesced) / self.reads if self.reads else None
