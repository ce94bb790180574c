"""audit: who did what to whom, append-only by triggers and a chain (storage/chain.py).

Rows know people by pseudonym; details hold no names, ids or keys of people, for they outlive an erased user.
"""

from typing import Final

from bot.domain.model import Millis
from bot.domain.ports import AuditEntry
from storage.chain import NO_HASH, Chain, hash_of
from storage.columns import storable
from storage.pseudonyms import optional_pseudonym
from storage.writer import Transaction

SELECT_LAST: Final = "SELECT id, hash FROM audit WHERE id = (SELECT max(id) FROM audit)"
INSERT_ENTRY: Final = """
    INSERT INTO audit (id, ts, actor, action, subject, details, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
SELECT_CHAIN: Final = """
    SELECT id, ts, actor, action, subject, details, previous_hash, hash FROM audit WHERE id > ? ORDER BY id LIMIT 1000
"""
AUDIT_CHAIN: Final = Chain(name="audit", page=SELECT_CHAIN)

_DETAILS_LIMIT: Final = 4096


class SqliteAudit:
    """Appends inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def append(self, entry: AuditEntry, now: Millis) -> None:
        """Raises LookupError for an actor or a subject who is not there."""
        actor = await optional_pseudonym(self._transaction, entry.actor)
        subject = actor if entry.subject == entry.actor else await optional_pseudonym(self._transaction, entry.subject)
        last = await self._transaction.fetch(SELECT_LAST)
        last_id, previous = last[0] if last else (0, NO_HASH)
        row = (last_id + 1, now, actor, entry.action, subject, storable(entry.details, limit=_DETAILS_LIMIT))
        await self._transaction.fetch(INSERT_ENTRY, (*row, previous, hash_of(row, previous)))
