"""Strict JSON: what Bybit's documentation allows and nothing else.

Money comes as strings. A fraction outside of one becomes a float here, and no reader of fields takes it.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import orjson

MAX_BODY: Final = 4 * 1024 * 1024  # bytes
Json = Mapping[str, object]


class Unreadable(ValueError):  # noqa: N818  named by what it is
    """The bytes are no answer of Bybit's. The text says why and holds none of them."""


def decode(body: bytes) -> Json:
    """The object that these bytes are. Raises Unreadable: no UTF-8, no JSON, NaN, a key twice, too deep, no object."""
    value = _canonical(body)
    if value is None:
        value = _strict(body)
    if not isinstance(value, dict):
        raise Unreadable("not an object")
    return value


def _canonical(body: bytes) -> Any | None:
    """The value, if orjson would write the very same bytes: then no key is there twice. Nearly every answer is so."""
    try:
        value = orjson.loads(body)
        return value if orjson.dumps(value) == body else None
    except (ValueError, TypeError):  # no JSON; nested deeper than orjson writes
        return None


def _strict(body: bytes) -> Any:
    try:
        return _DECODER.decode(body.decode())
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors that quote what they read
        reason = str(error) if type(error) is Unreadable else type(error).__name__
        raise Unreadable(reason) from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Unreadable("a key twice")
    return value


def _refuse(_constant: str) -> NoReturn:
    raise Unreadable("not a number")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse)
