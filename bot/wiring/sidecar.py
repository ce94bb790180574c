"""What the process says of itself: the sidecar's application, and /health in chat."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from aiohttp import web
from prometheus_client.registry import Collector

from bot.aio.loop_lag import LoopLag
from bot.aio.periodic import Jobs
from bot.chat.runtime import TelegramRuntime
from bot.domain.health import Health
from bot.domain.ports.clock import Clock
from bot.domain.secrets import Secret
from bot.exchange.bybit.adapter import Bybit
from bot.logs import LogCounts
from bot.services.trading.trading import Trading
from bot.settings import Settings
from bot.version import VERSION
from bot.wiring.metrics import ChatCollector, ExchangeCollector, JobCollector
from bot.wiring.order_metrics import OrderCollector
from bot.wiring.outside import Outside, Tuning
from bot.wiring.process_metrics import DatabaseCollector, DiskCollector, LoopCollector
from bot.wiring.readiness import Progress, ReadinessCollector
from bot.wiring.safekeeping import BackupCollector
from bot.wiring.storage import Storage
from bot.wiring.stream_metrics import StreamCollector
from bot.wiring.streams import Streams
from cache.facade import CachedReads
from handlers.core.context import App
from stats_api.app import create_app


def collectors_of(
    progress: Progress,
    runtime: TelegramRuntime,
    application: App,
    bybit: Bybit,
    streams: Streams,
    trading: Trading,
    jobs: Jobs,
    clock: Clock,
) -> tuple[Collector, ...]:
    """What /metrics shows of the bot's work, beside the cache."""
    return (
        ReadinessCollector(progress),
        ChatCollector(runtime.stats, application.bot_data.apologies),
        ExchangeCollector(bybit.stats),
        StreamCollector(streams.stats),
        OrderCollector(lambda: trading.gauges.newest, trading.reconcile.stats, trading.runner.stages, clock),
        JobCollector(jobs.stats),
    )


def open_host(stack: AsyncExitStack, storage: Storage, settings: Settings) -> tuple[LoopLag, tuple[Collector, ...]]:
    """What /metrics shows of what the bot stands on; the places of `perpdesk_disk_*` are named here.

    Whoever runs the loop watches its lag.
    """
    lag, log, places = (
        LoopLag(),
        stack.enter_context(LogCounts().attached()),
        {
            "database": storage.database.path.parent,
            "backups": settings.backup_folder,
            "journal": settings.journal_folder,
        },
    )
    disk = DiskCollector(storage.database.path, places)
    kept = BackupCollector(settings.backup_folder, storage.journal)
    return lag, (LoopCollector(lag, log), DatabaseCollector(storage.database), disk, kept)


def make_sidecar(
    settings: Settings,
    reads: CachedReads,
    progress: Progress,
    outside: Outside,
    tuning: Tuning,
    collectors: tuple[Collector, ...],
) -> web.Application:
    """The sidecar's application; whoever runs the process serves it."""
    token = settings.stats_token
    return create_app(
        stats=reads.stats,
        reasons=progress.reasons,
        stuck=progress.stuck,
        clock=outside.clock,
        version=VERSION,
        token=None if token is None else Secret(token.get_secret_value()),
        extra=collectors,
        render_every=tuning.metrics_every,
        sample_every=tuning.history_every,
    )


def health_of(
    *, schema: int, progress: Progress, runtime: TelegramRuntime, reads: CachedReads, bybit: Bybit
) -> Callable[[], Health]:
    """Looks at counters alone: nothing is asked of anybody."""

    def look() -> Health:
        chat, exchange = runtime.stats(), bybit.stats()
        return Health(
            version=VERSION,
            schema=schema,
            reasons=progress.reasons(),
            poll_age_s=chat.intake_age_s,
            updates_waiting=chat.lanes.waiting,
            outbox_waiting=chat.outbox.waiting,
            telegram_limited=chat.rate_limiter.is_limited,
            bybit_banned_s=exchange.budget.banned_for,
            bybit_waiting=exchange.budget.waiting,
            bybit_clients=exchange.pool.clients,
            clock_skew_ms=exchange.clock_skew,
            hit_rates=tuple((region.name, region.hit_rate) for region in reads.stats()),
        )

    return look
