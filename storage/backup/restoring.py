"""A backup in the database's place: opened, proved, brought up by the journal, made harmless, then swapped in.

Whatever fails before the swap leaves the database as it was; the swap is one rename. The former database stays beside
it, with its write-ahead log.
"""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bot.domain.errors import StorageTrouble, UnfitBackup, UnfitJournal, WrongKeyFile
from bot.domain.ids import DAY, Millis
from bot.domain.payloads import encode
from bot.domain.restores import RestoredMessage
from storage.backup.copying import prove
from storage.backup.replay import Replayed, replay
from storage.backup.sealed_file import BackupFacts, unseal
from storage.journal.journal import BEGIN_ANEW, SELECT_POSITION, new_journal_id
from storage.journal.segments import JournalPosition, Line, base_of, read_lines
from storage.sqlite.codecs import json_text
from storage.sqlite.database import Database, PageCheck
from storage.sqlite.durable import sync_folder
from storage.sqlite.files import InstanceLock
from storage.sqlite.migrate import migrate
from storage.sqlite.recipients import Openers

ACTIVE_WITHIN: Final = 30 * DAY  # ms before the copy: whoever was seen since is told
_BESIDE: Final = ("-wal", "-shm", "-journal", ".lock")

HALT: Final = "INSERT INTO halts (actor_id, reason, since_ts) VALUES (NULL, ?, ?) ON CONFLICT DO NOTHING"
INSERT_RESTORE: Final = "INSERT INTO restores (backup_id, made_ts, restored_ts) VALUES (?, ?, max(?, ?))"
PARK_OUTBOX: Final = "UPDATE outbox SET state = 'undeliverable', reason = 'restored' WHERE state = 'waiting'"
PARK_INBOX: Final = "UPDATE inbox SET state = 'set_aside', body = NULL WHERE state IN ('new', 'applied')"
DROP_BUTTONS: Final = "DELETE FROM buttons"
DROP_DIALOGUES: Final = "DELETE FROM dialogues"
STOP_BROADCASTS: Final = "UPDATE broadcasts SET state = 'stopped', finished_ts = ? WHERE state = 'sending'"
# Whether it was sent, the exchange knows: it is asked, and nothing is sent again.
DOUBT_INTENTS: Final = """
    UPDATE order_intents SET state = 'unknown', sent_ts = coalesce(sent_ts, created_ts)
     WHERE state IN ('intent', 'sending')
"""
READ_ALL_STARS: Final = "UPDATE star_cursor SET position = 0, all_read_ts = 0"
TELL_ACTIVE: Final = """
    INSERT INTO outbox (user_id, chat_id, kind, values_json, cause, next_try_ts, created_ts)
    SELECT user_id, user_id, ?1, ?2, 'restored:' || ?3 || ':' || user_id, ?3, ?3
      FROM users WHERE last_seen_ts >= ?4 AND is_banned = 0
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePlan:
    """What is restored to where. `journal` None: without it; what people removed since the copy may be back.

    `before_swap`: done when nothing can be in the way any more, while nobody else uses the database.
    """

    file: Path
    database: Path
    journal: Path | None
    openers: Openers
    now: Millis
    before_swap: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done. `former`: where the database that stood there is kept, None if there was none."""

    facts: BackupFacts
    replayed: Replayed
    told: int
    former: Path | None


def restore(plan: RestorePlan) -> Restored:
    """Blocks.

    Raises AlreadyRunning while a bot is up, UnfitBackup, UnfitJournal, WrongKeyFile, UnfitDatabase, SchemaTooNew,
    StorageTrouble: then nothing was changed.
    """
    lock = InstanceLock(plan.database)
    lock.claim()
    try:
        with beside(plan.database, ".restoring") as copy:
            facts = unseal(plan.file, copy, plan.openers)
            replayed, told = bring_up(copy, facts, plan)
            plan.before_swap()
            former = _swap(copy, plan)
        with suppress(OSError):  # it is restored: the next start only says that somebody else opened it
            lock.note_closed()
        return Restored(facts=facts, replayed=replayed, told=told, former=former)
    except (OSError, sqlite3.Error) as error:
        raise StorageTrouble(f"nothing was restored: {error}") from error
    finally:
        lock.release()


def bring_up(copy: Path, facts: BackupFacts, plan: RestorePlan) -> tuple[Replayed, int]:
    """Prove an opened copy, do again what the journal has since, and make it harmless; who is told. Blocks."""
    vault = plan.openers.vault
    prove(copy, vault=vault, is_full=True)
    asyncio.run(_migrated(copy))
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        for pragma in ("foreign_keys = ON", "trusted_schema = OFF", "recursive_triggers = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
        try:
            lines = [] if plan.journal is None else missing_lines(connection, plan.journal)
            if plan.journal is not None:
                _demand_end(connection, lines, plan.database)
            replayed = replay(connection, lines, plan.openers)
        except UnfitJournal as fault:
            raise UnfitJournal(f"{fault}: bring a whole one of this database, or say --without-journal") from fault
        except WrongKeyFile as fault:  # that seals less than the copies: a recipient that came after its files began
            raise WrongKeyFile(f"the journal: {fault}, or say --without-journal") from fault
        told = _park(connection, facts, plan)
        connection.execute("PRAGMA journal_mode = DELETE")
    prove(copy, vault=vault, is_full=True)
    return replayed, told


def missing_lines(connection: sqlite3.Connection, folder: Path) -> Sequence[Line]:
    """The lines that a copy lacks; blocks. Raises UnfitJournal where the journal does not go on from it."""
    rows = connection.execute(SELECT_POSITION).fetchall()
    base, lines = base_of(folder), read_lines(folder)
    if base is None:
        if rows and rows[0][1]:
            raise UnfitJournal(f"the journal is not in {folder}")
        return []
    if not rows:  # the copy is older than the first journal, which began with it
        rows = [(base.journal_id, 0, bytes(32))]
    last = JournalPosition(journal_id=rows[0][0], seq=rows[0][1], hash=rows[0][2])
    if last.journal_id != base.journal_id:
        raise UnfitJournal(f"{folder} is the journal of another database")
    if last.hash == base.hash:
        return lines
    places = {each.hash: place for place, each in enumerate(lines, start=1)}
    if last.hash not in places:
        kept = f"the journal in {folder} has lines {base.seq + 1} to {base.seq + len(lines)}"
        raise UnfitJournal(f"{kept}, the copy ends with line {last.seq}")
    return lines[places[last.hash] :]


def _demand_end(copy: sqlite3.Connection, lines: Sequence[Line], database: Path) -> None:
    """Raises UnfitJournal where the database that is replaced knows of later lines than the journal has."""
    known, reached = _position_in(database), copy.execute(SELECT_POSITION).fetchall()
    if known is None or not (lines or reached):
        return
    journal_id, seq = (lines[-1].segment.journal_id, lines[-1].seq) if lines else reached[0][:2]
    if known[0] == journal_id and known[1] > seq:
        raise UnfitJournal(f"the journal ends with line {seq}, {database} had line {known[1]}")


def _position_in(database: Path) -> tuple[str, int] | None:
    """Of what stands there; None where that can't be read."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True)) as connection:
            rows = connection.execute(SELECT_POSITION).fetchall()
    except sqlite3.Error:
        return None
    return (str(rows[0][0]), int(rows[0][1])) if rows else None


async def _migrated(path: Path) -> None:
    async with Database.open(path, check=PageCheck.NEVER) as database:
        await migrate(database)


def _park(connection: sqlite3.Connection, facts: BackupFacts, plan: RestorePlan) -> int:
    """Nothing of the copy goes on by itself: no old message, no half-handled word, no order. How many are told."""
    now = plan.now
    told = RestoredMessage(made=facts.made_at, restored=now, has_journal=plan.journal is not None)
    payload = json_text(encode(told))
    connection.execute("BEGIN IMMEDIATE")
    for statement in (PARK_OUTBOX, PARK_INBOX, DROP_BUTTONS, DROP_DIALOGUES, DOUBT_INTENTS, READ_ALL_STARS):
        connection.execute(statement)
    connection.execute(STOP_BROADCASTS, (now,))
    connection.execute(HALT, ("a backup was restored", now))
    connection.execute(INSERT_RESTORE, (facts.backup_id, facts.made_at, now, facts.made_at))
    since = facts.made_at - ACTIVE_WITHIN
    people = connection.execute(TELL_ACTIVE, (RestoredMessage.KIND, payload, now, since)).rowcount
    if plan.journal is None:
        connection.execute(BEGIN_ANEW, (new_journal_id(),))
    connection.execute("COMMIT")
    return people


def _swap(copy: Path, plan: RestorePlan) -> Path | None:
    """The former database gets a second name, its log that name's, then the copy takes the place in one step.

    A log that stayed there would be taken into the copy, also where its database is gone. What the disk refuses leaves
    both where they were.
    """
    database = plan.database
    former = database.with_name(f"{database.name}.before-{plan.now}")
    has_former = database.exists() and database.stat().st_size > 0
    if has_former:
        _name_twice(database, former)
    copy.chmod(0o600)
    log, former_log = (each.with_name(f"{each.name}-wal") for each in (database, former))
    if log.exists():
        log.rename(former_log)
    try:
        database.with_name(f"{database.name}-shm").unlink(missing_ok=True)
        copy.replace(database)
    except OSError:
        if former_log.exists():
            former_log.rename(log)
        raise
    with suppress(OSError):  # a file system that knows no such thing
        sync_folder(database.parent)
    return former if has_former else None


def _name_twice(database: Path, former: Path) -> None:
    try:
        os.link(database, former)
    except OSError:  # a file system without links
        shutil.copy2(database, former)


@contextmanager
def beside(database: Path, suffix: str) -> Iterator[Path]:
    """A place beside the database for a copy of it; what of it is left at the end goes, and what a kill left before."""
    copy = database.with_name(f"{database.name}{suffix}")
    _remove(copy)
    try:
        yield copy
    finally:
        _remove(copy)


def _remove(copy: Path) -> None:
    for suffix in ("", *_BESIDE):
        copy.with_name(f"{copy.name}{suffix}").unlink(missing_ok=True)


def demand_fit(path: Path, faults: Sequence[str]) -> None:
    """Raises UnfitBackup for a restored copy that opens and is not as it should be."""
    if faults:
        raise UnfitBackup(f"{path} opens, and is not as it should be: {'; '.join(faults)}")
