"""The sidecar's HTTP side: cache statistics, metrics, health, readiness. No answer speaks of a user."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import hdrs, web
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from bot.domain.health import Reason
from bot.domain.ids import Millis
from bot.domain.secrets import Secret
from cache.stats import RegionStats
from stats_api.answers import json_answer, takes_gzip
from stats_api.collector import ProcessSampler, SampledCollector, bound, make_registry
from stats_api.guard import BODY_LIMIT, make_guard
from stats_api.openapi import describe
from stats_api.rendering import RENDER_EVERY, SharedPage

HAS_TOKEN: Final = web.AppKey("has_token", bool)


def create_app(
    *,
    stats: Callable[[], tuple[RegionStats, ...]],
    reasons: Callable[[], tuple[Reason, ...]],
    stuck: Callable[[], tuple[str, ...]],
    now: Callable[[], Millis],
    version: str,
    token: Secret | None = None,
    extra: Iterable[Collector] = (),
    monotonic: Callable[[], float] = time.monotonic,
    render_every: float = RENDER_EVERY,
) -> web.Application:
    """The application. With a `token` every route demands it; without one only requests to a loopback name are served.

    `reasons` say why the process is not ready, by the clock of `now`; none: it is. `stuck` says what does not go on.
    `extra`: other parts' metrics, of closed label sets. Metrics are rendered every `render_every` s at most.

    Raises ValueError for an empty token.
    """
    if token is not None and not token.reveal().strip():
        raise ValueError("the sidecar's token is empty")
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=(make_guard(token),))
    app[HAS_TOKEN] = token is not None
    extra = (*extra, ProcessSampler())
    registry = make_registry(stats, version=version, extra=extra)
    sampled = [each for each in extra if isinstance(each, SampledCollector)]
    page = SharedPage(registry, sampled, monotonic, render_every)
    app.on_cleanup.append(lambda _: page.close())
    routes = _Routes(stats, reasons, stuck, now, page)
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
        reasons: Callable[[], tuple[Reason, ...]],
        stuck: Callable[[], tuple[str, ...]],
        now: Callable[[], Millis],
        page: SharedPage,
    ) -> None:
        self._stats = stats
        self._reasons = reasons
        self._stuck = stuck
        self._now = now
        self._page = page

    async def cache(self, _: web.Request) -> web.Response:
        return json_answer({region.name: region_json(region) for region in self._stats()})

    async def metrics(self, request: web.Request) -> web.Response:
        page = await self._page.read()
        headers = {hdrs.CONTENT_TYPE: CONTENT_TYPE_PLAIN_0_0_4, hdrs.VARY: hdrs.ACCEPT_ENCODING}
        if not takes_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
            return web.Response(body=page.plain, headers=headers)
        return web.Response(body=page.packed, headers={**headers, hdrs.CONTENT_ENCODING: "gzip"})

    async def health(self, _: web.Request) -> web.Response:
        stuck = self._stuck()
        if stuck:
            return json_answer({"status": "stuck", "stuck": stuck}, HTTPStatus.SERVICE_UNAVAILABLE)
        return json_answer({"status": "ok"})

    async def ready(self, _: web.Request) -> web.Response:
        reasons, now = self._reasons(), self._now()
        status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
        return json_answer({"ready": not reasons, "reasons": [reason_json(each, now) for each in reasons]}, status)


def reason_json(reason: Reason, now: Millis) -> dict[str, Any]:
    """One reason as /readyz shows it."""
    since = datetime.fromtimestamp(reason.since // 1000, UTC)
    return {
        "reason": reason.kind.value,
        "text": reason.text,
        "since": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "age_seconds": max(0, now - reason.since) / 1000,
    }


def region_json(region: RegionStats) -> dict[str, Any]:
    """One region as /api/stats/cache shows it; the same numbers as in /metrics."""
    return {
        "hit_rate": region.hit_rate,
        "size": region.size,
        "capacity": region.capacity,
        "bytes": region.bytes,
        "max_bytes": region.max_bytes,
        "ttl_seconds": region.ttl,
        "hits": region.hits,
        "coalesced": region.coalesced,
        "misses": region.misses,
        "loads": region.loads,
        "load_failures": region.load_failures,
        "overtaken_loads": region.overtaken_loads,
        "loading": region.loading,
        "oldest_load_seconds": region.oldest_load_s,
        "evictions": region.evictions,
        "expirations": region.expirations,
        "invalidations": region.invalidations,
        "load_seconds": {
            "count": region.load_seconds.count,
            "sum": region.load_seconds.sum,
            "buckets": {bound(upper): count for upper, count in region.load_seconds.cumulative},
        },
    }
