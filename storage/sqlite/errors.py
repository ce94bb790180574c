"""SQLite's errors, translated at the edge: what the disk or the file did becomes StorageTrouble, our own slips stay."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from bot.domain.errors import StorageTrouble

# Primary result codes (https://www.sqlite.org/rescode.html) that say something of the disk, the file or its lock.
_WORDS: Final = {
    sqlite3.SQLITE_PERM: "access to the database was refused",
    sqlite3.SQLITE_BUSY: "the database is busy: another process holds it",
    sqlite3.SQLITE_LOCKED: "the database is locked",
    sqlite3.SQLITE_NOMEM: "SQLite is out of memory",
    sqlite3.SQLITE_READONLY: "the database can't be written",
    sqlite3.SQLITE_INTERRUPT: "the statement was interrupted",
    sqlite3.SQLITE_IOERR: "the disk failed",
    sqlite3.SQLITE_CORRUPT: "the database is damaged",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_CANTOPEN: "the database can't be opened",
    sqlite3.SQLITE_PROTOCOL: "the database's lock can't be taken",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
}
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY: Final = 0xFF  # an extended code carries its primary one in the lowest byte


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is broken, which waiting does not mend."""
    return _code(error) in _DAMAGE


def means_full(trouble: StorageTrouble) -> bool:
    """Whether it came of a disk that has no room."""
    cause = trouble.__cause__
    return isinstance(cause, sqlite3.Error) and _code(cause) == sqlite3.SQLITE_FULL


def translation(error: sqlite3.Error) -> Exception:
    """The StorageTrouble that an error means, or the error itself: a mistake of ours (syntax, a constraint)."""
    words = _WORDS.get(_code(error))
    if words is None:
        return error
    trouble = StorageTrouble(f"{words} ({error})")
    trouble.__cause__ = error
    return trouble


def raise_translated(error: sqlite3.Error) -> NoReturn:
    """Raises what an error means, see `translation`."""
    raise translation(error)


@contextmanager
def translated() -> Iterator[None]:
    """Within it, sqlite3's errors leave as `raise_translated` has them."""
    try:
        yield
    except sqlite3.Error as error:
        raise_translated(error)


def _code(error: sqlite3.Error) -> int:
    code: int | None = getattr(error, "sqlite_errorcode", None)  # absent where the module itself objects
    return sqlite3.SQLITE_ERROR if code is None else code & _PRIMARY
