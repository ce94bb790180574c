"""license_events: append-only by triggers and a chain of hashes; user_licenses is rewritten from it at every row."""

from collections.abc import Sequence
from typing import Final

from bot.domain.events import LicenseChanged, RecordEvent
from bot.domain.ids import Millis, UserId
from bot.domain.licensing import EntryKind, LedgerEntry, LicenseBalance, LicenseType, NewLedgerEntry, derive
from storage.sqlite.codecs import Row, storable
from storage.sqlite.hash_chain import NO_HASH, Chain, hash_of
from storage.sqlite.pseudonyms import optional_pseudonym, pseudonym_of
from storage.sqlite.transaction import Transaction

SELECT_LAST_EVENT: Final = """
    SELECT event_id, hash FROM license_events WHERE event_id = (SELECT max(event_id) FROM license_events)
"""
SELECT_EVENT_BY_KEY: Final = "SELECT event_id, holder FROM license_events WHERE cause = ?"
SELECT_TRIAL: Final = """
    SELECT 1 FROM license_events WHERE cause = 'trial:' || (SELECT pseudonym FROM users WHERE user_id = ?)
    UNION ALL
    SELECT 1 FROM used_marks WHERE mark = ?
"""
SELECT_EVENTS: Final = """
    SELECT event_id, kind, license_type, millis, takes, at FROM license_events WHERE holder = ? ORDER BY event_id
"""
SELECT_EVENTS_OF_USER: Final = """
    SELECT event_id, kind, license_type, millis, takes, at FROM license_events
     WHERE holder = (SELECT pseudonym FROM users WHERE user_id = ?) ORDER BY event_id
"""
INSERT_EVENT: Final = """
    INSERT INTO license_events (event_id, holder, kind, license_type, millis, takes, cause, actor, note, at,
                                previous_hash, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
SELECT_LICENSE_CHAIN: Final = """
    SELECT event_id, holder, kind, license_type, millis, takes, cause, actor, note, at, previous_hash, hash
      FROM license_events WHERE event_id > ? ORDER BY event_id LIMIT 1000
"""
LICENSE_CHAIN: Final = Chain(name="license_events", page=SELECT_LICENSE_CHAIN)
DELETE_PROJECTION: Final = "DELETE FROM user_licenses WHERE user_id = ?"
INSERT_SEGMENT: Final = """
    INSERT INTO user_licenses (user_id, license_type, start_date, end_date) VALUES (?, ?, ?, ?)
"""

_NOTE_LIMIT: Final = 1000


class SqliteLedger:
    """Implements `bot.domain.ports.licensing.Ledger` inside a unit of work."""

    def __init__(self, transaction: Transaction, record: RecordEvent) -> None:
        self._transaction = transaction
        self._record = record

    async def append(self, user_id: UserId, entry: NewLedgerEntry, now: Millis) -> tuple[LedgerEntry, LicenseBalance]:
        holder = await pseudonym_of(self._transaction, user_id)
        idempotency_key = entry.idempotency_key if ":" in entry.idempotency_key else f"{entry.idempotency_key}:{holder}"
        entries = await self._entries(holder)
        known = await self._transaction.fetch(SELECT_EVENT_BY_KEY, (idempotency_key,))
        if known:
            return _same(known[0], holder, entries), derive(entries, now)
        if entry.takes is not None and not any(_gives(each, entry.takes) for each in entries):
            raise LookupError(f"user {user_id} was never given anything by ledger row {entry.takes}")
        written = await self._insert(holder, idempotency_key, entry, now)
        license_balance = derive((*entries, written), now)
        await self._project(user_id, license_balance)
        return written, license_balance

    async def entries(self, user_id: UserId) -> tuple[LedgerEntry, ...]:
        return await self._entries(await pseudonym_of(self._transaction, user_id))

    async def _entries(self, holder: str) -> tuple[LedgerEntry, ...]:
        return tuple(map(entry_of, await self._transaction.fetch(SELECT_EVENTS, (holder,))))

    async def _insert(self, holder: str, idempotency_key: str, entry: NewLedgerEntry, now: Millis) -> LedgerEntry:
        last = await self._transaction.fetch(SELECT_LAST_EVENT)
        last_id, previous = last[0] if last else (0, NO_HASH)
        license_type = None if entry.license_type is None else entry.license_type.value
        actor = await optional_pseudonym(self._transaction, entry.actor)
        note = storable(entry.note, limit=_NOTE_LIMIT)
        columns = (entry.kind.value, license_type, entry.millis, entry.takes, idempotency_key, actor, note, now)
        row = (last_id + 1, holder, *columns)
        await self._transaction.fetch(INSERT_EVENT, (*row, previous, hash_of(row, previous)))
        return LedgerEntry(
            entry_id=last_id + 1,
            kind=entry.kind,
            license_type=entry.license_type,
            millis=entry.millis,
            takes=entry.takes,
            at=now,
        )

    async def _project(self, user_id: UserId, license_balance: LicenseBalance) -> None:
        await self._transaction.fetch(DELETE_PROJECTION, (user_id,))
        rows = [
            (user_id, segment.license_type.value, segment.start, segment.end) for segment in license_balance.segments
        ]
        await self._transaction.write_many(INSERT_SEGMENT, rows)
        self._record(LicenseChanged(user_id=user_id))


def entry_of(row: Row) -> LedgerEntry:
    """A row of SELECT_EVENTS."""
    entry_id, kind, license_type, millis, takes, at = row
    return LedgerEntry(
        entry_id=entry_id,
        kind=EntryKind(kind),
        license_type=None if license_type is None else LicenseType(license_type),
        millis=millis,
        takes=takes,
        at=at,
    )


def _same(known: Row, holder: str, entries: Sequence[LedgerEntry]) -> LedgerEntry:
    """The row that an idempotency key made before."""
    entry_id, its_holder = known
    if its_holder != holder:
        raise ValueError(f"ledger row {entry_id} of the same idempotency key belongs to another user")
    return next(each for each in entries if each.entry_id == entry_id)


def _gives(entry: LedgerEntry, entry_id: int) -> bool:
    return entry.entry_id == entry_id and entry.license_type is not None
