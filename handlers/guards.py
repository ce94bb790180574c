"""Who gets in. `watch` (group -1) looks at every update before any handler; `admit` and `run` are before each handler.

Order: a secret is taken out of the chat, banned people are refused, then place, role, age and terms; the PIN where the
handler asks for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.domain.errors import ButtonExpired, PinRequired
from bot.domain.ids import UserId
from bot.domain.secrets import carries_secret, key_pair_in
from bot.domain.update_attempt import PressedButton, current_attempt
from bot.domain.users import Role, UserConfig
from bot.services.chat.buttons import ButtonAction
from bot.services.users.people import TERMS_VERSION
from handlers.chat.late import explain_late
from handlers.core import delivery
from handlers.core.addressing import command_of, is_addressed
from handlers.core.callbacks import owner_of
from handlers.core.context import BotData, Context, UpdateContext
from handlers.core.delivery import ChatTarget
from handlers.core.identify import guest, known_config
from handlers.core.keypads import Continuation
from handlers.core.specs import ActionSpec, CommandSpec, DialogueSpec, HandlerSpec, Place, ViewSpec
from handlers.core.way_back import CANCEL, WayBack, back_to, way_back
from handlers.fallback import answer_unknown_command, refuse_in_group
from handlers.texts.catalog import Translator
from handlers.users.pin import ask_for_pin
from handlers.users.terms import ask_for_terms
from handlers.views.cards import Card

_logger = logging.getLogger(__name__)
_KEYS: Final = "keys"  # the command whose typed form carries a secret


async def watch(update: Update, context: Context) -> None:
    """Every update, first of all: messages, edits, taps, posts. Stops what may go no further.

    Payments are let through: each is answered and booked, a banned person's too. Banned people who paid reach support,
    their license and their data, by what says so in its access rule.
    """
    if _is_payment(update):
        return
    if update.my_chat_member is not None and update.my_chat_member.chat.type != ChatType.PRIVATE:
        return
    if update.my_chat_member is not None:
        await _note_reach(update.my_chat_member, context.bot_data)
        raise ApplicationHandlerStop
    written = update.message or update.edited_message or update.channel_post or update.edited_channel_post
    if written is not None and _has_secret(written):
        await _take_out(update, written, context)
    if written is not None and written.is_automatic_forward:
        raise ApplicationHandlerStop  # a channel's post in its discussion group: said to everybody
    config = await _config_of(update, context.bot_data)
    if config is None:
        raise ApplicationHandlerStop  # a channel, a poll: nobody to answer
    if config.is_banned:
        has_paid = await context.bot_data.services.payments.has_paid(config.user_id)
        if await _is_for_banned(update, config, context.bot_data, has_paid=has_paid):
            return
        await _refuse_banned(update, config, context, has_paid=has_paid)
        raise ApplicationHandlerStop
    context.bot_data.refusals.forget(config.user_id)  # the next ban is told at once


async def admit(ctx: UpdateContext, spec: HandlerSpec) -> bool:
    """Whether the handler may run. Ends a tap's spinner first; the refusal has been said when it is False."""
    if ctx.query is not None and not _owns(ctx, spec):
        await _end_spinner(ctx.data, ctx.query, ctx.say.plain("not-yours"))
        return False
    if ctx.query is not None:
        await _end_spinner(ctx.data, ctx.query)
    place = Place.PRIVATE if ctx.is_private else Place.GROUP
    if place not in spec.places:
        if isinstance(spec, CommandSpec) and spec.hidden:
            await ctx.delete_message()
        await note_denied(ctx, spec)
        await refuse_in_group(ctx)
        return False
    if allows(ctx, spec):
        return True
    await note_denied(ctx, spec)
    _logger.info("refused %s to user %d", spec.name, ctx.user_id)
    if ctx.query is not None:
        raise ButtonExpired
    await answer_unknown_command(ctx)
    return False


async def note_denied(ctx: UpdateContext, spec: HandlerSpec) -> None:
    """An audit row, one a minute, for whoever tries what their role does not admit; they are told nothing of it."""
    if spec.access.admits(ctx.services.roles.role(ctx.config)) or not ctx.data.denials.may(ctx.user_id):
        return
    await ctx.services.user_admin.note_denied(ctx.config, spec.name)


def allows(ctx: UpdateContext, spec: HandlerSpec) -> bool:
    """Place and role, without a word."""
    place = Place.PRIVATE if ctx.is_private else Place.GROUP
    is_open = spec.access.even_banned or not ctx.config.is_banned
    return is_open and place in spec.places and spec.access.admits(ctx.services.roles.role(ctx.config))


async def run(
    ctx: UpdateContext,
    spec: HandlerSpec,
    handler: Callable[[], Awaitable[None]],
    button_action: ButtonAction | None = None,
) -> None:
    """Run an admitted handler: after the terms where its spec says so, after the PIN where it raises PinRequired.

    What stands before it is shown, and the same goes on from there. Whoever goes elsewhere has left an open question.
    What is older than its spec allows is explained.
    """
    if (age_s := _too_old(ctx, spec)) is not None:
        await explain_late(ctx, spec, age_s)
        return
    way_back.set(_way_back_of(ctx, spec))
    if spec.leaves_question and ctx.is_private:
        await ctx.services.dialogues.leave(ctx.user_id)
    if spec.access.after_terms and ctx.config.terms_version < TERMS_VERSION:
        is_typed_key = isinstance(spec, CommandSpec) and spec.resume is not None
        await ask_for_terms(ctx, _resumed(ctx, spec, button_action), key_waits=is_typed_key)
        return
    if isinstance(spec, CommandSpec) and (update_attempt := current_attempt.get()) is not None:
        update_attempt.screen = " ".join((spec.name, *ctx.arguments))
    try:
        await handler()
    except PinRequired:
        if not isinstance(spec, CommandSpec | ActionSpec):
            raise
        waiting = _resumed(ctx, spec, button_action)
        continuation = Continuation(action=waiting, name=spec.name, arguments=ctx.arguments, pressed=_pressed())
        await ask_for_pin(ctx, continuation)


def _way_back_of(ctx: UpdateContext, spec: HandlerSpec) -> WayBack | None:
    """[Cancel] of a question; the command behind a button, or the one that was typed with something wrong after it."""
    if isinstance(spec, DialogueSpec):
        return CANCEL
    home = ctx.data.router.home_of(spec.module)
    is_bare = isinstance(spec, CommandSpec) and not ctx.arguments
    return None if home is None or is_bare else back_to(home)


def _too_old(ctx: UpdateContext, spec: HandlerSpec) -> float | None:
    """Its age in seconds, where that is more than it is good for."""
    update_attempt = current_attempt.get()
    age_s = None if update_attempt is None else update_attempt.age_s
    if age_s is None or spec.good_for_s is None or age_s <= spec.good_for_s:
        return None
    return None if isinstance(spec, CommandSpec) and not ctx.arguments else age_s


def _resumed(ctx: UpdateContext, spec: HandlerSpec, button_action: ButtonAction | None) -> ButtonAction | None:
    """What goes on later: the pressed action, or what a typed command is turned into. None: the command as typed."""
    if isinstance(spec, CommandSpec) and spec.resume is not None:
        return spec.resume(ctx)
    return button_action


def _pressed() -> PressedButton | None:
    update_attempt = current_attempt.get()
    return None if update_attempt is None else update_attempt.pressed


async def _end_spinner(data: BotData, query: CallbackQuery, alert: str | None = None) -> None:
    """Answer the press: it goes out first, and the screen does not wait for Telegram's word on it."""
    data.tasks.start(delivery.answer(query, alert, alert=alert is not None), "answer to a press")
    await asyncio.sleep(0)  # lets it begin


async def _note_reach(changed: ChatMemberUpdated, data: BotData) -> None:
    """Somebody blocks the bot in their private chat, or lets it write again."""
    user_id = UserId(changed.chat.id)
    if changed.new_chat_member.status == ChatMember.BANNED:
        await data.services.people.note_blocked(user_id)
    else:
        await data.services.people.note_back(user_id)


def _is_payment(update: Update) -> bool:
    message = update.message
    return update.pre_checkout_query is not None or (
        message is not None and (message.successful_payment is not None or message.refunded_payment is not None)
    )


def _owns(ctx: UpdateContext, spec: HandlerSpec) -> bool:
    """In groups a button says whose it is, unless it shows what is public; in a private chat there is one person."""
    if isinstance(spec, ViewSpec) and spec.for_anybody and not ctx.is_private:
        return True
    owner = owner_of((ctx.query.data if ctx.query is not None else None) or "")
    return owner == ctx.user_id or (owner is None and ctx.is_private)


def _has_secret(message: Message) -> bool:
    files = (message.document, message.video, message.audio, message.animation)
    names = (each.file_name for each in files if each is not None)
    return any(carries_secret(text) for text in (message.text, message.caption, *names) if text)


async def _take_out(update: Update, message: Message, context: Context) -> None:
    """Delete a message with a secret, wherever it stands. Goes on only where the secret was asked for."""
    is_gone = await delivery.delete(context.bot, message.chat.id, message.message_id)
    if await _is_expected(update, context.bot_data) or _is_pasted_key(update):
        return
    await _warn(update, message, context, is_gone=is_gone)
    raise ApplicationHandlerStop


async def _is_expected(update: Update, data: BotData) -> bool:
    """A typed `/keys add`, or the dialogue that asked for key and secret; in private, new, and the person's own."""
    message = update.message
    if message is None or message.chat.type != ChatType.PRIVATE or message.forward_origin is not None:
        return False
    if message.text is None or message.from_user is None:
        return False
    if command_of(message) == _KEYS:
        return True
    dialogue = await data.services.dialogues.current(UserId(message.from_user.id))
    return dialogue is not None and dialogue.dialogue in data.router.secret_dialogues


def _is_pasted_key(update: Update) -> bool:
    """A key and its secret, sent in private by whoever they belong to, as text for nobody else."""
    message = update.message
    return (
        message is not None
        and message.chat.type == ChatType.PRIVATE
        and message.forward_origin is None
        and message.reply_to_message is None
        and command_of(message) is None
        and key_pair_in(message.text or "") is not None
    )


async def _warn(update: Update, message: Message, context: Context, *, is_gone: bool) -> None:
    """In private whoever posted it; if they never opened the chat, the group, without a word of what it was."""
    config = await _config_of(update, context.bot_data)
    if config is None:
        return
    say = Translator(context.bot_data.texts, config.language)
    text = say("secret-deleted" if is_gone else "secret-not-deleted")
    if message.chat.type == ChatType.PRIVATE:
        await delivery.send(context.bot, delivery.target_of(message), Card(text=text))
        return
    try:
        await delivery.send(context.bot, ChatTarget(chat_id=config.user_id), Card(text=text))
    except TelegramError:
        await delivery.send(context.bot, delivery.target_of(message), Card(text=say("secret-in-group")))


async def _config_of(update: Update, data: BotData) -> UserConfig | None:
    user = update.effective_user
    if user is None or (update.effective_message is None and update.callback_query is None):
        return None
    config = await known_config(data.services.people, UserId(user.id))
    return config or guest(user, data.services.clock.now())


async def _is_for_banned(update: Update, config: UserConfig, data: BotData, *, has_paid: bool) -> bool:
    """In private: a command, a button or an answer to a question that is open to banned people.

    What a token does is looked up later, and refused by `allows`.
    """
    if update.effective_chat is None or update.effective_chat.type != ChatType.PRIVATE:
        return False
    if update.callback_query is not None:
        return data.router.is_press_for_banned(update.callback_query.data or "", has_paid=has_paid)
    if update.message is None:
        return False
    command = command_of(update.message)
    if command is not None:
        return command in data.router.commands_for_banned(has_paid=has_paid)
    dialogue = await data.services.dialogues.current(config.user_id) if has_paid else None
    return dialogue is not None and dialogue.dialogue in data.router.dialogues_for_banned


async def _refuse_banned(update: Update, config: UserConfig, context: Context, *, has_paid: bool) -> None:
    """One clear sentence, not one a message; whoever paid is told the way to support."""
    data = context.bot_data
    say = Translator(data.texts, config.language)
    if update.callback_query is not None:
        await _end_spinner(data, update.callback_query, say.plain("banned-alert"))
        return
    message = update.effective_message
    if message is None:
        return
    is_private = message.chat.type == ChatType.PRIVATE
    if not is_private and not is_addressed(message, context.bot, frozenset(data.router.commands(Role.USER))):
        return
    if data.refusals.may(config.user_id):
        await delivery.send(
            context.bot, delivery.target_of(message), Card(text=say("banned-paid" if has_paid else "banned"))
        )
