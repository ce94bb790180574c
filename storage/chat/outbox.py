"""outbox: messages that must arrive, written with the admin action they tell of, sent until they are."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.domain.chat import HELD_CALL, HeldCall, OutboxMessage, OverdueMessages, QueuedMessage
from bot.domain.errors import UnreadableRow
from bot.domain.ids import ChatId, Millis
from bot.domain.update_attempt import UpdateId
from storage.sqlite.codecs import Row, json_text, json_values
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction

INSERT_MESSAGE: Final = """
    INSERT INTO outbox (user_id, chat_id, kind, values_json, cause, is_urgent, next_try_ts, created_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (cause, kind) DO NOTHING
"""
SELECT_URGENT: Final = """
    SELECT outbox_id, attempts, user_id, chat_id, kind, values_json, cause, is_urgent FROM outbox
     WHERE state = 'waiting' AND is_urgent = 1 AND next_try_ts <= ?
       AND NOT EXISTS (SELECT 1 FROM bot_blocks AS b WHERE b.user_id = outbox.chat_id)
     ORDER BY next_try_ts, outbox_id LIMIT ?
"""
SELECT_DUE: Final = """
    SELECT outbox_id, attempts, user_id, chat_id, kind, values_json, cause, is_urgent FROM outbox
     WHERE state = 'waiting' AND next_try_ts <= ?
       AND NOT EXISTS (SELECT 1 FROM bot_blocks AS b WHERE b.user_id = outbox.chat_id)
     ORDER BY next_try_ts, outbox_id LIMIT ?
"""
COUNT_OVERDUE: Final = """
    SELECT count(*), min(max(next_try_ts, created_ts)) FROM outbox
     WHERE state = 'waiting' AND next_try_ts <= ?
       AND NOT EXISTS (SELECT 1 FROM bot_blocks AS b WHERE b.user_id = outbox.chat_id)
"""
MARK_SENT: Final = """
    UPDATE outbox SET state = 'sent', attempts = attempts + 1, sent_ts = ?, message_id = ?, values_json = '{}'
     WHERE outbox_id = ? AND state = 'waiting'
"""
MARK_LATER: Final = (
    "UPDATE outbox SET attempts = attempts + 1, next_try_ts = ? WHERE outbox_id = ? AND state = 'waiting'"
)
MARK_CHAT_LATER: Final = """
    UPDATE outbox SET next_try_ts = ?1
     WHERE chat_id = ?2 AND outbox_id >= ?3 AND state = 'waiting' AND next_try_ts < ?1 AND is_urgent = ?4
"""
MARK_UNDELIVERABLE: Final = """
    UPDATE outbox SET state = 'undeliverable', attempts = attempts + 1, reason = ?, values_json = '{}'
     WHERE outbox_id = ? AND state = 'waiting'
"""
INSERT_HELD: Final = f"{INSERT_MESSAGE} RETURNING outbox_id"
SELECT_OUTBOX_ID: Final = "SELECT outbox_id FROM outbox WHERE cause = ? AND kind = ?"
# What is to be said is safe: after a kill nobody need be told that it may be missing.
MARK_ANSWERED: Final = """
    UPDATE inbox SET state = 'done', body = NULL, user_id = NULL, chat_id = NULL
     WHERE update_id = ? AND state = 'applied'
"""
UPDATE_VALUES: Final = "UPDATE outbox SET values_json = ? WHERE outbox_id = ? AND state = 'waiting'"
SELECT_HELD: Final = """
    SELECT outbox_id, chat_id, next_try_ts, values_json FROM outbox
     WHERE state = 'waiting' AND next_try_ts > 0 AND kind = ? ORDER BY outbox_id
"""
SELECT_HELD_OF_CHAT: Final = "SELECT outbox_id FROM outbox WHERE chat_id = ? AND state = 'waiting' AND kind = ?"
SELECT_MESSAGE_ID: Final = "SELECT message_id FROM outbox WHERE outbox_id = ?"
DELETE_WAITING: Final = "DELETE FROM outbox WHERE cause = ? AND kind = ? AND state = 'waiting'"
DELETE_SETTLED: Final = """
    DELETE FROM outbox WHERE outbox_id IN (
        SELECT outbox_id FROM outbox WHERE state IN ('sent', 'undeliverable') AND created_ts < ?
         ORDER BY created_ts LIMIT 5000)
    RETURNING outbox_id
"""


async def add_message(transaction: Transaction, message: OutboxMessage, now: Millis, due: Millis) -> None:
    """Inside a unit of work; the same idempotency key and kind twice is one message."""
    await transaction.fetch(INSERT_MESSAGE, (*_row(message), due, now))


async def withdraw_message(transaction: Transaction, message: OutboxMessage) -> None:
    """Inside a unit of work; one that was sent already stays as it is."""
    await transaction.fetch(DELETE_WAITING, (message.idempotency_key, message.kind))


def _row(message: OutboxMessage) -> tuple[str | int, ...]:
    values, key = json_text(message.values), message.idempotency_key
    return message.user_id, message.chat_id, message.kind, values, key, int(message.is_urgent)


def queued_of(row: Row) -> QueuedMessage:
    """A row of SELECT_DUE; one whose values are damaged comes without them."""
    outbox_id, attempts, user_id, chat_id, kind, text, idempotency_key, is_urgent = row
    values: dict[str, str] | None
    try:
        values = json_values(text)
    except UnreadableRow:  # said by whoever settles the row
        values = None
    message = OutboxMessage(
        user_id=user_id,
        chat_id=chat_id,
        kind=kind,
        values=values or {},
        idempotency_key=idempotency_key,
        is_urgent=bool(is_urgent),
    )
    return QueuedMessage(outbox_id=outbox_id, attempts=attempts, message=message, is_readable=values is not None)


def held_of(row: Row) -> HeldCall:
    """A row of SELECT_HELD; one whose values are damaged comes without them."""
    outbox_id, chat_id, next_try, text = row
    try:
        values = json_values(text)
    except UnreadableRow:  # said by whoever settles the row
        values = {}
    return HeldCall(outbox_id=outbox_id, chat_id=chat_id, next_try=next_try, values=values)


class SqliteOutbox:
    """Implements `OutboxStore` and `OutboxCounts` of `bot.domain.ports.chat`: each write is one commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: Millis, limit: int) -> tuple[QueuedMessage, ...]:
        """Waiting messages whose time has come, oldest first."""
        return tuple(map(queued_of, await self._database.fetch(SELECT_DUE, (now, limit))))

    async def urgent(self, now: Millis, limit: int) -> tuple[QueuedMessage, ...]:
        """Those of them that are urgent."""
        return tuple(map(queued_of, await self._database.fetch(SELECT_URGENT, (now, limit))))

    async def overdue(self, now: Millis) -> OverdueMessages:
        """How many those are, and since when."""
        ((count, since),) = await self._database.fetch(COUNT_OVERDUE, (now,))
        return OverdueMessages(count=count, since=since)

    async def sent(self, outbox_id: int, now: Millis, message_id: int | None = None) -> None:
        """Done: what it said is wiped, its idempotency key stays so that it is not enqueued again."""
        await self._write(MARK_SENT, (now, message_id, outbox_id))

    async def later(self, outbox_id: int, next_try: Millis) -> None:
        await self._write(MARK_LATER, (next_try, outbox_id))

    async def chat_later(self, chat_id: ChatId, next_try: Millis, first: int = 0, *, is_urgent: bool = False) -> None:
        """What waits of a chat, from the row `first` on, without a try."""
        await self._write(MARK_CHAT_LATER, (next_try, chat_id, first, int(is_urgent)))

    async def undeliverable(self, outbox_id: int, reason: str) -> None:
        await self._write(MARK_UNDELIVERABLE, (reason, outbox_id))

    async def forget(self, before: Millis) -> int:
        """Delete what waits no more and was made before, 5,000 rows a commit; answers how many (call again until 0)."""
        async with self._database.transaction() as transaction:
            return len(await transaction.fetch(DELETE_SETTLED, (before,)))

    async def hold(
        self, message: OutboxMessage, now: Millis, next_try: Millis, answers: UpdateId | None
    ) -> tuple[int, Sequence[int]]:
        async with self._database.transaction() as transaction:
            found = await transaction.fetch(INSERT_HELD, (*_row(message), next_try, now))
            if not found:
                found = await transaction.fetch(SELECT_OUTBOX_ID, (message.idempotency_key, message.kind))
            if answers is not None:
                await transaction.fetch(MARK_ANSWERED, (answers,))
            waiting = await transaction.fetch(SELECT_HELD_OF_CHAT, (message.chat_id, message.kind))
        return int(found[0][0]), [int(outbox_id) for (outbox_id,) in waiting]

    async def rewrite(self, outbox_id: int, values: Mapping[str, str]) -> None:
        await self._write(UPDATE_VALUES, (json_text(values), outbox_id))

    async def held(self) -> tuple[HeldCall, ...]:
        return tuple(map(held_of, await self._database.fetch(SELECT_HELD, (HELD_CALL,))))

    async def message_id(self, outbox_id: int) -> int | None:
        """Of the message that a sent one stands in."""
        rows = await self._database.fetch(SELECT_MESSAGE_ID, (outbox_id,))
        return rows[0][0] if rows else None

    async def _write(self, statement: str, parameters: tuple[object, ...]) -> None:
        async with self._database.transaction() as transaction:
            await transaction.fetch(statement, parameters)
