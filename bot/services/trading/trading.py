"""What handlers are given of trading."""

from dataclasses import dataclass

from bot.domain.accounts import AccountType
from bot.services.trading.brakes import Halts, Pauses
from bot.services.trading.disagreements import Disagreements
from bot.services.trading.drills import Drills
from bot.services.trading.entries import Entries
from bot.services.trading.intents import IntentRunner
from bot.services.trading.leaving import Leaving
from bot.services.trading.leg_manager import LegManager
from bot.services.trading.order_edits import OrderEdits
from bot.services.trading.order_gauges import OrderGaugeReader
from bot.services.trading.panic import Panic
from bot.services.trading.practice import PracticeService
from bot.services.trading.quotes import Quotes
from bot.services.trading.receipts import Receipts
from bot.services.trading.reconcile import Reconcile
from bot.services.trading.risk_limits import LimitService
from bot.services.trading.settlement import Settlement
from bot.services.trading.tickets import TicketService
from bot.services.trading.vanishing import Vanishing
from bot.services.trading.watch import TradeWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Trading:
    """Every use case of trading. `account_types`: those whose orders are placed here."""

    account_types: frozenset[AccountType]
    runner: IntentRunner
    settlement: Settlement
    reconcile: Reconcile
    watch: TradeWatch
    quotes: Quotes
    entries: Entries
    edits: OrderEdits
    limits: LimitService
    legs: LegManager
    leaving: Leaving
    disagreements: Disagreements
    pauses: Pauses
    halts: Halts
    panic: Panic
    practice: PracticeService
    tickets: TicketService
    drills: Drills
    receipts: Receipts
    vanishing: Vanishing
    gauges: OrderGaugeReader

    async def close(self) -> None:
        """Let what is on its way be answered; the next start asks for the rest."""
        self.settlement.stop()
        await self.runner.close()
