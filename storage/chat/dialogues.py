"""dialogues: where each person's typed conversation stands, one at a time."""

from typing import Final

from bot.domain.chat import Dialogue
from bot.domain.events import RecordEvent, UserConfigChanged
from bot.domain.ids import Millis, UserId
from storage.sqlite.codecs import Row, json_text, json_values
from storage.sqlite.transaction import Transaction

UPSERT_DIALOGUE: Final = """
    INSERT INTO dialogues (user_id, dialogue, version, state, values_json, updated_ts, expires_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (user_id) DO UPDATE
       SET dialogue = excluded.dialogue, version = excluded.version, state = excluded.state,
           values_json = excluded.values_json, updated_ts = excluded.updated_ts, expires_ts = excluded.expires_ts
"""
SELECT_DIALOGUE: Final = """
    SELECT user_id, dialogue, version, state, values_json, expires_ts FROM dialogues
     WHERE user_id = ? AND expires_ts > ?
"""
DELETE_DIALOGUE: Final = "DELETE FROM dialogues WHERE user_id = ? RETURNING user_id"
DELETE_DIALOGUE_OF: Final = "DELETE FROM dialogues WHERE user_id = ? AND dialogue = ? RETURNING user_id"


def dialogue_of(row: Row) -> Dialogue:
    """A row of SELECT_DIALOGUE."""
    return Dialogue(
        user_id=row[0],
        dialogue=row[1],
        version=row[2],
        state=row[3],
        values=json_values(row[4]),
        expires_ts=row[5],
    )


class SqliteDialogues:
    """Implements `bot.domain.ports.chat.Dialogues` inside a unit of work.

    A config says whether its user has one: who begins or ends it changes the config.
    """

    def __init__(self, transaction: Transaction, record: RecordEvent) -> None:
        self._transaction = transaction
        self._record = record

    async def put(self, dialogue: Dialogue, now: Millis) -> None:
        """Begin or move on; whatever was open gives way."""
        where = (dialogue.user_id, dialogue.dialogue, dialogue.version, dialogue.state)
        await self._transaction.fetch(UPSERT_DIALOGUE, (*where, json_text(dialogue.values), now, dialogue.expires_ts))
        self._record(UserConfigChanged(user_id=dialogue.user_id))

    async def clear(self, user_id: UserId, dialogue: str | None = None) -> bool:
        """End the user's dialogue, or that one alone; False if they had none."""
        if dialogue is None:
            rows = await self._transaction.fetch(DELETE_DIALOGUE, (user_id,))
        else:
            rows = await self._transaction.fetch(DELETE_DIALOGUE_OF, (user_id, dialogue))
        if rows:
            self._record(UserConfigChanged(user_id=user_id))
        return bool(rows)
