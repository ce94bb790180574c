"""panics and halts: what stops entries, of one account and of everybody."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from bot.domain.closings import Closing, HaltState, PanicRecord, RestingEntries
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.interning import intern_decimal
from bot.domain.legs import BriefOrder
from bot.domain.orders import OrderRequest, TimeInForce
from bot.domain.portfolio import Execution, LegKey, Side
from storage.accounts.accounts import account_of
from storage.accounts.trades import execution_of
from storage.sqlite.codecs import Row, spans
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction
from storage.trading.closings import (
    SELECT_CLOSING,
    SELECT_CLOSING_BY_KEY,
    SELECT_CLOSING_OF_ATTEMPT,
    SELECT_CLOSINGS_DUE,
    SELECT_CLOSINGS_OF_PANIC,
    SELECT_CLOSINGS_ON_CARD,
    closing_of,
)
from storage.trading.requests import request_of

_AT_ONCE: Final = frozenset({TimeInForce.IOC, TimeInForce.FOK})

# The condition stands twice: once for the partial index, once for its expression.
SELECT_HALT: Final = """
    SELECT h.halt_id, h.since_ts, h.reason, u.first_name, h.stops_management
      FROM halts AS h LEFT JOIN users AS u ON u.user_id = h.actor_id
     WHERE h.until_ts IS NULL AND (h.until_ts IS NULL) = 1
"""
INSERT_HALT: Final = """
    INSERT INTO halts (actor_id, reason, since_ts) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING halt_id
"""
STOP_MANAGEMENT: Final = """
    UPDATE halts SET stops_management = 1
     WHERE until_ts IS NULL AND (until_ts IS NULL) = 1 AND stops_management = 0 RETURNING halt_id
"""
END_HALT: Final = """
    UPDATE halts SET until_ts = max(since_ts, ?) WHERE until_ts IS NULL AND (until_ts IS NULL) = 1 RETURNING halt_id
"""
SELECT_PANIC_GOING: Final = """
    SELECT panic_id, user_id, account_id, started_ts, closes_ts, ended_ts
      FROM panics WHERE account_id = ? AND ended_ts IS NULL
"""
SELECT_PANIC_PRESSED: Final = """
    SELECT p.panic_id, p.user_id, p.account_id, p.started_ts, p.closes_ts, p.ended_ts
      FROM panic_presses AS k JOIN panics AS p ON p.panic_id = k.panic_id
     WHERE k.idempotency_key = ?
"""
INSERT_PRESS: Final = "INSERT INTO panic_presses (idempotency_key, panic_id) VALUES (?, ?)"
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
    UPDATE panics SET closes_ts = max(started_ts, ?) WHERE panic_id = ? AND closes_ts IS NULL AND ended_ts IS NULL
"""
END_PANIC: Final = "UPDATE panics SET ended_ts = max(started_ts, ?) WHERE panic_id = ? AND ended_ts IS NULL"
SELECT_FILLS_SINCE: Final = """
    SELECT category, symbol, exec_id, order_id, order_link_id, side, exec_type, price, size, value, fee, fee_currency,
           is_maker, closed_size, ts
      FROM trade_logs WHERE account_id = ? AND ts >= ? ORDER BY ts, id
"""
# Of what stands; the side is asked for since the leg may have turned since.
SELECT_FEES_PAID: Final = """
    SELECT fees FROM leg_costs
     WHERE account_id = ? AND category = ? AND symbol = ? AND position_idx = ? AND side = ?
"""
# Entries that may be filled without anybody's doing: once a halt, of everybody.
SELECT_RESTING_ENTRIES: Final = """
    SELECT a.account_id, a.user_id, a.exchange, a.account_type, a.host, a.label, a.bybit_uid, a.risk_percent,
           a.stop_loss_percent, a.take_profit_percent, a.leverage, a.order_type, i.request, i.cum_exec_qty
      FROM order_intents AS i CROSS JOIN accounts AS a ON a.account_id = i.account_id
     WHERE i.state IN ('intent', 'sending', 'acknowledged', 'untriggered', 'open', 'partially_filled', 'unknown')
       AND i.kind = 'entry' AND i.state NOT IN ('intent', 'sending') AND i.account_id > 0
"""
SELECT_RESTING_OF_USER: Final = """
    SELECT a.account_id, a.user_id, a.exchange, a.account_type, a.host, a.label, a.bybit_uid, a.risk_percent,
           a.stop_loss_percent, a.take_profit_percent, a.leverage, a.order_type, i.request, i.cum_exec_qty
      FROM accounts AS a CROSS JOIN order_intents AS i ON i.account_id = a.account_id
     WHERE a.user_id = ? AND i.kind = 'entry' AND i.state NOT IN ('intent', 'sending')
       AND i.state IN ('intent', 'sending', 'acknowledged', 'untriggered', 'open', 'partially_filled', 'unknown')
"""
COUNT_CANCELED: Final = """
    SELECT count(*) FROM order_intents WHERE idempotency_key >= ?1 || ':' AND idempotency_key < ?1 || ';'
       AND kind = 'cancel' AND state = 'done'
"""


def _resting_of(rows: Iterable[Row]) -> tuple[RestingEntries, ...]:
    """What is over at once is no resting entry."""
    found: dict[AccountId, RestingEntries] = {}
    for *columns, text, filled in rows:
        account, request = account_of(tuple(columns)), request_of(text)
        if not isinstance(request, OrderRequest) or request.time_in_force in _AT_ONCE:
            continue
        price = request.price or request.trigger_price or Decimal(0)
        entry = BriefOrder(request.symbol, request.side, request.qty - intern_decimal(filled), price)
        known = found.get(account.account_id)
        entries = () if known is None else known.entries
        found[account.account_id] = RestingEntries(account=account, entries=(*entries, entry))
    return tuple(found.values())


def panic_of(row: Row) -> PanicRecord:
    """A row of SELECT_PANIC_GOING and its likes."""
    panic_id, user_id, account_id, _, closes, ended = row
    return PanicRecord(
        panic_id=panic_id,
        user_id=user_id,
        account_id=account_id,
        closes_ts=closes,
        ended_ts=ended,
    )


class SqlitePanics:
    """Implements `bot.domain.ports.closings.PanicRecords` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def begin(self, user_id: UserId, account_id: AccountId, idempotency_key: str, now: Millis) -> PanicRecord:
        """A new panic, or the one that goes on; for a key that was used the one of that time, ended or not."""
        rows = await self._transaction.fetch(SELECT_PANIC_PRESSED, (idempotency_key,))
        if rows:
            return panic_of(rows[0])
        rows = await self._transaction.fetch(SELECT_PANIC_GOING, (account_id,))
        panic = panic_of((rows or await self._transaction.fetch(INSERT_PANIC, (user_id, account_id, now)))[0])
        await self._transaction.fetch(INSERT_PRESS, (idempotency_key, panic.panic_id))
        return panic

    async def close_from(self, panic_id: int, now: Millis) -> None:
        """Its legs are closed from that moment on; a later one changes nothing."""
        await self._transaction.fetch(UPDATE_PANIC_CLOSES, (now, panic_id))

    async def end(self, panic_id: int, now: Millis) -> None:
        await self._transaction.fetch(END_PANIC, (now, panic_id))


class SqliteHalts:
    """Implements `bot.domain.ports.closings.HaltRecords` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def begin(self, actor: UserId | None, reason: str, now: Millis) -> int | None:
        """The number of the halt; None: one stands already."""
        rows = await self._transaction.fetch(INSERT_HALT, (actor, reason, now))
        return int(rows[0][0]) if rows else None

    async def end(self, now: Millis) -> int | None:
        """The number of the halt that ends; None: none stood."""
        rows = await self._transaction.fetch(END_HALT, (now,))
        return int(rows[0][0]) if rows else None

    async def stands(self) -> bool:
        """Whether entries of everybody are stopped."""
        return bool(await self._transaction.fetch(SELECT_HALT))

    async def stop_management(self) -> int | None:
        """The number of the halt that stops management too from now on; None: none stands, or it does already."""
        rows = await self._transaction.fetch(STOP_MANAGEMENT)
        return int(rows[0][0]) if rows else None

    async def is_managing(self) -> bool:
        """Whether this bot manages positions: False while a halt that stops that, too, stands."""
        rows = await self._transaction.fetch(SELECT_HALT)
        return not (rows and rows[0][4])


class SqliteClosingQueries:
    """Implements `bot.domain.ports.closings.ClosingQueries`; every method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def halt(self) -> HaltState:
        rows = await self._database.fetch(SELECT_HALT)
        if not rows:
            return HaltState(since=None)
        _, since, reason, name, stops_management = rows[0]
        return HaltState(since=since, reason=reason, actor_name=name or "", is_managing=not stops_management)

    async def closing(self, closing_id: int) -> Closing | None:
        return await self._one(SELECT_CLOSING, (closing_id,))

    async def closing_by_key(self, idempotency_key: str) -> Closing | None:
        return await self._one(SELECT_CLOSING_BY_KEY, (idempotency_key,))

    async def closing_of_attempt(self, intent_id: int) -> Closing | None:
        """The closing that an intent was an attempt at."""
        return await self._one(SELECT_CLOSING_OF_ATTEMPT, (intent_id,))

    async def closings_due(self, now: Millis, limit: int) -> tuple[Closing, ...]:
        rows = [row for edges in spans(now) for row in await self._database.fetch(SELECT_CLOSINGS_DUE, (*edges, limit))]
        return tuple(map(closing_of, rows[:limit]))

    async def closings_of_panic(self, panic_id: int) -> tuple[Closing, ...]:
        """In the order in which they began."""
        return tuple(map(closing_of, await self._database.fetch(SELECT_CLOSINGS_OF_PANIC, (panic_id,))))

    async def closings_before(self, panic_id: int) -> tuple[Closing, ...]:
        """Those of the account's earlier panics on the same card, in the order in which they began."""
        return tuple(map(closing_of, await self._database.fetch(SELECT_CLOSINGS_ON_CARD, (panic_id,))))

    async def last_panic(self, account_id: AccountId) -> PanicRecord | None:
        rows = await self._database.fetch(SELECT_LAST_PANIC, (account_id,))
        return panic_of(rows[0]) if rows else None

    async def panics_going(self) -> Sequence[PanicRecord]:
        return tuple(map(panic_of, await self._database.fetch(SELECT_PANICS_GOING)))

    async def fills_since(self, account_id: AccountId, since: Millis) -> tuple[Execution, ...]:
        """The fills of an account from that moment on, oldest first."""
        return tuple(map(execution_of, await self._database.fetch(SELECT_FILLS_SINCE, (account_id, since))))

    async def fees_paid(self, leg: LegKey, side: Side) -> Decimal | None:
        """What the part of the leg that stands has paid for its opening, in the quote coin; None: not known."""
        key = (leg.account_id, leg.category.value, leg.symbol, leg.position_idx, side.value)
        rows = await self._database.fetch(SELECT_FEES_PAID, key)
        return intern_decimal(rows[0][0]) if rows else None

    async def resting_entries(self) -> tuple[RestingEntries, ...]:
        """Of every account that has some."""
        return _resting_of(await self._database.fetch(SELECT_RESTING_ENTRIES))

    async def resting_entries_of(self, user_id: UserId) -> tuple[RestingEntries, ...]:
        """Of a person's accounts that have some."""
        return _resting_of(await self._database.fetch(SELECT_RESTING_OF_USER, (user_id,)))

    async def canceled_by(self, cause: str) -> int:
        """How many cancels of that cause were done."""
        ((count,),) = await self._database.fetch(COUNT_CANCELED, (cause,))
        return int(count)

    async def _one(self, sql: str, key: tuple[object, ...]) -> Closing | None:
        rows = await self._database.fetch(sql, key)
        return closing_of(rows[0]) if rows else None
