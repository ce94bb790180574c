"""Bybit reads: the adapter beside pybit's own client in threads, many accounts at once, against a process of its own.

Each side has a client for every account, as a bot has. A read of ours ends with the domain's Balance in Decimal, one of
pybit's with the JSON as it came.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from pybit.unified_trading import HTTP

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
from bot.domain.clock import SystemClock
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.secrets import Secret
from bot.exchange.budget import NO_LIMITS
from bot.exchange.bybit.adapter import Bybit, open_bybit
from bot.exchange.bybit.transport import Transport
from ops.bench.report import Row
from ops.bench.servers import server
from ops.bench.timing import Loop, clock, quickest_of

AT_ONCE: Final = 50
PER_ROUND: Final = 1_000
PYBIT_PER_ROUND: Final = 250
TARGET: Final = 7
ROUNDS: Final = 25

FAR_LATENCY: Final = 0.1  # s
FAR_AT_ONCE: Final = 500
FAR_PER_ROUND: Final = 4_000
FAR_PYBIT_PER_ROUND: Final = 120  # they take longer than the 4,000
FAR_TARGET: Final = 40
FAR_ROUNDS: Final = 4

_SERVER: Final = "ops.bench.exchange_server"
_KEY: Final = "benchmark-key-0001"
_SECRET: Final = "benchmark-secret-that-opens-nothing"  # noqa: S105  of a server of our own
_CHECK: Final = KeyCheck(bybit_uid="1", read_only=True, permissions=(), ips=(), expires_at=None, checked_at=Millis(0))

Read = Callable[[int], Awaitable[object]]  # the balance of one account


async def run() -> AsyncGenerator[list[Row], None]:
    """The rows of a near server and of a far one, each beside pybit in threads."""
    yield [await near()]
    yield [await far()]


async def near(rounds: int = ROUNDS, share: float = 1.0) -> Row:
    """A server that answers at once: what a read costs. `share` of the usual number of reads."""
    async with server(_SERVER, "0") as url, _ours(url, AT_ONCE) as ours:
        with ThreadPoolExecutor(AT_ONCE) as pool, _pybit(url, AT_ONCE, pool) as theirs:
            found = await _quickest(
                rounds,
                ours=lambda: _read_many(ours, AT_ONCE, int(PER_ROUND * share)),
                theirs=lambda: _read_many(theirs, AT_ONCE, int(PYBIT_PER_ROUND * share)),
            )
    return _row(f"a read, {AT_ONCE} at once", found, f"pybit, {AT_ONCE} threads", TARGET)


async def far(rounds: int = FAR_ROUNDS, share: float = 1.0) -> Row:
    """A server 100 ms away: what waiting costs."""
    async with server(_SERVER, str(FAR_LATENCY)) as url, _ours(url, FAR_AT_ONCE) as ours:
        with _pybit(url, AT_ONCE, None) as theirs:
            found = await _quickest(
                rounds,
                ours=lambda: _read_many(ours, FAR_AT_ONCE, int(FAR_PER_ROUND * share)),
                theirs=lambda: _read_many(theirs, AT_ONCE, int(FAR_PYBIT_PER_ROUND * share)),
            )
    return _row(
        f"a read, {FAR_AT_ONCE} at once, the server takes 100 ms", found, "pybit, asyncio.to_thread", FAR_TARGET
    )


def _row(name: str, found: dict[str, float], baseline_name: str, target: int) -> Row:
    return Row(
        name=name,
        value=found["ours"] * 1000,
        unit="ms",
        baseline_name=baseline_name,
        baseline=found["theirs"] * 1000,
        target=f"{target} times quicker",
        ok=found["theirs"] >= target * found["ours"],
    )


async def _quickest(rounds: int, **loops: Loop) -> dict[str, float]:
    """Seconds a read of each in its quickest round; they take turns.

    A server in a process of its own needs the machine's other core all the time, so whatever else runs there disturbs
    the side that is quicker more: the round that was disturbed least is the one that measures us and not the machine.
    """
    return await quickest_of(loops, rounds)


async def _read_many(read: Read, at_once: int, count: int) -> float:
    """Wall seconds a read when so many accounts read all the time; every connection is warm."""

    async def one_account(number: int, times: int) -> None:
        for _ in range(times):
            await read(number)

    await asyncio.gather(*(one_account(number, 1) for number in range(at_once)))
    began = clock()
    times = max(1, count // at_once)
    await asyncio.gather(*(one_account(number, times) for number in range(at_once)))
    return (clock() - began) / (times * at_once)


@asynccontextmanager
async def _ours(url: str, accounts: int) -> AsyncIterator[Read]:
    """The adapter, without limits of its own."""
    clock = SystemClock()
    async with open_bybit(
        transport=Transport(clock=clock),
        hosts=lambda _site, _type: url,
        credentials=_sealed,
        vault=_Vault(),
        clock=clock,
        limits=NO_LIMITS,
    ) as bybit:
        yield _reader(bybit, [_account(number) for number in range(accounts)])


def _reader(bybit: Bybit, accounts: Sequence[Account]) -> Read:
    return lambda number: bybit.gateway.balance(accounts[number])


@contextmanager
def _pybit(url: str, accounts: int, pool: Executor | None) -> Iterator[Read]:
    """Pybit's own client, one an account, in these threads or (None) in the loop's default ones."""
    clients = []
    for _ in range(accounts):
        client = HTTP(api_key=_KEY, api_secret=_SECRET)
        client.endpoint = url
        clients.append(client)

    async def read(number: int) -> object:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, lambda: clients[number].get_wallet_balance(accountType="UNIFIED"))

    try:
        yield read
    finally:
        for client in clients:
            client.client.close()


class _Vault:
    """Opens the one key that there is."""

    def open(self, sealed: SealedCredentials) -> Credentials:
        return Credentials(
            account_id=sealed.account_id, key_type=KeyType.HMAC, api_key=Secret(_KEY), api_secret=Secret(_SECRET)
        )

    def seal(self, **_: object) -> SealedCredentials:
        raise NotImplementedError("a benchmark stores no key")


async def _sealed(account_id: AccountId) -> SealedCredentials:
    return SealedCredentials(
        account_id=account_id,
        user_id=UserId(account_id),
        account_type=AccountType.LIVE,
        host="com",
        key_type=KeyType.HMAC,
        data_key=b"",
        key_id="",
        api_key=b"",
        api_secret=b"",
        check=_CHECK,
    )


def _account(number: int) -> Account:
    return Account(
        account_id=AccountId(number),
        user_id=UserId(number),
        exchange=Exchange.BYBIT,
        account_type=AccountType.LIVE,
        host="com",
        label="",
        bybit_uid="1",
        settings=TradeSettings(),
    )
