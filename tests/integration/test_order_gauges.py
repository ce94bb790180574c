"""What the metrics of orders say while something is in doubt, unprotected, or had to be closed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.order_core import OrderCore, open_core
from prometheus_client.core import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.errors import ExchangeRejected
from bot.services.trading.order_gauges import OrderGaugeReader
from bot.services.trading.reconcile import ReconcileStats
from bot.wiring.order_metrics import OrderCollector
from storage.trading.order_gauges import SqliteOrderGauges


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[OrderCore]:
    async with open_core(tmp_path) as opened:
        yield opened


class Page:
    """What a scrape reads after a round of the job."""

    def __init__(self, core: OrderCore) -> None:
        self._reader = OrderGaugeReader(queries=SqliteOrderGauges(core.storage.database))
        self._registry = CollectorRegistry()
        self._registry.register(
            OrderCollector(lambda: self._reader.newest, ReconcileStats, core.runner.stages, core.storage.clock)
        )

    async def read(self) -> dict[str, float]:
        await self._reader.read()
        return {
            sample.name.removeprefix("perpdesk_") + "".join(f":{each}" for each in sample.labels.values()): sample.value
            for family in text_string_to_metric_families(generate_latest(self._registry).decode())
            for sample in family.samples
        }


async def test_every_series_is_there_while_nothing_happens(core: OrderCore) -> None:
    found = await Page(core).read()
    assert set(found.values()) == {0}
    states = {"acknowledged", "intent", "open", "partially_filled", "sending", "unknown", "untriggered"}
    assert {name.partition(":")[2] for name in found if name.startswith("orders:")} == states


async def test_an_order_of_unknown_fate_and_its_age(core: OrderCore) -> None:
    page = Page(core)
    core.gateway.faults.append("down")
    await core.confirm()
    core.storage.clock.advance(70)
    found = await page.read()
    assert (found["orders:unknown"], found["order_unknown"]) == (1, 1)
    assert found["order_unknown_oldest_seconds"] == 70
    for _ in range(4):
        await core.settle()
        core.storage.clock.advance(10)
    found = await page.read()
    assert (found["orders:unknown"], found["order_unknown"], found["order_unknown_oldest_seconds"]) == (0, 0, 0)


async def test_a_position_without_its_stop_and_the_close_that_follows(core: OrderCore) -> None:
    page = Page(core)
    core.gateway.is_stop_lost = True
    core.gateway.faults.extend([None, ExchangeRejected("no", code=10001)])
    await core.confirm()
    core.storage.clock.advance(0.5)
    await core.settle()
    found = await page.read()
    assert (found["position_unprotected"], found["position_unprotected_oldest_seconds"]) == (1, 0.5)
    assert found["emergency_closes_total"] == 0
    for _ in range(2):
        core.storage.clock.advance(2)
        await core.settle()
    found = await page.read()
    assert (found["position_unprotected"], found["position_unprotected_oldest_seconds"]) == (0, 0)
    assert found["emergency_closes_total"] == 1


async def test_the_counter_of_emergency_closes_does_not_fall_with_their_rows(core: OrderCore) -> None:
    page = Page(core)
    core.gateway.is_stop_lost = True
    core.gateway.faults.extend([None, ExchangeRejected("no", code=10001)])
    await core.confirm()
    for _ in range(3):
        core.storage.clock.advance(2)
        await core.settle()
    assert (await page.read())["emergency_closes_total"] == 1
    async with core.storage.store.begin() as unit:
        await unit.privacy.erase(core.config.user_id)
    assert (await page.read())["emergency_closes_total"] == 1


async def test_the_stages_of_a_trade_are_timed_once(core: OrderCore) -> None:
    page = Page(core)
    trade = await core.confirm()
    core.storage.clock.advance(0.2)
    for _ in range(2):
        await core.watch.told(trade.intents)
        trade = await core.trade()
    found = await page.read()
    stages = ("tap_commit", "commit_wire", "wire_ack", "ack_fill", "fill_told")
    assert [found[f"stage_seconds_count:{stage}"] for stage in stages] == [1] * 5
    assert found["stage_seconds_sum:fill_told"] == pytest.approx(0.2)
    assert (found["stage_seconds_bucket:0.025:fill_told"], found["stage_seconds_bucket:0.25:fill_told"]) == (0, 1)
