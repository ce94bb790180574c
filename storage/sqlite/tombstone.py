"""The tombstone of a database that was moved to another machine: a file beside it, where no bot starts any more.

Two copies of one bot would answer the same people, and place the same stops twice. The database itself says nothing of
the move, since it goes along: the file `….moved` stays behind.
"""

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.ids import Millis
from storage.sqlite.durable import sync_folder


def tombstone_of(database: Path) -> str | None:
    """When the database was moved away, as "2026-01-31 12:00 UTC"; None: it was not. Blocks. Raises OSError."""
    try:
        return _beside(database).read_text(encoding="ascii", errors="replace").strip() or "an unknown moment"
    except FileNotFoundError:
        return None


def put_tombstone(database: Path, now: Millis) -> str:
    """Write beside the database, durably, that it was moved away; the moment as shown. Blocks. Raises OSError."""
    moment = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    descriptor = os.open(_beside(database), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{moment}\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(database.parent)
    return moment


def lift_tombstone(database: Path) -> bool:
    """Let the bot start here again; False: nothing was in its way. Blocks. Raises OSError."""
    was_moved = _beside(database).exists()
    with contextlib.suppress(FileNotFoundError):
        _beside(database).unlink()
    sync_folder(database.parent)
    return was_moved


def _beside(database: Path) -> Path:
    return database.with_name(database.name + ".moved")
