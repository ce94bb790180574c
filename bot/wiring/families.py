"""Metrics in Prometheus' terms, made of plain numbers at a scrape."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from bot.aio.histograms import Histogram
from stats_api.collector import bound

_Label = TypeVar("_Label", bound=str)


def counters(name: str, words: str, label: str, counts: Mapping[str, float]) -> Metric:
    """The family of a counter with one label; `counts` by its values."""
    family = CounterMetricFamily(name, words, labels=(label,))
    for value, count in counts.items():
        family.add_metric((value,), count)
    return family


def histogram(name: str, words: str, found: Histogram) -> Metric:
    """The family of a histogram that has no labels."""
    return HistogramMetricFamily(name, words, buckets=_buckets(found), sum_value=found.total)


def histograms(name: str, words: str, label: str, found: Mapping[_Label, Histogram]) -> Metric:
    """The family of a histogram with one label; `found` by its values."""
    family = HistogramMetricFamily(name, words, labels=(label,))
    for value, each in found.items():
        family.add_metric((value,), buckets=_buckets(each), sum_value=each.total)
    return family


def from_zero(
    pairs: Iterable[tuple[str, str]], rest: str, counted: Mapping[tuple[str, str], int]
) -> Iterator[tuple[tuple[str, str], int]]:
    """A count for each of `pairs`, those of which nothing was counted too, and for no others.

    A rate over a series that appears with its first event misses it; so what has no series of its own counts for
    `rest` instead of its first label, under which every second label has one.
    """
    pairs = tuple(pairs)
    found = dict.fromkeys((*pairs, *((rest, second) for second in dict.fromkeys(second for _, second in pairs))), 0)
    for (first, second), count in counted.items():
        found[(first, second) if (first, second) in found else (rest, second)] += count
    yield from found.items()


def _buckets(found: Histogram) -> list[tuple[str, float]]:
    return [(bound(upper), count) for upper, count in found.cumulative]
