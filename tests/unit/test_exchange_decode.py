"""Strict JSON and strict fields: whatever arrives is read exactly or refused by name, and never quoted."""

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.errors import ExchangeDown
from bot.exchange.bybit import fields
from bot.exchange.bybit.answer import Row
from bot.exchange.bybit.decode import Unreadable, decode

GOOD = b'{"retCode":0,"retMsg":"OK","result":{"list":[{"a":"1.10","n":5,"f":true,"x":null}]},"time":1690872862481}'


def test_an_answer_is_read_as_it_is() -> None:
    assert decode(GOOD) == json.loads(GOOD)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "JSONDecodeError"),
        (b"<html><body>502 Bad Gateway</body></html>", "JSONDecodeError"),
        (GOOD[:-20], "JSONDecodeError"),
        (GOOD + b"}", "JSONDecodeError"),
        (b'{"a":NaN}', "not a number"),
        (b'{"a":[1,-Infinity]}', "not a number"),
        (b'{"a":1,"a":2}', "a key twice"),
        (b'{"r":{"list":[{"size":"1","size":"100"}]}}', "a key twice"),
        (b"[1,2]", "not an object"),
        (b'"text"', "not an object"),
        (b"null", "not an object"),
        (b'{"a":"\xff"}', "UnicodeDecodeError"),
        ('{"a":1}'.encode("utf-16"), "UnicodeDecodeError"),
        (b'{"a":' + b"[" * 100_000, "nested too deeply"),
        (b'{"a":' + b"9" * 5000 + b"}", "ValueError"),
    ],
)
def test_anything_else_is_refused_by_name(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(body)
    assert str(caught.value) == reason
    assert caught.value.__cause__ is None, "the cause would quote the body"


@given(st.recursive(st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text()), st.lists))
def test_the_quick_way_and_the_strict_way_read_the_same(value: Any) -> None:
    for body in (orjson.dumps({"a": value}), json.dumps({"a": value}).encode(), orjson.dumps({"a": value}) + b"\n"):
        assert decode(body) == {"a": value}


def test_what_orjson_reads_and_does_not_write_is_read_all_the_same() -> None:
    deep = b'{"a":' + b"[" * 300 + b"]" * 300 + b"}"
    assert decode(deep) == json.loads(deep)


def test_a_fraction_outside_of_text_is_taken_by_no_reader() -> None:
    row = decode(b'{"size":0.1}')
    for read in (fields.money, fields.whole, fields.text, fields.amount_or_none, fields.amount):
        with pytest.raises(ExchangeDown):
            read(row, "size")


@given(st.binary(max_size=200))
@example(b'{"a": "\xed\xa0\x80"}')
def test_no_bytes_make_it_fail_otherwise(body: bytes) -> None:
    with suppress(Unreadable):
        decode(body)


# --- fields ---------------------------------------------------------------------------------------------------

ODD: list[Any] = [
    None, True, 1, 1.5, Decimal("1.5"), [], {}, "", " 1", "1 ", "1,5", "1_000", "+1", "1-2", ".", "-", "NaN", "inf",
    "-Infinity", "0x10", "१२", "１", "1e", "1e400", "--1", "1.2.3", "9" * 51, "1.e5", "1\n", "²",
]  # fmt: skip


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_what_is_no_decimal_text_is_refused(value: Any) -> None:
    with pytest.raises(ExchangeDown, match="size is not a decimal number") as caught:
        fields.money({"size": value}, "size")
    assert "9999" not in str(caught.value)


@pytest.mark.parametrize("value", ["0", "-0.00029413", "93556.73034991", "1E-8", "0e-10", "-12", "00.50"])
def test_decimal_text_is_exact(value: str) -> None:
    assert fields.money({"size": value}, "size") == Decimal(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=1 - 10**18, max_value=10**18 - 1, places=12))
def test_every_plain_number_comes_back_as_it_was(number: Decimal) -> None:
    assert fields.money({"size": format(number, "f")}, "size") == number


def test_an_empty_text_is_none_and_a_zero_is_no_level() -> None:
    row = Row({"empty": "", "null": None, "zero": "0.00", "set": "1.5"})
    assert [row.maybe(fields.money, name) for name in ("empty", "null", "missing", "zero")] == [None, None, None, 0]
    assert [row.maybe(fields.amount_or_none, name) for name in ("empty", "zero", "missing")] == [None, None, None]
    assert row.maybe(fields.amount_or_none, "set") == Decimal("1.5")
    assert row.odd == []


@pytest.mark.parametrize("value", [None, True, 1.5, "", "-5", "1.0", "x", 2**64, "9" * 30, [], "٣"], ids=repr)
def test_what_is_no_moment_is_refused(value: Any) -> None:
    with pytest.raises(ExchangeDown, match="createdTime"):
        fields.moment({"createdTime": value}, "createdTime")


def test_a_moment_is_digits_or_a_number() -> None:
    assert fields.moment({"t": "1676538056258"}, "t") == fields.moment({"t": 1676538056258}, "t") == 1676538056258


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (fields.text, 5),
        (fields.text, "x" * 65),
        (fields.text, None),
        (fields.flag, "true"),
        (fields.flag, 1),
        (fields.part, []),
        (fields.part, None),
        (fields.array, {}),
        (fields.array, "[]"),
        (fields.words, [1]),
        (fields.positive, "0"),
        (fields.whole, False),
    ],
)
def test_a_field_of_another_type_is_refused(read: Any, value: Any) -> None:
    with pytest.raises(ExchangeDown, match="name is not"):
        read({"name": value}, "name")
