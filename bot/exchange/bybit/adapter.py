"""Everything about Bybit behind one `async with`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account, AccountType, Credentials, SealedCredentials
from bot.domain.errors import ExchangeDown
from bot.domain.ids import AccountId, Millis
from bot.domain.patience import BYBIT
from bot.domain.ports.accounts import CredentialVault
from bot.domain.ports.clock import Clock
from bot.exchange.budget import Budget, Limits
from bot.exchange.bybit.account_calls import AccountCalls
from bot.exchange.bybit.answer import Answer
from bot.exchange.bybit.client import BybitClient, SigningKey
from bot.exchange.bybit.demo_funds import BybitDemoFunds
from bot.exchange.bybit.fields import moment
from bot.exchange.bybit.gateway import BybitGateway, Hosts
from bot.exchange.bybit.market import BybitMarket
from bot.exchange.bybit.orders import BybitOrders
from bot.exchange.bybit.pipeline import RequestPipeline
from bot.exchange.bybit.pool import ClientPool
from bot.exchange.bybit.server_time import ServerTime
from bot.exchange.bybit.system_status import BybitStatus
from bot.exchange.bybit.transport import HttpTransport
from bot.exchange.bybit.unreadable_log import UnreadableLog
from bot.exchange.egress import EgressWatch
from bot.exchange.meter import ExchangeStats, Meter

MARKET_SITE: Final = "com"  # public data are of the global site's live market
_NANOS_IN_A_MILLI: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bybit:
    """The adapter: `gateway` is ExchangeGateway and KeyInspector, `orders` OrderGateway, `market` MarketData."""

    gateway: BybitGateway
    orders: BybitOrders
    demo_funds: BybitDemoFunds
    market: BybitMarket
    status: BybitStatus
    pool: ClientPool
    pipeline: RequestPipeline

    def evict(self, account_id: AccountId) -> None:
        """Forget an account's client: its credentials changed. Cannot fail."""
        self.pool.evict(account_id)

    async def sweep(self) -> None:
        """Let clients go that have been idle for too long."""
        self.pool.sweep()

    def problems(self) -> tuple[str, ...]:
        """What stops calls to Bybit or soon will, for /readyz; and a clock of ours by which licenses end too early."""
        pipeline = self.pipeline
        return (
            *pipeline.budget.problems(),
            *pipeline.egress.problems(),
            *pipeline.server_time.problems(),
            *self.status.problems(),
        )

    def stats(self) -> ExchangeStats:
        pipeline = self.pipeline
        return ExchangeStats(
            requests=MappingProxyType(dict(pipeline.meter.requests)),
            unreadable_rows=pipeline.unreadable.rows,
            latency=pipeline.meter.latency,
            reconnects=pipeline.transport.reconnects,
            clock_skew=pipeline.server_time.skew,
            budget=pipeline.budget.stats(),
            pool=self.pool.stats(),
            is_in_maintenance=bool(self.status.ongoing()),
        )


@asynccontextmanager
async def open_bybit(
    *,
    transport: AbstractAsyncContextManager[HttpTransport],
    hosts: Hosts,
    credentials: Callable[[AccountId], Awaitable[SealedCredentials | None]],
    vault: CredentialVault,
    clock: Clock,
    limits: Limits | None = None,
    recv_window: int = BYBIT.recv_window,
    clients: int = 5_000,
    idle: float = 300.0,
) -> AsyncIterator[Bybit]:
    """The adapter while the block lasts. `clients` accounts are kept, each for `idle` seconds after its last call.

    `recv_window`: ms that Bybit takes a request of an account after its signing.
    """
    async with transport as http:
        market_host = hosts(MARKET_SITE, AccountType.LIVE)
        pipeline = _pipeline(http, Budget(clock=clock, limits=limits or Limits()), clock, market_host)
        public = BybitClient(host=market_host, pipeline=pipeline)
        made = _Clients(pipeline=pipeline, hosts=hosts, recv_window=recv_window)
        build, check = made.of_account, _HostChecks(pipeline=pipeline, silence=idle)
        pool = ClientPool(
            clock=clock, vault=vault, credentials=credentials, build=build, check=check, capacity=clients, idle=idle
        )
        calls = AccountCalls(pool=pool)
        gateway = BybitGateway(calls=calls, clock=clock, hosts=hosts, client=made.of_key)
        try:
            yield Bybit(
                gateway=gateway,
                orders=BybitOrders(gateway=gateway, pipeline=pipeline),
                demo_funds=BybitDemoFunds(calls=calls),
                market=BybitMarket(client=public, clock=clock),
                status=BybitStatus(client=public, clock=clock),
                pool=pool,
                pipeline=pipeline,
            )
        finally:
            await _close(pipeline, check, pool)


async def _close(pipeline: RequestPipeline, check: "_HostChecks", pool: ClientPool) -> None:
    """Nobody waits for the budget any more, and no call goes on."""
    pipeline.budget.close()
    await pipeline.server_time.close()
    await check.close()
    await pool.close()


def _pipeline(transport: HttpTransport, budget: Budget, clock: Clock, market_host: str) -> RequestPipeline:
    """What every client shares; Bybit's clock is read at the live market's host."""

    async def ask_time() -> Millis:
        return await _server_time(BybitClient(host=market_host, pipeline=pipeline))

    server_time = ServerTime(clock=clock, ask=ask_time)
    pipeline = RequestPipeline(
        clock=clock,
        transport=transport,
        budget=budget,
        server_time=server_time,
        meter=Meter(),
        unreadable=UnreadableLog(clock=clock),
        egress=EgressWatch(clock=clock),
    )
    return pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clients:
    """Builds the clients of stored keys and of keys that are not stored yet."""

    pipeline: RequestPipeline
    hosts: Hosts
    recv_window: int

    def of_account(self, account: Account, opened: Credentials) -> BybitClient:
        """With the account's own key, on its site."""
        key = SigningKey(key_type=opened.key_type, api_key=opened.api_key, api_secret=opened.api_secret)
        host = self.hosts(account.host, account.account_type)
        return self._client(host, account.account_id, key)

    def of_key(self, host: str, key: SigningKey) -> BybitClient:
        """With a key that belongs to no account yet."""
        return self._client(host, ("key", hash(key.api_key)), key)

    def _client(self, host: str, owner: Hashable, key: SigningKey) -> BybitClient:
        return BybitClient(host=host, pipeline=self.pipeline, owner=owner, key=key, recv_window=self.recv_window)


@dataclass(slots=True, kw_only=True)
class _HostChecks:
    """Whether a host answers; one call for all who ask at once, none for a host that was just heard."""

    pipeline: RequestPipeline
    silence: float  # seconds
    _tasks: TaskSet = field(default_factory=TaskSet, init=False)
    _running: dict[str, asyncio.Task[Millis]] = field(default_factory=dict, init=False)

    async def __call__(self, host: str) -> bool:
        if not self.pipeline.transport.is_doubtful(host, self.silence):
            return False
        task = self._running.get(host)
        if task is None:
            task = self._running[host] = self._tasks.spawn(self._ask(host), "exchange host check", expected=Exception)
            task.add_done_callback(lambda _: self._running.pop(host, None))
        await asyncio.shield(task)
        return True

    async def close(self) -> None:
        """Cancel the checks under way."""
        await self._tasks.close()

    async def _ask(self, host: str) -> Millis:
        try:
            async with asyncio.timeout(self.pipeline.transport.timeouts.check):
                return await _server_time(BybitClient(host=host, pipeline=self.pipeline))
        except TimeoutError:
            self.pipeline.transport.reconnect(host)
            raise ExchangeDown("Bybit does not answer") from None


async def _server_time(client: BybitClient) -> Millis:
    found: Millis = await client.get_server_time().read(_millis)
    return found


def _millis(answer: Answer) -> Millis:
    return Millis(moment(answer.fields, "timeNano") // _NANOS_IN_A_MILLI)
