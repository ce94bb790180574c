"""What people ask about what is stored of them, in privacy_requests: a copy, an erasure; and the erasure itself.

The ledgers (audit, license_events) and the counts of campaigns know a person by a pseudonym. It stands in the users
row alone, so what is left of an erased person belongs to nobody.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from bot.domain.events import CredentialsChanged, LicenseChanged, RecordEvent, UserConfigChanged
from bot.domain.ids import Millis, UserId
from bot.domain.marks import Mark
from bot.domain.privacy import PrivacyState, Record
from storage.accounts.accounts import event_of
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction
from storage.users.own_rows import KINDS
from storage.users.payment_rows import ERASE_LEGACY_PAYER, ERASE_OLDER_PAYER

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
