"""Marks handled updates in the inbox: many in one commit, never on the path of an answer."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bot.aio.tasks import TaskSet
from bot.chat.updates import Incoming
from bot.domain.errors import StorageTrouble
from bot.domain.ids import DAY, MINUTE, Millis, UserId
from bot.domain.ports.chat import InboxStore
from bot.domain.ports.clock import Clock
from bot.domain.update_attempt import UpdateId

_log = logging.getLogger(__name__)

_RETRY_S: Final = 1.0  # between attempts while the disk refuses
_BETWEEN_COMMITS_S: Final = 0.05  # the writer's lock goes to others in between
_KEEP_MS: Final = 14 * DAY  # Telegram's ids become random after a week without updates


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMarkerStats:
    """`waiting`: handled updates that are not marked yet."""

    marked: int
    failed_commits: int
    waiting: int


class InboxMarker:
    """Collects what the lanes have done and writes it every `every_s` seconds or `rows` rows."""

    def __init__(self, store: InboxStore, clock: Clock, *, every_s: float = 0.2, rows: int = 200) -> None:
        self._store = store
        self._clock = clock
        self._every_s = every_s
        self._rows = rows
        self._done: list[UpdateId] = []
        self._seen: dict[UserId, Millis] = {}
        self._some = asyncio.Event()
        self._enough = asyncio.Event()
        self._marked = 0
        self._failed_commits = 0
        self._trouble: str | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator["InboxMarker"]:
        """Runs the background work; on leaving writes what is still waiting."""
        tasks = TaskSet()
        tasks.start(self._keep_flushing(), "marking of handled updates")
        try:
            yield self
        finally:
            await tasks.close()
            await self._try_flush()

    def done(self, update: Incoming) -> None:
        """It is handled and shall not come back."""
        self._done.append(update.update_id)
        if update.user_id is not None:
            self._seen[update.user_id] = self._clock.now()
        self._some.set()
        if len(self._done) >= self._rows:
            self._enough.set()

    async def failed(self, update: Incoming, attempts: int, *, set_aside: bool) -> None:
        """Note a failed attempt. A disk that refuses costs the note, not the lane."""
        try:
            await self._store.failed(update.update_id, attempts, set_aside=set_aside)
        except StorageTrouble as trouble:
            _log.warning("attempt %d at update %d could not be noted: %s", attempts, update.update_id, trouble)

    async def flush(self) -> None:
        """Write what is waiting in one commit. Raises StorageTrouble; nothing is lost then."""
        done, self._done = self._done, []
        seen, self._seen = self._seen, {}
        self._some.clear()
        self._enough.clear()
        if not done:
            return
        try:
            await self._store.finish(done, seen, self._clock.now())
        except BaseException:  # cancelled, too: marking twice is harmless
            self._done[:0] = done
            self._seen = {**seen, **self._seen}
            self._some.set()
            raise
        self._marked += len(done)
        self._trouble = None

    async def sweep(self) -> int:
        """Keep of what was handled a minute ago runs of numbers, for 14 days; rows that went. Raises StorageTrouble."""
        now = self._clock.now()
        joined = await self._all_of(self._store.join, now - MINUTE)
        return joined + await self._all_of(self._store.forget, now - _KEEP_MS)

    async def _all_of(self, some: Callable[[Millis], Awaitable[int]], before: int) -> int:
        total = 0
        while count := await some(Millis(before)):  # some a commit
            total += count
            await asyncio.sleep(_BETWEEN_COMMITS_S)
        return total

    def trouble(self) -> str | None:
        """Why handled updates can't be marked, for readiness; None while all is well."""
        return self._trouble

    def stats(self) -> InboxMarkerStats:
        return InboxMarkerStats(marked=self._marked, failed_commits=self._failed_commits, waiting=len(self._done))

    async def _keep_flushing(self) -> None:
        while True:
            await self._some.wait()
            try:
                async with asyncio.timeout(self._every_s):
                    await self._enough.wait()
            except TimeoutError:
                pass  # few came: they are written now
            if not await self._try_flush():
                await asyncio.sleep(_RETRY_S)

    async def _try_flush(self) -> bool:
        try:
            await self.flush()
        except StorageTrouble as trouble:
            self._failed_commits += 1
            if self._trouble is None:
                _log.error("%d handled updates could not be marked: %s", len(self._done), trouble)
            self._trouble = f"handled updates can't be marked: {trouble}"
            return False
        return True
