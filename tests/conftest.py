"""No way off the machine, and the fixtures of every test where tests are run."""

import os
from pathlib import Path

import pytest
from loopback import forbid_reaching_out

WALL = Path(__file__).parent / "wall"

forbid_reaching_out()
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(WALL), os.environ.get("PYTHONPATH"))))  # in children, too


def pytest_configure(config: pytest.Config) -> None:
    """Who only hands tests out to workers waits for none of the bot's imports."""
    if not config.getoption("numprocesses", None):
        config.pluginmanager.import_plugin("harness.fixtures")
