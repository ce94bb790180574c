"""One look at the metrics, and one text of them, for everybody who asks within a second."""

import asyncio
import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.registry import Collector

from bot.aio.tasks import TaskSet
from bot.domain.ports.clock import Clock
from stats_api.answers import COMPRESS_LEVEL
from stats_api.collector import SampledCollector
from stats_api.scrape import Scrape

RENDER_EVERY: Final = 1.0  # s; a rendering takes milliseconds of the loop that the chat runs on


@dataclass(frozen=True, slots=True)
class Rendering:
    """One rendering of /metrics, plain and packed."""

    plain: bytes
    packed: bytes


class SharedScrapes:
    """A registry's metrics, at most `every` seconds old; whoever asks in between shares them.

    Collectors among `collectors` that read files do so in a thread. If a disk doesn't answer within `patience_s`
    seconds, its last figures are shown, so that a disk that hangs hides nothing else.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        collectors: Iterable[Collector],
        clock: Clock,
        every: float,
        *,
        patience_s: float = 5.0,
    ) -> None:
        self._registry = registry
        self._sampled = [each for each in collectors if isinstance(each, SampledCollector)]
        self._clock = clock
        self._every = every
        self._patience_s = patience_s
        self._tasks = TaskSet()
        self._sampling: asyncio.Task[None] | None = None
        self._newest: asyncio.Task[Scrape] | None = None
        self._began = 0.0
        self._rendered: tuple[Scrape, asyncio.Task[Rendering]] | None = None

    async def read(self) -> Scrape:
        """Raises what a collector raised; the next reader tries again."""
        newest = self._newest
        if newest is None or self._is_over(newest):
            self._began = self._clock.monotonic()
            newest = self._newest = self._tasks.spawn(self._scrape(), "sidecar metrics", expected=Exception)
        return await asyncio.shield(newest)

    async def render(self) -> Rendering:
        """What /metrics answers. Raises as `read` does."""
        scrape = await self.read()
        if self._rendered is None or self._rendered[0] is not scrape:
            self._rendered = scrape, self._tasks.spawn(_render(scrape), "sidecar text", expected=Exception)
        return await asyncio.shield(self._rendered[1])

    async def close(self) -> None:
        await self._tasks.close()

    def _is_over(self, scrape: asyncio.Task[Scrape]) -> bool:
        if not scrape.done():
            return False
        failed = scrape.cancelled() or scrape.exception() is not None
        return failed or self._clock.monotonic() - self._began >= self._every

    async def _scrape(self) -> Scrape:
        await self._sample_files()
        now, seconds = self._clock.now(), self._clock.monotonic()
        return Scrape(self._registry.collect(), now, seconds)  # on the loop: the counters are its own

    async def _sample_files(self) -> None:
        sampling = self._sampling
        if sampling is None or sampling.done():
            work = asyncio.to_thread(self._sample)
            sampling = self._sampling = self._tasks.spawn(work, "sidecar file reads", expected=Exception)
        done, _ = await asyncio.wait({sampling}, timeout=self._patience_s)
        if done:
            sampling.result()

    def _sample(self) -> None:
        for each in self._sampled:
            each.sample()


async def _render(scrape: Scrape) -> Rendering:
    plain = generate_latest(scrape)
    return Rendering(plain, await asyncio.to_thread(gzip.compress, plain, COMPRESS_LEVEL, mtime=0))
