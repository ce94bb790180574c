"""Who gets in. `watch` (group -1) looks at every update before any handler; `admit` holds an entry to its declaration.

Order: a secret is taken out of the chat, banned people are refused, then place, role, terms and PIN.
"""

import asyncio
import logging
from typing import Final

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.domain.cause import PressedButton, current_cause
from bot.domain.errors import ButtonExpired
from bot.domain.ids import UserId
from bot.domain.secrets import carries_secret
from bot.domain.users import Role, UserConfig
from bot.services.chat.buttons import Wish
from bot.services.users.people import TERMS_VERSION
from handlers.accounts.keys import ASKS_TYPED
from handlers.core import delivery
from handlers.core.addressing import command_of, is_addressed
from handlers.core.callbacks import owner_of
from handlers.core.context import BotData, Context, Turn
from handlers.core.delivery import Spot
from handlers.core.identify import guest
from handlers.core.keypads import Then
from handlers.core.specs import CommandEntry, Entry, Place
from handlers.fallback import refuse_in_group, unknown_command
from handlers.texts.catalog import Say
from handlers.users.pin import ask_for_pin
from handlers.users.terms import ask_for_terms
from handlers.views.cards import Card

_logger = logging.getLogger(__name__)
_KEYS: Final = "keys"  # the command whose typed form carries a secret


async def watch(update: Update, context: Context) -> None:
    """Every update, first of all: messages, edits, taps, posts. Stops what may go no further.

    Payments are let through: each is answered and booked, a banned person's too.
    """
    if _is_payment(update):
        return
    written = update.message or update.edited_message or update.channel_post or update.edited_channel_post
    if written is not None and _has_secret(written):
        await _take_out(update, written, context)
    config = await _config_of(update, context.bot_data)
    if config is None:
        raise ApplicationHandlerStop  # a channel, a poll: nobody to answer
    if config.is_banned:
        await _refuse_banned(update, config, context)
        raise ApplicationHandlerStop
    context.bot_data.refusals.forget(config.user_id)  # the next ban is told at once


async def admit(turn: Turn, entry: Entry) -> bool:
    """Whether the entry may run. Ends a tap's spinner first; the refusal has been said when it is False."""
    if turn.query is not None and not _owns(turn):
        await _end_spinner(turn.data, turn.query, turn.say.plain("not-yours"))
        return False
    if turn.query is not None:
        await _end_spinner(turn.data, turn.query)
    place = Place.PRIVATE if turn.is_private else Place.GROUP
    if place not in entry.places:
        if isinstance(entry, CommandEntry) and entry.hidden:
            await turn.delete_message()
        await note_denied(turn, entry)
        await refuse_in_group(turn)
        return False
    if allows(turn, entry):
        return True
    await note_denied(turn, entry)
    _logger.info("refused %s to user %d", entry.name, turn.user_id)
    if turn.query is not None:
        raise ButtonExpired
    await unknown_command(turn)
    return False


async def note_denied(turn: Turn, entry: Entry) -> None:
    """An audit row, one a minute, for whoever tries what their role does not admit; they are told nothing of it."""
    if entry.access.admits(turn.services.access.role(turn.config)) or not turn.data.denials.may(turn.user_id):
        return
    await turn.services.desk.note_denied(turn.config, entry.name)


def allows(turn: Turn, entry: Entry) -> bool:
    """Place and role, without a word."""
    place = Place.PRIVATE if turn.is_private else Place.GROUP
    return place in entry.places and entry.access.admits(turn.services.access.role(turn.config))


async def may_go_on(turn: Turn, entry: Entry, wish: Wish | None = None) -> bool:
    """Whether nothing stands before it: first the terms, then the PIN. What does is shown, and goes on from there."""
    return await has_terms(turn, entry, wish) and await has_pin(turn, entry, wish)


async def has_pin(turn: Turn, entry: Entry, wish: Wish | None = None) -> bool:
    """Whether the PIN that the entry asks for was entered within five minutes; shows the keypad if not."""
    desk = turn.services.pin
    if not (entry.pin or entry.pin_for_keys) or desk.is_open(turn.user_id):
        return True
    if not entry.pin:
        stored = await desk.stored(turn.user_id)
        if stored is None or not stored.guards_keys:
            return True
    if isinstance(entry, CommandEntry) and entry.resume is not None:
        wish = entry.resume(turn)
    await ask_for_pin(turn, Then(wish=wish, name=entry.name, arguments=turn.arguments, pressed=_pressed()))
    return False


async def has_terms(turn: Turn, entry: Entry, wish: Wish | None = None) -> bool:
    """Whether the terms stand that the entry asks for; shows them if not, with what goes on after them."""
    if not entry.access.after_terms or turn.config.terms_version >= TERMS_VERSION:
        return True
    is_typed_key = isinstance(entry, CommandEntry) and entry.resume is not None
    if isinstance(entry, CommandEntry) and entry.resume is not None:
        wish = entry.resume(turn)
    await ask_for_terms(turn, wish, key_waits=is_typed_key)
    return False


def _pressed() -> PressedButton | None:
    cause = current_cause.get()
    return None if cause is None else cause.pressed


async def _end_spinner(data: BotData, query: CallbackQuery, alert: str | None = None) -> None:
    """Answer the press: it goes out first, and the screen does not wait for Telegram's word on it."""
    data.asides.start(delivery.answer(query, alert, alert=alert is not None), "answer to a press")
    await asyncio.sleep(0)  # lets it begin


def _is_payment(update: Update) -> bool:
    message = update.message
    return update.pre_checkout_query is not None or (
        message is not None and (message.successful_payment is not None or message.refunded_payment is not None)
    )


def _owns(turn: Turn) -> bool:
    """In groups a button says whose it is; in a private chat there is only one person."""
    owner = owner_of((turn.query.data if turn.query is not None else None) or "")
    return owner == turn.user_id or (owner is None and turn.is_private)


def _has_secret(message: Message) -> bool:
    file_name = message.document.file_name if message.document is not None else None
    return any(carries_secret(text) for text in (message.text, message.caption, file_name) if text)


async def _take_out(update: Update, message: Message, context: Context) -> None:
    """Delete a message with a secret, wherever it stands. Goes on only where the secret was asked for."""
    is_gone = await delivery.delete(context.bot, message.chat.id, message.message_id)
    if await _is_expected(update, context.bot_data):
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
    return dialogue is not None and dialogue.dialogue == ASKS_TYPED


async def _warn(update: Update, message: Message, context: Context, *, is_gone: bool) -> None:
    """In private whoever posted it; if they never opened the chat, the group, without a word of what it was."""
    config = await _config_of(update, context.bot_data)
    if config is None:
        return
    say = Say(context.bot_data.texts, config.language)
    text = say("secret-deleted" if is_gone else "secret-not-deleted")
    if message.chat.type == ChatType.PRIVATE:
        await delivery.send(context.bot, delivery.spot_of(message), Card(text=text))
        return
    try:
        await delivery.send(context.bot, Spot(chat_id=config.user_id), Card(text=text))
    except TelegramError:
        await delivery.send(context.bot, delivery.spot_of(message), Card(text=say("secret-in-group")))


async def _config_of(update: Update, data: BotData) -> UserConfig | None:
    user = update.effective_user
    if user is None or (update.effective_message is None and update.callback_query is None):
        return None
    config = await data.services.people.config(UserId(user.id))
    return config or guest(user, data.services.clock.now())


async def _refuse_banned(update: Update, config: UserConfig, context: Context) -> None:
    """One clear sentence, not one a message."""
    data = context.bot_data
    say = Say(data.texts, config.language)
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
        await delivery.send(context.bot, delivery.spot_of(message), Card(text=say("banned")))
