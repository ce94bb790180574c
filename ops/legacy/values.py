"""Values of the old database: SQLite kept whatever it was given, so any column holds anything."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from bot.domain.ids import Millis, UserId
from storage.sqlite.codecs import decimal_text, storable

Row = Mapping[str, Any]  # a column that an older version did not have is not in it

_WHOLE: Final = re.compile(r"\s*[+-]?[0-9]{1,18}\s*", re.ASCII)
_LARGEST: Final = 2**63 - 1
LARGEST_ID: Final = 2**52  # Telegram's ids have at most 52 significant bits (core.telegram.org/bots/api#user)
_LAST_MOMENT: Final = 253_402_300_799_000  # ms, the end of the year 9999


def whole(value: object) -> int | None:
    """A whole number, also one that is written as text or as 30.0; None: there is none."""
    match value:
        case int():
            return value
        case float() if value.is_integer() and abs(value) < _LARGEST:
            return int(value)
        case str() if _WHOLE.fullmatch(value):
            return int(value)
    return None


def text(value: object, limit: int) -> str:
    """Text of `limit` letters at most, without blanks around it; "" where there is none."""
    match value:
        case None:
            return ""
        case bytes():
            found = value.decode("utf-8", "replace")
        case _:
            found = str(value)
    return storable(found.strip(), limit=limit)


def amount(value: object) -> Decimal | None:
    """The number as it was written, shortest form of a float; None: there is none, or no finite one."""
    match value:
        case int():
            return Decimal(value)
        case float():
            found = Decimal(repr(value))
        case str():
            try:
                found = Decimal(value.strip())
            except InvalidOperation:
                return None
        case _:
            return None
    return found if found.is_finite() else None


def amount_text(value: object) -> str | None:
    """The same as a column of ours holds it; None also where it has too many digits for that."""
    found = amount(value)
    if found is None:
        return None
    try:
        return decimal_text(found)
    except ValueError:
        return None


def moment(value: object) -> int | None:
    """Milliseconds since the epoch, of any year: of seconds, a part of one too, or of a date as ISO 8601 has it.

    A date without a zone is UTC, as SQLite's CURRENT_TIMESTAMP ("2025-12-23 10:11:12"); None: it is neither.
    """
    seconds = amount(value)
    if seconds is not None:
        return int(seconds * 1000) if -_LARGEST <= seconds <= _LARGEST else None
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    return round(found.timestamp() * 1000)


def from_seconds(value: object) -> Millis | None:
    """The same; None also for what is no moment of the years 1970 to 9999."""
    return from_millis(moment(value))


def from_millis(value: object) -> Millis | None:
    """Milliseconds since the epoch; None: no moment of the years 1970 to 9999."""
    millis = whole(value)
    return Millis(millis) if millis is not None and 0 < millis <= _LAST_MOMENT else None


def user_id(value: object) -> UserId | None:
    """Telegram's id of a person; None: it can be nobody's."""
    found = whole(value)
    return UserId(found) if found is not None and 0 < found <= LARGEST_ID else None


def flag(value: object) -> bool:
    """Whether a flag is set: anything but 0 and nothing."""
    found = whole(value)
    return bool(value) if found is None else found != 0
