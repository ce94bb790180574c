"""The composition root: `assemble()` puts the parts together by hand, `run()` starts and stops them in order."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bot import owner_link
from bot.chat.broadcaster import Broadcaster
from bot.chat.edge import TelegramEdge
from bot.chat.errors import TelegramEnded, TokenRefused
from bot.chat.stars import Stars
from bot.compose import (
    Middle,
    Progress,
    load_keys,
    make_services,
    open_reads,
    open_sidecar,
    open_telegram,
)
from bot.desk_parts import health_of, listener_of
from bot.dispatch import Dispatcher
from bot.domain.clock import SystemClock
from bot.domain.errors import AlreadyRunning, SchemaTooNew, StorageTrouble, UnfitDatabase, WrongKeyFile
from bot.domain.events import Event
from bot.domain.model import Millis, UserId
from bot.domain.ports import Clock
from bot.exchange.bybit.adapter import Bybit
from bot.jobs import make_jobs, make_shelves
from bot.lifecycle import EXIT_CONFIG, Fatal, background, stop_signals
from bot.services.services import Services
from bot.settings import Settings
from bot.version import version
from cache.facade import CachedReads
from handlers.broadcast import draw_progress
from handlers.commands import publish_commands
from handlers.context import App
from handlers.promo_pins import keep_pins
from storage.database import Database
from storage.desk import SqliteDeskQueries
from storage.migrate import migrate
from storage.payments import SqlitePaymentQueries
from storage.privacy import SqlitePrivacyQueries
from storage.promo_queries import SqlitePromoQueries
from storage.promo_safe import PromoSafe
from storage.queries import SqliteQueries
from storage.store import Store
from storage.support import SqliteSupportQueries
from storage.vault import Vault

DRAIN_SECONDS: Final = 20.0  # of the 25 that a stop may take
_WARM_SECONDS: Final = 1.0
_WARM_USERS: Final = 500
_HOUR: Final = 3_600_000  # ms
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The parts that a start and a stop, and tests, have to do with."""

    reads: CachedReads
    services: Services
    queries: SqliteQueries
    jobs: tuple[Callable[[], Coroutine[Any, Any, None]], ...]
    edge: TelegramEdge
    application: App
    bybit: Bybit
    progress: Progress
    stats_address: str
    clock: Clock


@asynccontextmanager
async def assemble(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Assembly]:
    """Everything built and the sidecar up; nothing is asked of Telegram yet. Raises what `run` turns into Fatal."""
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        vault = Vault(await asyncio.to_thread(load_keys, settings))
        database = await stack.enter_async_context(Database.open(settings.database))
        _, schema = await migrate(database)
        await vault.prove(database)
        dispatcher = Dispatcher()
        store = Store(database, clock=clock, committed=dispatcher.committed, publish=dispatcher.publish)
        queries = SqliteQueries(database, clock=clock)
        reads, bybit = await open_reads(stack, settings, clock, vault, store, queries, dispatcher)
        middle = Middle(
            clock=clock,
            transactions=store,
            queries=queries,
            reads=reads,
            vault=vault,
            inspector=bybit.gateway,
            promo_queries=SqlitePromoQueries(database),
            code_safe=await PromoSafe.open(database, vault),
            payment_queries=SqlitePaymentQueries(database),
            stars=Stars(lambda: application.bot),
            support_reads=SqliteSupportQueries(database),
            privacy_reads=SqlitePrivacyQueries(database),
            shelves=make_shelves(database),
            desk_queries=SqliteDeskQueries(database),
            deliver=Broadcaster(lambda: application.bot, listener_of(reads)).deliver,
            draw_progress=lambda broadcast: draw_progress(application, broadcast),
            prices=settings.price_list,
            owner_ids=frozenset(map(UserId, settings.owner_ids)),
            egress_ip=settings.egress_ip,
            require_bound_ip=settings.require_bound_ip,
            owner_link=await asyncio.to_thread(owner_link.read, settings.key_file),
            burn_owner_link=partial(asyncio.to_thread, owner_link.burn, settings.key_file),
        )
        services = make_services(middle)
        stack.push_async_callback(services.screens.close)
        application, edge = await open_telegram(stack, settings, clock, database, store, services)
        dispatcher.reactions.append(_wake(edge))
        progress = Progress()
        stats_address = await open_sidecar(stack, settings, reads, edge, bybit, progress)
        services.health.ask = health_of(
            version=version(), schema=schema, reasons=progress.reasons, edge=edge, reads=reads, bybit=bybit
        )
        yield Assembly(
            reads=reads,
            services=services,
            queries=queries,
            jobs=make_jobs(middle, services),
            edge=edge,
            application=application,
            bybit=bybit,
            progress=progress,
            stats_address=stats_address,
            clock=clock,
        )


def _wake(edge: TelegramEdge) -> Callable[[tuple[Event, ...]], Awaitable[None]]:
    async def wake(_: tuple[Event, ...]) -> None:
        edge.outbox.wake()

    return wake


async def run(settings: Settings, *, ready: Callable[[str], None] | None = None) -> None:
    """Start, serve until a signal, stop in order. `ready` is told the sidecar's address. Raises Fatal."""
    try:
        with stop_signals() as stop:
            async with assemble(settings) as assembly:
                await _serve(assembly, stop, ready)
    except (WrongKeyFile, SchemaTooNew, UnfitDatabase, TokenRefused) as fault:
        raise Fatal(str(fault), EXIT_CONFIG) from fault
    except (AlreadyRunning, StorageTrouble, TelegramEnded) as fault:
        raise Fatal(str(fault)) from fault


async def _serve(assembly: Assembly, stop: asyncio.Event, ready: Callable[[str], None] | None) -> None:
    work = asyncio.create_task(_work(assembly, ready), name="work")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
        assembly.progress.step = "stopping"
        await assembly.edge.stop_intake()
        left = await assembly.edge.drain(DRAIN_SECONDS)
        if left:
            _logger.warning("%d updates are left to the next start", left)
    finally:
        for task in (work, stopping):
            task.cancel()
        await asyncio.gather(work, stopping, return_exceptions=True)


async def _publish_commands(assembly: Assembly) -> None:
    """Everybody's menu, and the menus of those who have a role, by settings or stored."""
    people = assembly.services.access.everybody(await assembly.queries.staff())
    await publish_commands(assembly.application.bot, assembly.application.bot_data.texts, people)


async def _work(assembly: Assembly, ready: Callable[[str], None] | None) -> None:
    """The order of the start, then until Telegram ends it."""
    progress, edge = assembly.progress, assembly.edge
    progress.step = "Telegram has not been reached yet"
    await edge.connect()
    async with background(
        assembly.reads.run_sweeper(),
        *(job() for job in assembly.jobs),
        keep_pins(assembly.application.bot, assembly.application.bot_data.texts, assembly.services),
        _publish_commands(assembly),
    ):
        progress.step = "taking up what the last run left"
        replayed = await edge.replay()
        since = Millis(assembly.clock.now() - _HOUR)
        warm = await assembly.reads.warm(await assembly.queries.active_users(since, _WARM_USERS), within=_WARM_SECONDS)
        await edge.poll()
        progress.step, progress.troubles = None, edge.troubles
        _logger.info("ready", extra={"stats": assembly.stats_address, "replayed": replayed, "warm_users": warm})
        if ready is not None:
            ready(assembly.stats_address)
        await edge.ended()
