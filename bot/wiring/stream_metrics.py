"""What streams count, in Prometheus' terms, at a scrape."""

from collections.abc import Callable, Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, UntypedMetricFamily
from prometheus_client.registry import Collector

from bot.exchange.bybit.streams.stats import StreamStats


class StreamCollector(Collector):
    """The metrics perpdesk_stream_*."""

    def __init__(self, stats: Callable[[], StreamStats]) -> None:
        self._stats = stats

    def collect(self) -> Iterable[Metric]:
        found = self._stats()
        for name, words, value in (
            ("wanted", "Streams that are wanted: of accounts, and public ones.", found.wanted),
            ("connected", "Streams that are up and compared with what Bybit answers by REST.", found.connected),
            ("late", "Streams that are late with an event of an own order.", found.late),
            ("slow", "Whether so many streams are late at once that it is Bybit.", found.is_slow),
        ):
            yield GaugeMetricFamily(f"perpdesk_stream_{name}", words, value=value)
        # Untyped: a gauge must have no such label, and a summary's must be a number.
        age = UntypedMetricFamily(
            "perpdesk_stream_last_event_age_seconds",
            "Since a stream was last heard, pongs counted: of the 99th in a hundred.",
            labels=("quantile",),
        )
        age.add_metric(("p99",), found.oldest_event_s)
        yield age
        connects = CounterMetricFamily(
            "perpdesk_stream_connects", "Connections of streams that were tried.", labels=("result",)
        )
        for result, count in found.connects.items():
            connects.add_metric((result,), count)
        yield connects
        yield CounterMetricFamily(
            "perpdesk_stream_mute", "Streams that were connected anew for silence.", value=found.mute
        )
        yield CounterMetricFamily(
            "perpdesk_stream_mishaps", "Messages of streams that could not be taken.", value=found.mishaps
        )
