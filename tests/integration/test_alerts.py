"""The alerts: what ops/deploy gives to Prometheus and Alertmanager, as their own tools judge it."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from harness.app import harness
from harness.metrics import metrics_text, scraped
from harness.prometheus import DEPLOY, RULES, alerts, names_in, recorded, rules, run
from harness.sources import ROOT

OPERATING: Final = ROOT.parent / "shared" / "operating.md"
OPERATOR: Final = ROOT / "docs" / "operator.md"
RUNBOOK: Final = ROOT / "docs" / "runbook.md"
HOST: Final = {"instance": "bot", "job": "perpdesk"}
VALUES: Final = {
    "TELEGRAM_TOKEN": "12345:token",
    "TELEGRAM_CHAT": "-1001",
    "SMTP_HOST": "smtp.example.org:587",
    "SMTP_USER": "perpdesk",
    "SMTP_PASSWORD": 'it\'s \\ a "secret" & more',
    "MAIL_FROM": "a@example.org",
    "MAIL_TO": "b@example.org",
    "WATCHDOG_URL": "https://watch.example.org/x",
}


@dataclass(frozen=True)
class Case:
    """Series of half an hour, four samples a minute, in promtool's words, and whether the alert fires at its end.

    `value` is the alert's value as its summary tells it, `labels` those it fires with beside its severity.
    """

    alert: str
    series: dict[str, str]
    labels: dict[str, str] | None = None  # None: it is quiet
    value: str = ""

    def as_yaml(self) -> dict[str, Any]:
        rule = alerts()[self.alert]
        expected = [] if self.labels is None else [self.fired(rule)]
        return {
            "interval": "15s",
            "input_series": [{"series": name, "values": values} for name, values in self.series.items()],
            "alert_rule_test": [{"eval_time": "30m", "alertname": self.alert, "exp_alerts": expected}],
        }

    def fired(self, rule: dict[str, Any]) -> dict[str, Any]:
        annotations = {name: re.sub(r"{{.*?}}", self.value, text) for name, text in rule["annotations"].items()}
        return {"exp_labels": {**(self.labels or {}), **rule["labels"]}, "exp_annotations": annotations}


def series(name: str, **labels: str) -> str:
    return name + "{" + ",".join(f'{key}="{value}"' for key, value in (HOST | labels).items()) + "}"


UP: Final = {series("up"): "1x120", series("process_start_time_seconds"): "-100000x120"}
READY: Final = {series("perpdesk_unready", reason="starting"): "0x120"}
STARTING: Final = {series("perpdesk_unready", reason="starting"): "1x120"}
WELL: Final = {series("perpdesk_bybit_maintenance"): "0x120"}
MAINTENANCE: Final = {series("perpdesk_bybit_maintenance"): "1x120"}
MB: Final = 1024 * 1024
SIZE: Final = {series("perpdesk_disk_size_bytes", place="database"): f"{40_000 * MB}x120"}
QUIET_WAL: Final = {series("perpdesk_sqlite_wal_bytes"): "8000000x120"}


def gauge(name: str, value: float | str, **labels: str) -> dict[str, str]:
    return {series(name, **labels): f"{value}x120"}


def lag(late: int) -> dict[str, str]:
    """The loop of half an hour, of whose 1,000 moments between two scrapes so many come late."""
    name = "perpdesk_loop_lag_seconds"
    return {series(f"{name}_bucket", le="0.25"): f"0+{1000 - late}x120", series(f"{name}_count"): "0+1000x120"}


VERIFIED: Final = "perpdesk_backup_verified_timestamp_seconds"
DRILLED: Final = "perpdesk_backup_restore_drill_timestamp_seconds"
STREAMS: Final = gauge("perpdesk_stream_wanted", 100) | WELL
P99: Final = "perpdesk_stream_last_event_age_seconds"
CASES: Final = (
    Case("BotDown", UP | READY),
    Case("BotDown", {**UP, series("up"): "0x120"} | READY, HOST),
    Case("BotDown", {'up{instance="x",job="prometheus"}': "1x120"}, {"job": "perpdesk"}),
    Case("BotDown", UP | STARTING, HOST),
    Case("BotDown", {**UP, series("process_start_time_seconds"): "1700x120"} | STARTING),
    Case("BotDown", {**UP, series("up"): "1x100 0x5 1x20"} | READY),
    Case("DeafPoller", gauge("perpdesk_telegram_intake_age_seconds", 40) | READY),
    Case("DeafPoller", gauge("perpdesk_telegram_intake_age_seconds", 300) | STARTING),
    Case("DeafPoller", gauge("perpdesk_telegram_intake_age_seconds", 95) | READY, HOST, "1m 35s"),
    Case("UnknownOrder", gauge("perpdesk_order_unknown_oldest_seconds", 30) | WELL),
    Case("UnknownOrder", gauge("perpdesk_order_unknown_oldest_seconds", 90) | MAINTENANCE),
    Case("UnknownOrder", gauge("perpdesk_order_unknown_oldest_seconds", 90) | WELL, HOST, "1m 30s"),
    Case("UnknownOrder", gauge("perpdesk_order_unknown_oldest_seconds", 90), HOST, "1m 30s"),
    Case("UnknownOrder", gauge("perpdesk_order_unknown_oldest_seconds", 7200) | MAINTENANCE, HOST, "2h 0m 0s"),
    Case("UnprotectedPosition", gauge("perpdesk_position_unprotected_oldest_seconds", 9)),
    Case("UnprotectedPosition", gauge("perpdesk_position_unprotected_oldest_seconds", 12), HOST, "12s"),
    Case("StreamsDown", STREAMS | gauge("perpdesk_stream_connected", 95)),
    Case("StreamsDown", STREAMS | gauge("perpdesk_stream_connected", 50), HOST),
    Case("StreamsDown", STREAMS | gauge("perpdesk_stream_connected", 50) | MAINTENANCE),
    Case("StreamsDown", STREAMS | gauge("perpdesk_stream_connected", 100) | gauge(P99, 20, quantile="p99")),
    Case(
        "StreamsDown",
        STREAMS | gauge("perpdesk_stream_connected", 100) | gauge(P99, 100, quantile="p99"),
        HOST | {"quantile": "p99"},
    ),
    Case("Disagreement", gauge("perpdesk_drift_open", 0, kind="stop")),
    Case("Disagreement", gauge("perpdesk_drift_open", 2, kind="stop"), {"instance": "bot"}, "2"),
    Case("IPBudget", gauge("perpdesk_ip_budget_used_ratio", 0.5) | gauge("perpdesk_exchange_banned_seconds", 0)),
    Case("IPBudget", gauge("perpdesk_ip_budget_used_ratio", 0.9) | gauge("perpdesk_exchange_banned_seconds", 0), HOST),
    Case("IPBudget", gauge("perpdesk_ip_budget_used_ratio", 0) | gauge("perpdesk_exchange_banned_seconds", 500), HOST),
    Case("OutboxOld", gauge("perpdesk_outbox_oldest_due_seconds", 20)),
    Case("OutboxOld", gauge("perpdesk_outbox_oldest_due_seconds", 75), HOST, "1m 15s"),
    Case(
        "OutboxOld",
        gauge("perpdesk_outbox_oldest_due_seconds", 75) | gauge("perpdesk_telegram_intake_age_seconds", 100),
    ),
    Case("BackupOld", UP | gauge(VERIFIED, "0+15") | gauge(DRILLED, 0)),
    Case("BackupOld", UP | gauge(VERIFIED, -2_000) | gauge(DRILLED, "0+15"), HOST, "1d 4h 16m 40s"),
    Case("BackupOld", UP | gauge(VERIFIED, 1) | gauge(DRILLED, 0)),
    Case("Disk", gauge("perpdesk_disk_free_bytes", 20_000 * MB, place="database") | SIZE | QUIET_WAL),
    Case(
        "Disk",
        gauge("perpdesk_disk_free_bytes", 400 * MB, place="database") | SIZE | QUIET_WAL,
        HOST | {"place": "database"},
        "database",
    ),
    Case(
        "Disk",
        {series("perpdesk_disk_free_bytes", place="database"): f"{9_000 * MB}-{20 * MB}x120"} | SIZE | QUIET_WAL,
        HOST | {"place": "database"},
        "database",
    ),
    Case(  # as after each backup: it falls fast, and much is left
        "Disk",
        {series("perpdesk_disk_free_bytes", place="database"): f"{30_000 * MB}-{50 * MB}x120"} | SIZE | QUIET_WAL,
    ),
    Case("Disk", gauge("perpdesk_sqlite_wal_bytes", 80_000_000) | SIZE, HOST, "log"),
    Case("LoopLag", lag(0)),
    Case("LoopLag", lag(8)),
    Case("LoopLag", lag(20), HOST, "2%"),
    Case("ClockSkew", gauge("perpdesk_exchange_clock_skew_seconds", -0.2)),
    Case("ClockSkew", gauge("perpdesk_exchange_clock_skew_seconds", -2), HOST, "2"),
    Case("Watchdog", {}, {}),
)


async def test_each_alert_fires_and_is_quiet_when_it_should(tmp_path: Path) -> None:
    fired = {case.alert for case in CASES if case.labels is not None}
    quiet = {case.alert for case in CASES if case.labels is None}
    assert (fired, quiet) == (set(alerts()), set(alerts()) - {"Watchdog"})
    cases = {"rule_files": [str(file) for file in RULES], "tests": [case.as_yaml() for case in CASES]}
    file = tmp_path / "cases.yml"
    file.write_text(yaml.safe_dump(cases))
    assert "SUCCESS" in await run("promtool", "test", "rules", file)


async def test_prometheus_takes_its_configuration(tmp_path: Path) -> None:
    folder = shutil.copytree(DEPLOY / "prometheus", tmp_path / "prometheus")
    (folder / "perpdesk.token").write_text("token")
    said = await run("promtool", "check", "config", folder / "prometheus.yml")
    assert said.count("rules found") == len(RULES)
    for file in RULES:
        assert "SUCCESS" in await run("promtool", "check", "rules", "--lint=all", "--lint-fatal", file)


def rendered(folder: Path, values: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Alertmanager's configuration, with those values put in."""
    file = folder / "values"
    file.write_text("# of this machine\n" + "".join(f"{name}={value}\n" for name, value in values.items()))
    return subprocess.run(
        [DEPLOY / "alertmanager" / "render", file], capture_output=True, text=True, check=False, timeout=60
    )


async def told(template: Path, name: str) -> str:
    """What the template makes of an alert that is over."""
    alert = {
        "status": "resolved",
        "labels": {"alertname": "BotDown", "severity": "page", "instance": "bot"},
        "annotations": {
            "summary": "It is down",
            "impact": "Nobody is answered.",
            "command": "look",
            "runbook_url": "docs/runbook.md#botdown",
        },
        "startsAt": "2026-11-27T16:27:50Z",
        "endsAt": "2026-11-27T16:33:50Z",
    }
    data = {"status": "resolved", "groupLabels": {"alertname": "BotDown"}, "alerts": [alert]}
    file = template.with_name("alerts.json")
    file.write_text(json.dumps({**data, "commonLabels": alert["labels"]}))
    text = f'{{{{ template "{name}" . }}}}'
    arguments = ("--template.glob", template, "--template.text", text, "--template.data", file)
    return (await run("amtool", "template", "render", *arguments)).strip()


async def test_alertmanager_takes_its_configuration(tmp_path: Path) -> None:
    text = rendered(tmp_path, VALUES).stdout
    (tmp_path / "alertmanager.yml").write_text(text)
    shutil.copy(DEPLOY / "alertmanager" / "perpdesk.tmpl", tmp_path)
    said = await run("amtool", "check-config", tmp_path / "alertmanager.yml")
    assert "3 receivers" in said
    config = yaml.safe_load(text)
    assert config["global"]["smtp_auth_password"] == VALUES["SMTP_PASSWORD"]
    assert await told(tmp_path / "perpdesk.tmpl", "perpdesk.text") == (
        "It is down (bot)\nNobody is answered.\nFirst: look\ndocs/runbook.md#botdown\n"
        "since 2026-11-27 16:27:50 until 2026-11-27 16:33:50 UTC"
    )
    assert await told(tmp_path / "perpdesk.tmpl", "perpdesk.subject") == "BotDown is over"
    for labels, receivers in (
        (("severity=page", "alertname=BotDown"), "mail,telegram"),
        (("severity=ticket", "alertname=LoopLag"), "telegram"),
        (("severity=none", "alertname=Watchdog"), "outside"),
    ):
        routed = await run(
            "amtool", "config", "routes", "test", "--config.file", tmp_path / "alertmanager.yml", *labels
        )
        assert routed.strip() == receivers


@pytest.mark.parametrize("missing", sorted(VALUES))
def test_a_place_without_a_value_is_refused(tmp_path: Path, missing: str) -> None:
    done = rendered(tmp_path, {name: value for name, value in VALUES.items() if name != missing})
    assert (done.returncode, done.stderr) == (1, f"render: no value for {missing}\n")


async def test_every_metric_that_a_rule_asks_for_is_there(tmp_path: Path) -> None:
    async with harness(tmp_path) as made:
        shown = {name for name, _ in await scraped(made.assembly)}
    for rule in rules():
        assert names_in(rule["expr"]) <= shown | recorded(), rule


async def test_promtool_finds_nothing_to_say_of_the_metrics(tmp_path: Path) -> None:
    async with harness(tmp_path) as made:
        text = await metrics_text(made.assembly)
    assert await run("promtool", "check", "metrics", text=text) == ""


def test_every_alert_says_what_to_do() -> None:
    """Alert, runbook and the table of 03:00 name one first command; what it looks for in the log is logged."""
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOK.read_text(), re.MULTILINE | re.DOTALL))
    rows = dict(re.findall(r"^\| \[(\w+)\]\(runbook.md#\w+\) (.*)$", OPERATOR.read_text(), re.MULTILINE))
    logged = re.findall(r'_logger\.\w+\(\s*"(.*?)"', "".join(each.read_text() for each in ROOT.glob("bot/**/*.py")))
    for name, rule in alerts().items():
        assert rule["labels"]["severity"] in {"page", "ticket", "none"}
        assert set(rule["annotations"]) == {"summary", "impact", "command", "runbook_url"}
        assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{name.lower()}"
        command = rule["annotations"]["command"]
        assert f"* First: `{command}`" in sections[name], name
        assert f"`{command}`" in rows[name].replace("\\|", "|"), name
        for words in re.findall(r"journalctl.* grep -\w+ '?([\w|]+)", command):
            assert all(any(word in line for line in logged) for word in words.split("|")), name


@pytest.mark.skipif(not OPERATING.exists(), reason="needs ../shared/operating.md")
def test_the_alerts_are_those_that_were_agreed_on() -> None:
    agreed = {}
    for line in OPERATING.read_text().partition("## 4 ")[2].partition("\n## ")[0].splitlines():
        if match := re.fullmatch(r"\| (\w+) \| `(.*)` \| ([^|]*) \| (\w+) \|.*\|", line):
            agreed[match[1]] = (one_line(match[2]), match[3], match[4])
    assert agreed == {
        name: (one_line(rule["expr"]), waits(rule), rule["labels"]["severity"]) for name, rule in alerts().items()
    }


def one_line(expression: str) -> str:
    return re.sub(r"\s+", "", expression)


def waits(rule: dict[str, Any]) -> str:
    held = rule.get("keep_firing_for")
    return rule.get("for", "none") + (f", keep {held}" if held else "")
