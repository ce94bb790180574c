"""What is stored of one person, for their own copy: a statement a kind of row.

Each row is one JSON object; names that end with _at are UTC epoch milliseconds. No secret is read.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from storage.users.payment_rows import (
    SELECT_CHECKOUTS,
    SELECT_INVOICES,
    SELECT_LEGACY_LINES,
    SELECT_LEGACY_PAYMENTS,
    SELECT_LEGACY_SETTINGS,
    SELECT_LEGACY_TRADES,
    SELECT_OLDER_CHARGES,
    SELECT_OWN_SUBSCRIPTIONS,
    SELECT_PAYMENTS,
)
from storage.users.trading_rows import (
    SELECT_CARD_PROMISES,
    SELECT_CLOSED_BY_USER,
    SELECT_DAILY_REPORT,
    SELECT_DISAGREEMENTS,
    SELECT_DRILLS,
    SELECT_FENCES,
    SELECT_INTENTS,
    SELECT_LAST_SIZES,
    SELECT_LIMIT_CHANGES,
    SELECT_LIMITS,
    SELECT_OPEN_COSTS,
    SELECT_OWN_ALERTS,
    SELECT_PLANS,
    SELECT_PRACTICE_RUNS,
    SELECT_TARGETS_BY_USER,
    SELECT_TICKET_PRESETS,
    SELECT_TICKETS,
    SELECT_VALUE_MARKS,
)

SELECT_PROFILE: Final = """
    SELECT json_object('telegram_id', user_id, 'username', username, 'first_name', first_name, 'language', lang,
                       'role', role, 'banned', is_banned, 'terms_version', terms_accepted,
                       'terms_accepted_at', terms_accepted_ts, 'came_by_link', start_payload,
                       'name_in_the_ledgers', pseudonym, 'first_seen_at', first_seen_ts, 'last_seen_at', last_seen_ts)
      FROM users WHERE user_id = ?
"""
# What the accounts to come begin with; each account has its own beside it.
SELECT_SETTINGS: Final = """
    SELECT json_object('risk_percent', percent, 'stop_loss_percent', sl_percent, 'take_profit_percent', tp_percent,
                       'leverage', leverage, 'order_type', global_order_type, 'notifications', notifications,
                       'messages', json(notices), 'quiet_from_minute', quiet_from, 'quiet_until_minute', quiet_until,
                       'muted_until_at', muted_until_ts, 'time_zone', time_zone, 'pictures', picture_theme,
                       'default_account', default_account_id, 'favorites', favorites)
      FROM users WHERE user_id = ?
"""
SELECT_ACCOUNTS: Final = """
    SELECT json_object('account', a.account_id, 'exchange', a.exchange, 'type', a.account_type, 'site', a.host,
                       'label', a.label, 'bybit_uid', a.bybit_uid, 'state', a.state, 'created_at', a.created_ts,
                       'risk_percent', a.risk_percent, 'stop_loss_percent', a.stop_loss_percent,
                       'take_profit_percent', a.take_profit_percent, 'leverage', a.leverage,
                       'order_type', a.order_type,
                       'key', CASE WHEN c.account_id IS NULL THEN NULL ELSE json_object(
                           'type', c.key_type, 'read_only', c.read_only, 'permissions', json(c.permissions),
                           'ips', json(c.ips), 'expires_at', c.expires_at, 'checked_at', c.checked_at,
                           'unified', c.is_unified, 'master', c.is_master, 'kind', c.key_kind) END)
      FROM accounts AS a LEFT JOIN credentials AS c ON c.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_WALLETS: Final = """
    SELECT json_object('account', w.account_id, 'coin', w.coin, 'wallet_balance', w.wallet_balance)
      FROM accounts AS a JOIN paper_wallets AS w ON w.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_PRACTICE: Final = """
    SELECT json_object('account', p.account_id, 'run', p.run, 'began_at', p.run_ts, 'ids_given', p.made,
                       'settings', json(p.body))
      FROM accounts AS a JOIN paper_accounts AS p ON p.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_PRACTICE_POSITIONS: Final = """
    SELECT json_object('account', p.account_id, 'symbol', p.symbol, 'position_idx', p.position_idx,
                       'held', p.is_held, 'position', json(p.body))
      FROM accounts AS a CROSS JOIN paper_positions AS p ON p.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_PRACTICE_ORDERS: Final = """
    SELECT json_object('account', o.account_id, 'order_id', o.order_id, 'open', o.is_open,
                       'updated_at', o.updated_ts, 'order', json(o.body))
      FROM accounts AS a CROSS JOIN paper_orders AS o ON o.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_PRACTICE_FILLS: Final = """
    SELECT json_object('account', f.account_id, 'exec_id', f.exec_id, 'at', f.ts, 'fill', json(f.body))
      FROM accounts AS a CROSS JOIN paper_fills AS f ON f.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_OWN_POSITIONS: Final = """
    SELECT json_object('account', account_id, 'category', category, 'symbol', symbol, 'position_idx', position_idx,
                       'side', side, 'size', size, 'entry_price', entry_price, 'mark_price', mark_price,
                       'position_value', position_value, 'leverage', leverage, 'liq_price', liq_price,
                       'unrealised_pnl', unrealised_pnl, 'take_profit', take_profit, 'stop_loss', stop_loss,
                       'trailing_stop', trailing_stop, 'opened_at', open_ts, 'updated_at', updated_ts)
      FROM active_positions WHERE user_id = ?
"""
SELECT_OWN_ORDERS: Final = """
    SELECT json_object('account', account_id, 'category', category, 'symbol', symbol, 'order_id', order_id,
                       'order_link_id', order_link_id, 'position_idx', position_idx, 'side', side,
                       'order_type', order_type, 'order_status', order_status, 'price', price, 'qty', qty,
                       'cum_exec_qty', cum_exec_qty, 'trigger_price', trigger_price,
                       'stop_order_type', stop_order_type, 'time_in_force', time_in_force, 'reduce_only', reduce_only,
                       'take_profit', take_profit, 'stop_loss', stop_loss, 'created_at', created_ts,
                       'updated_at', updated_ts)
      FROM pending_limit_orders WHERE user_id = ?
"""
SELECT_FILLS: Final = """
    SELECT json_object('account', account_id, 'category', category, 'symbol', symbol, 'exec_id', exec_id,
                       'order_id', order_id, 'order_link_id', order_link_id, 'side', side, 'exec_type', exec_type,
                       'price', price, 'size', size, 'value', value, 'fee', fee, 'fee_currency', fee_currency,
                       'is_maker', is_maker, 'closed_size', closed_size, 'at', ts)
      FROM trade_logs WHERE user_id = ? ORDER BY ts
"""
SELECT_CLOSINGS: Final = """
    SELECT json_object('account', account_id, 'category', category, 'symbol', symbol, 'position_idx', position_idx,
                       'side', side, 'size', size, 'remaining', remaining, 'reason', exit_reason, 'panic', panic_id,
                       'state', state, 'attempts', attempts, 'refusal', code, 'created_at', created_ts,
                       'ended_at', ended_ts)
      FROM leg_closings WHERE user_id = ?
"""
SELECT_PANICS: Final = """
    SELECT json_object('panic', p.panic_id, 'account', p.account_id, 'started_at', p.started_ts,
                       'closes_at', p.closes_ts, 'ended_at', p.ended_ts)
      FROM accounts AS a JOIN panics AS p ON p.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_LICENSES: Final = """
    SELECT json_object('type', license_type, 'starts_at', start_date, 'ends_at', end_date)
      FROM user_licenses WHERE user_id = ? ORDER BY end_date
"""
SELECT_LICENSE_EVENTS: Final = """
    SELECT json_object('number', event_id, 'kind', kind, 'type', license_type, 'milliseconds', millis,
                       'takes', takes, 'note', note, 'happened_at', at)
      FROM license_events WHERE holder = (SELECT pseudonym FROM users WHERE user_id = ?) ORDER BY event_id
"""
SELECT_PROMO_USES: Final = """
    SELECT json_object('campaign', s.campaign_id, 'type', c.license_type, 'days', c.days, 'used_at', s.used_ts,
                       'until_at', s.until_ts, 'undone_at', s.undone_ts)
      FROM promo_usage AS s JOIN promo_campaigns AS c ON c.campaign_id = s.campaign_id
     WHERE s.holder = (SELECT pseudonym FROM users WHERE user_id = ?) ORDER BY s.usage_id
"""
SELECT_PROMO_TRIES: Final = "SELECT json_object('tried_at', tried_ts) FROM promo_attempts WHERE user_id = ?"
SELECT_SUPPORT: Final = """
    SELECT json_object('thread', t.thread_id, 'state', t.state, 'from', m.side, 'text', m.text, 'sent_at', m.sent_ts)
      FROM support_threads AS t CROSS JOIN support_messages AS m ON m.thread_id = t.thread_id
     WHERE t.user_id = ?
"""
SELECT_AUDIT_OF: Final = """
    SELECT json_object('number', id, 'happened_at', ts, 'action', action, 'details', details,
                       'by_you', json(CASE WHEN actor = (SELECT pseudonym FROM users WHERE user_id = ?1)
                                           THEN 'true' ELSE 'false' END))
      FROM audit
     WHERE actor = (SELECT pseudonym FROM users WHERE user_id = ?1)
        OR subject = (SELECT pseudonym FROM users WHERE user_id = ?1)
"""
SELECT_ERRORS: Final = """
    SELECT json_object('reference', reference, 'kind', kind, 'happened_at', ts)
      FROM user_errors WHERE user_id = ? ORDER BY error_id
"""
SELECT_BROADCASTS: Final = """
    SELECT json_object('number', r.broadcast_id, 'state', r.state, 'text', b.text_html, 'started_at', b.started_ts)
      FROM broadcast_recipients AS r JOIN broadcasts AS b ON b.broadcast_id = r.broadcast_id
     WHERE r.user_id = ?
"""
SELECT_PIN_STATE: Final = """
    SELECT json_object('failures', failures, 'guards_keys', guards_keys, 'set_at', set_ts) FROM pins WHERE user_id = ?
"""
SELECT_OPENS: Final = """
    SELECT json_object('campaign', o.campaign_id, 'opened_at', o.opened_ts)
      FROM promo_campaigns AS c
      CROSS JOIN promo_opens AS o
            ON o.campaign_id = c.campaign_id AND o.holder = (SELECT pseudonym FROM users WHERE user_id = ?)
"""
SELECT_OUTBOX_MESSAGES: Final = """
    SELECT json_object('kind', kind, 'state', state, 'created_at', created_ts, 'sent_at', sent_ts)
      FROM outbox WHERE user_id = ?
"""
SELECT_REQUESTS: Final = """
    SELECT json_object('exported_at', exported_ts, 'erase_at', erase_ts) FROM privacy_requests WHERE user_id = ?
"""

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "profile": SELECT_PROFILE,
        "settings": SELECT_SETTINGS,
        "accounts": SELECT_ACCOUNTS,
        "practice_wallets": SELECT_WALLETS,
        "practice_settings": SELECT_PRACTICE,
        "practice_runs": SELECT_PRACTICE_RUNS,
        "practice_positions": SELECT_PRACTICE_POSITIONS,
        "practice_orders": SELECT_PRACTICE_ORDERS,
        "practice_fills": SELECT_PRACTICE_FILLS,
        "positions": SELECT_OWN_POSITIONS,
        "orders": SELECT_OWN_ORDERS,
        "fills": SELECT_FILLS,
        "plans": SELECT_PLANS,
        "plan_targets": SELECT_TARGETS_BY_USER,
        "requests": SELECT_INTENTS,
        "cards": SELECT_CARD_PROMISES,
        "closed_trades": SELECT_CLOSED_BY_USER,
        "open_costs": SELECT_OPEN_COSTS,
        "pauses": SELECT_FENCES,
        "closings": SELECT_CLOSINGS,
        "disagreements": SELECT_DISAGREEMENTS,
        "panics": SELECT_PANICS,
        "daily_report": SELECT_DAILY_REPORT,
        "limits": SELECT_LIMITS,
        "limit_changes": SELECT_LIMIT_CHANGES,
        "account_values": SELECT_VALUE_MARKS,
        "tickets": SELECT_TICKETS,
        "ticket_presets": SELECT_TICKET_PRESETS,
        "price_alerts": SELECT_OWN_ALERTS,
        "last_sizes": SELECT_LAST_SIZES,
        "drills": SELECT_DRILLS,
        "license": SELECT_LICENSES,
        "license_events": SELECT_LICENSE_EVENTS,
        "payments": SELECT_PAYMENTS,
        "invoices": SELECT_INVOICES,
        "subscriptions": SELECT_OWN_SUBSCRIPTIONS,
        "payments_under_way": SELECT_CHECKOUTS,
        "payments_from_before": SELECT_OLDER_CHARGES,
        "payments_to_the_old_bot": SELECT_LEGACY_PAYMENTS,
        "trades_of_the_old_bot": SELECT_LEGACY_TRADES,
        "settings_of_the_old_bot": SELECT_LEGACY_SETTINGS,
        "notes_on_the_old_bot": SELECT_LEGACY_LINES,
        "promo_codes_used": SELECT_PROMO_USES,
        "promo_codes_opened": SELECT_OPENS,
        "promo_codes_tried": SELECT_PROMO_TRIES,
        "support_messages": SELECT_SUPPORT,
        "audit": SELECT_AUDIT_OF,
        "messages_to_you": SELECT_OUTBOX_MESSAGES,
        "messages_to_many": SELECT_BROADCASTS,
        "errors": SELECT_ERRORS,
        "pin": SELECT_PIN_STATE,
        "privacy_requests": SELECT_REQUESTS,
    }
)
