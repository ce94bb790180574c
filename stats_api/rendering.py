"""What /metrics answers, rendered once for everybody who asks within a second."""

import asyncio
import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest

from bot.aio.tasks import TaskSet
from stats_api.answers import COMPRESS_LEVEL
from stats_api.collector import SampledCollector

RENDER_EVERY: Final = 1.0  # s; a rendering takes milliseconds of the loop that the chat runs on


@dataclass(frozen=True, slots=True)
class Rendering:
    """One rendering, plain and packed."""

    plain: bytes
    packed: bytes


class SharedPage:
    """The metrics of a registry as text, at most `every` s old when it is asked for; who asks meanwhile shares it."""

    def __init__(
        self,
        registry: CollectorRegistry,
        sampled: Sequence[SampledCollector],
        monotonic: Callable[[], float],
        every: float,
    ) -> None:
        self._registry = registry
        self._sampled = sampled
        self._monotonic = monotonic
        self._every = every
        self._tasks = TaskSet()
        self._rendering: asyncio.Task[Rendering] | None = None
        self._began = 0.0

    async def read(self) -> Rendering:
        """The page. Raises what rendering it raised; the next reader tries again."""
        under_way = self._rendering
        if under_way is None or self._is_over(under_way):
            self._began = self._monotonic()
            under_way = self._rendering = self._tasks.spawn(self._render(), "sidecar metrics", expected=Exception)
        return await asyncio.shield(under_way)

    async def close(self) -> None:
        await self._tasks.close()

    def _is_over(self, rendering: asyncio.Task[Rendering]) -> bool:
        if not rendering.done():
            return False
        failed = rendering.cancelled() or rendering.exception() is not None
        return failed or self._monotonic() - self._began >= self._every

    async def _render(self) -> Rendering:
        await asyncio.to_thread(self._sample)
        plain = generate_latest(self._registry)  # on the loop: the counters are its own
        packed = await asyncio.to_thread(gzip.compress, plain, COMPRESS_LEVEL, mtime=0)
        return Rendering(plain, packed)

    def _sample(self) -> None:
        for each in self._sampled:
            each.sample()
