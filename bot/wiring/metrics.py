"""What Telegram's side, Bybit's and the jobs count, in Prometheus' terms, at a scrape. No user id is ever a label."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from math import nan
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from bot.aio.periodic import PeriodicStats
from bot.chat.poller import PollStats
from bot.chat.rate_limiter import OTHER_METHOD, OUTCOMES_BY_METHOD
from bot.chat.stats import ChatStats
from bot.chat.webhook import WebhookStats
from bot.exchange.budget import BudgetStats
from bot.exchange.bybit.endpoints import ENDPOINTS, OTHER, WRITES
from bot.exchange.meter import OUTCOMES, READ_OUTCOMES, WRITE_OUTCOMES, ExchangeStats
from bot.wiring.families import counters, from_zero, histogram, histograms
from handlers.core.errors import APOLOGY_KINDS

# Of an endpoint what is the endpoint's: what comes of a key, a clock, our budget or our address counts for all of them.
_WRITES: Final = frozenset(each.name for each in WRITES)
_REQUESTS: Final = (
    *[
        (endpoint.name, outcome)
        for endpoint in ENDPOINTS
        for outcome in (WRITE_OUTCOMES if endpoint in WRITES else READ_OUTCOMES)
    ],
    *[(OTHER.name, outcome) for outcome in OUTCOMES],
)
_CALLS: Final = tuple([(method, outcome) for method, outcomes in OUTCOMES_BY_METHOD.items() for outcome in outcomes])


class ChatCollector(Collector):
    """The metrics perpdesk_telegram_* and perpdesk_outbox_*. `apologies`: how many there were, by kind."""

    def __init__(self, stats: Callable[[], ChatStats], apologies: Mapping[str, int]) -> None:
        self._stats = stats
        self._apologies = apologies

    def collect(self) -> Iterable[Metric]:
        found = self._stats()
        yield from self._incoming(found)
        yield counters(
            "perpdesk_apologies",
            "Answers that something went wrong, with a reference that is in the log.",
            "kind",
            {kind: self._apologies.get(kind, 0) for kind in APOLOGY_KINDS},
        )
        calls = CounterMetricFamily(
            "perpdesk_telegram_calls", "Bot API calls by class of method and outcome.", labels=("method", "outcome")
        )
        for labels, count in from_zero(_CALLS, OTHER_METHOD, found.rate_limiter.calls):
            calls.add_metric(labels, count)
        yield calls
        yield SummaryMetricFamily(
            "perpdesk_telegram_call_seconds",
            "How long calls of the Bot API took to their answers, from when the rate limiter let them out.",
            count_value=found.rate_limiter.sent,
            sum_value=found.rate_limiter.seconds,
        )
        yield CounterMetricFamily(
            "perpdesk_telegram_floods", "Answers 429 of Telegram.", value=found.rate_limiter.floods
        )
        yield from self._sent(found)

    @staticmethod
    def _incoming(found: ChatStats) -> Iterator[Metric]:
        yield counters(
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
        words = "From an update's receipt to what was sent for it."
        yield histograms("perpdesk_telegram_update_seconds", words, "type", found.lanes.seconds)
        for name, words, value in (
            ("lanes", "People whose updates are in lanes.", found.lanes.lanes),
            ("waiting", "Updates in lanes that wait or are handled.", found.lanes.waiting),
            (
                "oldest_waiting_seconds",
                "Since the receipt of the oldest update in a lane; 0: there is none.",
                found.lanes.oldest_s,
            ),
            ("intake_age_seconds", "Since Telegram last gave what there was, or the start.", found.intake_age_s),
        ):
            yield GaugeMetricFamily(f"perpdesk_telegram_{name}", words, value=value)
        counts = {
            field.name: getattr(found.poll, field.name, 0) for field in fields(PollStats) if field.name != "age_s"
        }
        yield counters("perpdesk_telegram_polls", "getUpdates calls and what came of them.", "outcome", counts)
        counts = {field.name: getattr(found.webhook, field.name, 0) for field in fields(WebhookStats)}
        words = "Updates that a webhook brought, by what became of them."
        yield counters("perpdesk_telegram_webhook_updates", words, "outcome", counts)

    @staticmethod
    def _sent(found: ChatStats) -> Iterator[Metric]:
        outbox = found.outbox
        for name, words, value in (
            ("due", "Messages of the outbox whose time has come.", found.outbox_due),
            (
                "oldest_due_seconds",
                "Since the oldest message of the outbox has been due; 0: none is.",
                found.outbox_oldest_due_s,
            ),
            ("waiting", "Messages of the outbox that the sender knows to be due.", outbox.waiting),
            ("trouble", "Whether messages of the outbox can't be sent, for now.", outbox.in_trouble),
        ):
            yield GaugeMetricFamily(f"perpdesk_outbox_{name}", words, value=value)
        counts = {"sent": outbox.sent, "put_off": outbox.put_off, "undeliverable": outbox.undeliverable}
        yield counters("perpdesk_outbox_promises", "Messages of the outbox by outcome.", "outcome", counts)


class ExchangeCollector(Collector):
    """The metrics perpdesk_exchange_*."""

    def __init__(self, stats: Callable[[], ExchangeStats]) -> None:
        self._stats = stats

    def collect(self) -> Iterable[Metric]:
        found = self._stats()
        requests = CounterMetricFamily(
            "perpdesk_exchange_requests", "Calls to Bybit by endpoint and outcome.", labels=("endpoint", "outcome")
        )
        for labels, count in from_zero(_REQUESTS, OTHER.name, found.requests):
            requests.add_metric(labels, count)
        yield requests
        yield counters(
            "perpdesk_exchange_unreadable_rows",
            "Rows of Bybit's answers of which something could not be read.",
            "endpoint",
            {name: count for name, count in found.unreadable_rows.items() if name not in _WRITES},
        )
        yield histogram("perpdesk_exchange_request_seconds", "Time to Bybit's answer.", found.latency)
        yield GaugeMetricFamily("perpdesk_exchange_clients", "Clients of Bybit in the pool.", value=found.pool.clients)
        yield from self._budget(found.budget)
        yield counters(
            "perpdesk_exchange_events",
            "Events of the connection to Bybit.",
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
        skew = nan if found.clock_skew is None else found.clock_skew / 1000
        words = "Bybit's clock less ours; not a number before it was measured."
        yield GaugeMetricFamily("perpdesk_exchange_clock_skew_seconds", words, value=skew)
        words = "Whether Bybit says that maintenance goes on."
        yield GaugeMetricFamily("perpdesk_bybit_maintenance", words, value=found.is_in_maintenance)

    @staticmethod
    def _budget(found: BudgetStats) -> Iterator[Metric]:
        for name, words, value in (
            ("waiting", "Calls to Bybit that wait for budget.", found.waiting),
            ("budget_used", "Calls to Bybit that passed in the last 5 s.", found.used),
            ("budget_limit", "Calls to Bybit that our budget allows in 5 s.", found.limit),
            ("banned_seconds", "Until Bybit is called again after a ban; 0: it is called.", found.banned_for),
            ("held_hosts", "Hosts of Bybit that refuse us with HTTP 403.", found.held_hosts),
        ):
            yield GaugeMetricFamily(f"perpdesk_exchange_{name}", words, value=value)
        yield GaugeMetricFamily(
            "perpdesk_ip_budget_used_ratio",
            "Calls to Bybit in the last 5 s, of those that our budget allows.",
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
        for job in self._stats():
            rounds.add_metric((job.name, "ok"), job.rounds)
            rounds.add_metric((job.name, "failed"), job.failures)
            last.add_metric((job.name,), (job.last_success or 0) / 1000)
        return (rounds, last)
