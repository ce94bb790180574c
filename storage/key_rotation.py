"""Rotation of the key file: a new key seals, all that is stored is sealed by it, the old ones retire.

The key file names the new key before the first envelope is sealed by it, and the old ones until nothing is sealed by
them: killed anywhere, it opens everything, and the same call goes on where the other ended. A retired key moves to
`<key file>.retired`, since copies of the database from before are sealed by it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.domain.errors import StorageTrouble, WrongKeyFile
from storage.promo.cipher import PROMO_SECRET, SELECT_SECRET
from storage.sqlite.database import Database
from storage.sqlite.durable import sync_folder, write_new
from storage.sqlite.secrets import SEAL_ANEW
from storage.sqlite.transaction import Transaction
from storage.sqlite.vault import AesCredentialVault, KeyFile

SELECT_DATA_KEYS: Final = """
    SELECT account_id, user_id, key_id, data_key FROM credentials
     WHERE account_id > ? AND key_id <> ? ORDER BY account_id LIMIT ?
"""
COUNT_DATA_KEYS: Final = "SELECT count(*) FROM credentials WHERE key_id <> ?"
REWRAP: Final = "UPDATE credentials SET data_key = ?, key_id = ? WHERE account_id = ?"
SELECT_ALL_SEALED: Final = "SELECT name, key_id, envelope FROM sealed_secrets WHERE key_id <> ?"
SEAL_PROMO_SECRET: Final = "UPDATE promo_secret SET key_id = ?, envelope = ? WHERE secret_id = 1"  # noqa: S105  a statement
SEAL_CANARY: Final = "UPDATE vault_canary SET key_id = ?, envelope = ? WHERE canary_id = 1"

_BATCH: Final = 500  # data keys a commit

Tell = Callable[[int, int], None]  # how many data keys are sealed anew, of how many


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What a rotation came to. `unreadable`: accounts whose key did not open before it either."""

    active: str
    retired: tuple[str, ...]
    is_resumed: bool
    rewrapped: int
    unreadable: tuple[int, ...]


async def rotate_keys(database: Database, path: Path, tell: Tell, *, batch: int = _BATCH) -> Rotation:
    """Rotate the key file at `path` of a database that nobody else writes, or end a rotation that was cut short.

    Raises WrongKeyFile for a key file that is not this database's or does not open a secret of its own, StorageTrouble
    where the disk refuses; the key file opens everything then, too.
    """
    keys = await asyncio.to_thread(KeyFile.load, path)
    await AesCredentialVault(keys).prove(database)
    is_resumed = len(keys.keys) > 1
    if not is_resumed:
        keys = KeyFile.fresh(keys.keys)
        await asyncio.to_thread(_replace, path, keys)
    vault = AesCredentialVault(keys)
    rewrapped, unreadable = await _rewrap_all(database, vault, keys.active, tell, batch)
    async with database.transaction() as transaction:
        await _seal_secrets(transaction, vault, keys.active)
        await transaction.fetch(SEAL_CANARY, vault.canary())
    await AesCredentialVault(_alone(keys)).prove(database)
    await asyncio.to_thread(_retire, path, keys)
    retired = tuple(key_id for key_id in keys.keys if key_id != keys.active)
    return Rotation(
        active=keys.active, retired=retired, is_resumed=is_resumed, rewrapped=rewrapped, unreadable=unreadable
    )


async def _rewrap_all(
    database: Database, vault: AesCredentialVault, active: str, tell: Tell, batch: int
) -> tuple[int, tuple[int, ...]]:
    ((total,),) = await database.fetch(COUNT_DATA_KEYS, (active,))
    last, rewrapped = 0, 0
    unreadable: list[int] = []
    tell(0, total)
    while rows := await database.fetch(SELECT_DATA_KEYS, (last, active, batch)):
        async with database.transaction() as transaction:
            for account_id, user_id, key_id, data_key in rows:
                try:
                    envelope = vault.rewrap(user_id, account_id, key_id, data_key)
                except WrongKeyFile:  # changed, or sealed by a key that was lost before: no key of ours opens it
                    unreadable.append(account_id)
                    continue
                transaction.write(REWRAP, (envelope, active, account_id))
                rewrapped += 1
        last = rows[-1][0]
        tell(rewrapped + len(unreadable), total)
    return rewrapped, tuple(unreadable)


async def _seal_secrets(transaction: Transaction, vault: AesCredentialVault, active: str) -> None:
    for name, key_id, envelope in await transaction.fetch(SELECT_ALL_SEALED, (active,)):
        await transaction.fetch(SEAL_ANEW, (*vault.seal_value(name, vault.open_value(name, key_id, envelope)), name))
    for key_id, envelope in await transaction.fetch(SELECT_SECRET):
        secret = vault.open_value(PROMO_SECRET, key_id, envelope)
        await transaction.fetch(SEAL_PROMO_SECRET, vault.seal_value(PROMO_SECRET, secret))


def _alone(keys: KeyFile) -> KeyFile:
    return KeyFile(active=keys.active, keys={keys.active: keys.keys[keys.active]})


def retired_file(path: Path) -> Path:
    """Where the keys go that seal nothing any more."""
    return path.with_name(path.name + ".retired")


def _retire(path: Path, keys: KeyFile) -> None:
    """The old keys beside the key file first, then out of it."""
    beside = retired_file(path)
    known = KeyFile.load(beside).keys if beside.exists() else {}
    retired = {key_id: key for key_id, key in keys.keys.items() if key_id != keys.active} | dict(known)
    _replace(beside, KeyFile(active=next(iter(retired)), keys=retired))
    _replace(path, _alone(keys))


def _replace(path: Path, keys: KeyFile) -> None:
    """The file is the old one or the new one, whenever a kill comes, on the disk before this returns."""
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.unlink(missing_ok=True)  # of a run that was killed
        write_new(fresh, keys.text)
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StorageTrouble(f"{path} can't be written: {error.strerror}") from error
