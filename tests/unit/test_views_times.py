"""Moments in UTC and on the person's own clock; ages in words."""

import pytest

from bot.domain.ids import Millis
from bot.domain.users import Language
from handlers.texts.catalog import Texts, Translator
from handlers.views.times import day, local_clock, moment, span, zone_name

NOON = Millis(1_760_011_205_000)  # 2025-10-09 12:00:05 UTC
DAY = 86_400_000
TEXTS = Texts.load()


def test_utc_alone_for_those_who_live_by_it() -> None:
    assert moment(NOON, NOON, "UTC") == "12:00:05 UTC"


def test_the_own_clock_stands_beside_utc() -> None:
    assert moment(NOON, NOON, "Europe/Kyiv") == "12:00:05 UTC · 15:00:05 Kyiv"


def test_another_day_is_named() -> None:
    assert moment(Millis(NOON - DAY), NOON, "UTC") == "2025-10-08 12:00 UTC"


def test_a_moment_outside_of_the_calendar_is_a_dash() -> None:
    for at in (Millis(2**63 - 1), Millis(-(2**62)), Millis(253_402_300_800_000)):
        assert (moment(at, NOON, "Asia/Tokyo"), day(at), local_clock(at, NOON, "UTC")) == ("–", "–", "–")
    last = Millis(253_402_300_799_000)
    assert moment(last, NOON, "Asia/Tokyo") == "9999-12-31 23:59 UTC"  # Tokyo has no such day


def test_a_local_date_that_differs_from_utcs_is_named() -> None:
    late = Millis(NOON + 10 * 3_600_000)
    assert moment(late, late, "Asia/Tokyo") == "22:00:05 UTC · 2025-10-10 07:00 Tokyo"


def test_summer_time_ends() -> None:
    """Kyiv left summer time on 2025-10-26."""
    after = Millis(NOON + 30 * DAY)
    assert moment(after, after, "Europe/Kyiv").endswith("14:00:05 Kyiv")


def test_a_zone_this_machine_does_not_know_is_utc() -> None:
    assert moment(NOON, NOON, "Mars/Base") == "12:00:05 UTC"
    assert zone_name("Mars/Base", Language.ENGLISH) == "UTC"
    assert zone_name("America/New_York", Language.ENGLISH) == "New York"


def test_lists_use_the_own_clock() -> None:
    assert local_clock(NOON, NOON, "Europe/Kyiv") == "15:00:05"
    assert local_clock(Millis(NOON - DAY), NOON, "UTC") == "10-08 12:00"
    assert day(NOON) == "2025-10-09"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (0.9, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_900, "1 h 5 min"),
        (86_400, "1 d 0 h"),
        (273_600, "3 d 4 h"),
    ],
)
def test_an_age(seconds: float, said: str) -> None:
    assert span(Translator(TEXTS, Language.ENGLISH), seconds) == said
