"""Favorites: the symbols that a person looks at first, in the order in which they were marked."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.domain.ids import Symbol
from bot.domain.market import Category, MarketKey

MOST_FAVORITES: Final = 20
_SPOT: Final = "spot:"


def favorites_text(favorites: Iterable[MarketKey]) -> str:
    """As they are stored: blanks between them, `spot:` before a spot pair."""
    return " ".join(f"{_SPOT}{each.symbol}" if each.category is Category.SPOT else each.symbol for each in favorites)


def favorites_of(text: str) -> tuple[MarketKey, ...]:
    """The favorites in a stored text, in its order."""
    return tuple(
        MarketKey(Category.SPOT if each.startswith(_SPOT) else Category.LINEAR, Symbol(each.removeprefix(_SPOT)))
        for each in text.split()
    )


def symbols_first(favorites: Sequence[MarketKey], category: Category, others: Iterable[Symbol]) -> tuple[Symbol, ...]:
    """The favorites of a category before all others, each once."""
    own = (each.symbol for each in favorites if each.category is category)
    return tuple(dict.fromkeys((*own, *others)))
