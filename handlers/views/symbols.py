"""The symbols that are offered first, and how symbols are called."""

from typing import Final

from bot.domain.favorites import symbols_first
from bot.domain.ids import Symbol
from bot.domain.market import Category, MarketKey
from bot.domain.symbol_names import base_of, quote_of
from bot.domain.users import UserConfig
from handlers.texts.catalog import Translator

__all__ = ["FAVORITES", "base_of", "first_symbols", "market_name", "quote_of", "short_name"]

FAVORITES: Final = (Symbol("BTCUSDT"), Symbol("ETHUSDT"), Symbol("SOLUSDT"))
"""What everybody is offered first who has marked nothing."""


def first_symbols(config: UserConfig, category: Category) -> tuple[Symbol, ...]:
    """What a person is offered first: the own favorites, then everybody's."""
    return symbols_first(config.favorites, category, FAVORITES)


def market_name(say: Translator, market: MarketKey) -> str:
    """A symbol as its own screens name it: BTCUSDT; BTCUSDT · Spot."""
    is_spot = market.category is Category.SPOT
    return f"{market.symbol} · {say.plain('category-spot')}" if is_spot else market.symbol


def short_name(market: MarketKey) -> str:
    """BTC of a perpetual, BTC/USDT of a spot pair."""
    base = base_of(market.symbol)
    return base if market.category is Category.LINEAR else f"{base}/{quote_of(market.symbol)}"
