"""The sidecar's HTTP side: cache statistics, metrics, health, readiness. No answer speaks of a user."""

import asyncio
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from bot.domain.secrets import Secret
from cache.stats import RegionStats
from stats_api.answers import json_answer
from stats_api.collector import SampledProcess, bound, make_registry
from stats_api.guard import BODY_LIMIT, make_guard
from stats_api.openapi import describe
from stats_api.readiness import Readiness

HAS_TOKEN: Final = web.AppKey("has_token", bool)


def create_app(
    *,
    stats: Callable[[], tuple[RegionStats, ...]],
    readiness: Callable[[], Readiness],
    version: str,
    token: Secret | None = None,
    extra: Iterable[Collector] = (),
) -> web.Application:
    """The application. With a `token` every route demands it. `extra`: other parts' metrics, of closed label sets.

    Raises ValueError for an empty token.
    """
    if token is not None and not token.reveal().strip():
        raise ValueError("the sidecar's token is empty")
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=(make_guard(token),))
    app[HAS_TOKEN] = token is not None
    process = SampledProcess()
    routes = _Routes(stats, readiness, make_registry(stats, version=version, process=process, extra=extra), process)
    app.router.add_get("/api/stats/cache", routes.cache)
    app.router.add_get("/metrics", routes.metrics)
    app.router.add_get("/healthz", routes.health)
    app.router.add_get("/readyz", routes.ready)
    description = describe(version)

    async def openapi(_: web.Request) -> web.Response:
        return json_answer(description)

    app.router.add_get("/openapi.json", openapi)
    return app


class _Routes:
    """The handlers and what they read."""

    def __init__(
        self,
        stats: Callable[[], tuple[RegionStats, ...]],
        readiness: Callable[[], Readiness],
        registry: CollectorRegistry,
        process: SampledProcess,
    ) -> None:
        self._stats = stats
        self._readiness = readiness
        self._registry = registry
        self._process = process

    async def cache(self, _: web.Request) -> web.Response:
        return json_answer({region.name: region_json(region) for region in self._stats()})

    async def metrics(self, _: web.Request) -> web.Response:
        await asyncio.to_thread(self._process.sample)
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def health(self, _: web.Request) -> web.Response:
        return json_answer({"status": "ok"})

    async def ready(self, _: web.Request) -> web.Response:
        now = self._readiness()
        status = HTTPStatus.OK if now.ready else HTTPStatus.SERVICE_UNAVAILABLE
        return json_answer({"ready": now.ready, "reasons": now.reasons}, status)


def region_json(region: RegionStats) -> dict[str, Any]:
    """One region as /api/stats/cache shows it; the same numbers as in /metrics."""
    return {
        "hit_rate": region.hit_rate,
        "size": region.size,
        "capacity": region.capacity,
        "ttl_seconds": region.ttl,
        "hits": region.hits,
        "coalesced": region.coalesced,
        "misses": region.misses,
        "loads": region.loads,
        "load_failures": region.load_failures,
        "overtaken_loads": region.overtaken_loads,
        "evictions": region.evictions,
        "expirations": region.expirations,
        "invalidations": region.invalidations,
        "load_seconds": {
            "count": region.load_seconds.count,
            "sum": region.load_seconds.sum,
            "buckets": {bound(upper): count for upper, count in region.load_seconds.cumulative},
        },
    }
