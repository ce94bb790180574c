"""A campaign that is one of our own tests, at another size."""

import subprocess
import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
_TAIL: Final = 60  # lines of the output of one that failed


def run_test(test: str, sized: str) -> tuple[tuple[str, ...], bool]:
    """The failures of that test, run with a variable such as USERS=5 that sizes it; whether it was skipped."""
    ran = subprocess.run(  # noqa: S603  our own test, by our own interpreter
        ["/usr/bin/env", sized, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    tail = "\n".join(ran.stdout.splitlines()[-_TAIL:])
    return ((f"{sized}:\n{tail}",) if ran.returncode else ()), "skipped" in ran.stdout
