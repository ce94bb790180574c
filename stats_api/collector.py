"""Metrics, read when they are scraped: a scrape costs what it shows, and counting costs an integer."""

import platform
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from cache.stats import RegionStats

COUNTERS: Final = (  # attribute of RegionStats (and name of the metric), help
    ("hits", "Reads answered from memory."),
    ("coalesced", "Reads that joined a load under way."),
    ("misses", "Reads that began a load."),
    ("load_failures", "Loads that ended badly."),
    ("overtaken_loads", "Loads that a drop or a write overtook, so that they were not kept."),
    ("evictions", "Entries that were good and had to make room."),
    ("expirations", "Entries whose end was noticed."),
    ("invalidations", "Entries that were dropped."),
)
GAUGES: Final = (  # attribute of RegionStats, name of the metric, help
    ("size", "entries", "Entries held."),
    ("capacity", "capacity", "Entries that may be held."),
    ("bytes", "bytes", "About how large the entries are, as JSON."),
    ("max_bytes", "max_bytes", "How large the entries may be, as JSON."),
    ("loading", "loading", "Loads under way."),
    ("oldest_load_s", "oldest_load_seconds", "How long the oldest load under way takes; 0: there is none."),
)


class CacheCollector(Collector):
    """perpdesk_cache_*: the integers of the ten regions."""

    def __init__(self, stats: Callable[[], tuple[RegionStats, ...]]) -> None:
        self._stats = stats

    def collect(self) -> Iterator[Metric]:
        regions = self._stats()
        for name, words in COUNTERS:
            counter = CounterMetricFamily(f"perpdesk_cache_{name}", words, labels=("region",))
            for region in regions:
                counter.add_metric((region.name,), getattr(region, name))
            yield counter
        for attribute, name, words in GAUGES:
            gauge = GaugeMetricFamily(f"perpdesk_cache_{name}", words, labels=("region",))
            for region in regions:
                gauge.add_metric((region.name,), getattr(region, attribute))
            yield gauge
        seconds = HistogramMetricFamily("perpdesk_cache_load_seconds", "How long loads took.", labels=("region",))
        for region in regions:
            buckets = [(bound(upper), count) for upper, count in region.load_seconds.cumulative]
            seconds.add_metric((region.name,), buckets, region.load_seconds.total)
        yield seconds


def bound(seconds: float) -> str:
    """A bucket's upper bound as Prometheus writes it."""
    return "+Inf" if seconds == float("inf") else repr(seconds)


class BuildCollector(Collector):
    """perpdesk_build_info: always 1, with the versions as labels."""

    def __init__(self, version: str) -> None:
        self._labels = {"version": version, "python": platform.python_version()}

    def collect(self) -> Iterable[Metric]:
        family = GaugeMetricFamily("perpdesk_build_info", "What runs here; always 1.", labels=tuple(self._labels))
        family.add_metric(tuple(self._labels.values()), 1)
        return (family,)


class SampledCollector(Collector):
    """What takes file reads: `sample` makes them, in a thread, and the scrape that follows on the loop shows them."""

    def __init__(self) -> None:
        self._families: tuple[Metric, ...] = ()

    def sample(self) -> None:
        """Blocks for as long as `read` does."""
        self._families = tuple(self.read())

    def collect(self) -> Iterable[Metric]:
        return self._families

    @abstractmethod
    def read(self) -> Iterable[Metric]:
        """Blocks for a few file reads."""


class ProcessSampler(SampledCollector):
    """The metrics process_*, which the client library reads from /proc."""

    def __init__(self) -> None:
        super().__init__()
        self._inner = ProcessCollector(registry=None)

    def read(self) -> Iterable[Metric]:
        return self._inner.collect()


def make_registry(
    stats: Callable[[], tuple[RegionStats, ...]], *, version: str, extra: Iterable[Collector] = ()
) -> CollectorRegistry:
    """All that /metrics shows. `extra`: other parts' collectors; the values of their labels must be a closed set."""
    registry = CollectorRegistry(auto_describe=False)
    for collector in (CacheCollector(stats), *extra, BuildCollector(version)):
        registry.register(collector)
    return registry
