"""panics and halts: what stops entries, of one account and of everybody."""

from collections.abc import Sequence
from typing import Final

from bot.domain.closings import Closing, HaltState, PanicRecord
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.portfolio import Execution, LegKey
from storage.accounts.trades import execution_of
from storage.sqlite.codecs import Row
from storage.sqlite.database import Database
from storage.sqlite.writer import Transaction
from storage.trading.closings import (
    SELECT_CLOSING,
    SELECT_CLOSING_BY_KEY,
    SELECT_CLOSING_OF_LEG,
    SELECT_CLOSINGS_DUE,
    SELECT_CLOSINGS_OF_PANIC,
    closing_of,
)

# The condition stands twice: once for the partial index, once for its expression.
SELECT_HALT: Final = """
    SELECT h.halt_id, h.since_ts, h.reason, u.first_name
      FROM halts AS h LEFT JOIN users AS u ON u.user_id = h.actor_id
     WHERE h.until_ts IS NULL AND (h.until_ts IS NULL) = 1
"""
INSERT_HALT: Final = """
    INSERT INTO halts (actor_id, reason, since_ts) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING halt_id
"""
END_HALT: Final = """
    UPDATE halts SET until_ts = max(since_ts, ?) WHERE until_ts IS NULL AND (until_ts IS NULL) = 1 RETURNING halt_id
"""
SELECT_PANIC_GOING: Final = """
    SELECT panic_id, user_id, account_id, started_ts, closes_ts, ended_ts
      FROM panics WHERE account_id = ? AND ended_ts IS NULL
"""
SELECT_PANICS_GOING: Final = """
    SELECT panic_id, user_id, account_id, started_ts, closes_ts, ended_ts
      FROM panics INDEXED BY idx_panics_going WHERE ended_ts IS NULL AND account_id > 0 ORDER BY account_id
"""
SELECT_LAST_PANIC: Final = """
    SELECT panic_id, user_id, account_id, started_ts, closes_ts, ended_ts
      FROM panics WHERE account_id = ? ORDER BY panic_id DESC LIMIT 1
"""
INSERT_PANIC: Final = """
    INSERT INTO panics (user_id, account_id, started_ts) VALUES (?, ?, ?)
    RETURNING panic_id, user_id, account_id, started_ts, closes_ts, ended_ts
"""
UPDATE_PANIC_CLOSES: Final = """
    UPDATE panics SET closes_ts = max(started_ts, ?) WHERE panic_id = ? AND closes_ts IS NULL
"""
END_PANIC: Final = "UPDATE panics SET ended_ts = max(started_ts, ?) WHERE panic_id = ? AND ended_ts IS NULL"
SELECT_FILLS_SINCE: Final = """
    SELECT category, symbol, exec_id, order_id, order_link_id, side, exec_type, price, size, value, fee, fee_currency,
           is_maker, closed_size, ts
      FROM trade_logs WHERE account_id = ? AND ts >= ? ORDER BY ts, id
"""


def panic_of(row: Row) -> PanicRecord:
    """A row of SELECT_PANIC_GOING and its likes."""
    panic_id, user_id, account_id, started, closes, ended = row
    return PanicRecord(
        panic_id=panic_id,
        user_id=user_id,
        account_id=account_id,
        started_ts=started,
        closes_ts=closes,
        ended_ts=ended,
    )


class SqlitePanics:
    """Implements `bot.domain.ports.closings.PanicRecords` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def begin(self, user_id: UserId, account_id: AccountId, now: Millis) -> PanicRecord:
        """A new panic, or the one that goes on."""
        rows = await self._transaction.fetch(SELECT_PANIC_GOING, (account_id,))
        return panic_of((rows or await self._transaction.fetch(INSERT_PANIC, (user_id, account_id, now)))[0])

    async def close_from(self, panic_id: int, now: Millis) -> None:
        """Its legs are closed from that moment on; a later one changes nothing."""
        await self._transaction.fetch(UPDATE_PANIC_CLOSES, (now, panic_id))

    async def end(self, panic_id: int, now: Millis) -> None:
        await self._transaction.fetch(END_PANIC, (now, panic_id))


class SqliteHalts:
    """Implements `bot.domain.ports.closings.HaltRecords` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def begin(self, actor: UserId, reason: str, now: Millis) -> int | None:
        """The number of the halt; None: one stands already."""
        rows = await self._transaction.fetch(INSERT_HALT, (actor, reason, now))
        return int(rows[0][0]) if rows else None

    async def end(self, now: Millis) -> int | None:
        """The number of the halt that ends; None: none stood."""
        rows = await self._transaction.fetch(END_HALT, (now,))
        return int(rows[0][0]) if rows else None


class SqliteClosingQueries:
    """Implements `bot.domain.ports.closings.ClosingQueries`; every method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def halt(self) -> HaltState:
        rows = await self._database.fetch(SELECT_HALT)
        if not rows:
            return HaltState(since=None)
        halt_id, since, reason, name = rows[0]
        return HaltState(halt_id=halt_id, since=since, reason=reason, actor_name=name or "")

    async def closing(self, closing_id: int) -> Closing | None:
        return await self._one(SELECT_CLOSING, (closing_id,))

    async def closing_of_leg(self, leg: LegKey) -> Closing | None:
        key = (leg.account_id, leg.category.value, leg.symbol, leg.position_idx)
        return await self._one(SELECT_CLOSING_OF_LEG, key)

    async def closing_by_key(self, idempotency_key: str) -> Closing | None:
        return await self._one(SELECT_CLOSING_BY_KEY, (idempotency_key,))

    async def closings_due(self, now: Millis, limit: int) -> tuple[Closing, ...]:
        return tuple(map(closing_of, await self._database.fetch(SELECT_CLOSINGS_DUE, (now, limit))))

    async def closings_of_panic(self, panic_id: int) -> tuple[Closing, ...]:
        """In the order in which they began."""
        return tuple(map(closing_of, await self._database.fetch(SELECT_CLOSINGS_OF_PANIC, (panic_id,))))

    async def last_panic(self, account_id: AccountId) -> PanicRecord | None:
        rows = await self._database.fetch(SELECT_LAST_PANIC, (account_id,))
        return panic_of(rows[0]) if rows else None

    async def panics_going(self) -> Sequence[PanicRecord]:
        return tuple(map(panic_of, await self._database.fetch(SELECT_PANICS_GOING)))

    async def fills_since(self, account_id: AccountId, since: Millis) -> tuple[Execution, ...]:
        """The fills of an account from that moment on, oldest first."""
        return tuple(map(execution_of, await self._database.fetch(SELECT_FILLS_SINCE, (account_id, since))))

    async def _one(self, sql: str, key: tuple[object, ...]) -> Closing | None:
        rows = await self._database.fetch(sql, key)
        return closing_of(rows[0]) if rows else None
