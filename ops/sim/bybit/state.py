"""Keeping the world in a folder: accounts, faults and set prices survive a kill, but for the last moments.

The folder holds `world.json` and `accounts/<uid>.json`; each file is replaced as a whole, never changed in place.
Prices need no keeping: they follow from seed and clock, and from the marks in `world.json`.
"""

import asyncio
import logging
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.faults import Fault
from ops.sim.bybit.tape import Mark
from ops.sim.bybit.world import World

_VERSION: Final = 1
_PAUSE: Final = 0.2
"""Seconds that changes are gathered before they are written."""
_ACCOUNT: Final = TypeAdapter(Account)
_FAULTS: Final = TypeAdapter(list[Fault])
_MARKS: Final = TypeAdapter(dict[str, list[Mark]])
_log: Final = logging.getLogger(__name__)

_File = tuple[Path, bytes | None]
"""What a file is to hold; None: it is to go."""


class StateError(ValueError):
    """The folder cannot be used: unreadable, of another version, or of another seed."""


class Keeper:
    """Writes what changes in a world into its folder."""

    def __init__(self, folder: Path, world: World) -> None:
        self._folder = folder
        self._world = world
        self._changed: set[int | None] = set()
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        world.subscribe(self._note)

    async def load(self) -> None:
        """Fill the world with what an earlier run kept. Raises StateError."""
        common, accounts = await asyncio.to_thread(_read, self._folder)
        if common is not None:
            self._restore(common)
        try:
            for text in accounts:
                account = _ACCOUNT.validate_json(text)
                account.loaded_at = self._world.now()
                self._world.add(account)
        except ValidationError as error:
            raise StateError(f"{self._folder}: an account cannot be read: {error}") from error
        self._changed.clear()
        self._note(None)

    async def run(self) -> None:
        """Write changes a moment after they happen, until cancelled."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(_PAUSE)
            await asyncio.shield(self.flush())  # a write that has begun is finished

    async def flush(self) -> None:
        """Write what has changed; on a full or broken disk it stays noted and is tried again."""
        async with self._writing:
            changed, self._changed = self._changed, set()
            self._wake.clear()
            files = [self._file(uid) for uid in sorted(changed, key=lambda uid: uid or 0)]
            try:
                await asyncio.to_thread(_write, files)
            except OSError:
                _log.exception("the state in %s could not be written", self._folder)
                self._changed |= changed
                self._wake.set()

    def _note(self, uid: int | None) -> None:
        self._changed.add(uid)
        self._wake.set()

    def _file(self, uid: int | None) -> _File:
        if uid is None:
            return self._folder / "world.json", self._common()
        account = self._world.accounts.get(uid)
        text = None if account is None else _ACCOUNT.dump_json(account)
        return self._folder / "accounts" / f"{uid}.json", text

    def _common(self) -> bytes:
        world = self._world
        marks = {coin: [asdict(mark) for mark in kept] for coin, kept in world.market.marks().items()}
        return orjson.dumps(
            {
                "version": _VERSION,
                "seed": world.seed,
                "made": world.made,
                "faults_made": world.faults.made,
                "faults": _FAULTS.dump_python(world.faults.standing, mode="json"),
                "marks": marks,
                "clock_offset": world.clock_offset,
            }
        )

    def _restore(self, common: dict[str, Any]) -> None:
        world = self._world
        if common.get("version") != _VERSION:
            raise StateError(f"{self._folder}: version {common.get('version')} is not known")
        if common.get("seed") != world.seed:
            raise StateError(f"{self._folder} belongs to seed {common.get('seed')}, not {world.seed}")
        try:
            world.market.restore(_MARKS.validate_python(common["marks"]))
            world.faults.restore(_FAULTS.validate_python(common["faults"]), int(common["faults_made"]))
            world.made = int(common["made"])
            world.clock_offset = int(common.get("clock_offset", 0))
        except (ValidationError, KeyError, TypeError) as error:
            raise StateError(f"{self._folder}: world.json cannot be read: {error}") from error


def _read(folder: Path) -> tuple[dict[str, Any] | None, list[bytes]]:
    """world.json, if there is one, and the text of every account."""
    (folder / "accounts").mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "world.json"
    try:
        common = orjson.loads(file.read_bytes()) if file.exists() else None
    except orjson.JSONDecodeError as error:
        raise StateError(f"{file} cannot be read: {error}") from error
    return common, [one.read_bytes() for one in sorted((folder / "accounts").glob("*.json"))]


def _write(files: Sequence[_File]) -> None:
    for path, text in files:
        if text is None:
            path.unlink(missing_ok=True)
        else:
            _replace(path, text)


def _replace(path: Path, text: bytes) -> None:
    """Put the text on disk under another name first, so that a kill leaves the old file or the new one."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    with draft.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
