"""One object for equal short texts and numbers, which cached rows hold tens of thousands of times.

A Decimal takes 104 bytes and a short text 50 to 60. Decoders make sizes, leverages, symbols and states here; long
values (prices, order ids) hardly ever repeat and are made anew. 1.0 and 1.00 are two numbers.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Final

LONGEST_NUMBER: Final = 6  # characters
LONGEST_TEXT: Final = 16  # characters: symbols, states, coins
KEPT: Final = 4_096  # numbers, and as many texts: the last used


@lru_cache(KEPT)
def _number(text: str) -> Decimal:
    return Decimal(text)


@lru_cache(KEPT)
def _text(text: str) -> str:
    return text


def intern_decimal(text: str) -> Decimal:
    """The number as written. Raises InvalidOperation for what is no number."""
    return _number(text) if len(text) <= LONGEST_NUMBER else Decimal(text)


def intern_text(text: str) -> str:
    """The text, or an equal one that is held already."""
    return _text(text) if len(text) <= LONGEST_TEXT else text
