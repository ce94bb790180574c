"""The price process of the Bybit stand-in: what must hold for every seed and moment."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ops.sim.bybit.clock import DAY, MINUTE, SECOND
from ops.sim.bybit.noise import Noise
from ops.sim.bybit.prices import QUARTER, SPANS, Bar, Path, merge
from ops.sim.bybit.tape import Mark, Tape

SEEDS = st.integers(0, 2**32)
MOMENTS = st.integers(1_600_000_000_000, 1_900_000_000_000)
PRICE = 64_000.0


def path(seed: int, name: str = "BTC") -> Path:
    return Path(Noise(seed, name), price=PRICE, volatility=1.0, volume=9e9)


def is_sane(bar: Bar) -> bool:
    return 0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high


@given(SEEDS, MOMENTS, st.integers(0, len(SPANS) - 1))
def test_a_candle_holds_its_open_and_close_between_low_and_high(seed: int, at: int, level: int) -> None:
    bar = path(seed).bar(level, at // SPANS[level])
    assert is_sane(bar)
    assert bar.volume >= 0


@given(SEEDS, MOMENTS, st.integers(0, len(SPANS) - 2))
def test_a_candle_is_exactly_what_its_parts_make(seed: int, at: int, level: int) -> None:
    prices = path(seed)
    index = at // SPANS[level]
    parts = SPANS[level] // SPANS[level + 1]
    made = merge(iter([prices.bar(level + 1, index * parts + part) for part in range(parts)]))
    assert made == prices.bar(level, index)


@given(SEEDS, MOMENTS, st.integers(0, len(SPANS) - 1))
def test_a_candle_opens_where_the_one_before_closed(seed: int, at: int, level: int) -> None:
    prices = path(seed)
    index = at // SPANS[level]
    assert prices.bar(level, index).open == prices.bar(level, index - 1).close


@given(SEEDS, MOMENTS)
def test_every_price_lies_within_the_candles_of_its_moment(seed: int, at: int) -> None:
    prices = path(seed)
    price = prices.price(at)
    for level, span in enumerate(SPANS):
        bar = prices.bar(level, at // span)
        assert bar.low <= price <= bar.high


@given(SEEDS, MOMENTS)
def test_a_second_reaches_its_high_and_low(seed: int, at: int) -> None:
    prices = path(seed)
    second = at // SECOND
    bar = prices.bar(len(SPANS) - 1, second)
    points = prices.points(second)
    assert (max(points), min(points)) == (bar.high, bar.low)
    assert (points[0], points[-1]) == (bar.open, bar.close)


@given(SEEDS, MOMENTS, st.lists(MOMENTS, max_size=20))
def test_a_price_does_not_depend_on_what_was_asked_before(seed: int, at: int, others: list[int]) -> None:
    used = path(seed)
    for other in others:
        used.price(other)
    assert used.price(at) == path(seed).price(at)


@given(SEEDS, MOMENTS)
def test_another_seed_gives_another_price(seed: int, at: int) -> None:
    assert path(seed).price(at) != path(seed + 1).price(at)
    assert path(seed).price(at) != path(seed, "ETH").price(at)


@given(SEEDS, MOMENTS)
def test_the_price_stays_around_its_level(seed: int, at: int) -> None:
    assert 0.85 * PRICE < path(seed).price(at) < 1.15 * PRICE


@given(SEEDS, MOMENTS, st.lists(st.integers(1, 3 * DAY), min_size=1, max_size=4))
def test_consecutive_spans_add_up_to_the_whole(seed: int, at: int, lengths: list[int]) -> None:
    prices = path(seed)
    edges = [at - at % QUARTER]
    for length in lengths:
        edges.append(edges[-1] + length - length % QUARTER + QUARTER)
    parts = [prices.over(start, end) for start, end in pairwise(edges)]
    whole = prices.over(edges[0], edges[-1])
    assert whole.open == parts[0].open
    assert whole.close == parts[-1].close
    assert whole.high == max(part.high for part in parts)
    assert whole.low == min(part.low for part in parts)


@given(SEEDS, MOMENTS)
def test_prices_move(seed: int, at: int) -> None:
    prices = path(seed)
    assert len({prices.price(at + minute * MINUTE) for minute in range(10)}) > 5


def test_prices_do_not_stick_to_the_bounds_of_longer_candles() -> None:
    prices = path(3)
    hours = [prices.bar(4, 450_000 + number) for number in range(1_000)]
    assert sum(bar.close in (bar.high, bar.low) for bar in hours) < 50
    assert sum(one.low == two.low or one.high == two.high for one, two in pairwise(hours)) < 50


def test_a_forgotten_part_comes_back_the_same() -> None:
    prices = path(7)
    first = prices.price(1_700_000_000_000)
    for minute in range(20_000):
        prices.bar(8, 27_000_000 + minute)
    assert prices.price(1_700_000_000_000) == first


# what a driver sets


@given(SEEDS, MOMENTS, st.floats(1_000, 200_000), st.integers(0, 10 * DAY))
def test_a_held_price_stands_still(seed: int, at: int, price: float, later: int) -> None:
    tape = Tape(path(seed))
    tape.set(Mark(at=at, price=price, hold=True))
    assert tape.price(at + later) == price
    assert tape.is_held(at + later)
    bar = tape.over(at + later, at + later + MINUTE)
    assert bar[:4] == (price, price, price, price)


@given(SEEDS, MOMENTS, st.floats(1_000, 200_000), st.integers(1, 10 * DAY))
def test_a_set_price_that_is_not_held_moves_on_from_there(seed: int, at: int, price: float, later: int) -> None:
    tape, free = Tape(path(seed)), path(seed)
    tape.set(Mark(at=at, price=price, hold=False))
    assert abs(tape.price(at) / price - 1) < 1e-12
    expected = price * free.price(at + later) / free.price(at)
    assert abs(tape.price(at + later) / expected - 1) < 1e-9


@given(SEEDS, MOMENTS, st.integers(1, 30 * DAY))
def test_the_past_stays_as_it_was(seed: int, at: int, before: int) -> None:
    tape = Tape(path(seed))
    past, candle = tape.price(at - before), tape.over(at - before - MINUTE, at - before)
    tape.set(Mark(at=at, price=1.0, hold=True))
    assert tape.price(at - before) == past
    assert tape.over(at - before - MINUTE, at - before) == candle


@given(SEEDS, MOMENTS)
@settings(max_examples=30)
def test_the_candle_of_a_jump_reaches_from_the_old_price_to_the_new(seed: int, at: int) -> None:
    tape = Tape(path(seed))
    start = at - at % MINUTE
    before = tape.price(start)
    tape.set(Mark(at=start + 20_000, price=before * 2, hold=True))
    bar = tape.over(start, start + MINUTE)
    assert is_sane(bar)
    assert bar.open == before
    assert bar.high == bar.close == before * 2
    assert bar.low <= before


def test_a_clock_set_back_takes_later_marks_away() -> None:
    tape = Tape(path(1))
    for number, at in enumerate((1_700_000_000_000, 1_700_000_001_000, 1_700_000_002_000, 1_700_000_000_500)):
        tape.set(Mark(at=at, price=float(number + 1), hold=True))
    assert [mark.price for mark in tape.marks] == [1.0, 4.0]
    assert tape.price(1_700_000_003_000) == 4.0


def test_a_mark_of_the_same_moment_takes_the_place_of_the_last() -> None:
    tape = Tape(path(1))
    tape.set(Mark(at=1_700_000_000_000, price=1.0, hold=True))
    tape.set(Mark(at=1_700_000_000_000, price=2.0, hold=True))
    assert tape.price(1_700_000_000_000) == 2.0
    assert len(tape.marks) == 1
