"""One field of an answer at a time, by name and type. Anything unexpected is ExchangeUnreadable.

Bybit writes money as decimal text, "" for what does not apply, and times as epoch milliseconds, text or number.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, TypeVar

from bot.domain.errors import ExchangeUnreadable
from bot.domain.ids import Millis, Symbol
from bot.domain.interning import intern_decimal, intern_text

_PLAIN: Final = "0123456789.-"
_EXPONENT: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{1,2}").fullmatch
_LONGEST_NUMBER: Final = 50
_SMALLEST: Final = -30  # powers of ten
_LARGEST: Final = 18  # what is more times more could not be stored
_SYMBOL: Final = re.compile(r"[A-Z0-9-]{2,30}").fullmatch
_MISSING: Final = object()
_POSITION_IDX: Final = range(3)
_MAX_WHOLE: Final = 2**63
Fields = Mapping[str, object]

E = TypeVar("E", bound=StrEnum)


def unreadable(name: str, wanted: str) -> ExchangeUnreadable:
    """The error for a field that isn't what it should be; never quotes the value."""
    return ExchangeUnreadable(f"Bybit's answer can't be read: {name} is not {wanted}", field=name)


def decimal_of(value: object, name: str) -> Decimal:
    """A number of a size that occurs; what is beyond could not be stored."""
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        try:
            if not value.strip(_PLAIN) or _EXPONENT(value) is not None:
                number = intern_decimal(value)
                if not number or _SMALLEST < number.adjusted() < _LARGEST:
                    return number
        except InvalidOperation:
            raise unreadable(name, "a decimal number") from None
    raise unreadable(name, "a decimal number")


def money(fields: Fields, name: str) -> Decimal:
    """A number that must be there."""
    return decimal_of(fields.get(name), name)


def amount(fields: Fields, name: str) -> Decimal:
    """A number that must be there and cannot be below 0: a quantity, a price, a value."""
    value = money(fields, name)
    if value < 0:
        raise unreadable(name, "0 or more")
    return value


def positive(fields: Fields, name: str) -> Decimal:
    """A number that must be there and be above 0: a step, a last price."""
    value = amount(fields, name)
    if not value:
        raise unreadable(name, "above 0")
    return value


def amount_or_none(fields: Fields, name: str) -> Decimal | None:
    """A price, a distance or a leverage where Bybit writes 0 for "none"."""
    return amount(fields, name) or None


def text(fields: Fields, name: str, longest: int = 64) -> str:
    value = fields.get(name)
    if isinstance(value, str) and len(value) <= longest and value.isprintable():
        return intern_text(value)
    raise unreadable(name, "text")


def identifier(fields: Fields, name: str) -> str:
    """A text that must not be empty."""
    value = text(fields, name)
    if not value:
        raise unreadable(name, "an id")
    return value


def symbol_of(fields: Fields) -> Symbol:
    """The symbol, dated futures and options too."""
    value = fields.get("symbol")
    if isinstance(value, str) and _SYMBOL(value) is not None:
        return Symbol(intern_text(value))
    raise unreadable("symbol", "a symbol")


def whole(fields: Fields, name: str) -> int:
    """A whole number, written as one or as its digits."""
    value = fields.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:  # noqa: PLR2004  2^63
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -_MAX_WHOLE < value < _MAX_WHOLE:
        return value
    raise unreadable(name, "a whole number")


def position_idx(fields: Fields) -> int:
    """0 one-way, 1 the long leg, 2 the short leg."""
    value = whole(fields, "positionIdx")
    if value not in _POSITION_IDX:
        raise unreadable("positionIdx", "0, 1 or 2")
    return value


def moment(fields: Fields, name: str) -> Millis:
    value = whole(fields, name)
    if value < 0:
        raise unreadable(name, "a moment")
    return Millis(value)


def one_of(kind: type[E], fields: Fields, name: str) -> E:
    """One of the words of an enum."""
    try:
        return kind(text(fields, name))
    except ValueError:
        raise unreadable(name, "one of " + ", ".join(kind)) from None


def flag(fields: Fields, name: str) -> bool:
    value = fields.get(name)
    if isinstance(value, bool):
        return value
    raise unreadable(name, "true or false")


def part(fields: Fields, name: str) -> Fields:
    """An object inside of the object."""
    value = fields.get(name)
    if isinstance(value, dict):
        return value
    raise unreadable(name, "an object")


def array(fields: Fields, name: str) -> list[object]:
    """A list; null is an empty one, as Go writes it."""
    value = fields.get(name, _MISSING)
    if isinstance(value, list):
        return value
    if value is None:
        return []
    raise unreadable(name, "a list")


def listed(fields: Fields, name: str) -> list[object]:
    """A list that says what stands. Null is no answer here: read as an empty one it would call a position closed."""
    if fields.get(name) is None:
        raise unreadable(name, "a list")
    return array(fields, name)


def words(fields: Fields, name: str) -> list[str]:
    """The texts of a list field; raises ExchangeUnreadable where it is none or holds anything else."""
    found = array(fields, name)
    if not all(isinstance(word, str) for word in found):
        raise unreadable(name, "a list of words")
    return [word for word in found if isinstance(word, str)]
