"""How orders and positions of all accounts stand, in Prometheus' terms, at a scrape."""

from collections.abc import Callable, Iterable
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.domain.disagreements import DisagreementKind
from bot.domain.ids import Millis
from bot.domain.order_gauges import OrderGauges
from bot.domain.ports.clock import Clock
from bot.domain.trade_plans import LIVE
from bot.services.trading.reconcile import ReconcileStats
from bot.services.trading.stages import StageTimes
from bot.wiring.families import histograms

_STATES: Final = sorted(LIVE)


class OrderCollector(Collector):
    """The metrics perpdesk_order_* and perpdesk_position_*."""

    def __init__(
        self,
        newest: Callable[[], OrderGauges],
        turns: Callable[[], ReconcileStats],
        stages: StageTimes,
        clock: Clock,
    ) -> None:
        self._newest = newest
        self._turns = turns
        self._stages = stages
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        found = self._newest()
        orders = GaugeMetricFamily("perpdesk_orders", "Orders that are not final, by state.", labels=("state",))
        for state in _STATES:
            orders.add_metric((state.value,), found.orders.get(state, 0))
        yield orders
        for name, words, value in (
            ("order_unknown", "Requests of which it is not known whether they were carried out.", found.unknown),
            ("position_unprotected", "Positions whose promised stop was not seen yet.", found.unprotected),
            ("panics_running", "Panics that are not over.", found.panics),
            ("entries_halted", "Whether entries of everybody are halted.", found.is_halted),
            (
                "order_unknown_oldest_seconds",
                "Since the oldest of the unknown requests was sent; 0: there is none.",
                self._age(found.unknown_since),
            ),
            (
                "position_unprotected_oldest_seconds",
                "Since the first fill of the oldest unprotected position; 0: there is none.",
                self._age(found.unprotected_since),
            ),
        ):
            yield GaugeMetricFamily(f"perpdesk_{name}", words, value=value)
        drift = GaugeMetricFamily(
            "perpdesk_drift_open", "What an exchange shows otherwise than promised, by kind.", labels=("kind",)
        )
        for kind in DisagreementKind:
            drift.add_metric((kind.value,), found.disagreements.get(kind, 0))
        yield drift
        yield from self._reconcile(self._turns())
        yield histograms(
            "perpdesk_stage_seconds", "From one stage of an order to the next.", "stage", self._stages.found
        )
        yield CounterMetricFamily(
            "perpdesk_emergency_closes", "Closes of positions whose stop could not be set.", value=found.emergency
        )

    @staticmethod
    def _reconcile(found: ReconcileStats) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "perpdesk_reconcile_due", "Accounts whose turn it is to be compared with their exchange.", value=found.due
        )
        yield GaugeMetricFamily(
            "perpdesk_reconcile_oldest_wait_seconds",
            "Since the turn of the account that has waited longest to be compared; 0: none waits.",
            value=found.oldest_wait_s,
        )
        yield CounterMetricFamily(
            "perpdesk_reconcile_failures",
            "Comparisons of accounts with their exchange that failed.",
            value=found.failures,
        )

    def _age(self, since: Millis | None) -> float:
        return 0.0 if since is None else max(0.0, (self._clock.now() - since) / 1000)
