"""The sidecar's HTTP side: cache statistics, metrics, health, readiness. No answer speaks of a user."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from bot.domain.health import Reason
from bot.domain.ids import Millis
from bot.domain.ports.clock import Clock
from bot.domain.secrets import Secret
from cache.stats import RegionStats
from stats_api.answers import json_answer, takes_gzip, utc
from stats_api.collector import ProcessSampler, bound, make_registry
from stats_api.dashboard import SAMPLE_EVERY, Dashboard
from stats_api.guard import BODY_LIMIT, make_guard
from stats_api.openapi import describe
from stats_api.page_files import PAGE
from stats_api.rendering import RENDER_EVERY, SharedScrapes

HAS_TOKEN: Final = web.AppKey("has_token", bool)


def create_app(
    *,
    stats: Callable[[], tuple[RegionStats, ...]],
    reasons: Callable[[], tuple[Reason, ...]],
    stuck: Callable[[], tuple[str, ...]],
    clock: Clock,
    version: str,
    token: Secret | None = None,
    extra: Iterable[Collector] = (),
    render_every: float = RENDER_EVERY,
    sample_every: float = SAMPLE_EVERY,
) -> web.Application:
    """The application. With a `token` every route but the page's demands it.

    Without one only requests to a loopback name are served. `reasons` say why the process is not ready; none: it is.
    `stuck` says what does not go on. `extra`: other parts' metrics, of closed label sets. Metrics are read every
    `render_every` s at most, and for the history every `sample_every` s.

    Raises ValueError for an empty token.
    """
    if token is not None and not token.reveal().strip():
        raise ValueError("the sidecar's token is empty")
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=(make_guard(token, PAGE),))
    app[HAS_TOKEN] = token is not None
    extra = (*extra, ProcessSampler())
    scrapes = SharedScrapes(make_registry(stats, version=version, extra=extra), extra, clock, render_every)
    dashboard = Dashboard(scrapes, reasons, stuck, clock, version=version, every=sample_every)
    _run_with(app, dashboard, scrapes)
    routes = _Routes(stats, reasons, stuck, clock, scrapes, dashboard, describe(version))
    for path, handler in routes.table():
        app.router.add_get(path, handler)
    return app


def _run_with(app: web.Application, dashboard: Dashboard, scrapes: SharedScrapes) -> None:
    """Begin and end with the application."""

    async def start(_: web.Application) -> None:
        dashboard.start()

    async def close(_: web.Application) -> None:
        await dashboard.close()
        await scrapes.close()

    app.on_startup.append(start)
    app.on_cleanup.append(close)


@dataclass(frozen=True, slots=True)
class _Routes:
    """The handlers and what they read."""

    stats: Callable[[], tuple[RegionStats, ...]]
    reasons: Callable[[], tuple[Reason, ...]]
    stuck: Callable[[], tuple[str, ...]]
    clock: Clock
    scrapes: SharedScrapes
    dashboard: Dashboard
    description: Mapping[str, Any]

    def table(self) -> Iterator[tuple[str, Handler]]:
        for path, file in PAGE.items():
            yield path, file.answer
        yield from (
            ("/api/stats/overview", self.overview),
            ("/api/stats/history", self.history),
            ("/api/stats/cache", self.cache),
            ("/metrics", self.metrics),
            ("/healthz", self.health),
            ("/readyz", self.ready),
            ("/openapi.json", self.openapi),
        )

    async def overview(self, _: web.Request) -> web.Response:
        return json_answer(await self.dashboard.overview())

    async def history(self, _: web.Request) -> web.Response:
        return json_answer(self.dashboard.history())

    async def cache(self, _: web.Request) -> web.Response:
        return json_answer({region.name: region_json(region) for region in self.stats()})

    async def metrics(self, request: web.Request) -> web.Response:
        page = await self.scrapes.render()
        headers = {hdrs.CONTENT_TYPE: CONTENT_TYPE_PLAIN_0_0_4, hdrs.VARY: hdrs.ACCEPT_ENCODING}
        if not takes_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
            return web.Response(body=page.plain, headers=headers)
        return web.Response(body=page.packed, headers={**headers, hdrs.CONTENT_ENCODING: "gzip"})

    async def health(self, _: web.Request) -> web.Response:
        stuck = self.stuck()
        if stuck:
            return json_answer({"status": "stuck", "stuck": stuck}, HTTPStatus.SERVICE_UNAVAILABLE)
        return json_answer({"status": "ok"})

    async def ready(self, _: web.Request) -> web.Response:
        reasons, now = self.reasons(), self.clock.now()
        status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
        return json_answer({"ready": not reasons, "reasons": [reason_json(each, now) for each in reasons]}, status)

    async def openapi(self, _: web.Request) -> web.Response:
        return json_answer(self.description)


def reason_json(reason: Reason, now: Millis) -> dict[str, Any]:
    """One reason as /readyz shows it."""
    return {
        "reason": reason.kind.value,
        "text": reason.text,
        "since": utc(reason.since),
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
            "sum": region.load_seconds.total,
            "buckets": {bound(upper): count for upper, count in region.load_seconds.cumulative},
        },
    }
