"""Writes lines of the journal while the bot runs: each before the commit of what it says.

What the disk of the journal refuses, or does not answer within five seconds, is refused to whoever asked for it; what
needs no line goes on. Once it answers again, lines follow the last one that counts.
"""

import asyncio
import json
import logging
import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from bot.domain.errors import StorageTrouble, UnfitDatabase, UnfitJournal
from bot.domain.ids import DAY_S
from storage.journal.segments import NO_LINE, JournalPosition, Line, Rows, SegmentWriter, base_of, read_lines, set_aside
from storage.journal.triggers import TABLE, TRIGGERS
from storage.sqlite.connection import SqliteConnection, Statement
from storage.sqlite.database import Database
from storage.sqlite.recipients import Recipients

SELECT_POSITION: Final = "SELECT journal_id, seq, hash FROM journal_position WHERE id = 1"
INSERT_POSITION: Final = "INSERT INTO journal_position (id, journal_id, seq, hash) VALUES (1, ?, ?, ?)"
UPDATE_POSITION: Final = "UPDATE journal_position SET journal_id = ?, seq = ?, hash = ? WHERE id = 1"
# A journal of its own from now on: what was written past the one before is in none.
BEGIN_ANEW: Final = """
    INSERT INTO journal_position (id, journal_id, seq, hash) VALUES (1, ?1, 0, zeroblob(32))
    ON CONFLICT (id) DO UPDATE SET journal_id = ?1, seq = 0, hash = zeroblob(32)
"""
_TAKE_NOTED: Final[tuple[Statement, ...]] = (
    ("SELECT body FROM temp.journal_rows ORDER BY row_id", ()),
    ("DELETE FROM temp.journal_rows", ()),
)
PATIENCE: Final = 5.0  # seconds for a line; people wait for the act
MOST_IN_SEGMENT: Final = 10_000  # lines
_ID_BYTES: Final = 16

_logger = logging.getLogger(__name__)


class Journal:
    """Implements `storage.sqlite.write_ahead.WriteAhead` on files. `refused`: acts that its disk refused so far."""

    def __init__(
        self,
        folder: Path,
        last: JournalPosition,
        recipients: Recipients,
        connection: SqliteConnection,
        *,
        monotonic: Callable[[], float],
        patience_s: float = PATIENCE,
        most_lines: int = MOST_IN_SEGMENT,
        sync: Callable[[int], None] = os.fsync,
    ) -> None:
        self.refused = 0
        self._folder = folder
        self._committed = self._last = last  # the last line that stands; the last one of the group that is open
        self._recipients = recipients
        self._connection = connection
        self._monotonic = monotonic
        self._until = 0.0  # then a segment has lasted a day
        self._patience_s = patience_s
        self._most_lines = most_lines
        self._sync = sync
        self._segment: SegmentWriter | None = None
        self._before = last  # the line before those of the transaction under way
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._under_way: asyncio.Future[JournalPosition] | None = None  # of a line that took too long
        self._is_open = False
        self._has_rows = False

    async def attach(self) -> None:
        """Note every row that is to be written down, from now on."""
        await self._connection.create_function("journal_row", -1, self._note)
        await self._connection.run_each((TABLE, *TRIGGERS))

    @property
    def has_rows(self) -> bool:
        return self._has_rows

    def begin(self) -> None:
        self._is_open, self._has_rows, self._before = True, False, self._last

    def end(self) -> None:
        self._is_open = False

    async def write(self) -> Sequence[Statement]:
        """Raises StorageTrouble: the act is refused, nothing of it is committed."""
        self._is_open = False
        if not self._has_rows:
            return ()
        noted, _ = await self._connection.run_all(_TAKE_NOTED)
        if not noted:  # what noted them was taken back
            return ()
        try:
            self._last = await self._append([json.loads(body) for (body,) in noted])
        except StorageTrouble:
            self.refused += 1
            raise
        return ((UPDATE_POSITION, (self._last.journal_id, self._last.seq, self._last.hash)),)

    def committed(self) -> None:
        self._committed = self._last

    def undone(self) -> None:
        if self._last != self._before:
            self._go_back(self._before)

    def abandoned(self) -> None:
        if self._last != self._committed:
            self._go_back(self._committed)

    async def close(self) -> None:
        """Say that the last line counts, so that an older copy of the database is known as one."""
        if self._last == self._committed and self._segment is not None and self._under_way is None:
            try:
                await self._append([])
            except StorageTrouble as trouble:
                _logger.warning("the journal was not closed in order: %s", trouble)
        if self._under_way is None:
            await asyncio.to_thread(self._thread.shutdown)
            self._drop_segment()
        else:  # it may hang for ever
            self._thread.shutdown(wait=False)

    def _go_back(self, to: JournalPosition) -> None:
        """What was written after that line has not happened: the next segment follows it."""
        self._last = to
        self._drop_segment()

    def _drop_segment(self) -> None:
        if self._under_way is not None:  # its thread has the segment, or is making it
            return
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.close()

    def _note(self, *values: Any) -> str:
        """Called by SQLite in the connection's thread."""
        if not self._is_open:
            raise RuntimeError("a row of the journal was written outside of a transaction")
        self._has_rows = True
        return json.dumps([{"b": each.hex()} if isinstance(each, bytes) else each for each in values])

    async def _append(self, rows: Rows) -> JournalPosition:
        if self._under_way is not None:
            if not self._under_way.done():
                raise StorageTrouble("the journal hangs: nothing that it has to know is done")
            self._under_way = None
            self._drop_segment()  # its line may have come to stand: the next segment takes it back
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._thread, self._append_now, rows, self._monotonic())
        try:
            return await asyncio.wait_for(asyncio.shield(work), self._patience_s)
        except TimeoutError:
            self._under_way = work
            raise StorageTrouble(f"the journal has not answered within {self._patience_s:g} s") from None
        except OSError as error:
            self._drop_segment()
            raise StorageTrouble(f"the journal can't be written: {error.strerror}") from error

    def _append_now(self, rows: Rows, now: float) -> JournalPosition:
        segment = self._segment
        if segment is None or segment.count >= self._most_lines or now > self._until:
            self._until = now + DAY_S
            if segment is not None:
                self._segment = None
                segment.close()
            segment = self._segment = SegmentWriter(self._folder, self._last, self._recipients, sync=self._sync)
        return segment.append(rows, self._committed.seq)


def new_journal_id() -> str:
    """32 hex digits that no other journal has."""
    return secrets.token_hex(_ID_BYTES)


async def open_journal(
    database: Database,
    folder: Path,
    recipients: Recipients,
    *,
    monotonic: Callable[[], float],
    patience_s: float = PATIENCE,
    most_lines: int = MOST_IN_SEGMENT,
    sync: Callable[[int], None] = os.fsync,
) -> Journal:
    """The journal of that database, attached to its writer.

    `monotonic`: seconds, for the age of a segment. `patience_s`: seconds that a line may take. `most_lines`: of a
    segment. `sync`: brings a line to the disk.
    Raises UnfitDatabase where the database is older than its journal, or the journal is another database's,
    StorageTrouble where its folder can't be looked into.
    """
    last = await _last_line(database, folder)
    async with database.alone() as connection:
        journal = Journal(
            folder,
            last,
            recipients,
            connection,
            monotonic=monotonic,
            patience_s=patience_s,
            most_lines=most_lines,
            sync=sync,
        )
        await journal.attach()
    database.write_ahead(journal)
    return journal


async def _last_line(database: Database, folder: Path) -> JournalPosition:
    """The line that the database ends with; of one without a journal the begin of its own."""
    rows = await database.fetch(SELECT_POSITION)
    last = JournalPosition(journal_id=rows[0][0], seq=rows[0][1], hash=rows[0][2]) if rows else None
    try:
        await asyncio.to_thread(_demand_match, database.path, folder, last)
    except OSError as error:
        raise StorageTrouble(f"the journal in {folder} can't be looked at: {error.strerror}") from error
    if last is None:
        last = JournalPosition(journal_id=new_journal_id(), seq=0, hash=NO_LINE)
        async with database.transaction() as transaction:
            await transaction.fetch(INSERT_POSITION, (last.journal_id, last.seq, last.hash))
    return last


def _demand_match(path: Path, folder: Path, last: JournalPosition | None) -> None:
    """Blocks. What a crash left behind may stand in the journal: lines of one commit that nobody was told of."""
    try:
        base, lines = base_of(folder), read_lines(folder)
    except UnfitJournal as damage:  # the database itself is whole: with its next backup nothing hangs on these lines
        _logger.error("%s: it begins anew, what there was is in %s", damage, set_aside(folder))  # noqa: TRY400  one line
        return
    if base is None:
        if last is not None and last.seq:
            _logger.error("the journal of %s is not in %s: it begins anew there", path, folder)
        return
    if last is not None and not last.seq and base.journal_id != last.journal_id:
        _logger.warning("a journal begins anew for %s: the one before is in %s", path, set_aside(folder))
        return
    if last is None or base.journal_id != last.journal_id:
        raise UnfitDatabase(
            f"{folder} is the journal of another database than {path}: restore a backup of that one, or move the "
            "folder away"
        )
    if any(each.committed > last.seq for each in lines):
        raise UnfitDatabase(
            f"{path} is older than its journal: {_missing(lines, last)} acts are not in it, such as removed keys. "
            "Bring it up with `perpdesk restore`"
        )
    known = {base.hash, *(each.hash for each in lines)}
    if last.hash not in known:
        aside = set_aside(folder)
        _logger.error("the journal of %s lacks its last lines: it begins anew, what there was is in %s", path, aside)


def _missing(lines: Sequence[Line], last: JournalPosition) -> int:
    return sum(each.seq > last.seq for each in lines)
