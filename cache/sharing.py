"""One object for equal parts: full caches hold the same symbols, sizes and leverages tens of thousands of times.

A Decimal takes 104 bytes and a short text 50 to 60. When a value is kept, its short numbers and words are replaced by
equal ones that are held already. Values are frozen and their parts immutable, so nobody can tell. Numbers are compared
as written: 1.0 is not 1.00.
"""

from dataclasses import fields, is_dataclass
from decimal import Decimal
from types import NoneType
from typing import Final

LONGEST_NUMBER: Final = 6  # characters; longer numbers hardly ever repeat
LONGEST_WORD: Final = 16  # characters: symbols, states, coins, but not order ids
LEAVES: Final = frozenset((int, bool, NoneType, bytes, float))
HELD: Final = 4_096  # numbers, and as many words; then it begins anew


class Sharing:
    """Remembers the parts that were seen lately, and puts them in the place of equal ones."""

    def __init__(self) -> None:
        self._numbers: dict[str, Decimal] = {}
        self._words: dict[str, str] = {}
        self._names: dict[type, tuple[str, ...]] = {}

    def intern(self, value: object) -> None:
        """Share the parts of a frozen dataclass, of those inside it, and of the rows in its tuples."""
        kind = type(value)
        names = self._names.get(kind)
        if names is None:
            names = self._names[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
        for name in names:
            part = getattr(value, name)
            kind = type(part)
            if kind is str:
                found: object = self._word(part)
            elif kind is Decimal:
                found = self._number(part)
            elif kind in LEAVES:
                continue
            else:
                for row in part if kind is tuple else (part,):
                    self.intern(row)
                continue
            if found is not part:
                object.__setattr__(value, name, found)  # an equal part of a frozen value

    def _number(self, number: Decimal) -> Decimal:
        text = str(number)
        if len(text) > LONGEST_NUMBER:
            return number
        if len(self._numbers) >= HELD:
            self._numbers.clear()
        return self._numbers.setdefault(text, number)

    def _word(self, word: str) -> str:
        if len(word) > LONGEST_WORD:
            return word
        if len(self._words) >= HELD:
            self._words.clear()
        return self._words.setdefault(word, word)
