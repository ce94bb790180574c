"""The numbers people type: never guessed, never wrong."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.numbers import parse_number, plain, readings

BOUNDS = {"minimum": Decimal("0.1"), "maximum": Decimal(1_000_000)}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1000", "1000"),
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        (".5", "0.5"),
        ("0,120", "0.12"),
        ("1,000.5", "1000.5"),
        ("1.000,5", "1000.5"),
        ("1 000,5", "1000.5"),
        ("1'000", "1000"),
        ("12\u202f345", "12345"),
        ("999,999", "999999"),
        ("+2", "2"),
        (" 7 ", "7"),
    ],
)
def test_every_grouping_is_read(typed: str, value: str) -> None:
    near = Decimal(value)
    assert parse_number(typed, **BOUNDS, near=near) == near


@pytest.mark.parametrize(
    "typed",
    [
        *("NaN", "inf", "-inf", "1e309", "0.1.2", "1_000", "１２", "٣", "²", "1E+999999", "0x10", "", " ", "9" * 300),
        *("5.", "--1", "1,2,3", "1 00", "$5", "\x00", "1\u200b2", "½", "1/2", "\ud800", "0,", ",5", "1..2", "0 000"),
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_number(typed, **BOUNDS)
    assert refusal.value.key == "error-number"


@pytest.mark.parametrize("typed", ["-0", "0", "-1", "1000001", "99999999999999999999"])
def test_out_of_range_is_refused_with_the_range(typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_number(typed, **BOUNDS)
    assert (refusal.value.key, refusal.value.values["minimum"]) == ("error-number-range", "0.1")


def test_one_comma_and_three_digits_is_asked_about() -> None:
    with pytest.raises(BadInput) as refusal:
        parse_number("3,120", **BOUNDS)
    assert refusal.value.key == "error-number-ambiguous"
    assert refusal.value.values == {"first": "3.12", "second": "3120"}


def test_the_market_decides_between_two_readings() -> None:
    assert parse_number("3,120", **BOUNDS, near=Decimal(3000)) == 3120
    assert parse_number("3,120", **BOUNDS, near=Decimal(3)) == Decimal("3.12")


def test_the_range_decides_between_two_readings() -> None:
    assert parse_number("3,120", minimum=Decimal(0), maximum=Decimal(100)) == Decimal("3.12")


def test_a_percent_sign_is_read_only_where_asked_for() -> None:
    assert parse_number("2 %", **BOUNDS, percent=True) == 2
    assert readings("2%") == ()


def test_decimals_are_bounded_not_rounded() -> None:
    with pytest.raises(BadInput) as refusal:
        parse_number("1.234", **BOUNDS, places=2)
    assert refusal.value.key == "error-number-places"
    assert parse_number("1.230", **BOUNDS, places=2) == Decimal("1.23")


@given(st.decimals(min_value=-(10**19), max_value=10**19, places=15, allow_nan=False, allow_infinity=False))
def test_canonical_text_is_exact_and_read_back(value: Decimal) -> None:
    text = plain(value)
    assert "E" not in text.upper()
    assert Decimal(text) == value
    assert value in readings(text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = readings(text, percent=True)
    assert len(found) <= 2
    assert all(value.is_finite() for value in found)


@given(st.integers(min_value=1000, max_value=10**12), st.sampled_from([",", "'", " ", "\u202f"]))
def test_grouped_thousands_are_among_the_readings(value: int, separator: str) -> None:
    assert Decimal(value) in readings(f"{value:,}".replace(",", separator))
