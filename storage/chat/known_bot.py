"""known_bot: the bot that the database belongs to."""

from typing import Final

from bot.domain.chat import KnownBot
from bot.domain.ids import Millis
from storage.sqlite.codecs import Row
from storage.sqlite.database import Database

SELECT_BOT: Final = "SELECT bot_id, salt, token_mac, heard_ts FROM known_bot WHERE row_id = 1"
REPLACE_BOT: Final = """
    INSERT INTO known_bot (row_id, bot_id, salt, token_mac, heard_ts) VALUES (1, ?, ?, ?, ?)
        ON CONFLICT (row_id) DO UPDATE SET bot_id = excluded.bot_id, salt = excluded.salt,
            token_mac = excluded.token_mac, heard_ts = excluded.heard_ts
"""
UPDATE_HEARD: Final = "UPDATE known_bot SET heard_ts = ? WHERE row_id = 1 RETURNING bot_id, salt, token_mac, heard_ts"
DELETE_BOT: Final = "DELETE FROM known_bot WHERE row_id = 1 RETURNING bot_id"


def bot_of(row: Row) -> KnownBot:
    """A row of SELECT_BOT."""
    bot_id, salt, token_mac, heard_ts = row
    return KnownBot(bot_id=bot_id, salt=salt, token_mac=token_mac, heard_ts=heard_ts)


class SqliteKnownBot:
    """Implements `bot.domain.ports.chat.KnownBotStore`: each call is one commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known_bot(self) -> KnownBot | None:
        rows = await self._database.fetch(SELECT_BOT)
        return bot_of(rows[0]) if rows else None

    async def keep_known_bot(self, known: KnownBot) -> None:
        """Put it in place of the one that was known."""
        async with self._database.transaction() as transaction:
            values = (known.bot_id, known.salt, known.token_mac, known.heard_ts)
            await transaction.fetch(REPLACE_BOT, values)

    async def heard(self, moment: Millis) -> KnownBot | None:
        """Note until when its updates have come in; the row as it stands then."""
        async with self._database.transaction() as transaction:
            rows = await transaction.fetch(UPDATE_HEARD, (moment,))
        return bot_of(rows[0]) if rows else None

    async def forget(self) -> int | None:
        """Let the database belong to the next bot that Telegram takes; the id of the one that it belonged to."""
        async with self._database.transaction() as transaction:
            rows = await transaction.fetch(DELETE_BOT, ())
        return int(rows[0][0]) if rows else None
