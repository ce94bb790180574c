"""The two paces: what may pass in any span of time, whatever is asked of them when."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exchange.rate_limits import RollingWindow, TokenBucket

GAPS = st.lists(st.floats(0, 0.4), min_size=1, max_size=80)
EPSILON = 1e-6


def call(pace: TokenBucket | RollingWindow, now: float) -> None:
    """A call that is answered at once."""
    pace.take(now)
    if isinstance(pace, RollingWindow):
        pace.end(now)


def passed(pace: TokenBucket | RollingWindow, gaps: Sequence[float]) -> list[float]:
    """The times at which calls pass that come after these gaps and wait as long as they are told."""
    now, times = 0.0, []
    for gap in gaps:
        now += gap
        now += pace.delay(now)
        assert pace.delay(now) <= EPSILON, "a wait that was waited is over"
        call(pace, now)
        times.append(now)
    return times


@given(GAPS, st.floats(0.5, 100), st.integers(1, 20))
def test_a_bucket_lets_no_more_through_than_burst_and_rate(gaps: list[float], rate: float, burst: int) -> None:
    times = passed(TokenBucket(rate=rate, burst=burst, now=0.0), gaps)
    for first, start in enumerate(times):
        for last in range(first, len(times)):
            assert last - first + 1 <= burst + rate * (times[last] - start) + EPSILON


CALLS = st.lists(st.tuples(st.floats(0, 0.4), st.floats(0, 3), st.floats(0, 1)), min_size=1, max_size=60)


@given(CALLS, st.integers(1, 10))
def test_a_window_holds_at_bybits_end_whenever_calls_arrive_there(
    calls: list[tuple[float, float, float]], limit: int
) -> None:
    """Each call comes after a gap, takes some time, and arrives at some part of it."""
    window, now, ends, arrivals = RollingWindow(limit=limit), 0.0, list[float](), list[float]()
    for gap, seconds, part in calls:
        now += gap
        while (wait := _delay_after(window, ends, now)) > 0:
            now += wait
        window.take(now)
        ends.append(now + seconds)
        arrivals.append(now + seconds * part)
    arrivals.sort()
    for first in range(len(arrivals) - limit):
        assert arrivals[first + limit] - arrivals[first] >= 1.0 - EPSILON


def _delay_after(window: RollingWindow, ends: list[float], now: float) -> float:
    """The wait that is told once the calls that are over by now are ended."""
    for end in sorted(end for end in ends if end <= now):
        window.end(end)
        ends.remove(end)
    return window.delay(now)


@given(st.integers(1, 10), st.integers(0, 40), st.integers(0, 40))
def test_the_wait_behind_others_is_what_they_will_take(limit: int, taken: int, ahead: int) -> None:
    window, bucket = RollingWindow(limit=limit), TokenBucket(rate=10, burst=limit, now=0.0)
    for pace in (window, bucket):
        now = 0.0
        for _ in range(taken):
            now += pace.delay(now)
            call(pace, now)
        told = pace.delay(now, ahead)
        start = now
        for _ in range(ahead):
            now += pace.delay(now)
            call(pace, now)
        assert now + pace.delay(now) - start == pytest.approx(told, abs=1e-4)


def test_nobody_waits_while_there_is_room() -> None:
    window, bucket = RollingWindow(limit=3), TokenBucket(rate=1, burst=3, now=0.0)
    assert passed(window, [0.0, 0.0, 0.0]) == passed(bucket, [0.0, 0.0, 0.0]) == [0.0, 0.0, 0.0]
    assert bucket.delay(0.0) == pytest.approx(1.0)
    assert window.delay(0.25) == pytest.approx(0.75)


def test_what_was_not_called_is_given_back() -> None:
    window, bucket = RollingWindow(limit=1), TokenBucket(rate=0.001, burst=1, now=0.0)
    for pace in (window, bucket):
        pace.take(0.0)
        assert pace.delay(0.0) > 0
        pace.give_back()
        assert pace.delay(0.0) == 0
    bucket.give_back()
    bucket.take(0.0)
    assert bucket.delay(0.0) > 0, "a bucket never holds more than its burst"


def test_a_window_learns_what_others_used() -> None:
    window = RollingWindow(limit=50)
    call(window, 0.0)
    window.learn(limit=10, used=8, now=0.0)
    assert [window.delay(0.0, ahead) > 0 for ahead in range(3)] == [False, False, True]
    window.learn(limit=10, used=10**9, now=0.1)
    assert window.delay(0.1) == pytest.approx(0.9)
    assert window.delay(1.05, 7) == 0, "what is a second old counts no more"


def test_a_held_window_opens_when_it_was_told() -> None:
    window = RollingWindow(limit=5)
    window.hold(4.0)
    window.hold(3.0)
    assert window.delay(1.0) == pytest.approx(3.0)
    assert not window.is_idle(3.9)
    assert window.is_idle(4.0)


@pytest.mark.parametrize(("rate", "burst"), [(0, 5), (-1, 5), (1, 0)])
def test_a_bucket_that_lets_nothing_through_is_refused(rate: float, burst: float) -> None:
    with pytest.raises(ValueError, match="bucket"):
        TokenBucket(rate=rate, burst=burst, now=0.0)


@pytest.mark.parametrize(("limit", "period"), [(0, 1), (1, 0)])
def test_a_window_that_lets_nothing_through_is_refused(limit: int, period: float) -> None:
    with pytest.raises(ValueError, match="window"):
        RollingWindow(limit=limit, period=period)


def test_time_that_stands_fills_no_bucket() -> None:
    bucket = TokenBucket(rate=5, burst=1, now=10.0)
    bucket.take(10.0)
    waits = [bucket.delay(now) for now in (10.0, 9.0, 10.1, 10.2)]
    assert waits == pytest.approx([0.2, 0.2, 0.1, 0.0])
    assert all(one >= two for one, two in pairwise(waits))
