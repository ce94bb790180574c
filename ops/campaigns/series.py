"""A hundred thousand users, symbols and commands (`tests/integration/test_series_under_load.py`): no series more."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from ops.campaigns.report import Report

USERS: Final = 100_000  # whatever the budget
_ROOT: Final = Path(__file__).parents[2]
_TEST: Final = "tests/integration/test_series_under_load.py::test_many_users_symbols_and_commands_make_no_series"
_TAIL: Final = 60  # lines of the output of one that failed


def run(seed: int, _: float, users: int = USERS) -> Report:
    """Once; the seed changes nothing."""
    began, which = time.monotonic(), f"SERIES_USERS={users}"
    ran = subprocess.run(  # noqa: S603  our own test, by our own interpreter
        ["/usr/bin/env", which, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", _TEST],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    tail = "\n".join(ran.stdout.splitlines()[-_TAIL:])
    return Report(
        name="series under load",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=1,
        steps=users,
        failures=(f"{which}:\n{tail}",) if ran.returncode else (),
    )
