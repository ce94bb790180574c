"""Price alerts: what words mean, what a tick costs, which prices are believed."""

import random
from collections import Counter
from decimal import Decimal

import pytest

from bot.domain.alert_words import is_level, levels_of, read_level, read_words
from bot.domain.errors import BadInput
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category, Instrument, Kline
from bot.domain.price_alerts import AlertLadder, AlertSide, FollowedPrice, Rung

NOW = Decimal("64210.50")
MINUTE = 60_000
BTC = Instrument(
    category=Category.LINEAR,
    symbol=Symbol("BTCUSDT"),
    status="Trading",
    base_coin="BTC",
    quote_coin="USDT",
    tick_size=Decimal("0.10"),
    qty_step=Decimal("0.001"),
    min_order_qty=None,
    max_order_qty=None,
    max_market_order_qty=None,
    min_notional=None,
    max_leverage=None,
)


@pytest.mark.parametrize(
    ("typed", "coin", "meant"),
    [
        ("btc 70k", "btc", "above 70000.00"),
        ("btc 60k", "btc", "below 60000.00"),
        ("70k btc", "btc", "above 70000.00"),
        ("btc/usdt > $70,000", "btc/usdt", "above 70000.00"),
        ("btc >70000", "btc", "above 70000.00"),
        ("btc below 60,000.5", "btc", "below 60000.50"),
        ("btc above 60k", "btc", "above 60000.00"),
        ("1000pepe spot 70k", "1000pepe spot", "above 70000.00"),
        ("биток выше 70 000", "биток", "above 70000.00"),
        ("біткоїн нижче 60к", "біткоїн", "below 60000.00"),
        ("btc +5%", "btc", "above 67421.00"),
        ("btc −3 %", "btc", "below 62284.20"),
        ("btc 5% down", "btc", "below 61000.00"),
        ("btc -.5%", "btc", "below 63889.40"),
        ("btc ниже на 5%", "btc", "below 61000.00"),
        ("btc 5%", "btc", "below 61000.00, above 67421.00"),
        ("btc 64,210", "btc", "below 64210.00"),
        ("btc 70", "btc", "above 70000.00, below 70.00"),
        ("btc 64,300", "btc", "above 64300.00"),
        ("btc 700,000", "btc", "below 700.00, above 700000.00"),
    ],
)
def test_words_are_a_coin_and_the_prices_that_may_be_meant(typed: str, coin: str, meant: str) -> None:
    words = read_words(typed.split())
    assert words.coin == coin
    found = levels_of(words, NOW, BTC)
    assert ", ".join(f"{each.side} {each.price}" for each in found) == meant


@pytest.mark.parametrize(
    ("level", "error"),
    [
        ("64210.50", "alert-here"),
        ("0.001", "alert-far"),
        ("9000000000", "alert-far"),
        ("-100%", "alert-percent"),
        ("5000%", "alert-percent"),
        ("0", "error-alert-price"),
        ("1.2.3", "error-alert-price"),
        ("70kk", "error-alert-price"),
    ],
)
def test_what_can_be_no_alert_is_explained(level: str, error: str) -> None:
    with pytest.raises(BadInput) as refused:
        levels_of(read_level(level), NOW, BTC)
    assert refused.value.key == error


def test_a_price_is_told_from_other_words() -> None:
    assert all(map(is_level, ("70k", "$70", "+5%", "5 %", "above 70k", "ниже 60 000", "0,5", ".5", "+.5%")))
    assert not any(map(is_level, ("btc", "btc 70k", "balance", "", "70k btc", "buy 70")))


class Counted(Decimal):
    """A price that counts its comparisons."""

    compared = 0

    def __lt__(self, other: object) -> bool:
        Counted.compared += 1
        return super().__lt__(other)  # type: ignore[operator]  as Decimal does

    def __le__(self, other: object) -> bool:
        Counted.compared += 1
        return super().__le__(other)  # type: ignore[operator]  as Decimal does

    def __gt__(self, other: object) -> bool:
        Counted.compared += 1
        return super().__gt__(other)  # type: ignore[operator]  as Decimal does

    def __ge__(self, other: object) -> bool:
        Counted.compared += 1
        return super().__ge__(other)  # type: ignore[operator]  as Decimal does


def test_a_tick_looks_at_the_nearest_alerts_only_and_touches_those_that_ring() -> None:
    ladder = AlertLadder()
    for number in range(2_000):
        ladder.add(AlertSide.ABOVE, Rung(Counted(70_000 + number), number, Millis(1)))
        ladder.add(AlertSide.BELOW, Rung(Counted(60_000 - number), 2_000 + number, Millis(1)))
    Counted.compared = 0
    assert ladder.reach(Decimal(65_000)) == []
    assert Counted.compared == 2
    assert [each.alert_id for each in ladder.reach(Decimal(70_002))] == [0, 1, 2]
    assert Counted.compared < 2 + 2 + 12, "the first of each side, and a search among 2,000"
    assert [each.alert_id for each in ladder.reach(Decimal(59_999))] == [2_001, 2_000]
    assert len(ladder) == 4_000 - 5


def a_minute(number: int, low: str, high: str) -> Kline:
    one = Decimal(low)
    start = Millis(number * MINUTE)
    return Kline(start_ts=start, open=one, high=Decimal(high), low=one, close=one, volume=one)


def followed(*rungs: tuple[AlertSide, str]) -> FollowedPrice:
    made = FollowedPrice(followed_to=Millis(MINUTE), last=NOW)
    for number, (side, price) in enumerate(rungs):
        made.ladder.add(side, Rung(Decimal(price), number, Millis(MINUTE)))
    return made


def test_one_wild_tick_rings_nothing_and_a_second_one_of_its_kind_does() -> None:
    price = followed((AlertSide.BELOW, "40000"), (AlertSide.ABOVE, "65000"))
    assert price.hear(Decimal(32_000), Millis(MINUTE + 100)) == []
    assert price.hear(NOW, Millis(MINUTE + 200)) == []
    assert price.hear(Decimal(32_000), Millis(MINUTE + 300)) == []
    assert price.hear(Decimal(90_000), Millis(MINUTE + 400)) == [], "as wild, and another way"
    assert [each.alert_id for each in price.hear(Decimal(89_000), Millis(MINUTE + 500))] == [1]
    assert price.last == 89_000


def test_a_price_that_is_said_twice_rings_once() -> None:
    price = followed((AlertSide.ABOVE, "65000"))
    assert len(price.hear(Decimal(65_000), Millis(MINUTE))) == 1
    assert price.hear(Decimal(65_000), Millis(MINUTE)) == []


def test_after_a_gap_the_minutes_in_it_are_owed_and_ring_what_they_reached() -> None:
    price = followed((AlertSide.ABOVE, "65000"), (AlertSide.BELOW, "60000"), (AlertSide.ABOVE, "70000"))
    price.ladder.add(AlertSide.ABOVE, Rung(Decimal(65_000), 9, Millis(2 * MINUTE + 1)))
    assert price.hear(NOW, Millis(MINUTE + 15_000)) == []
    assert price.owed_from is None
    assert price.hear(NOW, Millis(5 * MINUTE)) == []
    assert (price.owed_from, price.safe_until) == (MINUTE + 15_000, MINUTE + 15_000)
    minutes = [a_minute(1, "64000", "64500"), a_minute(2, "59000", "65500"), a_minute(3, "64000", "64500")]
    touched = price.catch_up(minutes)
    assert [(each.rung.alert_id, each.extreme, each.start_ts) for each in touched] == [
        (0, 65_500, 2 * MINUTE),
        (1, 59_000, 2 * MINUTE),
    ], "9 was set within that minute: whether before or after it was reached, nobody knows"
    assert (price.owed_from, len(price.ladder)) == (None, 2)


@pytest.mark.parametrize("seed", range(20))
def test_a_ladder_rings_what_a_look_at_each_alert_would(seed: int) -> None:
    rng, ladder, naive = random.Random(seed), AlertLadder(), dict[int, tuple[AlertSide, Rung]]()  # noqa: S311  a test's own chance
    rung_counts = Counter[int]()
    for step in range(300):
        match rng.randrange(3):
            case 0:
                side, rung = rng.choice(list(AlertSide)), Rung(Decimal(rng.randrange(100)), step, Millis(1))
                ladder.add(side, rung)
                naive[step] = (side, rung)
            case 1 if naive:
                number = rng.choice(list(naive))
                ladder.remove(*naive.pop(number))
            case _:
                price = Decimal(rng.randrange(100))
                rang = {each.alert_id for each in ladder.reach(price)}
                assert rang == {key for key, (side, rung) in naive.items() if side.is_reached(rung.price, price)}
                rung_counts.update(rang)
                naive = {key: value for key, value in naive.items() if key not in rang}
    assert {each.alert_id for each in ladder.rungs} == naive.keys()
    assert max(rung_counts.values()) == 1
