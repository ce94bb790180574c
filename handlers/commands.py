"""What the root calls at start: the command menus by scope and language, written where they differ."""

from collections.abc import Mapping

from telegram import Bot

from bot.domain.ids import UserId
from bot.domain.users import Role
from handlers.core.menus import publish
from handlers.registry import TABLE
from handlers.texts.catalog import Texts


async def publish_commands(bot: Bot, texts: Texts, roles: Mapping[UserId, Role]) -> None:
    """Everybody's menu, the groups', those of people with a role, the descriptions. Never raises for a refusal."""
    await publish(bot, texts, TABLE, roles)
