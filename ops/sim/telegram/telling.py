"""What bots are told of a message that did not come from them, and what whoever sent it learns."""

from dataclasses import dataclass
from typing import Any, Final

from ops.sim.telegram.messages import new_message
from ops.sim.telegram.model import Bot, Chat, JsonObject, User
from ops.sim.telegram.world import World

SERVICE: Final = (
    "new_chat_members", "left_chat_member", "migrate_to_chat_id", "migrate_from_chat_id",
    "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
)  # fmt: skip
"""Fields of service messages, which every bot of a chat sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What an action gave: the update the selected bot gets (None if it doesn't), and where it stands."""

    update_id: int | None
    seq: int
    message_id: int | None = None
    callback_query_id: str | None = None
    pre_checkout_query_id: str | None = None


def tell(world: World, chat: Chat, bot: Bot, user: User | None, kind: str, message: JsonObject) -> Receipt:
    """Give the update to every bot that sees it."""
    update_id = None
    listeners = [bot] if chat.is_private else world.known_bots()
    for listener in listeners:
        if chat.is_private or _sees(chat, listener, message):
            pushed = listener.updates.push(kind, message, lane=chat.id)
            if listener is bot:
                update_id = pushed
    seq = world.events.record(
        chat,
        "edited" if kind.startswith("edited") else "sent",
        by_bot=False,
        bot_id=bot.id,
        user_id=user.id if user else 0,
        message=message,
    )
    return Receipt(update_id=update_id, seq=seq, message_id=message["message_id"])


def tell_service(world: World, chat: Chat, bot: Bot, user: User, content: JsonObject) -> JsonObject:
    """A service message by that person; the message."""
    message = new_message(world, chat, bot, user, content)
    world.store(chat, message)
    tell(world, chat, bot, user, "message", message)
    return message


def _sees(chat: Chat, bot: Bot, message: JsonObject) -> bool:
    """Privacy mode: members see commands, service messages and replies to them, administrators everything."""
    if not chat.has(bot.id):
        return False
    if chat.members[bot.id] == "administrator" or any(name in message for name in SERVICE):
        return True
    if message.get("reply_to_message", {}).get("from", {}).get("id") == bot.id:
        return True
    key = "entities" if "text" in message else "caption_entities"
    text: str = message.get("text") or message.get("caption") or ""
    entities: list[dict[str, Any]] = message.get(key) or []
    if not (text.startswith("/") and entities and entities[0]["type"] == "bot_command" and not entities[0]["offset"]):
        return False
    _, _, addressee = text[: entities[0]["length"]].partition("@")
    return not addressee or addressee.lower() == bot.username.lower()
