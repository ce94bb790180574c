"""The price list: what one invoice can carry, and what takes two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.licensing import LicenseType
from bot.domain.offers import DAYS, MOST_STARS, SOLD, PriceList

BASIC, PREMIUM = LicenseType.BASIC, LicenseType.PREMIUM
LIST = {
    BASIC: {1: 2_500, 3: 6_750, 6: 12_000, 12: 21_000},
    PREMIUM: {1: 5_000, 3: 13_500, 6: 24_000, 12: 42_000},
}
PRICES = st.dictionaries(st.sampled_from(sorted(DAYS)), st.integers(0, 60_000))


def test_nothing_is_sold_without_prices() -> None:
    assert PriceList().is_empty
    assert PriceList({BASIC: {1: 0}}).is_empty
    assert not PriceList({BASIC: {1: 1}}).is_empty


def test_what_is_sold_is_what_has_a_price() -> None:
    prices = PriceList(LIST)
    found = {(each.license_type, each.months): each.stars for kind in SOLD for each in prices.of_type(kind)}
    assert found == {
        **{(BASIC, months): stars for months, stars in ((1, 2_500), (3, 6_750), (6, 12_000), (12, 21_000))},
        **{(PREMIUM, months): stars for months, stars in ((1, 5_000), (3, 13_500), (6, 24_000), (12, 48_000))},
    }
    assert [part.days for part in prices.of_type(BASIC)[-1].parts] == [365]


def test_what_no_invoice_can_carry_is_two_shorter_ones() -> None:
    """Premium for a year is 42,000 Stars; Telegram takes 25,000."""
    choice = PriceList(LIST).choice(PREMIUM, 12)
    assert choice is not None
    assert [(part.months, part.days, part.stars) for part in choice.parts] == [(6, 180, 24_000)] * 2


def test_discounts_are_against_the_price_by_the_month() -> None:
    prices = PriceList(LIST)
    assert [prices.discount(each) for each in prices.of_type(BASIC)] == [0, 10, 20, 30]
    assert [prices.discount(each) for each in prices.of_type(PREMIUM)] == [0, 10, 20, 20]
    dearer = PriceList({BASIC: {1: 1, 3: 20_000}})
    assert dearer.discount(dearer.of_type(BASIC)[1]) == 0
    without = PriceList({BASIC: {**LIST[BASIC], 1: 0}})
    assert [without.discount(each) for each in without.of_type(BASIC)] == [0, 0, 0]


def test_a_price_of_0_takes_it_off_the_list() -> None:
    prices = PriceList({PREMIUM: {**LIST[PREMIUM], 12: 0}, BASIC: {**LIST[BASIC], 1: 0}})
    assert prices.choice(PREMIUM, 12) is None
    assert [each.months for each in prices.of_type(BASIC)] == [3, 6, 12]
    assert prices.choice(LicenseType.TRIAL, 1) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({BASIC: {3: -1}}, "basic 3: give a price in Stars from 1 to 25000"),
        ({BASIC: {1: 25_001}}, "basic 1: 25001 Stars are more than Telegram's invoice takes (25000)"),
        ({PREMIUM: {6: 25_001, 3: 0}}, "premium 6"),
        ({PREMIUM: {1: 1, 12: 25_001}}, "premium 12"),
    ],
)
def test_what_can_be_sold_by_no_invoice_is_one_clear_line(
    changes: dict[LicenseType, dict[int, int]], words: str
) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(").replace(")", r"\)")) as wrong:
        PriceList(changes)
    assert "\n" not in str(wrong.value)


@given(st.fixed_dictionaries({BASIC: PRICES, PREMIUM: PRICES}))
def test_every_part_fits_an_invoice_and_makes_up_its_period(changes: dict[LicenseType, dict[int, int]]) -> None:
    try:
        prices = PriceList(changes)
    except ValueError:
        return
    for kind in SOLD:
        for choice in prices.of_type(kind):
            assert 1 <= len(choice.parts) <= 2
            assert sum(part.months for part in choice.parts) == choice.months
            assert all(1 <= part.stars <= MOST_STARS for part in choice.parts)
            assert 0 <= prices.discount(choice) < 100
