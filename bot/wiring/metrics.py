"""What Telegram's side, Bybit's and the jobs count, in Prometheus' terms, at a scrape. No user id is ever a label."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from itertools import product
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.aio.periodic import PeriodicStats
from bot.chat.poller import PollStats
from bot.chat.rate_limiter import METHOD_CLASSES
from bot.chat.rate_limiter import OUTCOMES as CALL_OUTCOMES
from bot.chat.stats import ChatStats
from bot.exchange.budget import BudgetStats
from bot.exchange.bybit.endpoints import ENDPOINTS, OTHER
from bot.exchange.meter import BUCKETS, OUTCOMES, ExchangeStats

_ENDPOINTS: Final = tuple([endpoint.name for endpoint in (*ENDPOINTS, OTHER)])


class ChatCollector(Collector):
    """The metrics perpdesk_telegram_* and perpdesk_outbox_*."""

    def __init__(self, stats: Callable[[], ChatStats]) -> None:
        self._stats = stats

    def collect(self) -> Iterable[Metric]:
        found = self._stats()
        yield from _counters(
            "perpdesk_telegram_updates",
            "Updates by what became of them.",
            "outcome",
            {
                "received": found.inbox.received,
                "accepted": found.inbox.accepted,
                "duplicate": found.inbox.duplicates,
                "unreadable": found.inbox.unreadable,
                "replayed": found.inbox.replayed,
                "handled": found.lanes.handled,
                "failed": found.lanes.failed,
                "set_aside": found.lanes.set_aside,
                "too_fast": found.inbox.too_fast,
            },
        )
        calls = CounterMetricFamily(
            "perpdesk_telegram_calls", "Bot API calls by class of method and outcome.", labels=("method", "outcome")
        )
        for labels, count in _from_zero(METHOD_CLASSES, CALL_OUTCOMES, found.rate_limiter.calls):
            calls.add_metric(labels, count)
        yield calls
        yield CounterMetricFamily(
            "perpdesk_telegram_floods", "Answers 429 of Telegram.", value=found.rate_limiter.floods
        )
        yield GaugeMetricFamily("perpdesk_telegram_lanes", "Users being served.", value=found.lanes.lanes)
        yield GaugeMetricFamily("perpdesk_telegram_waiting", "Updates in lanes.", value=found.lanes.waiting)
        yield from self._poll(found)
        yield from self._outbox(found)

    @staticmethod
    def _poll(found: ChatStats) -> Iterator[Metric]:
        if found.poll is not None and found.poll.age_s is not None:
            yield GaugeMetricFamily(
                "perpdesk_telegram_poll_age_seconds", "Since Telegram last answered getUpdates.", value=found.poll.age_s
            )
        counts = {
            field.name: getattr(found.poll, field.name, 0) for field in fields(PollStats) if field.name != "age_s"
        }
        yield from _counters("perpdesk_telegram_polls", "getUpdates calls and what came of them.", "outcome", counts)

    @staticmethod
    def _outbox(found: ChatStats) -> Iterator[Metric]:
        if found.outbox is None:
            return
        in_trouble = found.outbox.in_trouble
        counts = {name: value for name, value in asdict(found.outbox).items() if name != "in_trouble"}
        yield GaugeMetricFamily("perpdesk_outbox_waiting", "Messages that are due.", value=counts.pop("waiting"))
        yield GaugeMetricFamily("perpdesk_outbox_trouble", "Whether messages can't be sent, for now.", value=in_trouble)
        yield from _counters("perpdesk_outbox_promises", "Messages by outcome.", "outcome", counts)


class ExchangeCollector(Collector):
    """The metrics perpdesk_exchange_*."""

    def __init__(self, stats: Callable[[], ExchangeStats]) -> None:
        self._stats = stats

    def collect(self) -> Iterable[Metric]:
        found = self._stats()
        requests = CounterMetricFamily(
            "perpdesk_exchange_requests", "Calls to Bybit by endpoint and outcome.", labels=("endpoint", "outcome")
        )
        for labels, count in _from_zero(_ENDPOINTS, OUTCOMES, found.requests):
            requests.add_metric(labels, count)
        yield requests
        yield from _counters(
            "perpdesk_exchange_unreadable_rows",
            "Rows of Bybit's answers of which something could not be read.",
            "endpoint",
            found.unreadable_rows,
        )
        yield _histogram(found)
        yield GaugeMetricFamily("perpdesk_exchange_clients", "Clients in the pool.", value=found.pool.clients)
        yield from self._budget(found.budget)
        yield from _counters(
            "perpdesk_exchange_events",
            "What befell the connection.",
            "event",
            {
                "reconnect": found.reconnects,
                "ban": found.budget.bans,
                "refused_by_budget": found.budget.refused,
                "client_built": found.pool.builds,
                "client_evicted": found.pool.evictions,
                "client_checked": found.pool.checks,
            },
        )
        if found.clock_skew is not None:
            yield GaugeMetricFamily(
                "perpdesk_exchange_clock_skew_seconds", "Bybit's clock less ours.", value=found.clock_skew / 1000
            )

    @staticmethod
    def _budget(found: BudgetStats) -> Iterator[Metric]:
        for name, words, value in (
            ("waiting", "Calls waiting for budget.", found.waiting),
            ("budget_used", "Calls that passed in the last 5 s.", found.used),
            ("budget_limit", "Calls that our budget allows in 5 s.", found.limit),
            ("banned_seconds", "Until Bybit is called again.", found.banned_for),
            ("held_hosts", "Hosts that refuse us with HTTP 403.", found.held_hosts),
        ):
            yield GaugeMetricFamily(f"perpdesk_exchange_{name}", words, value=value)
        yield GaugeMetricFamily(
            "perpdesk_ip_budget_used_ratio",
            "Calls of the last 5 s, of those that our budget allows.",
            value=found.used / found.limit if found.limit else 0.0,
        )


class JobCollector(Collector):
    """perpdesk_job_*: of every job from the start on. What never succeeded has the timestamp 0."""

    def __init__(self, stats: Callable[[], tuple[PeriodicStats, ...]]) -> None:
        self._stats = stats

    def collect(self) -> Iterable[Metric]:
        rounds = CounterMetricFamily(
            "perpdesk_job_rounds", "Rounds of the jobs by what became of them.", labels=("job", "outcome")
        )
        last = GaugeMetricFamily(
            "perpdesk_job_last_success_timestamp_seconds", "When a round last succeeded; 0: never.", labels=("job",)
        )
        late = GaugeMetricFamily(
            "perpdesk_job_late", "Whether a success has been absent for so long that it matters.", labels=("job",)
        )
        for job in self._stats():
            rounds.add_metric((job.name, "ok"), job.rounds)
            rounds.add_metric((job.name, "failed"), job.failures)
            last.add_metric((job.name,), (job.last_success or 0) / 1000)
            late.add_metric((job.name,), job.is_late)
        return (rounds, last, late)


def _histogram(found: ExchangeStats) -> Metric:
    buckets, total = [], 0
    for bound, count in zip((*map(str, BUCKETS), "+Inf"), found.latency.counts, strict=True):
        total += count
        buckets.append((bound, total))
    return HistogramMetricFamily(
        "perpdesk_exchange_request_seconds", "Time to Bybit's answer.", buckets=buckets, sum_value=found.latency.seconds
    )


def _from_zero(
    first: Iterable[str], second: Iterable[str], counted: Mapping[tuple[str, str], int]
) -> Iterator[tuple[tuple[str, str], int]]:
    """Every pair of labels from the start on: a rate over a series that appears with its first event misses it."""
    yield from {**dict.fromkeys(product(first, second), 0), **counted}.items()


def _counters(name: str, words: str, label: str, counts: Mapping[str, int]) -> Iterator[Metric]:
    family = CounterMetricFamily(name, words, labels=(label,))
    for value, count in counts.items():
        family.add_metric((value,), count)
    yield family
