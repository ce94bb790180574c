"""A sidecar on a free port of 127.0.0.1."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from prometheus_client.registry import Collector

from bot.domain.health import Reason
from bot.domain.secrets import Secret
from cache.facade import CachedReads
from harness.cache import Source
from harness.fakes import FakeClock
from stats_api.app import create_app
from stats_api.server import serve


@dataclass(repr=False)
class Sidecar:
    """One running sidecar and what stands behind it."""

    address: str = ""
    reads: CachedReads = field(default_factory=lambda: Source().reads())
    reasons: tuple[Reason, ...] = ()
    stuck: tuple[str, ...] = ()
    extra: tuple[Collector, ...] = ()
    clock: FakeClock = field(default_factory=FakeClock)
    sample_every: float = 10.0

    @asynccontextmanager
    async def running(self, *, token: str | None = None, patience: float = 15.0) -> AsyncIterator["Sidecar"]:
        app = create_app(
            stats=self.reads.stats,
            reasons=lambda: self.reasons,
            stuck=lambda: self.stuck,
            clock=self.clock,
            version="0.1.0",
            token=None if token is None else Secret(token),
            extra=self.extra,
            sample_every=self.sample_every,
        )
        async with serve(app, port=0, patience=patience) as address:
            self.address = address
            yield self

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])
