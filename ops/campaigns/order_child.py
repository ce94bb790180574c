"""The bot as a process that dies at a commit of one's choice: `python -m ops.campaigns.order_child`.

The parent writes a line with a number for each life: the commit, counted from readiness, at which the process kills
itself: an even one right before SQLite is asked to commit, an odd one right after; -1 for a life that is not cut short.
A fork of this process then runs the bot with its settings. Forking saves the second that the imports take.
"""

import os
import signal
import sqlite3
import sys
from typing import Any, Final, NoReturn

from bot.__main__ import finish, start_logging
from bot.app import run
from bot.settings import load
from bot.wiring.outside import Outside

NEVER: Final = -1


class KillingConnection(sqlite3.Connection):
    """A connection that ends the process at a commit. One writes, so that commits have an order."""

    steps_left: int = NEVER
    is_armed: bool = False

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        """Every statement of the driver passes here; COMMIT is one."""
        if not sql.startswith("COMMIT") or not KillingConnection.is_armed:
            return super().execute(sql, *parameters)
        _step()
        found = super().execute(sql, *parameters)
        _step()
        return found


def _step() -> None:
    """One step towards the end: before or after a commit."""
    if KillingConnection.steps_left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    if KillingConnection.steps_left > 0:
        KillingConnection.steps_left -= 1


def main() -> None:
    """One life a line, until the parent closes the pipe."""
    for line in sys.stdin:
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _live(int(line))
        print(f"born {pid}", flush=True)
        _, status = os.waitpid(pid, 0)
        print(f"dead {os.waitstatus_to_exitcode(status)}", flush=True)


def _live(steps: int) -> NoReturn:
    os.close(0)
    KillingConnection.steps_left = steps
    settings = load()
    start_logging(settings)
    os._exit(finish(run(settings, outside=Outside(sqlite=KillingConnection), ready=_arm)))


def _arm(_: str) -> None:
    KillingConnection.is_armed = True


if __name__ == "__main__":
    main()
