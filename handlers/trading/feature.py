"""Trading's handlers in the order of the menus, and the cards of its errors."""

from typing import Any, Final

from bot.domain.errors import LicenseNeeded
from handlers.core.specs import HandlerSpec
from handlers.trading import (
    again,
    brakes,
    card,
    closing,
    disagreements,
    drill,
    editing,
    leg_chart,
    leg_share,
    levels,
    limits,
    orders,
    panic,
    position,
    practice,
    receipt,
    ticket,
    trail,
    typed,
    vanish,
)
from handlers.trading.card_views import license_needed_card
from handlers.views.problems import ProblemCard

HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    *ticket.HANDLERS,
    *card.HANDLERS,
    *again.HANDLERS,
    *position.HANDLERS,
    *leg_chart.HANDLERS,
    *leg_share.HANDLERS,
    *closing.HANDLERS,
    *panic.HANDLERS,
    *brakes.HANDLERS,
    *limits.HANDLERS,
    *practice.HANDLERS,
    *levels.HANDLERS,
    *trail.HANDLERS,
    *receipt.HANDLERS,
    *vanish.HANDLERS,
    *drill.HANDLERS,
    *disagreements.HANDLERS,
    *orders.HANDLERS,
    *editing.HANDLERS,
    *typed.HANDLERS,
)
PROBLEMS: Final[tuple[ProblemCard[Any], ...]] = (ProblemCard(LicenseNeeded, license_needed_card),)
