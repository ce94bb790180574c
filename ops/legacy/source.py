"""The old database, read from a copy: opening the original would change it, and opening it read-only misses its log."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import struct
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bot.domain.errors import AlreadyRunning, PerpdeskError
from ops.legacy.values import Row
from storage.sqlite.database import APPLICATION_ID, SELECT_IDENTITY

_HEADER: Final = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html, 1.3
_BESIDE: Final = ("", "-wal", "-journal", "-shm")
# start and length: where SQLite's connections lock (https://www.sqlite.org/src, os.h)
_SHARED_LOCK: Final = (0x4000_0002, 510)
_FLOCK: Final = "hhqqi4x"  # Linux' struct flock: type, whence, start, length, process (man 2 fcntl)
_BLOCK: Final = 1 << 20
_MEND: Final = "mend a copy, `sqlite3 OLD .recover | sqlite3 MENDED`, and take that over"

# Rows by number, whatever their keys are.
_ROWS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "users": "SELECT rowid AS row_number, * FROM users ORDER BY rowid",
        "user_licenses": "SELECT rowid AS row_number, * FROM user_licenses ORDER BY rowid",
        "payment_history": "SELECT rowid AS row_number, * FROM payment_history ORDER BY rowid",
        "promo_codes": "SELECT rowid AS row_number, * FROM promo_codes ORDER BY rowid",
        "promo_usage": "SELECT rowid AS row_number, * FROM promo_usage ORDER BY rowid",
        "trade_logs": "SELECT rowid AS row_number, * FROM trade_logs ORDER BY rowid",
        "signals": "SELECT rowid AS row_number, * FROM signals ORDER BY rowid",
    }
)
_COUNTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "active_positions": "SELECT count(*) FROM active_positions",
        "pending_limit_orders": "SELECT count(*) FROM pending_limit_orders",
        "pyramids": "SELECT count(*) FROM pyramids",
        "news": "SELECT count(*) FROM news",
        "market_snapshots": "SELECT count(*) FROM market_snapshots",
        "custom_strategies": "SELECT count(*) FROM custom_strategies",
        "elc_purchases": "SELECT count(*) FROM elc_purchases",
        "elc_transactions": "SELECT count(*) FROM elc_transactions",
        "connected_wallets": "SELECT count(*) FROM connected_wallets",
        "strategy_marketplace": "SELECT count(*) FROM strategy_marketplace",
        "strategy_purchases": "SELECT count(*) FROM strategy_purchases",
        "strategy_ratings": "SELECT count(*) FROM strategy_ratings",
        "seller_payouts": "SELECT count(*) FROM seller_payouts",
    }
)
_TABLES: Final = "SELECT name FROM sqlite_schema WHERE type = 'table'"


class SourceError(PerpdeskError):
    """The old database can't be taken over as it is; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A copy of the old database. Everything blocks; `digest`: SHA-256 of the rows of the tables that are read."""

    connection: sqlite3.Connection
    tables: frozenset[str]
    digest: bytes

    def rows(self, table: str) -> Iterator[Row]:
        """Its rows with their `row_number`, in the order of it; none of a table that is not there."""
        if table in self.tables:
            cursor = self.connection.execute(_ROWS[table])
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))

    def counts(self) -> dict[str, int]:
        """How many rows each table has of which none is taken."""
        return {
            table: self.connection.execute(statement).fetchone()[0]
            for table, statement in _COUNTS.items()
            if table in self.tables
        }


@contextmanager
def copied(path: Path, folder: Path) -> Iterator[Source]:
    """The old database at `path`, copied with its log into `folder`, which is emptied before and after. Blocks.

    Raises SourceError: no such database, one that is written meanwhile, a damaged one; AlreadyRunning.
    """
    with _alone(folder):
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
        folder.mkdir(mode=0o700)
        try:
            copy = folder / "source.db"
            _copy(path, copy)
            with closing(sqlite3.connect(copy)) as connection:
                yield _opened(connection, path)
        finally:
            for each in _BESIDE:
                shred(folder / f"source.db{each}")
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two imports would remove each other's copies. Raises AlreadyRunning."""
    lock = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"another import is under way into {folder.parent}: let it end") from None
        yield
    finally:
        os.close(lock)


def shred(path: Path) -> None:
    """Overwrite a file and remove it. Blocks. Raises OSError.

    A disk that writes elsewhere than where it wrote before (most solid-state ones do) may keep the old bytes.
    """
    with suppress(FileNotFoundError):
        with path.open("r+b") as file:
            left = os.fstat(file.fileno()).st_size
            while left > 0:
                left -= file.write(os.urandom(min(left, _BLOCK)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def shred_source(path: Path) -> None:
    """The old database and what stands beside it. Blocks. Raises OSError."""
    for each in _BESIDE:
        shred(_beside(path, each))


def _copy(path: Path, copy: Path) -> None:
    try:
        with path.open("rb") as file:
            if file.read(len(_HEADER)) != _HEADER:
                raise SourceError(f"{path} is no SQLite database: if it is encrypted, take over a copy in clear")
        _refuse_used(path)
        before = _state(path)
        for each in _BESIDE:
            if _beside(path, each).exists():
                shutil.copyfile(_beside(path, each), _beside(copy, each))
                _beside(copy, each).chmod(0o600)
        is_same = before == _state(path)
    except OSError as trouble:
        raise SourceError(f"{trouble.filename2 or path}: {trouble.strerror}") from trouble
    if not is_same:
        raise SourceError(f"{path} was written while it was copied: stop the old bot first")


def _refuse_used(path: Path) -> None:
    """Raises SourceError where a connection is open on it."""
    with path.open("rb") as file:  # asked, not taken, which nobody may who only reads the file
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, *_SHARED_LOCK, 0)
        answer = fcntl.fcntl(file, fcntl.F_GETLK, asked)
    kind, _, _, _, holder = struct.unpack(_FLOCK, answer)
    if kind != fcntl.F_UNLCK:
        raise SourceError(f"{path} is in use by process {holder}: stop the old bot first")


def _state(path: Path) -> list[tuple[int, int]]:
    found = [_beside(path, each).stat() for each in _BESIDE[:-1] if _beside(path, each).exists()]
    return [(each.st_size, each.st_mtime_ns) for each in found]


def _opened(connection: sqlite3.Connection, path: Path) -> Source:
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        ((verdict,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
        ((application_id, _),) = connection.execute(SELECT_IDENTITY)
        tables = frozenset(name for (name,) in connection.execute(_TABLES))
        digest = _digest(connection, tables)
    except sqlite3.DatabaseError as damage:
        raise SourceError(f"{path} can't be read: {damage}; {_MEND}") from damage
    if verdict != "ok":
        raise SourceError(f"{path} is damaged: {str(verdict).splitlines()[-1]}; {_MEND}")
    if application_id == APPLICATION_ID:
        raise SourceError(f"{path} is a database of Perpdesk, not the old bot's")
    if not {"users", "user_licenses"} <= tables:
        raise SourceError(f"{path} is no database of the old bot: it has no tables users and user_licenses")
    source = Source(connection=connection, tables=tables, digest=digest)
    if not any(next(source.rows(table), None) for table in _ROWS):
        raise SourceError(f"{path} is empty: nothing is in it to take over, which is done once")
    return source


def _digest(connection: sqlite3.Connection, tables: frozenset[str]) -> bytes:
    digest = hashlib.sha256()
    for table, statement in _ROWS.items():
        if table in tables:
            digest.update(table.encode())
            for row in connection.execute(statement):
                digest.update(repr(row).encode("utf-8", "backslashreplace"))
    return digest.digest()


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
