"""Thousands of interleavings against the model; and proof that the same search catches a region without its check."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache.policy import AccountKey
from cache.region import Load, Region
from ops.campaigns.cache_interleavings import (
    KEYS,
    VERBS,
    Move,
    Schedule,
    failure_of,
    play,
    random_schedule,
    run,
    shorten,
)

SCHEDULES = st.builds(
    Schedule,
    moves=st.lists(st.builds(Move, st.sampled_from(VERBS), st.integers(0, 39)), max_size=60).map(tuple),
    capacity=st.sampled_from([2, 3, len(KEYS)]),
    ends_closed=st.booleans(),
)


class KeepsOvertakenLoads(Region[AccountKey]):
    """Without the check: a load that a drop or a write overtook is kept."""

    __slots__ = ()

    def _may_keep(self, under_way: Load[AccountKey]) -> bool:  # noqa: ARG002  the check is taken out
        return True


class LetsReadersJoinOvertakenLoads(Region[AccountKey]):
    """Without the other half: readers that come after a drop are given the load that began before it."""

    __slots__ = ()

    def _supersede(self, under_way: Load[AccountKey]) -> None:
        under_way.is_superseded = True
        self._superseded += 1


class CancelsTheLoadOfAll(Region[AccountKey]):
    """Without the shield: one canceled reader takes the load away from the others."""

    __slots__ = ()

    async def _result_of(self, under_way: Load[AccountKey]) -> object:
        return await under_way.task


@settings(max_examples=300)
@given(SCHEDULES)
def test_no_interleaving_leaves_the_model(schedule: Schedule) -> None:
    play(schedule)


@pytest.mark.campaign
def test_thousands_of_random_interleavings_leave_no_stale_read() -> None:
    report = run(seed=1, budget_seconds=60, at_most=2_500)
    assert report.failures == ()
    assert (report.cases, report.is_good) == (2_500, True)
    assert report.steps > 100_000


def test_the_search_makes_every_move() -> None:
    rng = Random(7)  # noqa: S311  repeatable
    moves = Counter(move.verb for _ in range(50) for move in random_schedule(rng).moves)
    assert set(moves) == set(VERBS)


@pytest.mark.parametrize("mutant", [KeepsOvertakenLoads, LetsReadersJoinOvertakenLoads])
def test_taking_out_the_overtaken_check_is_caught_as_a_stale_read(mutant: type[Region[AccountKey]]) -> None:
    rng = Random(1)  # noqa: S311  repeatable
    found = [failure_of(random_schedule(rng), mutant) for _ in range(200)]
    stale = [failure for failure in found if failure and failure.startswith("stale: ")]
    assert len(stale) > 5


def test_taking_out_the_shield_is_caught() -> None:
    report = run(seed=1, budget_seconds=60, at_most=500, region_type=CancelsTheLoadOfAll)
    assert not report.is_good


def test_a_failure_is_told_with_a_short_schedule_that_repeats_it() -> None:
    report = run(seed=1, budget_seconds=60, region_type=KeepsOvertakenLoads)
    (failure,) = report.failures
    assert "repeat with Schedule(moves=(Move(verb=" in failure
    assert "seed 1" in str(report)
    schedule = Schedule(
        moves=(Move("read", 0), Move("step", 6), Move("sweep", 0), Move("write", 0), Move("land", 0), Move("step", 6))
    )
    assert failure_of(schedule) is None
    shortest = shorten(schedule, KeepsOvertakenLoads)
    assert len(shortest.moves) < len(schedule.moves)
    assert failure_of(shortest, KeepsOvertakenLoads) is not None
