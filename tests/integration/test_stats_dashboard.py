"""The overview and the history of a bot that was put together whole: the figures of /metrics and /api/stats/cache."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp.test_utils import TestClient, TestServer
from harness.app import TUNING, Harness
from harness.app import harness as open_harness
from harness.fakes import FakeClock
from harness.metrics import Series, one, samples
from harness.sources import ROOT
from harness.waiting import until

from bot.domain.health import ReasonKind
from stats_api.dashboard import SAMPLES
from stats_api.panels import LINES, TARGETS

SECONDS: Final = 10.0
ORDER: Final = [
    "at", "verdict", "money", "telegram_in", "telegram_out", "bybit", "cache", "streams", "host", "jobs", "backups"
]  # fmt: skip


class Page:
    """The sidecar of a harness, as a browser asks it; samples are taken all the time, one a moment of the clock."""

    def __init__(self, harness: Harness, client: "TestClient[Any, Any]") -> None:
        self.harness = harness
        self._client = client

    async def get(self, path: str) -> Any:
        async with self._client.get(path) as answer:
            assert answer.status == 200
            return await answer.json()

    async def overview(self) -> Any:
        return await self.get("/api/stats/overview")

    async def metrics(self) -> dict[Series, float]:
        async with self._client.get("/metrics") as answer:
            return samples(await answer.text())

    async def history(self) -> Any:
        """With the sample of this moment."""

        async def newest() -> Any:
            history = await self.get("/api/stats/history")
            return history if self.harness.clock.now() in history["at"] else None

        return await until(newest, what="a sample of this moment")

    async def pass_time(self, seconds: float = SECONDS) -> None:
        await self.history()
        self.harness.clock.advance(seconds)


@asynccontextmanager
async def opened(folder: Path, **changes: Any) -> AsyncIterator[Page]:
    async with open_harness(folder, tuning=replace(TUNING, history_every=0.005), **changes) as made:
        made.assembly.progress.step = None
        async with TestClient(TestServer(made.assembly.sidecar)) as client:
            page = Page(made, client)
            await page.history()
            yield page


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with opened(tmp_path) as made:
        yield made


async def test_the_overview_has_its_panels_in_the_order_of_the_page(page: Page) -> None:
    overview = await page.overview()
    assert list(overview) == ORDER
    assert overview["verdict"]["uptime_seconds"] == 0
    shown = (ROOT / "stats_api/page/index.html").read_text()
    panels = re.findall(r'data-at="([a-z_]+)\.', shown)
    assert list(dict.fromkeys(panels)) == [name for name in ORDER if name in panels]


async def test_figures_are_those_of_the_metrics_and_of_the_cache(page: Page) -> None:
    anna = page.harness.person()
    for text in ("/start", "/balance", "/balance", "/price btc", "/positions"):
        await anna.say(text)
    overview, metrics, cache = await page.overview(), await page.metrics(), await page.get("/api/stats/cache")
    assert overview["telegram_in"]["lanes"] == one(metrics, "perpdesk_telegram_lanes")
    assert overview["telegram_out"]["outbox_due"] == one(metrics, "perpdesk_outbox_due")
    assert overview["bybit"]["budget_used"] == one(metrics, "perpdesk_exchange_budget_used") > 0
    assert overview["host"]["file_bytes"] == one(metrics, "perpdesk_sqlite_file_bytes") > 0
    assert overview["streams"]["wanted"] == one(metrics, "perpdesk_stream_wanted")
    assert overview["money"]["orders_open"] == sum(
        value for (name, _), value in metrics.items() if name == "perpdesk_orders"
    )
    assert set(overview["cache"]) == set(cache)
    for region, found in cache.items():
        assert {name: found[name] for name in ("size", "capacity", "bytes", "max_bytes")}.items() <= overview["cache"][
            region
        ].items()
    assert overview["cache"]["balance"]["size"] == 1
    jobs = {dict(labels)["job"] for name, labels in metrics if name == "perpdesk_job_rounds_total"}
    assert set(overview["jobs"]) == jobs
    assert overview["jobs"]["refunds"] == {"rounds": 0, "failed": 0, "last_success": None, "age_seconds": None}


async def test_every_metric_that_is_read_exists(page: Page) -> None:
    source = "".join((ROOT / f"stats_api/{name}.py").read_text() for name in ("panels", "troubles", "windows"))
    asked = set(re.findall(r'"((?:perpdesk|process)_\w+)"', source))
    assert len(asked) > 40
    assert asked <= {name for name, _ in await page.metrics()}


async def test_every_figure_that_the_page_shows_is_answered(page: Page) -> None:
    overview, shown = await page.overview(), (ROOT / "stats_api/page/index.html").read_text()
    paths = {path for found in re.findall(r'data-(?:at|bar)="([^"]+)"', shown) for path in found.split()}
    paths |= {found.partition(":")[0] for found in re.findall(r'data-with="([^"]+)"', shown)}
    assert len(paths) > 40
    for path in paths:
        value = overview
        for name in path.split("."):
            value = value[name]
    assert set(re.findall(r'data-line="(\w+)"', shown)) <= set(LINES)


async def test_an_hour_s_hit_rate_stands_beside_what_is_aimed_at(page: Page) -> None:
    anna = page.harness.person()
    for text in ("/start", "/balance", "/balance", "/balance"):
        await anna.say(text)
    page.harness.clock.advance(SECONDS)
    cache, region = await page.get("/api/stats/cache"), (await page.overview())["cache"]["balance"]
    assert region["hit_rate"] == cache["balance"]["hit_rate"] > 0
    assert region["target"] == [0.70, 0.85]
    assert TARGETS == {
        "user_config": (0.90, 0.95), "balance": (0.70, 0.85), "position": (0.65, 0.80), "market_data": (0.80, 0.90)
    }  # fmt: skip
    history = await page.history()
    assert history["hit_rate"]["balance"] == [None, pytest.approx(region["hit_rate"], rel=0.001)]
    assert history["hit_rate"]["credentials"][-1] is None


async def test_rates_are_of_the_last_minute(page: Page) -> None:
    assert (await page.overview())["bybit"]["per_second"] is None
    for symbol in ("btc", "eth", "sol"):
        await page.harness.person().say(f"/price {symbol}")
    page.harness.clock.advance(SECONDS)
    metrics = await page.metrics()
    rate = sum(value for (name, _), value in metrics.items() if name == "perpdesk_exchange_requests_total") / SECONDS
    bybit = (await page.overview())["bybit"]
    assert bybit["per_second"] == bybit["outcomes_per_second"]["ok"] == rate > 0
    assert (await page.history())["lines"]["bybit_calls_per_second"] == [None, pytest.approx(rate, rel=0.001)]
    for _ in range(6):
        await page.pass_time()
    assert (await page.overview())["bybit"]["per_second"] == 0


async def test_the_history_is_columns_of_one_length_and_an_hour_long_at_most(page: Page) -> None:
    for _ in range(3):
        await page.pass_time()
    history = await page.history()
    assert history["capacity"] == SAMPLES
    assert len(history["at"]) == 4
    assert set(history["lines"]) == set(LINES)
    for column in [*history["lines"].values(), *history["hit_rate"].values()]:
        assert len(column) == 4
    assert [b - a for a, b in zip(history["at"], history["at"][1:], strict=False)] == [SECONDS * 1000] * 3


async def test_the_verdict_says_what_is_wrong_and_since_when(page: Page) -> None:
    page.harness.assembly.progress.problems = ()
    assert (await page.overview())["verdict"]["state"] == "well"
    page.harness.assembly.progress.is_stopping = True
    first = (await page.overview())["verdict"]
    page.harness.clock.advance(61)
    verdict = (await page.overview())["verdict"]
    (trouble,) = verdict["troubles"]
    assert (verdict["state"], trouble["name"]) == ("stopping", ReasonKind.STOPPING.value)
    assert (trouble["since"], trouble["age_seconds"]) == (first["troubles"][0]["since"], 61)
    assert verdict["uptime_seconds"] == 61


async def test_the_history_goes_on_after_a_sample_that_failed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with opened(tmp_path) as page:
        await page.history()
        sound, page.harness.assembly.progress.problems = page.harness.assembly.progress.problems, ()
        page.harness.assembly.progress.problems = None  # type: ignore[assignment]  what can't be looked at
        page.harness.clock.advance(SECONDS)
        await until(lambda: "the job dashboard failed" in caplog.text, what="a sample that failed")
        page.harness.assembly.progress.problems = sound
        assert len((await page.history())["at"]) == 2


async def test_an_hour_of_a_thousand_users_takes_no_more_room(tmp_path: Path) -> None:
    clock = FakeClock()
    async with opened(tmp_path, clock=clock) as page:
        few = await page.overview()
        for number in range(20):
            await page.harness.person(5_000 + number, name=f"Person {number}").say("/start")
        many = await page.overview()
    assert shape(few) == shape(many)
    assert "5000" not in str(many["cache"].keys())


def shape(value: Any) -> Any:
    """The names of an answer, without what depends on the moment."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items() if name != "outcomes_per_second"}
    return None
