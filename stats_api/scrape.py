"""All metrics of one moment, read by name: /metrics, the overview and the history are made of it."""

from collections import defaultdict
from collections.abc import Iterable
from math import nan

from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from bot.domain.ids import Millis


class Scrape(Collector):
    """What a registry showed at `at` (UTC); `seconds` is the same moment by the steady clock."""

    def __init__(self, families: Iterable[Metric], at: Millis, seconds: float) -> None:
        self.at = at
        self.seconds = seconds
        self._families = tuple(families)
        self._samples: dict[str, list[Sample]] = defaultdict(list)
        for family in self._families:
            for sample in family.samples:
                self._samples[sample.name].append(sample)

    def collect(self) -> Iterable[Metric]:
        return self._families

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name that carry these labels; not a number where there is none."""
        found = [sample.value for sample in self._samples.get(name, ()) if labels.items() <= sample.labels.items()]
        return sum(found) if found else nan

    def by(self, name: str, label: str, **labels: str) -> dict[str, float]:
        """The sums of the samples that `value` would add up, by the value of one label; "" where a sample lacks it."""
        found: dict[str, float] = {}
        for sample in self._samples.get(name, ()):
            if not labels or labels.items() <= sample.labels.items():
                value = sample.labels.get(label, "")
                found[value] = found.get(value, 0) + sample.value
        return found
