"""How the parts are made: the facade over storage and exchange, the use cases, the Telegram side, the sidecar."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

from telegram.ext import ContextTypes

from bot.chat.application import build_application
from bot.chat.edge import TelegramEdge
from bot.chat.pace import Pace
from bot.chat.transport import AiohttpRequest, RawApi
from bot.desk_parts import listener_of
from bot.dispatch import Dispatcher
from bot.domain.desk import DeskQueries
from bot.domain.events import CredentialsChanged, Event
from bot.domain.market import Ticker
from bot.domain.model import AccountId, Category, SealedCredentials, Secret, Symbol, UserId
from bot.domain.offers import PriceList
from bot.domain.ports import Clock, KeyInspector, PaymentQueries, Queries, Reads, StarsApi, Transactions
from bot.domain.ports import Vault as VaultPort
from bot.domain.privacy import PrivacyReads
from bot.domain.promo_ports import CodeSafe, PromoQueries
from bot.domain.support import SupportReads
from bot.exchange.addresses import SiteAddresses
from bot.exchange.budget import Limits
from bot.exchange.bybit.adapter import Bybit, open_bybit
from bot.exchange.paper import PaperGateway
from bot.exchange.router import GatewayRouter
from bot.lifecycle import EXIT_CONFIG, Fatal
from bot.metrics import ChatCollector, ExchangeCollector
from bot.services.access import Access
from bot.services.books import BookKeeper
from bot.services.broadcasts import BroadcastDesk, Deliver
from bot.services.broadcasts import Draw as DrawProgress
from bot.services.buttons import ButtonDesk
from bot.services.desk import Desk
from bot.services.dialogues import Dialogues
from bot.services.health import HealthDesk
from bot.services.housekeeping import Shelf
from bot.services.keys import Keys
from bot.services.licenses import Licenses
from bot.services.payments import PaymentDesk
from bot.services.people import OwnerLink, People
from bot.services.pin import PinDesk
from bot.services.preferences import Preferences
from bot.services.privacy import Privacy
from bot.services.promo import PromoDesk
from bot.services.promo_alarms import PromoAlarms
from bot.services.redemption import Redemptions
from bot.services.refunds import Refunds
from bot.services.reports import Reports
from bot.services.screens import Screens
from bot.services.services import Services
from bot.services.support import Support
from bot.settings import Settings
from bot.version import version
from cache.facade import CachedReads
from cache.loaders import Loaders
from cache.policy import Override, policies
from handlers import registry
from handlers.context import App, BotData
from handlers.texts.catalog import Texts
from handlers.views.promises import Promises
from stats_api.app import create_app
from stats_api.readiness import Readiness
from stats_api.server import serve
from storage.database import Database
from storage.inbox import SqliteInbox
from storage.outbox import SqliteOutbox
from storage.queries import SqliteQueries
from storage.store import Store
from storage.vault import KeyFile, Vault

BOOK_DEPTH: Final = 25  # a side: 50 levels
KLINES: Final = 24


def load_keys(settings: Settings) -> KeyFile:
    """The key-encryption keys; blocks. Raises Fatal for a missing file, WrongKeyFile for one that is no key file."""
    if settings.key is not None:
        return KeyFile.parse(settings.key.get_secret_value(), origin="PERPDESK_KEY")
    if not settings.key_file.exists():
        raise Fatal(f"there is no key file {settings.key_file}: `perpdesk new-key {settings.key_file}`", EXIT_CONFIG)
    return KeyFile.load(settings.key_file)


async def open_reads(
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
    chosen = policies(overrides)  # the settings have refused what it would raise for
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """What use cases are made of; tests bring fakes for what is outside."""

    clock: Clock
    transactions: Transactions
    queries: Queries
    reads: Reads
    vault: VaultPort
    inspector: KeyInspector
    promo_queries: PromoQueries
    code_safe: CodeSafe
    payment_queries: PaymentQueries
    stars: StarsApi
    support_reads: SupportReads
    privacy_reads: PrivacyReads
    shelves: tuple[Shelf, ...]
    desk_queries: DeskQueries
    deliver: Deliver
    draw_progress: DrawProgress
    prices: PriceList = field(default_factory=PriceList)
    owner_ids: frozenset[UserId] = frozenset()
    egress_ip: str | None = None
    require_bound_ip: bool = False
    owner_link: OwnerLink | None = None
    burn_owner_link: Callable[[], Awaitable[None]] | None = None


def make_services(middle: Middle) -> Services:
    """Every use case that handlers are given."""
    reads, transactions, queries, clock = middle.reads, middle.transactions, middle.queries, middle.clock
    access = Access(owner_ids=middle.owner_ids)
    licenses = Licenses(reads=reads, transactions=transactions, queries=queries, clock=clock)
    pin = PinDesk(queries=queries, transactions=transactions, clock=clock, access=access)
    people = People(
        reads=reads,
        transactions=transactions,
        clock=clock,
        owner_link=middle.owner_link,
        burn_owner_link=middle.burn_owner_link,
    )
    payments = PaymentDesk(
        reads=reads,
        transactions=transactions,
        queries=middle.payment_queries,
        licenses=licenses,
        people=people,
        access=access,
        clock=clock,
        prices=middle.prices,
        staff=queries.staff,
    )
    return Services(
        reads=reads,
        clock=clock,
        access=access,
        people=people,
        preferences=Preferences(reads=reads, transactions=transactions),
        keys=Keys(
            reads=reads,
            transactions=transactions,
            inspector=middle.inspector,
            vault=middle.vault,
            clock=clock,
            egress_ip=middle.egress_ip,
            require_bound_ip=middle.require_bound_ip,
        ),
        licenses=licenses,
        screens=Screens(reads=reads),
        buttons=ButtonDesk(queries=queries, transactions=transactions, clock=clock),
        dialogues=Dialogues(queries=queries, transactions=transactions, clock=clock),
        pin=pin,
        promo=make_promo_desk(middle, licenses),
        redemptions=Redemptions(
            reads=reads,
            queries=middle.promo_queries,
            transactions=transactions,
            licenses=licenses,
            safe=middle.code_safe,
            alarms=PromoAlarms(owner_ids=middle.owner_ids),
            clock=clock,
        ),
        payments=payments,
        refunds=Refunds(transactions=transactions, licenses=licenses, desk=payments, clock=clock),
        support=Support(
            reads=reads,
            queries=middle.support_reads,
            transactions=transactions,
            clock=clock,
            access=access,
            payments=middle.payment_queries,
        ),
        privacy=Privacy(queries=middle.privacy_reads, transactions=transactions, clock=clock, access=access),
        desk=Desk(
            reads=reads,
            queries=middle.desk_queries,
            records=queries,
            transactions=transactions,
            licenses=licenses,
            access=access,
            pin=pin,
            clock=clock,
        ),
        broadcasts=BroadcastDesk(queries=middle.desk_queries, transactions=transactions, clock=clock),
        reports=Reports(queries=middle.desk_queries, promo=middle.promo_queries, clock=clock),
        health=HealthDesk(),
    )


def make_promo_desk(middle: Middle, licenses: Licenses) -> PromoDesk:
    return PromoDesk(
        queries=middle.promo_queries,
        transactions=middle.transactions,
        licenses=licenses,
        safe=middle.code_safe,
        alarms=PromoAlarms(owner_ids=middle.owner_ids),
        clock=middle.clock,
    )


async def open_telegram(
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
            listener_of=listener_of(services.reads),
            clock=clock,
            randomness=random.random,
        )
    )
    return application, edge


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far the start has come, and what troubles a process that was ready; the sidecar asks."""

    step: str | None = "starting"
    troubles: Callable[[], tuple[str, ...]] = tuple

    def reasons(self) -> tuple[str, ...]:
        return (self.step,) if self.step is not None else self.troubles()


async def open_sidecar(
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
