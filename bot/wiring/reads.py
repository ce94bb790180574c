"""The cached reads over storage and exchange, each group made of the one before."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial

from bot.domain.accounts import AccountType
from bot.domain.events import CredentialsChanged, Event
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import ExchangeGateway
from bot.exchange.addresses import SiteAddresses
from bot.exchange.budget import Limits
from bot.exchange.bybit.adapter import Bybit, open_bybit
from bot.exchange.bybit.streams.observed import ObservedReads
from bot.exchange.bybit.transport import Transport
from bot.exchange.paper.adapter import Practice, make_practice
from bot.exchange.paper.ports import PracticeMarket
from bot.services.accounts.portfolio import PortfolioLoader
from bot.settings import Settings
from bot.wiring.outside import Outside, Tuning
from bot.wiring.proxies import to_bybit
from bot.wiring.storage import Storage
from bot.wiring.streams import Streams, open_streams
from cache.facade import CachedReads, MarketReads, StoredReads
from cache.policy import Override
from cache.regions import Regions
from storage.trading.streams import SqliteStreamRecords


async def open_reads(
    stack: AsyncExitStack, settings: Settings, storage: Storage, outside: Outside, tuning: Tuning
) -> tuple[CachedReads, Bybit, Practice, Streams]:
    """Rows, then the market, then accounts: the adapter opens keys by the first, practice is valued by the second."""
    clock, accounts = outside.clock, storage.account_queries
    regions = _make_regions(settings, outside)
    stored = StoredReads(
        regions, users=storage.user_queries, licenses=storage.license_queries, accounts=accounts, clock=clock
    )
    bybit = await stack.enter_async_context(_bybit(settings, storage, stored, outside, tuning))
    streams = await open_streams(stack, settings, SqliteStreamRecords(storage.database), outside, bybit, regions)
    prices = streams.market(bybit.market)
    practice = _practice(stack, storage, prices, MarketReads(regions, market=prices), clock)
    gateways = _gateways(bybit, practice, streams, clock)
    portfolio = PortfolioLoader(
        queries=accounts,
        transactions=storage.store,
        gateways=gateways,
        clock=clock,
        positions_max_age=int(regions.position.policy.ttl * 1000),
        orders_max_age=int(regions.order.policy.ttl * 1000),
    )
    reads = CachedReads(
        regions,
        users=storage.user_queries,
        licenses=storage.license_queries,
        accounts=accounts,
        market=prices,
        gateways=gateways,
        portfolio=portfolio,
        inspector=bybit.gateway,
        clock=clock,
    )
    stack.push_async_callback(portfolio.close)
    stack.push_async_callback(reads.close)
    # In this order: no load without its stale mark, no new client by a key that is still cached.
    storage.dispatcher.drops += [portfolio.mark_stale, reads.invalidate, partial(_evict, bybit), practice.exchange.drop]
    storage.dispatcher.drops.append(streams.heard)
    streams.keepers.append(portfolio.keep)
    return reads, bybit, practice, streams


def _practice(
    stack: AsyncExitStack, storage: Storage, prices: PracticeMarket, rules: MarketReads, clock: Clock
) -> Practice:
    practice = make_practice(
        queries=storage.paper_queries, transactions=storage.store, market=prices, rules=rules, clock=clock
    )
    stack.push_async_callback(practice.close)
    return practice


def _gateways(
    bybit: Bybit, practice: Practice, streams: Streams, clock: Clock
) -> Mapping[AccountType, ExchangeGateway]:
    """What Bybit answers is told to the streams, too."""
    observed = ObservedReads(reads=bybit.gateway, take=streams.accounts.take, clock=clock)
    gateways: dict[AccountType, ExchangeGateway] = dict.fromkeys(AccountType, observed)
    gateways[AccountType.PAPER] = practice.reads
    return gateways


def _make_regions(settings: Settings, outside: Outside) -> Regions:
    overrides: dict[str, Override] = {
        name: (override.ttl, override.capacity) for name, override in settings.cache.items()
    }
    return Regions(overrides, clock=outside.clock)


def _bybit(
    settings: Settings, storage: Storage, stored: StoredReads, outside: Outside, tuning: Tuning
) -> AbstractAsyncContextManager[Bybit]:
    return open_bybit(
        transport=_over_the_network(settings, outside.clock) if outside.bybit is None else outside.bybit(outside.clock),
        hosts=SiteAddresses(live=settings.bybit_api_url, demo=settings.demo_api_url),
        credentials=stored.credentials,
        vault=storage.vault,
        clock=outside.clock,
        limits=tuning.exchange_limits or Limits.of_rate(settings.bybit_requests_per_second),
        recv_window=tuning.bybit_patience.recv_window,
    )


def _over_the_network(settings: Settings, clock: Clock) -> Transport:
    return Transport(clock=clock, connector=to_bybit(settings, clock))


def _evict(bybit: Bybit, events: tuple[Event, ...]) -> None:
    for event in events:
        if isinstance(event, CredentialsChanged):
            bybit.evict(event.account_id)
