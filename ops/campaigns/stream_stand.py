"""The real streams, cache and adapter over the stand-in's exchange: in one process, on one virtual clock.

Beside the stand-in's faults a connection may go mute here for good: it answers pings and brings nothing any more, as
Bybit's have done. And whoever is told of a change may raise.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, cast

from bot.domain.accounts import (
    Account,
    AccountType,
    Credentials,
    Exchange,
    KeyCheck,
    KeyType,
    SealedCredentials,
    TradeSettings,
)
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.portfolio import Orders, Positions
from bot.domain.ports.accounts import CredentialVault
from bot.domain.ports.exchange import KeyInspector
from bot.domain.ports.reads import StoredPortfolio
from bot.domain.secrets import Secret
from bot.exchange.budget import NO_LIMITS
from bot.exchange.bybit.adapter import Bybit, open_bybit
from bot.exchange.bybit.streams.connection import StreamConnection
from bot.exchange.bybit.streams.observed import ObservedOrders, ObservedReads
from bot.settings import Settings
from bot.wiring.outside import Outside
from bot.wiring.streams import Streams, open_streams
from cache.facade import AccountReads, MarketReads
from cache.regions import Regions
from ops.campaigns.virtual_time import LoopClock
from ops.sim.bybit.control import Control
from ops.sim.bybit.in_process import InProcessTransport
from ops.sim.bybit.in_process_streams import InProcessStreams
from ops.sim.bybit.world import World

PRICES: Final = {"BTCUSDT": "60000", "ETHUSDT": "3000"}
_LONGEST_TRIP: Final = 0.05  # seconds, either way
_TELL_EVERY: Final = 0.5  # seconds between two looks at what is new on public topics
_RAISES: Final = 0.1


class UnheardOf(Exception):  # noqa: N818  named by what it stands for
    """What a listener raises in the middle of a message."""


class _Vault:
    """Opens keys that are not sealed."""

    def open(self, sealed: SealedCredentials) -> Credentials:
        return Credentials(
            account_id=sealed.account_id,
            key_type=sealed.key_type,
            api_key=Secret(sealed.api_key.decode()),
            api_secret=Secret(sealed.api_secret.decode()),
        )


@dataclass
class _Records:
    """StreamRecords in memory: accounts that are always wanted."""

    accounts: Sequence[Account]
    opened: list[Millis] = field(default_factory=list)

    async def wanted(self, _used_since: Millis) -> Sequence[Account]:
        return self.accounts

    async def connections_since(self, _host: str, since: Millis) -> Sequence[Millis]:
        return [each for each in self.opened if each >= since]

    async def note_connections(self, hosts: Sequence[str], now: Millis) -> None:
        self.opened += [now] * len(hosts)


@dataclass
class _Muffled:
    """A connection that may go mute: answers come, topics do not."""

    connection: StreamConnection
    is_mute: bool = False

    async def send(self, text: str) -> None:
        await self.connection.send(text)

    async def receive(self) -> str:
        while True:
            text = await self.connection.receive()
            if not self.is_mute or '"topic":' not in text:
                return text

    async def close(self) -> None:
        await self.connection.close()


@dataclass
class MuffledStreams:
    """Connects to the stand-in. `made`: connections so far, by the last part of their path."""

    inner: InProcessStreams
    made: dict[str, int] = field(default_factory=dict)
    _last: dict[str, _Muffled] = field(default_factory=dict)
    _mute: list[_Muffled] = field(default_factory=list)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["MuffledStreams"]:
        """While time passes for them."""
        async with self.inner:
            yield self

    async def connect(self, url: str) -> StreamConnection:
        """Raises StreamEnded."""
        muffled = _Muffled(await self.inner.connect(url))
        kind = url.rpartition("/")[2]
        self.made[kind] = self.made.get(kind, 0) + 1
        self._last[kind] = muffled
        return muffled

    def go_mute(self, kind: str) -> None:
        """The newest connection of that kind says nothing any more until it ends; `kind`: private or linear."""
        if kind in self._last:
            self._last[kind].is_mute = True
            self._mute.append(self._last[kind])

    def speak(self) -> None:
        """None is mute any more."""
        while self._mute:
            self._mute.pop().is_mute = False


@dataclass
class StreamStand:
    """What a case plays with."""

    draw: Random
    world: World
    control: Control
    uids: Sequence[str]
    accounts: Sequence[Account]
    transport: InProcessTransport
    sockets: MuffledStreams
    bybit: Bybit
    streams: Streams
    reads: AccountReads
    market: MarketReads
    orders: ObservedOrders


@asynccontextmanager
async def open_stand(
    seed: int, accounts: int, shown: Callable[[Account, Positions | Orders], None]
) -> AsyncIterator[StreamStand]:
    """With so many accounts. `shown` is told of everything that streams put into the cache."""
    draw, clock = Random(seed), LoopClock()  # noqa: S311  repeatable
    world = World(seed=seed, clock=clock.now, limits=False)
    control = Control(world)
    made = [control.make_account({"environment": "demo", "balance": "100000"}) for _ in range(accounts)]
    for symbol, price in PRICES.items():
        control.set_price({"symbol": symbol, "price": price})
    ours = [_account(AccountId(number), str(each["uid"])) for number, each in enumerate(made, 1)]
    trips = Random(seed)  # noqa: S311  repeatable; of its own, so that a call more does not change what people do

    def trip() -> float:
        return trips.random() * _LONGEST_TRIP

    sockets = MuffledStreams(InProcessStreams(world, trip=trip, every=_TELL_EVERY))
    transport = InProcessTransport(world=world, trip=trip)
    outside = Outside(clock=clock, randomness=trips.random, bybit_streams=lambda _: sockets.running())
    async with AsyncExitStack() as stack:
        bybit = await stack.enter_async_context(_bybit(transport, clock, made))
        regions = Regions(clock=clock)
        streams = await open_streams(stack, Settings(), _Records(ours), outside, bybit, regions)
        _let_them_raise(streams, draw, shown)
        take = streams.accounts.take
        yield StreamStand(
            draw=draw,
            world=world,
            control=control,
            uids=[str(each["uid"]) for each in made],
            accounts=ours,
            transport=transport,
            sockets=sockets,
            bybit=bybit,
            streams=streams,
            reads=_reads(bybit, ObservedReads(reads=bybit.gateway, take=take, clock=clock), regions),
            market=MarketReads(regions, market=streams.market(bybit.market)),
            orders=ObservedOrders(exchange=bybit.orders, observer=streams.accounts, clock=clock),
        )


def _reads(bybit: Bybit, observed: ObservedReads, regions: Regions) -> AccountReads:
    return AccountReads(
        regions,
        gateways=dict.fromkeys(AccountType, observed),
        portfolio=cast("StoredPortfolio", observed),  # the reads that are called here it has, too
        inspector=cast("KeyInspector", bybit.gateway),
    )


def _let_them_raise(streams: Streams, draw: Random, shown: Callable[[Account, Positions | Orders], None]) -> None:
    """Whoever is told raises now and then; those who are told after him have to hear of it all the same."""

    def perhaps(*_: object) -> None:
        if draw.random() < _RAISES:
            raise UnheardOf

    streams.listeners.append(perhaps)
    streams.keepers[:0] = [perhaps]
    streams.keepers.append(shown)


def _bybit(transport: InProcessTransport, clock: LoopClock, made: Sequence[dict[str, Any]]) -> Any:
    sealed = {AccountId(number): _sealed(AccountId(number), each, clock) for number, each in enumerate(made, 1)}

    async def credentials(account_id: AccountId) -> SealedCredentials:
        return sealed[account_id]

    return open_bybit(
        transport=transport,
        hosts=lambda _, account_type: f"https://api{'-demo' if account_type is AccountType.DEMO else ''}.bybit.com",
        credentials=credentials,
        vault=cast("CredentialVault", _Vault()),
        clock=clock,
        limits=NO_LIMITS,
    )


def _sealed(account_id: AccountId, made: dict[str, Any], clock: LoopClock) -> SealedCredentials:
    check = KeyCheck(
        bybit_uid=str(made["uid"]), read_only=False, permissions=(), ips=(), expires_at=None, checked_at=clock.now()
    )
    return SealedCredentials(
        account_id=account_id,
        user_id=UserId(1),
        account_type=AccountType.DEMO,
        host="com",
        key_type=KeyType.HMAC,
        data_key=b"",
        key_id="",
        api_key=made["api_key"].encode(),
        api_secret=made["api_secret"].encode(),
        check=check,
    )


def _account(account_id: AccountId, uid: str) -> Account:
    return Account(
        account_id=account_id,
        user_id=UserId(1),
        exchange=Exchange.BYBIT,
        account_type=AccountType.DEMO,
        host="com",
        label="Demo",
        bybit_uid=uid,
        settings=TradeSettings(),
    )
