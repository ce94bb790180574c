"""What a refusal of Telegram means, and the plain text to send where its HTML was refused.

The sentences are Telegram's own, undocumented but stable for years; they are matched without regard to case.
"""

import html
import re
from collections.abc import Mapping
from typing import Any, Final

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

_TOO_OLD: Final = ("query is too old", "query id is invalid")
_UNCHANGED: Final = ("message is not modified",)
_UNPARSABLE: Final = ("can't parse entities", "can't find end of")
_NOBODY: Final = ("chat not found", "user is deactivated", "peer_id_invalid", "bot was blocked", "user not found")
_GONE: Final = ("message to edit not found", "message can't be edited", "message_id_invalid", "message not found")
_TOPIC: Final = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_NO_WAY: Final = (
    *_NOBODY,
    *_TOPIC,
    "not enough rights",
    "no rights to send",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_admin_required",
    "chat_restricted",
    "_forbidden",  # CHAT_SEND_PLAIN_FORBIDDEN, CHAT_SEND_PHOTOS_FORBIDDEN …
    "group chat was deactivated",
)
_IN_TOPIC: Final = ("message_thread_id", "reply_parameters")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")


def is_too_old(error: TelegramError) -> bool:
    """A press that can't be answered any more; what it asked for goes on."""
    return isinstance(error, BadRequest) and _says(error, _TOO_OLD)


def is_unchanged(error: TelegramError) -> bool:
    """An edit that would change nothing: as good as done."""
    return isinstance(error, BadRequest) and _says(error, _UNCHANGED)


def is_unparsable(error: TelegramError) -> bool:
    """A text whose formatting Telegram does not take."""
    return isinstance(error, BadRequest) and _says(error, _UNPARSABLE)


def is_nobody_there(error: TelegramError) -> bool:
    """Blocked, kicked, deactivated or never met: messages to this chat are of no use."""
    return isinstance(error, Forbidden) or (isinstance(error, BadRequest) and _says(error, _NOBODY))


def is_message_gone(error: TelegramError) -> bool:
    """An edit of a message that can't be edited any more."""
    return isinstance(error, BadRequest) and _says(error, _GONE)


def is_topic_gone(error: TelegramError) -> bool:
    """A message for a topic that takes none: closed, deleted, or never there."""
    return isinstance(error, BadRequest) and _says(error, _TOPIC)


def is_chat_refusal(error: TelegramError) -> bool:
    """A 400 that says what a 403 does: nothing can be said in this chat."""
    return isinstance(error, BadRequest) and _says(error, _NO_WAY)


def is_final(error: TelegramError) -> bool:
    """A definite no to this request: making it again unchanged gives the same."""
    return isinstance(error, BadRequest | Forbidden | ChatMigrated)


def without_format(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The same request with its text or caption in plain; None if it has none that was formatted."""
    if not data.get("parse_mode"):
        return None
    plain = {name: value for name, value in data.items() if name != "parse_mode"}
    for name in ("text", "caption"):
        if isinstance(plain.get(name), str):
            plain[name] = html.unescape(_TAG.sub("", plain[name]))
            return plain
    return None


def without_topic(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The same request for the group itself; None if it was. A reply would lead into the topic again."""
    if not data.get("message_thread_id"):
        return None
    return {name: value for name, value in data.items() if name not in _IN_TOPIC}


def _says(error: TelegramError, sentences: tuple[str, ...]) -> bool:
    said = error.message.lower()
    return any(sentence in said for sentence in sentences)
