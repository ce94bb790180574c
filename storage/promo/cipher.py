"""Promo codes at rest: a stolen database shows none.

One random secret, sealed in the database by the key file, makes two keys: one for the HMAC by which a code is found,
one for the envelope from which it is shown again. Rotating the key file re-seals that secret and leaves the codes be.
"""

import hmac
import os
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.errors import WrongKeyFile
from bot.domain.promo import SealedCode
from bot.domain.secrets import Secret
from storage.sqlite.database import Database
from storage.sqlite.vault import AesCredentialVault

SELECT_SECRET: Final = "SELECT key_id, envelope FROM promo_secret WHERE secret_id = 1"  # noqa: S105  a statement
INSERT_SECRET: Final = "INSERT INTO promo_secret (secret_id, key_id, envelope) VALUES (1, ?, ?)"  # noqa: S105  the same

SECRET_BYTES: Final = 32
_NONCE_BYTES: Final = 12
PROMO_SECRET: Final = "promo"  # noqa: S105  what the vault binds the secret to
_Random = Callable[[int], bytes]


class AesPromoCodeCipher:
    """Implements `bot.domain.ports.promo.PromoCodeCipher`."""

    def __init__(self, secret: bytes, *, random_bytes: _Random = os.urandom) -> None:
        self._lookup_key = _derived(secret, b"perpdesk:promo:lookup")
        self._cipher = AESGCM(_derived(secret, b"perpdesk:promo:seal"))
        self._random_bytes = random_bytes

    @classmethod
    async def open(
        cls, database: Database, vault: AesCredentialVault, *, random_bytes: _Random = os.urandom
    ) -> "AesPromoCodeCipher":
        """The safe of this database; made at the first start. Raises WrongKeyFile, StorageTrouble."""
        rows = await database.fetch(SELECT_SECRET)
        if rows:
            ((key_id, envelope),) = rows
            return cls(vault.open_value(PROMO_SECRET, key_id, envelope), random_bytes=random_bytes)
        secret = random_bytes(SECRET_BYTES)
        async with database.transaction() as transaction:
            await transaction.fetch(INSERT_SECRET, vault.seal_value(PROMO_SECRET, secret))
        return cls(secret, random_bytes=random_bytes)

    def lookup(self, folded: str) -> bytes:
        return hmac.digest(self._lookup_key, folded.encode(), sha256)

    def seal(self, code: Secret, lookup: bytes) -> SealedCode:
        nonce = self._random_bytes(_NONCE_BYTES)
        return SealedCode(lookup=lookup, envelope=nonce + self._cipher.encrypt(nonce, code.reveal().encode(), lookup))

    def open_code(self, sealed: SealedCode) -> Secret:
        nonce, rest = sealed.envelope[:_NONCE_BYTES], sealed.envelope[_NONCE_BYTES:]
        try:
            return Secret(self._cipher.decrypt(nonce, rest, sealed.lookup).decode())
        except (InvalidTag, ValueError):
            raise WrongKeyFile("a promo code does not open: it was changed or is not its own") from None


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return hmac.digest(secret, purpose, sha256)
