"""The memory of an exchange: fills, positions and orders as they were last answered, an event for each change."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.domain.accounts import Account
from bot.domain.events import (
    AccountEvent,
    OrderChanged,
    PositionClosed,
    PositionOpened,
    RecordEvent,
    StopChanged,
    WalletChanged,
)
from bot.domain.ids import AccountId
from bot.domain.portfolio import Execution, Order, Orders, Position, Positions
from storage.accounts.portfolio import (
    SELECT_ORDERS,
    SELECT_POSITIONS,
    SqlitePortfolio,
    order_of,
    orders_of,
    positions_of,
)
from storage.accounts.trades import SqliteTrades
from storage.sqlite.transaction import Transaction
from storage.trading.closed import SqliteClosedTrades

SELECT_ORDER: Final = """
    SELECT order_id, category, symbol, order_link_id, position_idx, side, order_type, order_status, price, qty,
           cum_exec_qty, trigger_price, stop_order_type, time_in_force, reduce_only, take_profit, stop_loss,
           created_ts, updated_ts, unread
      FROM pending_limit_orders WHERE account_id = ? AND order_id = ?
"""


class SqliteLegBook(SqliteClosedTrades):
    """Implements `bot.domain.ports.plans.LegBook` inside a unit of work."""

    def __init__(self, transaction: Transaction, record: RecordEvent) -> None:
        super().__init__(transaction)
        self._record = record

    async def add_fill(self, account: Account, fill: Execution) -> bool:
        """Book a fill; False if one of that execId is booked in this account already."""
        return await SqliteTrades(self._transaction, self._record).add(account, fill)

    async def replace_positions(self, account: Account, positions: Positions) -> None:
        """The rows become the answer; what changed is an event. Changes of marks alone are not written."""
        known = positions_of(await self._transaction.fetch(SELECT_POSITIONS, (account.account_id,)), account.account_id)
        events = tuple(_changes(() if known is None else known.items, positions.items))
        if known is not None and not events and known.unreadable == positions.unreadable:
            return
        await SqlitePortfolio(self._transaction).replace_positions(account, positions)
        for kind in events or (StopChanged,):
            self._tell(kind, account)

    async def replace_orders(self, account: Account, orders: Orders) -> None:
        """The rows become the answer; a change is an event."""
        known = orders_of(await self._transaction.fetch(SELECT_ORDERS, (account.account_id,)), account.account_id)
        if known is not None and replace(known, as_of=orders.as_of, items=_sorted(known.items)) == replace(
            orders, items=_sorted(orders.items)
        ):
            return
        await SqlitePortfolio(self._transaction).replace_orders(account, orders)
        self._tell(OrderChanged, account)

    async def order(self, account_id: AccountId, order_id: str) -> Order | None:
        """An order as it stood in the last answer."""
        rows = await self._transaction.fetch(SELECT_ORDER, (account_id, order_id))
        return order_of(rows[0]) if rows else None

    def _tell(self, kind: type[AccountEvent], account: Account) -> None:
        self._record(
            kind(
                user_id=account.user_id,
                account_id=account.account_id,
                exchange=account.exchange,
                account_type=account.account_type,
            )
        )


def _sorted(orders: Iterable[Order]) -> tuple[Order, ...]:
    """Without what the rows do not keep."""
    kept = (
        replace(
            each,
            avg_price=None,
            trigger_by="",
            create_type="",
            cancel_type="",
            reject_reason="",
            parent_order_link_id=each.order_link_id,
        )
        for each in orders
    )
    return tuple(sorted(kept, key=lambda each: each.order_id))


def _changes(known: Iterable[Position], new: Iterable[Position]) -> list[type[AccountEvent]]:
    """The events that lead from the known positions to the new ones, each once."""
    before = {(each.category, each.symbol, each.position_idx): each for each in known}
    after = {(each.category, each.symbol, each.position_idx): each for each in new}
    found: list[type[AccountEvent]] = []
    if after.keys() - before.keys():
        found.append(PositionOpened)
    if before.keys() - after.keys():
        found.append(PositionClosed)
    both = [(before[key], after[key]) for key in before.keys() & after.keys()]
    if any(_protection(had) != _protection(has) for had, has in both):
        found.append(StopChanged)
    if any((had.size, had.entry_price, had.leverage) != (has.size, has.entry_price, has.leverage) for had, has in both):
        found += [PositionOpened, WalletChanged]
    return list(dict.fromkeys(found))


def _protection(position: Position) -> tuple[object, ...]:
    return (position.stop_loss, position.take_profit, position.trailing_stop, position.liquidation_price)
