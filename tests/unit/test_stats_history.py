"""What the dashboard reckons with: metrics by name, rows in a ring, rates and quantiles of what was counted."""

from collections.abc import Mapping
from math import isnan
from sys import getsizeof

import pytest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily

from bot.domain.ids import Millis
from stats_api.ring import Ring
from stats_api.scrape import Scrape
from stats_api.windows import HITS, MISSES, Window

LAG = "perpdesk_loop_lag_seconds_bucket"
CALLS = "perpdesk_telegram_calls_total"


def window(now: Mapping[str, Mapping[str, float]], then: Mapping[str, Mapping[str, float]], seconds: float) -> Window:
    flat = {(name, value): count for name, counted in then.items() for value, count in counted.items()}
    return Window(flat, now, seconds)


# --- a scrape ---------------------------------------------------------------------------------------------------------


def test_samples_are_summed_by_the_labels_that_are_asked_for() -> None:
    family = GaugeMetricFamily("calls", "words", labels=("method", "outcome"))
    for method, outcome, value in (("send", "ok", 5), ("edit", "ok", 2), ("send", "flood", 1)):
        family.add_metric((method, outcome), value)
    lone = HistogramMetricFamily("lag", "words", buckets=[("0.1", 3), ("+Inf", 4)], sum_value=1.5)
    scrape = Scrape((family, lone), Millis(0), 0.0)
    assert scrape.value("calls") == 8
    assert scrape.value("calls", outcome="ok") == 7
    assert scrape.by("calls", "outcome") == {"ok": 7, "flood": 1}
    assert scrape.by("calls", "method", outcome="ok") == {"send": 5, "edit": 2}
    assert scrape.by("lag_bucket", "le") == {"0.1": 3, "+Inf": 4}
    assert scrape.by("lag_sum", "le") == {"": 1.5}
    assert isnan(scrape.value("unheard_of"))
    assert isnan(scrape.value("calls", outcome="unheard_of"))
    assert scrape.by("unheard_of", "le") == {}


# --- the ring ---------------------------------------------------------------------------------------------------------


def test_a_ring_keeps_the_newest_rows_in_their_order() -> None:
    ring: Ring[str] = Ring(3)
    assert (ring.times(), dict(ring.columns()), ring.since(0)) == ([], {}, None)
    assert isnan(ring.newest)
    for number in range(1, 6):
        ring.append(Millis(number * 10), float(number), {"a": number})
        kept = list(range(max(1, number - 2), number + 1))
        assert ring.times() == [each * 10 for each in kept]
        assert dict(ring.columns()) == {"a": kept}
        assert ring.newest == number


def test_a_full_ring_takes_no_more_room() -> None:
    ring: Ring[str] = Ring(100)

    def room() -> int:
        return sum(getsizeof(each) for each in (ring._at, ring._seconds, *ring._columns.values()))

    ring.append(Millis(0), 0.0, {"a": 1, "b": 2})
    first = room()
    for number in range(1_000):
        ring.append(Millis(number), float(number), {"a": number, "b": number})
    assert room() == first < 4 * (100 * 8 + 100)


def test_a_name_that_comes_later_and_one_that_is_missing_are_not_numbers() -> None:
    ring: Ring[str] = Ring(3)
    ring.append(Millis(1), 1.0, {"a": 1})
    ring.append(Millis(2), 2.0, {"a": 2, "b": 20})
    ring.append(Millis(3), 3.0, {"b": 30})
    columns = {name: [None if isnan(value) else value for value in column] for name, column in ring.columns()}
    assert columns == {"a": [1, 2, None], "b": [None, 20, 30]}


def test_the_oldest_row_that_is_young_enough_is_found() -> None:
    ring: Ring[str] = Ring(3)
    for number in range(1, 6):
        ring.append(Millis(number), float(number), {"a": number * 100})
    assert ring.since(0) == (3, {"a": 300})
    assert ring.since(4) == (4, {"a": 400})
    assert ring.since(4.5) == (5, {"a": 500})
    assert ring.since(6) is None


# --- windows ----------------------------------------------------------------------------------------------------------


def test_rates_are_of_what_was_counted_meanwhile() -> None:
    found = window({CALLS: {"ok": 160, "flood": 9, "network": 1}}, {CALLS: {"ok": 100, "flood": 9}}, 30)
    assert found.counted(CALLS) == 61
    assert found.per_second(CALLS, "ok") == 2
    assert found.per_second(CALLS, "flood", "network") == pytest.approx(1 / 30)
    assert found.rates(CALLS) == {"ok": 2, "flood": 0, "network": pytest.approx(1 / 30)}


def test_without_an_earlier_moment_nothing_is_known() -> None:
    found = Window(None, {CALLS: {"ok": 100}}, 30)
    for value in (found.counted(CALLS), found.per_second(CALLS), found.quantile(LAG, 0.5), found.part_above(LAG, "1")):
        assert isnan(value)
    assert isnan(found.hit_rate("balance"))
    assert found.rates(CALLS) == {}
    assert isnan(window({CALLS: {"ok": 1}}, {CALLS: {"ok": 0}}, 0).per_second(CALLS))


@pytest.mark.parametrize(
    ("part", "seconds"),
    [
        (0.25, 0.05),  # 25 of the 50 within 0.1, evenly spread
        (0.5, 0.1),
        (0.75, 0.25),  # half of the 50 between 0.1 and 0.4
        (0.9, 0.34),
    ],
)
def test_a_quantile_lies_within_its_bucket(part: float, seconds: float) -> None:
    now = {LAG: {"0.1": 60.0, "0.4": 110.0, "+Inf": 110.0}}
    assert window(now, {LAG: {"0.1": 10, "0.4": 10, "+Inf": 10}}, 1).quantile(LAG, part) == pytest.approx(seconds)


def test_above_the_highest_bound_a_quantile_is_that_bound_and_of_nothing_none() -> None:
    then = {LAG: {"0.1": 0.0, "0.4": 0.0, "+Inf": 0.0}}
    assert window({LAG: {"0.1": 1.0, "0.4": 1.0, "+Inf": 9.0}}, then, 1).quantile(LAG, 0.99) == 0.4
    assert window({LAG: {"0.1": 0.0, "0.4": 0.0, "+Inf": 9.0}}, then, 1).quantile(LAG, 0.5) == 0.4
    assert isnan(window(then, then, 1).quantile(LAG, 0.5))


def test_the_part_above_a_bound() -> None:
    then = {LAG: {"0.25": 100.0, "+Inf": 100.0}}
    assert window({LAG: {"0.25": 195.0, "+Inf": 200.0}}, then, 1).part_above(LAG, "0.25") == 0.05
    assert isnan(window(then, then, 1).part_above(LAG, "0.25"))


def test_a_hit_rate_counts_reads_that_joined_a_load() -> None:
    hits, coalesced = HITS
    then = {hits: {"balance": 100.0}, coalesced: {"balance": 10.0}, MISSES: {"balance": 50.0, "price": 1.0}}
    now = {hits: {"balance": 106.0}, coalesced: {"balance": 11.0}, MISSES: {"balance": 53.0, "price": 1.0}}
    found = window(now, then, 60)
    assert found.hit_rate("balance") == 0.7
    assert isnan(found.hit_rate("price"))
