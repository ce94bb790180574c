"""Prometheus' tools, and the configuration of ops/deploy as they take it."""

import asyncio
import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from harness.sources import ROOT

DEPLOY: Final = ROOT / "ops" / "deploy"
RULES: Final = (DEPLOY / "prometheus" / "alerts.rules.yml", DEPLOY / "prometheus" / "recording.rules.yml")
DASHBOARD: Final = DEPLOY / "grafana" / "dashboards" / "perpdesk.json"
_NAMES: Final = re.compile(r"\b(?:(?:perpdesk|process)_\w+|\w+:perpdesk_\w+:\w+)\b")


def tool(name: str) -> str:
    """A program's path; the test is skipped where it is missing."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name} (Debian packages prometheus and prometheus-alertmanager)")
    return found


async def run(name: str, *arguments: str | Path, text: str = "") -> str:
    """What the tool said; it must say that all is well."""
    command = [tool(name), *map(str, arguments)]
    done = await asyncio.to_thread(subprocess.run, command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@cache
def rules() -> tuple[dict[str, Any], ...]:
    """Every alert and every recording rule."""
    groups = [group for file in RULES for group in yaml.safe_load(file.read_text())["groups"]]
    return tuple(rule for group in groups for rule in group["rules"])


def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def recorded() -> set[str]:
    return {rule["record"] for rule in rules() if "record" in rule}


def expressions() -> list[str]:
    """Those of the Grafana dashboard, as Prometheus would be asked."""
    dashboard = json.loads(DASHBOARD.read_text())
    found = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    found += [each["expr"] for each in dashboard["annotations"]["list"]]
    return [each.replace("$__rate_interval", "5m").replace("$instance", ".*") for each in found]


def names_in(expression: str) -> set[str]:
    """Metrics that an expression asks for; words in quotes are no metrics."""
    return set(_NAMES.findall(re.sub(r'"[^"]*"', '""', expression)))
