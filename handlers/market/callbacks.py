"""Codes of order books, price alerts and favorites."""

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.ids import Symbol
from bot.domain.market import Category, MarketKey
from bot.domain.price_alerts import AlertSide
from handlers.core.callbacks import Code, PageNumber, RowNumber
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


@dataclass(frozen=True, slots=True)
class ShowSymbolAlerts(Code):
    """[🔔] of a price: the prices that may be waited for."""

    TAG = "alc"
    category: Category
    symbol: SymbolName


@dataclass(frozen=True, slots=True)
class SetAlert(Code):
    """A price that was offered. A second tap finds it set."""

    TAG = "als"
    symbol: SymbolName
    is_spot: bool
    way: AlertSide
    price: Decimal

    @property
    def market(self) -> MarketKey:
        return MarketKey(Category.SPOT if self.is_spot else Category.LINEAR, self.symbol)


@dataclass(frozen=True, slots=True)
class SetAgain(Code):
    """[Set again], [Undo]: the same price once more, waited for from the side where the market is now."""

    TAG = "alg"
    symbol: SymbolName
    is_spot: bool
    price: Decimal

    @property
    def market(self) -> MarketKey:
        return MarketKey(Category.SPOT if self.is_spot else Category.LINEAR, self.symbol)


@dataclass(frozen=True, slots=True)
class ShowAlerts(Code):
    """A page of a person's price alerts."""

    TAG = "alp"
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class DeleteAlert(Code):
    """[✕] of an alert, on a page of the list; [Undo] stands below the answer."""

    TAG = "ald"
    number: RowNumber
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class AskDeleteAlerts(Code):
    """[Delete all] asks first."""

    TAG = "alx"


@dataclass(frozen=True, slots=True)
class MarkFavorite(Code):
    """[☆] and [★] of a price card; `is_favorite`: what the symbol shall be."""

    TAG = "fav"
    category: Category
    symbol: SymbolName
    is_favorite: bool
