"""One backup from beginning to end: room, copy, proof, seal, proof again, rotation."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.domain.errors import StorageTrouble
from bot.domain.ids import Millis
from storage.backup.copying import copy, prove
from storage.backup.records import note, one_at_a_time
from storage.backup.rotation import BackupFile, listed, name_of, superfluous
from storage.backup.sealed_file import BackupFacts, seal, verify
from storage.sqlite.durable import sync_folder
from storage.sqlite.recipients import Openers, Recipients

ROOM: Final = 2  # times the database must be free before it is copied
_PLAIN: Final = ".copying"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlan:
    """What is copied and where it goes. `version`: of this program; `max_bytes`: of all backups together."""

    database: Path
    folder: Path
    recipients: Recipients
    max_bytes: int
    version: str
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBackup:
    """A backup that was verified, and how many older ones went for it."""

    path: Path
    facts: BackupFacts
    chains: Mapping[str, int]  # rows of each
    size: int  # of the file, in bytes
    removed: int


def make_backup(plan: BackupPlan, *, now: Millis, reason: str, is_full: bool = False) -> MadeBackup:
    """Copy, prove, seal, and prove what was sealed; blocks for about a second and a half a hundred megabytes.

    `is_full`: look at every row. Raises AlreadyRunning (another one is under way), UnfitBackup (the copy is not
    sound), StorageTrouble (no room, or the disk refuses).
    """
    try:
        with one_at_a_time(plan.folder):
            size = plan.database.stat().st_size
            for folder in (plan.folder, plan.database.parent):
                _demand_room(folder, plan.free(folder), ROOM * size)
            made = _made(plan, now, reason, is_full=is_full)
            changes = {"verified_at": now, "file": made.path.name, "size": made.size}
            note(plan.folder, **changes, **({"full_check_at": now} if is_full else {}))
            return made
    except (OSError, sqlite3.Error) as error:
        raise StorageTrouble(f"no backup was made: {error}") from error


def _made(plan: BackupPlan, now: Millis, reason: str, *, is_full: bool) -> MadeBackup:
    target = plan.folder / name_of(now, reason)
    sealed = target.with_suffix(".sealing")
    with _plain(plan.database) as plain:
        try:
            copy(plan.database, plain)
            proved = prove(plain, vault=plan.recipients.vault, is_full=is_full)
            facts = {"made_at": now, "reason": reason, "version": plan.version, "schema": proved.schema}
            sealed.unlink(missing_ok=True)
            told = seal(plain, sealed, {**facts, "min_version": proved.min_version}, plan.recipients)
            verify(sealed, Openers(vault=plan.recipients.vault))  # raises if it is not what was proved
            sealed.replace(target)
        except BaseException:
            sealed.unlink(missing_ok=True)
            raise
    sync_folder(plan.folder)
    # one that an earlier clock made looks newer than the one of now, which stays all the same
    gone = tuple(each for each in superfluous(listed(plan.folder), max_bytes=plan.max_bytes) if each.path != target)
    _remove(gone)
    return MadeBackup(path=target, facts=told, chains=proved.chains, size=target.stat().st_size, removed=len(gone))


def _remove(files: tuple[BackupFile, ...]) -> None:
    for each in files:
        each.path.unlink(missing_ok=True)


@contextmanager
def _plain(database: Path) -> Iterator[Path]:
    """A place beside the database, where a copy in clear may lie; nothing of it is left."""
    path = database.with_name(f"{database.name}{_PLAIN}")
    path.unlink(missing_ok=True)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


def _demand_room(folder: Path, free: int, wanted: int) -> None:
    if free < wanted:
        raise StorageTrouble(f"no backup was made: {free:,} bytes are free at {folder}, {wanted:,} must be")
