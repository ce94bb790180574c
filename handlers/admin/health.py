"""/health: how the process does, from its own counters."""

from typing import Final

from handlers.admin.health_views import health_card
from handlers.core.context import Turn
from handlers.core.specs import ADMIN, Entry, command


async def show(turn: Turn) -> None:
    """Reasons, ages, rates; no user, no secret."""
    await turn.show(health_card(turn.viewer, turn.data.health()))


ENTRIES: Final[tuple[Entry, ...]] = (command("health", show, access=ADMIN, description="command-health"),)
