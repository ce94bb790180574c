"""A process that is killed in the middle of rotations: `python -m ops.campaigns.rotation_child DATABASE KEY_FILE`.

A fork of this process rotates for each line of the input, and writes `at N` when so many accounts are sealed anew; then
this process writes `ended CODE`. Forking saves the second that the imports take.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Final

from storage.key_rotation import rotate_keys
from storage.sqlite.database import Database, PageCheck

BATCH: Final = 50


def main() -> None:
    """One life a line, until the parent closes the pipe."""
    database, key_file = map(Path, sys.argv[1:])
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            _tell(f"born {os.getpid()}")
            asyncio.run(_rotate(database, key_file))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        _tell(f"ended {os.waitstatus_to_exitcode(status)}")


async def _rotate(path: Path, key_file: Path) -> None:
    async with Database.open(path, check=PageCheck.NEVER) as database:
        _tell("at 0")
        await rotate_keys(database, key_file, lambda done, _: _tell(f"at {done}"), batch=BATCH)
        _tell("at the end")


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # in one piece: shorter than a pipe's atomic write


if __name__ == "__main__":
    main()
