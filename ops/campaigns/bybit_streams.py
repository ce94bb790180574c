"""What is read in the end, where streams drop, repeat, mix up, stall, go mute and refuse logins while somebody trades.

In process, on one virtual clock: the real streams, cache and adapter over the stand-in's own exchange. A case has a
minute of faults; a minute after the last one, what the cache answers must be what stands at the exchange, and whoever
hears of changes may raise at any time. A failing case is repeated by its seed alone.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
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
from bot.domain.errors import ExchangeError
from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol, UserId
from bot.domain.market import Category
from bot.domain.orders import OrderRequest
from bot.domain.portfolio import OrderType, Side
from bot.domain.ports.accounts import CredentialVault
from bot.domain.ports.exchange import KeyInspector
from bot.domain.ports.reads import StoredPortfolio
from bot.domain.secrets import Secret
from bot.exchange.budget import NO_LIMITS
from bot.exchange.bybit.adapter import Bybit, open_bybit
from bot.exchange.bybit.streams.observed import ObservedOrders, ObservedReads
from bot.settings import Settings
from bot.wiring.outside import Outside
from bot.wiring.streams import Streams, open_streams
from cache.facade import AccountReads
from cache.regions import Regions
from ops.campaigns.report import Report
from ops.campaigns.virtual_time import LoopClock, VirtualLoop
from ops.sim.bybit.control import Control
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.in_process import InProcessTransport
from ops.sim.bybit.in_process_streams import InProcessStreams
from ops.sim.bybit.world import World

NAME: Final = "Bybit's streams"
CASES: Final = 1_000
_FAULTY_S: Final = 60
_CALM_S: Final = 60
_SYMBOLS: Final = {"BTCUSDT": ("60000", "0.01", 600), "ETHUSDT": ("3000", "0.2", 30)}
"""Price, quantity of an order, and how far a price goes at once."""
_OF_MESSAGES: Final = ("stream_drop", "stream_duplicate", "stream_reorder")
_OF_TIME: Final = ("stream_stall", "mute_stream")
_OF_REST: Final = ("html_502", "lost_answer", "code_10016")
_CHANCE: Final = 0.3
_MOST_FAILURES: Final = 30


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
    """StreamRecords in memory: one account, always wanted."""

    account: Account
    opened: list[Millis] = field(default_factory=list)

    async def wanted(self, _used_since: Millis) -> Sequence[Account]:
        return (self.account,)

    async def connections_since(self, _host: str, since: Millis) -> Sequence[Millis]:
        return [each for each in self.opened if each >= since]

    async def note_connections(self, hosts: Sequence[str], now: Millis) -> None:
        self.opened += [now] * len(hosts)


@dataclass
class _Case:
    """One person who trades, by the bot and by hand, while streams fail."""

    draw: Random
    world: World
    control: Control
    uid: str
    account: Account
    sockets: InProcessStreams
    bybit: Bybit
    streams: Streams
    reads: AccountReads
    orders: ObservedOrders
    steps: int = 0

    async def play(self) -> str | None:
        """What is wrong in the end; None: nothing."""
        self.streams.listeners.append(self._raise_now_and_then)
        await self._rounds(5)
        for kind in self.draw.sample(_OF_MESSAGES, 2):
            self.control.add_fault({"kind": kind, "path": "/v5/private", "probability": _CHANCE, "seed": self.steps})
        if self.draw.random() < _CHANCE:
            lost = {"kind": "stream_drop", "probability": _CHANCE, "cause": "message", "path": "/v5/private"}
            self.control.add_fault(lost)
        for _ in range(_FAULTY_S):
            if self.draw.random() < _CHANCE:
                await self._trade()
            if self.draw.random() < _CHANCE / 4:
                self._strike()
            await self._rounds(1)
        self.control.clear_faults()
        self.sockets.is_reachable = True
        await self._rounds(_CALM_S)
        return await self._difference()

    def _raise_now_and_then(self, _account_id: AccountId) -> None:
        if self.draw.random() < _CHANCE / 3:
            raise UnheardOf

    async def _rounds(self, seconds: int) -> None:
        for _ in range(seconds):
            self.steps += 1
            with suppress(UnheardOf):
                await self.streams.round()
            await asyncio.sleep(1)

    def _strike(self) -> None:
        """Something that lasts for a while."""
        draw = self.draw
        what = draw.choice((*_OF_TIME, "stream_auth", "rest", "down"))
        if what == "down":
            self.sockets.is_reachable = draw.random() < _CHANCE
        elif what == "rest":
            self.control.add_fault({"kind": draw.choice(_OF_REST), "probability": _CHANCE, "times": 5})
        elif what == "stream_auth":
            self.control.add_fault({"kind": what, "times": 1})
        else:
            self.control.add_fault({"kind": what, "seconds": draw.randint(3, 20)})

    async def _trade(self) -> None:
        """By hand or through the bot; what is refused is let be."""
        symbol, (price, qty, step) = self.draw.choice(tuple(_SYMBOLS.items()))
        moved = Decimal(price) + self.draw.randint(-step, step)
        self.control.set_price({"symbol": symbol, "price": str(moved)})
        acts: tuple[dict[str, Any], ...] = (
            {"act": "open", "side": self.draw.choice(("Buy", "Sell")), "qty": qty},
            {"act": "open", "side": "Buy", "qty": qty, "price": str(Decimal(price) * Decimal("0.9"))},
            {"act": "close"},
            {"act": "set_stop", "price": str(Decimal(price) * Decimal("0.8"))},
            {"act": "cancel"},
        )
        if self.draw.random() < 1 / 2:
            with suppress(ControlError):
                self.control.act_in_app(self.uid, {"symbol": symbol, **self.draw.choice(acts)})
            return
        request = OrderRequest(
            order_link_id=OrderLinkId(f"p{self.steps}-{self.draw.randrange(10**9)}"),
            category=Category.LINEAR,
            symbol=Symbol(symbol),
            position_idx=0,
            side=Side.BUY,
            order_type=OrderType.LIMIT,
            qty=Decimal(qty),
            price=Decimal(price) * self.draw.choice((Decimal("0.95"), Decimal("1.01"))),
        )
        with suppress(ExchangeError):
            await self.orders.create(self.account, request)

    async def _difference(self) -> str | None:
        truth = self.control.account(self.uid)
        positions = sorted((each["symbol"], Decimal(each["size"]), each["stopLoss"]) for each in truth["positions"])
        shown = [
            (each.symbol, each.size, each.stop_loss or 0) for each in (await self.reads.positions(self.account)).items
        ]
        wanted = [(symbol, size, Decimal(stop or 0)) for symbol, size, stop in positions]
        if sorted(shown) != wanted:
            return f"positions: {shown} shown, {wanted} stand"
        orders = {each["orderId"] for each in truth["orders"]}
        told = {each.order_id for each in (await self.reads.orders(self.account)).items}
        if told != orders:
            return f"orders: {len(told - orders)} shown that do not stand, {len(orders - told)} that stand are not"
        wallet = {each["coin"]: Decimal(each["walletBalance"]) for each in truth["wallet"]["coin"]}
        coins = {each.coin: each.wallet_balance for each in (await self.reads.balance(self.account)).coins}
        if any(coins.get(coin) != amount for coin, amount in wallet.items()):
            return f"wallet: {coins} shown, {wallet} stand"
        return None if self.streams.accounts.is_healthy(self.account.account_id) else "the stream is not up again"


@asynccontextmanager
async def _case(seed: int) -> AsyncIterator[_Case]:
    draw, clock = Random(seed), LoopClock()  # noqa: S311  repeatable
    world = World(seed=seed, clock=clock.now, limits=False)
    control = Control(world)
    made = control.make_account({"environment": "demo", "balance": "100000"})
    for symbol, (price, _, _) in _SYMBOLS.items():
        control.set_price({"symbol": symbol, "price": price})
    account = _account(str(made["uid"]))
    sockets = InProcessStreams(world, trip=lambda: draw.random() / 20)
    outside = Outside(clock=clock, randomness=draw.random, bybit_streams=lambda _: sockets)
    async with AsyncExitStack() as stack:
        bybit = await stack.enter_async_context(_bybit(world, clock, made))
        regions = Regions(clock=clock)
        streams = await open_streams(stack, Settings(), _Records(account), outside, bybit, regions)
        observed = ObservedReads(reads=bybit.gateway, take=streams.accounts.take, clock=clock)
        reads = AccountReads(
            regions,
            gateways=dict.fromkeys(AccountType, observed),
            portfolio=cast("StoredPortfolio", observed),  # the reads that are called here it has, too
            inspector=cast("KeyInspector", bybit.gateway),
        )
        orders = ObservedOrders(
            exchange=bybit.orders, take=streams.accounts.take, sent=streams.accounts.sent, clock=clock
        )
        yield _Case(draw, world, control, str(made["uid"]), account, sockets, bybit, streams, reads, orders)


def _bybit(world: World, clock: LoopClock, made: dict[str, Any]) -> Any:
    sealed = SealedCredentials(
        account_id=AccountId(1),
        user_id=UserId(1),
        account_type=AccountType.DEMO,
        host="com",
        key_type=KeyType.HMAC,
        data_key=b"",
        key_id="",
        api_key=made["api_key"].encode(),
        api_secret=made["api_secret"].encode(),
        check=KeyCheck(
            bybit_uid=str(made["uid"]),
            read_only=False,
            permissions=(),
            ips=(),
            expires_at=None,
            checked_at=clock.now(),
        ),
    )

    async def credentials(_account_id: AccountId) -> SealedCredentials:
        return sealed

    return open_bybit(
        transport=InProcessTransport(world=world),
        hosts=lambda _, account_type: f"https://api{'-demo' if account_type is AccountType.DEMO else ''}.bybit.com",
        credentials=credentials,
        vault=cast("CredentialVault", _Vault()),
        clock=clock,
        limits=NO_LIMITS,
    )


def _account(uid: str) -> Account:
    return Account(
        account_id=AccountId(1),
        user_id=UserId(1),
        exchange=Exchange.BYBIT,
        account_type=AccountType.DEMO,
        host="com",
        label="Demo",
        bybit_uid=uid,
        settings=TradeSettings(),
    )


async def _play(seed: int) -> tuple[int, str | None]:
    async with _case(seed) as case:
        return case.steps, await case.play()


def play(seed: int) -> str | None:
    """One case, the same each time; what was wrong in the end."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(_play(seed))[1]


def run(seed: int, budget: float, cases: int = CASES) -> Report:
    """So many cases, or as many as the budget of seconds allows."""
    began, failures, done = time.monotonic(), list[str](), 0
    for number in range(cases):
        if time.monotonic() - began > budget or len(failures) > _MOST_FAILURES:
            break
        done += 1
        wrong = play(seed * 1_000_000 + number)
        if wrong is not None:
            failures.append(f"seed {seed * 1_000_000 + number}: {wrong}")
    return Report(
        name=NAME,
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=done * (_FAULTY_S + _CALM_S),
        failures=tuple(failures),
    )
