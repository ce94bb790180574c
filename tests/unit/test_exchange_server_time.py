"""Bybit's clock: what is believed of an answer, and when it is asked."""

import asyncio
from dataclasses import dataclass, field

import pytest
from harness.exchange import TurnedTime, settle
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ExchangeDown
from bot.domain.ids import Millis
from bot.exchange.bybit.server_time import ServerTime, _Sample, estimate


@dataclass
class BybitClock:
    """Answers `ahead` ms beside ours, after as many seconds as the next delay says, or not at all."""

    time: TurnedTime
    ahead: int = 0
    trouble: BaseException | None = None
    asked: int = 0
    gate: asyncio.Event | None = None
    waits: list[float] = field(default_factory=list)

    async def __call__(self) -> Millis:
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
        return Millis(self.time.now() + self.ahead)


def server_time(ahead: int = 0) -> tuple[ServerTime, BybitClock, TurnedTime]:
    time = TurnedTime()
    bybit = BybitClock(time, ahead)
    return ServerTime(clock=time, ask=bybit), bybit, time


async def test_before_it_was_asked_it_is_our_own_clock() -> None:
    clock, _, time = server_time(5000)
    assert clock.now() == time.now()
    assert clock.is_due


@pytest.mark.parametrize("ahead", [0, 900, -3_600_000, 86_400_000])
async def test_after_that_it_is_bybits(ahead: int) -> None:
    clock, bybit, time = server_time(ahead)
    await clock.ready()
    await time.advance(77)
    assert clock.now() == pytest.approx(time.now() + ahead, abs=1)
    assert clock.skew == ahead
    assert bybit.asked == 3


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (29_000, ()),
        (3_600_000, ("our clock is 3600 s behind Bybit's: set it (NTP)",)),
        (-45_000, ("our clock is 45 s ahead of Bybit's: set it (NTP)",)),
    ],
)
async def test_a_wrong_clock_of_ours_is_a_reason(ahead: int, said: tuple[str, ...]) -> None:
    clock, _, _ = server_time(ahead)
    assert clock.problems() == ()
    await clock.ready()
    assert clock.problems() == said


async def test_a_jump_of_our_wall_clock_moves_nothing() -> None:
    clock, _, time = server_time(500)
    await clock.ready()
    before = clock.now()
    time.now = lambda: Millis(0)  # type: ignore[method-assign]  # the machine's clock jumps; the monotonic one can't
    assert clock.now() == before


async def test_it_is_asked_again_after_half_an_hour_in_the_background() -> None:
    clock, bybit, time = server_time()
    await clock.ready()
    await time.advance(1799)
    assert not clock.is_due
    await time.advance(1)
    assert clock.is_due
    bybit.gate = asyncio.Event()
    await clock.ready()  # returns while the answer is awaited
    await clock.ready()
    await settle()
    assert bybit.asked == 6
    bybit.ahead = 700
    bybit.gate.set()
    await settle()
    assert clock.skew == 700
    await clock.close()


async def test_when_it_cannot_be_asked_our_own_serves_for_half_a_minute() -> None:
    clock, bybit, time = server_time()
    bybit.trouble = ExchangeDown("silent")
    await clock.ready()
    await clock.ready()
    assert (bybit.asked, clock.skew, clock.now()) == (3, None, time.now())
    await time.advance(30)
    bybit.trouble, bybit.ahead = None, 250
    await clock.ready()
    assert clock.skew == 250


async def test_one_answer_of_three_is_enough() -> None:
    clock, bybit, _ = server_time(400)

    async def sometimes() -> Millis:
        if bybit.asked % 3:
            await bybit()
            raise ExchangeDown("silent")
        return await bybit()

    clock.ask = sometimes
    await clock.ready()
    assert clock.skew == 400


@pytest.mark.parametrize(("trip_s", "is_certain", "good_for_s"), [(0.9, True, 1800), (1.2, False, 30)])
async def test_slow_answers_leave_it_uncertain_and_it_is_asked_again_soon(
    trip_s: float, is_certain: bool, good_for_s: float
) -> None:
    clock, bybit, time = server_time()
    bybit.gate = asyncio.Event()
    measuring = asyncio.ensure_future(clock.ready())
    await settle()
    time.seconds += trip_s
    bybit.gate.set()
    await measuring
    assert (clock.is_certain, not clock.problems()) == (is_certain, is_certain)
    time.seconds += good_for_s - 1
    assert not clock.is_due
    time.seconds += 1
    assert clock.is_due


async def test_a_fault_of_ours_is_not_taken_for_bybits() -> None:
    clock, bybit, _ = server_time()
    bybit.trouble = KeyError("a bug")
    with pytest.raises(KeyError):
        await clock.measure_again(clock.measurements)


async def test_who_missed_the_window_together_asks_once() -> None:
    clock, bybit, _ = server_time()
    await clock.ready()
    seen = clock.measurements
    await asyncio.gather(*(clock.measure_again(seen) for _ in range(10)))
    await clock.measure_again(seen)
    assert bybit.asked == 6
    await clock.measure_again(clock.measurements)
    assert bybit.asked == 9


async def test_one_who_gives_up_does_not_stop_the_measurement() -> None:
    clock, bybit, _ = server_time(300)
    bybit.gate = asyncio.Event()
    impatient = asyncio.ensure_future(clock.measure_again(0))
    patient = asyncio.ensure_future(clock.measure_again(0))
    await settle()
    impatient.cancel()
    await settle()
    bybit.gate.set()
    await patient
    assert clock.skew == 300


def sample(server_minus_ours: float, there: float, back: float) -> _Sample:
    """An answer that took so many ms on its way there and back."""
    return _Sample(server_minus_ours - back, server_minus_ours + there)


def test_quick_answers_give_the_median_of_their_middles() -> None:
    samples = [sample(100, 10, 10), sample(100, 20, 10), sample(5000, 10, 10)]
    assert estimate(samples, 0) == pytest.approx(105)


def test_a_slow_answer_does_not_move_a_clock_that_may_be_right() -> None:
    """3 s on the way there and none back: the middle of it would be 1.5 s ahead, which Bybit refuses."""
    assert estimate([sample(0, 3000, 0)], 0) == 0
    assert estimate([sample(0, 0, 3000)], 0) == 0


@given(
    true=st.floats(-1e7, 1e7),
    ways=st.lists(st.tuples(st.floats(0, 20_000), st.floats(0, 20_000)), min_size=1, max_size=5),
    ours=st.floats(-1e7, 1e7),
)
def test_the_estimate_is_never_outside_what_the_answers_allow(
    true: float, ways: list[tuple[float, float]], ours: float
) -> None:
    samples = [sample(true, there, back) for there, back in ways]
    value = estimate(samples, ours)
    assert min(each.lowest for each in samples) - 1e-3 <= value <= max(each.highest for each in samples) + 1e-3
    if any(there + back <= 1000 for there, back in ways):
        assert abs(value - true) <= 501, "half of a quick round trip"
