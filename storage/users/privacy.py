"""What is stored of one person: read for their own copy, and erased. privacy_requests holds what they asked for.

The ledgers (audit, license_events) and the counts of campaigns know a person by a pseudonym. It stands in the users
row alone, so what is left of an erased person belongs to nobody.
"""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.domain.events import CredentialsChanged, LicenseChanged, RecordEvent, UserConfigChanged
from bot.domain.ids import Millis, UserId
from bot.domain.marks import Mark
from bot.domain.privacy import PrivacyState, Record
from storage.accounts.accounts import event_of
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction
from storage.users.payment_rows import (
    ERASE_LEGACY_PAYER,
    ERASE_OLDER_PAYER,
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

SELECT_STATE: Final = """
    SELECT u.terms_accepted_ts, r.exported_ts, r.erase_ts
      FROM users AS u LEFT JOIN privacy_requests AS r ON r.user_id = u.user_id
     WHERE u.user_id = ?
"""
UPSERT_EXPORTED: Final = """
    INSERT INTO privacy_requests (user_id, exported_ts) VALUES (?, ?)
    ON CONFLICT (user_id) DO UPDATE SET exported_ts = excluded.exported_ts
"""
UPSERT_ERASE: Final = """
    INSERT INTO privacy_requests (user_id, erase_ts) VALUES (?, ?)
    ON CONFLICT (user_id) DO UPDATE SET erase_ts = excluded.erase_ts
"""
CLEAR_ERASE: Final = """
    UPDATE privacy_requests SET erase_ts = NULL WHERE user_id = ? AND erase_ts IS NOT NULL RETURNING user_id
"""
# What an erased person leaves behind, each thing by itself.
SELECT_HAD_TRIAL: Final = """
    SELECT 1 FROM license_events WHERE cause = 'trial:' || (SELECT pseudonym FROM users WHERE user_id = ?)
"""
SELECT_CAMPAIGNS_USED: Final = """
    SELECT campaign_id FROM promo_usage WHERE holder = (SELECT pseudonym FROM users WHERE user_id = ?)
"""
KEEP_MARK: Final = """
    INSERT INTO used_marks (mark, campaign_id, until_ts) VALUES (?1, ?2, ?3)
    ON CONFLICT (mark) DO UPDATE SET until_ts = ?3
"""
SELECT_MARK: Final = "SELECT 1 FROM used_marks WHERE mark = ?"
SELECT_ERASURES_DUE: Final = """
    SELECT r.user_id FROM privacy_requests AS r
     WHERE r.erase_ts <= ?
       AND (SELECT u.is_banned = 0 AND u.role = 'user' FROM users AS u WHERE u.user_id = r.user_id)
     ORDER BY r.erase_ts LIMIT ?
"""

# What is erased by hand: rows that stand without a foreign key to users. All else goes with the users row.
# The accounts, so that each is told of.
DELETE_ACCOUNTS: Final = """
    DELETE FROM accounts WHERE user_id = ? RETURNING account_id, user_id, exchange, account_type
"""
# What others are to be sent and have not got yet may name them (a question for the staff); what was sent is wiped.
DELETE_MESSAGES_TO_OTHERS: Final = """
    DELETE FROM outbox WHERE outbox_id IN (
        SELECT o.outbox_id FROM outbox AS o
         WHERE o.state = 'waiting' AND o.next_try_ts > 0
           AND EXISTS (SELECT 1 FROM json_each(o.values_json) AS v WHERE v.value = CAST(? AS TEXT)))
"""
# The one idempotency key that names somebody else than its reader (bot/services/users/pin.py).
DELETE_PIN_ALARMS: Final = """
    DELETE FROM outbox WHERE cause >= 'pin-locked:' || ?1 || ':' AND cause < 'pin-locked:' || ?1 || ';'
"""
DELETE_MESSAGES: Final = "DELETE FROM outbox WHERE user_id = ?"
DELETE_BUTTONS: Final = "DELETE FROM buttons WHERE user_id = ?"
# The id of the update stays, so that it is not taken in again.
ERASE_UPDATES: Final = """
    UPDATE inbox SET user_id = NULL, chat_id = NULL, body = NULL WHERE user_id = ? AND state = 'set_aside'
"""
DELETE_PASTED_SIGNALS: Final = "DELETE FROM signals WHERE source = 'pasted:' || ?"
ERASE_PINNED_CARDS: Final = """
    UPDATE promo_campaigns SET pin_chat_id = NULL, pin_message_id = NULL WHERE pin_chat_id = ?
"""
ERASE_BROADCAST_CARDS: Final = "UPDATE broadcasts SET chat_id = NULL, message_id = NULL WHERE chat_id = ?"
DELETE_USER: Final = "DELETE FROM users WHERE user_id = ? RETURNING user_id"
ERASED_BY_HAND: Final = (
    DELETE_MESSAGES_TO_OTHERS,
    DELETE_PIN_ALARMS,
    DELETE_MESSAGES,
    DELETE_BUTTONS,
    ERASE_UPDATES,
    DELETE_PASTED_SIGNALS,
    ERASE_PINNED_CARDS,
    ERASE_BROADCAST_CARDS,
    ERASE_OLDER_PAYER,
    ERASE_LEGACY_PAYER,
)

# Each row is one JSON object; names that end with _at are UTC epoch milliseconds. No secret is read.
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


def _state(rows: list[tuple[Millis | None, Millis | None, Millis | None]]) -> PrivacyState:
    accepted, exported, erase = rows[0] if rows else (None, None, None)
    return PrivacyState(terms_accepted_at=accepted, exported_at=exported, erase_at=erase)


class SqlitePrivacy:
    """Implements `bot.domain.ports.users.PrivacyRequests` inside a unit of work."""

    def __init__(self, transaction: Transaction, record: RecordEvent) -> None:
        self._transaction = transaction
        self._record = record

    async def state(self, user_id: UserId) -> PrivacyState:
        return _state(await self._transaction.fetch(SELECT_STATE, (user_id,)))

    async def note_export(self, user_id: UserId, now: Millis) -> None:
        await self._transaction.fetch(UPSERT_EXPORTED, (user_id, now))

    async def erase_later(self, user_id: UserId, at: Millis) -> None:
        await self._transaction.fetch(UPSERT_ERASE, (user_id, at))

    async def keep(self, user_id: UserId) -> bool:
        """True if an erasure was due to come."""
        return bool(await self._transaction.fetch(CLEAR_ERASE, (user_id,)))

    async def used_once(self, user_id: UserId) -> tuple[bool, tuple[int, ...]]:
        had_trial = await self._transaction.fetch(SELECT_HAD_TRIAL, (user_id,))
        campaigns = await self._transaction.fetch(SELECT_CAMPAIGNS_USED, (user_id,))
        return bool(had_trial), tuple({campaign for (campaign,) in campaigns})

    async def keep_marks(self, marks: Sequence[Mark]) -> None:
        await self._transaction.write_many(KEEP_MARK, [(each.mark, each.campaign, each.until) for each in marks])

    async def is_marked(self, mark: bytes) -> bool:
        return bool(await self._transaction.fetch(SELECT_MARK, (mark,)))

    async def erase(self, user_id: UserId) -> None:
        for statement in ERASED_BY_HAND:
            await self._transaction.fetch(statement, (user_id,))
        for row in await self._transaction.fetch(DELETE_ACCOUNTS, (user_id,)):
            self._record(event_of(CredentialsChanged, row))
        for _ in await self._transaction.fetch(DELETE_USER, (user_id,)):
            self._record(UserConfigChanged(user_id=user_id))
            self._record(LicenseChanged(user_id=user_id))


class SqlitePrivacyQueries:
    """Implements `bot.domain.ports.users.PrivacyReads`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def privacy_state(self, user_id: UserId) -> PrivacyState:
        return _state(await self._database.fetch(SELECT_STATE, (user_id,)))

    async def erasures_due(self, now: Millis, limit: int) -> tuple[UserId, ...]:
        return tuple(user_id for (user_id,) in await self._database.fetch(SELECT_ERASURES_DUE, (now, limit)))

    async def stored_of(self, user_id: UserId) -> Mapping[str, Sequence[Record]]:
        return {
            kind: [json.loads(row) for (row,) in await self._database.fetch(statement, (user_id,))]
            for kind, statement in KINDS.items()
        }
