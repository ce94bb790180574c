"""buttons: single-use tokens, each good for one person in one chat until it expires."""

from collections.abc import Sequence
from typing import Final

from bot.domain.chat import Button
from bot.domain.ids import ChatId, Millis, UserId
from storage.sqlite.codecs import Row, json_text, json_values
from storage.sqlite.transaction import Transaction

INSERT_BUTTON: Final = """
    INSERT INTO buttons (token, user_id, chat_id, action, values_json, created_ts, expires_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
SELECT_BUTTON: Final = """
    SELECT token, user_id, chat_id, action, values_json, expires_ts FROM buttons
     WHERE token = ? AND user_id = ? AND chat_id = ? AND used_ts IS NULL AND expires_ts > ?
"""
SELECT_USED_BUTTON: Final = """
    SELECT token, user_id, chat_id, action, values_json, expires_ts FROM buttons
     WHERE token = ? AND user_id = ? AND chat_id = ? AND used_ts IS NOT NULL AND expires_ts > ?
"""
TAKE_BUTTON: Final = """
    UPDATE buttons SET used_ts = ?4
     WHERE token = ?1 AND user_id = ?2 AND chat_id = ?3 AND used_ts IS NULL AND expires_ts > ?4
    RETURNING token, user_id, chat_id, action, values_json, expires_ts
"""
# Each new card sweeps up a few old ones, so the table stays as small as what is alive.
DELETE_EXPIRED: Final = """
    DELETE FROM buttons WHERE token IN (SELECT token FROM buttons WHERE expires_ts < ? ORDER BY expires_ts LIMIT 20)
"""


def button_of(row: Row) -> Button:
    """The columns token, user_id, chat_id, action, values_json, expires_ts."""
    return Button(
        token=row[0],
        user_id=row[1],
        chat_id=row[2],
        action=row[3],
        values=json_values(row[4]),
        expires_ts=row[5],
    )


class SqliteButtons:
    """Implements `bot.domain.ports.chat.Buttons` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, buttons: Sequence[Button], now: Millis) -> None:
        await self._transaction.fetch(DELETE_EXPIRED, (now,))
        rows = [
            (each.token, each.user_id, each.chat_id, each.action, json_text(each.values), now, each.expires_ts)
            for each in buttons
        ]
        await self._transaction.write_many(INSERT_BUTTON, rows)

    async def take(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis) -> Button | None:
        """Use it up: the row if it is this user's, this chat's, unused and not expired; else None."""
        rows = await self._transaction.fetch(TAKE_BUTTON, (token, user_id, chat_id, now))
        return button_of(rows[0]) if rows else None
