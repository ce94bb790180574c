"""drills: minutes in which practice accounts were left to their exchange alone, and what came of them."""

from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.drills import SECONDS, Drill, DrillEnd, Rehearsal
from bot.domain.errors import UnreadableRow
from bot.domain.ids import Millis, UserId
from bot.domain.payloads import PayloadError, decode, encode
from bot.domain.portfolio import Execution
from storage.accounts.trades import execution_of
from storage.sqlite.codecs import Row, json_text, json_values, optional_decimal, optional_decimal_text
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction

INSERT_DRILL: Final = """
    INSERT INTO drills (user_id, account_id, started_ts, until_ts, value_before, rehearsal) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (user_id) WHERE ended_ts IS NULL DO NOTHING
    RETURNING drill_id, user_id, account_id, started_ts, until_ts, ended_ts, ended_how, value_before, value_after,
              caught_up, rehearsal
"""
END_DRILL: Final = """
    UPDATE drills SET ended_ts = ?1, ended_how = ?2, until_ts = max(started_ts + 1, min(until_ts, ?1))
     WHERE drill_id = ?3 AND ended_ts IS NULL RETURNING drill_id
"""
TELL_DRILL: Final = """
    UPDATE drills SET value_after = ?, caught_up = ?, told_ts = ? WHERE drill_id = ? AND told_ts IS NULL
    RETURNING drill_id
"""
SELECT_RUNNING_DRILL: Final = """
    SELECT drill_id, user_id, account_id, started_ts, until_ts, ended_ts, ended_how, value_before, value_after,
           caught_up, rehearsal
      FROM drills WHERE user_id = ? AND ended_ts IS NULL
"""
SELECT_DRILLS_DUE: Final = """
    SELECT drill_id, user_id, account_id, started_ts, until_ts, ended_ts, ended_how, value_before, value_after,
           caught_up, rehearsal
      FROM drills WHERE told_ts IS NULL AND until_ts <= ? LIMIT 50
"""
SELECT_DRILLS_AHEAD: Final = """
    SELECT drill_id, user_id, account_id, started_ts, until_ts, ended_ts, ended_how, value_before, value_after,
           caught_up, rehearsal
      FROM drills WHERE told_ts IS NULL AND until_ts > ? LIMIT 50
"""
SELECT_DRILL: Final = """
    SELECT drill_id, user_id, account_id, started_ts, until_ts, ended_ts, ended_how, value_before, value_after,
           caught_up, rehearsal
      FROM drills WHERE drill_id = ? AND user_id = ?
"""
SELECT_NEWEST_DRILL: Final = """
    SELECT drill_id, user_id, account_id, started_ts, until_ts, ended_ts, ended_how, value_before, value_after,
           caught_up, rehearsal
      FROM drills WHERE user_id = ? ORDER BY drill_id DESC LIMIT 1
"""
SELECT_FILLS_BETWEEN: Final = """
    SELECT category, symbol, exec_id, order_id, order_link_id, side, exec_type, price, size, value, fee, fee_currency,
           is_maker, closed_size, ts
      FROM trade_logs WHERE account_id = ? AND ts >= ? AND ts < ? ORDER BY ts, id
"""
SELECT_REQUESTS_SINCE: Final = """
    SELECT count(*) FROM order_intents WHERE user_id = ? AND account_id = ? AND created_ts >= ?
"""


def drill_of(row: Row) -> Drill:
    """A row of SELECT_DRILL. Raises UnreadableRow."""
    try:
        rehearsal = decode(Rehearsal, json_values(row[10]))
    except (PayloadError, ValueError) as unreadable:
        raise UnreadableRow("a drill that nothing of ours wrote") from unreadable
    return Drill(
        drill_id=row[0],
        user_id=row[1],
        account_id=row[2],
        started_ts=row[3],
        until_ts=row[4],
        ended_ts=row[5],
        ended_how=None if row[6] is None else DrillEnd(row[6]),
        value_before=optional_decimal(row[7]),
        value_after=optional_decimal(row[8]),
        caught_up=row[9],
        rehearsal=rehearsal,
    )


class SqliteDrills:
    """Implements `bot.domain.ports.drills.DrillRecords` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def begin(
        self, account: Account, until: Millis, value: Decimal | None, rehearsal: Rehearsal, now: Millis
    ) -> Drill | None:
        body = json_text(encode(rehearsal))
        row = (account.user_id, account.account_id, now, until, optional_decimal_text(value), body)
        rows = await self._transaction.fetch(INSERT_DRILL, row)
        return drill_of(rows[0]) if rows else None

    async def end(self, drill_id: int, how: DrillEnd, now: Millis) -> bool:
        return bool(await self._transaction.fetch(END_DRILL, (now, how.value, drill_id)))

    async def told(self, drill_id: int, value: Decimal | None, caught_up: int, now: Millis) -> bool:
        row = (optional_decimal_text(value), caught_up, now, drill_id)
        return bool(await self._transaction.fetch(TELL_DRILL, row))


class SqliteDrillQueries:
    """Implements `bot.domain.ports.drills.DrillQueries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def running(self, account: Account) -> Drill | None:
        """Of that account the one that has not been ended, even if its time is over."""
        found = await self._one(SELECT_RUNNING_DRILL, account.user_id)
        return found if found is not None and found.account_id == account.account_id else None

    async def due(self, now: Millis) -> tuple[Drill, ...]:
        """Those that were ended, or whose time is over, and whose result nobody was told of.

        So is one that has not begun by a clock that was set back: nobody could stop it, or start another one.
        """
        latest = now + SECONDS * 1_000  # the end of one that begins now
        rows = await self._database.fetch(SELECT_DRILLS_DUE, (now,))
        ahead = await self._database.fetch(SELECT_DRILLS_AHEAD, (latest,))
        return tuple(map(drill_of, (*rows, *ahead)))

    async def drill(self, user_id: UserId, drill_id: int) -> Drill | None:
        return await self._one(SELECT_DRILL, drill_id, user_id)

    async def newest(self, user_id: UserId) -> Drill | None:
        return await self._one(SELECT_NEWEST_DRILL, user_id)

    async def fills(self, drill: Drill) -> tuple[Execution, ...]:
        """Of its account while it was left alone, oldest first."""
        end = drill.until_ts if drill.ended_ts is None else drill.ended_ts
        rows = await self._database.fetch(SELECT_FILLS_BETWEEN, (drill.account_id, drill.started_ts, end))
        return tuple(map(execution_of, rows))

    async def requests_since(self, drill: Drill, since: Millis) -> int:
        """How many were written in its account from that moment on."""
        rows = await self._database.fetch(SELECT_REQUESTS_SINCE, (drill.user_id, drill.account_id, since))
        found: int = rows[0][0]
        return found

    async def _one(self, statement: str, *key: int) -> Drill | None:
        rows = await self._database.fetch(statement, key)
        return drill_of(rows[0]) if rows else None
