"""The cache beside a raw dict, raw cachetools and cashews' memory cache, all in one run."""

import asyncio
import gc
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from random import Random
from statistics import median
from typing import Any, Final

from cachetools import TTLCache
from cashews import Cache

from bot.domain.events import CredentialsChanged, Event, UserBanned
from bot.domain.model import Account, Category, Symbol, UserId
from bot.domain.ports import Reads
from cache.facade import CachedReads
from cache.loaders import Loaders
from cache.policy import TABLE
from cache.region import Region
from ops.bench.report import Row, table
from ops.bench.timing import NS, US, clock, no_collection, take_turns
from ops.bench.values import Values

READS: Final = 20_000  # of one round
KEYS: Final = 1_000
LONG: Final = 3_600.0  # s; nothing expires while it is measured
MEMORY_LIMIT: Final = 50.0  # MB
USER_LIMIT: Final = 10.0  # µs

FIRST_USER: Final = 5_000_000_000


def number_of(of: int) -> int:
    """The number that `Values` made a user id from."""
    return of - FIRST_USER


def loaders(values: Values) -> Loaders:
    """Answers at once with new values."""

    def answering(make: Callable[..., Any], number: Callable[..., int]) -> Callable[..., Awaitable[Any]]:
        async def load(*arguments: Any) -> Any:
            return make(number(*arguments))

        return load

    def of_account(account: Account, *_: object) -> int:
        return number_of(account.user_id)

    def of_symbol(symbol: str, *_: object) -> int:
        return int(symbol[4:8])

    def of_instrument(_: Category, symbol: Symbol) -> int:
        return of_symbol(symbol)

    return Loaders(
        user_config=answering(values.user_config, number_of),
        license=answering(values.license, number_of),
        credentials=answering(values.credentials, lambda account_id: account_id - 1_000_000),
        balance=answering(values.balance, of_account),
        positions=answering(values.positions, of_account),
        orders=answering(values.orders, of_account),
        executions=answering(values.executions, of_account),
        fee_rate=answering(values.fee_rate, of_account),
        key_check=answering(values.key_check, of_account),
        ticker=answering(values.ticker, of_symbol),
        order_book=answering(values.order_book, of_symbol),
        klines=answering(values.klines, of_symbol),
        board=answering(values.order_book, lambda _: 0),
        instrument=answering(values.instrument, of_instrument),
        last_positions=answering(values.positions, of_account),
        last_orders=answering(values.orders, of_account),
    )


def new_reads(values: Values) -> CachedReads:
    return CachedReads(loaders(values), overrides={policy.name: (LONG, None) for policy in TABLE})


async def fill(reads: Reads, values: Values, part: float = 1.0) -> None:
    """Fill every region to that part of its capacity with one entry each of accounts, users and symbols."""
    room = {policy.name: int(policy.capacity * part) for policy in TABLE}
    for number in range(room["user_config"]):
        await reads.user_config(UserId(FIRST_USER + number))
        await reads.license(UserId(FIRST_USER + number))
    for number in range(room["position"]):
        account = values.account(number)
        await reads.credentials(account.account_id)
        await reads.positions(account)
        if number < room["balance"]:
            await reads.balance(account)
        if number < room["order"]:
            await reads.orders(account)
    for number in range(room["api_response"]):  # of each account: fills, the key, the fees of three symbols
        account, part_of_five = values.account(number // 5), number % 5
        if part_of_five == 0:
            await reads.executions(account)
        elif part_of_five == 1:
            await reads.key_check(account)
        else:
            await reads.fee_rate(account, values.symbol(part_of_five))
    for number in range(room["symbol_info"]):
        await reads.instrument(Category.LINEAR, values.symbol(number))
        if number < room["price"]:
            await reads.ticker(values.symbol(number))
            await reads.order_book(values.symbol(number))


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
        _row("hit, by user", found["user"], NS, "ns", "raw TTLCache.get", found["ttl get"]),
        _row("hit, by user", found["user"], NS, "ns", "raw dict", found["dict"]),
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
    reads = new_reads(Values())
    raw: TTLCache[Any, Any] = TTLCache(500, LONG)
    cashews = await _cashews({})
    numbers = iter(range(10**9))

    async def load(_: object) -> int:
        return 1

    region: Region[Symbol] = Region(next(policy for policy in TABLE if policy.name == "price"), time.monotonic)

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
    asked = Symbol("COIN9999USDT")
    began = clock()
    await asyncio.gather(*(reads.ticker(asked) for _ in range(1_000)))
    stampede = clock() - began
    loads = next(stats.loads for stats in reads.stats() if stats.name == "price")
    return [
        _row(
            "miss and load, at capacity, shared by all",
            found["ours"],
            US,
            "µs",
            "TTLCache by hand, unshared",
            found["by hand"],
        ),
        _row("miss and load", found["ours"], US, "µs", "cashews get and set", found["cashews"]),
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
    region: Region[Any] = Region(policy, time.monotonic)
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
        _row("write at capacity, with tags", found["ours"], US, "µs", "raw TTLCache[k] = v, no tags", found["by hand"]),
        _row("write", found["ours"], US, "µs", "cashews, awaited set", found["cashews"]),
    ]


async def drops() -> list[Row]:
    """One user's config, license and one account's entries, among full caches and among nearly empty ones."""
    values = Values()
    full, small = new_reads(values), new_reads(values)
    await fill(full, values)
    await fill(small, values, part=0.1)
    among_full = await _drop_users(full, values)
    among_few = await _drop_users(small, values)
    scanned = _scan_for_user(values)
    limit = f"≤ {USER_LIMIT:g} µs"
    return [
        _row(
            "drop a user's config, license, one account: full caches",
            among_full,
            US,
            "µs",
            "TTLCache, scan of 5,000 keys",
            scanned,
            target=limit,
            ok=among_full * US <= USER_LIMIT,
        ),
        _row(
            "the same in caches a tenth full",
            among_few,
            US,
            "µs",
            "full caches",
            among_full,
            target="the same within 2x",
            ok=among_full <= 2 * among_few,
        ),
    ]


async def _drop_users(reads: CachedReads, values: Values, users: int = 80, rounds: int = 7) -> float:
    """Median seconds of a drop; each user is dropped from caches that hold them."""
    times = []
    for round_ in range(rounds):
        accounts = [values.account(number) for number in range(users)]
        Random(round_).shuffle(accounts)  # noqa: S311  repeatable
        for account in accounts:
            await _read_all(reads, account)
        before = sum(stats.invalidations for stats in reads.stats())
        events = [_events(account) for account in accounts]
        with no_collection():
            for each in events:
                began = clock()
                reads.invalidate(each)
                times.append(clock() - began)
        dropped = sum(stats.invalidations for stats in reads.stats()) - before
        assert dropped >= 7 * users, dropped  # noqa: S101  a drop of nothing would be quick
    return median(times)


async def _read_all(reads: Reads, account: Account) -> None:
    await reads.user_config(account.user_id)
    await reads.license(account.user_id)
    await reads.credentials(account.account_id)
    for read in (reads.balance, reads.positions, reads.orders, reads.executions):
        await read(account)


def _events(account: Account) -> tuple[Event, ...]:
    return (
        UserBanned(user_id=account.user_id),
        CredentialsChanged(
            user_id=account.user_id,
            account_id=account.account_id,
            exchange=account.exchange,
            account_type=account.account_type,
        ),
    )


def _scan_for_user(values: Values) -> float:
    """What a cache without an index does: look at every key of 5,000 for those of one user."""
    cache: TTLCache[tuple[str, int], int] = TTLCache(5_000, LONG)
    for number in range(625):
        for kind in "abcdefgh":
            cache[kind, values.account(number).user_id] = 1
    times = []
    for number in range(10):
        user_id = values.account(number).user_id
        began = clock()
        for key in [key for key in cache if key[1] == user_id]:
            del cache[key]
        times.append(clock() - began)
    return median(times)


# --- memory and scrapes -------------------------------------------------------------------------------------


async def memory() -> list[Row]:
    """All ten regions full: 5 positions, 5 orders, 50 levels of a book, 2 coins, 10 fills; values as parsed."""
    values = Values()
    reads = new_reads(values)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    await fill(reads, values)
    gc.collect()
    held = (tracemalloc.get_traced_memory()[0] - before) / 1e6
    tracemalloc.stop()
    sizes = {stats.name: (stats.size, stats.capacity) for stats in reads.stats()}
    assert all(size == capacity for size, capacity in sizes.values()), sizes  # noqa: S101  full means full
    began = clock()
    for _ in range(100):
        reads.stats()
    took = (clock() - began) / 100
    return [
        Row(
            name=f"memory of full caches, {sum(size for size, _ in sizes.values()):,} entries",
            value=held,
            unit="MB",
            target=f"≤ {MEMORY_LIMIT:g} MB",
            ok=held <= MEMORY_LIMIT,
        ),
        Row(name="reading all counters", value=took * US, unit="µs"),
    ]


# --- rows ---------------------------------------------------------------------------------------------------


def _row(
    name: str,
    seconds: float,
    scale: float,
    unit: str,
    baseline_name: str,
    baseline: float,
    *,
    target: str | None = None,
    ok: bool | None = None,
) -> Row:
    return Row(
        name=name,
        value=seconds * scale,
        unit=unit,
        baseline_name=baseline_name,
        baseline=baseline * scale,
        target=target,
        ok=ok,
    )


def _no_slower(name: str, seconds: float, baseline_name: str, baseline: float) -> Row:
    return _row(name, seconds, NS, "ns", baseline_name, baseline, target="no slower", ok=seconds <= baseline)


def _times_faster(name: str, seconds: float, baseline_name: str, baseline: float, times: float) -> Row:
    ok = baseline >= times * seconds
    return _row(name, seconds, NS, "ns", baseline_name, baseline, target=f"≥ {times:g}x faster", ok=ok)


async def run() -> list[Row]:
    """Every figure of the cache."""
    return [row for part in (hits, misses, writes, drops, memory) for row in await part()]


def main() -> None:
    """Print the figures."""
    print(table("cache", asyncio.run(run())))


if __name__ == "__main__":
    main()
