"""Hit rates at the pace of people: a thousand who write every 5 s, over `assemble`, its SQLite file and its adapter.

Time is a number that goes from message to message, so minutes of it take seconds. Nobody writes or changes anything
and Bybit answers at once: what an entry meets is its time to live alone. A key that is read λ times a second at random
and lives for T then hits λT/(1+λT) of the time: each load is followed by λT reads on average before it expires. No
cache does better without being told of changes; each row stands beside that.
"""

import base64
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from heapq import heapify, heapreplace
from pathlib import Path
from random import Random
from typing import Any, Final

from pydantic import SecretStr

from bot.app import Assembly, assemble
from bot.domain.accounts import Account, AccountType, Exchange, KeyCheck, KeyType
from bot.domain.ids import Millis, Symbol, UserId
from bot.domain.market import Category
from bot.domain.secrets import Secret
from bot.domain.users import Language, NewUser
from bot.exchange.budget import NO_LIMITS
from bot.settings import Settings
from bot.wiring.outside import Tuning
from cache.policy import API_RESPONSE, BALANCE, LICENSE, ORDER, POSITION, PRICE, USER_CONFIG, Policy
from cache.stats import RegionStats
from ops.bench.paced_bybit import paced_bybit, symbols
from ops.bench.report import Row
from ops.offline import TOKEN, offline

PEOPLE: Final = 1_000
EVERY_S: Final = 5.0  # between two messages of a person, on average
WARM_S: Final = 90.0  # until every entry may have expired once
MEASURED_S: Final = 120.0
WITHIN: Final = 3.0  # points, four times what chance does
MIX: Final[Mapping[str, int]] = {  # of a hundred messages
    "positions": 25,
    "balance": 20,
    "price": 20,
    "orders": 8,
    "book": 7,
    "trades": 5,
    "license": 5,
    "other": 10,  # menus, settings, words
}
_FIRST: Final = 3_000_000
_KEY: Final = f"thrown-away:{base64.b64encode(bytes(32)).decode()}"  # opens nothing: the database is thrown away
_PERCENT: Final = 100
_CHECK: Final = KeyCheck(bybit_uid="1", read_only=True, permissions=(), ips=(), expires_at=None, checked_at=Millis(1))


@dataclass
class PacedClock:
    """Stands still until it is set."""

    seconds: float = 0.0

    def now(self) -> Millis:
        return Millis(1_767_225_600_000 + int(self.seconds * 1000))

    def monotonic(self) -> float:
        return self.seconds


async def run(
    people: int = PEOPLE, warm_s: float = WARM_S, measured_s: float = MEASURED_S
) -> AsyncGenerator[list[Row], None]:
    """A row for each region that an account or a user has a key of, one of prices, and Bybit's calls."""
    clock = PacedClock()
    async with _assembled(clock) as assembly:
        crowd = _Crowd(assembly, clock, await _accounts(assembly, people))
        yield []
        await crowd.write_until(warm_s)
        before, calls, written = _by_name(assembly), _calls(assembly), crowd.written
        await crowd.write_until(warm_s + measured_s)
        after, updates = _by_name(assembly), crowd.written - written
        rows = [_row(name, text, before[name], after[name], best) for name, text, best in _expected(people)]
        rate = (_calls(assembly) - calls) / updates
        yield [*rows, Row(name="Bybit calls a message", value=rate, unit="")]


def _expected(people: int) -> list[tuple[str, str, float]]:
    """Region, what its reads are, and λT/(1+λT)."""

    def of(ttl: float, messages: int) -> float:
        reads = messages / _PERCENT / EVERY_S * ttl  # λT
        return reads / (1 + reads)

    each: list[tuple[Policy[Any], int]] = [
        (USER_CONFIG, _PERCENT),
        (LICENSE, MIX["license"]),
        (BALANCE, MIX["balance"]),
        (POSITION, MIX["positions"]),
        (ORDER, MIX["orders"]),
        (API_RESPONSE, MIX["trades"]),
    ]
    rows = [(row.name, f"{share} of 100 messages, {row.ttl:g} s", of(row.ttl, share)) for row, share in each]
    asked = [people * MIX["price"] / _PERCENT / EVERY_S * PRICE.ttl * part for part in _popularity()]
    shared = sum(reads * reads / (1 + reads) for reads in asked) / sum(asked)
    return [*rows, (PRICE.name, f"{MIX['price']} of 100 messages, {PRICE.ttl:g} s, shared by all", shared)]


def _row(name: str, text: str, before: RegionStats, after: RegionStats, best: float) -> Row:
    reads = after.reads - before.reads
    rate = (after.hits + after.coalesced - before.hits - before.coalesced) / reads * _PERCENT
    return Row(
        name=f"hit rate, {name}: {text}",
        value=rate,
        unit="%",
        baseline_name="λT/(1+λT)",
        baseline=best * _PERCENT,
        target=f"within {WITHIN:g} points",
        ok=abs(rate - best * _PERCENT) <= WITHIN,
    )


class _Crowd:
    """People who write at random moments, each on average every `EVERY_S`."""

    def __init__(self, assembly: Assembly, clock: PacedClock, accounts: Sequence[Account]) -> None:
        self._services = assembly.services
        self._clock = clock
        self._draw = Random(7)  # noqa: S311  a load, not a secret
        self._next = [(self._pause(), place, account) for place, account in enumerate(accounts)]
        heapify(self._next)
        self.written = 0
        screens = self._services.account_screens
        self._acts: dict[str, Callable[[Account], Awaitable[Any]]] = {
            "positions": screens.positions,
            "balance": screens.balance,
            "price": self._price,
            "orders": screens.orders,
            "book": self._book,
            "trades": screens.trades,
            "license": lambda account: self._services.reads.license(account.user_id),
            "other": lambda account: self._services.people.config(account.user_id),
        }
        self._names, self._weights = tuple(MIX), tuple(MIX.values())
        self._symbols, self._popularity = symbols(), _popularity()

    async def write_until(self, end: float) -> None:
        """Let them write until that second. Each message reads what its command's screen reads."""
        while self._next[0][0] < end:
            self._clock.seconds, place, account = self._next[0]
            (name,) = self._draw.choices(self._names, self._weights)
            if name != "other":
                await self._services.people.config(account.user_id)
            await self._acts[name](account)
            self.written += 1
            heapreplace(self._next, (self._clock.seconds + self._pause(), place, account))

    def _pause(self) -> float:
        return self._draw.expovariate(1 / EVERY_S)

    async def _price(self, _: Account) -> None:
        found = await self._services.market_screens.resolve(self._symbol())
        await self._services.market_screens.price(found.symbol, found.category)

    async def _book(self, _: Account) -> None:
        await self._services.market_screens.demand_listed(symbol := self._symbol(), Category.LINEAR)
        await self._services.market_screens.book(symbol)

    def _symbol(self) -> Symbol:
        return Symbol(self._draw.choices(self._symbols, self._popularity)[0])


def _popularity() -> tuple[float, ...]:
    """The part of all questions that each symbol has: the second half as many as the first, the third a third."""
    parts = [1 / (place + 1) for place in range(len(symbols()))]
    return tuple(part / sum(parts) for part in parts)


@asynccontextmanager
async def _assembled(clock: PacedClock) -> AsyncIterator[Assembly]:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        settings = Settings(
            telegram_token=SecretStr(TOKEN),
            database=Path(folder, "perpdesk.sqlite3"),
            key=SecretStr(_KEY),
            key_file=Path(folder, "perpdesk.key"),
        )
        outside = replace(offline(clock), bybit=paced_bybit)
        async with assemble(settings, outside=outside, tuning=Tuning(exchange_limits=NO_LIMITS)) as assembly:
            yield assembly


async def _accounts(assembly: Assembly, people: int) -> list[Account]:
    """Everybody with a Bybit Demo account and its key, in one commit."""
    now, vault, made = assembly.clock.now(), assembly.storage.vault, []
    async with assembly.storage.store.begin_aside() as unit:
        for number in range(people):
            user_id = UserId(_FIRST + number)
            user = NewUser(
                user_id=user_id, username=None, first_name="Anna", language=Language.ENGLISH, start_payload=None
            )
            await unit.users.ensure(user, now)
            account = await unit.accounts.add(
                user_id=user_id,
                exchange=Exchange.BYBIT,
                account_type=AccountType.DEMO,
                host="com",
                label="Demo",
                now=now,
            )
            sealed = vault.seal(
                user_id=user_id,
                account_id=account.account_id,
                account_type=AccountType.DEMO,
                host="com",
                key_type=KeyType.HMAC,
                api_key=Secret(f"key-{number}"),
                api_secret=Secret("opens-nothing"),
                check=_CHECK,
            )
            await unit.accounts.put_credentials(sealed)
            made.append(await unit.accounts.activate(account.account_id, str(number)))
    return made


def _by_name(assembly: Assembly) -> Mapping[str, RegionStats]:
    return {each.name: each for each in assembly.reads.stats()}


def _calls(assembly: Assembly) -> int:
    return sum(assembly.bybit.stats().requests.values())
