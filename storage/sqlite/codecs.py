"""How values stand in columns: money as canonical Decimal text, maps as JSON, names as text that UTF-8 can hold."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from bot.domain.errors import UnreadableRow
from bot.domain.ids import MINUTE, Millis
from bot.domain.interning import intern_decimal
from bot.domain.numbers import as_written, plain

_DIGITS: Final = 40
_LONGEST: Final = 2 * _DIGITS + 2  # with a sign and a point

_NEVER: Final = 2**62  # ms

Row = tuple[Any, ...]  # one row as sqlite3 answers it: the columns in the order of the statement


def decimal_text(value: Decimal) -> str:
    """The one way a value of ours is written: no exponent, no plus, no needless zero (1000, 0.5, -3, 0).

    Raises ValueError for NaN, infinities and values of more than 40 digits on one side of the point.
    """
    return _checked(plain(_storable(value)), value)


def optional_decimal_text(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


def written_text(value: Decimal) -> str:
    """A number of the exchange in the digits that it came in, zeros at the end too (64300.00, 0.0124500).

    Raises ValueError as `decimal_text` does.
    """
    return _checked(as_written(_storable(value)), value)


def optional_written_text(value: Decimal | None) -> str | None:
    return None if value is None else written_text(value)


def optional_decimal(text: str | None) -> Decimal | None:
    return None if text is None else intern_decimal(text)


def _storable(value: Decimal) -> Decimal:
    if value.is_zero():
        exponent = value.as_tuple().exponent
        return value if isinstance(exponent, int) and -_DIGITS <= exponent <= 0 else Decimal(0)
    if not value.is_finite() or not -_DIGITS <= value.adjusted() < _DIGITS:
        raise ValueError(f"no amount that can be stored: {value}")
    return value


def _checked(text: str, value: Decimal) -> str:
    if len(text) > _LONGEST:
        raise ValueError(f"no amount that can be stored: {value}")
    return text


def json_text(values: Mapping[str, str]) -> str:
    """A JSON object in ASCII: lone surrogates, which UTF-8 refuses, come through as escapes."""
    return json.dumps(dict(values), separators=(",", ":"))


def json_values(text: str) -> dict[str, str]:
    """What `json_text` wrote. Raises UnreadableRow for anything else, however it is malformed."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):  # no JSON; a number of too many digits; nested too deeply
        raise UnreadableRow("the stored values are no JSON that can be read") from None  # the cause quotes them
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise UnreadableRow("the stored values are no map of text")
    return values


def json_list(items: Sequence[str]) -> str:
    return json.dumps(list(items), separators=(",", ":"))


def json_items(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def storable(text: str, *, limit: int) -> str:
    """Other people's text (names, payloads) with what UTF-8 or SQLite's text can't hold replaced, cut to `limit`."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:limit]


def spans(now: Millis) -> tuple[tuple[int, int], ...]:
    """What is due by now, as pairs of edges in ms: all until now, and what lies minutes ahead.

    Nothing is noted for so late a moment: the clock was set back since.
    """
    return (0, now), (now + 2 * MINUTE, _NEVER)
