"""/whoami: the id that roles go by, the role, the language."""

from typing import Final

from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, Entry, command
from handlers.texts.catalog import LANGUAGE_NAMES
from handlers.users.people_views import whoami_card


async def show(turn: Turn) -> None:
    """What the bot knows of whoever asks."""
    role = turn.services.access.role(turn.config)
    await turn.show(whoami_card(turn.viewer, role, LANGUAGE_NAMES[turn.config.language]))


ENTRIES: Final[tuple[Entry, ...]] = (command("whoami", show, access=EVERYONE, description="command-whoami"),)
