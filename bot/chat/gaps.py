"""A time in which nothing came from Telegram, and what those who wrote meanwhile are told."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.chat.updates import Incoming
from bot.domain.chat import DeafMessage, OutboxMessage, outbox_message
from bot.domain.ids import ChatId, Millis, UserId

WORTH_TELLING: Final = 60.0  # seconds; who waits for less has hardly noticed
_NAMED: Final = 3  # of the messages that somebody wrote
_LONGEST: Final = 40  # characters of each
_ARGUMENTS_UNTOLD: Final = re.compile(r"(/(?:redeem|keys|pin)\b\S*).*", re.IGNORECASE | re.DOTALL)
_CODES: Final = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])\S{8,}")  # rows of the outbox stay for months


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """From the last answer before it to the first after it."""

    began: Millis
    ended: Millis

    @property
    def seconds(self) -> float:
        return (self.ended - self.began) / 1000


def deaf_messages(gap: Gap, updates: Sequence[Incoming]) -> Iterator[OutboxMessage]:
    """What each person of these updates is told: one message a gap, in their private chat, however often it is made."""
    if gap.seconds < WORTH_TELLING:
        return
    spoken: dict[UserId, list[str]] = {}
    for update in updates:
        user_id = update.user_id
        if user_id is not None and user_id > 0 and update.chat_id == ChatId(user_id) and not update.is_payment:
            spoken.setdefault(user_id, []).extend(_words(update))
    for user_id, words in spoken.items():
        more = max(0, len(words) - _NAMED)
        payload = DeafMessage(began=gap.began, ended=gap.ended, wrote="\n".join(words[:_NAMED]), more=more)
        key = f"gap:{gap.began}:{user_id}"
        yield outbox_message(payload, user_id=user_id, chat_id=ChatId(user_id), idempotency_key=key)


def _words(update: Incoming) -> Iterator[str]:
    """What it said, short and without anything secret; nothing of a press."""
    message = update.raw.get("message")
    text = message.get("text") or message.get("caption") if isinstance(message, dict) else None
    if not isinstance(text, str) or update.has_secret or not text.strip():
        return
    told = _CODES.sub("…", " ".join(_ARGUMENTS_UNTOLD.sub(r"\1 …", text).split()))
    yield told if len(told) <= _LONGEST else f"{told[:_LONGEST].rstrip()}…"
