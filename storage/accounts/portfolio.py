"""active_positions and pending_limit_orders: what stood in each account when the exchange was last asked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, TypeVar

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.interning import intern_decimal, intern_text
from bot.domain.market import Category
from bot.domain.portfolio import Order, Orders, OrderType, Position, Positions, Side
from storage.sqlite.codecs import Row, json_items, json_list, optional_decimal, optional_written_text, written_text
from storage.sqlite.transaction import Transaction

T = TypeVar("T")

_ROWS_AT_ONCE: Final = 200  # about a millisecond

# Both reads end with the account's columns, so that "nothing stands there" and "never asked" differ in one statement.
SELECT_POSITIONS: Final = """
    SELECT p.category, p.symbol, p.position_idx, p.side, p.size, p.entry_price, p.mark_price, p.position_value,
           p.leverage, p.liq_price, p.unrealised_pnl, p.take_profit, p.stop_loss, p.trailing_stop, p.open_ts,
           p.updated_ts, p.unread, a.positions_as_of, a.user_id, a.state, a.positions_unreadable
      FROM accounts AS a LEFT JOIN active_positions AS p ON p.account_id = a.account_id
     WHERE a.account_id = ?
     ORDER BY p.category, p.symbol, p.position_idx
"""
SELECT_POSITIONS_BY_PLAN: Final = """
    SELECT p.category, p.symbol, p.position_idx, p.side, p.size, p.entry_price, p.mark_price, p.position_value,
           p.leverage, p.liq_price, p.unrealised_pnl, p.take_profit, p.stop_loss, p.trailing_stop, p.open_ts,
           p.updated_ts, p.unread, a.positions_as_of, a.user_id, a.state, a.positions_unreadable
      FROM trade_plans AS t
      JOIN accounts AS a ON a.account_id = t.account_id
      LEFT JOIN active_positions AS p ON p.account_id = a.account_id
     WHERE t.plan_id = ?
"""
SELECT_POSITIONS_OF_USER: Final = """
    SELECT category, symbol, position_idx, side, size, entry_price, mark_price, position_value, leverage, liq_price,
           unrealised_pnl, take_profit, stop_loss, trailing_stop, open_ts, updated_ts, unread,
           account_id
      FROM active_positions WHERE user_id = ?
"""
UPSERT_POSITION: Final = """
    INSERT INTO active_positions (user_id, account_id, category, symbol, position_idx, side, size, entry_price,
                                  mark_price, position_value, leverage, liq_price, unrealised_pnl, take_profit,
                                  stop_loss, trailing_stop, open_ts, updated_ts, unread)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, category, symbol, position_idx) DO UPDATE
       SET side = excluded.side, size = excluded.size, entry_price = excluded.entry_price,
           mark_price = excluded.mark_price, position_value = excluded.position_value, leverage = excluded.leverage,
           liq_price = excluded.liq_price, unrealised_pnl = excluded.unrealised_pnl,
           take_profit = excluded.take_profit, stop_loss = excluded.stop_loss, trailing_stop = excluded.trailing_stop,
           open_ts = excluded.open_ts, updated_ts = excluded.updated_ts, unread = excluded.unread
"""
DELETE_POSITION: Final = """
    DELETE FROM active_positions WHERE account_id = ? AND category = ? AND symbol = ? AND position_idx = ?
"""
UPDATE_POSITIONS_AS_OF: Final = """
    UPDATE accounts SET positions_as_of = ?, positions_unreadable = ? WHERE account_id = ?
"""

SELECT_ORDERS: Final = """
    SELECT o.order_id, o.category, o.symbol, o.order_link_id, o.position_idx, o.side, o.order_type, o.order_status,
           o.price, o.qty, o.cum_exec_qty, o.trigger_price, o.stop_order_type, o.time_in_force, o.reduce_only,
           o.take_profit, o.stop_loss, o.created_ts, o.updated_ts, o.unread, a.orders_as_of, a.user_id, a.state,
           a.orders_unreadable, a.orders_left_out
      FROM accounts AS a LEFT JOIN pending_limit_orders AS o ON o.account_id = a.account_id
     WHERE a.account_id = ?
     ORDER BY o.order_id
"""
SELECT_PENDING_ORDERS: Final = """
    SELECT order_id, category, symbol, order_link_id, position_idx, side, order_type, order_status, price, qty,
           cum_exec_qty, trigger_price, stop_order_type, time_in_force, reduce_only, take_profit, stop_loss,
           created_ts, updated_ts, unread
      FROM pending_limit_orders WHERE user_id = ? AND symbol = ?
"""
UPSERT_ORDER: Final = """
    INSERT INTO pending_limit_orders (user_id, account_id, order_id, category, symbol, order_link_id, position_idx,
                                      side, order_type, order_status, price, qty, cum_exec_qty, trigger_price,
                                      stop_order_type, time_in_force, reduce_only, take_profit, stop_loss,
                                      created_ts, updated_ts, unread)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, order_id) DO UPDATE
       SET category = excluded.category, symbol = excluded.symbol, order_link_id = excluded.order_link_id,
           position_idx = excluded.position_idx, side = excluded.side, order_type = excluded.order_type,
           order_status = excluded.order_status, price = excluded.price, qty = excluded.qty,
           cum_exec_qty = excluded.cum_exec_qty, trigger_price = excluded.trigger_price,
           stop_order_type = excluded.stop_order_type, time_in_force = excluded.time_in_force,
           reduce_only = excluded.reduce_only, take_profit = excluded.take_profit, stop_loss = excluded.stop_loss,
           created_ts = excluded.created_ts, updated_ts = excluded.updated_ts, unread = excluded.unread
"""
DELETE_ORDER: Final = "DELETE FROM pending_limit_orders WHERE account_id = ? AND order_id = ?"
UPDATE_ORDERS_AS_OF: Final = """
    UPDATE accounts SET orders_as_of = ?, orders_unreadable = ?, orders_left_out = ? WHERE account_id = ?
"""

_POSITION_COLUMNS: Final = 17  # the account's follow: as_of, user_id, state, unreadable
_ORDER_COLUMNS: Final = 20  # the account's follow: as_of, user_id, state, unreadable, left_out
_POSITION_KEY: Final = slice(0, 3)  # category, symbol, position_idx
_ORDER_KEY: Final = slice(0, 1)  # order_id
_CATEGORIES: Final = {each.value: each for each in Category}
_SIDES: Final = {each.value: each for each in Side}
_ORDER_TYPES: Final = {each.value: each for each in OrderType}


def position_of(row: Row) -> Position:
    """The columns category … unread of SELECT_POSITIONS; what follows is the caller's."""
    return Position(
        category=_CATEGORIES[row[0]],
        symbol=Symbol(intern_text(row[1])),
        position_idx=row[2],
        side=_SIDES[row[3]],
        size=intern_decimal(row[4]),
        entry_price=optional_decimal(row[5]),
        mark_price=optional_decimal(row[6]),
        position_value=optional_decimal(row[7]),
        leverage=optional_decimal(row[8]),
        liquidation_price=optional_decimal(row[9]),
        unrealised_pnl=optional_decimal(row[10]),
        take_profit=optional_decimal(row[11]),
        stop_loss=optional_decimal(row[12]),
        trailing_stop=optional_decimal(row[13]),
        created_ts=row[14],
        updated_ts=row[15],
        unread=json_items(row[16]),
    )


def order_of(row: Row) -> Order:
    """The columns order_id … unread of SELECT_ORDERS and SELECT_PENDING_ORDERS; what follows is the caller's."""
    return Order(
        order_id=row[0],
        category=_CATEGORIES[row[1]],
        symbol=Symbol(intern_text(row[2])),
        order_link_id=row[3],
        position_idx=row[4],
        side=_SIDES[row[5]],
        order_type=None if row[6] is None else _ORDER_TYPES[row[6]],
        order_status=intern_text(row[7]),
        price=optional_decimal(row[8]),
        qty=intern_decimal(row[9]),
        cum_exec_qty=optional_decimal(row[10]),
        trigger_price=optional_decimal(row[11]),
        stop_order_type=intern_text(row[12]),
        time_in_force=intern_text(row[13]),
        reduce_only=None if row[14] is None else bool(row[14]),
        take_profit=optional_decimal(row[15]),
        stop_loss=optional_decimal(row[16]),
        created_ts=row[17],
        updated_ts=row[18],
        unread=json_items(row[19]),
    )


def positions_of(rows: Sequence[Row], account_id: AccountId) -> Positions | None:
    """The rows of SELECT_POSITIONS; None if this account was never asked (or is not known)."""
    if not rows or (as_of := rows[0][_POSITION_COLUMNS]) is None:
        return None
    items = tuple([position_of(row) for row in rows if row[0] is not None])
    return Positions(account_id=account_id, items=items, as_of=as_of, unreadable=json_items(rows[0][-1]))


def orders_of(rows: Sequence[Row], account_id: AccountId) -> Orders | None:
    """The rows of SELECT_ORDERS, newest first; None if this account was never asked (or is not known)."""
    if not rows or (as_of := rows[0][_ORDER_COLUMNS]) is None:
        return None
    unreadable, left_out = map(json_items, rows[0][-2:])
    items = [order_of(row) for row in rows if row[0] is not None]
    items.sort(key=lambda order: order.created_ts or 0, reverse=True)
    return Orders(
        account_id=account_id,
        items=tuple(items),
        as_of=as_of,
        unreadable=unreadable,
        left_out=tuple(_CATEGORIES[each] for each in left_out),
    )


class SqlitePortfolio:
    """Implements `bot.domain.ports.accounts.Portfolio` inside a unit of work: only rows that changed are written.

    Writing back what was loaded is no event: it would drop what was just loaded.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def replace_positions(self, account: Account, positions: Positions) -> None:
        """Make the rows the exchange's answer; an answer older than the rows, or of a removed account, is dropped."""
        rows = await self._transaction.fetch(SELECT_POSITIONS, (account.account_id,))
        if not _is_news(rows, account, positions.as_of, _POSITION_COLUMNS):
            return
        wanted = {row[_POSITION_KEY]: row async for row in _columns(positions.items, _position_columns)}
        owner = (account.user_id, account.account_id)
        self._replace(_known(rows, _POSITION_KEY, _POSITION_COLUMNS), wanted, owner, UPSERT_POSITION, DELETE_POSITION)
        state = (positions.as_of, json_list(positions.unreadable), account.account_id)
        self._transaction.write(UPDATE_POSITIONS_AS_OF, state)

    async def replace_orders(self, account: Account, orders: Orders) -> None:
        """Make the order rows the exchange's answer; one older than the rows, or of a removed account, is dropped."""
        rows = await self._transaction.fetch(SELECT_ORDERS, (account.account_id,))
        if not _is_news(rows, account, orders.as_of, _ORDER_COLUMNS):
            return
        wanted = {row[_ORDER_KEY]: row async for row in _columns(orders.items, _order_columns)}
        owner = (account.user_id, account.account_id)
        self._replace(_known(rows, _ORDER_KEY, _ORDER_COLUMNS), wanted, owner, UPSERT_ORDER, DELETE_ORDER)
        state = (orders.as_of, json_list(orders.unreadable), json_list(orders.left_out), account.account_id)
        self._transaction.write(UPDATE_ORDERS_AS_OF, state)

    def _replace(
        self, known: dict[Row, Row], wanted: dict[Row, Row], owner: tuple[int, int], upsert: str, delete: str
    ) -> None:
        gone = [(owner[1], *key) for key in known.keys() - wanted.keys()]
        changed = [(*owner, *row) for key, row in wanted.items() if known.get(key) != row]
        for row in gone:
            self._transaction.write(delete, row)
        for row in changed:
            self._transaction.write(upsert, row)


async def _columns(items: Sequence[T], columns_of: Callable[[T], Row]) -> AsyncIterator[Row]:
    """A row of each item; others have their turn after each few hundred, since thousands take tens of milliseconds."""
    for number, item in enumerate(items, 1):
        yield columns_of(item)
        if number % _ROWS_AT_ONCE == 0:
            await asyncio.sleep(0)


def _is_news(rows: Sequence[Row], account: Account, as_of: Millis, own_columns: int) -> bool:
    if not rows:
        return False
    known_as_of, user_id, state = rows[0][own_columns : own_columns + 3]
    return user_id == account.user_id and state != "removed" and (known_as_of is None or known_as_of <= as_of)


def _known(rows: Sequence[Row], key: slice, own_columns: int) -> dict[Row, Row]:
    return {row[key]: row[:own_columns] for row in rows if row[0] is not None}


def _position_columns(position: Position) -> tuple[object, ...]:
    return (
        position.category.value,
        position.symbol,
        position.position_idx,
        position.side.value,
        written_text(position.size),
        optional_written_text(position.entry_price),
        optional_written_text(position.mark_price),
        optional_written_text(position.position_value),
        optional_written_text(position.leverage),
        optional_written_text(position.liquidation_price),
        optional_written_text(position.unrealised_pnl),
        optional_written_text(position.take_profit),
        optional_written_text(position.stop_loss),
        optional_written_text(position.trailing_stop),
        position.created_ts,
        position.updated_ts,
        json_list(position.unread),
    )


def _order_columns(order: Order) -> tuple[object, ...]:
    return (
        order.order_id,
        order.category.value,
        order.symbol,
        order.order_link_id,
        order.position_idx,
        order.side.value,
        None if order.order_type is None else order.order_type.value,
        order.order_status,
        optional_written_text(order.price),
        written_text(order.qty),
        optional_written_text(order.cum_exec_qty),
        optional_written_text(order.trigger_price),
        order.stop_order_type,
        order.time_in_force,
        None if order.reduce_only is None else int(order.reduce_only),
        optional_written_text(order.take_profit),
        optional_written_text(order.stop_loss),
        order.created_ts,
        order.updated_ts,
        json_list(order.unread),
    )
