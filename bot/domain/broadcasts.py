"""Broadcasts: one message to many, its audience, and how far it has come."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.domain.chat import OutboxPayload
from bot.domain.ids import DAY, ChatId, Millis, UserId
from bot.domain.notices import NoticeKind
from bot.domain.users import Language

ACTIVE_WITHIN: Final = 7  # days that make somebody active for filters and broadcasts
BATCH: Final = 20  # messages of a broadcast a second: Telegram names 30 for a whole bot
ATTEMPTS: Final = 5  # then a recipient counts as failed


class AudienceLicense(StrEnum):
    """Whose license a broadcast asks for."""

    ANY = "any"
    NONE = "none"
    TRIAL = "trial"
    BASIC = "basic"
    PREMIUM = "premium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who gets a broadcast: never the banned ones."""

    license: AudienceLicense = AudienceLicense.ANY
    language: Language | None = None
    is_active: bool = False  # within seven days

    def since(self, now: Millis) -> Millis:
        return Millis(now - ACTIVE_WITHIN * DAY) if self.is_active else Millis(0)


class BroadcastState(StrEnum):
    """DRAFT: its author is still choosing."""

    DRAFT = "draft"
    SENDING = "sending"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """One message to many. `message_id` is the progress card in the author's chat."""

    broadcast_id: int
    author: UserId | None  # None: erased meanwhile
    text_html: str = field(repr=False)
    audience: Audience
    state: BroadcastState
    total: int = 0
    sent: int = 0
    blocked: int = 0
    failed: int = 0
    chat_id: ChatId | None = None
    message_id: int | None = None

    @property
    def handled(self) -> int:
        return self.sent + self.blocked + self.failed


class Delivery(StrEnum):
    """What became of one message. LATER: Telegram could not take it now."""

    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody a broadcast still has to reach."""

    user_id: UserId
    attempts: int


# --- messages of the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastDoneMessage(OutboxPayload):
    """A broadcast went out: how many got it, blocked the bot, could not be reached."""

    KIND = "broadcast-done"
    NOTICE = NoticeKind.OTHER
    count: int
    blocked: int
    failed: int
