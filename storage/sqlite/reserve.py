"""Room that is kept on the database's disk: a file of nothing, deleted once the disk is full.

What is left to do then (exits, receipts, telling the owner) has that room; entries wait until it can be kept again.
"""

import asyncio
import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

from bot.domain.errors import StorageTrouble
from storage.sqlite.errors import means_full

_LEAST: Final = 16 * 1024 * 1024  # bytes that must stay free where nothing is kept


class ReservedSpace:
    """Implements `bot.domain.ports.disk.DiskSpace`. Sizes in bytes; a `size` of 0 keeps no room."""

    def __init__(self, database: Path, size: int) -> None:
        self.path = reserve_file(database)
        self.size = size
        self.low = size // 4 if size else _LEAST
        self.due = asyncio.Event()
        self._is_full = False

    @property
    def is_full(self) -> bool:
        """Whether the disk was found full, and no room has been kept since."""
        return self._is_full

    @property
    def enough(self) -> int:
        """Free bytes from which on room is kept again: more than what the deleted file gave back."""
        return self.size + 2 * self.low

    def note(self, trouble: StorageTrouble) -> None:
        """The disk refused something: whoever looks after it looks at once."""
        if means_full(trouble):
            self._is_full = True
        self.due.set()

    def note_full(self) -> None:
        self._is_full = True

    def problems(self) -> tuple[str, ...]:
        """For readiness."""
        return ("the disk is full: entries wait until there is room again",) if self._is_full else ()

    async def free(self) -> int:
        """Raises StorageTrouble where the disk does not say."""
        try:
            return (await asyncio.to_thread(shutil.disk_usage, self.path.parent)).free
        except OSError as error:
            raise StorageTrouble(f"{self.path.parent} does not say how full it is: {error.strerror}") from error

    async def keep(self) -> bool:
        """Keep the room, if it is not kept already; False: there is none, nothing is kept."""
        self._is_full = not await asyncio.to_thread(self._keep)
        return not self._is_full

    async def give_up(self) -> None:
        """Let others have it. Raises StorageTrouble."""
        self._is_full = True
        try:
            await asyncio.to_thread(self.path.unlink, missing_ok=True)
        except OSError as error:
            raise StorageTrouble(f"{self.path} can't be deleted: {error.strerror}") from error

    def _keep(self) -> bool:
        if not self.size or _size_of(self.path) == self.size:
            return True
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.ftruncate(descriptor, 0)
                os.posix_fallocate(descriptor, 0, self.size)
            finally:
                os.close(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                self.path.unlink()
            return False
        return True


def reserve_file(database: Path) -> Path:
    """Where the room of a database is kept."""
    return database.with_name(database.name + ".reserve")


def _size_of(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
