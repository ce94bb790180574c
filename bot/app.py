"""The composition root: `assemble()` puts the parts together by hand, `run()` starts and stops them in order."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from bot.aio.garbage import survivors_set_aside
from bot.aio.loop_lag import LoopLag
from bot.aio.periodic import Jobs
from bot.aio.tasks import TaskSet
from bot.chat.errors import TelegramEnded, WrongSetup
from bot.chat.held_calls import HeldCalls
from bot.chat.runtime import TelegramRuntime
from bot.domain.errors import AlreadyRunning, SchemaTooNew, StorageTrouble, UnfitDatabase, WrongKeyFile
from bot.domain.health import Health
from bot.domain.ids import HOUR, Millis
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.adapter import Bybit
from bot.exchange.paper.adapter import Practice
from bot.lifecycle import EXIT_CONFIG, Fatal, stop_signals
from bot.pulse import Pulse
from bot.service_manager import service_manager
from bot.services.services import Services
from bot.settings import Settings
from bot.version import VERSION
from bot.wiring.chat import bot_token, make_telegram, open_chat
from bot.wiring.features import build_features
from bot.wiring.foundation import make_foundation
from bot.wiring.jobs import backup_jobs, upkeep_jobs
from bot.wiring.outside import Outside, Tuning
from bot.wiring.readiness import Progress, progress_of
from bot.wiring.reads import open_reads
from bot.wiring.safekeeping import BackupJobs
from bot.wiring.sidecar import collectors_of, health_of, make_sidecar, open_host
from bot.wiring.storage import Storage, open_storage
from bot.wiring.streams import Streams
from cache.facade import CachedReads
from handlers import registry
from handlers.core.context import App
from handlers.core.menus import publish
from handlers.texts.catalog import Texts
from handlers.trading.left_cards import take_up_cards
from stats_api.server import serve

DRAIN_SECONDS: Final = 20.0  # of the 25 that a stop may take
_WARM_SECONDS: Final = 1.0
_WARM_USERS: Final = 500
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Assembly:
    """The parts that a start and a stop, and tests, have to do with."""

    clock: Clock
    storage: Storage
    reads: CachedReads
    bybit: Bybit
    practice: Practice
    streams: Streams
    services: Services
    jobs: Jobs
    application: App
    runtime: TelegramRuntime
    sidecar: web.Application
    progress: Progress
    loop_lag: LoopLag


@asynccontextmanager
async def assemble(
    settings: Settings, *, outside: Outside | None = None, tuning: Tuning | None = None
) -> AsyncIterator[Assembly]:
    """Everything built; no socket is open and nothing is asked of anybody yet. Raises what `run` turns into Fatal."""
    outside, tuning = outside or Outside(), tuning or Tuning()
    async with AsyncExitStack() as stack:
        token, outbox_due = bot_token(settings), asyncio.Event()
        storage = await open_storage(stack, settings, outside, check=tuning.check_database, enqueued=outbox_due.set)
        telegram = make_telegram(settings, token, storage, outside, tuning, outbox_due)
        reads, bybit, practice, streams = await open_reads(stack, settings, storage, outside, tuning)
        base = await make_foundation(settings, outside, tuning, storage, reads, bybit, practice, streams, telegram.bot)
        services, feature_jobs = await build_features(base)
        stack.push_async_callback(base.screen_reader.close)
        stack.push_async_callback(services.trading.close)
        application, runtime = await open_chat(
            stack, settings, telegram, storage, base.texts, base.listener_of, services.trading.halts, outside, tuning
        )
        upkeep = upkeep_jobs(storage.database, reads, bybit, practice, streams, runtime, outside.clock)
        backups = backup_jobs(BackupJobs.of(settings, outside.clock), outside.clock)
        jobs = Jobs((*feature_jobs, *upkeep, *backups))
        progress = progress_of(outside.clock, storage, runtime, jobs, bybit, streams)
        health = health_of(schema=storage.schema, progress=progress, runtime=runtime, reads=reads, bybit=bybit)
        _register(stack, application, services, base.texts, health, telegram.held, tuning)
        lag, host = open_host(stack, storage, settings)
        work = collectors_of(progress, runtime, application, bybit, streams, services.trading, jobs, outside.clock)
        yield Assembly(
            clock=outside.clock,
            storage=storage,
            reads=reads,
            bybit=bybit,
            practice=practice,
            streams=streams,
            services=services,
            jobs=jobs,
            application=application,
            runtime=runtime,
            sidecar=make_sidecar(settings, reads, progress, outside, tuning, (*work, *host)),
            progress=progress,
            loop_lag=lag,
        )


def _register(
    stack: AsyncExitStack,
    application: App,
    services: Services,
    texts: Texts,
    health: Callable[[], Health],
    held: HeldCalls,
    tuning: Tuning,
) -> None:
    registry.register(
        application, services=services, texts=texts, health=health, held=held, table=tuning.table, draw=tuning.draw
    )
    stack.push_async_callback(registry.close, application)


async def run(
    settings: Settings,
    *,
    outside: Outside | None = None,
    tuning: Tuning | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Start, serve until a signal, stop in order. `ready` is told the sidecar's address. Raises Fatal."""
    outside = outside or Outside()
    try:
        with stop_signals() as stop, service_manager(outside.notify_socket) as manager:
            async with (
                Pulse(manager).open() as pulse,
                assemble(settings, outside=outside, tuning=tuning) as assembly,
                _sidecar(settings, assembly) as address,
                TaskSet() as tasks,
            ):
                pulse.started(assembly.progress.stuck, assembly.progress.status)
                tasks.start(_say_stopping(stop, pulse), "waiting for a stop")
                tasks.start(assembly.loop_lag.watch(), "watching of the event loop")
                with _garbage_collected():
                    await _serve(assembly, stop, partial(_say_ready, ready, address))
            _logger.info("stopped")
    except (WrongKeyFile, SchemaTooNew, UnfitDatabase, WrongSetup) as fault:
        raise Fatal(str(fault), EXIT_CONFIG) from fault
    except (AlreadyRunning, StorageTrouble, TelegramEnded) as fault:
        raise Fatal(str(fault)) from fault


@contextmanager
def _garbage_collected() -> Iterator[None]:
    """Garbage is collected from now on, if `bot.__main__` put it off for the start."""
    if gc.isenabled():
        yield
        return
    with survivors_set_aside():
        gc.enable()
        yield


@asynccontextmanager
async def _sidecar(settings: Settings, assembly: Assembly) -> AsyncIterator[str]:
    """The stats sidecar, up before the first call to Telegram; its address."""
    async with AsyncExitStack() as stack:
        try:
            address = await stack.enter_async_context(
                serve(assembly.sidecar, host=settings.stats_host, port=settings.stats_port)
            )
        except OSError as error:
            where = f"{settings.stats_host}:{settings.stats_port}"
            reason = os.strerror(error.errno) if error.errno else error  # asyncio's own words repeat the address
            message = f"the sidecar can't listen on {where} ({reason}): set PERPDESK_STATS_HOST or PERPDESK_STATS_PORT"
            raise Fatal(message, EXIT_CONFIG) from None
        yield address


async def _say_stopping(stop: asyncio.Event, pulse: Pulse) -> None:
    await stop.wait()
    _logger.info("stopping")
    pulse.stopping()


def _say_ready(tell: Callable[[str], None] | None, address: str, replayed: int, warm_users: int) -> None:
    extra = {"version": VERSION, "stats": address, "replayed": replayed, "warm_users": warm_users}
    _logger.info("ready", extra=extra)
    if tell is not None:
        tell(address)


async def _serve(assembly: Assembly, stop: asyncio.Event, ready: Callable[[int, int], None]) -> None:
    work = asyncio.create_task(_work(assembly, ready), name="work")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
        assembly.progress.is_stopping = True
        await assembly.runtime.stop_intake()
        left = await assembly.runtime.drain(DRAIN_SECONDS)
        if left:
            _logger.warning("%d updates are left to the next start", left)
    finally:
        for task in (work, stopping):
            task.cancel()
        await asyncio.gather(work, stopping, return_exceptions=True)


async def _publish_commands(assembly: Assembly) -> None:
    """Everybody's menu, and the menus of those who have a role, by settings or stored."""
    people = assembly.services.roles.everybody(await assembly.reads.staff())
    data = assembly.application.bot_data
    await publish(assembly.application.bot, data.texts, data.router, people)


async def _work(assembly: Assembly, ready: Callable[[int, int], None]) -> None:
    """The order of the start, then until Telegram ends it. `ready` is told of replayed updates and warm users."""
    progress, runtime = assembly.progress, assembly.runtime
    progress.step = runtime.problems
    await runtime.connect()
    async with assembly.jobs.open(), TaskSet() as tasks:
        tasks.start(_publish_commands(assembly), "publishing of the command menus")
        progress.step = "taking up what the last run left"
        await take_up_cards(assembly.application)
        replayed = await runtime.replay()
        recent = await assembly.storage.user_queries.active_users(Millis(assembly.clock.now() - HOUR), _WARM_USERS)
        warm = await assembly.reads.warm(recent, within=_WARM_SECONDS)
        await runtime.take_in()
        progress.step = None
        ready(replayed, warm)
        await runtime.ended()
