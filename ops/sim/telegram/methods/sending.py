"""Methods that put messages into chats."""

from typing import Any, Final

from ops.sim.telegram.errors import bad_request, forbidden
from ops.sim.telegram.facts import FACTS
from ops.sim.telegram.files import NotAPictureError, StoredFile, document, photo_sizes
from ops.sim.telegram.invoices import forwarded_invoice, keep_invoice
from ops.sim.telegram.messages import as_replied, caption_content, new_message, origin_of, text_content
from ops.sim.telegram.methods.call import Call
from ops.sim.telegram.model import Chat, JsonObject
from ops.sim.telegram.text import format_text
from ops.sim.telegram.topics import sent_thread
from ops.sim.telegram.world import World

ACTIONS: Final = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "record_audio",
    "upload_audio", "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note", "cancel",
})  # fmt: skip
_COPIED: Final[tuple[str, ...]] = ("text", "entities", "caption", "caption_entities", "photo", "document",
                  "show_caption_above_media", "has_media_spoiler", "link_preview_options")  # fmt: skip
_ITEMS: Final = FACTS.limits["sendMediaGroup.media"]
_MAX_IDS: Final = FACTS.limits["copyMessages.message_ids"].most


def send_message(call: Call) -> JsonObject:
    formatted = call.text()
    chat = call.chat(write=True)
    content = text_content(call.world, formatted)
    preview = call.params.get("link_preview_options")
    if call.params.get("disable_web_page_preview"):
        preview = {"is_disabled": True}
    if preview:
        content["link_preview_options"] = preview
    return send(call, chat, content)


def send_photo(call: Call) -> JsonObject:
    content = media_content(call, "photo", call.params.get("photo"), "photo")
    return send(call, call.chat(write=True), content | media_options(call, call.params))


def send_document(call: Call) -> JsonObject:
    content = media_content(call, "document", call.params.get("document"), "document")
    return send(call, call.chat(write=True), content | media_options(call, call.params))


def send_media_group(call: Call) -> list[JsonObject]:
    """An album of photos or of documents."""
    items: list[JsonObject] = call.params["media"]
    if not _ITEMS.least <= len(items) <= _ITEMS.most:
        raise bad_request(f"Album must contain {_ITEMS.least}-{_ITEMS.most} items")
    if len({item["type"] for item in items}) > 1 and any(item["type"] == "document" for item in items):
        raise bad_request("Can't use the media of the specified type in the album")
    chat = call.chat(write=True)
    contents = [media_item(call, item) for item in items]
    call.charge(chat, len(contents))
    group = {"media_group_id": call.world.new_id()}
    extras = _extras(call, chat)
    return [_put(call, chat, group | content | extras) for content in contents]


def media_item(call: Call, item: JsonObject) -> JsonObject:
    """The content of one InputMedia."""
    kind = item["type"]
    if kind not in {"photo", "document"}:
        raise bad_request(f'Can\'t parse InputMedia: type "{kind}" is not modelled by the stand-in')
    return media_content(call, kind, item["media"], "media") | media_options(call, item)


def media_options(call: Call, source: JsonObject) -> JsonObject:
    """Caption and the marks of a photo or document."""
    content = caption_content(call.world, call.caption(source))
    if source.get("has_spoiler"):
        content["has_media_spoiler"] = True
    if source.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def media_content(call: Call, kind: str, given: Any, field: str) -> JsonObject:
    """`photo` or `document` from an upload, an attach:// name or a file_id."""
    file = _file(call, kind, given, field)
    return {"photo": photo_sizes(file)} if kind == "photo" else {"document": document(file)}


def _file(call: Call, kind: str, given: Any, field: str) -> StoredFile:
    name = field
    if isinstance(given, str):
        if not given.startswith("attach://"):
            return _known_file(call.world, kind, given)
        name = given.removeprefix("attach://")
    upload = call.files.get(name)
    if upload is None:
        raise bad_request("Can't parse InputMedia: media not found" if field == "media" else "media not found")
    if not upload.data:
        raise bad_request("file must be non-empty")
    limit = FACTS.limits["sendPhoto.photo" if kind == "photo" else "sendDocument.document"].most
    if len(upload.data) > limit:
        raise bad_request("PHOTO_SAVE_FILE_INVALID" if kind == "photo" else "file is too big")
    try:
        file = call.world.files.add(upload, kind)
    except NotAPictureError as wrong:
        raise bad_request(str(wrong)) from None
    call.world.changed("file", file.file_id)
    return file


def _known_file(world: World, kind: str, given: str) -> StoredFile:
    if "://" in given:
        raise bad_request("Failed to get HTTP URL content")
    file = world.files.by_id.get(given)
    if file is None:
        raise bad_request("Wrong remote file identifier specified: Wrong string length")
    if (kind == "photo") != bool(file.width):
        raise bad_request(f"Can't use file of type {'Photo' if file.width else 'Document'} as {kind.title()}")
    return file


def send(call: Call, chat: Chat, content: JsonObject, markup: JsonObject | None = None) -> JsonObject:
    """Send one message with the options common to all kinds; `markup` is one that was checked already."""
    extras = _extras(call, chat)
    markup = markup or call.markup(chat)
    call.charge(chat)
    if markup is not None:
        if "inline_keyboard" in markup:
            extras["reply_markup"] = markup
        else:
            chat.keyboard = None if markup.get("remove_keyboard") else markup
            call.world.changed("chat", chat.owner, chat.id)
    return _put(call, chat, content | extras)


def _put(call: Call, chat: Chat, content: JsonObject) -> JsonObject:
    sender = None if chat.type == "channel" else call.bot
    message = new_message(call.world, chat, call.bot, sender, content)
    call.world.store(chat, message)
    call.record(chat, "sent", message=message)
    return message


def _extras(call: Call, chat: Chat) -> JsonObject:
    """Reply, thread, protection and effect."""
    params = call.params
    if chat.type == "channel" and chat.members.get(call.bot.id) != "administrator":
        raise forbidden("bot is not a member of the channel chat")
    extras: JsonObject = {}
    thread_id = params.get("message_thread_id")
    if thread_id:
        extras |= sent_thread(chat, call.bot.id, thread_id)
    reply = params.get("reply_parameters")
    if reply is None and params.get("reply_to_message_id"):
        reply = {
            "message_id": params["reply_to_message_id"],
            "allow_sending_without_reply": params.get("allow_sending_without_reply"),
        }
    if reply:
        extras |= _reply(call, chat, reply)
    if params.get("protect_content"):
        extras["has_protected_content"] = True
    if params.get("message_effect_id") and chat.is_private:
        extras["effect_id"] = params["message_effect_id"]
    return extras


def _reply(call: Call, chat: Chat, reply: JsonObject) -> JsonObject:
    other = reply.get("chat_id", chat.id)
    place = chat if other == chat.id else call.world.chat(call.bot, other) if isinstance(other, int) else None
    message = place.messages.get(reply["message_id"]) if place is not None else None
    if message is None:
        if reply.get("allow_sending_without_reply") and other == chat.id:
            return {}
        raise bad_request("message to be replied not found")
    quote = _quote(reply, message)
    if place is chat and chat.is_forum and message.get("is_topic_message") and "message_thread_id" not in call.params:
        quote |= sent_thread(chat, call.bot.id, message["message_thread_id"])
    if place is not chat:
        return {"external_reply": {"origin": origin_of(message), "message_id": message["message_id"]}, **quote}
    return {"reply_to_message": as_replied(message), **quote}


def _quote(reply: JsonObject, message: JsonObject) -> JsonObject:
    if not reply.get("quote"):
        return {}
    limit = FACTS.limits["ReplyParameters.quote"].most
    quote = format_text(reply["quote"], reply.get("quote_parse_mode"), reply.get("quote_entities"), limit=limit)
    position = (message.get("text") or message.get("caption") or "").find(quote.text)
    if position < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    entities = {"entities": quote.entities} if quote.entities else {}
    return {"quote": {"text": quote.text, **entities, "position": position, "is_manual": True}}


def forward_message(call: Call) -> JsonObject:
    source = call.chat("from_chat_id")
    message = _forwardable(call.message(source, "message to forward"))
    if not _has_content(message, forward=True):
        raise bad_request("message can't be forwarded")
    chat = call.chat(write=True)
    call.charge(chat)
    return _forward(call, chat, source, message)


def _forward(call: Call, chat: Chat, source: Chat, message: JsonObject) -> JsonObject:
    content: JsonObject = {"forward_origin": origin_of(message)}
    content |= {name: message[name] for name in _COPIED if name in message}
    if call.params.get("protect_content"):
        content["has_protected_content"] = True
    if "invoice" not in message:
        return _put(call, chat, content)
    shown, invoice = forwarded_invoice(call.world, source, message)
    copy = _put(call, chat, content | shown)
    if invoice is not None:
        keep_invoice(call.world, chat, copy["message_id"], invoice)
    return copy


def _forwardable(message: JsonObject) -> JsonObject:
    if message.get("has_protected_content"):
        raise bad_request("message has protected content and can't be forwarded")
    return message


def _has_content(message: JsonObject, *, forward: bool) -> bool:
    """Service messages have nothing to pass on, and invoices are forwarded only."""
    return (forward and "invoice" in message) or any(name in message for name in _COPIED)


def copy_message(call: Call) -> JsonObject:
    source = call.chat("from_chat_id")
    message = _forwardable(call.message(source, "message to copy"))
    if not _has_content(message, forward=False):
        raise bad_request("message can't be copied")
    chat = call.chat(write=True)
    content = {name: message[name] for name in _COPIED if name in message}
    if "caption" in call.params and "text" not in message:
        for name in ("caption", "caption_entities"):
            content.pop(name, None)
        content |= caption_content(call.world, call.caption())
    return {"message_id": send(call, chat, content)["message_id"]}


def forward_messages(call: Call) -> list[JsonObject]:
    return _many(call, forward=True)


def copy_messages(call: Call) -> list[JsonObject]:
    return _many(call, forward=False)


def _many(call: Call, *, forward: bool) -> list[JsonObject]:
    ids: list[int] = call.params["message_ids"]
    if len(ids) > _MAX_IDS:
        raise bad_request("Too many message identifiers specified")
    source, chat = call.chat("from_chat_id"), call.chat(write=True)
    found = [message for message_id in ids if (message := source.messages.get(message_id))]
    messages = [message for message in found if _has_content(message, forward=forward)]
    if not messages:
        raise bad_request("there are no messages to forward")
    call.charge(chat, len(messages))
    sent: list[JsonObject] = []
    for message in map(_forwardable, messages):
        if forward:
            sent.append(_forward(call, chat, source, message))
        else:
            dropped = ("caption", "caption_entities") if call.params.get("remove_caption") else ()
            content = {name: message[name] for name in _COPIED if name in message and name not in dropped}
            sent.append(_put(call, chat, content))
    return [{"message_id": message["message_id"]} for message in sent]


def send_chat_action(call: Call) -> bool:
    action = str(call.params["action"]).lower()
    if action not in ACTIONS:
        raise bad_request("Wrong parameter action in request")
    chat = call.chat(write=True)
    if call.params.get("message_thread_id"):
        sent_thread(chat, call.bot.id, call.params["message_thread_id"])
    call.record(chat, "acting", text=action)
    return True


def send_message_draft(call: Call) -> bool:
    """A message as it grows; the page shows it until the next message."""
    if call.params["draft_id"] == 0:
        raise bad_request("draft_id must be non-zero")
    formatted = call.text() if call.params.get("text") else None
    chat = call.chat(write=True)
    if not chat.is_private:
        raise bad_request("chat must be a private chat")
    draft = text_content(call.world, formatted) if formatted else {"text": ""}
    call.record(chat, "drafted", message=draft, text=str(call.params["draft_id"]))
    return True
