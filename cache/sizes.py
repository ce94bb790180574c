"""How large a value is, measured so cheaply that every value that is stored can be asked."""

from typing import Any, Final

import orjson

_SAMPLE: Final = 4  # rows of a longer tuple that are measured for all of it


def json_bytes(value: object) -> int:
    """About how large a value is as JSON, in bytes; in memory it takes up to about twice that.

    Tuples of a dataclass that have more than a few rows are sampled.
    """
    fields = getattr(type(value), "__dataclass_fields__", None)
    if fields is None:
        return _rows_bytes(value) if isinstance(value, tuple) else _dumped(value)
    return sum(
        _rows_bytes(part) if isinstance(part := getattr(value, name), tuple) else _dumped(part) for name in fields
    )


def _rows_bytes(rows: tuple[Any, ...]) -> int:
    if len(rows) <= _SAMPLE:
        return _dumped(rows)
    return len(rows) * _dumped(rows[:: len(rows) // _SAMPLE][:_SAMPLE]) // _SAMPLE


def _dumped(value: object) -> int:
    return len(orjson.dumps(value, default=str))
