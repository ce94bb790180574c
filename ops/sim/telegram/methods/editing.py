"""Methods that change, remove, pin or react to messages, and answer pressed buttons."""

from typing import Any, Final

from ops.sim.telegram.errors import bad_request
from ops.sim.telegram.facts import FACTS
from ops.sim.telegram.limits import EDIT_WEIGHT
from ops.sim.telegram.messages import caption_content, edited, is_own, text_content
from ops.sim.telegram.methods.call import Call
from ops.sim.telegram.methods.sending import media_item
from ops.sim.telegram.model import Chat, JsonObject

DELETABLE_SECONDS: Final = 48 * 3_600
_MEDIA: Final = ("photo", "document")
_COMPARED: Final = ("text", "entities", "caption", "caption_entities", "photo", "document", "reply_markup",
                    "link_preview_options")  # fmt: skip
_ANSWER_LIMIT: Final = FACTS.limits["answerCallbackQuery.text"].most
_MAX_IDS: Final = FACTS.limits["deleteMessages.message_ids"].most


def edit_message_text(call: Call) -> JsonObject:
    if "rich_message" in call.params:
        raise bad_request("rich messages are not modelled by the stand-in")
    if "text" not in call.params:
        raise bad_request("Message text is empty")
    formatted = call.text()
    chat, message = _editable(call)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    preview = call.params.get("link_preview_options")
    if call.params.get("disable_web_page_preview"):
        preview = {"is_disabled": True}
    changes = {"entities": None, "link_preview_options": preview} | text_content(call.world, formatted)
    return _change(call, chat, message, changes)


def edit_message_caption(call: Call) -> JsonObject:
    caption = caption_content(call.world, call.caption())
    chat, message = _editable(call)
    if not any(kind in message for kind in _MEDIA):
        raise bad_request("there is no caption in the message to edit")
    changes = {"caption": None, "caption_entities": None} | caption
    changes["show_caption_above_media"] = call.params.get("show_caption_above_media") or None
    return _change(call, chat, message, changes)


def edit_message_media(call: Call) -> JsonObject:
    chat, message = _editable(call)
    content = media_item(call, call.params["media"])
    if message.get("media_group_id") and not any(kind in message and kind in content for kind in _MEDIA):
        raise bad_request("Can't use the media of the specified type in the album")
    blank: JsonObject = dict.fromkeys((*_MEDIA, "text", "entities", "caption", "caption_entities", "has_media_spoiler"))
    return _change(call, chat, message, blank | content)


def edit_message_reply_markup(call: Call) -> JsonObject:
    chat, message = _editable(call)
    return _change(call, chat, message, {})


def _editable(call: Call) -> tuple[Chat, JsonObject]:
    if "chat_id" not in call.params:
        raise bad_request("MESSAGE_ID_INVALID" if "inline_message_id" in call.params else "chat_id is empty")
    chat = call.chat(write=True)
    message = call.message(chat, "message to edit")
    if not is_own(message, call.bot, chat) or "forward_origin" in message:
        raise bad_request("message can't be edited")
    return chat, message


def _change(call: Call, chat: Chat, message: JsonObject, changes: dict[str, Any]) -> JsonObject:
    """Put the changed message in place; without `reply_markup` the keyboard goes, but for an invoice's Pay button."""
    invoice = message.get("invoice")
    changes["reply_markup"] = call.invoice_markup(invoice["total_amount"]) if invoice else call.inline_markup()
    new = edited(call.world, message, changes)
    if all(new.get(name) == message.get(name) for name in _COMPARED):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    call.charge(chat, EDIT_WEIGHT)
    call.world.store(chat, new)
    call.record(chat, "edited", message=new)
    return new


def delete_message(call: Call) -> bool:
    chat = call.chat(write=True)
    message = call.message(chat, "message to delete")
    _check_deletable(call, chat, message)
    _delete(call, chat, message)
    return True


def delete_messages(call: Call) -> bool:
    """Those that are there are deleted, the others are skipped."""
    ids: list[int] = call.params["message_ids"]
    if len(ids) > _MAX_IDS:
        raise bad_request("Too many message identifiers specified")
    chat = call.chat(write=True)
    messages = [message for message_id in ids if (message := chat.messages.get(message_id))]
    for message in messages:
        _check_deletable(call, chat, message)
    for message in messages:
        _delete(call, chat, message)
    return True


def _check_deletable(call: Call, chat: Chat, message: JsonObject) -> None:
    is_administrator = chat.members.get(call.bot.id) == "administrator"
    too_old = message["date"] < call.world.now() - DELETABLE_SECONDS
    if (too_old and not is_administrator) or not (
        chat.is_private or is_administrator or is_own(message, call.bot, chat)
    ):
        # td's MessagesManager names another reason where people could at least delete it for themselves.
        everyone = " for everyone" if chat.type in {"private", "group"} else ""
        raise bad_request(f"message can't be deleted{everyone}")


def _delete(call: Call, chat: Chat, message: JsonObject) -> None:
    call.world.remove(chat, message["message_id"])
    call.record(chat, "deleted", message=message)


def answer_callback_query(call: Call) -> bool:
    """Once for each query, and in time."""
    query_id = str(call.params["callback_query_id"])
    query = call.bot.queries.get(query_id)
    if query is None or query.expires_at < call.world.now():
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text, url = call.params.get("text"), call.params.get("url")
    if text is not None and len(text) > _ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    if url is not None and not url.lower().removeprefix("https://").startswith(f"t.me/{call.bot.username}"):
        raise bad_request("URL_INVALID")
    del call.bot.queries[query_id]
    call.world.changed("query", call.bot.id, query_id)
    call.record(
        query.chat,
        "answered",
        user_id=query.user_id,
        callback_query_id=query.id,
        text=text or url,
        show_alert=bool(call.params.get("show_alert")),
    )
    return True


def pin_chat_message(call: Call) -> bool:
    chat = _pinning(call)
    message = call.message(chat, "message to pin")
    if message["message_id"] in chat.pinned:
        chat.pinned.remove(message["message_id"])
    chat.pinned.append(message["message_id"])
    call.world.changed("chat", chat.owner, chat.id)
    call.record(chat, "pinned", message=message)
    return True


def unpin_chat_message(call: Call) -> bool:
    chat = _pinning(call)
    message_id = call.params.get("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    _unpin(call, chat, [message_id])
    return True


def unpin_all_chat_messages(call: Call) -> bool:
    chat = _pinning(call)
    _unpin(call, chat, list(chat.pinned))
    return True


def _pinning(call: Call) -> Chat:
    chat = call.chat(write=True)
    if not chat.is_private and chat.members.get(call.bot.id) != "administrator":
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat


def _unpin(call: Call, chat: Chat, message_ids: list[int]) -> None:
    for message_id in message_ids:
        chat.pinned.remove(message_id)
        call.record(chat, "unpinned", message=chat.messages.get(message_id))
    call.world.changed("chat", chat.owner, chat.id)


def set_message_reaction(call: Call) -> bool:
    reactions: list[JsonObject] = call.params.get("reaction", [])
    if any(reaction["type"] == "paid" for reaction in reactions):
        raise bad_request("Can't parse ReactionType: invalid reaction type specified")
    chat = call.chat()
    message = call.message(chat, "message to react")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = reactions[0].get("emoji", "") if reactions else ""
    if reactions and reactions[0]["type"] == "emoji" and not is_reaction(emoji):
        raise bad_request("REACTION_INVALID")
    call.record(chat, "reacted", message=message, text=emoji)
    return True


_REACTIONS: Final = frozenset(
    "❤👍👎🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡"
)


def is_reaction(emoji: str) -> bool:
    """Whether it is among the emoji everybody may react with."""
    return emoji.rstrip("\ufe0f") in _REACTIONS or "\u200d" in emoji
