"""What the chat page reads: people, chats and messages as JSON. Looks only, changes nothing."""

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from ops.sim.telegram.events import Event
    from ops.sim.telegram.model import Bot, Chat, JsonObject
    from ops.sim.telegram.world import World

PEOPLE_SHOWN: Final = 500
"""The page lists at most that many people and that many groups, lowest ids first."""
MESSAGES_SHOWN: Final = 60
"""Messages of one page of history."""


def event_body(world: "World", event: "Event") -> "JsonObject":
    """An event of the world as the feed tells it; absent fields left out."""
    body = event.body()
    body |= {"bot_id": event.bot_id, "chat_id": event.chat_id, "by_bot": event.by_bot}
    if event.message is not None and "message_id" in event.message:
        body["message_id"] = event.message["message_id"]
    if event.kind in {"pinned", "unpinned", "deleted"}:
        chat = find_chat(world, event.bot_id, event.chat_id)
        body["pinned_message"] = _pinned(chat) if chat is not None else None
    return body


def state_body(world: "World") -> "JsonObject":
    """Bots, people and groups."""
    return {
        "bots": [_bot(world, bot) for bot in _bots(world)],
        "users": [user.card() for user in _people(world)],
        "chats": [_group(world, chat) for chat in _groups(world)],
    }


def people_fingerprint(world: "World") -> bytes:
    """Differs when `state_body` or a command menu does."""
    commands = [bot.profile.commands for bot in _bots(world)]
    return orjson.dumps([state_body(world), commands], option=orjson.OPT_NON_STR_KEYS)


def history_body(world: "World", bot: "Bot", chat_id: int, before: int | None = None) -> "JsonObject":
    """The newest messages of a chat older than `before`, oldest first, and what stands around them."""
    chat = world.chat(bot, chat_id)
    body: JsonObject = {"seq": world.events.last_seq, "pinned_message": None, "markup": None}
    if chat is None:
        return body | {"messages": [], "delivered": [], "has_earlier": False}
    newest_first = reversed(chat.messages.values())
    older = (message for message in newest_first if before is None or message["message_id"] < before)
    found = list(islice(older, MESSAGES_SHOWN + 1))
    shown = found[:MESSAGES_SHOWN][::-1]
    return body | {
        "messages": shown,
        "delivered": _delivered(bot, chat, shown),
        "has_earlier": len(found) > MESSAGES_SHOWN,
        "pinned_message": _pinned(chat),
        "markup": {"markup": chat.keyboard} if chat.keyboard else None,
    }


def find_chat(world: "World", bot_id: int, chat_id: int) -> "Chat | None":
    """The chat of an event."""
    bot = world.bots.get(bot_id)
    return world.groups.get(chat_id) if bot is None else world.chat(bot, chat_id)


def shown_keyboards(world: "World") -> "dict[Chat, JsonObject | None]":
    """The reply keyboards that are shown now."""
    chats = [*world.groups.values(), *(chat for bot in world.bots.values() for chat in bot.dialogs.values())]
    return {chat: chat.keyboard for chat in chats if chat.keyboard is not None}


def _delivered(bot: "Bot", chat: "Chat", messages: "list[JsonObject]") -> list[int]:
    """Which messages the bot has confirmed: in private it is asked to take every one."""
    if not chat.is_private:
        return []
    waiting: set[int] = set()
    for update in bot.updates.pending.values():
        body = update.body or {}
        if "message_id" in body and body["chat"]["id"] == chat.id:
            waiting.add(body["message_id"])
    own = [message["message_id"] for message in messages if message.get("from", {}).get("id") == chat.id]
    return [message_id for message_id in own if message_id not in waiting]


def _pinned(chat: "Chat") -> "JsonObject | None":
    return chat.messages.get(chat.pinned[-1]) if chat.pinned else None


def _bots(world: "World") -> "list[Bot]":
    return list(world.bots.values())


def _people(world: "World") -> "list[Any]":
    return [world.users[user_id] for user_id in sorted(world.users)[:PEOPLE_SHOWN]]


def _groups(world: "World") -> "list[Chat]":
    return sorted(world.groups.values(), key=lambda chat: chat.id, reverse=True)[:PEOPLE_SHOWN]


def _bot(world: "World", bot: "Bot") -> "JsonObject":
    descriptions = bot.profile.descriptions
    return {
        "id": bot.id,
        "first_name": world.bot_name(bot),
        "username": bot.username,
        "descriptions": descriptions,
    }


def _group(world: "World", chat: "Chat") -> "JsonObject":
    members = [member for member in chat.members if chat.has(member)]
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "members": [member for member in members if member in world.users],
        "bots": [member for member in members if member in world.bots],
    }
