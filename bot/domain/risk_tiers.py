"""Risk tiers of a symbol: how the margin that must stay, and the leverage allowed, change with the position's value."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis, Symbol

_NO_LIMIT: Final = Decimal(10) ** 18
_ASSUMED_LEVERAGE: Final = Decimal(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTier:
    """One step, as Bybit's /v5/market/risk-limit has it. Rates are fractions of the position value."""

    limit: Decimal  # position value up to which it holds, in the quote coin
    maintenance: Decimal  # rate of the margin that must stay
    max_leverage: Decimal
    deduction: Decimal  # taken off the maintenance margin, so that it does not jump from step to step


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTiers:
    """The steps of a symbol, lowest first, never empty."""

    symbol: Symbol
    items: tuple[RiskTier, ...]
    as_of: Millis


def tier_of(tiers: tuple[RiskTier, ...], value: Decimal) -> RiskTier:
    """The step for a position of that value; the last one for anything beyond. Lowest first, never empty."""
    return next((each for each in tiers if value <= each.limit), tiers[-1])


def assumed_tiers(max_leverage: Decimal | None) -> tuple[RiskTier, ...]:
    """What is reckoned with where Bybit's steps are not known: half of the least initial margin has to stay.

    Bybit's first steps are so for almost every symbol (BTCUSDT: 100x and 0.5 %); without a leverage, 10x is taken.
    """
    leverage = max_leverage or _ASSUMED_LEVERAGE
    return (RiskTier(limit=_NO_LIMIT, maintenance=1 / (2 * leverage), max_leverage=leverage, deduction=Decimal(0)),)
