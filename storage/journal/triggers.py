"""Which rows are written down: temporary triggers on the writing connection, so that no write can forget it.

They note rows in a temporary table, which a rollback empties like any other. A row's body is a list: a word that says
what happened, then values. Words and the order of values are data: what was written once is read for ever. Nothing is
noted that says who somebody is or what they typed but for reasons of admins, which the chained rows are hashed with.
"""

from typing import Final

TABLE: Final = "CREATE TEMP TABLE journal_rows (row_id INTEGER PRIMARY KEY, body TEXT NOT NULL)"

_USER: Final = """
    CREATE TEMP TRIGGER journal_user AFTER INSERT ON main.users BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'user', NEW.user_id, NEW.pseudonym, NEW.lang, NEW.role, NEW.is_banned, NEW.percent, NEW.sl_percent,
            NEW.tp_percent, NEW.leverage, NEW.global_order_type, NEW.notifications, NEW.time_zone,
            NEW.first_seen_ts));
    END
"""
_STANDING: Final = """
    CREATE TEMP TRIGGER journal_standing AFTER UPDATE OF role, is_banned ON main.users BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('standing', NEW.user_id, NEW.role, NEW.is_banned));
    END
"""
_USER_GONE: Final = """
    CREATE TEMP TRIGGER journal_user_gone AFTER DELETE ON main.users BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('user-gone', OLD.user_id));
    END
"""
_ACCOUNT: Final = """
    CREATE TEMP TRIGGER journal_account AFTER INSERT ON main.accounts BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'account', NEW.account_id, NEW.user_id, NEW.exchange, NEW.account_type, NEW.host, NEW.created_ts));
    END
"""
_ACCOUNT_GONE: Final = """
    CREATE TEMP TRIGGER journal_account_gone AFTER UPDATE OF state ON main.accounts
    WHEN NEW.state = 'removed' AND OLD.state <> 'removed' BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('account-gone', NEW.account_id));
    END
"""
_KEY_GONE: Final = """
    CREATE TEMP TRIGGER journal_key_gone AFTER DELETE ON main.credentials BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('key-gone', OLD.account_id));
    END
"""
_KEY_REPLACED: Final = """
    CREATE TEMP TRIGGER journal_key_replaced AFTER UPDATE OF api_key ON main.credentials
    WHEN NEW.api_key <> OLD.api_key BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('key-gone', OLD.account_id));
    END
"""
_LEDGER: Final = """
    CREATE TEMP TRIGGER journal_ledger AFTER INSERT ON main.license_events BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'ledger', NEW.event_id, NEW.holder, NEW.kind, NEW.license_type, NEW.millis, NEW.takes, NEW.cause,
            NEW.actor, NEW.note, NEW.at, NEW.previous_hash, NEW.hash));
    END
"""
_AUDIT: Final = """
    CREATE TEMP TRIGGER journal_audit AFTER INSERT ON main.audit BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'audit', NEW.id, NEW.ts, NEW.actor, NEW.action, NEW.subject, NEW.details, NEW.previous_hash, NEW.hash));
    END
"""
_PAYMENT_IN: Final = """
    CREATE TEMP TRIGGER journal_payment_in AFTER INSERT ON main.payment_history BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'payment', NEW.id, NEW.user_id, NEW.telegram_payment_charge_id, NEW.payload, NEW.stars, NEW.currency,
            NEW.license_type, NEW.period_days, NEW.license_event_id, NEW.status, NEW.reason, NEW.paid_ts,
            NEW.created_at, NEW.settled_ts, NEW.attempts, NEW.next_try_ts, NEW.trouble, NEW.is_repeat));
    END
"""
_PAYMENT: Final = """
    CREATE TEMP TRIGGER journal_payment AFTER UPDATE ON main.payment_history BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'payment', NEW.id, NEW.user_id, NEW.telegram_payment_charge_id, NEW.payload, NEW.stars, NEW.currency,
            NEW.license_type, NEW.period_days, NEW.license_event_id, NEW.status, NEW.reason, NEW.paid_ts,
            NEW.created_at, NEW.settled_ts, NEW.attempts, NEW.next_try_ts, NEW.trouble, NEW.is_repeat));
    END
"""
_INVOICE: Final = """
    CREATE TEMP TRIGGER journal_invoice AFTER UPDATE OF state ON main.invoices BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('invoice', NEW.payload, NEW.state));
    END
"""
_SUBSCRIPTION_IN: Final = """
    CREATE TEMP TRIGGER journal_subscription_in AFTER INSERT ON main.subscriptions BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'subscription', NEW.payload, NEW.charge_id, NEW.user_id, NEW.license_type, NEW.stars, NEW.until_ts,
            NEW.is_canceled));
    END
"""
_SUBSCRIPTION: Final = """
    CREATE TEMP TRIGGER journal_subscription AFTER UPDATE ON main.subscriptions BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'subscription', NEW.payload, NEW.charge_id, NEW.user_id, NEW.license_type, NEW.stars, NEW.until_ts,
            NEW.is_canceled));
    END
"""
_CAMPAIGN_IN: Final = """
    CREATE TEMP TRIGGER journal_campaign_in AFTER INSERT ON main.promo_campaigns BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'campaign', NEW.campaign_id, NEW.license_type, NEW.days, NEW.max_uses, NEW.code_count, NEW.starts_ts,
            NEW.ends_ts, NEW.note, NEW.state, NEW.uses, NEW.hour, NEW.hour_uses, NEW.creator, NEW.created_ts,
            NEW.undo_asked_by, NEW.undo_asked_ts, NEW.undo_finished_ts, NEW.once));
    END
"""
_CAMPAIGN: Final = """
    CREATE TEMP TRIGGER journal_campaign AFTER UPDATE ON main.promo_campaigns BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'campaign', NEW.campaign_id, NEW.license_type, NEW.days, NEW.max_uses, NEW.code_count, NEW.starts_ts,
            NEW.ends_ts, NEW.note, NEW.state, NEW.uses, NEW.hour, NEW.hour_uses, NEW.creator, NEW.created_ts,
            NEW.undo_asked_by, NEW.undo_asked_ts, NEW.undo_finished_ts, NEW.once));
    END
"""
_CODE_IN: Final = """
    CREATE TEMP TRIGGER journal_code_in AFTER INSERT ON main.promo_codes BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'code', NEW.promo_id, NEW.campaign_id, NEW.lookup, NEW.envelope, NEW.uses, NEW.max_uses));
    END
"""
_CODE: Final = """
    CREATE TEMP TRIGGER journal_code AFTER UPDATE ON main.promo_codes BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'code', NEW.promo_id, NEW.campaign_id, NEW.lookup, NEW.envelope, NEW.uses, NEW.max_uses));
    END
"""
_USE_IN: Final = """
    CREATE TEMP TRIGGER journal_use_in AFTER INSERT ON main.promo_usage BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'use', NEW.usage_id, NEW.promo_id, NEW.campaign_id, NEW.holder, NEW.actor, NEW.used_ts, NEW.event_id,
            NEW.until_ts, NEW.undone_ts));
    END
"""
_USE: Final = """
    CREATE TEMP TRIGGER journal_use AFTER UPDATE ON main.promo_usage BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'use', NEW.usage_id, NEW.promo_id, NEW.campaign_id, NEW.holder, NEW.actor, NEW.used_ts, NEW.event_id,
            NEW.until_ts, NEW.undone_ts));
    END
"""
_MARK: Final = """
    CREATE TEMP TRIGGER journal_mark AFTER INSERT ON main.used_marks BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('mark', NEW.mark, NEW.campaign_id, NEW.until_ts));
    END
"""
_GIVEN: Final = """
    CREATE TEMP TRIGGER journal_given AFTER INSERT ON main.given_days BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'given', NEW.cause, NEW.user_id, NEW.days, NEW.given_ts));
    END
"""
_PIN_IN: Final = """
    CREATE TEMP TRIGGER journal_pin_in AFTER INSERT ON main.pins BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'pin', NEW.user_id, NEW.salt, NEW.digest, NEW.scrypt_n, NEW.scrypt_r, NEW.scrypt_p, NEW.failures,
            NEW.locked_until_ts, NEW.guards_keys, NEW.set_ts));
    END
"""
_PIN: Final = """
    CREATE TEMP TRIGGER journal_pin AFTER UPDATE ON main.pins BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'pin', NEW.user_id, NEW.salt, NEW.digest, NEW.scrypt_n, NEW.scrypt_r, NEW.scrypt_p, NEW.failures,
            NEW.locked_until_ts, NEW.guards_keys, NEW.set_ts));
    END
"""
_PIN_GONE: Final = """
    CREATE TEMP TRIGGER journal_pin_gone AFTER DELETE ON main.pins BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('pin-gone', OLD.user_id));
    END
"""
_LIMITS_IN: Final = """
    CREATE TEMP TRIGGER journal_limits_in AFTER INSERT ON main.account_limits BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('limits', NEW.account_id, NEW.user_id, NEW.limits));
    END
"""
_LIMITS: Final = """
    CREATE TEMP TRIGGER journal_limits AFTER UPDATE ON main.account_limits BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('limits', NEW.account_id, NEW.user_id, NEW.limits));
    END
"""
_CHANGE_IN: Final = """
    CREATE TEMP TRIGGER journal_change_in AFTER INSERT ON main.limit_changes BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'limit-change', NEW.change_id, NEW.user_id, NEW.account_id, NEW.state, NEW.names, NEW.limits_before,
            NEW.limits_after, NEW.made_ts, NEW.takes_effect_ts));
    END
"""
_CHANGE: Final = """
    CREATE TEMP TRIGGER journal_change AFTER UPDATE ON main.limit_changes BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'limit-change', NEW.change_id, NEW.user_id, NEW.account_id, NEW.state, NEW.names, NEW.limits_before,
            NEW.limits_after, NEW.made_ts, NEW.takes_effect_ts));
    END
"""
_HALT_IN: Final = """
    CREATE TEMP TRIGGER journal_halt_in AFTER INSERT ON main.halts BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'halt', NEW.halt_id, NEW.actor_id, NEW.reason, NEW.since_ts, NEW.until_ts, NEW.stops_management));
    END
"""
_HALT: Final = """
    CREATE TEMP TRIGGER journal_halt AFTER UPDATE ON main.halts BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'halt', NEW.halt_id, NEW.actor_id, NEW.reason, NEW.since_ts, NEW.until_ts, NEW.stops_management));
    END
"""
_FENCE_IN: Final = """
    CREATE TEMP TRIGGER journal_fence_in AFTER INSERT ON main.account_fences BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('fence', NEW.account_id, NEW.fence, NEW.paused_ts));
    END
"""
_FENCE: Final = """
    CREATE TEMP TRIGGER journal_fence AFTER UPDATE ON main.account_fences BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('fence', NEW.account_id, NEW.fence, NEW.paused_ts));
    END
"""
_REQUEST_IN: Final = """
    CREATE TEMP TRIGGER journal_request_in AFTER INSERT ON main.privacy_requests BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'privacy', NEW.user_id, NEW.exported_ts, NEW.erase_ts));
    END
"""
_REQUEST: Final = """
    CREATE TEMP TRIGGER journal_request AFTER UPDATE ON main.privacy_requests BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row(
            'privacy', NEW.user_id, NEW.exported_ts, NEW.erase_ts));
    END
"""
_SEALED: Final = """
    CREATE TEMP TRIGGER journal_secret AFTER INSERT ON main.sealed_secrets BEGIN
        INSERT INTO journal_rows (body) VALUES (journal_row('secret', NEW.name, NEW.key_id, NEW.envelope));
    END
"""

TRIGGERS: Final = (
    _USER,
    _STANDING,
    _USER_GONE,
    _ACCOUNT,
    _ACCOUNT_GONE,
    _KEY_GONE,
    _KEY_REPLACED,
    _LEDGER,
    _AUDIT,
    _PAYMENT_IN,
    _PAYMENT,
    _INVOICE,
    _SUBSCRIPTION_IN,
    _SUBSCRIPTION,
    _CAMPAIGN_IN,
    _CAMPAIGN,
    _CODE_IN,
    _CODE,
    _USE_IN,
    _USE,
    _MARK,
    _GIVEN,
    _PIN_IN,
    _PIN,
    _PIN_GONE,
    _LIMITS_IN,
    _LIMITS,
    _CHANGE_IN,
    _CHANGE,
    _HALT_IN,
    _HALT,
    _FENCE_IN,
    _FENCE,
    _REQUEST_IN,
    _REQUEST,
    _SEALED,
)
