"""/paysupport: a numbered thread between one user and whoever runs the bot, and what it asks of storage."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, Protocol

from bot.domain.model import Millis, UserId

ThreadId = NewType("ThreadId", int)  # the number that both sides see


class ThreadState(StrEnum):
    """Either side closes it; the next message of its user opens another one."""

    OPEN = "open"
    CLOSED = "closed"


class Side(StrEnum):
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
    turn: Side
    handler_id: UserId | None
    opened_at: Millis
    updated_at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMessage:
    """One message of a thread, as typed."""

    message_id: int
    side: Side
    text: str
    at: Millis


class SupportThreads(Protocol):
    """The tables support_threads and support_messages inside a unit of work."""

    async def find(self, thread_id: ThreadId) -> Thread | None: ...
    async def open_of(self, user_id: UserId) -> Thread | None: ...
    async def open(self, user_id: UserId, now: Millis) -> Thread:
        """A new thread; a user has one open thread at most."""
        ...

    async def add(self, thread_id: ThreadId, side: Side, author: UserId, text: str, now: Millis) -> int:
        """A message, its number; the turn goes to the other side."""
        ...

    async def close(self, thread_id: ThreadId, now: Millis) -> None: ...
    async def written_since(self, author: UserId, since: Millis) -> int:
        """How many messages they wrote since that moment."""
        ...

    async def staff(self) -> tuple[UserId, ...]:
        """Support, admins and owners by the users table, without banned ones."""
        ...


class SupportReads(Protocol):
    """The same tables, read."""

    async def thread(self, thread_id: ThreadId) -> Thread | None: ...
    async def open_thread(self, user_id: UserId) -> Thread | None: ...
    async def thread_messages(self, thread_id: ThreadId, skip: int, limit: int) -> tuple[ThreadMessage, ...]:
        """Newest first."""
        ...

    async def count_messages(self, thread_id: ThreadId) -> int: ...
    async def threads(self, which: ThreadList, reader: UserId, skip: int, limit: int) -> tuple[Thread, ...]: ...
    async def count_threads(self, which: ThreadList, reader: UserId) -> int: ...
