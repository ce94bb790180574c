"""bot_blocks: who has blocked the bot. What is to be said to them waits in the outbox until they are back."""

from typing import Final

from bot.domain.chat import WaitedMessages
from bot.domain.ids import Millis, UserId
from storage.sqlite.transaction import Transaction

INSERT_BLOCK: Final = """
    INSERT INTO bot_blocks (user_id, since_ts) SELECT user_id, ? FROM users WHERE user_id = ?
    ON CONFLICT (user_id) DO NOTHING RETURNING user_id
"""
DELETE_BLOCK: Final = "DELETE FROM bot_blocks WHERE user_id = ? RETURNING since_ts"
COUNT_WAITING: Final = "SELECT count(*) FROM outbox WHERE chat_id = ? AND state = 'waiting' AND next_try_ts > 0"
DROP_OLDER: Final = """
    UPDATE outbox SET state = 'undeliverable', reason = 'blocked', values_json = '{}'
     WHERE chat_id = ?1 AND state = 'waiting' AND next_try_ts > 0 AND outbox_id NOT IN (
           SELECT outbox_id FROM outbox WHERE chat_id = ?1 AND state = 'waiting' AND next_try_ts > 0
            ORDER BY outbox_id DESC LIMIT ?2)
"""


class SqliteBlocks:
    """Implements `bot.domain.ports.users.Blocks` on one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, user_id: UserId, now: Millis) -> bool:
        """False for who is unknown, and who had done so before."""
        return bool(await self._transaction.fetch(INSERT_BLOCK, (now, user_id)))

    async def remove(self, user_id: UserId, keep: int) -> WaitedMessages | None:
        """Let the newest `keep` of what waits for them go out; None if they had not blocked the bot."""
        rows = await self._transaction.fetch(DELETE_BLOCK, (user_id,))
        if not rows:
            return None
        ((waited,),) = await self._transaction.fetch(COUNT_WAITING, (user_id,))
        if waited > keep:
            await self._transaction.fetch(DROP_OLDER, (user_id, keep))
        return WaitedMessages(since=Millis(rows[0][0]), waited=int(waited))
