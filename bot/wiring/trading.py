"""Trading: cards, orders, and what stops them."""

from decimal import Decimal
from typing import Any

from bot.aio.periodic import Periodic
from bot.domain.accounts import Account
from bot.domain.ids import Symbol
from bot.domain.orders import LegSettings, MarginMode, PositionMode
from bot.domain.risk_tiers import RiskTier
from bot.services.trading.brakes import Halts, Panic, Pauses
from bot.services.trading.entries import Entries
from bot.services.trading.intents import IntentRunner
from bot.services.trading.leg_manager import LegManager
from bot.services.trading.practice import PracticeService
from bot.services.trading.quotes import Quotes
from bot.services.trading.risk_limits import LimitService
from bot.services.trading.settlement import Settlement
from bot.services.trading.trading import Trading
from bot.services.trading.watch import TradeWatch
from bot.wiring.foundation import Foundation


async def make_trading(base: Foundation) -> tuple[Trading, tuple[Periodic[Any], ...]]:
    """The use cases in the order in which they need each other, and their jobs."""
    limits = LimitService(clock=base.clock)
    trading = Trading(
        runner=IntentRunner(),
        settlement=Settlement(),
        watch=TradeWatch(),
        quotes=Quotes(
            reads=base.reads, limits=limits, settings=_assumed_settings, tiers=_assumed_tiers, clock=base.clock
        ),
        entries=Entries(),
        limits=limits,
        legs=LegManager(),
        pauses=Pauses(),
        halts=Halts(),
        panic=Panic(),
        practice=PracticeService(),
    )
    return trading, ()


async def _assumed_settings(account: Account, symbol: Symbol) -> LegSettings:
    """How a new practice account trades."""
    leverage = Decimal(account.settings.leverage)
    return LegSettings(
        symbol=symbol,
        position_mode=PositionMode.ONE_WAY,
        margin_mode=MarginMode.ISOLATED,
        buy_leverage=leverage,
        sell_leverage=leverage,
    )


async def _assumed_tiers(_symbol: Symbol) -> tuple[RiskTier, ...]:
    """Nobody has asked for them."""
    return ()
