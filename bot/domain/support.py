"""/paysupport: numbered threads between one user and whoever runs the bot."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, NewType

from bot.domain.accounts import AccountType
from bot.domain.chat import OutboxPayload
from bot.domain.ids import Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.notices import NoticeKind
from bot.domain.payloads import NoneAs
from bot.domain.payments import PaymentStatus

ThreadId = NewType("ThreadId", int)  # the number that both sides see


class ThreadState(StrEnum):
    """Either side closes it; the next message of its user opens another one."""

    OPEN = "open"
    CLOSED = "closed"


class Author(StrEnum):
    """Who wrote, or whose turn it is."""

    USER = "user"
    STAFF = "staff"


class ThreadList(StrEnum):
    """What the staff can list: OPEN, the longest wait for an answer first; MINE, whom I answered last; CLOSED."""

    OPEN = "open"
    MINE = "mine"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One thread. `handler_id` is whoever of the staff answered last; None while nobody did."""

    thread_id: ThreadId
    user_id: UserId
    first_name: str
    state: ThreadState
    awaiting: Author
    handler_id: UserId | None
    opened_at: Millis
    updated_at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMessage:
    """One message of a thread, as typed."""

    message_id: int
    author: Author
    text: str = field(repr=False)
    at: Millis


# --- messages of the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentNote:
    """One of the writer's newest payments, as the staff sees it beside their message."""

    stars: int
    at: Millis
    status: PaymentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredMessage(OutboxPayload):
    """One side's words for a reader of the other; `close` is the token of their [Close]."""

    thread: ThreadId
    close: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportAskedMessage(DeliveredMessage):
    """A user's words, with what helps an answer."""

    KIND = "support-asked"
    NOTICE = NoticeKind.OTHER
    user: UserId
    name: str
    license: Annotated[LicenseType | None, NoneAs("none")]
    until: Annotated[Millis | None, NoneAs("")]
    accounts: tuple[AccountType, ...]
    payments: tuple[PaymentNote, ...]
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportAnsweredMessage(DeliveredMessage):
    """An answer of the staff in a thread, told to whoever it is of."""

    KIND = "support-answered"
    NOTICE = NoticeKind.OTHER
    text: str = field(repr=False)


class StaffAct(StrEnum):
    """What one of the staff did with a thread, so that no other one does it again."""

    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffActedMessage(OutboxPayload):
    """To the others of the staff: `name` answered or closed a thread."""

    KIND = "support-handled"
    NOTICE = NoticeKind.OTHER
    thread: ThreadId
    name: str = field(repr=False)
    act: StaffAct
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedByUserMessage(OutboxPayload):
    """To whoever of the staff answered last; to all of them if nobody did."""

    KIND = "support-closed-by-user"
    NOTICE = NoticeKind.OTHER
    thread: ThreadId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedByStaffMessage(OutboxPayload):
    """To the user of the thread."""

    KIND = "support-closed-by-staff"
    NOTICE = NoticeKind.OTHER
    thread: ThreadId
