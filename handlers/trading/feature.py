"""Trading's handlers in the order of the menus, and the cards of its errors."""

from typing import Any, Final

from handlers.core.specs import HandlerSpec
from handlers.trading import (
    again,
    brakes,
    card,
    closing,
    disagreements,
    levels,
    limits,
    orders,
    panic,
    position,
    practice,
    ticket,
    typed,
)
from handlers.views.problems import ProblemCard

HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    *ticket.HANDLERS,
    *card.HANDLERS,
    *again.HANDLERS,
    *position.HANDLERS,
    *closing.HANDLERS,
    *panic.HANDLERS,
    *brakes.HANDLERS,
    *limits.HANDLERS,
    *practice.HANDLERS,
    *levels.HANDLERS,
    *disagreements.HANDLERS,
    *orders.HANDLERS,
    *typed.HANDLERS,
)
PROBLEMS: Final[tuple[ProblemCard[Any], ...]] = ()
