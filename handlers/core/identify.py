"""From an update to an `UpdateContext`: who it is, met for the first time or known."""

import asyncio
import re
from typing import Final

from telegram import Update, User
from telegram.constants import ChatType

from bot.domain.ids import Millis, UserId
from bot.domain.update_attempt import current_attempt
from bot.domain.users import NewUser, Role, UserConfig, UserSettings
from bot.services.users.people import People
from handlers.core.addressing import command_of
from handlers.core.context import MAX_ARGUMENTS, BotData, Context, UpdateContext
from handlers.core.links import OWNER_PAYLOAD, PROMO_PAYLOAD
from handlers.texts.catalog import clean, language_of
from handlers.views.times import zone

_NOT_KEPT: Final = (OWNER_PAYLOAD, PROMO_PAYLOAD)  # credentials
_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MAX_NAME: Final = 64


async def identify_user(update: Update, context: Context) -> UpdateContext | None:
    """The context of whoever sent the update; None if nobody did (a channel, a poll).

    In a private chat a stranger becomes a user at once, with practice money; in a group they stay a guest.
    """
    user, chat = person_of(update), update.effective_chat
    if user is None:
        return None
    people = context.bot_data.services.people
    config = await known_config(people, UserId(user.id))
    is_new = False
    if config is None or not config.accounts:
        if chat is None or chat.type == ChatType.PRIVATE:
            welcome = await people.welcome(_new_user(update, user))
            config, is_new = welcome.config, welcome.is_new
        else:
            config = config or guest(user, context.bot_data.services.clock.now())
    await _read_zone(config.settings.time_zone, context.bot_data)
    return UpdateContext(
        update=update,
        bot=context.bot,
        data=context.bot_data,
        config=config,
        arguments=_arguments(update),
        is_new=is_new,
    )


async def known_config(people: People, user_id: UserId) -> UserConfig | None:
    """The user's config, read once an update: the first guard has looked at it already."""
    update_attempt = current_attempt.get()
    known = None if update_attempt is None else update_attempt.known.get(UserConfig)
    if isinstance(known, UserConfig) and known.user_id == user_id:
        return known
    config = await people.config(user_id)
    if update_attempt is not None and config is not None:
        update_attempt.known[UserConfig] = config
    return config


def person_of(update: Update) -> User | None:
    """Whose update it is. Telegram's word of a refund is the bot's own message: then it is whose private chat it is."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or not user.is_bot or chat is None or chat.type != ChatType.PRIVATE:
        return user
    return User(id=chat.id, first_name=chat.first_name or "", is_bot=False, username=chat.username)


async def _read_zone(name: str, data: BotData) -> None:
    """A zone's rules are a file: the first time it is read off the loop, then views have it at hand."""
    if name not in data.zones_read:
        await asyncio.to_thread(zone, name)
        data.zones_read.add(name)


def guest(user: User, now: Millis) -> UserConfig:
    """Somebody of a group who never wrote to the bot: nothing is stored of them."""
    return UserConfig(
        user_id=UserId(user.id),
        username=user.username,
        first_name=name_of(user),
        language=language_of(user.language_code),
        role=Role.USER,
        is_banned=False,
        terms_version=0,
        settings=UserSettings(),
        default_account_id=None,
        accounts=(),
        first_seen_ts=now,
    )


def name_of(user: User) -> str:
    """What to call them: without what breaks a layout, at most 64 characters."""
    return clean(user.first_name)[:_MAX_NAME].strip()


async def note_name(ctx: UpdateContext) -> None:
    """Keep a changed name; after the answer, because it is not what was asked for."""
    user = ctx.update.effective_user
    if user is None or user.is_bot or not ctx.config.accounts:
        return
    name = name_of(user)
    if (ctx.config.username, ctx.config.first_name) != (user.username, name):
        await ctx.services.people.rename(ctx.user_id, user.username, name)


def _new_user(update: Update, user: User) -> NewUser:
    return NewUser(
        user_id=UserId(user.id),
        username=user.username,
        first_name=name_of(user),
        language=language_of(user.language_code),
        start_payload=_payload(update),
    )


def _payload(update: Update) -> str | None:
    """The deep link that somebody came by. Owner links and promo codes are credentials and are not kept."""
    arguments = _arguments(update)
    is_start = update.message is not None and command_of(update.message) == "start"
    if not is_start or not arguments or arguments[0].startswith(_NOT_KEPT):
        return None
    return arguments[0] if _PAYLOAD.fullmatch(arguments[0]) else None


def _arguments(update: Update) -> tuple[str, ...]:
    message = update.message
    if message is None or not message.text or command_of(message) is None:
        return ()
    return tuple(message.text.split(maxsplit=MAX_ARGUMENTS)[1:])
