"""Rows behind the chat: single-use buttons, dialogues, stored updates and messages that must arrive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final

from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.notices import URGENT, NoticeKind
from bot.domain.payloads import encode
from bot.domain.update_attempt import UpdateId


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button that changes something: single use, bound to its user and chat."""

    token: str = field(repr=False)  # 22 characters of base64url: 128 random bits
    user_id: UserId
    chat_id: ChatId
    action: str
    values: Mapping[str, str] = field(repr=False)
    expires_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """Where a typed conversation stands. One a user; `version` is that of the code that wrote it."""

    user_id: UserId
    dialogue: str
    version: int
    state: str
    values: Mapping[str, str] = field(repr=False)
    expires_ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """How messages about one `thread` become one message, as long as it is new.

    One of the same `subject` as before takes its place, for it says all of it again; one that `joins` is added to what
    was said last. Neither rings again.
    """

    thread: str
    subject: str = ""  # none: it takes nobody's place
    joins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxPayload:
    """What an outbox message says: the values that its text needs. `KIND` is the stored word of the message.

    Subclasses stand beside their feature in bot/domain: services write them in the transaction that they tell of,
    handlers/<feature>/messages.py turns them into text when they are sent, in the language of that moment. They are
    read for as long as such rows wait: a field that older rows lack has a default. A field `reply_to` is the message of
    the same chat that it is a reply to, 0 for none. `NOTICE`: by which of the choices on /notify it rings.
    """

    KIND: ClassVar[str]
    NOTICE: ClassVar[NoticeKind]

    def notice(self) -> NoticeKind:
        """What this one is about: `NOTICE`, unless its values say more."""
        return self.NOTICE

    def merging(self) -> Merging | None:
        """How it becomes one with others; None: it is a message of its own."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """A row of the outbox: a message that must arrive, `values` the stored form of its `OutboxPayload`.

    (`idempotency_key`, `kind`) is unique: the same twice is one message. Urgent ones go ahead of all others.
    """

    user_id: UserId
    chat_id: ChatId
    kind: str
    values: Mapping[str, str] = field(repr=False)
    idempotency_key: str
    is_urgent: bool = False


def outbox_message(
    payload: OutboxPayload, *, user_id: UserId, idempotency_key: str, chat_id: ChatId | None = None
) -> OutboxMessage:
    """The row of a message; it goes to the private chat, which has its user's id, unless `chat_id` says otherwise."""
    return OutboxMessage(
        user_id=user_id,
        chat_id=ChatId(user_id) if chat_id is None else chat_id,
        kind=payload.KIND,
        values=encode(payload),
        idempotency_key=idempotency_key,
        is_urgent=payload.notice() in URGENT,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueMessages:
    """Of the outbox: those whose time has come. `since`: when it came for the first of them; None without one."""

    count: int
    since: Millis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMessage:
    """A message that waits in the outbox. `is_readable` False: its stored values are damaged, `message` has none."""

    outbox_id: int
    attempts: int
    message: OutboxMessage
    is_readable: bool = True


HELD_CALL: Final = "held-call"  # the kind of a row that is a call of the Bot API, which waits for its chat


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCall:
    """A held call as it waits in the outbox: `values` are the method and its parameters as they are sent."""

    outbox_id: int
    chat_id: ChatId
    next_try: Millis
    values: Mapping[str, str] = field(repr=False)


class InboxState(StrEnum):
    """NEW: to be handled. APPLIED: its effect is committed, its answer may not have been sent. DONE. SET_ASIDE."""

    NEW = "new"
    APPLIED = "applied"
    DONE = "done"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUpdate:
    """One update as the poller got it. `body` is Telegram's JSON; of a message with a secret only where it stands."""

    update_id: UpdateId
    user_id: UserId | None
    chat_id: ChatId | None
    body: bytes | None = field(repr=False)
    state: InboxState = InboxState.NEW
    attempts: int = 0
    received_ts: Millis | None = field(default=None, compare=False)  # None: not stored yet


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBot:
    """The bot a database belongs to: Telegram has taken its token. `heard_ts`: until when its updates have come in."""

    bot_id: int
    salt: bytes = field(repr=False)
    token_mac: bytes = field(repr=False)  # HMAC-SHA256 of the token under the salt
    heard_ts: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitedMessages:
    """How many messages waited for somebody who had blocked the bot, since when."""

    since: Millis
    waited: int


# --- messages of the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartedMessage(OutboxPayload):
    """An update whose effect is there while its answer may not have been sent; `what`: its button or command."""

    KIND = "restarted"
    NOTICE = NoticeKind.OTHER
    what: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLostMessage(OutboxPayload):
    """An update whose effect is there, and whose answer Telegram did not take."""

    KIND = "answer-lost"
    NOTICE = NoticeKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSecretAgainMessage(OutboxPayload):
    """An update whose body was not stored, for it carried a secret."""

    KIND = "send-secret-again"
    NOTICE = NoticeKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideMessage(OutboxPayload):
    """An update that failed as often as it is tried."""

    KIND = "set-aside"
    NOTICE = NoticeKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class DeafMessage(OutboxPayload):
    """Nothing came from Telegram for a while in which this person wrote; what, a line each, and how many lines more."""

    KIND = "deaf"
    NOTICE = NoticeKind.OTHER

    began: Millis
    ended: Millis
    wrote: str = field(default="", repr=False)
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackMessage(OutboxPayload):
    """Somebody who had blocked the bot lets it write again; the newest of the messages that waited come beside this."""

    KIND = "back"
    NOTICE = NoticeKind.OTHER

    since: Millis
    until: Millis
    waited: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFastMessage(OutboxPayload):
    """Updates of a sender beyond the limit of intake were not stored, and will not be answered."""

    KIND = "too-fast"
    NOTICE = NoticeKind.OTHER
