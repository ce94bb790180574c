"""Whether a message is for this bot, and which command it is."""

from telegram import Message, MessageEntity
from telegram.ext import ExtBot


def command_of(message: Message) -> str | None:
    """The command a message begins with, lower case, without its slash and `@bot`; None if it begins with none."""
    found = _command_text(message)
    return None if found is None else found.partition("@")[0].lower()


def is_addressed(message: Message, bot: ExtBot[None], known_commands: frozenset[str]) -> bool:
    """In groups: /command@bot, a command of ours without a name, a reply to the bot, or a mention of it."""
    found = _command_text(message)
    username = bot.username.lower()
    if found is not None:
        name, at, whose = found.lower().partition("@")
        return whose == username if at else name in known_commands
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.id == bot.id:
        return True
    mentions = message.parse_entities([MessageEntity.MENTION]) | message.parse_caption_entities([MessageEntity.MENTION])
    return any(mention.lower() == f"@{username}" for mention in mentions.values())


def _command_text(message: Message) -> str | None:
    """`balance@bot` of "/balance@bot demo", by Telegram's own entity."""
    first = message.entities[0] if message.entities else None
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset != 0 or not message.text:
        return None
    return message.text[1 : first.length]
