"""What the root calls at start: the command menus by scope and language, written where they differ."""

from collections.abc import Iterable

from telegram import Bot

from handlers.menus import publish
from handlers.registry import TABLE
from handlers.texts.catalog import Texts


async def publish_commands(bot: Bot, texts: Texts, owner_ids: Iterable[int]) -> None:
    """Everybody's menu, the groups', each owner's, and the descriptions. Never raises for what Telegram refuses."""
    await publish(bot, texts, TABLE, tuple(sorted(owner_ids)))
