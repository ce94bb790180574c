"""audit: append-only by triggers, and a chain: each row holds the SHA-256 of itself and of the row before.

The hash is over a canonical form, a JSON array in ASCII without blanks:
`[id,ts,actor,action,subject,details,"previous hash in hex"]`. Whoever changes, removes or slips in a row must make
every later hash anew; whoever cuts off the end is found out by a copy of the last hash kept elsewhere.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from bot.domain.model import Millis
from bot.domain.ports import AuditEntry
from storage.columns import storable
from storage.database import Database
from storage.writer import Transaction

SELECT_LAST: Final = "SELECT id, hash FROM audit WHERE id = (SELECT max(id) FROM audit)"
INSERT_ENTRY: Final = """
    INSERT INTO audit (id, ts, actor, action, subject, details, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
SELECT_PAGE: Final = """
    SELECT id, ts, actor, action, subject, details, previous_hash, hash FROM audit WHERE id > ? ORDER BY id LIMIT 1000
"""

_NO_HASH: Final = bytes(32)  # before the first row
_SUBJECT_LIMIT: Final = 256
_DETAILS_LIMIT: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """How far the chain holds: so many good rows, the first bad one's id or None, the last good hash."""

    rows: int
    broken_at: int | None
    head: bytes


class SqliteAudit:
    """Appends inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def append(self, entry: AuditEntry, now: Millis) -> None:
        last = await self._transaction.fetch(SELECT_LAST)
        last_id, previous = last[0] if last else (0, _NO_HASH)
        subject = storable(entry.subject, limit=_SUBJECT_LIMIT)
        details = storable(entry.details, limit=_DETAILS_LIMIT)
        row = (last_id + 1, now, entry.actor, entry.action, subject, details)
        await self._transaction.fetch(INSERT_ENTRY, (*row, previous, _hash_of(row, previous)))


async def verify_chain(database: Database) -> ChainReport:
    """Walk the whole audit and recompute every hash; 1,000 rows a read. Raises StorageTrouble."""
    count, head = 0, _NO_HASH
    while page := await database.fetch(SELECT_PAGE, (count,)):
        for *row, previous, found in page:
            if previous != head or found != _hash_of(tuple(row), head):
                return ChainReport(rows=count, broken_at=row[0], head=head)
            count, head = count + 1, found
    return ChainReport(rows=count, broken_at=None, head=head)


def _hash_of(row: tuple[object, ...], previous: bytes) -> bytes:
    return sha256(json.dumps([*row, previous.hex()], separators=(",", ":")).encode("ascii")).digest()
