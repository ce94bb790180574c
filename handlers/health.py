"""/health: how the process does, from its own counters."""

from typing import Final

from handlers.context import Turn
from handlers.entries import ADMIN, Entry, command
from handlers.views.health import health_card


async def show(turn: Turn) -> None:
    """Reasons, ages, rates; no user, no secret."""
    await turn.show(health_card(turn.viewer, turn.data.health()))


ENTRIES: Final[tuple[Entry, ...]] = (command("health", show, access=ADMIN, description="command-health"),)
