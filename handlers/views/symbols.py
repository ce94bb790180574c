"""What a symbol's name tells, and the symbols that everybody is offered first."""

from typing import Final

from bot.domain.ids import Symbol

FAVORITES: Final = (Symbol("BTCUSDT"), Symbol("ETHUSDT"), Symbol("SOLUSDT"))
_QUOTES: Final = ("USDT", "USDC", "USDE", "EUR", "BTC", "ETH", "USD")


def quote_of(symbol: str) -> str:
    """The coin a symbol is priced in; USDC for Bybit's …PERP, nothing for what is not told by its name."""
    if symbol.endswith("PERP"):
        return "USDC"
    return next((quote for quote in _QUOTES if symbol.endswith(quote) and symbol != quote), "")


def base_of(symbol: str) -> str:
    """The coin that is traded; the symbol itself where its name does not tell."""
    return symbol.removesuffix("PERP" if symbol.endswith("PERP") else quote_of(symbol))
