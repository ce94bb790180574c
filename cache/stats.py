"""What a region counted, as one value: the JSON answer and the metrics are both made of it."""

from dataclasses import dataclass
from typing import Final

from bot.aio.histograms import Histogram

LOAD_SECONDS: Final = (0.005, 0.1, 0.5, 2.5)  # from an SQLite read to an exchange that hardly answers


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionStats:
    """One region since the start of the process.

    Reads: `hits` were answered from memory, `coalesced` joined a load that was under way, `misses` began one. Loads:
    `loads` have ended (`load_seconds` times them and goes on counting), `load_failures` of them with an error;
    `overtaken_loads` were not kept, since a drop or a write came meanwhile; `loading` are under way, the oldest for
    `oldest_load_s`. Entries: `size` counts those held, expired ones too until they are replaced, evicted or swept;
    `bytes` is about how large they are as JSON.
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
    load_failures: int
    overtaken_loads: int
    evictions: int
    expirations: int
    invalidations: int
    load_seconds: Histogram

    @property
    def loads(self) -> int:
        return self.load_seconds.count

    @property
    def reads(self) -> int:
        return self.hits + self.coalesced + self.misses

    @property
    def hit_rate(self) -> float | None:
        """(hits + coalesced) / reads: 0 … 1, None before the first read."""
        return (self.hits + self.coalesced) / self.reads if self.reads else None
