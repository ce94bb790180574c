"""Random secrets of the database's own: made once, sealed by the key file, never replaced."""

import os
from collections.abc import Callable
from typing import Final

from storage.sqlite.database import Database
from storage.sqlite.vault import AesCredentialVault

SELECT_SEALED: Final = "SELECT key_id, envelope FROM sealed_secrets WHERE name = ?"
INSERT_SEALED: Final = "INSERT INTO sealed_secrets (name, key_id, envelope) VALUES (?, ?, ?)"
SEAL_ANEW: Final = "UPDATE sealed_secrets SET key_id = ?, envelope = ? WHERE name = ?"

SECRET_BYTES: Final = 32


async def open_secret(
    database: Database, vault: AesCredentialVault, name: str, *, random_bytes: Callable[[int], bytes] = os.urandom
) -> bytes:
    """The secret of that name, 32 bytes; made at the first start.

    After a rotation, when the key file seals with another key, the same secret is sealed anew. Raises WrongKeyFile,
    StorageTrouble.
    """
    rows = await database.fetch(SELECT_SEALED, (name,))
    if not rows:
        secret = random_bytes(SECRET_BYTES)
        async with database.transaction() as transaction:
            await transaction.fetch(INSERT_SEALED, (name, *vault.seal_value(name, secret)))
        return secret
    ((key_id, envelope),) = rows
    secret = vault.open_value(name, key_id, envelope)
    sealed_by, anew = vault.seal_value(name, secret)
    if sealed_by != key_id:
        async with database.transaction() as transaction:
            await transaction.fetch(SEAL_ANEW, (sealed_by, anew, name))
    return secret
