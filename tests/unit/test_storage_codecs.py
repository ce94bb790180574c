"""The one way an amount is written, and text that storage can hold."""

import json
import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.sqlite.codecs import decimal_text, json_text, json_values, storable

CANONICAL = re.compile(r"(0|-?(0\.[0-9]*[1-9]|[1-9][0-9]*(\.[0-9]*[1-9])?))")


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=18))
@example(Decimal("-0"))
@example(Decimal("-0.000"))
@example(Decimal("0E+30"))
@example(Decimal("1E+20"))
@example(Decimal(100))
@example(Decimal("1.10"))
@example(Decimal("1E-18"))
@example(Decimal("0.1234567890123456789012345678901234567890"))
def test_an_amount_comes_back_as_itself_from_its_only_text(value: Decimal) -> None:
    text = decimal_text(value)
    assert CANONICAL.fullmatch(text)
    assert Decimal(text) == value
    assert decimal_text(Decimal(text)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_equal_amounts_have_equal_texts(value: Decimal) -> None:
    widened = value * Decimal("1.000")
    if widened == value and value.adjusted() >= -40:
        assert decimal_text(widened) == decimal_text(value)


@pytest.mark.parametrize(
    "value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+40", "-1E+999999", "1E-41", "1E-999999", "1." + "1" * 90]
)
def test_what_is_no_amount_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="no amount that can be stored"):
        decimal_text(Decimal(value))


def test_a_zero_of_any_exponent_is_zero() -> None:
    assert [decimal_text(Decimal(text)) for text in ("0E+999999", "-0E-999999", "0.00", "-0")] == ["0"] * 4


@given(st.text(), st.integers(min_value=0, max_value=300))
@example("\ud800\udfff\0", 10)
def test_any_text_can_be_stored_within_its_limit(text: str, limit: int) -> None:
    kept = storable(text, limit=limit)
    assert len(kept) <= limit
    assert "\0" not in kept
    kept.encode()
    if text.isprintable() and len(text) <= limit:
        assert kept == text


@given(st.dictionaries(st.text(), st.text()))
@example({"\ud800": "\0"})
def test_values_come_back_from_ascii(values: dict[str, str]) -> None:
    text = json_text(values)
    assert text.isascii()
    assert "\0" not in text
    assert json_values(text) == json.loads(text) == values
