"""The cache beside a raw dict, raw cachetools and cashews' memory cache, all in one run."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from random import Random
from typing import Any, Final

from cachetools import TTLCache
from cashews import Cache

from bot.domain.clock import SystemClock
from bot.domain.ids import Symbol
from cache.policy import TABLE
from cache.region import Region
from ops.bench.full_caches import drops, memory, new_reads
from ops.bench.report import Row
from ops.bench.timing import LONG, NS, US, clock, row, take_turns
from ops.bench.values import Values

READS: Final = 20_000  # of one round
KEYS: Final = 1_000


# --- hits ---------------------------------------------------------------------------------------------------


async def hits() -> list[Row]:
    """An awaited hit of the facade, by user and by account."""
    values = Values()
    reads = new_reads(values)
    accounts = [values.account(number) for number in range(KEYS)]
    chosen = Random(1).choices(accounts, k=READS)  # noqa: S311  repeatable
    users = [account.user_id for account in chosen]
    keys = [(each.account_id, each.user_id, each.exchange, each.account_type) for each in chosen]
    for account in accounts:
        await reads.user_config(account.user_id)
        await reads.positions(account)
    cashews = await _cashews({str(account.user_id): account for account in accounts})
    texts = [str(user_id) for user_id in users]
    found = await take_turns(
        {
            "user": lambda: awaited(reads.user_config, users),
            "account": lambda: awaited(reads.positions, chosen),
            "ttl user": lambda: indexed(_ttl(users), users),
            "ttl account": lambda: indexed(_ttl(keys), keys),
            "ttl get": lambda: called(_ttl(users).get, users),
            "dict": lambda: indexed(dict.fromkeys(users, 1), users),
            "cashews": lambda: awaited(cashews.get, texts),
        }
    )
    await cashews.close()
    return [
        _no_slower("hit, by user: await reads.user_config(…)", found["user"], "raw TTLCache[user]", found["ttl user"]),
        _no_slower(
            "hit, by account: await reads.positions(…)", found["account"], "raw TTLCache[account]", found["ttl account"]
        ),
        row("hit, by user", found["user"], NS, "ns", "raw TTLCache.get", found["ttl get"]),
        row("hit, by user", found["user"], NS, "ns", "raw dict", found["dict"]),
        _times_faster("hit, by user", found["user"], "cashews, awaited get", found["cashews"], 6),
        _times_faster("hit, by account", found["account"], "cashews, awaited get", found["cashews"], 6),
    ]


def _ttl(keys: list[Any]) -> TTLCache[Any, int]:
    cache: TTLCache[Any, int] = TTLCache(2_000, LONG)
    cache.update(dict.fromkeys(keys, 1))
    return cache


async def _cashews(values: dict[str, Any]) -> Cache:
    cache = Cache()
    cache.setup("mem://", size=10_000, check_interval=LONG)
    await cache.init()
    for key, value in values.items():
        await cache.set(key, value, expire=LONG)
    return cache


async def awaited(read: Callable[[Any], Awaitable[Any]], keys: list[Any]) -> float:
    began = clock()
    for key in keys:
        await read(key)
    return (clock() - began) / len(keys)


async def indexed(cache: Any, keys: list[Any]) -> float:
    began = clock()
    for key in keys:
        try:
            cache[key]
        except KeyError:
            raise AssertionError("a hit was expected") from None
    return (clock() - began) / len(keys)


async def called(get: Callable[[Any], Any], keys: list[Any]) -> float:
    began = clock()
    for key in keys:
        get(key)
    return (clock() - began) / len(keys)


# --- misses, writes, drops ----------------------------------------------------------------------------------


async def misses() -> list[Row]:
    """A miss whose load answers at once, and a thousand of one key."""
    raw: TTLCache[Any, Any] = TTLCache(500, LONG)
    cashews = await _cashews({})
    numbers = iter(range(10**9))

    async def load(_: object) -> int:
        return 1

    region: Region[Symbol] = Region(next(policy for policy in TABLE if policy.name == "price"), SystemClock())

    async def ours(key: Any) -> None:
        await region.get(key, load, key)

    async def by_hand(key: Any) -> None:
        try:
            raw[key]
        except KeyError:
            raw[key] = await load(key)

    async def by_cashews(key: Any) -> None:
        if await cashews.get(key) is None:
            await cashews.set(key, await load(key), expire=LONG)

    def fresh() -> list[str]:
        return [f"key {next(numbers)}" for _ in range(2_000)]

    found = await take_turns(
        {
            "ours": lambda: awaited(ours, fresh()),
            "by hand": lambda: awaited(by_hand, fresh()),
            "cashews": lambda: awaited(by_cashews, fresh()),
        }
    )
    await cashews.close()
    return [*_miss_rows(found), *await _stampede()]


def _miss_rows(found: dict[str, float]) -> list[Row]:
    return [
        row(
            "miss and load, at capacity, shared by all",
            found["ours"],
            US,
            "µs",
            "TTLCache by hand, unshared",
            found["by hand"],
        ),
        row("miss and load", found["ours"], US, "µs", "cashews get and set", found["cashews"]),
    ]


async def _stampede() -> list[Row]:
    reads = new_reads(Values())
    asked = Symbol("COIN9999USDT")
    began = clock()
    await asyncio.gather(*(reads.ticker(asked) for _ in range(1_000)))
    stampede = clock() - began
    loads = next(stats.loads for stats in reads.stats() if stats.name == "price")
    return [
        Row(
            name="loads for 1,000 misses of one key",
            value=loads,
            unit="",
            target="1",
            ok=loads == 1,
        ),
        Row(name="1,000 misses of one key, all answered", value=stampede * 1e3, unit="ms"),
    ]


async def writes() -> list[Row]:
    """A write-through of a new key into a full region."""
    policy = next(policy for policy in TABLE if policy.name == "position")
    region: Region[Any] = Region(policy, SystemClock())
    raw: TTLCache[Any, int] = TTLCache(policy.capacity, LONG)
    cashews = await _cashews({})
    numbers = iter(range(10**9))
    values = Values()

    def keys() -> list[Any]:
        accounts = [values.account(next(numbers)) for _ in range(2_000)]
        return [(each.account_id, each.user_id, each.exchange, each.account_type) for each in accounts]

    async def ours(keys: list[Any]) -> float:
        began = clock()
        for key in keys:
            region.put(key, 1)
        return (clock() - began) / len(keys)

    async def by_hand(keys: list[Any]) -> float:
        began = clock()
        for key in keys:
            raw[key] = 1
        return (clock() - began) / len(keys)

    await ours(keys())
    await by_hand(keys())
    found = await take_turns(
        {
            "ours": lambda: ours(keys()),
            "by hand": lambda: by_hand(keys()),
            "cashews": lambda: awaited(lambda key: cashews.set(str(key), 1, expire=LONG), keys()),
        }
    )
    await cashews.close()
    return [
        row("write at capacity, with tags", found["ours"], US, "µs", "raw TTLCache[k] = v, no tags", found["by hand"]),
        row("write", found["ours"], US, "µs", "cashews, awaited set", found["cashews"]),
    ]


# --- rows ---------------------------------------------------------------------------------------------------


def _no_slower(name: str, seconds: float, baseline_name: str, baseline: float) -> Row:
    return row(name, seconds, NS, "ns", baseline_name, baseline, target="no slower", ok=seconds <= baseline)


def _times_faster(name: str, seconds: float, baseline_name: str, baseline: float, times: float) -> Row:
    ok = baseline >= times * seconds
    return row(name, seconds, NS, "ns", baseline_name, baseline, target=f"≥ {times:g}x faster", ok=ok)


async def run() -> AsyncGenerator[list[Row], None]:
    """Every figure of the cache."""
    for part in (hits, misses, writes, drops, memory):
        yield await part()
