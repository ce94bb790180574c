"""audit: who did what to whom, append-only by triggers and a chain (storage/sqlite/hash_chain.py).

Rows know people by pseudonym; details hold no names, ids or keys of people, for they outlive an erased user.
"""

from typing import Final

from bot.domain.audit import AuditEntry, AuditPerson, AuditRow
from bot.domain.ids import Millis, UserId
from storage.sqlite.codecs import Row, storable
from storage.sqlite.hash_chain import NO_HASH, Chain, Fetch, hash_of
from storage.sqlite.pseudonyms import optional_pseudonym
from storage.sqlite.transaction import Transaction

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


# --- the read side: newest first, with the user ids that pseudonyms still map to ------------------------------

SELECT_PAGE: Final = """
    SELECT a.id, a.ts, a.actor, actor.user_id, a.action, a.subject, subject.user_id, a.details
      FROM audit AS a LEFT JOIN users AS actor ON actor.pseudonym = a.actor
                      LEFT JOIN users AS subject ON subject.pseudonym = a.subject
     WHERE a.id < ? ORDER BY a.id DESC LIMIT ?
"""
SELECT_PAGE_OF_AREA: Final = """
    SELECT a.id, a.ts, a.actor, actor.user_id, a.action, a.subject, subject.user_id, a.details
      FROM audit AS a LEFT JOIN users AS actor ON actor.pseudonym = a.actor
                      LEFT JOIN users AS subject ON subject.pseudonym = a.subject
     WHERE substr(a.action, 1, instr(a.action || '.', '.') - 1) = ? AND a.id < ? ORDER BY a.id DESC LIMIT ?
"""
SELECT_PAGE_OF_SUBJECT: Final = """
    SELECT a.id, a.ts, a.actor, actor.user_id, a.action, a.subject, subject.user_id, a.details
      FROM audit AS a LEFT JOIN users AS actor ON actor.pseudonym = a.actor
                      LEFT JOIN users AS subject ON subject.pseudonym = a.subject
     WHERE a.subject = (SELECT pseudonym FROM users WHERE user_id = ?) AND a.id < ? ORDER BY a.id DESC LIMIT ?
"""
SELECT_PAGE_OF_BOTH: Final = """
    SELECT a.id, a.ts, a.actor, actor.user_id, a.action, a.subject, subject.user_id, a.details
      FROM audit AS a LEFT JOIN users AS actor ON actor.pseudonym = a.actor
                      LEFT JOIN users AS subject ON subject.pseudonym = a.subject
     WHERE a.subject = (SELECT pseudonym FROM users WHERE user_id = ?) AND a.id < ?
       AND substr(a.action, 1, instr(a.action || '.', '.') - 1) = ? ORDER BY a.id DESC LIMIT ?
"""

_ABOVE_ALL: Final = 2**63 - 1


async def audit_page(
    fetch: Fetch, *, before: int | None, area: str | None, subject: UserId | None, limit: int
) -> tuple[AuditRow, ...]:
    """Rows with numbers below `before` (None: from the newest on), newest first; of one area or subject if named."""
    below = _ABOVE_ALL if before is None else before
    if subject is None and area is None:
        rows = await fetch(SELECT_PAGE, (below, limit))
    elif subject is None:
        rows = await fetch(SELECT_PAGE_OF_AREA, (area, below, limit))
    elif area is None:
        rows = await fetch(SELECT_PAGE_OF_SUBJECT, (subject, below, limit))
    else:
        rows = await fetch(SELECT_PAGE_OF_BOTH, (subject, below, area, limit))
    return tuple(map(_row_of, rows))


def _row_of(row: Row) -> AuditRow:
    audit_id, at, actor, actor_id, action, subject, subject_id, details = row
    return AuditRow(
        audit_id=audit_id,
        at=at,
        actor=None if actor is None else AuditPerson(pseudonym=actor, user_id=actor_id),
        action=action,
        subject=None if subject is None else AuditPerson(pseudonym=subject, user_id=subject_id),
        details=details,
    )
