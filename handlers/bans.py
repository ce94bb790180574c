"""/ban ID and /unban ID: the owner's, in a private chat. From the very next message on."""

import re
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.model import UserId
from handlers.context import Turn
from handlers.entries import OWNER, Entry, command
from handlers.views.frame import menu_row, notice

_USER_ID: Final = re.compile(r"[1-9][0-9]{0,15}")  # Telegram's ids have at most 52 bits


async def ban(turn: Turn) -> None:
    """`/ban 1002`."""
    user_id = _typed_id(turn)
    await turn.services.people.ban(turn.user_id, user_id)
    await turn.show(notice(turn.say("ban-done", user=str(user_id)), menu_row(turn.viewer)))


async def unban(turn: Turn) -> None:
    """`/unban 1002`."""
    user_id = _typed_id(turn)
    await turn.services.people.unban(turn.user_id, user_id)
    await turn.show(notice(turn.say("unban-done", user=str(user_id)), menu_row(turn.viewer)))


def typed_id(word: str, usage: str) -> UserId:
    """A numeric id. Raises BadInput with that key."""
    if not _USER_ID.fullmatch(word):
        raise BadInput(usage)
    return UserId(int(word))


def _typed_id(turn: Turn) -> UserId:
    """Exactly one numeric id. Raises BadInput: names can be taken over by others, ids cannot."""
    if len(turn.arguments) != 1 or not _USER_ID.fullmatch(turn.arguments[0]):
        raise BadInput("ban-usage")
    return UserId(int(turn.arguments[0]))


ENTRIES: Final[tuple[Entry, ...]] = (
    command("ban", ban, access=OWNER, description="command-ban"),
    command("unban", unban, access=OWNER, description="command-unban"),
)
