"""trade_logs: every fill once."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import StorageTrouble
from bot.domain.events import OrderFilled, RecordEvent
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.interning import intern_decimal, intern_text
from bot.domain.market import Category
from bot.domain.portfolio import Execution, Executions, Side
from storage.accounts.accounts import event_of
from storage.sqlite.codecs import Row, decimal_text, optional_decimal_text
from storage.sqlite.transaction import Transaction

INSERT_TRADE: Final = """
    INSERT INTO trade_logs (user_id, account_id, account_type, category, symbol, exec_id, order_id, order_link_id, side,
                            exec_type, price, size, value, fee, fee_currency, is_maker, closed_size, ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, exec_id) DO NOTHING
    RETURNING account_id, user_id, (SELECT a.exchange FROM accounts AS a WHERE a.account_id = trade_logs.account_id),
              account_type
"""
SELECT_EXECUTIONS: Final = """
    SELECT category, symbol, exec_id, order_id, order_link_id, side, exec_type, price, size, value, fee, fee_currency,
           is_maker, closed_size, ts
      FROM trade_logs WHERE account_id = ? ORDER BY ts DESC, id DESC LIMIT ?
"""
SELECT_SINCE: Final = """
    SELECT account_id, account_type, category, symbol, side, price, size, fee, fee_currency, ts
      FROM trade_logs WHERE user_id = ? AND ts >= ? ORDER BY ts DESC, id DESC
"""

_CATEGORIES: Final = {each.value: each for each in Category}
_SIDES: Final = {each.value: each for each in Side}
_TYPES: Final = {each.value: each for each in AccountType}


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeLog:
    """A fill as a user's day shows it; `price` in the quote coin, `size` in the base coin."""

    account_id: AccountId
    account_type: AccountType
    category: Category
    symbol: Symbol
    side: Side
    price: Decimal
    size: Decimal
    fee: Decimal
    fee_currency: str
    ts: Millis


def execution_of(row: Row) -> Execution:
    """A row of SELECT_EXECUTIONS."""
    return Execution(
        category=_CATEGORIES[row[0]],
        symbol=Symbol(intern_text(row[1])),
        exec_id=row[2],
        order_id=row[3],
        order_link_id=row[4],
        side=_SIDES[row[5]],
        exec_type=intern_text(row[6]),
        exec_price=intern_decimal(row[7]),
        exec_qty=intern_decimal(row[8]),
        exec_value=intern_decimal(row[9]),
        exec_fee=intern_decimal(row[10]),
        fee_currency=intern_text(row[11]),
        is_maker=bool(row[12]),
        closed_size=intern_decimal(row[13]),
        exec_ts=row[14],
    )


def executions_of(rows: Sequence[Row], account_id: AccountId, now: Millis) -> Executions:
    return Executions(account_id=account_id, items=tuple(map(execution_of, rows)), as_of=now)


def trade_log_of(row: Row) -> TradeLog:
    """A row of SELECT_SINCE."""
    return TradeLog(
        account_id=row[0],
        account_type=_TYPES[row[1]],
        category=_CATEGORIES[row[2]],
        symbol=row[3],
        side=_SIDES[row[4]],
        price=Decimal(row[5]),
        size=Decimal(row[6]),
        fee=Decimal(row[7]),
        fee_currency=row[8],
        ts=row[9],
    )


class SqliteTrades:
    """The log, inside a unit of work."""

    def __init__(self, transaction: Transaction, record: RecordEvent) -> None:
        self._transaction = transaction
        self._record = record

    async def add(self, account: Account, execution: Execution) -> bool:
        """Log a fill; False if this account has it already, however often and by whatever way it is heard of.

        Raises StorageTrouble for one that is not `is_bookable`, or does not say what it closed.
        """
        if not execution.is_bookable or execution.closed_size is None:
            raise StorageTrouble("a fill lacks a figure")
        row = (
            account.user_id,
            account.account_id,
            account.account_type.value,
            execution.category.value,
            execution.symbol,
            execution.exec_id,
            execution.order_id,
            execution.order_link_id,
            execution.side.value,
            execution.exec_type,
            optional_decimal_text(execution.exec_price),
            decimal_text(execution.exec_qty),
            optional_decimal_text(execution.exec_value),
            optional_decimal_text(execution.exec_fee),
            execution.fee_currency,
            execution.is_maker,
            optional_decimal_text(execution.closed_size),
            execution.exec_ts,
        )
        rows = await self._transaction.fetch(INSERT_TRADE, row)
        for each in rows:
            self._record(event_of(OrderFilled, each))
        return bool(rows)
