"""Keys at rest: envelope encryption with AES-256-GCM.

Each account has a data key of its own; the data key is wrapped by a key-encryption key of the key file, whose id
stands in the row, so that keys can be rotated row by row. The associated data name what an envelope holds and whose
it is (field, user, account): one that was copied to another row, or changed by a bit, does not open.

An envelope is: version (1 byte, 1), nonce (12), ciphertext, tag (16).
"""

import base64
import binascii
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.accounts import AccountType, Credentials, KeyCheck, KeyType, SealedCredentials
from bot.domain.errors import WrongKeyFile
from bot.domain.ids import AccountId, UserId
from bot.domain.secrets import Secret
from storage.sqlite.database import Database
from storage.sqlite.durable import write_new

SELECT_CANARY: Final = """
    SELECT c.key_id, c.envelope, EXISTS (SELECT 1 FROM credentials)
      FROM (SELECT 1) LEFT JOIN vault_canary AS c ON c.canary_id = 1
"""
INSERT_CANARY: Final = "INSERT INTO vault_canary (canary_id, key_id, envelope) VALUES (1, ?, ?)"

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_VERSION: Final = b"\x01"
_SHORTEST: Final = len(_VERSION) + _NONCE_BYTES + _TAG_BYTES
_LINE: Final = re.compile(r"(?P<id>[A-Za-z0-9_-]{1,32}):(?P<key>[A-Za-z0-9+/]{43}=)")
_CANARY: Final = b"perpdesk key file"
_CANARY_CONTEXT: Final = b"perpdesk:canary"
_HEAD: Final = (
    "# Key file of Perpdesk: id:base64, one key-encryption key a line; the first one seals, the others still open.\n"
    "# Without it no stored key can be read. Keep a copy away from the database and its backups.\n"
)
_Random = Callable[[int], bytes]
_NO_KEYS: Final[Mapping[str, bytes]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """Key-encryption keys by id; `active` seals what is new."""

    active: str
    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key file; blocks. Raises WrongKeyFile if it is missing, malformed or open to others."""
        try:
            with path.open(encoding="ascii") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                text = file.read()
        except OSError as error:
            raise WrongKeyFile(f"key file {path}: {error.strerror}") from error
        except UnicodeDecodeError:
            raise WrongKeyFile(f"key file {path}: not a key file") from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise WrongKeyFile(f"key file {path} is open to others (mode {mode:04o}): chmod 600 {path}")
        return cls.parse(text, origin=f"key file {path}")

    @classmethod
    def fresh(cls, older: Mapping[str, bytes] = _NO_KEYS, *, random_bytes: _Random = os.urandom) -> Self:
        """A new key that seals, above older ones, which still open."""
        key_id = random_bytes(4).hex()
        return cls(active=key_id, keys={key_id: random_bytes(_KEY_BYTES), **older})

    @property
    def text(self) -> str:
        """The content of a file of these keys. A secret."""
        return _HEAD + "".join(f"{key_id}:{base64.b64encode(key).decode()}\n" for key_id, key in self.keys.items())

    @classmethod
    def parse(cls, text: str, *, origin: str = "the key") -> Self:
        """Keys from lines of `id:base64`, comments aside. Raises WrongKeyFile, which never quotes a line."""
        keys: dict[str, bytes] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            content = line.strip()
            if not content or content.startswith("#"):
                continue
            match = _LINE.fullmatch(content)
            if match is None:
                raise WrongKeyFile(f"{origin}: line {number} is not id:base64 of 32 bytes")
            if match["id"] in keys:
                raise WrongKeyFile(f"{origin}: line {number} repeats an id")
            try:
                keys[match["id"]] = base64.b64decode(match["key"], validate=True)
            except binascii.Error:
                raise WrongKeyFile(f"{origin}: line {number} is not id:base64 of 32 bytes") from None
        if not keys:
            raise WrongKeyFile(f"{origin}: no key in it")
        return cls(active=next(iter(keys)), keys=keys)


def new_key_file(path: Path, *, random_bytes: _Random = os.urandom) -> None:
    """Make a key file with one fresh key, mode 0600; blocks. Never overwrites: raises FileExistsError, OSError."""
    write_new(path, KeyFile.fresh(random_bytes=random_bytes).text)


class AesCredentialVault:
    """Implements `bot.domain.ports.accounts.CredentialVault`."""

    def __init__(self, keys: KeyFile, *, random_bytes: _Random = os.urandom) -> None:
        self._active = keys.active
        self._wrapping = {key_id: AESGCM(key) for key_id, key in keys.keys.items()}
        self._random_bytes = random_bytes

    @property
    def active(self) -> str:
        """The id of the key that seals."""
        return self._active

    @property
    def has_older(self) -> bool:
        """Whether other keys still open, beside the one that seals."""
        return len(self._wrapping) > 1

    def seal(
        self,
        *,
        user_id: UserId,
        account_id: AccountId,
        account_type: AccountType,
        host: str,
        key_type: KeyType,
        api_key: Secret,
        api_secret: Secret,
        check: KeyCheck | None,
    ) -> SealedCredentials:
        """Seal a key under a fresh data key."""
        data_key = self._random_bytes(_KEY_BYTES)
        cipher = AESGCM(data_key)

        def sealed(field_name: str, value: Secret) -> bytes:
            return self._envelope(cipher, value.reveal().encode(), _context(field_name, user_id, account_id))

        return SealedCredentials(
            account_id=account_id,
            user_id=user_id,
            account_type=account_type,
            host=host,
            key_type=key_type,
            data_key=self._envelope(self._wrapping[self._active], data_key, _context("data_key", user_id, account_id)),
            key_id=self._active,
            api_key=sealed("api_key", api_key),
            api_secret=sealed("api_secret", api_secret),
            check=check,
        )

    def open(self, sealed: SealedCredentials) -> Credentials:
        """Raises WrongKeyFile for an envelope that was changed, is not this account's, or is by an unknown key."""
        user_id, account_id = sealed.user_id, sealed.account_id
        wrapping = self._wrapping.get(sealed.key_id)
        if wrapping is None:
            raise WrongKeyFile(f"account {account_id} is sealed by key {sealed.key_id}, which the key file has not")
        try:
            cipher = AESGCM(_opened(wrapping, sealed.data_key, _context("data_key", user_id, account_id)))
            api_key = _opened(cipher, sealed.api_key, _context("api_key", user_id, account_id))
            api_secret = _opened(cipher, sealed.api_secret, _context("api_secret", user_id, account_id))
        except InvalidTag:
            raise WrongKeyFile(
                f"the stored key of account {account_id} does not open: changed or not its own"
            ) from None
        return Credentials(
            account_id=account_id,
            key_type=sealed.key_type,
            api_key=Secret(api_key.decode()),
            api_secret=Secret(api_secret.decode()),
        )

    def rewrap(self, user_id: UserId, account_id: AccountId, key_id: str, data_key: bytes) -> bytes:
        """An account's data key, sealed by the active key instead of the one that it was sealed by.

        Raises WrongKeyFile as `open` does.
        """
        context = _context("data_key", user_id, account_id)
        plain = self._unwrapped(f"the data key of account {account_id}", key_id, data_key, context)
        return self._envelope(self._wrapping[self._active], plain, context)

    def canary(self) -> tuple[str, bytes]:
        """What proves the key file: the id of the key that seals it, the envelope."""
        return self._active, self._envelope(self._wrapping[self._active], _CANARY, _CANARY_CONTEXT)

    async def prove(self, database: Database) -> None:
        """Prove that the key file is this database's; the first one becomes it.

        Raises WrongKeyFile with one line that says what to do.
        """
        ((key_id, envelope, has_credentials),) = await database.fetch(SELECT_CANARY)
        if key_id is None:
            if has_credentials:
                raise WrongKeyFile(f"{database.path} holds keys but no canary: it is damaged, restore a backup")
            async with database.transaction() as transaction:
                await transaction.fetch(INSERT_CANARY, self.canary())
            return
        if not self.knows(key_id, envelope):
            raise WrongKeyFile(f"the key file does not open {database.path}: bring the one that has key {key_id}")

    def knows(self, key_id: str, canary: bytes) -> bool:
        """Whether one of these keys sealed the canary."""
        wrapping = self._wrapping.get(key_id)
        try:
            return wrapping is not None and _opened(wrapping, canary, _CANARY_CONTEXT) == _CANARY
        except InvalidTag:
            return False

    def seal_value(self, name: str, value: bytes) -> tuple[str, bytes]:
        """A single value of the database's own, bound to its name: the id of the key that seals it, the envelope."""
        return self._active, self._envelope(self._wrapping[self._active], value, f"perpdesk:value:{name}".encode())

    def open_value(self, name: str, key_id: str, envelope: bytes) -> bytes:
        """Raises WrongKeyFile for an envelope that was changed, has another name, or is by an unknown key."""
        return self._unwrapped(f"what is stored as {name}", key_id, envelope, f"perpdesk:value:{name}".encode())

    def _unwrapped(self, what: str, key_id: str, envelope: bytes, context: bytes) -> bytes:
        wrapping = self._wrapping.get(key_id)
        if wrapping is None:
            raise WrongKeyFile(f"{what} is sealed by key {key_id}, which the key file has not")
        try:
            return _opened(wrapping, envelope, context)
        except InvalidTag:
            raise WrongKeyFile(f"{what} does not open: it was changed") from None

    def _envelope(self, cipher: AESGCM, plain: bytes, context: bytes) -> bytes:
        nonce = self._random_bytes(_NONCE_BYTES)
        return _VERSION + nonce + cipher.encrypt(nonce, plain, context)


def _opened(cipher: AESGCM, envelope: bytes, context: bytes) -> bytes:
    if len(envelope) < _SHORTEST or not envelope.startswith(_VERSION):
        raise InvalidTag
    nonce = envelope[len(_VERSION) : len(_VERSION) + _NONCE_BYTES]
    return cipher.decrypt(nonce, envelope[len(_VERSION) + _NONCE_BYTES :], context)


def _context(field_name: str, user_id: UserId, account_id: AccountId) -> bytes:
    """What the associated data say; the parts can't run into each other."""
    return f"perpdesk:{field_name}:user={user_id}:account={account_id}".encode()
