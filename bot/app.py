"""The composition root: `assemble()` puts the parts together by hand, `run()` starts and stops them in order."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from telegram.ext import ContextTypes

from bot import owner_link
from bot.chat.application import build_application
from bot.chat.edge import TelegramEdge
from bot.chat.errors import TelegramEnded, TokenRefused
from bot.chat.pace import Pace
from bot.chat.sender import Listener
from bot.chat.transport import AiohttpRequest, RawApi
from bot.dispatch import Dispatcher
from bot.domain.clock import SystemClock
from bot.domain.errors import AlreadyRunning, SchemaTooNew, StorageTrouble, UnfitDatabase, WrongKeyFile
from bot.domain.events import CredentialsChanged, Event
from bot.domain.market import Ticker
from bot.domain.model import AccountId, Category, Millis, Notifications, SealedCredentials, Secret, Symbol, UserId
from bot.domain.ports import Clock
from bot.exchange.addresses import SiteAddresses
from bot.exchange.budget import Limits
from bot.exchange.bybit.adapter import Bybit, open_bybit
from bot.exchange.paper import PaperGateway
from bot.exchange.router import GatewayRouter
from bot.lifecycle import EXIT_CONFIG, Fatal, background, stop_signals
from bot.metrics import ChatCollector, ExchangeCollector
from bot.services.access import Access
from bot.services.books import BookKeeper
from bot.services.buttons import ButtonDesk
from bot.services.dialogues import Dialogues
from bot.services.key_watch import KeyWatch
from bot.services.keys import Keys
from bot.services.people import OwnerLink, People
from bot.services.preferences import Preferences
from bot.services.screens import Screens
from bot.services.services import Services
from bot.settings import Settings
from bot.version import version
from cache.facade import CachedReads
from cache.loaders import Loaders
from cache.policy import Override, policies
from handlers import registry
from handlers.commands import publish_commands
from handlers.context import App, BotData
from handlers.texts.catalog import Texts
from handlers.views.promises import Promises
from stats_api.app import create_app
from stats_api.readiness import Readiness
from stats_api.server import serve
from storage.database import Database
from storage.inbox import SqliteInbox
from storage.migrate import migrate
from storage.outbox import SqliteOutbox
from storage.queries import SqliteQueries
from storage.store import Store
from storage.vault import KeyFile, Vault

DRAIN_SECONDS: Final = 20.0  # of the 25 that a stop may take
BOOK_DEPTH: Final = 50
KLINES: Final = 24
_WARM_SECONDS: Final = 1.0
_WARM_USERS: Final = 500
_HOUR: Final = 3_600_000  # ms
_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far the start has come, and what troubles a process that was ready; the sidecar asks."""

    step: str | None = "starting"
    troubles: Callable[[], tuple[str, ...]] = tuple

    def reasons(self) -> tuple[str, ...]:
        return (self.step,) if self.step is not None else self.troubles()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The parts that a start and a stop, and tests, have to do with."""

    reads: CachedReads
    services: Services
    queries: SqliteQueries
    key_watch: KeyWatch
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
        vault = Vault(await asyncio.to_thread(_keys, settings))
        database = await stack.enter_async_context(Database.open(settings.database))
        await migrate(database)
        await vault.prove(database)
        dispatcher = Dispatcher()
        store = Store(database, clock=clock, committed=dispatcher.committed, publish=dispatcher.publish)
        queries = SqliteQueries(database, clock=clock)
        reads, bybit = await _reads(stack, settings, clock, vault, store, queries, dispatcher)
        link = await asyncio.to_thread(owner_link.read, settings.key_file)
        services, key_watch = _services(settings, clock, vault, store, queries, reads, bybit, link)
        stack.push_async_callback(services.screens.close)
        application, edge = await _telegram(stack, settings, clock, database, store, services)
        dispatcher.reactions.append(_wake(edge))
        progress = Progress()
        stats_address = await _sidecar(stack, settings, reads, edge, bybit, progress)
        yield Assembly(
            reads=reads,
            services=services,
            queries=queries,
            key_watch=key_watch,
            edge=edge,
            application=application,
            bybit=bybit,
            progress=progress,
            stats_address=stats_address,
            clock=clock,
        )


def _keys(settings: Settings) -> KeyFile:
    if settings.key is not None:
        return KeyFile.parse(settings.key.get_secret_value(), origin="PERPDESK_KEY")
    if not settings.key_file.exists():
        raise Fatal(f"there is no key file {settings.key_file}: `perpdesk new-key {settings.key_file}`", EXIT_CONFIG)
    return KeyFile.load(settings.key_file)


async def _reads(
    stack: AsyncExitStack,
    settings: Settings,
    clock: Clock,
    vault: Vault,
    store: Store,
    queries: SqliteQueries,
    dispatcher: Dispatcher,
) -> tuple[CachedReads, Bybit]:
    """The facade over storage and exchange. Each loads from the other's side, so the last edges are late-bound."""

    async def credentials(account_id: AccountId) -> SealedCredentials | None:
        return await reads.credentials(account_id)

    async def ticker(symbol: Symbol) -> Ticker:
        return await reads.ticker(symbol)

    bybit = await stack.enter_async_context(
        open_bybit(
            hosts=SiteAddresses(live=settings.bybit_api_url, demo=settings.demo_api_url),
            credentials=credentials,
            vault=vault,
            clock=clock,
            limits=Limits.of_rate(settings.bybit_requests_per_second),
        )
    )
    gateway = GatewayRouter(paper=PaperGateway(queries=queries, ticker=ticker, clock=clock), bybit=bybit.gateway)
    overrides: dict[str, Override] = {
        name: (override.ttl, override.capacity) for name, override in settings.cache.items()
    }
    try:
        chosen = policies(overrides)
    except ValueError as error:
        raise Fatal(f"PERPDESK_CACHE: {error}", EXIT_CONFIG) from None
    books = BookKeeper(
        queries=queries,
        transactions=store,
        gateway=gateway,
        clock=clock,
        positions_max_age=int(chosen["position"].ttl * 1000),
        orders_max_age=int(chosen["order"].ttl * 1000),
    )
    market = bybit.market
    reads = CachedReads(
        Loaders(
            user_config=queries.user_config,
            license=lambda user_id: queries.license(user_id, clock.now()),
            credentials=queries.credentials,
            balance=gateway.balance,
            positions=books.positions,
            orders=books.orders,
            executions=gateway.executions,
            fee_rate=gateway.fee_rate,
            key_check=bybit.gateway.inspect_stored,
            ticker=lambda symbol: market.ticker(Category.LINEAR, symbol),
            order_book=lambda symbol: market.order_book(Category.LINEAR, symbol, BOOK_DEPTH),
            klines=lambda symbol, interval: market.klines(Category.LINEAR, symbol, interval, KLINES),
            board=market.board,
            instrument=market.instrument,
            last_positions=lambda account: queries.positions(account.account_id),
            last_orders=lambda account: queries.orders(account.account_id),
        ),
        overrides=overrides,
    )
    stack.push_async_callback(reads.close)

    def evict(events: tuple[Event, ...]) -> None:
        for event in events:
            if isinstance(event, CredentialsChanged):
                bybit.evict(event.account_id)

    dispatcher.drops += [books.doubt, reads.invalidate, evict]
    return reads, bybit


def _services(
    settings: Settings,
    clock: Clock,
    vault: Vault,
    store: Store,
    queries: SqliteQueries,
    reads: CachedReads,
    bybit: Bybit,
    link: OwnerLink | None,
) -> tuple[Services, KeyWatch]:
    access = Access(owner_ids=frozenset(map(UserId, settings.owner_ids)))
    inspector = bybit.gateway

    async def burn() -> None:
        await asyncio.to_thread(owner_link.burn, settings.key_file)

    services = Services(
        reads=reads,
        clock=clock,
        access=access,
        people=People(
            reads=reads,
            transactions=store,
            clock=clock,
            access=access,
            owner_link=link,
            burn_owner_link=burn,
        ),
        preferences=Preferences(reads=reads, transactions=store),
        keys=Keys(
            reads=reads,
            transactions=store,
            inspector=inspector,
            vault=vault,
            clock=clock,
            egress_ip=settings.egress_ip,
            require_bound_ip=settings.require_bound_ip,
        ),
        screens=Screens(reads=reads),
        buttons=ButtonDesk(queries=queries, transactions=store, clock=clock),
        dialogues=Dialogues(queries=queries, transactions=store, clock=clock),
    )
    watch = KeyWatch(
        queries=queries,
        transactions=store,
        inspector=inspector,
        clock=clock,
        require_bound_ip=settings.require_bound_ip,
    )
    return services, watch


async def _telegram(
    stack: AsyncExitStack, settings: Settings, clock: Clock, database: Database, store: Store, services: Services
) -> tuple[App, TelegramEdge]:
    if settings.telegram_token is None:
        raise Fatal("PERPDESK_TELEGRAM_TOKEN is not set", EXIT_CONFIG)
    token = Secret(settings.telegram_token.get_secret_value())
    texts = await asyncio.to_thread(Texts.load)
    transport = AiohttpRequest(token)
    pace = Pace(clock)
    application: App = await build_application(
        token=token,
        api_url=settings.telegram_api_url,
        transport=transport,
        pace=pace,
        context_types=ContextTypes(bot_data=BotData),
    )
    registry.register(application, services=services, texts=texts)
    stack.push_async_callback(registry.close, application)

    async def listener_of(user_id: UserId) -> Listener:
        config = await services.reads.user_config(user_id)
        if config is None:
            return Listener()
        return Listener(language=config.language, is_silent=config.settings.notifications is not Notifications.ON)

    edge = await stack.enter_async_context(
        TelegramEdge.open(
            transport=transport,
            api=RawApi(transport, settings.telegram_api_url, token),
            application=application,
            pace=pace,
            inbox_store=SqliteInbox(database),
            outbox_store=SqliteOutbox(database),
            transactions=store,
            render=Promises(texts).render,
            listener_of=listener_of,
            clock=clock,
            randomness=random.random,
        )
    )
    return application, edge


async def _sidecar(
    stack: AsyncExitStack,
    settings: Settings,
    reads: CachedReads,
    edge: TelegramEdge,
    bybit: Bybit,
    progress: Progress,
) -> str:
    """The stats sidecar, up before the first call to Telegram; its address."""

    def readiness() -> Readiness:
        reasons = progress.reasons()
        return Readiness(ready=not reasons, reasons=reasons)

    token = settings.stats_token
    app = create_app(
        stats=reads.stats,
        readiness=readiness,
        version=version(),
        token=None if token is None else Secret(token.get_secret_value()),
        extra=(ChatCollector(edge.stats), ExchangeCollector(bybit.stats)),
    )
    try:
        return await stack.enter_async_context(serve(app, host=settings.stats_host, port=settings.stats_port))
    except OSError as error:
        where = f"{settings.stats_host}:{settings.stats_port}"
        reason = error.strerror or error
        raise Fatal(f"the sidecar can't listen on {where} ({reason}): set PERPDESK_STATS_PORT", EXIT_CONFIG) from None


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


async def _work(assembly: Assembly, ready: Callable[[str], None] | None) -> None:
    """The order of the start, then until Telegram ends it."""
    progress, edge = assembly.progress, assembly.edge
    progress.step = "Telegram has not been reached yet"
    await edge.connect()
    async with background(
        assembly.reads.run_sweeper(),
        assembly.key_watch.run(),
        publish_commands(
            assembly.application.bot, assembly.application.bot_data.texts, assembly.services.access.owner_ids
        ),
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
