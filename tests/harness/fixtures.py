"""What every test gets: a loop that our code may not block, no settings from outside; and the bot, if asked for."""

import gc
import os
from collections.abc import AsyncIterator, Mapping
from itertools import chain, groupby
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings

from harness import telegram_server
from harness.app import OWNER, Harness, Person
from harness.app import harness as open_harness
from harness.blocking import guard
from harness.payments import PaymentsHarness, open_payments
from harness.sim_telegram import Driver, driven
from harness.telegram_server import FakeTelegram
from harness.virtual_time import loop_factories

_LENGTHY: Final = ("kills", "campaign", "mutants", "bench", "deploy", "demo", "fuzz", "alerts")

settings.register_profile("perpdesk", deadline=None, print_blob=True)  # a shared machine: no test is timed
settings.load_profile("perpdesk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, some files of it on each worker: none of it is left when the others are done.

    xdist's worksteal gives each worker a stretch of the list to begin with.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1:
        return
    lengthy = [[*some] for _, some in groupby(filter(_takes_long, items), key=lambda each: each.path)]
    others = [each for each in items if not _takes_long(each)]
    share = -(-len(items) // workers)
    items.clear()
    for number in range(workers):
        first = [*chain.from_iterable(lengthy[number::workers])]
        count = max(0, share - len(first))
        items += first + others[:count]
        del others[:count]
    items += others


def _takes_long(item: pytest.Item) -> bool:
    return item.path.parent.name == "e2e" or any(word in item.path.stem for word in _LENGTHY)


def pytest_collection_finish() -> None:
    """Thousands of collected tests are no garbage: they are never looked at again, and the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Any]:
    """Real time, but for tests of the marker `virtual_time`."""
    return loop_factories(is_virtual=item.get_closest_marker("virtual_time") is not None)


@pytest.fixture(autouse=True)
def no_blocking_call() -> None:
    """Fail a test whose event loop runs a blocking call of ours."""
    guard().activate()


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of whoever runs the tests stay out of them."""
    for name in os.environ:
        if name.startswith("PERPDESK_"):
            monkeypatch.delenv(name)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    """The bot as it runs, over a fake Telegram and a fake Bybit."""
    async with open_harness(tmp_path) as built:
        yield built


@pytest.fixture
def owner(harness: Harness) -> Person:
    return harness.person(OWNER, name="Olga")


@pytest.fixture
async def payments(tmp_path: Path) -> AsyncIterator[PaymentsHarness]:
    """The same with an account of Stars at Telegram."""
    async with open_payments(tmp_path) as built:
        yield built


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """The Bot API's wire, with faults on demand."""
    async with telegram_server.serve(FakeTelegram()) as server:
        yield server


@pytest.fixture
async def sim() -> AsyncIterator[Driver]:
    """The Telegram stand-in with a driver."""
    async with driven() as driver:
        yield driver


@pytest.fixture
async def started(sim: Driver) -> None:
    """Somebody sent /start to the stand-in's bot."""
    await sim.say("/start")
