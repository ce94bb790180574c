"""Who wants a private stream of Bybit's, and the connections to its streams that were opened lately."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import HOUR, Millis
from storage.accounts.accounts import account_of
from storage.sqlite.database import Database

SELECT_STREAM_ACCOUNTS: Final = """
    SELECT a.account_id, a.user_id, a.exchange, a.account_type, a.host, a.label, a.bybit_uid, a.risk_percent,
           a.stop_loss_percent, a.take_profit_percent, a.leverage, a.order_type
      FROM (SELECT account_id, min(turn) AS turn FROM (
                   SELECT account_id, 0 AS turn FROM active_positions
                   UNION ALL SELECT account_id, 0 FROM trade_plans WHERE state = 'open'
                   UNION ALL SELECT account_id, 1 FROM order_intents
                    WHERE state IN ('intent', 'sending', 'acknowledged', 'untriggered', 'open', 'partially_filled',
                                    'unknown')
                   UNION ALL SELECT account_id, 1 FROM pending_limit_orders
                   UNION ALL SELECT o.account_id, 2 FROM users AS u JOIN accounts AS o ON o.user_id = u.user_id
                              WHERE u.last_seen_ts >= ? AND u.is_banned = 0) GROUP BY account_id) AS w
      JOIN accounts AS a ON a.account_id = w.account_id
     WHERE a.state = 'active' AND a.account_type <> 'paper'
     ORDER BY w.turn, a.account_id
"""
SELECT_CONNECTIONS: Final = "SELECT opened_ts FROM stream_connections WHERE host = ? AND opened_ts >= ?"
INSERT_CONNECTIONS: Final = """
    INSERT INTO stream_connections (host, opened_ts) SELECT ?1, ?2 FROM json_each(?3)
"""
DELETE_CONNECTIONS: Final = "DELETE FROM stream_connections WHERE host = ? AND opened_ts < ?"


class SqliteStreamRecords:
    """Implements `bot.domain.ports.streams.StreamRecords`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wanted(self, used_since: Millis) -> Sequence[Account]:
        """The accounts, the most urgent first."""
        return tuple(map(account_of, await self._database.fetch(SELECT_STREAM_ACCOUNTS, (used_since,))))

    async def connections_since(self, host: str, since: Millis) -> Sequence[Millis]:
        return tuple(opened for (opened,) in await self._database.fetch(SELECT_CONNECTIONS, (host, since)))

    async def note_connections(self, hosts: Sequence[str], now: Millis) -> None:
        """One transaction for all of them; what is older than an hour goes."""
        async with self._database.transaction() as transaction:
            for host, count in Counter(hosts).items():
                await transaction.fetch(INSERT_CONNECTIONS, (host, now, str([0] * count)))
                await transaction.fetch(DELETE_CONNECTIONS, (host, now - HOUR))
