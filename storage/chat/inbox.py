"""inbox: every update stands here before Telegram is told that it was received."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.domain.chat import InboxState, StoredUpdate
from bot.domain.ids import Millis, UserId
from bot.domain.update_attempt import UpdateId
from storage.sqlite.codecs import Row
from storage.sqlite.connection import Statement
from storage.sqlite.database import Database

INSERT_UPDATE: Final = """
    INSERT INTO inbox (update_id, user_id, chat_id, body, state, attempts, received_ts)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
     WHERE ?1 > ifnull((SELECT last_id FROM inbox_runs WHERE first_id <= ?1 ORDER BY first_id DESC LIMIT 1), -1)
    ON CONFLICT (update_id) DO NOTHING
    RETURNING update_id
"""
SELECT_WAITING: Final = """
    SELECT update_id, user_id, chat_id, body, state, attempts, received_ts FROM inbox
     WHERE state IN ('new', 'applied') ORDER BY received_ts, update_id  -- ids begin anew at times
"""
MARK_APPLIED: Final = "UPDATE inbox SET state = 'applied' WHERE update_id = ? AND state = 'new'"
# What stays says that the id was seen, and nothing of whom. A row that became shorter would keep the room of its body:
# pages are joined where rows are deleted. 51 bytes an update, not 430; and a minute later next to none.
DELETE_DONE: Final = "DELETE FROM inbox WHERE update_id IN (SELECT value FROM json_each(?))"
INSERT_DONE: Final = """
    INSERT INTO inbox (update_id, state, received_ts) SELECT value, 'done', ?2 FROM json_each(?1)
"""
MARK_FAILED: Final = "UPDATE inbox SET attempts = ? WHERE update_id = ?"
SET_ASIDE: Final = "UPDATE inbox SET attempts = ?, state = 'set_aside' WHERE update_id = ?"
UPDATE_SEEN: Final = "UPDATE users SET last_seen_ts = ?1 WHERE user_id = ?2 AND last_seen_ts < ?1"
SELECT_DONE: Final = """
    SELECT update_id, received_ts,
           update_id <= ifnull((SELECT last_id FROM inbox_runs WHERE first_id <= i.update_id
                                 ORDER BY first_id DESC LIMIT 1), -1)
      FROM inbox i WHERE state IN ('done', 'set_aside') AND state = 'done' AND received_ts < ?
     ORDER BY received_ts LIMIT 2000
"""
INSERT_RUNS: Final = """
    INSERT INTO inbox_runs (first_id, last_id, received_ts)
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), ?2 FROM json_each(?1)
"""
DELETE_OLD_RUNS: Final = "DELETE FROM inbox_runs WHERE received_ts < ? RETURNING first_id"
DELETE_HANDLED: Final = """
    DELETE FROM inbox WHERE update_id IN (
        SELECT update_id FROM inbox WHERE state IN ('done', 'set_aside') AND received_ts < ?
         ORDER BY received_ts LIMIT 5000)
    RETURNING update_id
"""

_STATES: Final = {each.value: each for each in InboxState}


def update_of(row: Row) -> StoredUpdate:
    """A row of SELECT_WAITING."""
    update_id, user_id, chat_id, body, state, attempts, received_ts = row
    return StoredUpdate(
        update_id=update_id,
        user_id=user_id,
        chat_id=chat_id,
        body=body,
        state=_STATES[state],
        attempts=attempts,
        received_ts=received_ts,
    )


def _columns(update: StoredUpdate, now: Millis) -> Row:
    return update.update_id, update.user_id, update.chat_id, update.body, update.state.value, update.attempts, now


class SqliteInbox:
    """Implements `bot.domain.ports.chat.InboxStore`: each call is one commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept(self, updates: Sequence[StoredUpdate], now: Millis) -> tuple[UpdateId, ...]:
        """Store the batch in one commit; answers the ids that were new, in their order. Raises StorageTrouble."""
        if not updates:
            return ()
        if len(updates) == 1:
            answers = [await self._database.statement(INSERT_UPDATE, _columns(updates[0], now), is_urgent=True)]
        else:
            statements = [(INSERT_UPDATE, _columns(each, now)) for each in updates]
            answers = await self._database.batch(statements, is_urgent=True)
        return tuple(update_id for rows in answers for (update_id,) in rows)

    async def waiting(self) -> tuple[StoredUpdate, ...]:
        """NEW and APPLIED rows, oldest first: what a kill left behind."""
        return tuple(map(update_of, await self._database.fetch(SELECT_WAITING)))

    async def finish(self, done: Sequence[UpdateId], seen: Mapping[UserId, Millis], now: Millis) -> None:
        """Mark a batch as done, with nothing of whom or what, and note when its senders were last seen: one commit.

        `now`: kept of a handled one in place of the moment at which it came.
        """
        if done or seen:
            ids = json.dumps([*dict.fromkeys(done)])
            marks: list[Statement] = [(DELETE_DONE, (ids,)), (INSERT_DONE, (ids, now))]
            marks += [(UPDATE_SEEN, (moment, user_id)) for user_id, moment in seen.items()]
            await self._database.batch(marks)

    async def failed(self, update_id: UpdateId, attempts: int, *, set_aside: bool) -> None:
        """Note that an attempt failed; `set_aside` keeps the row and its body for a look, and never replays it."""
        statement = SET_ASIDE if set_aside else MARK_FAILED
        async with self._database.transaction() as transaction:
            await transaction.fetch(statement, (attempts, update_id))

    async def join(self, before: Millis) -> int:
        """Make runs of numbers of the rows done before that moment, 2,000 a commit; how many (call again until 0)."""
        rows = await self._database.fetch(SELECT_DONE, (before,))
        if rows:
            runs = runs_of([update_id for update_id, _, is_known in rows if not is_known])
            ids = json.dumps([update_id for update_id, _, _ in rows])
            _, newest, _ = rows[-1]
            await self._database.batch([(INSERT_RUNS, (json.dumps(runs), newest)), (DELETE_DONE, (ids,))])
        return len(rows)

    async def forget(self, before: Millis) -> int:
        """Delete what was handled before that moment, 5,000 rows a commit; answers how many (call again until 0)."""
        async with self._database.transaction() as transaction:
            runs = await transaction.fetch(DELETE_OLD_RUNS, (before,))
            return len(runs) + len(await transaction.fetch(DELETE_HANDLED, (before,)))


def runs_of(ids: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each run of numbers without a gap, ascending."""
    runs: list[tuple[int, int]] = []
    for each in sorted(ids):
        if runs and runs[-1][1] == each - 1:
            runs[-1] = runs[-1][0], each
        else:
            runs.append((each, each))
    return runs
