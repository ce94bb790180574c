"""account_limits, limit_changes, value_marks: limits, their changes, and what losses are counted from."""

from collections.abc import Sequence
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis
from bot.domain.interning import intern_decimal
from bot.domain.limit_changes import ChangeState, LimitRecord
from bot.domain.payloads import decode, encode
from bot.domain.portfolio import Order, Position
from bot.domain.risk import RiskLimits
from bot.domain.risk_rules import ClosedResult, Exposure, ValueMark, exposure_of
from bot.domain.trade_plans import ExitReason
from storage.accounts.portfolio import SELECT_ORDERS, SELECT_POSITIONS, order_of, position_of
from storage.sqlite.codecs import Row, decimal_text, json_items, json_list, json_text, json_values
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction
from storage.trading.closed import SELECT_CLOSED_SINCE, closed_of
from storage.trading.intents import SELECT_LIVE, intent_of

SELECT_LIMITS: Final = "SELECT limits FROM account_limits WHERE account_id = ?"
UPSERT_LIMITS: Final = """
    INSERT INTO account_limits (account_id, user_id, limits) VALUES (?, ?, ?)
    ON CONFLICT (account_id) DO UPDATE SET limits = excluded.limits
"""
SELECT_CHANGE: Final = """
    SELECT change_id, user_id, account_id, state, names, limits_before, limits_after, made_ts, takes_effect_ts
      FROM limit_changes WHERE change_id = ?
"""
SELECT_WAITING: Final = """
    SELECT change_id, user_id, account_id, state, names, limits_before, limits_after, made_ts, takes_effect_ts
      FROM limit_changes WHERE account_id = ? AND state = 'waiting'
"""
INSERT_CHANGE: Final = """
    INSERT INTO limit_changes (user_id, account_id, state, names, limits_before, limits_after, made_ts,
                               takes_effect_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    RETURNING change_id
"""
SETTLE_CHANGE: Final = "UPDATE limit_changes SET state = ? WHERE change_id = ?"
SELECT_MARK: Final = """
    SELECT account_id, day_starts_ts, day_ends_ts, day_value, peak_value FROM value_marks WHERE account_id = ?
"""
UPSERT_MARK: Final = """
    INSERT INTO value_marks (account_id, user_id, day_starts_ts, day_ends_ts, day_value, peak_value)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id) DO UPDATE
       SET day_starts_ts = excluded.day_starts_ts, day_ends_ts = excluded.day_ends_ts,
           day_value = excluded.day_value, peak_value = excluded.peak_value
"""
RESET_PEAK: Final = "UPDATE value_marks SET peak_value = '0' WHERE account_id = ?"
DELETE_MARK: Final = "DELETE FROM value_marks WHERE account_id = ?"

_STATES: Final = {each.value: each for each in ChangeState}


def _limits_of(text: str) -> RiskLimits:
    return decode(RiskLimits, json_values(text))


def _limits_text(limits: RiskLimits) -> str:
    return json_text(encode(limits))


def change_of(row: Row) -> LimitRecord:
    """A row of SELECT_CHANGE and SELECT_WAITING."""
    change_id, user_id, account_id, state, names, before, after, made, takes_effect = row
    return LimitRecord(
        change_id=change_id,
        user_id=user_id,
        account_id=account_id,
        state=_STATES[state],
        names=json_items(names),
        before=_limits_of(before),
        after=_limits_of(after),
        made_ts=made,
        takes_effect_ts=takes_effect,
    )


def mark_of(row: Row) -> ValueMark:
    """A row of SELECT_MARK."""
    account_id, starts, ends, value, peak = row
    return ValueMark(
        account_id=account_id,
        day_starts=starts,
        day_ends=ends,
        day_value=intern_decimal(value),
        peak_value=intern_decimal(peak),
    )


class SqliteRiskQueries:
    """Implements `bot.domain.ports.risk.RiskQueries` on a database or a transaction; raises StorageTrouble."""

    def __init__(self, source: Database | Transaction) -> None:
        self._source = source

    async def limits(self, account_id: AccountId) -> RiskLimits | None:
        rows = await self._source.fetch(SELECT_LIMITS, (account_id,))
        return _limits_of(rows[0][0]) if rows else None

    async def waiting(self, account_id: AccountId) -> LimitRecord | None:
        rows = await self._source.fetch(SELECT_WAITING, (account_id,))
        return change_of(rows[0]) if rows else None

    async def change(self, change_id: int) -> LimitRecord | None:
        rows = await self._source.fetch(SELECT_CHANGE, (change_id,))
        return change_of(rows[0]) if rows else None

    async def mark(self, account_id: AccountId) -> ValueMark | None:
        rows = await self._source.fetch(SELECT_MARK, (account_id,))
        return mark_of(rows[0]) if rows else None

    async def results_since(self, account_id: AccountId, since: Millis) -> Sequence[ClosedResult]:
        """Oldest first; what a practice reset closed is no result."""
        rows = map(closed_of, await self._source.fetch(SELECT_CLOSED_SINCE, (account_id, since)))
        return tuple(
            ClosedResult(ts=each.closed_ts, pnl=each.pnl) for each in rows if each.exit_reason is not ExitReason.RESET
        )

    async def entries_on_their_way(self, account_id: AccountId) -> tuple[Exposure, ...]:
        found = map(exposure_of, map(intent_of, await self._source.fetch(SELECT_LIVE, (account_id,))))
        return tuple(each for each in found if each is not None)


class SqliteRisk(SqliteRiskQueries):
    """Implements `bot.domain.ports.risk.RiskRecords` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction)
        self._transaction = transaction

    async def positions(self, account_id: AccountId) -> tuple[Position, ...]:
        """The rows of the account as its exchange last answered."""
        rows = await self._transaction.fetch(SELECT_POSITIONS, (account_id,))
        return tuple(position_of(row) for row in rows if row[0] is not None)

    async def orders(self, account_id: AccountId) -> tuple[Order, ...]:
        """The rows of the account as its exchange last answered."""
        rows = await self._transaction.fetch(SELECT_ORDERS, (account_id,))
        return tuple(order_of(row) for row in rows if row[0] is not None)

    async def set_limits(self, account: Account, limits: RiskLimits) -> None:
        values = (account.account_id, account.user_id, _limits_text(limits))
        await self._transaction.fetch(UPSERT_LIMITS, values)

    async def add_change(
        self,
        account: Account,
        *,
        state: ChangeState,
        names: tuple[str, ...],
        before: RiskLimits,
        after: RiskLimits,
        made: Millis,
        takes_effect: Millis | None,
    ) -> int:
        values = (
            account.user_id,
            account.account_id,
            state.value,
            json_list(names),
            _limits_text(before),
            _limits_text(after),
            made,
            takes_effect,
        )
        ((change_id,),) = await self._transaction.fetch(INSERT_CHANGE, values)
        return int(change_id)

    async def settle_change(self, change_id: int, state: ChangeState) -> None:
        await self._transaction.fetch(SETTLE_CHANGE, (state.value, change_id))

    async def set_mark(self, account: Account, mark: ValueMark) -> None:
        values = (
            account.account_id,
            account.user_id,
            mark.day_starts,
            mark.day_ends,
            decimal_text(mark.day_value),
            decimal_text(mark.peak_value),
        )
        await self._transaction.fetch(UPSERT_MARK, values)

    async def reset_peak(self, account_id: AccountId) -> None:
        """The highest value is counted anew: from the next one on."""
        await self._transaction.fetch(RESET_PEAK, (account_id,))

    async def forget_mark(self, account_id: AccountId) -> None:
        """Losses are counted anew: from the next value on."""
        await self._transaction.fetch(DELETE_MARK, (account_id,))
