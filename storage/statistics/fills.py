"""trade_logs, a slice at a time: the fills of entries beside their cards, and fills as lines of a file."""

from decimal import Decimal
from typing import Final

from bot.domain.card_promises import EntryFill
from bot.domain.portfolio import Side
from storage.sqlite.codecs import Row, optional_decimal

# An order that its owner has edited promises the price that was agreed to last when the fill came.
SELECT_ENTRY_FILLS: Final = """
    SELECT l.ts, l.id, i.intent_id, i.plan_id, l.symbol, l.side, l.price, l.size, l.fee,
           json_extract(i.request, '$.time_in_force') IS 'IOC',
           coalesce((SELECT json_extract(a.request, '$.price') FROM order_intents AS a
                      WHERE a.plan_id = i.plan_id AND a.kind = 'amend' AND a.state = 'done' AND a.created_ts <= l.ts
                        AND json_extract(a.request, '$.price') IS NOT NULL
                        AND json_extract(a.request, '$.target_link_id') = i.order_link_id
                      ORDER BY a.intent_id DESC LIMIT 1), i.card_price),
           p.touch, p.fee_rate, json_extract(i.request, '$.stop_loss'), l.fee_currency
      FROM trade_logs AS l
      CROSS JOIN order_intents AS i ON i.order_link_id = l.order_link_id
      LEFT JOIN card_promises AS p ON p.intent_id = i.intent_id
     WHERE l.account_id = ? AND (l.ts, l.id) > (?, ?) AND l.ts < ?
       AND l.order_link_id <> '' AND i.account_id = l.account_id AND i.kind = 'entry'
     ORDER BY l.ts, l.id LIMIT ?
"""
SELECT_ENTRY_FILLS_OF_PLANS: Final = """
    SELECT l.ts, l.id, i.intent_id, i.plan_id, l.symbol, l.side, l.price, l.size, l.fee,
           json_extract(i.request, '$.time_in_force') IS 'IOC',
           coalesce((SELECT json_extract(a.request, '$.price') FROM order_intents AS a
                      WHERE a.plan_id = i.plan_id AND a.kind = 'amend' AND a.state = 'done' AND a.created_ts <= l.ts
                        AND json_extract(a.request, '$.price') IS NOT NULL
                        AND json_extract(a.request, '$.target_link_id') = i.order_link_id
                      ORDER BY a.intent_id DESC LIMIT 1), i.card_price),
           p.touch, p.fee_rate, json_extract(i.request, '$.stop_loss'), l.fee_currency
      FROM json_each(?) AS j
      CROSS JOIN order_intents AS i ON i.plan_id = j.value
      CROSS JOIN trade_logs AS l ON l.order_link_id = i.order_link_id AND l.order_link_id <> ''
      LEFT JOIN card_promises AS p ON p.intent_id = i.intent_id
     WHERE i.kind = 'entry'
"""
SELECT_FILL_LINES: Final = """
    SELECT l.ts, l.id,
           (SELECT max(r.run) FROM practice_runs AS r WHERE r.account_id = l.account_id AND r.began_ts < l.ts),
           l.category, l.symbol, l.side, l.exec_type, l.price, l.size, l.value, l.fee, l.fee_currency, l.is_maker,
           l.closed_size,
           CASE WHEN i.kind = 'entry' AND json_extract(i.request, '$.time_in_force') IS 'IOC' THEN p.touch END,
           l.exec_id, l.order_id, l.order_link_id
      FROM trade_logs AS l
      LEFT JOIN order_intents AS i ON i.order_link_id = l.order_link_id AND l.order_link_id <> ''
      LEFT JOIN card_promises AS p ON p.intent_id = i.intent_id
     WHERE l.account_id = ? AND (l.ts, l.id) > (?, ?) AND l.ts < ?
     ORDER BY l.ts, l.id LIMIT ?
"""
COUNT_FILLS: Final = "SELECT count(*) FROM trade_logs WHERE account_id = ? AND ts >= ? AND ts < ?"

_SIDES: Final = {each.value: each for each in Side}


def entry_fill_of(row: Row) -> EntryFill:
    """A row of SELECT_ENTRY_FILLS."""
    return EntryFill(
        intent_id=row[2],
        plan_id=row[3],
        symbol=row[4],
        side=_SIDES[row[5]],
        price=Decimal(row[6]),
        qty=Decimal(row[7]),
        fee=Decimal(row[8]),
        ts=row[0],
        is_market=bool(row[9]),
        worst=optional_decimal(row[10]),
        touch=optional_decimal(row[11]),
        fee_rate=optional_decimal(row[12]),
        stop=optional_decimal(row[13]),
        fee_coin=row[14],
    )
