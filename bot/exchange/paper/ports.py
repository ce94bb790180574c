"""What the practice exchange is told of the world beside it."""

from collections.abc import Callable
from typing import Protocol

from bot.domain.ids import AccountId, Symbol
from bot.domain.market import Category, Instrument
from bot.domain.ports.exchange import MarketData, MarketHistory
from bot.domain.risk_tiers import RiskTiers

Listener = Callable[[AccountId], None]  # called after a commit that changed something in an account


class PracticeMarket(MarketData, MarketHistory, Protocol):
    """Prices of now and of before."""


class RuleReads(Protocol):
    """Cached reads of a symbol's rules. Raise `ExchangeError`s."""

    async def instrument(self, category: Category, symbol: Symbol) -> Instrument | None: ...
    async def risk_tiers(self, symbol: Symbol) -> RiskTiers: ...
