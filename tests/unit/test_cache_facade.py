"""The facade: every read is cached under its own key, every event drops what the table says, nobody else's."""

import asyncio
import inspect
import logging
from collections.abc import Callable
from typing import Any

import pytest
from harness.cache import Source, account
from harness.fakes import FakeClock

from bot.domain.accounts import Account, AccountType, Exchange, KeyType, SealedCredentials
from bot.domain.events import (
    AccountEvent,
    CredentialsChanged,
    Event,
    InstrumentRejected,
    LicenseChanged,
    OrderChanged,
    OrderFilled,
    OrderPlaced,
    PositionClosed,
    PositionOpened,
    RoleChanged,
    StopChanged,
    UserBanned,
    UserConfigChanged,
    WalletChanged,
)
from bot.domain.ids import AccountId, Millis, Symbol, UserId
from bot.domain.market import Category
from bot.domain.portfolio import Positions
from bot.domain.ports.reads import Reads
from bot.domain.users import Language, Role, UserConfig, UserSettings
from cache.facade import CachedReads
from cache.policy import TABLE

BTC, ETH = Symbol("BTCUSDT"), Symbol("ETHUSDT")
TWELVE, OTHER = UserId(12), UserId(123)
MAIN = account(1, 12)
SECOND = account(2, 12)  # the same kind, another account
LIVE = account(3, 12, AccountType.LIVE)
THEIRS = account(4, 123)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def reads(source: Source, clock: FakeClock) -> CachedReads:
    return source.reads(clock=clock)


READS: dict[str, tuple[str, tuple[Any, ...], str]] = {  # method: (loader, arguments, region)
    "user_config": ("user_config", (TWELVE,), "user_config"),
    "staff": ("staff", (), "user_config"),
    "license": ("license", (TWELVE,), "license"),
    "credentials": ("credentials", (AccountId(1),), "credentials"),
    "balance": ("balance", (MAIN,), "balance"),
    "positions": ("positions", (MAIN,), "position"),
    "orders": ("orders", (MAIN,), "order"),
    "executions": ("executions", (MAIN,), "api_response"),
    "closed_pnl": ("closed_pnl", (MAIN,), "api_response"),
    "fee_rate": ("fee_rate", (MAIN, BTC), "api_response"),
    "key_check": ("key_check", (MAIN,), "api_response"),
    "ticker": ("ticker", (BTC,), "price"),
    "order_book": ("order_book", (BTC,), "market_data"),
    "klines": ("klines", (BTC, "60"), "market_data"),
    "candles": ("candles", (BTC, "60"), "market_data"),
    "board": ("board", (Category.LINEAR,), "market_data"),
    "instrument": ("instrument", (Category.LINEAR, BTC), "symbol_info"),
    "instruments": ("instruments", (Category.LINEAR,), "symbol_info"),
    "risk_tiers": ("risk_tiers", (BTC,), "api_response"),
}
NOT_CACHED = {"last_positions", "last_orders"}


def test_these_are_all_the_reads_of_the_port() -> None:
    port = {name for name, read in vars(Reads).items() if inspect.iscoroutinefunction(read)}
    assert port == set(READS) | NOT_CACHED
    assert {region for _, _, region in READS.values()} == {policy.name for policy in TABLE}


@pytest.mark.parametrize("method", READS)
async def test_a_read_is_loaded_once_and_counted_in_its_region(reads: CachedReads, source: Source, method: str) -> None:
    loader, arguments, region = READS[method]
    read: Callable[..., Any] = getattr(reads, method)
    source.answers["credentials"] = None
    first = await read(*arguments)
    assert await read(*arguments) is first
    assert source.asked == {(loader, *arguments): 1}
    counted = {stats.name: (stats.hits, stats.misses, stats.size) for stats in reads.stats()}
    assert counted.pop(region) == (1, 1, 1)
    assert set(counted.values()) == {(0, 0, 0)}


async def test_reads_are_coroutines_that_make_tasks(reads: CachedReads) -> None:
    task: asyncio.Task[Any] = asyncio.create_task(reads.ticker(BTC))
    assert (await task)[0] == "ticker"


async def test_reads_that_differ_in_anything_do_not_share(reads: CachedReads, source: Source) -> None:
    accounts = (MAIN, SECOND, LIVE, THEIRS)
    await asyncio.gather(
        *(read(each) for read in (reads.balance, reads.executions, reads.key_check) for each in accounts),
        *(reads.fee_rate(each, symbol) for each in accounts for symbol in (BTC, ETH)),
        *(reads.klines(symbol, interval) for symbol in (BTC, ETH) for interval in ("1", "D")),
        *(reads.order_book(symbol) for symbol in (BTC, ETH)),
        *(reads.instrument(category, BTC) for category in Category),
    )
    assert set(source.asked.values()) == {1}
    assert len(source.asked) == 12 + 8 + 4 + 2 + 2


async def test_the_last_known_is_there_after_its_time(reads: CachedReads, source: Source, clock: FakeClock) -> None:
    assert reads.last_balance(MAIN) is None
    fresh = {
        "balance": await reads.balance(MAIN),
        "executions": await reads.executions(MAIN),
        "ticker": await reads.ticker(BTC),
        "order_book": await reads.order_book(BTC),
        "klines": await reads.klines(BTC, "60"),
        "candles": await reads.candles(BTC, "60"),
        "board": await reads.board(Category.LINEAR),
    }
    clock.advance(600)
    reads.sweep()
    last = {
        "balance": reads.last_balance(MAIN),
        "executions": reads.last_executions(MAIN),
        "ticker": reads.last_ticker(BTC),
        "order_book": reads.last_order_book(BTC),
        "klines": reads.last_klines(BTC, "60"),
        "candles": reads.last_candles(BTC, "60"),
        "board": reads.last_board(Category.LINEAR),
    }
    assert last == fresh
    assert reads.last_balance(SECOND) is None
    reads.invalidate((WalletChanged(user_id=TWELVE, account_id=MAIN.account_id, **kind_of(MAIN)),))
    assert reads.last_balance(MAIN) is None
    assert set(source.asked.values()) == {1}


async def test_the_last_rows_come_from_storage_and_ask_no_exchange(reads: CachedReads, source: Source) -> None:
    await reads.last_positions(MAIN)
    await reads.last_orders(MAIN)
    assert source.asked == {("last_positions", MAIN): 1, ("last_orders", MAIN): 1}


# --- events -------------------------------------------------------------------------------------------------


def kind_of(of: Account) -> dict[str, Any]:
    return {"exchange": of.exchange, "account_type": of.account_type}


def credentials_of(of: Account) -> SealedCredentials:
    return SealedCredentials(
        account_id=of.account_id,
        user_id=of.user_id,
        account_type=of.account_type,
        host="com",
        key_type=KeyType.RSA,
        data_key=b"",
        key_id="k",
        api_key=b"",
        api_secret=b"",
        check=None,
    )


async def fill(reads: CachedReads, source: Source) -> None:
    """One entry of everything for four accounts of two users."""
    for user_id in (TWELVE, OTHER):
        await reads.user_config(user_id)
        await reads.license(user_id)
    for each in (MAIN, SECOND, LIVE, THEIRS):
        source.answers["credentials"] = credentials_of(each)
        await reads.credentials(each.account_id)
        for read in (reads.balance, reads.positions, reads.orders, reads.executions, reads.key_check):
            await read(each)
        await reads.fee_rate(each, BTC)
    for symbol in (BTC, ETH):
        await reads.ticker(symbol)
        await reads.order_book(symbol)
        await reads.instrument(Category.LINEAR, symbol)


async def gone(reads: CachedReads, source: Source, drop: Callable[[], None]) -> set[tuple[Any, ...]]:
    """What must be loaded anew after `drop`: (loader, arguments)."""
    await fill(reads, source)
    drop()
    source.asked.clear()
    await fill(reads, source)
    return set(source.asked)


API = ("executions", "key_check")
ORDER_PLACED = ("balance", "positions", "orders")
POSITION_CLOSED = ("balance", "positions", *API)
EVENTS: list[tuple[type[AccountEvent], tuple[str, ...]]] = [
    (OrderPlaced, ORDER_PLACED),
    (OrderChanged, ("orders",)),
    (OrderFilled, ("balance", "positions", "orders", *API)),
    (PositionOpened, ("positions",)),
    (PositionClosed, POSITION_CLOSED),
    (StopChanged, ("positions",)),
    (WalletChanged, ("balance",)),
    (CredentialsChanged, ("credentials", "balance", "positions", "orders", *API)),
]


def of_accounts(names: tuple[str, ...], *accounts: Account) -> set[tuple[Any, ...]]:
    """The loads that `names` stand for."""
    found: set[tuple[Any, ...]] = set()
    for each in accounts:
        found |= {(name, each.account_id if name == "credentials" else each) for name in names}
        if API[0] in names:
            found.add(("fee_rate", each, BTC))
    return found


@pytest.mark.parametrize(("event", "names"), EVENTS, ids=lambda each: getattr(each, "__name__", ""))
async def test_an_account_event_drops_that_account_alone(
    reads: CachedReads, source: Source, event: type[AccountEvent], names: tuple[str, ...]
) -> None:
    happened = event(user_id=TWELVE, account_id=MAIN.account_id, **kind_of(MAIN))
    assert await gone(reads, source, lambda: reads.invalidate((happened,))) == of_accounts(names, MAIN)


@pytest.mark.parametrize(
    ("event", "dropped"),
    [
        (UserConfigChanged(user_id=TWELVE), {("user_config", TWELVE)}),
        (RoleChanged(user_id=TWELVE), {("user_config", TWELVE)}),
        (UserBanned(user_id=TWELVE), {("user_config", TWELVE), ("license", TWELVE)}),
        (LicenseChanged(user_id=TWELVE), {("license", TWELVE)}),
        (InstrumentRejected(category=Category.LINEAR, symbol=BTC), {("instrument", Category.LINEAR, BTC)}),
    ],
    ids=lambda each: type(each).__name__,
)
async def test_other_events_drop_their_user_or_symbol_alone(
    reads: CachedReads, source: Source, event: Event, dropped: set[tuple[Any, ...]]
) -> None:
    assert await gone(reads, source, lambda: reads.invalidate((event,))) == dropped


async def test_several_events_drop_all_they_say_at_once(reads: CachedReads, source: Source) -> None:
    events = (
        UserBanned(user_id=TWELVE),
        CredentialsChanged(user_id=TWELVE, account_id=MAIN.account_id, **kind_of(MAIN)),
    )
    dropped = await gone(reads, source, lambda: reads.invalidate(events))
    assert dropped == {("user_config", TWELVE), ("license", TWELVE)} | of_accounts(EVENTS[-1][1], MAIN)


def test_invalidating_cannot_wait(reads: CachedReads) -> None:
    assert not inspect.iscoroutinefunction(reads.invalidate)
    reads.invalidate(())


# --- verbs --------------------------------------------------------------------------------------------------

KIND = (TWELVE, Exchange.BYBIT, AccountType.DEMO)


@pytest.mark.parametrize(
    ("verb", "names"),
    [
        ("invalidate_position_cache", ("positions",)),
        ("invalidate_balance_cache", ("balance",)),
        ("on_order_placed", ORDER_PLACED),
        ("on_position_closed", POSITION_CLOSED),
    ],
)
async def test_a_verb_of_a_kind_drops_every_account_of_that_kind(
    reads: CachedReads, source: Source, verb: str, names: tuple[str, ...]
) -> None:
    dropped = await gone(reads, source, lambda: getattr(reads, verb)(*KIND))
    assert dropped == of_accounts(names, MAIN, SECOND)


async def test_changed_credentials_drop_the_kind_and_all_of_the_user_s_keys(reads: CachedReads, source: Source) -> None:
    dropped = await gone(reads, source, lambda: reads.on_user_credentials_changed(*KIND))
    assert dropped == of_accounts(EVENTS[-1][1], MAIN, SECOND) | {("credentials", LIVE.account_id)}


async def test_all_of_a_user_goes_at_once_and_nothing_of_user_123(reads: CachedReads, source: Source) -> None:
    dropped = await gone(reads, source, lambda: reads.invalidate_user_caches(TWELVE))
    assert dropped == ({("user_config", TWELVE), ("license", TWELVE)} | of_accounts(EVENTS[-1][1], MAIN, SECOND, LIVE))


# --- upkeep -------------------------------------------------------------------------------------------------


async def test_a_sweep_in_steps_sweeps_all_regions_and_gives_way(
    reads: CachedReads, source: Source, clock: FakeClock
) -> None:
    await fill(reads, source)
    clock.advance(100_000)
    sweeping = asyncio.create_task(reads.sweep_in_steps())
    await asyncio.sleep(0)
    assert not sweeping.done(), "a step a turn of the loop"
    await sweeping
    assert [stats.size for stats in reads.stats()] == [0] * 10


async def test_a_sweep_answers_how_much_went(reads: CachedReads, source: Source, clock: FakeClock) -> None:
    await fill(reads, source)
    held = sum(stats.size for stats in reads.stats())
    clock.advance(100_000)
    assert reads.sweep() == held
    assert reads.sweep() == 0


def config(user_id: UserId, *accounts: Account) -> UserConfig:
    return UserConfig(
        user_id=user_id,
        username=None,
        first_name="Anna",
        language=Language.ENGLISH,
        role=Role.USER,
        is_banned=False,
        terms_version=1,
        settings=UserSettings(),
        default_account_id=None,
        accounts=accounts,
        first_seen_ts=0,  # type: ignore[arg-type]  # the epoch
    )


@pytest.mark.parametrize(("age", "is_warm"), [(9_900, True), (10_000, False)])
async def test_warming_reads_rows_alone(source: Source, age: int, is_warm: bool) -> None:
    """The exchange is asked nothing; positions are warm where their rows are young enough."""
    clock = FakeClock()
    reads = source.reads(clock=clock)
    source.answers["user_config"] = config(TWELVE, MAIN, LIVE)
    rows = Positions(account_id=MAIN.account_id, items=(), as_of=Millis(clock.now() - age))
    source.answers["last_positions"] = rows
    assert await reads.warm([TWELVE]) == 1
    assert set(source.asked) == {
        ("user_config", TWELVE),
        ("license", TWELVE),
        ("last_positions", MAIN),
        ("last_positions", LIVE),
    }
    assert (await reads.positions(MAIN) is rows) is is_warm


async def test_warming_goes_on_after_a_failure_and_logs_it(
    reads: CachedReads, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    source.answers["user_config"] = None
    source.errors["license"] = ValueError("no license today")
    with caplog.at_level(logging.WARNING):
        assert await reads.warm([TWELVE, OTHER]) == 0
    assert [record.getMessage() for record in caplog.records] == [
        "could not warm the cache for user 12",
        "could not warm the cache for user 123",
    ]


async def test_each_user_that_is_warm_counts(reads: CachedReads, source: Source) -> None:
    source.answers["user_config"] = None
    assert await reads.warm([UserId(number) for number in range(50)]) == 50


@pytest.mark.virtual_time
async def test_warming_is_bounded_in_number_and_time(reads: CachedReads, source: Source) -> None:
    source.gate = asyncio.Event()
    users = [UserId(number) for number in range(50)]
    warming = asyncio.create_task(reads.warm(users, at_once=3, within=0.05))
    await asyncio.sleep(0.01)
    assert {arguments[0] for name, *arguments in source.asked if name == "user_config"} == {0, 1, 2}
    assert await warming == 0
    source.gate.set()
    await asyncio.sleep(0.01)
    assert {stats.name: stats.size for stats in reads.stats()}["license"] == 3  # what had begun was kept
    await reads.close()


@pytest.mark.virtual_time
async def test_closing_ends_the_loads_of_all_regions(reads: CachedReads, source: Source) -> None:
    source.gate = asyncio.Event()
    readers = [asyncio.create_task(reads.balance(MAIN)), asyncio.create_task(reads.ticker(BTC))]
    await asyncio.sleep(0.001)
    await reads.close()
    answers = await asyncio.gather(*readers, return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == ["LoadEnded", "LoadEnded"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_settings_reach_the_regions(source: Source) -> None:
    reads = source.reads(overrides={"order": (1.5, 9)})
    order = {stats.name: stats for stats in reads.stats()}["order"]
    assert (order.ttl, order.capacity) == (1.5, 9)


def test_the_statistics_have_the_ten_regions_in_order(reads: CachedReads) -> None:
    assert [stats.name for stats in reads.stats()] == [policy.name for policy in TABLE]
