"""The code of the order book."""

from dataclasses import dataclass

from handlers.core.callbacks import Code
from handlers.core.links import SymbolName


@dataclass(frozen=True, slots=True)
class ShowBook(Code):
    """A symbol's order book."""

    TAG = "bk"
    symbol: SymbolName
