"""When a database began: what happened before it cannot be known from it."""

from typing import Final

from bot.domain.ids import Millis
from storage.sqlite.database import Database

SELECT_BIRTH: Final = "SELECT born_ts FROM database_birth WHERE id = 1"
# A database that is older than this table began when its first user came.
INSERT_BIRTH: Final = """
    INSERT INTO database_birth (id, born_ts)
    SELECT 1, coalesce(min(first_seen_ts), ?1) FROM users
    RETURNING born_ts
"""


async def birth_of(database: Database, now: Millis) -> Millis:
    """Written down at the first start; copies have the birth of what they were copied from."""
    rows = await database.fetch(SELECT_BIRTH)
    if not rows:
        async with database.transaction() as transaction:
            rows = await transaction.fetch(INSERT_BIRTH, (now,))
    return Millis(rows[0][0])
