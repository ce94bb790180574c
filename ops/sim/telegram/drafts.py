"""What a person is about to send, and the parts of a Message made of it."""

from dataclasses import dataclass
from typing import Any, Final

from ops.sim.telegram.errors import ApiError, ControlError
from ops.sim.telegram.files import NotAPictureError, StoredFile, Upload, document, photo_sizes
from ops.sim.telegram.messages import caption_content, origin_of, text_content
from ops.sim.telegram.model import Chat, JsonObject
from ops.sim.telegram.text import CAPTION_LIMIT, FormattedText, format_text, plain_text
from ops.sim.telegram.world import World

GROUP_ANONYMOUS_BOT: Final[JsonObject] = {
    "id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot",
}  # fmt: skip
"""Who writes for an administrator that stays anonymous (https://core.telegram.org/bots/api#message, sender_chat)."""
CHANNEL_BOT: Final[JsonObject] = {
    "id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot",
}  # fmt: skip
"""Who writes for somebody that speaks as their channel."""
SERVICE_ACCOUNT: Final[JsonObject] = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
"""Who forwards a channel's posts into its discussion group."""
STANDING_FOR_CHATS: Final = frozenset({GROUP_ANONYMOUS_BOT["id"], CHANNEL_BOT["id"], SERVICE_ACCOUNT["id"]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message a person is about to send: a text, a file with a caption, a place or a contact."""

    text: str | None = None
    caption: str | None = None
    photo: Upload | None = None
    document: Upload | None = None
    sticker: Upload | None = None
    voice: Upload | None = None
    video: Upload | None = None
    media_fields: JsonObject | None = None
    """Fields of the sticker, voice or video object that the driver wishes for."""
    location: JsonObject | None = None
    contact: JsonObject | None = None
    reply_to: int | None = None
    forward_from: int | str | JsonObject | None = None
    thread_id: int | None = None
    sender_chat: int | JsonObject | None = None
    """The chat in whose name it is sent: the group itself of an anonymous administrator, or a channel."""
    is_automatic_forward: bool = False

    def kind(self) -> str:
        """The field of Message that it fills. Raises ControlError unless it is exactly one."""
        kinds = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            raise ControlError(f"give one of {', '.join(KINDS)}; a caption goes with a file")
        return kinds[0]


KINDS: Final = ("text", "photo", "document", "sticker", "voice", "video", "location", "contact")
CAPTIONED: Final = frozenset({"photo", "document", "voice", "video"})


def draft_content(world: World, draft: Draft) -> JsonObject:
    """What the message says. Raises ControlError."""
    kind = draft.kind()
    if kind == "text":
        return text_content(world, typed(draft.text))
    if kind in {"location", "contact"}:
        return {kind: getattr(draft, kind)}
    caption = caption_content(world, typed(draft.caption or "", CAPTION_LIMIT)) if kind in CAPTIONED else {}
    file = _keep(world, kind, getattr(draft, kind))
    return {kind: _media(kind, file, draft.media_fields or {}), **caption}


def _keep(world: World, kind: str, upload: Upload) -> StoredFile:
    try:
        file = world.files.add(upload, "photo" if kind == "photo" else "document")
    except NotAPictureError:
        raise ControlError("photo must be a PNG, JPEG, GIF or WebP picture") from None
    world.changed("file", file.file_id)
    return file


_SHAPES: Final[dict[str, JsonObject]] = {
    "sticker": {
        "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍",
    },
    "voice": {"duration": 3, "mime_type": "audio/ogg"},
    "video": {"width": 640, "height": 360, "duration": 5, "mime_type": "video/mp4"},
}  # fmt: skip


def _media(kind: str, file: StoredFile, wished: JsonObject) -> Any:
    if kind == "photo":
        return photo_sizes(file)
    if kind == "document":
        return document(file)
    ids = {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": file.size}
    return ids | _SHAPES[kind] | wished


def author_content(world: World, chat: Chat, draft: Draft) -> JsonObject:
    """Who stands as the author where that is no person: `from` and `sender_chat`, and what goes with them."""
    if draft.sender_chat is None:
        if draft.is_automatic_forward:
            raise ControlError("an automatic forward needs sender_chat, the channel")
        return {}
    card = _chat_card(world, draft.sender_chat)
    if draft.is_automatic_forward:
        post = {"chat": card, "message_id": _last_post(world, card["id"])}
        origin: JsonObject = {"type": "channel", "date": int(world.now()), **post}
        automatic = {"from": SERVICE_ACCOUNT, "is_automatic_forward": True, "forward_origin": origin}
        return automatic | {"sender_chat": card}
    return {"from": GROUP_ANONYMOUS_BOT if card["id"] == chat.id else CHANNEL_BOT, "sender_chat": card}


def _last_post(world: World, channel_id: int) -> int:
    channel = world.groups.get(channel_id)
    return next(reversed(channel.messages), 1) if channel else 1


def _chat_card(world: World, given: int | JsonObject) -> JsonObject:
    """The Chat object of an id, which need not be known here, or the one that was given."""
    if not isinstance(given, int):
        return {"type": "channel", "title": "Channel", **given}
    chat = world.groups.get(given)
    return world.chat_card(chat) if chat else {"id": given, "title": f"Channel {given}", "type": "channel"}


def origin_content(world: World, source: int | str | JsonObject) -> JsonObject:
    """Where a forwarded message comes from: a user id, a chat id, a hidden name or a whole MessageOrigin."""
    date = int(world.now())
    if isinstance(source, str):
        return {"type": "hidden_user", "date": date, "sender_user_name": source}
    if isinstance(source, dict):
        return {"date": date, **source}
    if source > 0:
        return {"type": "user", "date": date, "sender_user": world.user(source).card()}
    chat = world.groups.get(source)
    if chat is None:
        raise ControlError(f"there is no chat {source} to forward from", 404)
    last = next(reversed(chat.messages.values()), None)
    if last is not None and chat.type == "channel":
        return origin_of(last)
    key = "chat" if chat.type == "channel" else "sender_chat"
    body: JsonObject = {"type": "channel" if key == "chat" else "chat", "date": date}
    return body | {key: world.chat_card(chat)} | ({"message_id": 1} if key == "chat" else {})


def typed(text: str | None, limit: int | None = None) -> FormattedText:
    """A text as a person types it. Raises ControlError."""
    try:
        if limit is not None:
            return format_text(text or "", limit=limit, may_be_empty=True)
        formatted = plain_text(text or "")
    except ApiError as refused:
        raise ControlError(refused.description.removeprefix("Bad Request: ")) from None
    if not formatted.text:
        raise ControlError("text is empty")
    return formatted
