"""The database's files: one process at a time, nobody else's eyes, nothing missing.

Beside `perpdesk.sqlite3` stand SQLite's `-wal` and `-shm`, and our `.lock`. The lock file is held by flock, so it is
free the moment its process dies; it also remembers whether the database was closed in order, and by its own time of
change when the last commit began. A database that was not closed in order must still have its write-ahead log, for the
last commits are in there; unless another program has opened it since, such as the sqlite3 shell: SQLite then moved the
log into the database, which is younger than the last commit for that.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from pathlib import Path
from typing import Final

from bot.aio.shielded import shielded
from bot.domain.errors import AlreadyRunning, StorageTrouble, UnfitDatabase

_FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
_HEADER: Final = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html, 1.3
_logger = logging.getLogger(__name__)


class _State(Enum):
    """What the lock file says of its last holder."""

    OPEN = "open"
    CLOSED = "closed"


class LogState(Enum):
    """What became of the write-ahead log of a database that nobody has open."""

    CLOSED = "closed in order, there is none"
    LEFT = "left open, its log is there"
    MERGED = "left open, and its log was merged by another program"
    LOST = "left open, and its log is gone"


def log_state(path: Path) -> LogState:
    """What stands beside the database at `path`, without its lock; blocks. Raises OSError where there is none."""
    lock_path = _beside(path, ".lock")
    try:
        last_commit, words = lock_path.stat().st_mtime_ns, lock_path.read_bytes()[:64]
    except FileNotFoundError:
        return LogState.CLOSED
    return _log_state(path, words, last_commit)


def _log_state(path: Path, words: bytes, last_commit_ns: int) -> LogState:
    """By what the lock file says and when the last commit began: a log that was merged made the database younger."""
    status = path.stat()
    if not status.st_size or words.split()[1:] != [_State.OPEN.value.encode()]:
        return LogState.CLOSED
    if _beside(path, "-wal").exists():
        return LogState.LEFT
    return LogState.MERGED if status.st_mtime_ns >= last_commit_ns else LogState.LOST


class InstanceLock:
    """The right to use a database file. Its methods block: `exclusive` calls them off the loop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock_path = _beside(path, ".lock")
        self._descriptor: int | None = None

    def take(self) -> None:
        """Claim the file and see to its modes; makes an empty one, and its folder, where there is none.

        Raises AlreadyRunning, UnfitDatabase (not ours, no database, its log gone) or StorageTrouble.
        """
        try:
            _make_folder(self.path.parent)
            self._claim()
            try:
                self._inspect()
            except BaseException:
                self.release()
                raise
        except OSError as error:
            raise StorageTrouble(f"{self.path} can't be used: {error.strerror}") from error

    def claim(self) -> None:
        """Keep everybody else away from a file that is to be replaced, whatever it is like.

        Raises AlreadyRunning or StorageTrouble.
        """
        try:
            _make_folder(self.path.parent)
            self._claim()
        except OSError as error:
            raise StorageTrouble(f"{self.path} can't be used: {error.strerror}") from error

    @property
    def was_left_open(self) -> bool:
        """Whether its last holder did not close it in order. To be asked before `note_open`."""
        return self._last_state() is _State.OPEN

    def note_open(self) -> None:
        """From now on the last commits may stand in the write-ahead log alone."""
        was_open = self.was_left_open
        last_commit = os.fstat(self._held()) if was_open else self.path.stat()
        self._note(_State.OPEN)
        os.utime(self._held(), ns=(last_commit.st_mtime_ns, last_commit.st_mtime_ns))

    def note_closed(self) -> None:
        """To be said before the last connection closes, which deletes the log."""
        self._note(_State.CLOSED)

    def note_commit(self) -> None:
        """A commit begins. Microseconds: nothing is written but the time of change, and nothing waits for the disk.

        Raises StorageTrouble: a disk that was made read-only says so here first.
        """
        try:
            os.utime(self._held())
        except OSError as error:
            raise StorageTrouble(f"{self._lock_path} can't be written: {error.strerror}") from error

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _claim(self) -> None:
        descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 64, 0).decode("ascii", "replace").split()
            os.close(descriptor)
            who = f"process {holder[0]}" if holder else "another process"
            raise AlreadyRunning(f"{who} is using {self.path}: stop it first") from error
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def _inspect(self) -> None:
        _create(self.path)
        log = _beside(self.path, "-wal")
        for each in (self.path, log, _beside(self.path, "-shm"), self._lock_path):
            _mend_mode(each)
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            if size and file.read(len(_HEADER)) != _HEADER:
                raise UnfitDatabase(f"{self.path} is not a SQLite database")
        state = _log_state(self.path, self._words(), os.fstat(self._held()).st_mtime_ns)
        if state is LogState.LOST:
            raise UnfitDatabase(
                f"{log} is missing though the database was not closed in order: the last commits are in it. "
                f"Put it back or restore a backup; to go on without them, delete {self._lock_path}"
            )
        if state is LogState.MERGED:
            _logger.warning("another program opened %s after it was left open: its log is merged, nothing is lost", log)

    def _last_state(self) -> _State:
        return _State.OPEN if self._words().split()[1:] == [_State.OPEN.value.encode()] else _State.CLOSED

    def _words(self) -> bytes:
        """What the lock file says: whose it is, and whether the database was closed."""
        return os.pread(self._held(), 64, 0)

    def _note(self, state: _State) -> None:
        text = f"{os.getpid()} {state.value}\n".encode()
        os.pwrite(self._held(), text, 0)
        os.ftruncate(self._held(), len(text))

    def _held(self) -> int:
        if self._descriptor is None:
            raise RuntimeError("the lock is not held")
        return self._descriptor


@asynccontextmanager
async def exclusive(path: Path) -> AsyncIterator[InstanceLock]:
    """Holds the database file for this process. Raises as `InstanceLock.take` does."""
    lock = InstanceLock(path)
    try:
        await shielded(asyncio.to_thread(lock.take))
        yield lock
    finally:
        await shielded(asyncio.to_thread(lock.release))


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _make_folder(folder: Path) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=_FOLDER_MODE, exist_ok=True)


def _create(path: Path) -> None:
    """An empty file with the right mode: SQLite gives `-wal` and `-shm` the mode of the database itself."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE))


def _mend_mode(path: Path) -> None:
    """0600 for a file that is ours. Raises UnfitDatabase for one that is not, or that is no file."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(status.st_mode):
        raise UnfitDatabase(f"{path} is not a file")
    if status.st_uid != os.geteuid():
        raise UnfitDatabase(f"{path} belongs to system user {status.st_uid}: run Perpdesk as that user")
    if stat.S_IMODE(status.st_mode) != _FILE_MODE:
        _logger.warning("%s was open to others: its mode is now 0600", path)
        path.chmod(_FILE_MODE)
