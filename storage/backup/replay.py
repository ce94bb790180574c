"""Lines of the journal, done again on a restored copy: each word's statements, by the values of its row.

Statements set what the row was, whatever stands there, so that a line twice is a line once.
"""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Final

from bot.domain.errors import UnfitJournal
from bot.domain.ids import Millis
from bot.domain.licensing import derive
from storage.accounts.accounts import (
    DELETE_CREDENTIALS,
    DELETE_ORDERS,
    DELETE_POSITIONS,
    FORGET_DEFAULT,
    REMOVE_ACCOUNT,
)
from storage.journal.journal import UPDATE_POSITION
from storage.journal.segments import Line
from storage.licensing.ledger import DELETE_PROJECTION, INSERT_SEGMENT, SELECT_EVENTS, entry_of
from storage.sqlite.recipients import Openers
from storage.users.pins import DELETE_PIN
from storage.users.privacy import DELETE_ACCOUNTS, DELETE_USER, ERASED_BY_HAND

PUT_USER: Final = """
    INSERT INTO users (user_id, pseudonym, first_name, lang, role, is_banned, percent, sl_percent, tp_percent, leverage,
                       global_order_type, notifications, time_zone, first_seen_ts, last_seen_ts)
    VALUES (?1, ?2, '', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)
    ON CONFLICT (user_id) DO UPDATE SET pseudonym = ?2, role = ?4, is_banned = ?5
"""
SET_STANDING: Final = "UPDATE users SET role = ?2, is_banned = ?3 WHERE user_id = ?1"
# Of an account at Bybit the keys are not here: its row keeps its number from being given again.
PUT_ACCOUNT: Final = """
    INSERT INTO accounts (account_id, user_id, exchange, account_type, host, label, state, created_ts)
    VALUES (?1, ?2, ?3, ?4, ?5, iif(?4 = 'paper', 'Practice', ''), iif(?4 = 'paper', 'active', 'removed'), ?6)
    ON CONFLICT (account_id) DO NOTHING
"""
PUT_WALLET: Final = """
    INSERT INTO paper_wallets (account_id, coin, wallet_balance)
    SELECT account_id, 'USDT', '10000' FROM accounts WHERE account_id = ?1 AND account_type = 'paper'
    ON CONFLICT (account_id, coin) DO NOTHING
"""
PUT_DEFAULT: Final = """
    UPDATE users SET default_account_id = ?1 WHERE user_id = ?2 AND default_account_id IS NULL AND ?4 = 'paper'
"""
PUT_EVENT: Final = """
    INSERT INTO license_events (event_id, holder, kind, license_type, millis, takes, cause, actor, note, at,
                                previous_hash, hash)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
     WHERE NOT EXISTS (SELECT 1 FROM license_events WHERE event_id = ?1 AND hash = ?12)
"""
PUT_AUDIT: Final = """
    INSERT INTO audit (id, ts, actor, action, subject, details, previous_hash, hash)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
     WHERE NOT EXISTS (SELECT 1 FROM audit WHERE id = ?1 AND hash = ?8)
"""
PUT_PAYMENT: Final = """
    INSERT INTO payment_history (id, user_id, telegram_payment_charge_id, payload, stars, currency, license_type,
                                 period_days, license_event_id, status, reason, paid_ts, created_at, settled_ts,
                                 attempts, next_try_ts, trouble, is_repeat)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
    ON CONFLICT (id) DO UPDATE
       SET user_id = ?2, status = ?10, reason = ?11, settled_ts = ?14, attempts = ?15, next_try_ts = ?16, trouble = ?17
"""
SET_INVOICE: Final = "UPDATE invoices SET state = ?2 WHERE payload = ?1"
PUT_SUBSCRIPTION: Final = """
    INSERT INTO subscriptions (payload, charge_id, user_id, license_type, stars, until_ts, is_canceled)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (payload) DO UPDATE SET until_ts = ?6, is_canceled = ?7
"""
PUT_CAMPAIGN: Final = """
    INSERT INTO promo_campaigns (campaign_id, license_type, days, max_uses, code_count, starts_ts, ends_ts, note, state,
                                 uses, hour, hour_uses, creator, created_ts, undo_asked_by, undo_asked_ts,
                                 undo_finished_ts, once)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
    ON CONFLICT (campaign_id) DO UPDATE
       SET max_uses = ?4, starts_ts = ?6, ends_ts = ?7, note = ?8, state = ?9, uses = ?10, hour = ?11, hour_uses = ?12,
           creator = ?13, undo_asked_by = ?15, undo_asked_ts = ?16, undo_finished_ts = ?17, once = ?18
"""
PUT_CODE: Final = """
    INSERT INTO promo_codes (promo_id, campaign_id, lookup, envelope, uses, max_uses) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (promo_id) DO UPDATE SET lookup = ?3, envelope = ?4, uses = ?5, max_uses = ?6
"""
PUT_USE: Final = """
    INSERT INTO promo_usage (usage_id, promo_id, campaign_id, holder, actor, used_ts, event_id, until_ts, undone_ts)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
    ON CONFLICT (usage_id) DO UPDATE SET event_id = ?7, until_ts = ?8, undone_ts = ?9
"""
PUT_MARK: Final = """
    INSERT INTO used_marks (mark, campaign_id, until_ts) VALUES (?1, ?2, ?3)
    ON CONFLICT (mark) DO UPDATE SET until_ts = max(until_ts, ?3)
"""
PUT_GIVEN: Final = """
    INSERT INTO given_days (cause, user_id, days, given_ts) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (cause) DO NOTHING
"""
PUT_PIN: Final = """
    INSERT INTO pins (user_id, salt, digest, scrypt_n, scrypt_r, scrypt_p, failures, locked_until_ts, guards_keys,
                      set_ts)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
    ON CONFLICT (user_id) DO UPDATE
       SET salt = ?2, digest = ?3, scrypt_n = ?4, scrypt_r = ?5, scrypt_p = ?6, failures = ?7, locked_until_ts = ?8,
           guards_keys = ?9, set_ts = ?10
"""
PUT_LIMITS: Final = """
    INSERT INTO account_limits (account_id, user_id, limits) VALUES (?1, ?2, ?3)
    ON CONFLICT (account_id) DO UPDATE SET limits = ?3
"""
PUT_CHANGE: Final = """
    INSERT INTO limit_changes (change_id, user_id, account_id, state, names, limits_before, limits_after, made_ts,
                               takes_effect_ts)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (change_id) DO UPDATE SET state = ?4
"""
PUT_HALT: Final = """
    INSERT INTO halts (halt_id, actor_id, reason, since_ts, until_ts, stops_management)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (halt_id) DO UPDATE SET until_ts = ?5
"""
PUT_FENCE: Final = """
    INSERT INTO account_fences (account_id, fence, paused_ts) VALUES (?1, ?2, ?3)
    ON CONFLICT (account_id) DO UPDATE SET fence = ?2, paused_ts = ?3
"""
PUT_REQUEST: Final = """
    INSERT INTO privacy_requests (user_id, exported_ts, erase_ts) VALUES (?1, ?2, ?3)
    ON CONFLICT (user_id) DO UPDATE SET exported_ts = ?2, erase_ts = ?3
"""
PUT_SEALED: Final = """
    INSERT INTO sealed_secrets (name, key_id, envelope) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO NOTHING
"""
_REMOVED: Final = (DELETE_CREDENTIALS, DELETE_POSITIONS, DELETE_ORDERS, FORGET_DEFAULT, REMOVE_ACCOUNT)
STATEMENTS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "user": (PUT_USER,),
        "standing": (SET_STANDING,),
        "user-gone": (*ERASED_BY_HAND, DELETE_ACCOUNTS, DELETE_USER),
        "account": (PUT_ACCOUNT, PUT_WALLET, PUT_DEFAULT),
        "account-gone": _REMOVED,
        "key-gone": _REMOVED,
        "ledger": (PUT_EVENT,),
        "audit": (PUT_AUDIT,),
        "payment": (PUT_PAYMENT,),
        "invoice": (SET_INVOICE,),
        "subscription": (PUT_SUBSCRIPTION,),
        "campaign": (PUT_CAMPAIGN,),
        "code": (PUT_CODE,),
        "use": (PUT_USE,),
        "mark": (PUT_MARK,),
        "given": (PUT_GIVEN,),
        "pin": (PUT_PIN,),
        "pin-gone": (DELETE_PIN,),
        "limits": (PUT_LIMITS,),
        "limit-change": (PUT_CHANGE,),
        "halt": (PUT_HALT,),
        "fence": (PUT_FENCE,),
        "privacy": (PUT_REQUEST,),
        "secret": (PUT_SEALED,),
    }
)
SELECT_HOLDER: Final = "SELECT user_id FROM users WHERE pseudonym = ?"
_NUMBERED: Final = re.compile(r"\?(\d+)")
_HOLDER: Final = 1  # of the values of a row of the ledger


@dataclass(slots=True, kw_only=True)
class Replayed:
    """How many lines were done again, and rows of each word."""

    lines: int = 0
    rows: dict[str, int] = field(default_factory=dict)


def replay(connection: sqlite3.Connection, lines: Sequence[Line], openers: Openers) -> Replayed:
    """Do the lines again, all of them or none; blocks.

    Raises UnfitJournal for a line that does not fit, WrongKeyFile if no key at hand opens them.
    """
    done, holders = Replayed(), set[str]()
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        for line in lines:
            _replay_line(connection, line, openers, done, holders)
        for holder in holders:
            _project(connection, holder)
        if lines:
            connection.execute(UPDATE_POSITION, (lines[-1].segment.journal_id, lines[-1].seq, lines[-1].hash))
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        connection.rollback()
        raise UnfitJournal(f"the journal does not fit the copy: {error}") from error
    except BaseException:
        connection.rollback()
        raise
    return done


def _replay_line(
    connection: sqlite3.Connection, line: Line, openers: Openers, done: Replayed, holders: set[str]
) -> None:
    done.lines += 1
    for word, *values in line.rows(openers):
        statements = STATEMENTS.get(word)
        if statements is None:
            raise UnfitJournal(f"line {line.seq} of the journal is of a later version: it knows of {word!r}")
        done.rows[word] = done.rows.get(word, 0) + 1
        for statement in statements:
            connection.execute(statement, values[: _parameters(statement)]).fetchall()
        if word == "ledger":
            holders.add(values[_HOLDER])


@cache
def _parameters(statement: str) -> int:
    """How many values it takes."""
    return max(map(int, _NUMBERED.findall(statement)), default=statement.count("?"))


def _project(connection: sqlite3.Connection, holder: str) -> None:
    """user_licenses anew, as of the last row of that person's ledger."""
    rows = connection.execute(SELECT_HOLDER, (holder,)).fetchall()
    if not rows:  # they were erased since
        return
    ((user_id,),) = rows
    entries = [entry_of(row) for row in connection.execute(SELECT_EVENTS, (holder,))]
    connection.execute(DELETE_PROJECTION, (user_id,))
    for segment in derive(entries, Millis(entries[-1].at)).segments:
        connection.execute(INSERT_SEGMENT, (user_id, segment.license_type.value, segment.start, segment.end))
