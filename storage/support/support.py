"""support_threads and support_messages: the threads of /paysupport."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.domain.ids import Millis, UserId
from bot.domain.support import Author, Thread, ThreadId, ThreadList, ThreadMessage, ThreadState
from storage.sqlite.codecs import Row, storable
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction

SELECT_THREAD: Final = """
    SELECT t.thread_id, t.user_id, u.first_name, t.state, t.turn, t.handler_id, t.opened_ts, t.updated_ts
      FROM support_threads AS t JOIN users AS u ON u.user_id = t.user_id
     WHERE t.thread_id = ?
"""
SELECT_OPEN_THREAD: Final = """
    SELECT t.thread_id, t.user_id, u.first_name, t.state, t.turn, t.handler_id, t.opened_ts, t.updated_ts
      FROM support_threads AS t JOIN users AS u ON u.user_id = t.user_id
     WHERE t.user_id = ? AND t.state = 'open'
"""
# The staff's turn sorts before the user's; within it, the longest wait.
SELECT_OPEN_THREADS: Final = """
    SELECT t.thread_id, t.user_id, u.first_name, t.state, t.turn, t.handler_id, t.opened_ts, t.updated_ts
      FROM support_threads AS t CROSS JOIN users AS u ON u.user_id = t.user_id
     WHERE t.state = 'open' AND t.turn > '' AND ?1 = ?1 ORDER BY t.turn, t.updated_ts LIMIT ?3 OFFSET ?2
"""
SELECT_MY_THREADS: Final = """
    SELECT t.thread_id, t.user_id, u.first_name, t.state, t.turn, t.handler_id, t.opened_ts, t.updated_ts
      FROM support_threads AS t CROSS JOIN users AS u ON u.user_id = t.user_id
     WHERE t.handler_id = ?1 AND t.state = 'open' ORDER BY t.updated_ts DESC LIMIT ?3 OFFSET ?2
"""
SELECT_CLOSED_THREADS: Final = """
    SELECT t.thread_id, t.user_id, u.first_name, t.state, t.turn, t.handler_id, t.opened_ts, t.updated_ts
      FROM support_threads AS t CROSS JOIN users AS u ON u.user_id = t.user_id
     WHERE t.state = 'closed' AND t.updated_ts > 0 AND ?1 = ?1 ORDER BY t.updated_ts DESC LIMIT ?3 OFFSET ?2
"""
COUNT_OPEN_THREADS: Final = "SELECT count(*) FROM support_threads WHERE state = 'open' AND turn > '' AND ?1 = ?1"
COUNT_MY_THREADS: Final = "SELECT count(*) FROM support_threads WHERE handler_id = ?1 AND state = 'open'"
COUNT_CLOSED_THREADS: Final = (
    "SELECT count(*) FROM support_threads WHERE state = 'closed' AND updated_ts > 0 AND ?1 = ?1"
)
SELECT_MESSAGES: Final = """
    SELECT message_id, side, text, sent_ts FROM support_messages
     WHERE thread_id = ? ORDER BY message_id DESC LIMIT ? OFFSET ?
"""
COUNT_MESSAGES: Final = "SELECT count(*) FROM support_messages WHERE thread_id = ?"
COUNT_WRITTEN_SINCE: Final = "SELECT count(*) FROM support_messages WHERE author_id = ? AND sent_ts >= ?"
# role <> 'user' for idx_users_staff, which is partial.
SELECT_SUPPORT_STAFF: Final = "SELECT user_id FROM users WHERE role <> 'user' AND role > '' AND is_banned = 0"
INSERT_THREAD: Final = """
    INSERT INTO support_threads (user_id, state, turn, opened_ts, updated_ts) VALUES (?, 'open', 'staff', ?, ?)
    RETURNING thread_id
"""
INSERT_MESSAGE: Final = """
    INSERT INTO support_messages (thread_id, side, author_id, text, sent_ts) VALUES (?, ?, ?, ?, ?)
    RETURNING message_id
"""
UPDATE_ASKED: Final = "UPDATE support_threads SET turn = 'staff', updated_ts = ? WHERE thread_id = ?"
UPDATE_ANSWERED: Final = """
    UPDATE support_threads SET turn = 'user', handler_id = ?, updated_ts = ? WHERE thread_id = ?
"""
UPDATE_CLOSED: Final = "UPDATE support_threads SET state = 'closed', updated_ts = ? WHERE thread_id = ?"

MAX_TEXT: Final = 4096
_LISTS: Final[Mapping[ThreadList, str]] = MappingProxyType(
    {
        ThreadList.OPEN: SELECT_OPEN_THREADS,
        ThreadList.MINE: SELECT_MY_THREADS,
        ThreadList.CLOSED: SELECT_CLOSED_THREADS,
    }
)
_COUNTS: Final[Mapping[ThreadList, str]] = MappingProxyType(
    {
        ThreadList.OPEN: COUNT_OPEN_THREADS,
        ThreadList.MINE: COUNT_MY_THREADS,
        ThreadList.CLOSED: COUNT_CLOSED_THREADS,
    }
)


def thread_of(row: Row) -> Thread:
    """A row of the statements above."""
    thread_id, user_id, first_name, state, turn, handler_id, opened_ts, updated_ts = row
    return Thread(
        thread_id=thread_id,
        user_id=user_id,
        first_name=first_name,
        state=ThreadState(state),
        awaiting=Author(turn),
        handler_id=handler_id,
        opened_at=opened_ts,
        updated_at=updated_ts,
    )


class SqliteSupport:
    """Implements `bot.domain.ports.support.SupportThreads` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, thread_id: ThreadId) -> Thread | None:
        rows = await self._transaction.fetch(SELECT_THREAD, (thread_id,))
        return thread_of(rows[0]) if rows else None

    async def open_of(self, user_id: UserId) -> Thread | None:
        rows = await self._transaction.fetch(SELECT_OPEN_THREAD, (user_id,))
        return thread_of(rows[0]) if rows else None

    async def open(self, user_id: UserId, now: Millis) -> Thread:
        """Raises LookupError for a user who is not there."""
        await self._transaction.fetch(INSERT_THREAD, (user_id, now, now))
        opened = await self.open_of(user_id)
        if opened is None:
            raise LookupError(f"there is no user {user_id}")
        return opened

    async def add(self, thread_id: ThreadId, author: Author, author_id: UserId, text: str, now: Millis) -> int:
        row = (thread_id, author.value, author_id, storable(text, limit=MAX_TEXT), now)
        ((message_id,),) = await self._transaction.fetch(INSERT_MESSAGE, row)
        if author is Author.USER:
            await self._transaction.fetch(UPDATE_ASKED, (now, thread_id))
        else:
            await self._transaction.fetch(UPDATE_ANSWERED, (author_id, now, thread_id))
        return int(message_id)

    async def close(self, thread_id: ThreadId, now: Millis) -> None:
        await self._transaction.fetch(UPDATE_CLOSED, (now, thread_id))

    async def written_since(self, author_id: UserId, since: Millis) -> int:
        ((count,),) = await self._transaction.fetch(COUNT_WRITTEN_SINCE, (author_id, since))
        return int(count)

    async def staff(self) -> tuple[UserId, ...]:
        return tuple(user_id for (user_id,) in await self._transaction.fetch(SELECT_SUPPORT_STAFF))


class SqliteSupportQueries:
    """Implements `bot.domain.ports.support.SupportReads`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def thread(self, thread_id: ThreadId) -> Thread | None:
        rows = await self._database.fetch(SELECT_THREAD, (thread_id,))
        return thread_of(rows[0]) if rows else None

    async def open_thread(self, user_id: UserId) -> Thread | None:
        rows = await self._database.fetch(SELECT_OPEN_THREAD, (user_id,))
        return thread_of(rows[0]) if rows else None

    async def thread_messages(self, thread_id: ThreadId, skip: int, limit: int) -> tuple[ThreadMessage, ...]:
        """Messages of a thread, the newest first, behind `skip` of them and `limit` at most."""
        rows = await self._database.fetch(SELECT_MESSAGES, (thread_id, limit, skip))
        return tuple(
            ThreadMessage(message_id=message_id, author=Author(side), text=text, at=sent_ts)
            for message_id, side, text, sent_ts in rows
        )

    async def count_messages(self, thread_id: ThreadId) -> int:
        ((count,),) = await self._database.fetch(COUNT_MESSAGES, (thread_id,))
        return int(count)

    async def threads(self, which: ThreadList, reader: UserId, skip: int, limit: int) -> tuple[Thread, ...]:
        rows = await self._database.fetch(_LISTS[which], (reader, skip, limit))
        return tuple(map(thread_of, rows))

    async def count_threads(self, which: ThreadList, reader: UserId) -> int:
        ((count,),) = await self._database.fetch(_COUNTS[which], (reader,))
        return int(count)
