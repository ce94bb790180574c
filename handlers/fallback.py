"""Nobody gets silence: what is not understood, not for here, too late, or forwarded is answered once, with a way on."""

from difflib import get_close_matches
from typing import Final

from bot.domain.errors import ButtonExpired
from bot.domain.users import Role
from handlers.core.addressing import command_of, is_addressed
from handlers.core.callbacks import token_of
from handlers.core.context import UpdateContext
from handlers.core.specs import ANYWHERE, EVERYONE, PRIVATE, HandlerSpec, UpdateKind, other_update
from handlers.users.home_views import open_private_card, short_card, unknown_command_card, unknown_text_card
from handlers.users.start import show_home

_MAX_ECHO: Final = 32
_LIKENESS: Final = 0.6


async def answer_unknown_command(ctx: UpdateContext) -> None:
    """The answer to a command that does not exist, and to one that this person may not use: one and the same."""
    typed = (command_of(ctx.message) if ctx.message is not None else None) or ""
    await ctx.show(unknown_command_card(ctx.viewer, f"/{typed[:_MAX_ECHO]}", _nearest(ctx, typed)))


async def answer_text(ctx: UpdateContext) -> None:
    """The next step of an open dialogue; a stranger's hello; anything else."""
    dialogue = await ctx.services.dialogues.current(ctx.user_id)
    if dialogue is not None:
        await ctx.data.router.continue_dialogue(ctx, dialogue)
    elif ctx.is_new:
        await show_home(ctx)
    else:
        await answer_unknown_text(ctx)


async def answer_unknown_text(ctx: UpdateContext) -> None:
    """Free text that nothing waits for."""
    first = ctx.text.split(maxsplit=1)[:1]
    await ctx.show(unknown_text_card(ctx.viewer, _nearest(ctx, first[0]) if first else None))


async def answer_media(ctx: UpdateContext) -> None:
    """Stickers, photos, voices, documents: for a dialogue that takes captions, or for nobody."""
    dialogue = await ctx.services.dialogues.current(ctx.user_id)
    if dialogue is not None and dialogue.dialogue in ctx.data.router.media_dialogues:
        await ctx.data.router.continue_dialogue(ctx, dialogue)
        return
    await ctx.show(short_card(ctx.viewer, "only-text"))


async def answer_edit(ctx: UpdateContext) -> None:
    """Says that an edited message runs nothing."""
    await ctx.show(short_card(ctx.viewer, "edited-not-run"))


async def answer_forwarded(ctx: UpdateContext) -> None:
    """Neither do words that somebody else wrote."""
    await ctx.show(short_card(ctx.viewer, "forwarded-not-run"))


async def answer_group_message(ctx: UpdateContext) -> None:
    """In groups the bot speaks when it is spoken to."""
    message = ctx.update.message
    if message is not None and is_addressed(message, ctx.bot, frozenset(ctx.data.router.commands(Role.USER))):
        await refuse_in_group(ctx)


async def refuse_in_group(ctx: UpdateContext) -> None:
    """Answers a private command in a group with [Open private chat]."""
    await ctx.send(open_private_card(ctx.viewer, ctx.bot.username))


async def run_pressed_action(ctx: UpdateContext) -> None:
    """A token: taken once, then whatever it stands for."""
    if ctx.query is None or ctx.query.data is None:
        raise ButtonExpired
    token, repeats = token_of(ctx.query.data), ctx.data.router.repeatable_actions
    button = await ctx.services.buttons.take(token, ctx.user_id, ctx.chat_id, repeats=repeats)
    await ctx.data.router.run_stored_action(ctx, button.action, button.values)


async def refuse_stale_button(_: UpdateContext) -> None:
    """A code of another version, or of nobody: the menu comes instead."""
    raise ButtonExpired


def _nearest(ctx: UpdateContext, typed: str) -> str | None:
    names = tuple(ctx.data.router.commands(ctx.services.roles.role(ctx.config)))
    found = get_close_matches(typed[:_MAX_ECHO].lower().lstrip("/"), names, n=1, cutoff=_LIKENESS)
    return found[0] if found else None


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    other_update(UpdateKind.PRESS, run_pressed_action, access=EVERYONE, places=PRIVATE),
    other_update(UpdateKind.STALE_BUTTON, refuse_stale_button, access=EVERYONE, places=ANYWHERE),
    other_update(UpdateKind.GROUP_MESSAGE, answer_group_message, access=EVERYONE, places=ANYWHERE),
    other_update(UpdateKind.EDITED, answer_edit, access=EVERYONE, places=PRIVATE),
    other_update(UpdateKind.FORWARDED, answer_forwarded, access=EVERYONE, places=PRIVATE),
    other_update(UpdateKind.UNKNOWN_COMMAND, answer_unknown_command, access=EVERYONE, places=PRIVATE),
    other_update(UpdateKind.TEXT, answer_text, access=EVERYONE, places=PRIVATE),
    other_update(UpdateKind.MEDIA, answer_media, access=EVERYONE, places=PRIVATE),
)
