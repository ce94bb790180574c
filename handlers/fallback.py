"""Nobody gets silence: what is not understood, not for here, too late, or forwarded is answered once, with a way on."""

from difflib import get_close_matches
from typing import Final

from bot.domain.errors import ButtonExpired
from bot.domain.users import Role
from handlers.core.addressing import command_of, is_addressed
from handlers.core.callbacks import token_of
from handlers.core.context import Turn
from handlers.core.specs import ANYWHERE, EVERYONE, PRIVATE, Entry, Kind, answers
from handlers.users.home_views import open_private_card, short_card, unknown_command_card, unknown_text_card
from handlers.users.start import home

_MAX_ECHO: Final = 32
_LIKENESS: Final = 0.6


async def unknown_command(turn: Turn) -> None:
    """The answer to a command that does not exist, and to one that this person may not use: one and the same."""
    typed = (command_of(turn.message) if turn.message is not None else None) or ""
    await turn.show(unknown_command_card(turn.viewer, f"/{typed[:_MAX_ECHO]}", _nearest(turn, typed)))


async def text(turn: Turn) -> None:
    """The next step of an open dialogue; a stranger's hello; anything else."""
    dialogue = await turn.services.dialogues.current(turn.user_id)
    if dialogue is not None:
        await turn.data.router.go_on(turn, dialogue)
    elif turn.is_new:
        await home(turn)
    else:
        await unknown_text(turn)


async def unknown_text(turn: Turn) -> None:
    """Free text that nothing waits for."""
    first = turn.text.split(maxsplit=1)[:1]
    await turn.show(unknown_text_card(turn.viewer, _nearest(turn, first[0]) if first else None))


async def media(turn: Turn) -> None:
    """Stickers, photos, voices, documents: for a dialogue that takes captions, or for nobody."""
    dialogue = await turn.services.dialogues.current(turn.user_id)
    if dialogue is not None and dialogue.dialogue in turn.data.router.media_dialogues:
        await turn.data.router.go_on(turn, dialogue)
        return
    await turn.show(short_card(turn.viewer, "only-text"))


async def edited(turn: Turn) -> None:
    """An edit never runs anything."""
    await turn.show(short_card(turn.viewer, "edited-not-run"))


async def forwarded(turn: Turn) -> None:
    """Neither do words that somebody else wrote."""
    await turn.show(short_card(turn.viewer, "forwarded-not-run"))


async def group_message(turn: Turn) -> None:
    """In groups the bot speaks when it is spoken to."""
    message = turn.update.message
    if message is not None and is_addressed(message, turn.bot, frozenset(turn.data.router.commands(Role.USER))):
        await refuse_in_group(turn)


async def refuse_in_group(turn: Turn) -> None:
    """[Open private chat]."""
    await turn.send(open_private_card(turn.viewer, turn.bot.username))


async def press(turn: Turn) -> None:
    """A token: taken once, then whatever it stands for."""
    if turn.query is None or turn.query.data is None:
        raise ButtonExpired
    token, repeats = token_of(turn.query.data), turn.data.router.repeating
    wish = await turn.services.buttons.take(token, turn.user_id, turn.chat_id, repeats=repeats)
    await turn.data.router.run_wish(turn, wish)


async def stale_button(_: Turn) -> None:
    """A code of another version, or of nobody: the menu comes instead."""
    raise ButtonExpired


def _nearest(turn: Turn, typed: str) -> str | None:
    names = tuple(turn.data.router.commands(turn.services.access.role(turn.config)))
    found = get_close_matches(typed[:_MAX_ECHO].lower().lstrip("/"), names, n=1, cutoff=_LIKENESS)
    return found[0] if found else None


ENTRIES: Final[tuple[Entry, ...]] = (
    answers(Kind.PRESS, press, access=EVERYONE, places=PRIVATE),
    answers(Kind.STALE_BUTTON, stale_button, access=EVERYONE, places=ANYWHERE),
    answers(Kind.GROUP_MESSAGE, group_message, access=EVERYONE, places=ANYWHERE),
    answers(Kind.EDITED, edited, access=EVERYONE, places=PRIVATE),
    answers(Kind.FORWARDED, forwarded, access=EVERYONE, places=PRIVATE),
    answers(Kind.UNKNOWN_COMMAND, unknown_command, access=EVERYONE, places=PRIVATE),
    answers(Kind.TEXT, text, access=EVERYONE, places=PRIVATE),
    answers(Kind.MEDIA, media, access=EVERYONE, places=PRIVATE),
)
