"""Builds Message objects: what is the same whoever sends."""

from typing import Any

from ops.sim.telegram.model import Bot, Chat, JsonObject, User
from ops.sim.telegram.text import FormattedText
from ops.sim.telegram.world import World

EDITABLE = ("text", "entities", "caption", "caption_entities", "photo", "document", "reply_markup",
            "link_preview_options", "show_caption_above_media", "has_media_spoiler")  # fmt: skip


def text_content(world: World, formatted: FormattedText) -> JsonObject:
    """`text` and `entities`."""
    return _content(world, formatted, "text", "entities")


def caption_content(world: World, formatted: FormattedText) -> JsonObject:
    """`caption` and `caption_entities`; nothing if there is no caption."""
    return _content(world, formatted, "caption", "caption_entities") if formatted.text else {}


def _content(world: World, formatted: FormattedText, text: str, entities: str) -> JsonObject:
    content: JsonObject = {text: formatted.text}
    if formatted.entities:
        shown = [_with_user(world, entity) for entity in formatted.entities]
        content[entities] = [entity for entity in shown if entity is not None]
        if not content[entities]:
            del content[entities]
    return content


def _with_user(world: World, entity: JsonObject) -> JsonObject | None:
    """A text_mention names the user; one of somebody unknown is no mention."""
    if entity["type"] != "text_mention":
        return entity
    shown = dict(entity)
    user = world.users.get(shown.pop("user_id"))
    if user is None:
        return None
    shown["user"] = user.card()
    return shown


def new_message(world: World, chat: Chat, bot: Bot, sender: User | Bot | None, content: JsonObject) -> JsonObject:
    """A Message of that sender (None: the channel itself) with the next id; not stored yet."""
    message: JsonObject = {"message_id": world.next_message_id(chat, bot)}
    if isinstance(sender, Bot):
        message["from"] = dict(sender.card)
    elif sender is not None:
        message["from"] = sender.card()
    card = world.chat_card(chat)
    if sender is None:
        message["sender_chat"] = card
    message["chat"] = card
    message["date"] = int(world.now())
    message.update(content)
    return message


def edited(world: World, message: JsonObject, changes: dict[str, Any]) -> JsonObject:
    """A copy with these changes; what is None goes."""
    new = {**message, "edit_date": int(world.now()), **changes}
    return {name: value for name, value in new.items() if value is not None}


def as_replied(message: JsonObject) -> JsonObject:
    """A message as another shows it in `reply_to_message`: without its own."""
    if "reply_to_message" not in message:
        return message
    return {name: value for name, value in message.items() if name != "reply_to_message"}


def origin_of(message: JsonObject) -> JsonObject:
    """The MessageOrigin of a forwarded message."""
    if "forward_origin" in message:
        return dict(message["forward_origin"])
    if "sender_chat" in message:
        return {
            "type": "channel",
            "date": message["date"],
            "chat": message["sender_chat"],
            "message_id": message["message_id"],
        }
    return {"type": "user", "date": message["date"], "sender_user": message["from"]}


def is_own(message: JsonObject, bot: Bot, chat: Chat) -> bool:
    """Whether the bot may edit it: its own, or any post of its channel."""
    if chat.type == "channel":
        return chat.members.get(bot.id) in {"administrator", "creator"}
    return bool(message.get("from", {}).get("id") == bot.id)
