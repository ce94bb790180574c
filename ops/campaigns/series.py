"""A hundred thousand users, symbols and commands (`tests/integration/test_series_under_load.py`): no series more."""

import time
from typing import Final

from ops.campaigns.own_test import run_test
from ops.campaigns.report import Report

USERS: Final = 100_000  # whatever the budget
_TEST: Final = "tests/integration/test_series_under_load.py::test_many_users_symbols_and_commands_make_no_series"


def run(seed: int, _: float, users: int = USERS) -> Report:
    """Counts the metric series with so many users, once; the seed changes nothing."""
    began = time.monotonic()
    failures, _ = run_test(_TEST, f"SERIES_USERS={users}")
    return Report(
        name="series under load",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=1,
        steps=users,
        failures=failures,
    )
