"""The symbols that everybody is offered first."""

from typing import Final

from bot.domain.ids import Symbol
from bot.domain.symbol_names import base_of, quote_of

__all__ = ["FAVORITES", "base_of", "quote_of"]

FAVORITES: Final = (Symbol("BTCUSDT"), Symbol("ETHUSDT"), Symbol("SOLUSDT"))
