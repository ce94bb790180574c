"""The process's beat: once a second while loop, writer and lanes go on. A thread of its own ends a process without one.

A container's engine starts nothing anew that is merely ill, and systemd's watchdog is not everywhere.
"""

import asyncio
import faulthandler
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from bot.aio.tasks import TaskSet
from bot.lifecycle import EXIT_STUCK
from bot.service_manager import ServiceManager

EVERY_S: Final = 1.0
MOST_SILENT: Final = 30  # turns of the thread without a beat
_MORE_TIME: Final = "EXTEND_TIMEOUT_USEC=60000000"  # for what a start may have to do: a migration, a check of all pages
_STATUS_MOST: Final = 300  # characters
_UNKNOWN: Final = "nobody knows how it fares: see the log"
_logger = logging.getLogger(__name__)


def end_process(words: str) -> None:
    """What every thread is doing, on standard error; then the end, without a word to anybody who may be stuck."""
    os.write(2, f"perpdesk: {words}: the process is ended\n".encode())
    faulthandler.dump_traceback(file=sys.__stderr__ or 2, all_threads=True)
    os._exit(EXIT_STUCK)


class Pulse:
    """Beats, and tells the service manager.

    Turns are counted, not seconds: a process that was frozen or starved as a whole was not stuck.
    """

    def __init__(
        self,
        manager: ServiceManager,
        *,
        every_s: float = EVERY_S,
        most_silent: int = MOST_SILENT,
        end: Callable[[str], None] = end_process,
    ) -> None:
        self._manager = manager
        self._every_s = every_s
        self._most_silent = most_silent
        self._end = end
        self._beats = 0
        self._is_over = threading.Event()
        self._is_starting = True
        self._told = ""
        self._stuck = ""
        self._find_stuck: Callable[[], tuple[str, ...]] = tuple
        self._look: Callable[[], str] = lambda: "starting"

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Pulse"]:
        """The pulse, which beats and is watched while the block runs."""
        thread = threading.Thread(target=self._watch, name="pulse", daemon=True)
        thread.start()
        try:
            async with TaskSet() as tasks:
                tasks.start(self._keep_beating(), "pulse")
                yield self
        finally:
            self._is_over.set()

    def started(self, stuck: Callable[[], tuple[str, ...]], look: Callable[[], str]) -> None:
        """From here on it serves: database and sidecar are up. `stuck`: what does not go on; `look`: the status."""
        self._find_stuck, self._look = stuck, look
        self._is_starting = False
        self._manager.tell("READY=1")

    def stopping(self) -> None:
        self._manager.tell("STOPPING=1")

    def _beat(self) -> None:
        """One beat, unless something is stuck."""
        self._stuck = "; ".join(self._find_stuck())
        if self._stuck:
            return
        self._beats += 1
        words = self._status()[:_STATUS_MOST].replace("\n", " ")
        told = [] if words == self._told else [f"STATUS={words}"]
        self._told = words
        self._manager.tell(*told, _MORE_TIME if self._is_starting else "WATCHDOG=1")

    def _status(self) -> str:
        """What `look` says; a fault in it is no reason to end a process that goes on."""
        try:
            return self._look()
        except Exception:
            if self._told != _UNKNOWN:
                _logger.exception("the status can't be told")
            return _UNKNOWN

    async def _keep_beating(self) -> None:
        while True:
            self._beat()
            await asyncio.sleep(self._every_s)

    def _watch(self) -> None:
        """Run in the thread: end the process once it was silent for too many turns."""
        seen, silent = -1, 0
        while not self._is_over.wait(self._every_s):
            silent = silent + 1 if self._beats == seen else 0
            seen = self._beats
            if silent >= self._most_silent:
                self._end(self._stuck or "the event loop does not turn")
                return
