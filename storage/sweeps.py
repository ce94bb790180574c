"""What the daily housekeeping deletes: rows that served their purpose, a batch a commit."""

from typing import Final

from bot.domain.ids import Millis
from storage.sqlite.database import Database

DELETE_OLD_BUTTONS: Final = """
    DELETE FROM buttons WHERE token IN (SELECT token FROM buttons WHERE expires_ts < ? ORDER BY expires_ts LIMIT 5000)
    RETURNING token
"""
DELETE_OLD_DIALOGUES: Final = """
    DELETE FROM dialogues WHERE user_id IN (SELECT user_id FROM dialogues WHERE expires_ts < ? LIMIT 5000)
    RETURNING user_id
"""
DELETE_OLD_ATTEMPTS: Final = """
    DELETE FROM promo_attempts WHERE attempt_id IN (
        SELECT attempt_id FROM promo_attempts WHERE tried_ts < ? ORDER BY tried_ts LIMIT 5000)
    RETURNING attempt_id
"""
DELETE_OLD_ERRORS: Final = """
    DELETE FROM user_errors WHERE error_id IN (SELECT error_id FROM user_errors WHERE ts < ? LIMIT 5000)
    RETURNING error_id
"""
# Of practice: orders that have ended, and fills. trade_logs keep what people look back at.
DELETE_OLD_PAPER_ORDERS: Final = """
    DELETE FROM paper_orders WHERE (account_id, order_id) IN (
        SELECT account_id, order_id FROM paper_orders
         WHERE is_open = 0 AND updated_ts < ? ORDER BY updated_ts LIMIT 5000)
    RETURNING order_id
"""
DELETE_OLD_PAPER_FILLS: Final = """
    DELETE FROM paper_fills WHERE (account_id, exec_id) IN (
        SELECT account_id, exec_id FROM paper_fills WHERE ts < ? ORDER BY ts LIMIT 5000)
    RETURNING exec_id
"""
# With its messages: a few threads a commit.
DELETE_OLD_THREADS: Final = """
    DELETE FROM support_threads WHERE thread_id IN (
        SELECT thread_id FROM support_threads WHERE state = 'closed' AND updated_ts < ? ORDER BY updated_ts LIMIT 200)
    RETURNING thread_id
"""
DELETE_OLD_CLOSINGS: Final = """
    DELETE FROM leg_closings WHERE closing_id IN (
        SELECT closing_id FROM leg_closings WHERE state = 'done' AND ended_ts < ? ORDER BY ended_ts LIMIT 5000)
    RETURNING closing_id
"""
DELETE_OLD_DRILLS: Final = """
    DELETE FROM drills WHERE drill_id IN (
        SELECT drill_id FROM drills WHERE told_ts IS NOT NULL AND told_ts < ? ORDER BY told_ts LIMIT 5000)
    RETURNING drill_id
"""
DELETE_OLD_SIZES: Final = """
    DELETE FROM last_sizes WHERE (account_id, symbol) IN (
        SELECT account_id, symbol FROM last_sizes WHERE used_ts < ? ORDER BY used_ts LIMIT 5000)
    RETURNING symbol
"""
# A code of a campaign that is over is redeemed by nobody: its marks serve no more.
DELETE_MARKS: Final = """
    DELETE FROM used_marks WHERE mark IN (
        SELECT mark FROM used_marks WHERE until_ts < ?1
        UNION
        SELECT m.mark FROM promo_campaigns AS c CROSS JOIN used_marks AS m ON m.campaign_id = c.campaign_id
         WHERE c.ends_ts < ?1 OR c.state = 'undone')
    RETURNING mark
"""


class Sweeps:
    """Each call is one commit and answers how many rows went; call again until 0. Raises StorageTrouble."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def buttons(self, before: Millis) -> int:
        """Those that expired before that moment, used or not."""
        return await self._delete(DELETE_OLD_BUTTONS, before)

    async def dialogues(self, before: Millis) -> int:
        """Those that expired before that moment."""
        return await self._delete(DELETE_OLD_DIALOGUES, before)

    async def attempts(self, before: Millis) -> int:
        """Wrong promo codes typed before that moment."""
        return await self._delete(DELETE_OLD_ATTEMPTS, before)

    async def errors(self, before: Millis) -> int:
        """What went wrong for whom before that moment."""
        return await self._delete(DELETE_OLD_ERRORS, before)

    async def marks(self, before: Millis) -> int:
        """Marks of erased people whose time was over, or whose campaign had ended, before that moment."""
        return await self._delete(DELETE_MARKS, before)

    async def threads(self, before: Millis) -> int:
        """Support threads closed before that moment."""
        return await self._delete(DELETE_OLD_THREADS, before)

    async def closings(self, before: Millis) -> int:
        """Legs that were read flat before that moment."""
        return await self._delete(DELETE_OLD_CLOSINGS, before)

    async def drills(self, before: Millis) -> int:
        """Those of which people were told before that moment."""
        return await self._delete(DELETE_OLD_DRILLS, before)

    async def sizes(self, before: Millis) -> int:
        """Sizes of symbols that nobody has ordered with since that moment."""
        return await self._delete(DELETE_OLD_SIZES, before)

    async def paper_orders(self, before: Millis) -> int:
        """Practice orders that ended before that moment."""
        return await self._delete(DELETE_OLD_PAPER_ORDERS, before)

    async def paper_fills(self, before: Millis) -> int:
        """Practice fills from before that moment."""
        return await self._delete(DELETE_OLD_PAPER_FILLS, before)

    async def _delete(self, statement: str, before: Millis) -> int:
        async with self._database.transaction() as transaction:
            return len(await transaction.fetch(statement, (before,)))
