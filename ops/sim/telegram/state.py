"""Keeps a world in a folder: what changed is written together, several times a second.

One SQLite file holds users, chats, messages, bots and unconfirmed updates, each as a JSON row; uploaded files
lie beside it. A write is one transaction, so a kill loses at most what happened since the last one.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from ops.sim.telegram.files import StoredFile
from ops.sim.telegram.records import META, dump, restore
from ops.sim.telegram.world import World

DATABASE: Final = "telegram.sqlite3"
FILES: Final = "telegram_files"
SAVE_SECONDS: Final = 0.25
_VERSION: Final = 1
_APPLICATION_ID: Final = 0x50445447
_SCHEMA: Final = "CREATE TABLE IF NOT EXISTS items (kind TEXT, key TEXT, value BLOB, PRIMARY KEY (kind, key)) STRICT"
_PUT: Final = "INSERT INTO items VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
_DROP: Final = "DELETE FROM items WHERE kind = ? AND key = ?"
_ALL: Final = "SELECT kind, key, value FROM items"

Key = tuple[object, ...]


class StateError(Exception):
    """The folder holds something this program can't continue."""


class SavedWorld:
    """A world and the folder it is kept in."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._dirty: dict[Key, None] = {}
        self._files: list[tuple[str, bytes]] = []
        self._connection: sqlite3.Connection | None = None

    @classmethod
    @asynccontextmanager
    async def opened(cls, world: World, folder: Path | None) -> AsyncIterator[None]:
        """Restore the world from the folder and save it there until the block ends; nothing without a folder.

        Raises StateError.
        """
        if folder is None:
            yield
            return
        saved = cls(world, folder)
        rows = await asyncio.to_thread(saved._open)
        restore(world, rows)
        saved._attach()
        saver = asyncio.create_task(saved._save_often())
        try:
            yield
        finally:
            saver.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await saver
            await saved.save(clean=True)
            await asyncio.to_thread(saved._close)

    def _open(self) -> list[tuple[str, str, bytes]]:
        (self._folder / FILES).mkdir(parents=True, exist_ok=True)
        path = self._folder / DATABASE
        connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            rows = _prepare(connection, path)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise StateError(f"{path} is no state of the stand-in: {error}") from error
        except StateError:
            connection.close()
            raise
        self._connection = connection
        return rows

    def _attach(self) -> None:
        """From now on the world tells what changes."""
        world = self._world
        world.changed = self._mark  # type: ignore[method-assign]  # the hook it is there for
        world.files.saved = lambda file, data: self._files.append((file.file_id, data))
        world.files.read = self._read_file
        self._mark(META)

    def _mark(self, kind: str, *key: object) -> None:
        self._dirty[(kind, *key)] = None

    def _read_file(self, file: StoredFile) -> bytes | None:
        path = self._folder / FILES / file.file_id
        return path.read_bytes() if path.is_file() else None

    async def _save_often(self) -> None:
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            if self._dirty or self._files:
                await asyncio.shield(self.save())

    async def save(self, *, clean: bool = False) -> None:
        """Write everything that changed since the last time."""
        self._mark(META)
        dirty, self._dirty = self._dirty, {}
        files, self._files = self._files, []
        rows = [
            (str(kind), ":".join(map(str, key)), dump(self._world, str(kind), key, clean=clean)) for kind, *key in dirty
        ]
        await asyncio.to_thread(self._write, rows, files)

    def _write(self, rows: Iterable[tuple[str, str, bytes | None]], files: Iterable[tuple[str, bytes]]) -> None:
        for name, data in files:
            _write_whole(self._folder / FILES / name, data)
        if self._connection is None:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for kind, key, value in rows:
                if value is None:
                    self._connection.execute(_DROP, (kind, key))
                else:
                    self._connection.execute(_PUT, (kind, key, value))
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _write_whole(path: Path, data: bytes) -> None:
    """All of it or nothing."""
    partial = path.with_suffix(".part")
    partial.write_bytes(data)
    partial.replace(path)


def _prepare(connection: sqlite3.Connection, path: Path) -> list[tuple[str, str, bytes]]:
    """Make the table if it is missing and return what it holds."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if version > _VERSION or application not in {0, _APPLICATION_ID}:
        raise StateError(f"{path} was not written by this version of the stand-in")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID:d}")
    connection.execute(f"PRAGMA user_version = {_VERSION:d}")
    connection.execute(_SCHEMA)
    rows: list[tuple[str, str, bytes]] = connection.execute(_ALL).fetchall()
    return rows
