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


def _says(error: TelegramError, sentences: tuple[str, ...]) -> bool:
    said = error.message.lower()
    return any(sentence in said for sentence in sentences)
