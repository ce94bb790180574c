"""Limits of an account on what may be entered. Exits never ask them."""

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.accounts import AccountType
from bot.domain.ids import Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLimits:
    """What an account may be entered into; None: no limit. Percents of the account value (5 is 5 %), values in USDT."""

    most_positions: int | None = None
    most_leverage: Decimal | None = None
    most_symbol_value: Decimal | None = None
    most_total_value: Decimal | None = None
    most_trade_risk_percent: Decimal | None = None  # lost at the stop of one trade
    daily_loss_percent: Decimal | None = None
    drawdown_percent: Decimal | None = None
    least_turnover: Decimal | None = None  # of 24 hours: thinner markets are refused
    symbols: tuple[Symbol, ...] = ()  # the only ones allowed; () is all
    cooldown_s: int | None = None  # after a losing close
    tilt_losses: int | None = None  # so many losing closes in a row lock entries until the user's next day


LIVE_DEFAULTS = RiskLimits(
    most_positions=5,
    most_leverage=Decimal(3),
    most_trade_risk_percent=Decimal(1),
    daily_loss_percent=Decimal(5),
    least_turnover=Decimal(1_000_000),
)
PRACTICE_DEFAULTS = RiskLimits(most_positions=20)


def default_limits(account_type: AccountType) -> RiskLimits:
    """What an account begins with: practice bounds next to nothing, Bybit's demo and live a careful trader's."""
    return PRACTICE_DEFAULTS if account_type is AccountType.PAPER else LIVE_DEFAULTS
