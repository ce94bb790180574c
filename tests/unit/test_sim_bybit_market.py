"""What the Bybit stand-in lists and quotes: instruments, tickers, books, candles, funding, options."""

from decimal import Decimal
from itertools import pairwise

import pytest
from harness.sim_bybit import DAY, HOUR, MINUTE, NOON, TurnedClock
from hypothesis import given
from hypothesis import strategies as st

from ops.sim.bybit import klines
from ops.sim.bybit.book import Books
from ops.sim.bybit.facts import LINEAR, TIERS
from ops.sim.bybit.grids import Grid, plain
from ops.sim.bybit.instruments import LISTED, Instrument
from ops.sim.bybit.klines import Interval
from ops.sim.bybit.market import FUNDING_MS, Market, UnknownSymbolError
from ops.sim.bybit.options import chain, greeks
from ops.sim.bybit.small import EVERY
from ops.sim.bybit.tickers import Tickers

INTERVALS = ("1", "3", "5", "15", "30", "60", "120", "240", "360", "720", "D", "W", "M")
LATER = st.integers(0, 400 * DAY)
CONTRACTS = st.sampled_from([one for category in ("linear", "inverse", "spot") for one in LISTED[category].values()])


def market(seed: int = 1, at: int = NOON) -> Market:
    return Market(seed, TurnedClock(at))


def linear(symbol: str) -> Instrument:
    return LISTED["linear"][symbol]


def hourly(prices: Market, start: int | None, end: int | None, limit: int) -> list[list[str]]:
    interval = Interval("60")
    numbers = klines.window(interval, start, end, limit, prices.now())
    one = linear("BTCUSDT")
    return list(klines.rows(prices, one, klines.spans(one, interval, numbers, prices.now())))


# the list


def test_there_are_hundreds_of_perpetuals_and_the_large_ones_have_a_spot_market() -> None:
    assert len(LISTED["linear"]) > 700
    large = {fact["symbol"] for fact in LINEAR}
    perpetuals = [one for one in LISTED["linear"].values() if one.settle_coin == "USDT" and one.symbol in large]
    assert len(perpetuals) >= 20
    assert {one.coin for one in perpetuals} <= {one.coin for one in LISTED["spot"].values()}


@given(CONTRACTS)
def test_the_rules_of_an_instrument_fit_together(one: Instrument) -> None:
    last = market().last_price(one, NOON)
    assert one.price.fits(last)
    assert last > 1_000 * one.price.step  # fine enough a tick
    assert one.qty.fits(one.min_qty) or one.category == "spot"
    assert 0 < one.min_qty <= one.max_market_qty <= one.max_qty
    for lower, higher in pairwise(one.tiers):
        assert lower.limit < higher.limit
        assert lower.maintenance < higher.maintenance
        assert Decimal(lower.max_leverage) > Decimal(higher.max_leverage)
        at_limit = lower.limit * lower.maintenance - lower.deduction
        assert at_limit == lower.limit * higher.maintenance - higher.deduction  # no jump in the margin
    for tier in one.tiers:
        assert tier.maintenance < tier.initial


def test_no_leverage_is_above_its_first_tier() -> None:
    for fact in LINEAR:
        assert Decimal(TIERS[fact["tiers"]][0].max_leverage) >= Decimal(fact["max_leverage"])


def test_bitcoin_is_around_64000() -> None:
    assert 55_000 < market().last_price(linear("BTCUSDT"), NOON) < 73_000


def test_an_unknown_symbol_is_not_found() -> None:
    assert market().find("linear", "NOPEUSDT") is None
    with pytest.raises(UnknownSymbolError):
        market().any_of("NOPEUSDT", "linear", "spot")
    with pytest.raises(UnknownSymbolError):
        market().dollars("NOPE", NOON)


# quotes


@given(CONTRACTS, LATER)
def test_bid_and_ask_stand_around_the_last_price(one: Instrument, later: int) -> None:
    prices = market(at=NOON + later)
    bid, ask = Books(prices).best(one, prices.now())
    last = prices.last_price(one, prices.now())
    assert Decimal(bid[0]) < last < Decimal(ask[0])
    assert Decimal(ask[0]) - Decimal(bid[0]) <= last * Decimal("0.002")
    assert Decimal(bid[1]) > 0 < Decimal(ask[1])


@given(CONTRACTS, LATER, st.sampled_from([1, 2, 50, 200, 1000]))
def test_a_book_is_sorted_and_as_deep_as_asked_for(one: Instrument, later: int, depth: int) -> None:
    prices = market(at=NOON + later)
    bids, asks = Books(prices).sides(one, prices.now(), depth)
    assert len(bids) == len(asks) == depth
    for side, falling in ((bids, True), (asks, False)):
        levels = [Decimal(price) for price, _ in side]
        assert levels == sorted(set(levels), reverse=falling)
        assert all(one.price.fits(level) for level in levels)
        assert all(Decimal(size) > 0 and one.qty.fits(Decimal(size)) for _, size in side)


def test_a_book_of_any_depth_begins_the_same() -> None:
    prices = market()
    deep = Books(prices).sides(linear("BTCUSDT"), NOON, 200)
    shallow = Books(prices).sides(linear("BTCUSDT"), NOON, 5)
    assert (deep[0][:5], deep[1][:5]) == shallow


def test_a_price_near_nothing_leaves_a_book_without_bids() -> None:
    prices = market()
    one = linear("BTCUSDT")
    prices.set_price(one, Decimal("0.1"), hold=True)
    assert Books(prices).best(one, NOON)[0] == ["0", "0"]
    prices.set_price(one, Decimal("0.3"), hold=True)
    assert [level[0] for level in Books(prices).sides(one, NOON, 10)[0]] == ["0.20", "0.10"]


@given(CONTRACTS, LATER)
def test_a_ticker_agrees_with_itself(one: Instrument, later: int) -> None:
    prices = market(at=NOON + later)
    row = Tickers(prices, Books(prices)).row(one, prices.now())
    last = Decimal(row["lastPrice"])
    assert Decimal(row["bid1Price"]) < last < Decimal(row["ask1Price"])
    assert Decimal(row["lowPrice24h"]) <= last <= Decimal(row["highPrice24h"])
    assert Decimal(row["lowPrice24h"]) <= Decimal(row["prevPrice24h"]) <= Decimal(row["highPrice24h"])
    change = last / Decimal(row["prevPrice24h"]) - 1
    assert abs(change - Decimal(row["price24hPcnt"])) < Decimal("0.000001")
    assert Decimal(row["volume24h"]) > 0 < Decimal(row["turnover24h"])
    if one.is_contract:
        assert abs(Decimal(row["markPrice"]) / last - 1) < Decimal("0.002")
        assert abs(Decimal(row["indexPrice"]) / last - 1) < Decimal("0.002")
        assert int(row["nextFundingTime"]) % FUNDING_MS == 0
        assert 0 < int(row["nextFundingTime"]) - prices.now() <= FUNDING_MS


def test_the_day_of_a_ticker_is_that_of_the_candles() -> None:
    prices = market()
    row = Tickers(prices, Books(prices)).row(linear("BTCUSDT"), NOON)
    day = prices.candle(linear("BTCUSDT"), NOON - DAY, NOON)
    assert row["prevPrice24h"] == linear("BTCUSDT").price.text(day.open)
    assert Decimal(row["highPrice24h"]) == linear("BTCUSDT").price.decimal(day.high)


def test_a_held_price_is_last_mark_and_index_alike() -> None:
    prices = market()
    prices.set_price(linear("BTCUSDT"), Decimal(60_000), hold=True)
    row = Tickers(prices, Books(prices)).row(linear("BTCUSDT"), NOON)
    assert row["lastPrice"] == row["markPrice"] == row["indexPrice"] == "60000.00"
    assert prices.last_price(LISTED["spot"]["BTCUSDT"], NOON) == 60_000
    assert prices.last_price(LISTED["inverse"]["BTCUSD"], NOON) == 60_000


def test_a_price_that_is_set_shows_at_once() -> None:
    prices = market()
    tickers = Tickers(prices, Books(prices))
    before = tickers.row(linear("BTCUSDT"), NOON)["lastPrice"]
    prices.set_price(linear("BTCUSDT"), Decimal(61_234), hold=True)
    assert before != tickers.row(linear("BTCUSDT"), NOON)["lastPrice"] == "61234.00"


def test_a_thousandfold_contract_follows_its_coin() -> None:
    prices = market()
    prices.set_price(linear("1000PEPEUSDT"), Decimal("0.0125"), hold=True)
    assert prices.last_price(LISTED["spot"]["PEPEUSDT"], NOON) == Decimal("0.0000125")


@given(LATER)
def test_trades_are_newest_first_and_end_at_the_last_price(later: int) -> None:
    prices = market(at=NOON + later)
    one = linear("ETHUSDT")
    rows = Books(prices).trades(one, prices.now(), 100)
    times = [int(str(row["time"])) for row in rows]
    assert len(rows) == 100
    assert times == sorted(times, reverse=True)
    assert times[0] <= prices.now()
    assert rows[0]["price"] == one.price.text(prices.last(one, prices.now()))
    assert len({row["execId"] for row in rows}) == 100


# candles


@pytest.mark.parametrize("name", INTERVALS)
def test_candles_of_every_interval_are_sane_and_joined(name: str) -> None:
    prices, interval = market(), Interval(name)
    numbers = klines.window(interval, None, None, 30, NOON)
    one = linear("BTCUSDT")
    rows = list(klines.rows(prices, one, klines.spans(one, interval, numbers, NOON)))
    assert len(rows) == 30
    for later, earlier in pairwise(rows):
        assert int(earlier[0]) < int(later[0])
        assert Decimal(earlier[4]) == Decimal(later[1])
    for _, *texts in rows:
        open_, high, low, close, volume, turnover = map(Decimal, texts)
        assert low <= min(open_, close) <= max(open_, close) <= high
        assert volume > 0
        assert low <= turnover / volume <= high


@pytest.mark.parametrize(("small", "large", "parts"), [("1", "15", 15), ("60", "240", 4), ("240", "D", 6)])
def test_small_candles_make_up_the_large_ones(small: str, large: str, parts: int) -> None:
    prices = market()
    whole = Interval(large)
    number = whole.number(NOON - DAY)
    start, end = whole.start(number), whole.start(number + 1)
    one = linear("BTCUSDT")
    numbers = klines.window(Interval(small), start, end - 1, 1000, NOON)
    pieces = list(klines.rows(prices, one, klines.spans(one, Interval(small), numbers, NOON)))
    (candle,) = klines.rows(prices, one, klines.spans(one, whole, range(number, number + 1), NOON))
    assert len(pieces) == parts
    assert max(Decimal(piece[2]) for piece in pieces) == Decimal(candle[2])
    assert min(Decimal(piece[3]) for piece in pieces) == Decimal(candle[3])
    assert (pieces[-1][1], pieces[0][4]) == (candle[1], candle[4])


def test_a_candle_of_the_past_is_the_same_a_month_later() -> None:
    then = hourly(market(at=NOON), NOON - DAY, NOON - HOUR, 50)
    later = hourly(market(at=NOON + 30 * DAY), NOON - DAY, NOON - HOUR, 50)
    assert then == later


def test_the_running_candle_closes_at_the_last_price() -> None:
    prices = market(at=NOON + 17 * MINUTE)
    (row,) = hourly(prices, None, None, 1)
    assert row[0] == str(NOON)
    assert row[4] == linear("BTCUSDT").price.text(prices.last(linear("BTCUSDT"), prices.now()))


def test_a_start_alone_gives_the_first_candles_from_there() -> None:
    rows = hourly(market(), NOON - DAY, None, 3)
    assert [int(row[0]) for row in rows] == [NOON - DAY + 2 * HOUR, NOON - DAY + HOUR, NOON - DAY]


def test_an_end_alone_gives_the_last_candles_before_it() -> None:
    rows = hourly(market(), None, NOON - DAY, 2)
    assert [int(row[0]) for row in rows] == [NOON - DAY, NOON - DAY - HOUR]


def test_both_ends_give_what_opens_between_them() -> None:
    rows = hourly(market(), NOON - 3 * HOUR + 1, NOON - HOUR, 200)
    assert [int(row[0]) for row in rows] == [NOON - HOUR, NOON - 2 * HOUR]
    assert len(hourly(market(), NOON - 30 * DAY, NOON, 5)) == 5


def test_there_are_no_candles_from_the_future_or_before_the_launch() -> None:
    one = linear("BTCUSDT")
    assert hourly(market(), NOON + HOUR, None, 5) == []
    assert hourly(market(), None, one.launched - 1, 5) == []
    oldest = hourly(market(), None, one.launched + HOUR, 5)
    assert int(oldest[-1][0]) == one.launched


def test_weeks_begin_on_mondays_and_months_on_their_first() -> None:
    assert Interval("W").start(Interval("W").number(NOON)) == NOON - 12 * HOUR - 2 * DAY  # a Wednesday
    assert Interval("M").start(Interval("M").number(NOON)) == NOON - 12 * HOUR  # the first of July


# funding and options


def test_funding_is_paid_every_eight_hours_at_a_rate_that_stays() -> None:
    prices, one = market(), linear("BTCUSDT")
    settled = NOON - NOON % FUNDING_MS
    rate = prices.funding_rate(one, settled)
    assert rate == market(at=NOON + DAY).funding_rate(one, settled)
    assert len({prices.funding_rate(one, settled - number * FUNDING_MS) for number in range(10)}) > 5
    assert abs(rate) < Decimal("0.001")


def test_options_expire_on_fridays_and_are_listed_for_three_coins() -> None:
    listed = chain(NOON)
    assert {one.coin for one in listed.values()} == {"BTC", "ETH", "SOL"}
    assert all(one.delivered > NOON for one in listed.values())
    assert all((one.delivered // DAY + 3) % 7 == 4 for one in listed.values())  # the epoch was a Thursday
    assert chain(NOON + 60_000) is listed
    assert set(chain(NOON + 40 * DAY)) != set(listed)


def test_calls_and_puts_are_worth_what_parity_says() -> None:
    listed = list(chain(NOON).values())
    call, put = listed[0], listed[1]
    assert (call.is_call, put.is_call, call.strike) == (True, False, put.strike)
    worth = greeks(call, 64_000, NOON)
    assert worth.value - greeks(put, 64_000, NOON).value == pytest.approx(64_000 - float(call.strike))
    assert worth.delta - greeks(put, 64_000, NOON).delta == pytest.approx(1)
    assert worth.theta < 0 < worth.gamma


# numbers


@given(st.integers(1, 10**12), st.sampled_from(["0.10", "0.0001", "5", "0.000000001", "0.025"]))
def test_a_grid_writes_multiples_of_its_step(number: int, step: str) -> None:
    grid = Grid(Decimal(step))
    assert Decimal(grid.text(number)) == grid.decimal(number) == number * Decimal(step)
    assert grid.fits(grid.decimal(number))
    assert grid.text(-number) == f"-{grid.text(number)}"


@pytest.mark.parametrize("step", ["0", "-1", "NaN"])
def test_a_step_must_be_positive(step: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        Grid(Decimal(step))


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("100", "100"), ("1.50", "1.5"), ("-0.000000001", "0"), ("1E+3", "1000"), ("1e-8", "0.00000001")],
)
def test_plain_amounts_have_no_exponent_and_no_needless_zeros(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


def test_every_coin_of_an_instrument_has_a_price() -> None:
    assert {one.coin for listed in LISTED.values() for one in listed.values()} <= set(EVERY)
