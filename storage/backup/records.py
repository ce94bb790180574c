"""What is remembered of backups, beside them: `backups.json`, which metrics are read from, after a restart too."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from bot.domain.errors import AlreadyRunning
from bot.domain.ids import Millis

_NAME: Final = "backups.json"
BACKUP: Final = "backup"
TRIAL: Final = "restore on trial"
_LOCKS: Final = {BACKUP: ".lock", TRIAL: ".trial.lock"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRecord:
    """The newest of each. None: it never happened. Moments in ms, the hook's time in seconds."""

    verified_at: Millis | None = None
    full_check_at: Millis | None = None  # every row, not pages alone
    file: str = ""
    size: int = 0  # of the sealed file in bytes
    hook_at: Millis | None = None
    hook_exit: int | None = None
    hook_seconds: float | None = None
    drill_at: Millis | None = None
    drill_file: str = ""


def read_record(folder: Path) -> BackupRecord:
    """Blocks. What can't be read counts as never having happened."""
    try:
        found = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        known = {each.name for each in fields(BackupRecord)}
        return BackupRecord(**{name: value for name, value in found.items() if name in known})
    except (OSError, ValueError, TypeError, AttributeError):
        return BackupRecord()


def note(folder: Path, **changes: Any) -> BackupRecord:
    """Write down what happened just now; blocks, while another process does, too. Raises OSError."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)  # a restore on trial beside a backup
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _noted(folder, changes)
    finally:
        os.close(lock)


def _noted(folder: Path, changes: Mapping[str, Any]) -> BackupRecord:
    record = replace(read_record(folder), **changes)
    path = folder / _NAME
    anew = path.with_suffix(".new")
    descriptor = os.open(anew, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(record), file)
        file.flush()
        os.fsync(file.fileno())
    anew.replace(path)
    return record


@contextmanager
def one_at_a_time(folder: Path, what: str = BACKUP) -> Iterator[None]:
    """Two would remove each other's files. Makes the folder, mode 0700. Raises AlreadyRunning, OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / _LOCKS[what], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise AlreadyRunning(f"another {what} is under way in {folder}") from None
    finally:
        os.close(descriptor)
