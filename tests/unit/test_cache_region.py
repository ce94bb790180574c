"""One region: how long a value lives, who shares a load, and what overtakes it."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from harness.cache import A, B, Gate, begin, key
from harness.fakes import FakeClock

from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from cache.policy import MARKET_DATA, POSITION, AccountKey
from cache.region import LoadEnded, Region
from cache.stats import LOAD_SECONDS
from cache.tags import account


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def source() -> Gate:
    return Gate()


@pytest.fixture
def region(clock: FakeClock) -> Region[AccountKey]:
    return Region(POSITION, clock)


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What asyncio would log of this test; must stay empty."""
    found: list[str] = []
    yield found
    gc.collect()
    assert found == []


# --- time to live -------------------------------------------------------------------------------------------


async def test_a_value_is_loaded_once_and_lives_its_time(
    region: Region[AccountKey], clock: FakeClock, source: Gate
) -> None:
    assert await region.get(A, source.load, None) == "value"
    source.answer = "newer"
    clock.advance(POSITION.ttl - 0.001)
    assert await region.get(A, source.load, None) == "value"
    clock.advance(0.001)
    assert await region.get(A, source.load, None) == "newer"
    assert source.calls == 2
    stats = region.stats()
    assert (stats.hits, stats.misses, stats.loads, stats.expirations) == (1, 2, 2, 1)


async def test_the_time_begins_when_the_answer_came(region: Region[AccountKey], clock: FakeClock, source: Gate) -> None:
    (reader,) = await begin(region, source)
    clock.advance(60)
    assert source.gate
    source.gate.set()
    await reader
    clock.advance(POSITION.ttl - 0.1)
    await region.get(A, source.load, None)
    assert source.calls == 1


async def test_a_kind_has_its_own_time(clock: FakeClock, source: Gate) -> None:
    region = Region(MARKET_DATA, clock)
    for kind_of in ("order_book", "klines"):
        await region.get((kind_of, "BTCUSDT", ""), source.load, None)
    clock.advance(7)
    for kind_of in ("order_book", "klines"):
        await region.get((kind_of, "BTCUSDT", ""), source.load, None)
    assert (region.hits, region.misses) == (1, 3)


async def test_none_is_a_value(region: Region[AccountKey], source: Gate) -> None:
    source.answer = None
    assert await region.get(A, source.load, None) is None
    assert await region.get(A, source.load, None) is None
    assert source.calls == 1
    assert A in region


async def test_the_last_known_outlives_its_time_but_not_a_drop(
    region: Region[AccountKey], clock: FakeClock, source: Gate
) -> None:
    await region.get(A, source.load, None)
    clock.advance(1_000)
    source.error = ValueError("silent")
    with pytest.raises(ValueError, match="silent"):
        await region.get(A, source.load, None)
    assert region.last(A) == "value"
    region.drop(account, 1)
    assert region.last(A) is None
    assert A not in region


# --- single flight ------------------------------------------------------------------------------------------


async def test_a_thousand_misses_are_one_load(region: Region[AccountKey], source: Gate) -> None:
    readers = await begin(region, source, readers=1_000)
    assert source.gate
    source.gate.set()
    assert set(await asyncio.gather(*readers)) == {"value"}
    assert source.calls == 1
    assert (region.misses, region.coalesced, region.hits) == (1, 999, 0)
    assert region.stats().hit_rate == 0.999


async def test_an_error_goes_to_everybody_who_waits_and_is_not_kept(region: Region[AccountKey], source: Gate) -> None:
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


async def test_a_canceled_reader_leaves_the_others_their_load(region: Region[AccountKey], source: Gate) -> None:
    first, second, third = await begin(region, source, readers=3)
    first.cancel()
    second.cancel()
    await asyncio.sleep(0)
    assert source.gate
    source.gate.set()
    assert await third == "value"
    assert first.cancelled()
    assert source.calls == 1


async def test_a_load_without_readers_goes_on_and_is_kept(region: Region[AccountKey], source: Gate) -> None:
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
        seen.extend((private.get(), current_attempt.get()))
        private.set("left behind")

    private.set("reader")
    current_attempt.set(UpdateAttempt(UpdateId(7)))
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
    region: Region[AccountKey], source: Gate, overtake: Callable[[Region[Any]], None]
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


async def test_a_late_landing_does_not_end_the_load_that_replaced_it(region: Region[AccountKey], source: Gate) -> None:
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


async def test_a_drop_of_one_key_leaves_the_load_of_another(region: Region[AccountKey], source: Gate) -> None:
    (reader,) = await begin(region, source, of=B)
    region.drop(account, 1)
    assert source.gate
    source.gate.set()
    await reader
    assert B in region
    assert region.stats().overtaken_loads == 0


# --- closing ------------------------------------------------------------------------------------------------


async def test_closing_ends_loads_and_tells_their_readers(
    region: Region[AccountKey], source: Gate, complaints: list[str]
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
    region: Region[AccountKey], source: Gate, turns: int
) -> None:
    (reader,) = await begin(region, source)
    closing = asyncio.create_task(region.close())
    for _ in range(turns):
        await asyncio.sleep(0)
    was_canceled = reader.cancel()
    await closing
    with pytest.raises(asyncio.CancelledError if was_canceled else LoadEnded):
        await reader


# --- numbers ------------------------------------------------------------------------------------------------


async def test_loads_are_timed(region: Region[AccountKey], clock: FakeClock) -> None:
    for place, seconds in enumerate((0.0005, 0.02, 3.0)):

        async def load(_: object, seconds: float = seconds) -> None:
            clock.advance(seconds)

        await region.get(key(place), load, None)
    times = region.stats().load_seconds
    assert times.bounds == LOAD_SECONDS
    assert [count for _, count in times.cumulative] == [1, 2, 2, 2, 3]
    assert times.total == pytest.approx(3.0205)


def test_there_is_no_hit_rate_before_the_first_read(region: Region[AccountKey]) -> None:
    assert region.stats().hit_rate is None


# --- loads that do not end ------------------------------------------------------------------------------------


@pytest.mark.virtual_time
async def test_a_load_that_never_ends_is_ended_and_the_next_reader_begins_anew(
    region: Region[AccountKey], source: Gate
) -> None:
    source.gate = asyncio.Event()
    readers = [asyncio.create_task(region.get(A, source.load, None)) for _ in range(2)]
    ended = await asyncio.gather(*readers, return_exceptions=True)
    assert [str(each) for each in ended] == ["a load took over 30 s: position"] * 2
    assert all(isinstance(each, LoadEnded) for each in ended)
    source.gate = None
    assert await region.get(A, source.load, None) == "value"
    assert (region.stats().load_failures, region.stats().loading) == (1, 0)


async def test_loads_under_way_and_their_age_are_told(
    region: Region[AccountKey], clock: FakeClock, source: Gate
) -> None:
    source.gate = asyncio.Event()
    reader = asyncio.create_task(region.get(A, source.load, None))
    await asyncio.sleep(0)
    clock.advance(2.5)
    other = asyncio.create_task(region.get(B, source.load, None))
    await asyncio.sleep(0)
    assert (region.stats().loading, region.stats().oldest_load_s) == (2, 2.5)
    source.gate.set()
    await asyncio.gather(reader, other)
    assert (region.stats().loading, region.stats().oldest_load_s) == (0, 0)


async def test_a_load_that_reads_its_own_key_is_told_so(region: Region[AccountKey]) -> None:
    async def load(_: None) -> Any:
        return await region.get(A, load, None)

    with pytest.raises(RuntimeError, match="the load of position reads what it is to load"):
        await region.get(A, load, None)


async def test_so_is_one_that_reads_it_by_another_load(region: Region[AccountKey]) -> None:
    async def there(_: None) -> Any:
        return await region.get(B, back, None)

    async def back(_: None) -> Any:
        return await region.get(A, there, None)

    with pytest.raises(RuntimeError, match="the load of position reads what it is to load"):
        await region.get(A, there, None)


async def test_a_load_may_read_other_keys(region: Region[AccountKey], source: Gate) -> None:
    async def load(_: None) -> Any:
        return [await region.get(B, source.load, None)]

    assert await region.get(A, load, None) == ["value"]
