"""Rates and quantiles over the last seconds or minutes, for the overview and the history."""

from collections.abc import Mapping
from math import inf, nan
from typing import Final

from stats_api.scrape import Scrape

Counts = Mapping[str, Mapping[str, float]]  # by metric, then by the value of its label

HITS: Final = ("perpdesk_cache_hits_total", "perpdesk_cache_coalesced_total")
MISSES: Final = "perpdesk_cache_misses_total"
COUNTED: Final[Mapping[str, str]] = {  # metric -> the label its counts are kept apart by; sums over the others
    **dict.fromkeys((*HITS, MISSES), "region"),
    "perpdesk_telegram_updates_total": "outcome",
    "perpdesk_telegram_update_seconds_bucket": "le",
    "perpdesk_telegram_calls_total": "outcome",
    "perpdesk_telegram_call_seconds_sum": "",
    "perpdesk_telegram_call_seconds_count": "",
    "perpdesk_exchange_requests_total": "outcome",
    "perpdesk_exchange_request_seconds_bucket": "le",
    "perpdesk_loop_lag_seconds_bucket": "le",
    "perpdesk_sqlite_commit_seconds_bucket": "le",
    "process_cpu_seconds_total": "",
}


def counts_of(scrape: Scrape) -> Counts:
    """Every counter of COUNTED as it stood at a scrape."""
    return {name: scrape.by(name, label) for name, label in COUNTED.items()}


class Window:
    """How counters grew in the `seconds` between `then` and `now`; everything is NaN if there is no `then`.

    `then` has a count for each metric and value of its label.
    """

    def __init__(self, then: Mapping[tuple[str, str], float] | None, now: Counts, seconds: float) -> None:
        self._then = then
        self._now = now
        self._seconds = seconds if then is not None else 0.0

    def counted(self, name: str, *values: str) -> float:
        """How much a counter grew, summed over these values of its label, or over all of them."""
        grown = [count for value, count in self._grown(name).items() if not values or value in values]
        return sum(grown) if grown else nan

    def per_second(self, name: str, *values: str) -> float:
        return self.counted(name, *values) / self._seconds if self._seconds > 0 else nan

    def rates(self, name: str) -> dict[str, float]:
        """`per_second` by the value of the label."""
        return {value: count / self._seconds for value, count in self._grown(name).items() if self._seconds > 0}

    def quantile(self, name: str, part: float) -> float:
        """The quantile `part` (above 0, to 1) of a histogram of seconds, estimated as Prometheus does.

        Events above the highest bound count as that bound; NaN if there was no event.
        """
        buckets = sorted((float(bound), count) for bound, count in self._grown(name).items())
        total = buckets[-1][1] if buckets else 0.0
        if not total > 0:
            return nan
        wanted, below, lower = part * total, 0.0, 0.0
        for upper, count in buckets:
            if count >= wanted:
                return lower if upper == inf else lower + (upper - lower) * (wanted - below) / (count - below)
            below, lower = count, upper
        return lower

    def part_above(self, name: str, seconds: str) -> float:
        """The part of a histogram's events (0 to 1) that took longer than one of its bounds."""
        grown = self._grown(name)
        total = grown.get("+Inf", 0.0)
        return (total - grown.get(seconds, nan)) / total if total > 0 else nan

    def hit_rate(self, region: str) -> float:
        """(hits + coalesced) / reads of a region of the cache; NaN without a read."""
        hits, misses = sum(self.counted(name, region) for name in HITS), self.counted(MISSES, region)
        return hits / (hits + misses) if hits + misses > 0 else nan

    def _grown(self, name: str) -> dict[str, float]:
        then = self._then
        if then is None:
            return {}
        return {value: count - then.get((name, value), 0.0) for value, count in self._now[name].items()}
