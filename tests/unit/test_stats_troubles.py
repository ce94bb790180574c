"""What the dashboard calls wrong is what the alerts call wrong, told at once and in words."""

import re
from collections.abc import Mapping
from math import nan
from typing import Final

import pytest
from harness.prometheus import alerts
from prometheus_client.core import UntypedMetricFamily

from bot.domain.health import Reason, ReasonKind
from bot.domain.ids import Millis
from stats_api.scrape import Scrape
from stats_api.troubles import RULES, SILENT, Trouble, Troubles, state_of
from stats_api.windows import Window

LEFT_TO_PROMETHEUS: Final = {"BotDown", "Watchdog"}  # a process that is down, and what watches the watch
START: Final = 1_760_000_000_000
INTAKE: Final = "perpdesk_telegram_intake_age_seconds"
UNKNOWN: Final = "perpdesk_order_unknown_oldest_seconds"
MAINTENANCE: Final = "perpdesk_bybit_maintenance"
HEARD: Final = 'perpdesk_stream_last_event_age_seconds{quantile="p99"}'
UP, WANTED = "perpdesk_stream_connected", "perpdesk_stream_wanted"
DUE: Final = "perpdesk_outbox_oldest_due_seconds"
FREE: Final = 'perpdesk_disk_free_bytes{place="database"}'
LAG: Final = "perpdesk_loop_lag_seconds_bucket"
VERIFIED: Final = "perpdesk_backup_verified_timestamp_seconds"
DRILLED: Final = "perpdesk_backup_restore_drill_timestamp_seconds"
STARTED: Final = "process_start_time_seconds"
NOW_S: Final = START // 1000
CASES: Final[tuple[tuple[str, dict[str, float], bool], ...]] = (
    ("DeafPoller", {INTAKE: 90.0}, False),
    ("DeafPoller", {INTAKE: 90.1}, True),
    ("DeafPoller", {INTAKE: 90.1, 'perpdesk_unready{reason="starting"}': 1}, False),
    ("UnknownOrder", {UNKNOWN: 60}, False),
    ("UnknownOrder", {UNKNOWN: 61, "perpdesk_order_unknown": 2}, True),
    ("UnknownOrder", {UNKNOWN: 3_600, MAINTENANCE: 1}, False),
    ("UnknownOrder", {UNKNOWN: 3_601, MAINTENANCE: 1}, True),
    ("UnprotectedPosition", {"perpdesk_position_unprotected_oldest_seconds": 10}, False),
    ("UnprotectedPosition", {"perpdesk_position_unprotected_oldest_seconds": 10.5}, True),
    ("StreamsDown", {UP: 9, WANTED: 10, HEARD: 90}, False),
    ("StreamsDown", {UP: 8, WANTED: 10}, True),
    ("StreamsDown", {UP: 10, WANTED: 10, HEARD: 91}, True),
    ("StreamsDown", {UP: 0, WANTED: 10, HEARD: 91, MAINTENANCE: 1}, False),
    ("StreamsDown", {UP: 0, WANTED: 0, HEARD: 0}, False),
    ("Disagreement", {'perpdesk_drift_open{kind="stop"}': 0}, False),
    ("Disagreement", {'perpdesk_drift_open{kind="stop"}': 1, 'perpdesk_drift_open{kind="gone"}': 1}, True),
    ("IPBudget", {"perpdesk_ip_budget_used_ratio": 0.8, "perpdesk_exchange_banned_seconds": 60}, False),
    ("IPBudget", {"perpdesk_ip_budget_used_ratio": 0.81}, True),
    ("IPBudget", {"perpdesk_exchange_banned_seconds": 61}, True),
    ("OutboxOld", {DUE: 60}, False),
    ("OutboxOld", {DUE: 61, INTAKE: 90}, True),
    ("OutboxOld", {DUE: 61, INTAKE: 91}, False),
    ("BackupOld", {VERIFIED: NOW_S - 2_700, DRILLED: NOW_S - 8 * 86_400, STARTED: 1}, False),
    ("BackupOld", {VERIFIED: NOW_S - 2_701, DRILLED: NOW_S, STARTED: NOW_S}, True),
    ("BackupOld", {VERIFIED: NOW_S, DRILLED: NOW_S - 8 * 86_400 - 1, STARTED: NOW_S}, True),
    ("BackupOld", {VERIFIED: 0, DRILLED: 0, STARTED: NOW_S - 2_700}, False),
    ("BackupOld", {VERIFIED: 0, DRILLED: 0, STARTED: NOW_S - 2_701}, True),
    ("Disk", {FREE: 512 * 2**20, "perpdesk_sqlite_wal_bytes": 64 * 2**20}, False),
    ("Disk", {FREE: 512 * 2**20 - 1}, True),
    ("Disk", {FREE: nan}, False),
    ("Disk", {"perpdesk_sqlite_wal_bytes": 64 * 2**20 + 1}, True),
    ("LoopLag", {"le=0.25": 99, "le=+Inf": 100}, False),
    ("LoopLag", {"le=0.25": 98, "le=+Inf": 100}, True),
    ("ClockSkew", {"perpdesk_exchange_clock_skew_seconds": -0.5}, False),
    ("ClockSkew", {"perpdesk_exchange_clock_skew_seconds": -0.51}, True),
    ("ClockSkew", {"perpdesk_exchange_clock_skew_seconds": nan}, False),
    ("halted", {"perpdesk_entries_halted": 0}, False),
    ("halted", {"perpdesk_entries_halted": 1}, True),
)


def scrape(values: Mapping[str, float], *, seconds: float = 0.0) -> Scrape:
    """Metrics by what Prometheus calls them, so many seconds after START."""
    families = []
    for series, value in values.items():
        name, _, labels = series.partition("{")
        pairs = dict(re.findall(r'(\w+)="(\w+)"', labels))
        family = UntypedMetricFamily(name, "words", labels=tuple(pairs))
        family.add_metric(tuple(pairs.values()), value)
        families.append(family)
    return Scrape(families, Millis(START + round(seconds * 1000)), seconds)


def window(values: Mapping[str, float]) -> Window:
    counts = {name.removeprefix("le="): count for name, count in values.items() if name.startswith("le=")}
    return Window({(LAG, bound): 0.0 for bound in counts}, {LAG: counts}, 60)


def look(
    troubles: Troubles, values: Mapping[str, float], *reasons: Reason, seconds: float = 0.0, stuck: tuple[str, ...] = ()
) -> tuple[Trouble, ...]:
    gauges = {name: value for name, value in values.items() if not name.startswith("le=")}
    return troubles.look(scrape(gauges, seconds=seconds), window(values), reasons, stuck)


@pytest.mark.parametrize(("alert", "values", "is_wrong"), CASES)
def test_a_rule_holds_where_its_alert_does(alert: str, values: dict[str, float], is_wrong: bool) -> None:
    assert (alert in {trouble.name for trouble in look(Troubles(), values)}) is is_wrong


def test_every_alert_has_its_rule_with_the_same_severity_and_patience() -> None:
    units = {"s": 1, "m": 60}
    shipped = {
        name: (rule["labels"]["severity"], int(rule.get("for", "0s")[:-1]) * units[rule.get("for", "0s")[-1]])
        for name, rule in alerts().items()
        if name not in LEFT_TO_PROMETHEUS
    }
    assert {rule.alert: (rule.severity, rule.lasts_s) for rule in RULES} == shipped
    tried = {alert for alert, _, is_wrong in CASES if is_wrong}
    assert tried == set(shipped) | {rule.alert for rule in SILENT}


def test_the_rules_of_prometheus_have_the_bounds_that_are_tried_here() -> None:
    bounds = {
        "DeafPoller": ["> 90"],
        "UnknownOrder": ["> 60", "> 3600"],
        "UnprotectedPosition": ["> 10"],
        "StreamsDown": ["< 0.9 *", "> 90"],
        "Disagreement": ["> 0"],
        "IPBudget": ["> 0.8", "> 60"],
        "OutboxOld": ["> 60", "> 90"],
        "BackupOld": ["> 2700", "> 8 * 86400"],
        "Disk": ["< 512 * 1024 * 1024", "> 67108864"],
        "LoopLag": ['le="0.25"', "> 0.01"],
        "ClockSkew": ["> 0.5"],
    }
    assert {name: [part for part in parts if part not in alerts()[name]["expr"]] for name, parts in bounds.items()} == {
        name: [] for name in bounds
    }


def test_a_trouble_is_told_with_its_count_and_lasts_after_its_patience() -> None:
    troubles, values = Troubles(), {UP: 2.0, WANTED: 5.0}
    (first,) = look(troubles, values)
    assert (first.text, first.severity, first.since, first.is_lasting) == (
        "2 of 5 streams of Bybit are up", "page", START, False
    )  # fmt: skip
    (later,) = look(troubles, values, seconds=179)
    assert (later.since, later.is_lasting) == (START, False)
    (last,) = look(troubles, values, seconds=180)
    assert (last.since, last.is_lasting) == (START, True)


def test_what_ended_begins_anew() -> None:
    troubles, values = Troubles(), {UP: 2.0, WANTED: 5.0}
    look(troubles, values)
    assert look(troubles, {}, seconds=200) == ()
    (again,) = look(troubles, values, seconds=400)
    assert (again.since, again.is_lasting) == (START + 400_000, False)


def test_what_is_stuck_says_since_when() -> None:
    troubles = Troubles()
    look(troubles, {}, stuck=("a transaction has been open for 21 s",))
    (later,) = look(troubles, {}, seconds=9, stuck=("a transaction has been open for 30 s",))
    assert (later.name, later.severity, later.since) == ("stuck", "page", START)


def test_a_full_disk_is_named_by_its_place() -> None:
    (found,) = look(Troubles(), {FREE: 2**40, 'perpdesk_disk_free_bytes{place="backups"}': 1})
    assert found.text == "The disk of backups is full: less than 512 MB are free"


def test_a_figure_that_knows_its_age_says_since_when() -> None:
    (trouble,) = look(Troubles(), {UNKNOWN: 84.0, "perpdesk_order_unknown": 1.0}, seconds=1_000)
    assert trouble.text == "What became of 1 order is not known"
    assert trouble.since == START + 1_000_000 - 84_000


def test_the_worst_comes_first_then_what_lasts_then_the_oldest() -> None:
    troubles = Troubles()
    values = {UP: 2.0, WANTED: 5.0, UNKNOWN: 84.0, "perpdesk_exchange_clock_skew_seconds": 2.0}
    look(troubles, values)
    reason = Reason(kind=ReasonKind.TELEGRAM, text="deaf", since=Millis(START - 1))
    found = look(troubles, values, reason, seconds=150, stuck=("a transaction has been open for 21 s",))
    assert [trouble.name for trouble in found] == ["telegram", "UnknownOrder", "stuck", "StreamsDown", "ClockSkew"]


def trouble(severity: str, *, is_lasting: bool, name: str = "Name") -> Trouble:
    return Trouble(name, "page" if severity == "page" else "ticket", "words", Millis(START), is_lasting)


@pytest.mark.parametrize(
    ("troubles", "state"),
    [
        ([], "well"),
        ([trouble("page", is_lasting=False)], "watch"),
        ([trouble("ticket", is_lasting=True)], "watch"),
        ([trouble("ticket", is_lasting=True), trouble("page", is_lasting=True)], "alarm"),
        ([trouble("page", is_lasting=True, name="starting")], "starting"),
        ([trouble("page", is_lasting=True, name="stopping"), trouble("page", is_lasting=True)], "stopping"),
    ],
)
def test_the_whole_in_a_word(troubles: list[Trouble], state: str) -> None:
    assert state_of(troubles) == state
