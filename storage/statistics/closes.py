"""closed_trades, a slice at a time: as closes that are counted, as trades of a screen, as lines of a file."""

from decimal import Decimal
from typing import Final

from bot.domain.card_promises import StopClose
from bot.domain.orders import direction
from bot.domain.portfolio import Side
from bot.domain.statistics import WIDE, Close
from bot.domain.trade_plans import ExitReason
from storage.sqlite.codecs import Row, optional_decimal

# Slices go on behind the last key: a page of a hundred thousand rows costs no more than the first.
SELECT_CLOSES: Final = """
    SELECT closed_ts, order_id, position_idx, symbol, side, exit_reason, entry_value, exit_value, open_fee, close_fee,
           funding, slippage, opened_ts
      FROM closed_trades
     WHERE account_id = ? AND (closed_ts, order_id, position_idx) > (?, ?, ?) AND closed_ts < ?
     ORDER BY closed_ts, order_id, position_idx LIMIT ?
"""
SELECT_CLOSED_LINES: Final = """
    SELECT c.closed_ts, c.order_id, c.position_idx,
           (SELECT max(r.run) FROM practice_runs AS r WHERE r.account_id = c.account_id AND r.began_ts < c.closed_ts),
           c.opened_ts, c.category, c.symbol, c.side, c.qty, c.entry_value, c.exit_value, c.open_fee, c.close_fee,
           c.fee_currency, c.funding, c.slippage, c.exit_reason, c.order_link_id
      FROM closed_trades AS c
     WHERE c.account_id = ? AND (c.closed_ts, c.order_id, c.position_idx) > (?, ?, ?) AND c.closed_ts < ?
     ORDER BY c.closed_ts, c.order_id, c.position_idx LIMIT ?
"""
SELECT_CLOSED_PAGE: Final = """
    SELECT account_id, user_id, plan_id, order_id, order_link_id, category, symbol, position_idx, side, qty,
           entry_value, exit_value, open_fee, close_fee, fee_currency, exit_reason, slippage, opened_ts, closed_ts,
           funding
      FROM closed_trades WHERE account_id = ?
     ORDER BY closed_ts DESC, order_id DESC, position_idx DESC LIMIT ? OFFSET ?
"""
SELECT_FIRST_CLOSED: Final = "SELECT closed_ts FROM closed_trades WHERE account_id = ? ORDER BY closed_ts LIMIT 1"
COUNT_CLOSED: Final = "SELECT count(*) FROM closed_trades WHERE account_id = ?"
SELECT_STOP_CLOSES: Final = """
    SELECT c.plan_id, c.exit_reason, c.symbol, c.side, c.qty, c.entry_value, c.exit_value, c.open_fee, c.close_fee,
           c.slippage, p.stop
      FROM closed_trades AS c LEFT JOIN trade_plans AS p ON p.plan_id = c.plan_id
     WHERE c.account_id = ? AND c.closed_ts >= ? AND c.closed_ts < ?
       AND c.exit_reason IN ('stop', 'liquidation', 'emergency')
     ORDER BY c.closed_ts DESC LIMIT ?
"""

_SIDES: Final = {each.value: each for each in Side}
_REASONS: Final = {each.value: each for each in ExitReason}


def close_of(row: Row) -> Close:
    """A row of SELECT_CLOSES."""
    side, (entry, exits, open_fee, close_fee, funding) = _SIDES[row[4]], map(Decimal, row[6:11])
    return Close(
        symbol=row[3],
        position_idx=row[2],
        side=side,
        exit_reason=_REASONS[row[5]],
        gain=WIDE.subtract(exits, entry) if side is Side.BUY else WIDE.subtract(entry, exits),
        fees=WIDE.add(open_fee, close_fee),
        funding=funding,
        slippage=optional_decimal(row[11]),
        opened_ts=row[12],
        closed_ts=row[0],
    )


def stop_close_of(row: Row) -> StopClose:
    """A row of SELECT_STOP_CLOSES."""
    entry, exits, open_fee, close_fee = map(Decimal, row[5:9])
    return StopClose(
        plan_id=row[0],
        exit_reason=_REASONS[row[1]],
        symbol=row[2],
        qty=Decimal(row[4]),
        loss=(entry - exits) * direction(_SIDES[row[3]]) + open_fee + close_fee,
        slippage=optional_decimal(row[9]),
        stop=optional_decimal(row[10]),
    )
