"""Reading what drivers send: loose about spelling, strict about meaning, and clear about what is wrong."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.grids import ZERO

_LARGEST: Final = Decimal(10) ** 18
_SMALLEST: Final = Decimal(10) ** -12
"""Below this a number counts as zero."""
_MAX_DIGITS: Final = 18
_EPOCH_FROM: Final = 10**11
"""Smaller numbers are no epoch milliseconds."""


def _fold(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


class Fields:
    """One JSON object of a driver: names in any case, with or without underscores; null counts as absent."""

    def __init__(
        self, body: object, where: str, known: Iterable[str], aliases: Mapping[str, str] | None = None
    ) -> None:
        """`where` names the object in errors. Raises ControlError for anything that is no object or not known."""
        if not isinstance(body, dict):
            raise ControlError(f"{where or 'the body'} must be an object")
        self._where = where
        names = {_fold(name): name for name in known}
        names |= {_fold(alias): name for alias, name in (aliases or {}).items()}
        self._values: dict[str, Any] = {}
        for given, value in body.items():
            name = names.get(_fold(str(given)))
            if name is None:
                raise ControlError(f"{self._path(str(given))}: no such field")
            if value is not None:
                self._values[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def raw(self, name: str) -> Any:
        """The value as it came, None where absent."""
        return self._values.get(name)

    def wrong(self, name: str, why: str) -> ControlError:
        """The refusal that names the field."""
        return ControlError(f"{self._path(name)}: {why}")

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, "must be a string")
        return value

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        """One of those words, in any case."""
        options = {word.lower(): word for word in allowed}
        given = self.text(name, default)
        chosen = options.get(given.lower())
        if chosen is None:
            raise self.wrong(name, f"must be one of {', '.join(options.values())}, not {given!r}")
        return chosen

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A truth value; 1 and 0 count."""
        value = self._values.get(name, default)
        if value in (0, 1) and not isinstance(value, str | float):
            return bool(value)
        raise self.wrong(name, "must be true or false")

    def decimal(self, name: str, default: Decimal, *, positive: bool = False) -> Decimal:
        """A number or a string of one, not negative; empty strings count as absent."""
        value = self._values.get(name)
        if value is None or value == "":
            return default
        number = number_of(value)
        if number is None:
            raise self.wrong(name, f"must be a number, not {value!r}")
        number = number if number.copy_abs() >= _SMALLEST else ZERO
        if number < 0 or (positive and not number) or number > _LARGEST:
            raise self.wrong(name, f"must be {'positive' if positive else 'zero or more'}, not {value}")
        return number

    def integer(self, name: str, default: int, *, low: int = 0, high: int = 2**53) -> int:
        """A whole number or a string of one, from low to high."""
        value = self._values.get(name)
        if value is None or value == "":
            return default
        number = number_of(value)
        if number is None or number != number.to_integral_value() or not low <= number <= high:
            raise self.wrong(name, f"must be a whole number from {low} to {high}, not {value!r}")
        return int(number)

    def time(self, name: str, default: int) -> int:
        """Epoch milliseconds, as a number, a string of one, or an ISO date and time (UTC unless it says)."""
        value = self._values.get(name)
        if value is None or value == "":
            return default
        number = number_of(value)
        if number is not None:
            if number != number.to_integral_value() or not _EPOCH_FROM <= number <= _LARGEST:
                raise self.wrong(name, f"must be epoch milliseconds, not {value}")
            return int(number)
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            raise self.wrong(name, f"must be epoch milliseconds or an ISO time, not {value!r}") from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return int(moment.timestamp() * 1000)

    def items(self, name: str) -> list[object]:
        """A list, empty where absent."""
        value = self._values.get(name, [])
        if not isinstance(value, list):
            raise self.wrong(name, "must be a list")
        return value

    def _path(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name


def is_whole(text: str) -> bool:
    """Whether the text is a whole number of at most 18 digits: `int` takes thousands of them for an error."""
    return text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS


def number_of(value: object) -> Decimal | None:
    """A finite JSON number or a string of one; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
