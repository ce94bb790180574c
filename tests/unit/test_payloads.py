"""The codec of payloads: every type of field, there and back, and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, NewType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import Millis
from bot.domain.payloads import (
    LARGEST,
    AtMost,
    Matching,
    NoneAs,
    PayloadError,
    decode,
    encode,
    from_parts,
    prepare,
    to_parts,
)

Number = NewType("Number", int)


class Color(StrEnum):
    """Two words."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two parts."""

    number: Number
    color: Color


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """A field of every kind."""

    text: str
    number: Number
    color: Color
    amount: Decimal
    on: date
    raw: bytes
    flag: bool
    pairs: tuple[Pair, ...]
    until: Annotated[Millis | None, NoneAs("-")]
    page: Annotated[int, AtMost(9)] = 0
    later: Millis | None = None
    is_sure: bool = False


ALL = Everything(
    text="a:b c",
    number=Number(7),
    color=Color.BLUE,
    amount=Decimal("0.0000001"),
    on=date(2026, 12, 31),
    raw=b"\x00\xff",
    flag=False,
    pairs=(Pair(number=Number(1), color=Color.RED), Pair(number=Number(2), color=Color.BLUE)),
    until=None,
)
STORED = {
    "text": "a:b c",
    "number": "7",
    "color": "blue",
    "amount": "0.0000001",
    "on": "2026-12-31",
    "raw": "00ff",
    "flag": "0",
    "pairs": "1:red 2:blue",
    "until": "-",
}


def test_each_type_has_its_form_and_what_holds_its_default_is_left_out() -> None:
    assert encode(ALL) == STORED
    assert list(encode(ALL)) == list(STORED)
    assert decode(Everything, STORED) == ALL


def test_what_differs_from_its_default_is_written() -> None:
    values = STORED | {"page": "9", "later": "5", "is_sure": "1", "until": "6"}
    found = decode(Everything, values)
    assert (found.page, found.later, found.is_sure, found.until) == (9, 5, True, 6)
    assert encode(found) == values


def test_keys_without_a_field_are_ignored() -> None:
    assert decode(Everything, STORED | {"older": "x"}) == ALL


@pytest.mark.parametrize("missing", list(STORED))
def test_a_missing_key_is_refused(missing: str) -> None:
    with pytest.raises(PayloadError, match=missing):
        decode(Everything, {name: text for name, text in STORED.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("number", each) for each in ("", "-1", "01", "1 ", "٣", "²", "1e3", str(LARGEST + 1), "x", "1\n")),
        *(("color", each) for each in ("", "Red", "green")),
        *(("amount", each) for each in ("", "NaN", "1e5", "Infinity", ".5", "1_0", "٣")),
        *(("on", each) for each in ("", "20261231", "2026-02-30", "2026-12-31T00:00")),
        *(("raw", each) for each in ("0", "zz", "00 ff", "FF")),
        *(("flag", each) for each in ("", "2", "True")),
        *(("pairs", each) for each in ("1", "1:red:2", "x:red", "1:green")),
        ("until", ""),
        ("page", "10"),
    ],
)
def test_what_was_never_written_is_refused(name: str, text: str) -> None:
    with pytest.raises(PayloadError):
        decode(Everything, STORED | {name: text})


@pytest.mark.parametrize("name", ["text", "number", "nobody-s"])
@pytest.mark.parametrize("value", [None, 5, True, 1.5, ["a"], {"a": "b"}], ids=str)
def test_what_is_no_text_is_refused(name: str, value: Any) -> None:
    with pytest.raises(PayloadError):
        decode(Everything, STORED | {name: value})


@given(st.dictionaries(st.sampled_from([*STORED, "page", "later", "x"]), st.text(max_size=12)))
def test_any_mapping_is_read_or_refused(values: Mapping[str, str]) -> None:
    try:
        decode(Everything, STORED | dict(values))
    except PayloadError:
        return


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12), st.integers(0, LARGEST), st.text())
def test_values_come_back(amount: Decimal, number: int, text: str) -> None:
    before = decode(Everything, STORED | {"text": text, "number": str(number), "amount": format(amount, "f")})
    assert (before.amount, before.number, before.text) == (amount, number, text)
    assert decode(Everything, encode(before)) == before


@dataclass(frozen=True, slots=True)
class Place:
    """Parts in their order."""

    word: Annotated[str, Matching("[a-z]{1,3}")]
    page: int = 0


def test_parts_are_all_written_in_order() -> None:
    assert to_parts(Place("abc")) == ["abc", "0"]
    assert from_parts(Place, ["abc", "3"]) == Place("abc", 3)


@pytest.mark.parametrize(
    "parts", [[], ["abc"], ["abc", "1", "2"], ["abcd", "1"], ["Abc", "1"], ["abc\n", "1"], ["", "1"]]
)
def test_other_parts_are_refused(parts: list[str]) -> None:
    with pytest.raises(PayloadError):
        from_parts(Place, parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A word, and the values of something else beside it."""

    then: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def test_one_field_holds_all_other_keys() -> None:
    stored = {"then": "keys.pair", "site": "com"}
    found = decode(Envelope, stored)
    assert found == Envelope(then="keys.pair", values={"site": "com"})
    assert encode(found) == stored
    assert encode(Envelope()) == {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Floating:
    """What has no exact form."""

    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """What cannot be told apart."""

    which: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoRests:
    """Two fields for the same keys."""

    values: Mapping[str, str]
    others: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A tuple that is no list."""

    both: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordless:
    """None that no text stands for."""

    page: int | None


@pytest.mark.parametrize("kind", [Wordless, Floating, Either, TwoRests, Fixed])
def test_a_type_without_a_form_is_known_at_once(kind: Any) -> None:
    with pytest.raises(TypeError):
        prepare(kind)
