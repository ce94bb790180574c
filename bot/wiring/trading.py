"""Trading: cards, orders, and what stops them."""

from typing import Any

from bot.aio.periodic import Periodic
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


async def make_trading(base: Foundation) -> tuple[Trading, tuple[Periodic[Any], ...]]:  # noqa: ARG001  its parts need it soon
    """The use cases in the order in which they need each other, and their jobs."""
    trading = Trading(
        runner=IntentRunner(),
        settlement=Settlement(),
        watch=TradeWatch(),
        quotes=Quotes(),
        entries=Entries(),
        limits=LimitService(),
        legs=LegManager(),
        pauses=Pauses(),
        halts=Halts(),
        panic=Panic(),
        practice=PracticeService(),
    )
    return trading, ()
