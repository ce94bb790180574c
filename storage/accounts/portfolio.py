"""active_positions and pending_limit_orders: what stood in each account when the exchange was last asked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, TypeVar

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.interning import intern_decimal, intern_text
from bot.domain.market import Category
from bot.domain.portfolio import Order, Orders, OrderType, Position, Positions, Side
from storage.sqlite.codecs import Row, decimal_text, optional_decimal, optional_decimal_text
from storage.sqlite.writer import Transaction

T = TypeVar("T")

_ROWS_AT_ONCE: Final = 200  # about a millisecond

# Both reads end with the account's as_of, so that "nothing stands there" and "never asked" differ in one statement.
SELECT_POSITIONS: Final = """
    SELECT p.category, p.symbol, p.position_idx, p.side, p.size, p.entry_price, p.mark_price, p.position_value,
           p.leverage, p.liq_price, p.unrealised_pnl, p.take_profit, p.stop_loss, p.trailing_stop, p.open_ts,
           p.updated_ts, a.positions_as_of, a.user_id, a.state
      FROM accounts AS a LEFT JOIN active_positions AS p ON p.account_id = a.account_id
     WHERE a.account_id = ?
     ORDER BY p.category, p.symbol, p.position_idx
"""
SELECT_POSITIONS_OF_USER: Final = """
    SELECT category, symbol, position_idx, side, size, entry_price, mark_price, position_value, leverage, liq_price,
           unrealised_pnl, take_profit, stop_loss, trailing_stop, open_ts, updated_ts, account_id
      FROM active_positions WHERE user_id = ?
"""
UPSERT_POSITION: Final = """
    INSERT INTO active_positions (user_id, account_id, category, symbol, position_idx, side, size, entry_price,
                                  mark_price, position_value, leverage, liq_price, unrealised_pnl, take_profit,
                                  stop_loss, trailing_stop, open_ts, updated_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, category, symbol, position_idx) DO UPDATE
       SET side = excluded.side, size = excluded.size, entry_price = excluded.entry_price,
           mark_price = excluded.mark_price, position_value = excluded.position_value, leverage = excluded.leverage,
           liq_price = excluded.liq_price, unrealised_pnl = excluded.unrealised_pnl,
           take_profit = excluded.take_profit, stop_loss = excluded.stop_loss, trailing_stop = excluded.trailing_stop,
           open_ts = excluded.open_ts, updated_ts = excluded.updated_ts
"""
DELETE_POSITION: Final = """
    DELETE FROM active_positions WHERE account_id = ? AND category = ? AND symbol = ? AND position_idx = ?
"""
UPDATE_POSITIONS_AS_OF: Final = "UPDATE accounts SET positions_as_of = ? WHERE account_id = ?"

SELECT_ORDERS: Final = """
    SELECT o.order_id, o.category, o.symbol, o.order_link_id, o.position_idx, o.side, o.order_type, o.order_status,
           o.price, o.qty, o.cum_exec_qty, o.trigger_price, o.stop_order_type, o.time_in_force, o.reduce_only,
           o.take_profit, o.stop_loss, o.created_ts, o.updated_ts, a.orders_as_of, a.user_id, a.state
      FROM accounts AS a LEFT JOIN pending_limit_orders AS o ON o.account_id = a.account_id
     WHERE a.account_id = ?
     ORDER BY o.order_id
"""
SELECT_PENDING_ORDERS: Final = """
    SELECT order_id, category, symbol, order_link_id, position_idx, side, order_type, order_status, price, qty,
           cum_exec_qty, trigger_price, stop_order_type, time_in_force, reduce_only, take_profit, stop_loss,
           created_ts, updated_ts
      FROM pending_limit_orders WHERE user_id = ? AND symbol = ?
"""
UPSERT_ORDER: Final = """
    INSERT INTO pending_limit_orders (user_id, account_id, order_id, category, symbol, order_link_id, position_idx,
                                      side, order_type, order_status, price, qty, cum_exec_qty, trigger_price,
                                      stop_order_type, time_in_force, reduce_only, take_profit, stop_loss,
                                      created_ts, updated_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, order_id) DO UPDATE
       SET category = excluded.category, symbol = excluded.symbol, order_link_id = excluded.order_link_id,
           position_idx = excluded.position_idx, side = excluded.side, order_type = excluded.order_type,
           order_status = excluded.order_status, price = excluded.price, qty = excluded.qty,
           cum_exec_qty = excluded.cum_exec_qty, trigger_price = excluded.trigger_price,
           stop_order_type = excluded.stop_order_type, time_in_force = excluded.time_in_force,
           reduce_only = excluded.reduce_only, take_profit = excluded.take_profit, stop_loss = excluded.stop_loss,
           created_ts = excluded.created_ts, updated_ts = excluded.updated_ts
"""
DELETE_ORDER: Final = "DELETE FROM pending_limit_orders WHERE account_id = ? AND order_id = ?"
UPDATE_ORDERS_AS_OF: Final = "UPDATE accounts SET orders_as_of = ? WHERE account_id = ?"

_FIRST_ACCOUNT_COLUMN: Final = -3  # as_of, user_id, state: after the book's own
_ACCOUNT_COLUMNS: Final = slice(_FIRST_ACCOUNT_COLUMN, None)
_POSITION_KEY: Final = slice(0, 3)  # category, symbol, position_idx
_ORDER_KEY: Final = slice(0, 1)  # order_id
_CATEGORIES: Final = {each.value: each for each in Category}
_SIDES: Final = {each.value: each for each in Side}
_ORDER_TYPES: Final = {each.value: each for each in OrderType}


def position_of(row: Row) -> Position:
    """The columns category … updated_ts of SELECT_POSITIONS; what follows is the caller's."""
    return Position(
        category=_CATEGORIES[row[0]],
        symbol=Symbol(intern_text(row[1])),
        position_idx=row[2],
        side=_SIDES[row[3]],
        size=intern_decimal(row[4]),
        entry_price=intern_decimal(row[5]),
        mark_price=intern_decimal(row[6]),
        position_value=intern_decimal(row[7]),
        leverage=optional_decimal(row[8]),
        liquidation_price=optional_decimal(row[9]),
        unrealised_pnl=intern_decimal(row[10]),
        take_profit=optional_decimal(row[11]),
        stop_loss=optional_decimal(row[12]),
        trailing_stop=optional_decimal(row[13]),
        created_ts=row[14],
        updated_ts=row[15],
    )


def order_of(row: Row) -> Order:
    """The columns order_id … updated_ts of SELECT_ORDERS and SELECT_PENDING_ORDERS; what follows is the caller's."""
    return Order(
        order_id=row[0],
        category=_CATEGORIES[row[1]],
        symbol=Symbol(intern_text(row[2])),
        order_link_id=row[3],
        position_idx=row[4],
        side=_SIDES[row[5]],
        order_type=_ORDER_TYPES[row[6]],
        order_status=intern_text(row[7]),
        price=optional_decimal(row[8]),
        qty=intern_decimal(row[9]),
        cum_exec_qty=intern_decimal(row[10]),
        trigger_price=optional_decimal(row[11]),
        stop_order_type=intern_text(row[12]),
        time_in_force=intern_text(row[13]),
        reduce_only=bool(row[14]),
        take_profit=optional_decimal(row[15]),
        stop_loss=optional_decimal(row[16]),
        created_ts=row[17],
        updated_ts=row[18],
    )


def positions_of(rows: Sequence[Row], account_id: AccountId) -> Positions | None:
    """The rows of SELECT_POSITIONS; None if this account was never asked (or is not known)."""
    if not rows or (as_of := rows[0][_ACCOUNT_COLUMNS][0]) is None:
        return None
    items = tuple([position_of(row) for row in rows if row[0] is not None])
    return Positions(account_id=account_id, items=items, as_of=as_of)


def orders_of(rows: Sequence[Row], account_id: AccountId) -> Orders | None:
    """The rows of SELECT_ORDERS, newest first; None if this account was never asked (or is not known)."""
    if not rows or (as_of := rows[0][_ACCOUNT_COLUMNS][0]) is None:
        return None
    items = [order_of(row) for row in rows if row[0] is not None]
    items.sort(key=lambda order: order.created_ts, reverse=True)
    return Orders(account_id=account_id, items=tuple(items), as_of=as_of)


class SqlitePortfolio:
    """Implements `bot.domain.ports.accounts.Portfolio` inside a unit of work: only rows that changed are written."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def replace_positions(self, account: Account, positions: Positions) -> None:
        """Make the rows the exchange's answer; an answer older than the rows, or of a removed account, is dropped."""
        rows = await self._transaction.fetch(SELECT_POSITIONS, (account.account_id,))
        if not _is_news(rows, account, positions.as_of):
            return
        wanted = {row[_POSITION_KEY]: row async for row in _columns(positions.items, _position_columns)}
        owner = (account.user_id, account.account_id)
        await self._replace(_known(rows, _POSITION_KEY), wanted, owner, UPSERT_POSITION, DELETE_POSITION)
        await self._transaction.fetch(UPDATE_POSITIONS_AS_OF, (positions.as_of, account.account_id))

    async def replace_orders(self, account: Account, orders: Orders) -> None:
        """Make the order rows the exchange's answer; one older than the rows, or of a removed account, is dropped."""
        rows = await self._transaction.fetch(SELECT_ORDERS, (account.account_id,))
        if not _is_news(rows, account, orders.as_of):
            return
        wanted = {row[_ORDER_KEY]: row async for row in _columns(orders.items, _order_columns)}
        owner = (account.user_id, account.account_id)
        await self._replace(_known(rows, _ORDER_KEY), wanted, owner, UPSERT_ORDER, DELETE_ORDER)
        await self._transaction.fetch(UPDATE_ORDERS_AS_OF, (orders.as_of, account.account_id))

    async def _replace(
        self, known: dict[Row, Row], wanted: dict[Row, Row], owner: tuple[int, int], upsert: str, delete: str
    ) -> None:
        gone = [(owner[1], *key) for key in known.keys() - wanted.keys()]
        changed = [(*owner, *row) for key, row in wanted.items() if known.get(key) != row]
        if gone:
            await self._transaction.write_many(delete, gone)
        if changed:
            await self._transaction.write_many(upsert, changed)


async def _columns(items: Sequence[T], columns_of: Callable[[T], Row]) -> AsyncIterator[Row]:
    """A row of each item; others have their turn after each few hundred, since thousands take tens of milliseconds."""
    for number, item in enumerate(items, 1):
        yield columns_of(item)
        if number % _ROWS_AT_ONCE == 0:
            await asyncio.sleep(0)


def _is_news(rows: Sequence[Row], account: Account, as_of: Millis) -> bool:
    if not rows:
        return False
    known_as_of, user_id, state = rows[0][_ACCOUNT_COLUMNS]
    return user_id == account.user_id and state != "removed" and (known_as_of is None or known_as_of <= as_of)


def _known(rows: Sequence[Row], key: slice) -> dict[Row, Row]:
    return {row[key]: row[:_FIRST_ACCOUNT_COLUMN] for row in rows if row[0] is not None}


def _position_columns(position: Position) -> tuple[object, ...]:
    return (
        position.category.value,
        position.symbol,
        position.position_idx,
        position.side.value,
        decimal_text(position.size),
        decimal_text(position.entry_price),
        decimal_text(position.mark_price),
        decimal_text(position.position_value),
        optional_decimal_text(position.leverage),
        optional_decimal_text(position.liquidation_price),
        decimal_text(position.unrealised_pnl),
        optional_decimal_text(position.take_profit),
        optional_decimal_text(position.stop_loss),
        optional_decimal_text(position.trailing_stop),
        position.created_ts,
        position.updated_ts,
    )


def _order_columns(order: Order) -> tuple[object, ...]:
    return (
        order.order_id,
        order.category.value,
        order.symbol,
        order.order_link_id,
        order.position_idx,
        order.side.value,
        order.order_type.value,
        order.order_status,
        optional_decimal_text(order.price),
        decimal_text(order.qty),
        decimal_text(order.cum_exec_qty),
        optional_decimal_text(order.trigger_price),
        order.stop_order_type,
        order.time_in_force,
        int(order.reduce_only),
        optional_decimal_text(order.take_profit),
        optional_decimal_text(order.stop_loss),
        order.created_ts,
        order.updated_ts,
    )
