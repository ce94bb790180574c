"""/license: what is held and until when."""

from typing import Final

from handlers.context import Turn
from handlers.entries import EVERYONE, Entry, command
from handlers.views.people import license_card


async def show(turn: Turn) -> None:
    """Read only."""
    await turn.show(license_card(turn.viewer, await turn.services.reads.license(turn.user_id)))


ENTRIES: Final[tuple[Entry, ...]] = (command("license", show, access=EVERYONE, description="command-license"),)
