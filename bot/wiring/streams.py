"""Bybit's streams between the network and the cache: private ones of accounts, public ones of perpetuals."""

import logging
import math
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, TypeVarTuple

from bot.aio.periodic import Periodic
from bot.aio.timers import Later, loop_later
from bot.domain.accounts import Account
from bot.domain.errors import StorageTrouble
from bot.domain.events import AccountEvent, CredentialsChanged, Event
from bot.domain.ids import AccountId, Symbol
from bot.domain.portfolio import Balance, Orders, Positions
from bot.domain.ports.clock import Clock
from bot.domain.ports.streams import AccountPush, MarketPush, Pushes, StreamRecords
from bot.exchange.addresses import BYBIT, BYBIT_STREAMS, StreamAddresses
from bot.exchange.bybit.adapter import Bybit
from bot.exchange.bybit.gateway import BybitGateway
from bot.exchange.bybit.market import DEPTH, BybitMarket
from bot.exchange.bybit.streams.account_streams import AccountStreams
from bot.exchange.bybit.streams.connection import StreamConnection, StreamConnector, StreamEnded
from bot.exchange.bybit.streams.network import NetworkStreams
from bot.exchange.bybit.streams.parts import ConnectResult, StreamLogin, StreamParts
from bot.exchange.bybit.streams.public_streams import PublicStreams
from bot.exchange.bybit.streams.stats import StreamStats
from bot.exchange.bybit.streams.streamed_market import StreamedMarket
from bot.exchange.paper.ports import PracticeMarket
from bot.settings import Settings
from bot.wiring.outside import Outside
from bot.wiring.proxies import to_bybit
from cache.pushes import CachePushes
from cache.regions import Regions

_LOGIN_MS: Final = 10_000  # that a signature is good for
_TOGETHER_S: Final = 0.1  # events of one change come in several messages
_P99: Final = 0.99
_logger = logging.getLogger(__name__)

Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """`is_on` False: no connection is made, and everything is asked by REST."""

    accounts: AccountStreams
    public: PublicStreams
    is_on: bool
    listeners: list[Callable[[AccountId, float], None]]
    """Are told of an account in which something happened."""
    keepers: list[Callable[[Account, Positions | Orders], None]]
    """Write down what was pushed."""
    prices: "PriceListeners"

    async def round(self) -> None:
        """Looks after both kinds. Raises StorageTrouble."""
        if self.is_on:
            await self.public.round()
            await self.accounts.round()

    def market(self, rest: BybitMarket) -> PracticeMarket:
        """Public data, of the streams where they are on."""
        return StreamedMarket(rest=rest, streams=self.public) if self.is_on else rest

    def job(self, clock: Clock) -> Periodic[Any]:
        """Never late for readiness: without streams REST is asked, and /metrics tells of them."""
        return Periodic("streams", self.round, clock=clock, every_s=1, expected=(StorageTrouble,))

    def heard(self, events: tuple[Event, ...]) -> None:
        """What a commit dropped from the cache, no older answer brings back; a new key opens a new stream."""
        for event in events:
            if isinstance(event, CredentialsChanged):
                self.accounts.evict(event.account_id)
            if isinstance(event, AccountEvent):
                self.accounts.dropped(event.account_id)

    def problems(self) -> tuple[str, ...]:
        """What of public and private streams /readyz has to name."""
        return self.accounts.problems()

    def stats(self) -> StreamStats:
        accounts, public = self.accounts, self.public
        ages = sorted((*accounts.ages(), *public.ages()))
        return StreamStats(
            wanted=accounts.wanted + public.wanted,
            connected=accounts.connected + public.connected,
            oldest_event_s=ages[math.ceil(_P99 * len(ages)) - 1] if ages else 0.0,
            connects=MappingProxyType(
                {str(each): accounts.connects[each] + public.connects[each] for each in ConnectResult}
            ),
            late=accounts.late,
            mute=accounts.mute,
            mishaps=accounts.mishaps + public.mishaps,
            is_slow=accounts.is_slow(),
        )


def _tell_each(told: Iterable[Callable[[*Ts], None]], *news: *Ts) -> None:
    """Whoever raises keeps nobody else from being told, and no stream from going on."""
    for each in told:
        try:
            each(*news)
        except Exception:  # what one of them does with the news is his own trouble
            _logger.exception("what a stream told could not be taken")


@dataclass(frozen=True, slots=True)
class PriceListeners:
    """`wanted`: perpetuals whose tickers are wanted, though nobody looks. `told` each last price of a ticker."""

    wanted: list[Callable[[], Iterable[Symbol]]] = field(default_factory=list)
    told: list[Callable[[Symbol, Decimal], None]] = field(default_factory=list)

    def tell(self, symbol: Symbol, price: Decimal) -> None:
        _tell_each(self.told, symbol, price)


@dataclass(slots=True, kw_only=True)
class _ToldTogether:
    """Changes of an account, told once for all that come within a tenth of a second."""

    listeners: list[Callable[[AccountId, float], None]]
    clock: Clock
    later: Later = loop_later
    _newest: dict[AccountId, float] = field(default_factory=dict)

    def __call__(self, account: Account) -> None:
        account_id, is_first = account.account_id, account.account_id not in self._newest
        self._newest[account_id] = self.clock.monotonic()
        if is_first:
            self.later(_TOGETHER_S, lambda: self._tell(account_id))

    def _tell(self, account_id: AccountId) -> None:
        _tell_each(self.listeners, account_id, self._newest.pop(account_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """Complete answers, whatever that takes: what they do not have counts as gone."""

    gateway: BybitGateway

    async def positions(self, account: Account) -> Positions:
        return await self.gateway.positions(account, is_complete=True)

    async def orders(self, account: Account) -> Orders:
        return await self.gateway.orders(account, is_complete=True)

    async def balance(self, account: Account) -> Balance:
        return await self.gateway.balance(account)


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptPushes:
    """Implements Pushes: into the cache, and to whoever keeps positions and orders over a restart."""

    cache: CachePushes
    keepers: list[Callable[[Account, Positions | Orders], None]]

    def push(self, account: Account, value: AccountPush, *, good_for: float) -> None:
        self.cache.push(account, value, good_for=good_for)
        if not isinstance(value, Balance):
            _tell_each(self.keepers, account, value)

    def renew(self, account: Account, value: AccountPush, before: AccountPush, *, good_for: float) -> bool:
        return self.cache.renew(account, value, before, good_for=good_for)

    def end(self, account: Account, value: AccountPush) -> None:
        self.cache.end(account, value)

    def push_market(self, value: MarketPush) -> None:
        self.cache.push_market(value)


class _NoStreams:
    """A connector that makes none."""

    async def connect(self, _url: str) -> StreamConnection:
        raise StreamEnded("streams are off")


async def open_streams(
    stack: AsyncExitStack, settings: Settings, records: StreamRecords, outside: Outside, bybit: Bybit, regions: Regions
) -> Streams:
    """Made here, connected by the job; closed with the stack."""
    addresses = StreamAddresses(live=settings.bybit_stream_url, demo=settings.demo_stream_url)
    connector, is_on = await _open_connector(stack, settings, outside)
    listeners: list[Callable[[AccountId, float], None]] = []
    keepers: list[Callable[[Account, Positions | Orders], None]] = []
    prices = PriceListeners()
    pushes = _KeptPushes(cache=CachePushes(regions), keepers=keepers)
    public = _public(outside.clock, connector, addresses.public, pushes, lambda: accounts.symbols, prices)
    parts = StreamParts(
        clock=outside.clock,
        bybit_now=bybit.pipeline.server_time.now,
        connector=connector,
        login=_login_of(bybit),
        asker=_Asker(gateway=bybit.gateway),
        find_order=bybit.orders.find_order,
        pushes=pushes,
        marks=public.marks,
        changed=_ToldTogether(listeners=listeners, clock=outside.clock),
        is_slow=lambda: accounts.is_slow(),  # noqa: PLW0108  it is made after this
    )
    accounts = AccountStreams(
        clock=outside.clock,
        records=records,
        parts=parts,
        url_of=lambda account: addresses.private(account.host, account.account_type),
        randomness=outside.randomness,
    )
    stack.push_async_callback(accounts.close)
    stack.push_async_callback(public.close)
    return Streams(
        accounts=accounts,
        public=public,
        is_on=is_on,
        listeners=listeners,
        keepers=keepers,
        prices=prices,
    )


async def _open_connector(stack: AsyncExitStack, settings: Settings, outside: Outside) -> tuple[StreamConnector, bool]:
    """And whether it makes connections."""
    made = _connector(settings, outside)
    return (_NoStreams(), False) if made is None else (await stack.enter_async_context(made), True)


def _public(
    clock: Clock,
    connector: StreamConnector,
    url: str,
    pushes: Pushes,
    held: Callable[[], Iterable[Symbol]],
    prices: PriceListeners,
) -> PublicStreams:
    return PublicStreams(
        clock=clock,
        connector=connector,
        url=url,
        pushes=pushes,
        depth=DEPTH,
        held=lambda: (*held(), *chain.from_iterable(each() for each in prices.wanted)),
        price_heard=prices.tell,
    )


def _connector(settings: Settings, outside: Outside) -> AbstractAsyncContextManager[StreamConnector] | None:
    """None where calls go to a stand-in that names no address of streams: two markets must not be mixed."""
    if outside.bybit_streams is not None:
        return outside.bybit_streams(outside.clock)
    is_elsewhere = outside.bybit is not None or settings.bybit_api_url != BYBIT
    if is_elsewhere and settings.bybit_stream_url == BYBIT_STREAMS:
        return None
    return NetworkStreams(to_bybit(settings, outside.clock))


def _login_of(bybit: Bybit) -> Callable[[Account], Any]:
    async def login(account: Account) -> StreamLogin:
        client = await bybit.pool.borrow(account)
        server_time = bybit.pipeline.server_time
        await server_time.ready()
        expires = server_time.now() + _LOGIN_MS
        api_key, signature = client.sign_stream(expires)
        return StreamLogin(api_key, expires, signature)

    return login
