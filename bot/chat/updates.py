"""What must be known of a raw update before PTB parses it: whose it is, and how it may be kept."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import orjson

from bot.domain.ids import STANDING_FOR_CHATS, ChatId, Millis, UserId
from bot.domain.secrets import carries_pin, carries_secret, may_carry_secret
from bot.domain.update_attempt import UpdateId

RawUpdate = Mapping[str, Any]

_PAYMENT_KINDS: Final = frozenset({"pre_checkout_query", "shipping_query", "purchased_paid_media"})
_PAYMENT_MESSAGES: Final = ("successful_payment", "refunded_payment")
_LIMITED_KINDS: Final = frozenset({"message", "edited_message"})
_EXITS: Final = re.compile(r"/(?:panic|close|cancel|halt|pause)\b", re.IGNORECASE)
_NESTED_MESSAGES: Final = ("reply_to_message", "pinned_message", "message", "quote")
_TYPED_TEXTS: Final = ("text", "caption", "query")
_FILES: Final = ("document", "video", "audio", "animation")
_PLACE: Final = ("chat_id", "message_id")
_DEEPEST_MESSAGE: Final = 3  # a reply to a message that quotes one
_LARGEST_ID: Final = 2**63 - 1
_LONGEST_ASKED: Final = 40  # characters, as of a button's label


class UpdateType(StrEnum):
    """What somebody did: a closed set for metrics, less fine than Telegram's."""

    COMMAND = "command"
    MESSAGE = "message"  # new or edited, in a chat or a channel
    CALLBACK_QUERY = "callback_query"
    PAYMENT = "payment"  # before it, and what came of it
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One update on its way to a handler.

    `user_id` is negative where somebody wrote in the name of a chat: an anonymous administrator, a channel's author.
    `sent_ts` is Telegram's date of it: None for kinds without one, such as the press of a button.
    `since_ts`: when the gap began after which it came, so that it may be as old. `attempts` counts the failed ones
    before.
    """

    update_id: UpdateId
    user_id: UserId | None
    chat_id: ChatId | None
    raw: RawUpdate = field(repr=False)
    type: UpdateType = UpdateType.OTHER
    is_payment: bool = False
    is_limited: bool = False  # a message that is refused where too many come; presses, payments and exits never are
    has_secret: bool = False
    sent_ts: Millis | None = None
    received_ts: Millis | None = None
    since_ts: Millis | None = None
    attempts: int = 0

    def answer_chat(self, user_id: UserId) -> ChatId:
        """Where its sender is told of it."""
        return self.chat_id if self.chat_id is not None else ChatId(user_id)

    def age_s(self, now: Millis) -> float | None:
        """Seconds since the person did it; None where nobody knows."""
        received = self.since_ts if self.since_ts is not None else self.received_ts
        since = self.sent_ts if self.sent_ts is not None else received
        return None if since is None else max(0, now - since) / 1000


def read_update(raw: object, *, received_ts: Millis | None = None, attempts: int = 0) -> Incoming | None:
    """The facts of a raw update; None for what is no update. Never raises, whatever came."""
    if not isinstance(raw, dict):
        return None
    update_id = _id(raw.get("update_id"))
    if update_id is None or update_id < 0:
        return None
    kind, content = _content(raw)
    chat = content.get("chat") or content.get("voter_chat") or _mapping(content.get("message")).get("chat")
    user_id = _author(content)
    chat_id = _id(_mapping(chat).get("id"))
    is_payment = kind in _PAYMENT_KINDS or any(name in content for name in _PAYMENT_MESSAGES)
    return Incoming(
        update_id=UpdateId(update_id),
        user_id=None if user_id is None else UserId(user_id),
        chat_id=None if chat_id is None else ChatId(chat_id),
        raw=raw,
        type=UpdateType.PAYMENT if is_payment else _type(kind, content),
        is_payment=is_payment,
        is_limited=kind in _LIMITED_KINDS and not is_payment and not _is_exit(content),
        has_secret=carries_pin(content.get("data")) or any(may_carry_secret(text) for text in _texts(content)),
        sent_ts=_date(content),
        received_ts=received_ts,
        attempts=attempts,
    )


def _type(kind: str, content: RawUpdate) -> UpdateType:
    if kind == "callback_query":
        return UpdateType.CALLBACK_QUERY
    if not kind.endswith(("message", "channel_post")):
        return UpdateType.OTHER
    text = content.get("text")
    return UpdateType.COMMAND if isinstance(text, str) and text.startswith("/") else UpdateType.MESSAGE


def _author(content: RawUpdate) -> int | None:
    """Who it is of: a person, or the chat in whose name one wrote, for whom Telegram's stand-in is no author."""
    user_id = _id(_mapping(content.get("from") or content.get("user")).get("id"))
    return _id(_mapping(content.get("sender_chat")).get("id")) if user_id in STANDING_FOR_CHATS else user_id


def what_was_asked(raw: RawUpdate) -> str:
    """The pressed button's label or the typed command, for an answer that comes later; empty for anything else."""
    kind, content = _content(raw)
    if kind == "callback_query":
        keyboard = _mapping(_mapping(content.get("message")).get("reply_markup")).get("inline_keyboard")
        labels = (
            each.get("text")
            for row in (keyboard if isinstance(keyboard, list) else [])
            for each in (row if isinstance(row, list) else [])
            if isinstance(each, Mapping) and each.get("callback_data") == content.get("data")
        )
        label = next(labels, None)
        return label[:_LONGEST_ASKED] if isinstance(label, str) else ""
    text = content.get("text")
    return text.split(maxsplit=1)[0][:_LONGEST_ASKED] if isinstance(text, str) and text.startswith("/") else ""


def to_body(raw: RawUpdate) -> bytes:
    """Telegram's JSON of an update, as the inbox keeps it. Raises RecursionError for one nested beyond reason."""
    try:
        return orjson.dumps(raw)
    except TypeError:  # lone surrogates, integers over 64 bits
        return json.dumps(raw).encode()


def place_only(raw: RawUpdate) -> bytes | None:
    """What the inbox keeps of a message with a secret in it: where it stands, so that it is deleted after a kill, too.

    None where no message of its own carries one: a tapped digit, a reply to a secret, what only may be one.
    """
    _, content = _content(raw)
    ids = _id(_mapping(content.get("chat")).get("id")), _id(content.get("message_id"))
    if None in ids or not any(map(carries_secret, _own_texts(content))):
        return None
    return orjson.dumps(dict(zip(_PLACE, ids, strict=True)))


def place_in(body: bytes) -> tuple[ChatId, int] | None:
    """The chat and the message's id that `place_only` kept; None for any other body."""
    try:
        kept = _mapping(from_body(body))
    except ValueError:
        return None
    chat_id, message_id = (_id(kept.get(name)) for name in _PLACE)
    return None if chat_id is None or message_id is None else (ChatId(chat_id), message_id)


def from_body(body: bytes) -> object:
    """What `to_body` made; raises ValueError if the body is no JSON.

    The standard library's reader, slower and exact: orjson would read integers over 64 bits as floats.
    """
    return json.loads(body)


def _content(raw: RawUpdate) -> tuple[str, RawUpdate]:
    """The one optional field that an update has, by name and value."""
    for kind, content in raw.items():
        if isinstance(content, dict):
            return kind, content
    return "", {}


def _is_exit(content: RawUpdate) -> bool:
    """A command that stops something: heard whatever else was sent before it."""
    text = content.get("text")
    return isinstance(text, str) and _EXITS.match(text) is not None


def _texts(content: RawUpdate, depth: int = 0) -> Iterator[str]:
    """Everything a person typed here, and in the messages inside it unless a bot wrote them."""
    yield from _own_texts(content)
    if depth == _DEEPEST_MESSAGE:
        return
    for name in _NESTED_MESSAGES:
        inner = content.get(name)
        if isinstance(inner, dict) and not _mapping(inner.get("from")).get("is_bot"):
            yield from _texts(inner, depth + 1)


def _own_texts(content: RawUpdate) -> Iterator[str]:
    for name in _TYPED_TEXTS:
        if isinstance(text := content.get(name), str):
            yield text
    for name in _FILES:
        if isinstance(file_name := _mapping(content.get(name)).get("file_name"), str):
            yield file_name


def _mapping(value: object) -> RawUpdate:
    return value if isinstance(value, dict) else {}


def _id(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_ID else None


def _date(content: RawUpdate) -> Millis | None:
    seconds = _id(content.get("edit_date") or content.get("date"))
    return Millis(seconds * 1000) if seconds else None  # an inaccessible message has the date 0


def known(updates: Sequence[object], received_ts: Millis) -> list[Incoming]:
    """The updates among what Telegram sent, in order; anything else is left out."""
    return [found for raw in updates if (found := read_update(raw, received_ts=received_ts)) is not None]
