"""Nobody gets silence: what is not understood, not for here, too late, or forwarded is answered once, with a way on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from telegram.constants import ChatMemberStatus, ChatType

from bot.domain.chat import Dialogue
from bot.domain.errors import ButtonExpired
from bot.domain.secrets import key_pair_in, may_carry_secret
from bot.domain.users import Role
from handlers.accounts.keys import finish_waiting_pair
from handlers.accounts.pasted_keys import keep_pasted_key
from handlers.core.addressing import command_of, is_addressed
from handlers.core.callbacks import token_of
from handlers.core.context import UpdateContext
from handlers.core.phrases import OF_A_SYMBOL, understand
from handlers.core.plain_words import (
    GREETING,
    command_meant,
    command_of_word,
    one_slip,
    words_of,
)
from handlers.core.specs import ANYWHERE, EVEN_BANNED, EVERYONE, PRIVATE, HandlerSpec, UpdateKind, other_update
from handlers.promo.redeem import offer_code
from handlers.support.doubtful import ask_about_text
from handlers.trading.typed import answer_order, ask_side
from handlers.users.home_views import (
    open_private_card,
    short_card,
    unknown_command_card,
    unknown_text_card,
    waiting_card,
)
from handlers.users.start import show_home
from handlers.views.frame import command_button

_MAX_ECHO: Final = 32
_OUTSIDE: Final = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})


async def answer_unknown_command(ctx: UpdateContext) -> None:
    """The answer to a command that does not exist, and to one that this person may not use: one and the same."""
    typed = (command_of(ctx.message) if ctx.message is not None else None) or ""
    await ctx.show(unknown_command_card(ctx.viewer, f"/{typed[:_MAX_ECHO]}", _nearest(ctx, typed)))


async def answer_text(ctx: UpdateContext) -> None:
    """A key and its secret; the answer to the open question; a stranger's hello; plain words; a code; anything else."""
    dialogue = await ctx.services.dialogues.current(ctx.user_id)
    pair = key_pair_in(ctx.text)
    if pair is not None and (dialogue is None or dialogue.dialogue not in ctx.data.router.secret_dialogues):
        await keep_pasted_key(ctx, *pair)
    elif dialogue is not None and await ctx.data.router.takes(ctx, dialogue):
        await ctx.data.router.continue_dialogue(ctx, dialogue)
    elif ctx.is_new:
        await show_home(ctx)
    else:
        await _answer_free_text(ctx, dialogue)


async def _answer_free_text(ctx: UpdateContext, dialogue: Dialogue | None) -> None:
    """Text that answers no question. Whatever it asks for ends the question that was open, if it is understood."""
    if await answer_order(ctx, ctx.text):
        return
    phrase = await understand(ctx)
    is_greeting = phrase is not None and phrase.command == GREETING
    known = {*_commands(ctx), *OF_A_SYMBOL}
    if phrase is not None and phrase.command in known and not (is_greeting and dialogue is not None):
        await ctx.data.router.run_command(ctx, f"/{phrase.command}", *phrase.arguments)
    elif await ask_side(ctx, ctx.text):
        pass
    elif dialogue is not None:
        await _say_what_is_open(ctx)
    elif await finish_waiting_pair(ctx):
        pass
    elif may_carry_secret(ctx.text):
        await ask_about_text(ctx)
    elif not await offer_code(ctx):
        meant = command_meant(ctx.text)
        await ctx.show(unknown_text_card(ctx.viewer, meant if meant in _commands(ctx) else _nearest(ctx, ctx.text)))


async def _say_what_is_open(ctx: UpdateContext) -> None:
    dialogue = await ctx.services.dialogues.current(ctx.user_id)
    if dialogue is None:  # one that nobody knows any more
        await ctx.show(unknown_text_card(ctx.viewer, None))
    else:
        await ctx.show(waiting_card(ctx.viewer, ctx.data.router.wanted(dialogue)))


async def answer_media(ctx: UpdateContext) -> None:
    """Stickers, photos, voices, documents: for a dialogue that takes captions, or for nobody."""
    dialogue = await ctx.services.dialogues.current(ctx.user_id)
    if dialogue is not None and dialogue.dialogue in ctx.data.router.media_dialogues:
        await ctx.data.router.continue_dialogue(ctx, dialogue)
        return
    await _refuse(ctx, "only-text", in_question=dialogue is not None)


async def answer_edit(ctx: UpdateContext) -> None:
    """Says that an edited message runs nothing."""
    await _refuse(ctx, "edited-not-run", in_question=await ctx.services.dialogues.current(ctx.user_id) is not None)


async def answer_forwarded(ctx: UpdateContext) -> None:
    """Says that a forwarded message, which somebody else wrote, runs nothing."""
    await _refuse(ctx, "forwarded-not-run", in_question=await ctx.services.dialogues.current(ctx.user_id) is not None)


async def answer_group_message(ctx: UpdateContext) -> None:
    """In groups the bot speaks when it is spoken to: of prices, else with the way to the private chat."""
    message = ctx.update.message
    if message is None or not is_addressed(message, ctx.bot, frozenset(ctx.data.router.commands(Role.USER))):
        return
    phrase = await understand(ctx, _without_name(ctx))
    if phrase is not None and phrase.command in ctx.data.router.group_commands():
        await ctx.data.router.run_command(ctx, f"/{phrase.command}", *phrase.arguments)
    else:
        await refuse_in_group(ctx)


async def greet_group(ctx: UpdateContext) -> None:
    """A short hello to a group that took the bot in."""
    changed = ctx.update.my_chat_member
    if changed is None or changed.chat.type not in {ChatType.GROUP, ChatType.SUPERGROUP}:
        return
    is_new = changed.old_chat_member.status in _OUTSIDE and changed.new_chat_member.status not in _OUTSIDE
    if is_new:
        await ctx.send(open_private_card(ctx.viewer, ctx.bot.username, "group-hello"))


def _without_name(ctx: UpdateContext) -> str:
    return " ".join(word for word in ctx.text.split() if word.lower() != f"@{ctx.bot.username.lower()}")


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


async def _refuse(ctx: UpdateContext, key: str, *, in_question: bool) -> None:
    """One sentence; [Cancel] under it while a question waits for something else."""
    card = short_card(ctx.viewer, key)
    await ctx.show(
        replace(card, rows=(command_button(ctx.viewer, "button-cancel", "cancel"),)) if in_question else card
    )


def _nearest(ctx: UpdateContext, typed: str) -> str | None:
    """The command that a word stands for, or slipped from; nothing of several words, which are a sentence."""
    words = words_of(typed)
    if len(words) != 1:
        return None
    meant = command_of_word(words[0])
    names = _commands(ctx)
    if meant in names:
        return meant
    return next(iter(one_slip(words[0], names)), None)


def _commands(ctx: UpdateContext) -> Mapping[str, str]:
    return ctx.data.router.commands(ctx.services.roles.role(ctx.config))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    other_update(UpdateKind.PRESS, run_pressed_action, access=EVEN_BANNED, places=PRIVATE),
    other_update(UpdateKind.STALE_BUTTON, refuse_stale_button, access=EVERYONE, places=ANYWHERE),
    other_update(UpdateKind.GROUP_MESSAGE, answer_group_message, access=EVERYONE, places=ANYWHERE),
    other_update(UpdateKind.MEMBERSHIP, greet_group, access=EVERYONE, places=ANYWHERE),
    other_update(UpdateKind.EDITED, answer_edit, access=EVERYONE, places=PRIVATE),
    other_update(UpdateKind.FORWARDED, answer_forwarded, access=EVERYONE, places=PRIVATE),
    other_update(UpdateKind.UNKNOWN_COMMAND, answer_unknown_command, access=EVERYONE, places=PRIVATE),
    other_update(UpdateKind.TEXT, answer_text, access=EVEN_BANNED, places=PRIVATE),
    other_update(UpdateKind.MEDIA, answer_media, access=EVEN_BANNED, places=PRIVATE),
)
