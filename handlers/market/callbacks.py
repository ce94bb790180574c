"""The code of the order book."""

from dataclasses import dataclass

from bot.domain.ids import Symbol
from bot.domain.market import Category
from handlers.core.callbacks import Code
from handlers.core.links import SymbolName


@dataclass(frozen=True, slots=True)
class ShowBook(Code):
    """A symbol's order book."""

    TAG = "bk"
    symbol: SymbolName


@dataclass(frozen=True, slots=True)
class ShowSpotBook(Code):
    """The order book of a spot pair."""

    TAG = "sbk"
    symbol: SymbolName


def book_code(symbol: Symbol, category: Category) -> Code:
    """The button of a symbol's order book."""
    return ShowSpotBook(symbol) if category is Category.SPOT else ShowBook(symbol)
