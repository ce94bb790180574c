"""The Grafana dashboard: what can be said of it without Grafana."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from harness.app import harness
from harness.metrics import scraped
from harness.prometheus import DASHBOARD, DEPLOY, RULES, expressions, names_in, recorded, run

CORE: Final = {"row", "timeseries", "stat", "bargauge"}  # panels that come with Grafana
ROWS: Final = (
    "Verdict and alerts",
    "Orders and positions",
    "Telegram",
    "Bybit",
    "Cache",
    "SQLite, process and disk",
    "Jobs and backups",
)


@pytest.fixture
def dashboard() -> dict[str, Any]:
    return dict(json.loads(DASHBOARD.read_text()))


def test_it_is_a_classic_dashboard_that_any_grafana_takes(dashboard: dict[str, Any]) -> None:
    assert 39 <= dashboard["schemaVersion"] <= 42
    assert (dashboard["uid"], dashboard["id"], dashboard["timezone"]) == ("perpdesk", None, "utc")
    (variable,) = [each for each in dashboard["templating"]["list"] if each["type"] == "datasource"]
    assert (variable["name"], variable["query"]) == ("datasource", "prometheus")
    assert [each["name"] for each in dashboard["__inputs"]] == ["DS_PROMETHEUS"]
    assert {panel["type"] for panel in dashboard["panels"]} == CORE
    assert tuple(panel["title"] for panel in dashboard["panels"] if panel["type"] == "row") == ROWS


def test_every_panel_has_its_place_its_unit_and_the_chosen_source(dashboard: dict[str, Any]) -> None:
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = set[tuple[int, int]]()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24, panel["title"]
        taken |= cells
        if panel["type"] != "row":
            assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
            assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}, panel["title"]
            if any(part in target["expr"] for target in panel["targets"] for part in (" > 0", " == 1")):
                assert panel["fieldConfig"]["defaults"]["noValue"], f"{panel['title']}: 'No data' while all is well"


async def test_every_expression_is_one_and_asks_for_what_is_there(tmp_path: Path) -> None:
    asked = [{"record": f"panel:{number}", "expr": each} for number, each in enumerate(expressions())]
    assert len(asked) > 80, "nothing was read"
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": asked}]}))
    assert f"{len(asked)} rules found" in await run("promtool", "check", "rules", file)
    async with harness(tmp_path) as made:
        shown = {name for name, _ in await scraped(made.assembly)}
    for rule in asked:
        assert names_in(rule["expr"]) <= shown | recorded(), rule["expr"]
        assert names_in(rule["expr"]) or "ALERTS" in rule["expr"], rule["expr"]


def test_it_is_provisioned_with_a_source() -> None:
    sources = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/perpdesk.yml").read_text())
    assert [(each["type"], each["isDefault"]) for each in sources["datasources"]] == [("prometheus", True)]
    providers = yaml.safe_load((DEPLOY / "grafana/provisioning/dashboards/perpdesk.yml").read_text())
    assert [each["type"] for each in providers["providers"]] == ["file"]


def test_what_is_recorded_is_drawn() -> None:
    drawn = set[str]().union(*map(names_in, expressions()))
    assert recorded() - drawn == set(), f"in {RULES[1].name}, and nobody looks at it"
