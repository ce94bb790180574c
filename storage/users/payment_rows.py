"""What is stored of one person's payments, and of what came from the bot before this one, for their own copy.

Each row is one JSON object, as in storage/users/own_rows.py.
"""

from typing import Final

ERASE_OLDER_PAYER: Final = "UPDATE older_charges SET payer = NULL WHERE payer = ?"
ERASE_LEGACY_PAYER: Final = "UPDATE legacy_payments SET payer = NULL WHERE payer = ?"

SELECT_PAYMENTS: Final = """
    SELECT json_object('number', id, 'charge_id', telegram_payment_charge_id, 'stars', stars, 'currency', currency,
                       'type', license_type, 'days', period_days, 'status', status, 'reason', reason,
                       'paid_at', paid_ts, 'settled_at', settled_ts)
      FROM payment_history WHERE user_id = ? ORDER BY id
"""
SELECT_INVOICES: Final = """
    SELECT json_object('type', license_type, 'days', days, 'stars', stars, 'state', state, 'created_at', created_ts,
                       'expires_at', expires_ts)
      FROM invoices WHERE user_id = ?
"""
SELECT_CHECKOUTS: Final = """
    SELECT json_object('until_at', expires_ts) FROM checkouts WHERE user_id = ?
"""
SELECT_OWN_SUBSCRIPTIONS: Final = """
    SELECT json_object('type', license_type, 'stars', stars, 'until_at', until_ts, 'stopped', is_canceled)
      FROM subscriptions WHERE user_id = ?
"""
SELECT_OLDER_CHARGES: Final = """
    SELECT json_object('charge_id', charge_id, 'stars', stars, 'paid_at', paid_ts) FROM older_charges WHERE payer = ?
"""
SELECT_LEGACY_PAYMENTS: Final = """
    SELECT json_object('number', legacy_id, 'charge_id', charge_id, 'way', payment_type, 'amount', amount,
                       'currency', currency, 'type', license_type, 'days', period_days, 'status', status,
                       'paid_at', paid_ts)
      FROM legacy_payments WHERE payer = ?
"""
SELECT_LEGACY_TRADES: Final = """
    SELECT json_object('number', legacy_id, 'symbol', symbol, 'side', side, 'entry_price', entry_price,
                       'exit_price', exit_price, 'reason', exit_reason, 'result', pnl, 'result_percent', pnl_percent,
                       'strategy', strategy, 'timeframe', timeframe, 'account_type', account_type,
                       'opened_at', opened_ts, 'closed_at', closed_ts)
      FROM legacy_trades WHERE user_id = ? ORDER BY legacy_id
"""
SELECT_LEGACY_SETTINGS: Final = """
    SELECT json_object('plain', json(plain), 'versioned', json(versioned)) FROM legacy_settings WHERE user_id = ?
"""
SELECT_LEGACY_LINES: Final = """
    SELECT json_object('about', section, 'text', text) FROM legacy_import_lines WHERE user_id = ?
"""
