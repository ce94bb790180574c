"""Everything that is kept of one order: its intent, fills, what it closed, how it rested, and its trade."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import AccountId, OrderLinkId, Symbol, UserId
from bot.domain.orders import AmendRequest
from bot.domain.portfolio import NO_LINK_ID
from bot.domain.receipts import OrderMarks, Receipt
from bot.domain.trade_plans import ORDER_KINDS, IntentState, OrderIntent
from storage.accounts.portfolio import order_of
from storage.accounts.trades import execution_of
from storage.sqlite.codecs import Row, optional_decimal
from storage.sqlite.database import Database
from storage.trading.book import SELECT_ORDER
from storage.trading.closed import closed_of
from storage.trading.intents import SELECT_INTENT, SELECT_INTENT_BY_LINK, SELECT_INTENTS_OF_PLAN, intent_of
from storage.trading.plans import SELECT_PLAN, plan_of

SELECT_MARKS: Final = """
    SELECT i.tapped_ts, p.touch, i.request_id, i.unknown_ts, i.settled_ts, i.questions, i.stop_seen_ts
      FROM order_intents AS i LEFT JOIN card_promises AS p ON p.intent_id = i.intent_id
     WHERE i.intent_id = ?
"""
SELECT_FILLS_OF_ORDER: Final = """
    SELECT category, symbol, exec_id, order_id, order_link_id, side, exec_type, price, size, value, fee, fee_currency,
           is_maker, closed_size, ts
      FROM trade_logs WHERE account_id = ? AND order_id = ? AND order_id <> '' ORDER BY ts, id
"""
SELECT_CLOSED_BY_ORDER: Final = """
    SELECT account_id, user_id, plan_id, order_id, order_link_id, category, symbol, position_idx, side, qty,
           entry_value, exit_value, open_fee, close_fee, fee_currency, exit_reason, slippage, opened_ts, closed_ts,
           funding
      FROM closed_trades WHERE account_id = ? AND order_id = ?
"""
SELECT_OWNER: Final = "SELECT 1 FROM accounts WHERE account_id = ? AND user_id = ?"
SELECT_NEWEST_OF_USER: Final = """
    SELECT intent_id FROM order_intents
     WHERE user_id = ? AND account_id = ? AND kind IN ('entry', 'close', 'reduce') ORDER BY intent_id DESC LIMIT 1
"""
SELECT_NEWEST_OF_LEG: Final = """
    SELECT intent_id FROM order_intents
     WHERE account_id = ? AND symbol = ? AND position_idx = ? AND user_id = ?
       AND kind IN ('entry', 'target', 'close', 'reduce') AND kind <> 'target'
     ORDER BY intent_id DESC LIMIT 1
"""
SELECT_NEWEST_FILLED: Final = """
    SELECT intent_id FROM order_intents
     WHERE account_id = ? AND symbol = ? AND position_idx = ? AND user_id = ?
       AND kind IN ('entry', 'target', 'close', 'reduce') AND kind = 'entry' AND fills_qty <> '0'
     ORDER BY intent_id DESC LIMIT 1
"""
_LEGS: Final = (0, 1, 2)  # position_idx


class SqliteReceiptQueries:
    """Implements `bot.domain.ports.receipts.ReceiptQueries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_intent(self, user_id: UserId, intent_id: int) -> Receipt | None:
        intent = await self._intent(SELECT_INTENT, intent_id)
        if intent is None or intent.user_id != user_id or not intent.is_order:
            return None
        return await self._whole(intent)

    async def of_order(self, user_id: UserId, account_id: AccountId, order_id: str) -> Receipt | None:
        if not order_id or not await self._database.fetch(SELECT_OWNER, (account_id, user_id)):
            return None
        receipt = await self._known(account_id, order_id)
        if receipt is None:
            return None
        intent = await self._intent(SELECT_INTENT_BY_LINK, receipt.order_link_id) if receipt.order_link_id else None
        if intent is None or intent.user_id != user_id or intent.leg.account_id != account_id:
            return await self._with_plan(receipt)
        return await self._whole(intent)

    async def newest(self, user_id: UserId, account_id: AccountId, symbol: Symbol | None) -> int | None:
        if symbol is None:
            return await self._number(SELECT_NEWEST_OF_USER, (user_id, account_id))
        found = [await self._number(SELECT_NEWEST_OF_LEG, (account_id, symbol, idx, user_id)) for idx in _LEGS]
        return max((each for each in found if each is not None), default=None)

    async def newest_of_leg(self, user_id: UserId, account_id: AccountId, symbol: Symbol, idx: int) -> int | None:
        key = (account_id, symbol, idx, user_id)
        return await self._number(SELECT_NEWEST_FILLED, key) or await self._number(SELECT_NEWEST_OF_LEG, key)

    async def _number(self, statement: str, key: tuple[object, ...]) -> int | None:
        rows = await self._database.fetch(statement, key)
        return rows[0][0] if rows else None

    async def _intent(self, statement: str, key: object) -> OrderIntent | None:
        rows = await self._database.fetch(statement, (key,))
        return intent_of(rows[0]) if rows else None

    async def _whole(self, intent: OrderIntent) -> Receipt:
        """Of an order that was asked for from here."""
        known = await self._known(intent.leg.account_id, intent.order_id)
        marks = await self._database.fetch(SELECT_MARKS, (intent.intent_id,))
        receipt = known or _nothing_of(intent)
        receipt = replace(
            receipt,
            order_link_id=intent.order_link_id,
            intent=intent,
            marks=_marks_of(marks[0]) if marks else OrderMarks(),
        )
        return await self._with_plan(receipt)

    async def _with_plan(self, receipt: Receipt) -> Receipt:
        source = receipt.intent or receipt.closed
        plan_id = None if source is None else source.plan_id
        if plan_id is None:
            return receipt
        asked = (SELECT_PLAN, SELECT_INTENTS_OF_PLAN)
        plans, intents = await self._database.fetch_all([(each, (plan_id,)) for each in asked])
        known = tuple(map(intent_of, intents))
        return replace(
            receipt,
            plan=plan_of(plans[0]) if plans else None,
            siblings=tuple(each for each in known if each.kind in ORDER_KINDS),
            prices=tuple(
                (each.created_ts, price)
                for each in known
                if each.state is IntentState.DONE and (price := _new_price(each, receipt.order_link_id)) is not None
            ),
        )

    async def _known(self, account_id: AccountId, order_id: str) -> Receipt | None:
        """What the exchange's words alone tell."""
        asked = (SELECT_FILLS_OF_ORDER, SELECT_CLOSED_BY_ORDER, SELECT_ORDER)
        rows = await self._database.fetch_all([(each, (account_id, order_id)) for each in asked])
        if not order_id or not any(rows):
            return None
        fills = tuple(map(execution_of, rows[0]))
        closed = closed_of(rows[1][0]) if rows[1] else None
        order = order_of(rows[2][0]) if rows[2] else None
        known = next(each for each in (*fills, closed, order) if each is not None)
        return Receipt(
            account_id=account_id,
            symbol=known.symbol,
            order_id=order_id,
            order_link_id=OrderLinkId(known.order_link_id),
            intent=None,
            marks=OrderMarks(),
            fills=fills,
            closed=closed,
            order=order,
            plan=None,
        )


def _new_price(edit: OrderIntent, order_link_id: OrderLinkId) -> Decimal | None:
    """What it changed that order's price to; None: it is no change of it."""
    request = edit.request
    return request.price if isinstance(request, AmendRequest) and request.target_link_id == order_link_id else None


def _nothing_of(intent: OrderIntent) -> Receipt:
    """Of an order that the exchange never had, or of which it said nothing yet."""
    return Receipt(
        account_id=intent.leg.account_id,
        symbol=intent.leg.symbol,
        order_id=intent.order_id,
        order_link_id=NO_LINK_ID,
        intent=intent,
        marks=OrderMarks(),
        fills=(),
        closed=None,
        order=None,
        plan=None,
    )


def _marks_of(row: Row) -> OrderMarks:
    return OrderMarks(
        tapped_ts=row[0],
        touch=optional_decimal(row[1]),
        request_id=row[2],
        unknown_ts=row[3],
        settled_ts=row[4],
        questions=row[5],
        stop_seen_ts=row[6],
    )
