"""What every test gets: a loop that may not be blocked by the product's code, and no leftovers of the environment."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster
from harness.app import Harness
from harness.app import harness as open_harness
from hypothesis import settings

PACKAGES = ["bot", "handlers", "storage", "cache", "stats_api"]

settings.register_profile("perpdesk", deadline=None, print_blob=True)  # a shared machine: no test is timed
settings.load_profile("perpdesk")


@pytest.fixture(autouse=True)
def no_blocking_call() -> Iterator[None]:
    """Fail a test whose event loop runs a blocking call of ours."""
    guard = BlockBuster(scanned_modules=PACKAGES)
    guard.activate()
    try:
        yield
    finally:
        guard.deactivate()


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
