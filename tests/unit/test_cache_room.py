"""One region: what a drop takes, who makes room, and what a sweep leaves."""

from dataclasses import dataclass, replace

import pytest
from harness.cache import A, B, Gate, begin, key
from harness.fakes import FakeClock

from bot.domain.accounts import AccountType, Exchange, KeyType, SealedCredentials
from bot.domain.ids import AccountId, UserId
from cache.policy import API_RESPONSE, CREDENTIALS, POSITION, AccountKey
from cache.region import Region
from cache.second_chance import SECOND_CHANCES
from cache.sizes import json_bytes
from cache.tags import account, kind, user


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def source() -> Gate:
    return Gate()


@pytest.fixture
def region(clock: FakeClock) -> Region[AccountKey]:
    return Region(POSITION, clock)


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
    assert len(region._cache) == 0
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


async def test_credentials_are_dropped_with_their_owner_whom_only_the_value_tells(clock: FakeClock) -> None:
    region = Region(CREDENTIALS, clock)
    region.put(AccountId(1), sealed(12))
    region.put(AccountId(2), sealed(123))
    region.put(AccountId(3), None)
    assert region.drop(user, 12) == 2  # its own, and the one that may be its own
    assert AccountId(2) in region
    assert region.drop(user, 123) == 1


async def test_credentials_under_way_are_overtaken_by_any_user_drop(clock: FakeClock, source: Gate) -> None:
    region = Region(CREDENTIALS, clock)
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
def small(clock: FakeClock) -> Region[AccountKey]:
    return Region(replace(POSITION, capacity=3), clock)


async def test_what_was_read_stays_when_room_is_needed(small: Region[AccountKey], source: Gate) -> None:
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
    small: Region[AccountKey], clock: FakeClock, source: Gate
) -> None:
    small.put(key(1), 1)
    await small.get(key(1), source.load, None)
    clock.advance(POSITION.ttl)
    for number in (2, 3, 4):
        small.put(key(number), number)
    assert key(1) not in small
    stats = small.stats()
    assert (stats.evictions, stats.expirations) == (0, 1)


async def test_one_eviction_costs_a_bounded_search(clock: FakeClock, source: Gate) -> None:
    region = Region(replace(POSITION, capacity=200), clock)
    for number in range(200):
        region.put(key(number), number)
        await region.get(key(number), source.load, None)
    region.put(key(999), 999)
    assert region.stats().size == 200
    spared = [
        number for number in range(200) if key(number) in region and not region._cache.index[key(number)].was_read
    ]
    assert len(spared) == SECOND_CHANCES


# --- upkeep -------------------------------------------------------------------------------------------------


async def test_a_sweep_removes_what_has_expired(region: Region[AccountKey], clock: FakeClock) -> None:
    region.put(A, 1)
    clock.advance(6)
    region.put(B, 2)
    clock.advance(6)
    assert region.sweep() == 1
    assert A not in region
    assert B in region
    stats = region.stats()
    assert (stats.size, stats.expirations) == (1, 1)


async def test_a_sweep_spares_what_may_be_shown_as_the_last_known(clock: FakeClock) -> None:
    region = Region(replace(POSITION, keep_last=100), clock)
    region.put(A, 1)
    clock.advance(POSITION.ttl + 99)
    assert region.sweep() == 0
    assert region.last(A) == 1
    clock.advance(1)
    assert region.sweep() == 1
    assert region.last(A) is None


async def test_a_sweep_in_steps_looks_at_each_entry_once(region: Region[AccountKey], clock: FakeClock) -> None:
    for number in range(5):
        region.put(key(number), number)
    clock.advance(60)
    for number in range(5, 10):
        region.put(key(number), number)
    assert list(region.sweep_in_steps(4)) == [4, 1, 0]
    assert list(region.sweep_in_steps(4)) == [0, 0]
    assert region.stats().size == 5


async def test_what_changes_between_two_steps_of_a_sweep(region: Region[AccountKey], clock: FakeClock) -> None:
    for number in range(6):
        region.put(key(number), number)
    clock.advance(60)
    steps = region.sweep_in_steps(2)
    assert next(steps) == 2
    region.put(key(2), "new")
    assert region.drop(account, 3) == 1
    region.put(key(0), "came after the first step")
    assert list(steps) == [0, 2], "one was replaced, one was dropped"
    assert [number for number in range(6) if key(number) in region] == [0, 2]
    assert (region.stats().expirations, region.stats().invalidations) == (4, 1)


async def test_an_expired_entry_is_counted_once(region: Region[AccountKey], clock: FakeClock, source: Gate) -> None:
    region.put(A, 1)
    clock.advance(60)
    source.error = ValueError("down")
    for _ in range(3):
        with pytest.raises(ValueError, match="down"):
            await region.get(A, source.load, None)
    region.sweep()
    assert region.stats().expirations == 1


# --- size of a value ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    items: tuple[Row, ...]


async def test_an_answer_over_16_kb_is_given_and_not_kept(clock: FakeClock, source: Gate) -> None:
    region = Region(API_RESPONSE, clock)
    row = Row("x" * 1_012)  # 1,023 bytes as JSON, and the comma after it
    for count, is_kept in ((15, True), (17, False)):
        source.answer = Rows((row,) * count)
        of = (None, "rows", (str(count),))
        assert await region.get(of, source.load, None) is source.answer
        assert (of in region) is is_kept


async def test_what_is_too_large_takes_down_what_it_replaces(clock: FakeClock, source: Gate) -> None:
    region = Region(replace(POSITION, max_value_bytes=100), clock)
    region.put(A, "x" * 90)
    region.put(A, "x" * 200)
    assert A not in region
    assert (region.stats().size, region.stats().bytes) == (0, 0)


async def test_bytes_are_bounded_and_what_was_used_least_recently_leaves(clock: FakeClock) -> None:
    region = Region(replace(POSITION, max_bytes=1_000), clock)
    for number in range(5):
        region.put(key(number), "x" * 298)  # 300 bytes as JSON
    assert [number for number in range(5) if key(number) in region] == [2, 3, 4]
    assert (region.stats().bytes, region.stats().evictions) == (900, 2)
    region.put(key(3), "x" * 598)
    assert [number for number in range(5) if key(number) in region] == [3, 4]
    assert region.drop(account, 3) == 1
    region.sweep()
    assert region.stats().bytes == 300


async def test_many_rows_are_never_cut(clock: FakeClock, source: Gate) -> None:
    """A whale's orders are answered whole, kept or not."""
    region = Region(replace(POSITION, max_value_bytes=10_000), clock)
    source.answer = Rows(tuple(Row(str(number)) for number in range(5_000)))
    assert await region.get(A, source.load, None) is source.answer
    assert A not in region


def test_the_size_of_a_value_is_that_of_its_json() -> None:
    assert json_bytes(Rows(())) == len("[]")
    assert json_bytes(Row("x" * 100)) == 102
    assert json_bytes(None) == 4
    rows = Rows(tuple(Row("x" * number) for number in range(100)))
    assert json_bytes(rows) == pytest.approx(100 * (49.5 + len('{"text":""},')), rel=0.25)


# --- the moment a value is of ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    as_of: int


@pytest.mark.parametrize(("age", "left"), [(0, 10), (9.9, 0.1), (10, 0), (60, 0), (-5, 10)])
async def test_an_entry_expires_a_time_to_live_after_the_moment_it_is_of(
    region: Region[AccountKey], clock: FakeClock, source: Gate, age: float, left: float
) -> None:
    """Rows that are 9.9 s old, loaded from storage, are not good for 10 s more."""
    source.answer = Reading(clock.now() - int(age * 1000))
    assert await region.get(A, source.load, None) is source.answer
    clock.advance(max(left - 0.05, 0))
    await region.get(A, source.load, None)
    assert source.calls == (1 if left else 2)
    clock.advance(0.1)
    await region.get(A, source.load, None)
    assert source.calls == (2 if left else 3)
