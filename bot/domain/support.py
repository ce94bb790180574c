"""/paysupport: numbered threads between one user and whoever runs the bot."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from bot.domain.ids import Millis, UserId

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
    text: str
    at: Millis
