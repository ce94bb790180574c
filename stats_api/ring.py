"""The newest rows of numbers, as columns of a fixed length."""

from array import array
from collections.abc import Hashable, Iterator, Mapping
from math import nan
from typing import Generic, TypeVar

from bot.domain.ids import Millis

K = TypeVar("K", bound=Hashable)


class Ring(Generic[K]):
    """The `length` newest rows, at 8 bytes a number; a column that a row doesn't name is NaN there.

    A column begins with the first row that names it: names must be a closed set.
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._rows = 0
        self._at = array("q", [0]) * length
        self._seconds = array("d", [nan]) * length
        self._columns: dict[K, array[float]] = {}

    def append(self, at: Millis, seconds: float, row: Mapping[K, float]) -> None:
        """One row of the moment `at` (UTC), by the steady clock `seconds`."""
        place = self._rows % self._length
        self._at[place] = at
        self._seconds[place] = seconds
        for name in row:
            if name not in self._columns:
                self._columns[name] = array("d", [nan]) * self._length
        for name, column in self._columns.items():
            column[place] = row.get(name, nan)
        self._rows += 1

    @property
    def newest(self) -> float:
        """The moment of the newest row by the steady clock; not a number before the first."""
        return self._seconds[(self._rows - 1) % self._length] if self._rows else nan

    def since(self, seconds: float) -> tuple[float, Mapping[K, float]] | None:
        """Moment and numbers of the oldest row that is no older than `seconds`; None where there is none."""
        for place in self._places():
            if self._seconds[place] >= seconds:
                return self._seconds[place], {name: column[place] for name, column in self._columns.items()}
        return None

    def times(self) -> list[int]:
        """The moments of all rows, oldest first, in UTC milliseconds."""
        return [self._at[place] for place in self._places()]

    def columns(self) -> Iterator[tuple[K, list[float]]]:
        """Every column with its numbers, oldest first."""
        first = self._rows % self._length if self._rows >= self._length else 0
        for name, column in self._columns.items():
            yield name, (column[first:] + column[:first])[: self._rows].tolist()

    def _places(self) -> Iterator[int]:
        for row in range(max(0, self._rows - self._length), self._rows):
            yield row % self._length
