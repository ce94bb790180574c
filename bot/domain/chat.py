"""Rows behind the chat: single-use buttons, dialogues, stored updates and messages that must arrive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.update_attempt import UpdateId


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button that changes something: single use, bound to its user and chat."""

    token: str  # 22 characters of base64url: 128 random bits
    user_id: UserId
    chat_id: ChatId
    action: str
    values: Mapping[str, str]
    expires_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """Where a typed conversation stands. One a user; `version` is that of the code that wrote it."""

    user_id: UserId
    dialogue: str
    version: int
    state: str
    values: Mapping[str, str]
    expires_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """A message that must arrive. (`idempotency_key`, `kind`) is unique: the same twice is one message."""

    user_id: UserId
    chat_id: ChatId
    kind: str
    values: Mapping[str, str]
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMessage:
    """A message that waits in the outbox."""

    outbox_id: int
    attempts: int
    message: OutboxMessage


class InboxState(StrEnum):
    """NEW: to be handled. APPLIED: its effect is committed, its answer may not have been sent. DONE. SET_ASIDE."""

    NEW = "new"
    APPLIED = "applied"
    DONE = "done"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUpdate:
    """One update as the poller got it. `body` is Telegram's JSON; None where it carried a secret."""

    update_id: UpdateId
    user_id: UserId | None
    chat_id: ChatId | None
    body: bytes | None = field(repr=False)
    state: InboxState = InboxState.NEW
    attempts: int = 0
