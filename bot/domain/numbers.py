"""The numbers people type: a strict ASCII grammar, any grouping, never a guess.

Read: 1000 · 1000.5 · .5 · 0,5 · 1,000.5 · 1.000,5 · 1 000,5 · 1'000.5, with an optional sign and, where asked for,
a trailing %. Not read: exponents, NaN, infinities, underscores, hexadecimal, other scripts' digits.
One comma and exactly three digits (3,120) has two readings; the caller's range or a price decides, or a question.
"""

import re
from decimal import Decimal
from typing import Final

from bot.domain.errors import BadInput

MAX_LENGTH: Final = 40
_INTEGER_DIGITS: Final = 20
_FRACTION_DIGITS: Final = 18
_NEARNESS: Final = Decimal("0.2")  # a price takes the reading within 20 % of the market
_BLANKS: Final = dict.fromkeys(map(ord, "\u00a0\u2009\u202f"), " ")

_PLAIN: Final = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]*)(?:[.](?P<part>[0-9]+))?")
_COMMA: Final = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]+),(?P<part>[0-9]+)")
_GROUPED: Final = tuple(
    re.compile(rf"(?P<sign>[+-]?)(?P<whole>[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}}){count})(?:{point}(?P<part>[0-9]+))?")
    for group, count, point in (
        (",", "+", "[.]"),  # 1,000,000.5
        ("[.]", "{2,}", ","),  # 1.000.000,5
        ("[ ']", "+", "[.,]"),  # 1 000 000,5
    )
)
_GERMAN: Final = re.compile(r"(?P<sign>[+-]?)(?P<whole>[1-9][0-9]{0,2}(?:[.][0-9]{3})+),(?P<part>[0-9]+)")


def readings(text: str, *, percent: bool = False) -> tuple[Decimal, ...]:
    """Every value the text may mean, smallest first: none if it is no number, two if it is ambiguous."""
    text = text.translate(_BLANKS).strip(" ")
    if percent:
        text = text.removesuffix("%").rstrip(" ")
    if not text or len(text) > MAX_LENGTH:
        return ()
    found = {
        value
        for pattern in (_PLAIN, _COMMA, *_GROUPED, _GERMAN)
        if (match := pattern.fullmatch(text)) and (value := _value(match)) is not None
    }
    return tuple(sorted(found))


def _value(match: re.Match[str]) -> Decimal | None:
    whole = re.sub("[^0-9]", "", match["whole"])
    part = match["part"] or ""
    if not (whole or part) or len(whole) > _INTEGER_DIGITS or len(part) > _FRACTION_DIGITS:
        return None
    return Decimal(f"{match['sign']}{whole or '0'}{'.' + part if part else ''}")


def parse_number(
    text: str,
    *,
    minimum: Decimal,
    maximum: Decimal,
    percent: bool = False,
    places: int | None = None,
    near: Decimal | None = None,
) -> Decimal:
    """The one value within [minimum, maximum] that the text means.

    `places` bounds the decimals; `near` is a market price that decides between two readings.
    Raises BadInput: error-number (no number), error-number-range, error-number-places, error-number-ambiguous.
    """
    candidates = readings(text, percent=percent)
    if not candidates:
        raise BadInput("error-number", minimum=plain(minimum), maximum=plain(maximum))
    fitting = [each for each in candidates if minimum <= each <= maximum]
    if not fitting:
        raise BadInput("error-number-range", minimum=plain(minimum), maximum=plain(maximum))
    if len(fitting) > 1 and near is not None:
        fitting = [each for each in fitting if abs(each - near) <= near * _NEARNESS] or fitting
    if len(fitting) > 1:
        raise BadInput("error-number-ambiguous", first=plain(fitting[0]), second=plain(fitting[1]))
    text = plain(fitting[0])
    if places is not None and len(text.partition(".")[2]) > places:
        raise BadInput("error-number-places", places=places)
    return Decimal(text)


def as_written(value: Decimal) -> str:
    """The digits as the exchange wrote them, zeros at the end too (64300.00); no exponent, no negative zero."""
    return format(abs(value) if value.is_zero() else value, "f")


def plain(value: Decimal) -> str:
    """Canonical text, exact: no exponent, no trailing zeros, no negative zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    return "0" if text in {"-0", ""} else text
