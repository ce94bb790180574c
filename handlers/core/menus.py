"""The command menus and the bot's descriptions: planned from the table, written only where Telegram has others."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from bot.domain.ids import UserId
from bot.domain.users import Language, Role
from handlers.core.context import Router
from handlers.texts.catalog import Texts, Translator

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """One scope in one language; language None is for every client that has no menu of its own language."""

    scope: BotCommandScope
    language: Language | None
    commands: tuple[tuple[str, str], ...]


def plan(texts: Texts, router: Router, roles: Mapping[UserId, Role]) -> tuple[Menu, ...]:
    """Every menu: private chats (the default scope), groups, and the own chat of everybody with a role."""
    everyone = router.commands(Role.USER)
    menus = [
        *_in_languages(texts, BotCommandScopeDefault(), everyone),
        *_in_languages(texts, BotCommandScopeAllGroupChats(), router.group_commands()),
    ]
    for user_id, role in sorted(roles.items()):
        menus += _in_languages(texts, BotCommandScopeChat(user_id), router.commands(role))
    return tuple(menus)


async def publish(bot: Bot, texts: Texts, router: Router, roles: Mapping[UserId, Role]) -> None:
    """Menus and descriptions. What Telegram refuses is logged; the bot works without a menu.

    Whoever has a role by the settings and has not written yet gets the menu when they do.
    """
    for menu in plan(texts, router, roles):
        await _publish_menu(bot, menu)
    for language in (None, *_others()):
        await _publish_descriptions(bot, Translator(texts, language or Language.ENGLISH), language)


async def publish_role_menu(bot: Bot, texts: Texts, router: Router, user_id: UserId, role: Role) -> None:
    """A new role shows in its chat at once; whoever has none any more gets everybody's menu back."""
    if role is Role.USER:
        await _remove_menus(bot, user_id)
        return
    for menu in _in_languages(texts, BotCommandScopeChat(user_id), router.commands(role)):
        await _publish_menu(bot, menu)


async def _remove_menus(bot: Bot, user_id: UserId) -> None:
    try:
        for language in (None, *_others()):
            await bot.delete_my_commands(BotCommandScopeChat(user_id), language)
    except TelegramError as refusal:
        _logger.warning("a menu was not removed: %s", refusal.message)


def _others() -> tuple[Language, ...]:
    return tuple(each for each in Language if each is not Language.ENGLISH)


def _in_languages(texts: Texts, scope: BotCommandScope, commands: Mapping[str, str]) -> list[Menu]:
    menus = []
    for language in (None, *_others()):
        say = Translator(texts, language or Language.ENGLISH)
        described = tuple((name, say.plain(key)) for name, key in commands.items())
        menus.append(Menu(scope=scope, language=language, commands=described))
    return menus


async def _publish_menu(bot: Bot, menu: Menu) -> None:
    try:
        known = await bot.get_my_commands(menu.scope, menu.language)
        if tuple((each.command, each.description) for each in known) != menu.commands:
            await bot.set_my_commands([BotCommand(*each) for each in menu.commands], menu.scope, menu.language)
    except TelegramError as refusal:
        has_not_come = isinstance(menu.scope, BotCommandScopeChat) and "chat not found" in refusal.message.lower()
        level = logging.INFO if has_not_come else logging.WARNING
        _logger.log(level, "menu %s (%s) not published: %s", menu.scope.type, menu.language or "all", refusal.message)


async def _publish_descriptions(bot: Bot, say: Translator, language: Language | None) -> None:
    long, short = say.plain("bot-description"), say.plain("bot-short-description")
    try:
        if (await bot.get_my_description(language)).description != long:
            await bot.set_my_description(long, language)
        if (await bot.get_my_short_description(language)).short_description != short:
            await bot.set_my_short_description(short, language)
    except TelegramError as refusal:
        _logger.warning("descriptions (%s) not published: %s", language or "all", refusal.message)
