"""Private streams between a fake of Bybit and the real cache."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis, Symbol
from bot.exchange.bybit.streams.account_streams import AccountStreams
from bot.exchange.bybit.streams.parts import StreamLogin, StreamParts
from cache.facade import CachedReads
from cache.pushes import CachePushes
from cache.regions import Regions
from harness.cache import Source
from harness.cache import account as an_account
from harness.streams import ScriptedAccount, ScriptedStreams
from harness.virtual_time import LoopClock

MAIN = an_account(1, 12)


@dataclass
class Records:
    """StreamRecords in memory."""

    accounts: list[Account] = field(default_factory=list)
    opened: list[Millis] = field(default_factory=list)

    async def wanted(self, used_since: Millis) -> Sequence[Account]:
        assert used_since
        return self.accounts

    async def connections_since(self, host: str, since: Millis) -> Sequence[Millis]:
        assert host == "127.0.0.1"
        return [each for each in self.opened if each >= since]

    async def note_connections(self, hosts: Sequence[str], now: Millis) -> None:
        self.opened += [now] * len(hosts)


@dataclass(repr=False)
class Desk:
    """The streams, the fake of Bybit beneath them and the cache above."""

    bybit: ScriptedStreams
    rest: ScriptedAccount
    records: Records
    regions: Regions
    reads: CachedReads
    source: Source
    streams: AccountStreams
    changed: list[AccountId]
    marks: dict[Symbol, Decimal]

    async def until(self, condition: Callable[[], object], *, seconds: float = 30) -> None:
        """Turn rounds, a second each, until it holds."""
        async with asyncio.timeout(seconds):
            while not condition():
                await self.turn()

    async def turn(self, seconds: float = 1) -> None:
        for _ in range(int(seconds)):
            await self.streams.round()
            await asyncio.sleep(1)

    async def up(self, account: Account = MAIN) -> None:
        self.records.accounts = [account]
        await self.until(lambda: self.streams.is_healthy(account.account_id))

    async def asked(self) -> int:
        """How often the exchange was asked for what the cache loads."""
        await self.reads.positions(MAIN)
        return self.source.asked["positions", MAIN]


@asynccontextmanager
async def stream_desk() -> AsyncIterator[Desk]:
    """On a virtual clock, without an account that wants a stream."""
    clock = LoopClock()
    bybit, rest, records, source = ScriptedStreams(), ScriptedAccount(), Records(), Source()
    regions, changed, marks = Regions(clock=clock), list[AccountId](), dict[Symbol, Decimal]()

    async def login(account: Account) -> StreamLogin:
        return StreamLogin(f"key {account.account_id}", 1, "signed")

    def is_slow() -> bool:
        return streams.is_slow()

    parts = StreamParts(
        clock=clock,
        bybit_now=clock.now,
        connector=bybit,
        login=login,
        asker=rest,
        find_order=rest.find_order,
        pushes=CachePushes(regions),
        marks=lambda: marks,
        changed=lambda account: changed.append(account.account_id),
        is_slow=is_slow,
    )
    streams = AccountStreams(
        clock=clock, records=records, parts=parts, url_of=lambda _: "ws://127.0.0.1/v5/private", randomness=lambda: 0.0
    )
    reads = source.reads(regions=regions)
    yield Desk(bybit, rest, records, regions, reads, source, streams, changed, marks)
    await streams.close()
