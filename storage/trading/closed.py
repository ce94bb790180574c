"""leg_costs and closed_trades: what is open at cost, and what each closing order brought."""

from decimal import Context, Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis
from bot.domain.interning import intern_decimal
from bot.domain.leg_costs import ClosedPart, LegCost
from bot.domain.market import Category
from bot.domain.orders import direction
from bot.domain.portfolio import Execution, LegKey, Side
from bot.domain.symbol_names import quote_of
from bot.domain.trade_plans import ClosedTrade, ExitReason, OrderIntent
from storage.sqlite.codecs import Row, decimal_text, optional_decimal, optional_decimal_text
from storage.sqlite.transaction import Transaction
from storage.trading.plans import TOUCH_PLAN

SELECT_COST: Final = """
    SELECT account_id, category, symbol, position_idx, side, size, value, fees, opened_ts, funding
      FROM leg_costs WHERE account_id = ? AND category = ? AND symbol = ? AND position_idx = ?
"""
SELECT_COSTS: Final = """
    SELECT account_id, category, symbol, position_idx, side, size, value, fees, opened_ts, funding
      FROM leg_costs WHERE account_id = ?
"""
UPSERT_COST: Final = """
    INSERT INTO leg_costs (user_id, account_id, category, symbol, position_idx, side, size, value, fees, opened_ts,
                           funding)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, category, symbol, position_idx) DO UPDATE
       SET side = excluded.side, size = excluded.size, value = excluded.value, fees = excluded.fees,
           opened_ts = excluded.opened_ts, funding = excluded.funding
"""
DELETE_COST: Final = """
    DELETE FROM leg_costs WHERE account_id = ? AND category = ? AND symbol = ? AND position_idx = ?
"""
SELECT_CLOSED: Final = """
    SELECT account_id, user_id, plan_id, order_id, order_link_id, category, symbol, position_idx, side, qty,
           entry_value, exit_value, open_fee, close_fee, fee_currency, exit_reason, slippage, opened_ts, closed_ts,
           funding
      FROM closed_trades WHERE account_id = ? AND order_id = ? AND position_idx = ?
"""
SELECT_CLOSED_OF_PLAN: Final = """
    SELECT account_id, user_id, plan_id, order_id, order_link_id, category, symbol, position_idx, side, qty,
           entry_value, exit_value, open_fee, close_fee, fee_currency, exit_reason, slippage, opened_ts, closed_ts,
           funding
      FROM closed_trades WHERE plan_id = ? ORDER BY closed_ts
"""
SELECT_CLOSED_SINCE: Final = """
    SELECT account_id, user_id, plan_id, order_id, order_link_id, category, symbol, position_idx, side, qty,
           entry_value, exit_value, open_fee, close_fee, fee_currency, exit_reason, slippage, opened_ts, closed_ts,
           funding
      FROM closed_trades WHERE account_id = ? AND closed_ts >= ? ORDER BY closed_ts
"""
UPSERT_CLOSED: Final = """
    INSERT INTO closed_trades (account_id, user_id, plan_id, order_id, order_link_id, category, symbol, position_idx,
                               side, qty, entry_value, exit_value, open_fee, close_fee, fee_currency, exit_reason,
                               slippage, opened_ts, closed_ts, funding, asked_ts, sent_ts, acknowledged_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, order_id, position_idx) DO UPDATE
       SET qty = excluded.qty, entry_value = excluded.entry_value, exit_value = excluded.exit_value,
           open_fee = excluded.open_fee, close_fee = excluded.close_fee, slippage = excluded.slippage,
           closed_ts = excluded.closed_ts, funding = excluded.funding,
           acknowledged_ts = coalesce(acknowledged_ts, excluded.acknowledged_ts)
"""
ADD_FUNDING: Final = "UPDATE closed_trades SET funding = ? WHERE account_id = ? AND order_id = ? AND position_idx = ?"

_CATEGORIES: Final = {each.value: each for each in Category}
_SIDES: Final = {each.value: each for each in Side}
_ZERO: Final = Decimal(0)
_PLACES: Final = Decimal("1e-18")  # what a stored amount keeps of a quotient
_WIDE: Final = Context(prec=80)  # for the value of any size at any price


def cost_of(row: Row) -> LegCost:
    """A row of SELECT_COST."""
    return LegCost(
        leg=LegKey(account_id=row[0], category=_CATEGORIES[row[1]], symbol=row[2], position_idx=row[3]),
        side=_SIDES[row[4]],
        size=intern_decimal(row[5]),
        value=intern_decimal(row[6]),
        fees=intern_decimal(row[7]),
        opened_ts=row[8],
        funding=intern_decimal(row[9]),
    )


def closed_of(row: Row) -> ClosedTrade:
    """A row of SELECT_CLOSED."""
    side, qty, entry, exits = _SIDES[row[8]], *map(Decimal, row[9:12])
    open_fee, close_fee = map(Decimal, row[12:14])
    return ClosedTrade(
        account_id=row[0],
        user_id=row[1],
        plan_id=row[2],
        order_id=row[3],
        order_link_id=row[4],
        category=_CATEGORIES[row[5]],
        symbol=row[6],
        position_idx=row[7],
        side=side,
        qty=qty,
        avg_entry_price=entry / qty,
        avg_exit_price=exits / qty,
        pnl=(exits - entry) * direction(side) - open_fee - close_fee,
        open_fee=open_fee,
        close_fee=close_fee,
        fee_currency=row[14],
        exit_reason=ExitReason(row[15]),
        slippage=optional_decimal(row[16]),
        opened_ts=row[17],
        closed_ts=row[18],
        funding=Decimal(row[19]),
    )


class SqliteClosedTrades:
    """Legs at cost and what was closed, inside a unit of work; see `bot.domain.ports.plans.LegBook`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def cost(self, leg: LegKey) -> LegCost | None:
        rows = await self._transaction.fetch(SELECT_COST, _key(leg))
        return cost_of(rows[0]) if rows else None

    async def costs(self, account_id: AccountId) -> tuple[LegCost, ...]:
        return tuple(map(cost_of, await self._transaction.fetch(SELECT_COSTS, (account_id,))))

    async def set_cost(self, account: Account, leg: LegKey, cost: LegCost | None) -> None:
        """Store what of the leg is open at cost; None where the leg is flat."""
        if cost is None:
            self._transaction.write(DELETE_COST, _key(leg))
            return
        amounts = (decimal_text(cost.size), _rounded(cost.value), _rounded(cost.fees))
        row = (account.user_id, *_key(leg), cost.side.value, *amounts, cost.opened_ts, _rounded(cost.funding))
        self._transaction.write(UPSERT_COST, row)

    async def add_closed(
        self,
        account: Account,
        leg: LegKey,
        part: ClosedPart,
        fill: Execution,
        *,
        plan_id: int | None,
        exit_reason: ExitReason,
        slippage: Decimal | None,
        intent: OrderIntent | None,
    ) -> ClosedTrade:
        """The row of the closing order with that part added. `intent`: of that order, None for one that is not ours."""
        key = (account.account_id, fill.order_id or fill.exec_id, leg.position_idx)
        known = await self._transaction.fetch(SELECT_CLOSED, key)
        sums = list(map(Decimal, (*known[0][9:14], known[0][19]))) if known else [_ZERO] * 6
        parts = (part.qty, part.entry_value, part.exit_value, part.open_fee, part.close_fee, part.funding)
        *amounts, funding = [_rounded(had + new) for had, new in zip(sums, parts, strict=True)]
        if slippage is not None and known and known[0][16] is not None:
            slippage += Decimal(known[0][16])
        row = (
            *(account.account_id, account.user_id, plan_id, key[1], fill.order_link_id, leg.category.value, leg.symbol),
            *(
                leg.position_idx,
                part.side.value,
                *amounts,
                quote_of(leg.symbol) or fill.fee_currency,
                exit_reason.value,
            ),
            *(optional_decimal_text(slippage), part.opened_ts, fill.exec_ts or part.opened_ts, funding),
            *((None,) * 3 if intent is None else (intent.created_ts, intent.sent_ts, intent.acknowledged_ts)),
        )
        self._transaction.write(UPSERT_CLOSED, row)
        if plan_id is not None:
            self._transaction.write(TOUCH_PLAN, (plan_id,), is_seen=False)
        return closed_of((await self._transaction.fetch(SELECT_CLOSED, key))[0])

    async def closed_after(self, leg: LegKey, moment: Millis) -> tuple[ClosedTrade, ...]:
        """What stood in that leg at that moment and was closed later."""
        rows = await self._transaction.fetch(SELECT_CLOSED_SINCE, (leg.account_id, moment))
        found = map(closed_of, rows)
        return tuple(each for each in found if each.leg == leg and each.opened_ts <= moment < each.closed_ts)

    async def add_funding(self, closed: ClosedTrade, paid: Decimal) -> None:
        """Its share of a funding that was heard of after it was closed."""
        key = (closed.account_id, closed.order_id, closed.position_idx)
        self._transaction.write(ADD_FUNDING, (_rounded(closed.funding + paid), *key))

    async def closed_by(self, account_id: AccountId, order_id: str, position_idx: int) -> ClosedTrade | None:
        """What that order closed of that leg."""
        rows = await self._transaction.fetch(SELECT_CLOSED, (account_id, order_id, position_idx))
        return closed_of(rows[0]) if rows else None

    async def closed_of_plan(self, plan_id: int) -> tuple[ClosedTrade, ...]:
        """Every close of a plan, oldest first."""
        return tuple(map(closed_of, await self._transaction.fetch(SELECT_CLOSED_OF_PLAN, (plan_id,))))


def _key(leg: LegKey) -> tuple[object, ...]:
    return (leg.account_id, leg.category.value, leg.symbol, leg.position_idx)


def _rounded(amount: Decimal) -> str:
    """A share of a cost has more digits than a column takes."""
    return decimal_text(amount.quantize(_PLACES, context=_WIDE))
