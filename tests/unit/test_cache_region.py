"""One region: what is kept, for how long, who shares a load, and what a drop does to a load under way."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

import pytest
from cache_builders import HandClock

from bot.domain.cause import Cause, UpdateId, current_cause
from bot.domain.model import AccountId, AccountType, Exchange, KeyType, SealedCredentials, UserId
from cache.policy import API_RESPONSE, CREDENTIALS, MARKET_DATA, POSITION, AccountKey
from cache.region import LoadEnded, Region, json_bytes
from cache.shelf import SECOND_CHANCES
from cache.stats import LOAD_SECONDS
from cache.tags import account, kind, user


def key(account_id: int, user_id: int = 12, account_type: AccountType = AccountType.DEMO) -> AccountKey:
    return AccountId(account_id), UserId(user_id), Exchange.BYBIT, account_type


A, B = key(1), key(2)


class Source:
    """A loader that counts, and waits at a gate if there is one."""

    def __init__(self) -> None:
        self.calls = 0
        self.gate: asyncio.Event | None = None
        self.answer: Any = "value"
        self.error: Exception | None = None

    async def load(self, *_arguments: object) -> Any:
        self.calls += 1
        answer, error = self.answer, self.error
        if self.gate is not None:
            await self.gate.wait()
        if error is not None:
            raise error
        return answer


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def region(clock: HandClock) -> Region[AccountKey]:
    return Region(POSITION, clock.monotonic)


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What asyncio would log of this test; must stay empty."""
    found: list[str] = []
    yield found
    gc.collect()
    assert found == []


async def begin(region: Region[Any], source: Source, of: Any = A, readers: int = 1) -> list[asyncio.Task[Any]]:
    """Readers that wait for a load which waits at its gate."""
    source.gate = source.gate or asyncio.Event()
    tasks = [asyncio.create_task(region.get(of, source.load, None)) for _ in range(readers)]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


# --- time to live -------------------------------------------------------------------------------------------


async def test_a_value_is_loaded_once_and_lives_its_time(
    region: Region[AccountKey], clock: HandClock, source: Source
) -> None:
    assert await region.get(A, source.load, None) == "value"
    source.answer = "newer"
    clock.pass_by(POSITION.ttl - 0.001)
    assert await region.get(A, source.load, None) == "value"
    clock.pass_by(0.001)
    assert await region.get(A, source.load, None) == "newer"
    assert source.calls == 2
    stats = region.stats()
    assert (stats.hits, stats.misses, stats.loads, stats.expirations) == (1, 2, 2, 1)


async def test_the_time_begins_when_the_answer_came(
    region: Region[AccountKey], clock: HandClock, source: Source
) -> None:
    (reader,) = await begin(region, source)
    clock.pass_by(60)
    assert source.gate
    source.gate.set()
    await reader
    clock.pass_by(POSITION.ttl - 0.1)
    await region.get(A, source.load, None)
    assert source.calls == 1


async def test_a_kind_has_its_own_time(clock: HandClock, source: Source) -> None:
    region = Region(MARKET_DATA, clock.monotonic)
    for kind_of in ("order_book", "klines"):
        await region.get((kind_of, "BTCUSDT", ""), source.load, None)
    clock.pass_by(7)
    for kind_of in ("order_book", "klines"):
        await region.get((kind_of, "BTCUSDT", ""), source.load, None)
    assert (region.hits, region.misses) == (1, 3)


async def test_none_is_a_value(region: Region[AccountKey], source: Source) -> None:
    source.answer = None
    assert await region.get(A, source.load, None) is None
    assert await region.get(A, source.load, None) is None
    assert source.calls == 1
    assert A in region


async def test_the_last_known_outlives_its_time_but_not_a_drop(
    region: Region[AccountKey], clock: HandClock, source: Source
) -> None:
    await region.get(A, source.load, None)
    clock.pass_by(1_000)
    source.error = ValueError("silent")
    with pytest.raises(ValueError, match="silent"):
        await region.get(A, source.load, None)
    assert region.last(A) == "value"
    region.drop(account, 1)
    assert region.last(A) is None
    assert A not in region


# --- single flight ------------------------------------------------------------------------------------------


async def test_a_thousand_misses_are_one_load(region: Region[AccountKey], source: Source) -> None:
    readers = await begin(region, source, readers=1_000)
    assert source.gate
    source.gate.set()
    assert set(await asyncio.gather(*readers)) == {"value"}
    assert source.calls == 1
    assert (region.misses, region.coalesced, region.hits) == (1, 999, 0)
    assert region.stats().hit_rate == 0.999


async def test_an_error_goes_to_everybody_who_waits_and_is_not_kept(region: Region[AccountKey], source: Source) -> None:
    source.error = ValueError("down")
    readers = await begin(region, source, readers=5)
    assert source.gate
    source.gate.set()
    answers = await asyncio.gather(*readers, return_exceptions=True)
    assert answers == [source.error] * 5
    source.error = None
    assert await region.get(A, source.load, None) == "value"
    stats = region.stats()
    assert (source.calls, stats.loads, stats.load_failures, stats.size) == (2, 2, 1, 1)


async def test_a_loader_that_raises_before_it_is_a_coroutine_is_a_failed_load(region: Region[AccountKey]) -> None:
    def load(_: object) -> Any:
        raise ValueError("at once")

    with pytest.raises(ValueError, match="at once"):
        await region.get(A, load, None)
    assert region.stats().load_failures == 1


async def test_a_canceled_reader_leaves_the_others_their_load(region: Region[AccountKey], source: Source) -> None:
    first, second, third = await begin(region, source, readers=3)
    first.cancel()
    second.cancel()
    await asyncio.sleep(0)
    assert source.gate
    source.gate.set()
    assert await third == "value"
    assert first.cancelled()
    assert source.calls == 1


async def test_a_load_without_readers_goes_on_and_is_kept(region: Region[AccountKey], source: Source) -> None:
    readers = await begin(region, source, readers=2)
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    assert source.gate
    source.gate.set()
    await asyncio.sleep(0)
    assert await region.get(A, source.load, None) == "value"
    assert (source.calls, region.hits) == (1, 1)


async def test_a_failed_load_that_nobody_waits_for_makes_no_noise(
    region: Region[AccountKey], complaints: list[str]
) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(str(context)))
    gate = asyncio.Event()

    async def load(_: object) -> None:
        await gate.wait()
        raise ValueError("nobody hears it")

    reader = asyncio.create_task(region.get(A, load, None))
    await asyncio.sleep(0)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    gate.set()
    for _ in range(3):
        await asyncio.sleep(0)
    assert region.stats().load_failures == 1


async def test_a_load_belongs_to_no_update(region: Region[AccountKey]) -> None:
    private: ContextVar[str] = ContextVar("private", default="nobody")
    seen: list[object] = []

    async def load(_: object) -> None:
        seen.extend((private.get(), current_cause.get()))
        private.set("left behind")

    private.set("reader")
    current_cause.set(Cause(UpdateId(7)))
    await region.get(A, load, None)
    assert seen == ["nobody", None]
    assert private.get() == "reader"


# --- overtaken loads ----------------------------------------------------------------------------------------


def drop_account(region: Region[Any]) -> None:
    region.drop(account, 1)


def write_through(region: Region[Any]) -> None:
    region.put(A, "written")


@pytest.mark.parametrize("overtake", [drop_account, write_through])
async def test_an_overtaken_load_answers_those_before_and_is_not_kept(
    region: Region[AccountKey], source: Source, overtake: Callable[[Region[Any]], None]
) -> None:
    source.answer = "old"
    before = await begin(region, source, readers=2)
    overtake(region)
    source.answer = "new"
    after = await begin(region, source)
    assert source.gate
    source.gate.set()
    expected = "written" if overtake is write_through else "new"
    assert await asyncio.gather(*before) == ["old", "old"]
    assert await asyncio.gather(*after) == [expected]
    assert await region.get(A, source.load, None) == expected
    assert region.stats().overtaken_loads == 1


async def test_a_late_landing_does_not_end_the_load_that_replaced_it(
    region: Region[AccountKey], source: Source
) -> None:
    first_gate = source.gate = asyncio.Event()
    (before,) = await begin(region, source)
    region.drop(account, 1)
    source.gate = asyncio.Event()
    (after,) = await begin(region, source)
    first_gate.set()
    await before
    (joined,) = await begin(region, source)
    source.gate.set()
    await asyncio.gather(after, joined)
    assert source.calls == 2


async def test_a_drop_of_one_key_leaves_the_load_of_another(region: Region[AccountKey], source: Source) -> None:
    (reader,) = await begin(region, source, of=B)
    region.drop(account, 1)
    assert source.gate
    source.gate.set()
    await reader
    assert B in region
    assert region.stats().overtaken_loads == 0


# --- tags ---------------------------------------------------------------------------------------------------


async def test_a_drop_takes_what_carries_the_tag_and_nothing_else(region: Region[AccountKey]) -> None:
    keys = {
        "twelve": key(1, 12),
        "twelve's second": key(2, 12),
        "twelve's live": key(3, 12, AccountType.LIVE),
        "one hundred twenty three": key(4, 123),
    }
    for each in keys.values():
        region.put(each, "value")
    assert region.drop(kind, (12, Exchange.BYBIT, AccountType.DEMO)) == 2
    assert [name for name, each in keys.items() if each in region] == ["twelve's live", "one hundred twenty three"]
    assert region.drop(user, 12) == 1
    assert [name for name, each in keys.items() if each in region] == ["one hundred twenty three"]
    assert region.drop(user, 12) == 0
    assert region.stats().invalidations == 3


async def test_a_dropped_entry_leaves_nothing_behind(region: Region[AccountKey]) -> None:
    for number in range(50):
        region.put(key(number, number % 3), "value")
    for number in range(3):
        region.drop(user, number)
    assert region.stats().size == 0
    region.sweep()
    assert len(region._index) == 0
    assert len(region._shelf) == 0
    region.put(A, "again")
    assert region.last(A) == "again"


async def test_a_key_dropped_twice_and_read_between_is_dropped_twice(region: Region[AccountKey]) -> None:
    region.put(A, 1)
    region.drop(account, 1)
    region.drop(user, 12)
    region.put(A, 2)
    assert region.last(A) == 2
    assert region.drop(user, 12) == 1
    assert region.stats().invalidations == 2


def sealed(user_id: int) -> SealedCredentials:
    return SealedCredentials(
        account_id=AccountId(1),
        user_id=UserId(user_id),
        account_type=AccountType.DEMO,
        host="com",
        key_type=KeyType.RSA,
        data_key=b"",
        key_id="k",
        api_key=b"",
        api_secret=b"",
        check=None,
    )


async def test_credentials_are_dropped_with_their_owner_whom_only_the_value_tells(clock: HandClock) -> None:
    region = Region(CREDENTIALS, clock.monotonic)
    region.put(AccountId(1), sealed(12))
    region.put(AccountId(2), sealed(123))
    region.put(AccountId(3), None)
    assert region.drop(user, 12) == 2  # its own, and the one that may be its own
    assert AccountId(2) in region
    assert region.drop(user, 123) == 1


async def test_credentials_under_way_are_overtaken_by_any_user_drop(clock: HandClock, source: Source) -> None:
    region = Region(CREDENTIALS, clock.monotonic)
    source.answer = sealed(12)
    (reader,) = await begin(region, source, of=AccountId(1))
    region.drop(user, 12)
    assert source.gate
    source.gate.set()
    assert await reader == sealed(12)
    assert AccountId(1) not in region
    region.sweep()
    assert len(region._index) == 0


# --- room ---------------------------------------------------------------------------------------------------


@pytest.fixture
def small(clock: HandClock) -> Region[AccountKey]:
    return Region(replace(POSITION, capacity=3), clock.monotonic)


async def test_what_was_read_stays_when_room_is_needed(small: Region[AccountKey], source: Source) -> None:
    for number in (1, 2, 3):
        small.put(key(number), number)
    await small.get(key(1), source.load, None)
    small.put(key(4), 4)
    assert [number for number in (1, 2, 3, 4) if key(number) in small] == [1, 3, 4]
    assert small.stats().evictions == 1


async def test_writing_a_key_again_in_a_full_region_evicts_nobody(small: Region[AccountKey]) -> None:
    for number in (1, 2, 3):
        small.put(key(number), number)
    small.put(key(2), "newer")
    assert [small.last(key(number)) for number in (1, 2, 3)] == [1, "newer", 3]
    assert small.stats().evictions == 0
    small.put(key(4), 4)
    assert key(1) not in small


async def test_room_made_by_a_drop_is_used_before_anybody_is_evicted(small: Region[AccountKey]) -> None:
    for number in (1, 2, 3):
        small.put(key(number), number)
    small.drop(account, 2)
    small.put(key(4), 4)
    assert [number for number in (1, 2, 3, 4) if key(number) in small] == [1, 3, 4]
    assert small.stats().evictions == 0


async def test_an_expired_entry_that_makes_room_is_no_eviction(
    small: Region[AccountKey], clock: HandClock, source: Source
) -> None:
    small.put(key(1), 1)
    await small.get(key(1), source.load, None)
    clock.pass_by(POSITION.ttl)
    for number in (2, 3, 4):
        small.put(key(number), number)
    assert key(1) not in small
    stats = small.stats()
    assert (stats.evictions, stats.expirations) == (0, 1)


async def test_one_eviction_costs_a_bounded_search(clock: HandClock, source: Source) -> None:
    region = Region(replace(POSITION, capacity=200), clock.monotonic)
    for number in range(200):
        region.put(key(number), number)
        await region.get(key(number), source.load, None)
    region.put(key(999), 999)
    assert region.stats().size == 200
    spared = [
        number for number in range(200) if key(number) in region and not region._shelf.index[key(number)].was_read
    ]
    assert len(spared) == SECOND_CHANCES


# --- upkeep -------------------------------------------------------------------------------------------------


async def test_a_sweep_removes_what_has_expired(region: Region[AccountKey], clock: HandClock) -> None:
    region.put(A, 1)
    clock.pass_by(6)
    region.put(B, 2)
    clock.pass_by(6)
    assert region.sweep() == 1
    assert A not in region
    assert B in region
    stats = region.stats()
    assert (stats.size, stats.expirations) == (1, 1)


async def test_a_sweep_spares_what_may_be_shown_as_the_last_known(clock: HandClock) -> None:
    region = Region(replace(POSITION, keep_last=100), clock.monotonic)
    region.put(A, 1)
    clock.pass_by(POSITION.ttl + 99)
    assert region.sweep() == 0
    assert region.last(A) == 1
    clock.pass_by(1)
    assert region.sweep() == 1
    assert region.last(A) is None


async def test_a_sweep_can_stop_half_way(region: Region[AccountKey], clock: HandClock) -> None:
    for number in range(10):
        region.put(key(number), number)
    clock.pass_by(60)
    assert [region.sweep(4) for _ in range(4)] == [4, 4, 2, 0]


async def test_an_expired_entry_is_counted_once(region: Region[AccountKey], clock: HandClock, source: Source) -> None:
    region.put(A, 1)
    clock.pass_by(60)
    source.error = ValueError("down")
    for _ in range(3):
        with pytest.raises(ValueError, match="down"):
            await region.get(A, source.load, None)
    region.sweep()
    assert region.stats().expirations == 1


async def test_closing_ends_loads_and_tells_their_readers(
    region: Region[AccountKey], source: Source, complaints: list[str]
) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(str(context)))
    region.put(B, "held")
    readers = await begin(region, source, readers=2)
    region.drop(account, 1)
    readers += await begin(region, source)
    await region.close()
    answers = await asyncio.gather(*readers, return_exceptions=True)
    assert [type(answer) for answer in answers] == [LoadEnded] * 3
    assert await region.get(B, source.load, None) == "held"
    with pytest.raises(LoadEnded, match="closed"):
        await region.get(A, source.load, None)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("turns", range(6))
async def test_a_canceled_reader_of_a_closing_region_is_canceled(
    region: Region[AccountKey], source: Source, turns: int
) -> None:
    (reader,) = await begin(region, source)
    closing = asyncio.create_task(region.close())
    for _ in range(turns):
        await asyncio.sleep(0)
    was_canceled = reader.cancel()
    await closing
    with pytest.raises(asyncio.CancelledError if was_canceled else LoadEnded):
        await reader


# --- size of a value ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    items: tuple[Row, ...]


async def test_an_answer_over_16_kb_is_given_and_not_kept(clock: HandClock, source: Source) -> None:
    region = Region(API_RESPONSE, clock.monotonic)
    row = Row("x" * 1_013)  # 1,024 bytes as JSON
    for count, is_kept in ((16, True), (17, False)):
        source.answer = Rows((row,) * count)
        of = (None, "rows", (str(count),))
        assert await region.get(of, source.load, None) is source.answer
        assert (of in region) is is_kept


def test_the_size_of_an_answer_is_that_of_its_json() -> None:
    assert json_bytes(Rows(())) == 0
    assert json_bytes(Row("x" * 100)) == 111
    assert json_bytes(None) == 4


# --- numbers ------------------------------------------------------------------------------------------------


async def test_loads_are_timed(region: Region[AccountKey], clock: HandClock) -> None:
    for place, seconds in enumerate((0.0005, 0.002, 3.0)):

        async def load(_: object, seconds: float = seconds) -> None:
            clock.pass_by(seconds)

        await region.get(key(place), load, None)
    times = region.stats().load_seconds
    assert times.bounds == LOAD_SECONDS
    assert times.counts == (1, 1, 0, 0, 0, 0, 1)
    assert times.cumulative[-1] == (float("inf"), 3)
    assert times.cumulative[0] == (0.001, 1)
    assert times.sum == pytest.approx(3.0025)


def test_there_is_no_hit_rate_before_the_first_read(region: Region[AccountKey]) -> None:
    assert region.stats().hit_rate is None
