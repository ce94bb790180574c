"""outbox: messages that must arrive, written with the admin action they tell of, sent until they are."""

from typing import Final

from bot.domain.chat import OutboxMessage, QueuedMessage
from bot.domain.errors import UnreadableRow
from bot.domain.ids import Millis
from storage.sqlite.codecs import Row, json_text, json_values
from storage.sqlite.database import Database
from storage.sqlite.writer import Transaction

INSERT_MESSAGE: Final = """
    INSERT INTO outbox (user_id, chat_id, kind, values_json, cause, next_try_ts, created_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (cause, kind) DO NOTHING
"""
SELECT_DUE: Final = """
    SELECT outbox_id, attempts, user_id, chat_id, kind, values_json, cause FROM outbox
     WHERE state = 'waiting' AND next_try_ts <= ? ORDER BY next_try_ts, outbox_id LIMIT ?
"""
MARK_SENT: Final = """
    UPDATE outbox SET state = 'sent', attempts = attempts + 1, sent_ts = ?, values_json = '{}'
     WHERE outbox_id = ? AND state = 'waiting'
"""
MARK_LATER: Final = (
    "UPDATE outbox SET attempts = attempts + 1, next_try_ts = ? WHERE outbox_id = ? AND state = 'waiting'"
)
MARK_UNDELIVERABLE: Final = """
    UPDATE outbox SET state = 'undeliverable', attempts = attempts + 1, reason = ?, values_json = '{}'
     WHERE outbox_id = ? AND state = 'waiting'
"""
DELETE_SETTLED: Final = """
    DELETE FROM outbox WHERE outbox_id IN (
        SELECT outbox_id FROM outbox WHERE state IN ('sent', 'undeliverable') AND created_ts < ?
         ORDER BY created_ts LIMIT 5000)
    RETURNING outbox_id
"""


async def add_message(transaction: Transaction, message: OutboxMessage, now: Millis) -> None:
    """Inside a unit of work; the same idempotency key and kind twice is one message."""
    row = (message.user_id, message.chat_id, message.kind, json_text(message.values), message.idempotency_key, now, now)
    await transaction.fetch(INSERT_MESSAGE, row)


def queued_of(row: Row) -> QueuedMessage:
    """A row of SELECT_DUE; one whose values are damaged comes without them."""
    outbox_id, attempts, user_id, chat_id, kind, text, idempotency_key = row
    values: dict[str, str] | None
    try:
        values = json_values(text)
    except UnreadableRow:  # said by whoever settles the row
        values = None
    message = OutboxMessage(
        user_id=user_id, chat_id=chat_id, kind=kind, values=values or {}, idempotency_key=idempotency_key
    )
    return QueuedMessage(outbox_id=outbox_id, attempts=attempts, message=message, is_readable=values is not None)


class SqliteOutbox:
    """Implements `bot.domain.ports.chat.OutboxStore`: each call is one commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: Millis, limit: int) -> tuple[QueuedMessage, ...]:
        """Waiting messages whose time has come, oldest first."""
        return tuple(map(queued_of, await self._database.fetch(SELECT_DUE, (now, limit))))

    async def sent(self, outbox_id: int, now: Millis) -> None:
        """Done: what it said is wiped, its idempotency key stays so that it is not enqueued again."""
        await self._write(MARK_SENT, (now, outbox_id))

    async def later(self, outbox_id: int, next_try: Millis) -> None:
        await self._write(MARK_LATER, (next_try, outbox_id))

    async def undeliverable(self, outbox_id: int, reason: str) -> None:
        await self._write(MARK_UNDELIVERABLE, (reason, outbox_id))

    async def forget(self, before: Millis) -> int:
        """Delete what waits no more and was made before, 5,000 rows a commit; answers how many (call again until 0)."""
        async with self._database.transaction() as transaction:
            return len(await transaction.fetch(DELETE_SETTLED, (before,)))

    async def _write(self, statement: str, parameters: tuple[object, ...]) -> None:
        async with self._database.transaction() as transaction:
            await transaction.fetch(statement, parameters)
