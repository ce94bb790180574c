"""The bot as a process that dies at a commit of one's choice: `python -m ops.campaigns.order_child`.

The parent writes a line for each life, `commit 7` or `send 7`: the step, counted from its start, at which the process
kills itself. An even one is right before SQLite is asked to commit, or a write goes out to Bybit; an odd one is right
after it. -1 is a life that is not cut short. A fork of this process then runs the bot with its settings and a patience
that fits into such lives. Forking saves the seconds that imports and texts take. `born`, `ready` and `dead` are told.
"""

import asyncio
import gc
import os
import signal
import sqlite3
import sys
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from bot.__main__ import finish, start_logging
from bot.app import assemble, run
from bot.domain.patience import Patience
from bot.exchange.bybit.transport import Timeouts, Transport
from bot.settings import load
from bot.wiring.outside import Outside, Tuning
from bot.wiring.proxies import to_bybit

NEVER: Final = -1
PATIENCE: Final = Patience(
    recv_window=1_500, window=3_000, answers=3, over=900, apart=200, lag=1_500, owed=1_500, accepted=6_000
)
"""Bybit's, so far shortened that what is unknown is decided within a life, on a busy machine too."""
TIMEOUTS: Final = Timeouts(answer=2.0, connect=2.0, check=2.0)


@dataclass(slots=True)
class _Countdown:
    """To the end of this process, in steps of one kind."""

    kind: str = ""
    left: int = NEVER

    def step(self, kind: str) -> None:
        """One step of that kind was taken."""
        if kind != self.kind:
            return
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


_END: Final = _Countdown()


class KillingConnection(sqlite3.Connection):
    """A connection that ends the process at a commit. One writes, so that commits have an order."""

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        """Every statement of the driver passes here; COMMIT is one."""
        if not sql.startswith("COMMIT"):
            return super().execute(sql, *parameters)
        _END.step("commit")
        found = super().execute(sql, *parameters)
        _END.step("commit")
        return found


class KillingTransport(Transport):
    """Connections to Bybit that end the process before a write goes out, or once it did, with nobody to be answered."""

    def _write(self, transport: asyncio.Transport, data: bytes) -> None:
        is_write = data.startswith(b"POST")
        if is_write:
            _END.step("send")
        super()._write(transport, data)
        if is_write:
            _END.step("send")


def main() -> None:
    """One life a line, until the parent closes the pipe."""
    os.setsid()  # whoever ends this group ends the lives, too
    gc.disable()  # as a bot does that is alone: nothing made so far is ever garbage
    asyncio.run(_prepare())
    for line in sys.stdin:
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _live(*line.split())
        _, status = os.waitpid(pid, 0)
        print(f"dead {os.waitstatus_to_exitcode(status)}", flush=True)


async def _prepare() -> None:
    """Everything put together once: texts are read and patterns compiled, which lives need not do any more."""
    async with assemble(load()):
        pass


def _live(kind: str, steps: str) -> NoReturn:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # not the parent's pipe; and libuv closes none of the first three
    print(f"born {os.getpid()}", flush=True)
    _END.kind, _END.left = kind, int(steps)
    settings = load()
    start_logging(settings)
    outside = Outside(
        sqlite=KillingConnection,
        bybit=lambda clock: KillingTransport(clock=clock, connector=to_bybit(settings, clock), timeouts=TIMEOUTS),
    )
    os._exit(finish(run(settings, outside=outside, tuning=Tuning(bybit_patience=PATIENCE), ready=_say_ready)))


def _say_ready(_: str) -> None:
    print("ready", flush=True)


if __name__ == "__main__":
    main()
