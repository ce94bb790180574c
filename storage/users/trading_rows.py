"""A person's own rows of trading, as they are handed out: JSON, one object a row."""

from typing import Final

SELECT_PLANS: Final = """
    SELECT json_object('plan', plan_id, 'account', account_id, 'category', category, 'symbol', symbol,
                       'position_idx', position_idx, 'side', side, 'state', state, 'stop', stop,
                       'trailing', trailing, 'trailing_from', trailing_active, 'breakeven', breakeven,
                       'taken_over', adopted, 'taken_over_at', adopted_ts,
                       'released_at', released_ts, 'filled_at', first_fill_ts, 'created_at', created_ts,
                       'ended_at', ended_ts)
      FROM trade_plans WHERE user_id = ?
"""
SELECT_TARGETS_BY_USER: Final = """
    SELECT json_object('plan', p.plan_id, 'number', t.number, 'price', t.price, 'share', t.share, 'done', t.is_done)
      FROM trade_plans AS p CROSS JOIN plan_targets AS t ON t.plan_id = p.plan_id
     WHERE p.user_id = ?
"""
SELECT_INTENTS: Final = """
    SELECT json_object('intent', intent_id, 'plan', plan_id, 'account', account_id, 'kind', kind, 'state', state,
                       'order_link_id', order_link_id, 'request', json(request), 'order_id', order_id,
                       'filled', cum_exec_qty, 'average', avg_price, 'refusal', code, 'reason', reason,
                       'tapped_at', tapped_ts, 'created_at', created_ts, 'sent_at', sent_ts, 'ended_at', final_ts,
                       'request_id', request_id, 'unknown_at', unknown_ts,
                       'settled_at', settled_ts, 'questions', questions, 'stop_seen_at', stop_seen_ts)
      FROM order_intents WHERE user_id = ?
"""
SELECT_CARD_PROMISES: Final = """
    SELECT json_object('intent', p.intent_id, 'market_price', p.touch, 'fee_rate', p.fee_rate)
      FROM order_intents AS i CROSS JOIN card_promises AS p ON p.intent_id = i.intent_id
     WHERE i.user_id = ?
"""
SELECT_PRACTICE_RUNS: Final = """
    SELECT json_object('account', r.account_id, 'run', r.run, 'began_at', r.began_ts)
      FROM accounts AS a CROSS JOIN practice_runs AS r ON r.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_DAILY_REPORT: Final = """
    SELECT json_object('hour', hour, 'last_day', last_day, 'next_at', next_ts) FROM daily_reports WHERE user_id = ?
"""
SELECT_CLOSED_BY_USER: Final = """
    SELECT json_object('account', c.account_id, 'plan', c.plan_id, 'order_id', c.order_id, 'symbol', c.symbol,
                       'side', c.side, 'qty', c.qty, 'entry_value', c.entry_value, 'exit_value', c.exit_value,
                       'open_fee', c.open_fee, 'close_fee', c.close_fee, 'fee_currency', c.fee_currency,
                       'reason', c.exit_reason, 'slippage', c.slippage, 'funding', c.funding,
                       'opened_at', c.opened_ts, 'asked_at', c.asked_ts, 'sent_at', c.sent_ts,
                       'acknowledged_at', c.acknowledged_ts, 'closed_at', c.closed_ts)
      FROM accounts AS a CROSS JOIN closed_trades AS c ON c.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_OPEN_COSTS: Final = """
    SELECT json_object('account', c.account_id, 'symbol', c.symbol, 'position_idx', c.position_idx, 'side', c.side,
                       'size', c.size, 'value', c.value, 'fees', c.fees, 'funding', c.funding,
                       'opened_at', c.opened_ts)
      FROM accounts AS a CROSS JOIN leg_costs AS c ON c.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_FENCES: Final = """
    SELECT json_object('account', f.account_id, 'fence', f.fence, 'paused_at', f.paused_ts)
      FROM accounts AS a CROSS JOIN account_fences AS f ON f.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_LIMITS: Final = """
    SELECT json_object('account', l.account_id, 'limits', json(l.limits))
      FROM accounts AS a JOIN account_limits AS l ON l.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_LIMIT_CHANGES: Final = """
    SELECT json_object('account', account_id, 'state', state, 'fields', json(names), 'before', json(limits_before),
                       'after', json(limits_after), 'made_at', made_ts, 'takes_effect_at', takes_effect_ts)
      FROM limit_changes WHERE user_id = ? ORDER BY change_id
"""
SELECT_VALUE_MARKS: Final = """
    SELECT json_object('account', m.account_id, 'day_starts_at', m.day_starts_ts, 'day_value', m.day_value,
                       'highest_value', m.peak_value)
      FROM accounts AS a JOIN value_marks AS m ON m.account_id = a.account_id
     WHERE a.user_id = ?
"""
SELECT_DRILLS: Final = """
    SELECT json_object('drill', drill_id, 'account', account_id, 'started_at', started_ts, 'until_at', until_ts,
                       'ended_at', ended_ts, 'ended_how', ended_how, 'value_before', value_before,
                       'value_after', value_after, 'caught_up', caught_up, 'shown', json(rehearsal))
      FROM drills WHERE user_id = ? ORDER BY drill_id
"""
SELECT_DISAGREEMENTS: Final = """
    SELECT json_object('disagreement', disagreement_id, 'kind', kind, 'account', account_id, 'category', category,
                       'symbol', symbol, 'position_idx', position_idx, 'plan', plan_id, 'promised', json(promised),
                       'shown', json(shown), 'opened_at', opened_ts, 'ended_at', ended_ts, 'ended_how', ended_how)
      FROM disagreements WHERE user_id = ? ORDER BY disagreement_id
"""
SELECT_OWN_ALERTS: Final = """
    SELECT json_object('alert', alert_id, 'category', category, 'symbol', symbol, 'side', side, 'price', price,
                       'price_when_set', set_price, 'created_at', created_ts)
      FROM price_alerts WHERE user_id = ?
"""
SELECT_TICKET_PRESETS: Final = """
    SELECT json_object('sizes', sizes, 'stops', stops, 'targets', targets) FROM ticket_presets WHERE user_id = ?
"""
SELECT_LAST_SIZES: Final = """
    SELECT json_object('account', account_id, 'symbol', symbol, 'size', size, 'used_at', used_ts)
      FROM last_sizes WHERE user_id = ?
"""
SELECT_TICKETS: Final = """
    SELECT json_object('number', ticket_id, 'order', json(draft_json), 'updated_at', updated_ts)
      FROM trade_tickets WHERE user_id = ?
"""
