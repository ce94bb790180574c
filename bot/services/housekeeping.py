"""The daily sweep: what served its purpose is deleted, a batch a commit, so that nobody waits behind it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import StorageTrouble
from bot.domain.ids import Millis
from bot.domain.ports.clock import Clock

PAUSE: Final = 0.05  # seconds between two batches: the writer's lock goes to others

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """One table's old rows.

    `forget` deletes a batch of those older than a moment and answers how many it was; 0 says that none is left.
    `keep` in ms: how long they stay.
    """

    name: str
    keep: int
    forget: Callable[[Millis], Awaitable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Housekeeping:
    """Sweeps every table with a retention rule."""

    rules: tuple[RetentionRule, ...]
    clock: Clock
    pause: float = PAUSE

    async def sweep(self) -> int:
        """How many rows went. A rule that fails is logged, the others are swept, then StorageTrouble is raised."""
        failed: list[str] = []
        gone = sum([await self._sweep(rule, failed) for rule in self.rules])
        if failed:
            raise StorageTrouble(f"old rows are left of {', '.join(failed)}")
        return gone

    async def _sweep(self, rule: RetentionRule, failed: list[str]) -> int:
        before = Millis(self.clock.now() - rule.keep)
        gone = 0
        try:
            while batch := await rule.forget(before):
                gone += batch
                await asyncio.sleep(self.pause)
        except Exception:
            _logger.exception("old rows of %s could not be deleted", rule.name)
            failed.append(rule.name)
        if gone:
            _logger.info("deleted %d old rows of %s", gone, rule.name)
        return gone
