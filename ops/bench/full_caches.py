"""Full caches: what a drop among them costs, and the memory they take."""

import gc
import tracemalloc
from collections.abc import Awaitable, Callable
from random import Random
from statistics import median
from types import SimpleNamespace
from typing import Any, Final

from cachetools import TTLCache

from bot.domain.accounts import Account, AccountType
from bot.domain.clock import SystemClock
from bot.domain.events import CredentialsChanged, Event, UserBanned
from bot.domain.ids import Symbol, UserId
from bot.domain.market import Category
from bot.domain.ports.reads import Reads
from cache.facade import CachedReads
from cache.policy import TABLE
from cache.regions import Regions
from ops.bench.report import Row
from ops.bench.timing import LONG, US, clock, row, take_turns
from ops.bench.values import Values

MEMORY_LIMIT: Final = 50.0  # MB
USER_LIMIT: Final = 10.0  # µs
FIRST_USER: Final = 5_000_000_000


def number_of(of: int) -> int:
    """The number that `Values` made a user id from."""
    return of - FIRST_USER


def sources(values: Values) -> Any:
    """Everything that the facade loads from; answers at once with new values."""

    def answering(make: Callable[..., Any], number: Callable[..., int]) -> Callable[..., Awaitable[Any]]:
        async def load(*arguments: Any) -> Any:
            return make(number(*arguments))

        return load

    def of_account(account: Account, *_: object) -> int:
        return number_of(account.user_id)

    def of_symbol(_: Category, symbol: Symbol, *_others: object) -> int:
        return int(symbol[4:8])

    def of_user(user_id: UserId, *_: object) -> int:
        return number_of(user_id)

    return SimpleNamespace(
        user_config=answering(values.user_config, of_user),
        license=answering(values.license, of_user),
        credentials=answering(values.credentials, lambda account_id: account_id - 1_000_000),
        balance=answering(values.balance, of_account),
        positions=answering(values.positions, of_account),
        orders=answering(values.orders, of_account),
        executions=answering(values.executions, of_account),
        fee_rate=answering(values.fee_rate, of_account),
        inspect_stored=answering(values.key_check, of_account),
        ticker=answering(values.ticker, of_symbol),
        order_book=answering(values.order_book, of_symbol),
        klines=answering(values.klines, of_symbol),
        board=answering(values.order_book, lambda _: 0),
        instrument=answering(values.instrument, of_symbol),
        instruments=answering(values.instrument, lambda _: 0),  # bound by the facade; nothing here asks for them
        risk_tiers=answering(values.instrument, lambda _: 0),
        last_positions=answering(values.positions, of_account),
        last_orders=answering(values.orders, of_account),
    )


def new_reads(values: Values) -> CachedReads:
    source = sources(values)
    return CachedReads(
        Regions({policy.name: (LONG, None) for policy in TABLE}, clock=SystemClock()),
        users=source,
        licenses=source,
        accounts=source,
        market=source,
        gateways=dict.fromkeys(AccountType, source),
        portfolio=source,
        inspector=source,
        clock=SystemClock(),
    )


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


# --- drops --------------------------------------------------------------------------------------------------


async def drops() -> list[Row]:
    """One user's config, license and one account's entries, among full caches and among nearly empty ones."""
    values = Values()
    full, small = new_reads(values), new_reads(values)
    await fill(full, values)
    await fill(small, values, part=0.1)
    found = await take_turns(
        {
            "full": lambda: _drop_users(full, values),
            "few": lambda: _drop_users(small, values),
            "scan": lambda: _scan_for_user(values),
        },
        rounds=7,
    )
    among_full, among_few, scanned = found["full"], found["few"], found["scan"]
    limit = f"≤ {USER_LIMIT:g} µs"
    return [
        row(
            "drop a user's config, license, one account: full caches",
            among_full,
            US,
            "µs",
            "TTLCache, scan of 5,000 keys",
            scanned,
            target=limit,
            ok=among_full * US <= USER_LIMIT,
        ),
        row(
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


async def _drop_users(reads: CachedReads, values: Values, users: int = 80) -> float:
    """Median seconds of a drop; each user is dropped from caches that hold them."""
    accounts = [values.account(number) for number in range(users)]
    Random(users).shuffle(accounts)  # noqa: S311  repeatable
    for account in accounts:
        await _read_all(reads, account)
    before = sum(stats.invalidations for stats in reads.stats())
    times = []
    for each in map(_events, accounts):
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


async def _scan_for_user(values: Values) -> float:
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


# --- memory and counters ------------------------------------------------------------------------------------


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
