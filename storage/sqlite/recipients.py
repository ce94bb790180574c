"""Who can open what leaves the machine: the key file, and an offline recipient whose private key is kept elsewhere.

The offline recipient is a pair of X25519 keys (RFC 7748). What is sealed to it carries a fresh public key; the shared
secret, through HKDF-SHA256 (RFC 5869), wraps the data key with AES-256-GCM. Its two files are one line each.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.errors import WrongKeyFile
from storage.sqlite.durable import write_new
from storage.sqlite.vault import AesCredentialVault

SealedKey = Mapping[str, str]

_KEY_BYTES: Final = 32
_NO_NONCE: Final = bytes(12)  # each wrapping key is used once
_LINE: Final = re.compile(r"(perpdesk-recipient|perpdesk-offline-key):([A-Za-z0-9+/]{43}=)")
_PUBLIC: Final = "perpdesk-recipient"
_PRIVATE: Final = "perpdesk-offline-key"
_PUBLIC_HEAD: Final = "# Backups are sealed to this key, too. It opens nothing and may lie anywhere.\n"
_PRIVATE_HEAD: Final = (
    "# Opens every backup and every journal of this bot. Take it off this machine: to paper, or a stick in a safe.\n"
)


@dataclass(frozen=True, slots=True)
class OfflineRecipient:
    """The public half of an offline pair: seals, opens nothing."""

    public: bytes

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the public file; blocks. Raises WrongKeyFile for one that is missing or something else."""
        return cls(_read(path, _PUBLIC))

    @property
    def name(self) -> str:
        """What tells one recipient from another: 16 hex digits of its key's SHA-256."""
        return sha256(self.public).hexdigest()[:16]

    def seal(self, context: str, secret: bytes) -> SealedKey:
        """A data key wrapped for whoever has the private half; `context` says what it is the key of."""
        ephemeral = X25519PrivateKey.generate()
        public = ephemeral.public_key().public_bytes_raw()
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(self.public))
        envelope = AESGCM(_wrapping(shared, public, self.public, context)).encrypt(_NO_NONCE, secret, context.encode())
        return {"recipient": self.name, "ephemeral": _text(public), "envelope": _text(envelope)}


@dataclass(frozen=True, slots=True)
class OfflineKey:
    """The private half of an offline pair."""

    private: bytes = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the private file; blocks. Raises WrongKeyFile for one that is missing or something else."""
        return cls(_read(path, _PRIVATE))

    @property
    def recipient(self) -> OfflineRecipient:
        """The public half: what is sealed to it this key alone opens."""
        return OfflineRecipient(X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw())

    def open(self, context: str, sealed: SealedKey) -> bytes:
        """Raises WrongKeyFile for what was changed, or is of another context."""
        try:
            public = _bytes(sealed["ephemeral"])
            shared = X25519PrivateKey.from_private_bytes(self.private).exchange(
                X25519PublicKey.from_public_bytes(public)
            )
            wrapping = AESGCM(_wrapping(shared, public, self.recipient.public, context))
            return wrapping.decrypt(_NO_NONCE, _bytes(sealed["envelope"]), context.encode())
        except (InvalidTag, KeyError, ValueError):
            raise WrongKeyFile("what is sealed to the offline key does not open: it was changed") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Everybody that data keys are sealed to. `offline` None: there is no such recipient yet."""

    vault: AesCredentialVault
    offline: OfflineRecipient | None

    def seal(self, context: str, secret: bytes) -> list[SealedKey]:
        """The data key once for each of them."""
        key_id, envelope = self.vault.seal_value(context, secret)
        sealed: list[SealedKey] = [{"key_id": key_id, "envelope": _text(envelope)}]
        return sealed if self.offline is None else [*sealed, self.offline.seal(context, secret)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Openers:
    """The keys that are at hand to open a data key: of the vault, offline."""

    vault: AesCredentialVault | None
    offline: OfflineKey | None = None

    def open(self, context: str, sealed: Sequence[SealedKey]) -> bytes:
        """The data key. Raises WrongKeyFile, which names the keys that are needed, if none of these opens it."""
        reasons = []
        for each in sealed:
            try:
                if "key_id" in each and self.vault is not None:
                    return self.vault.open_value(context, each["key_id"], _bytes(each["envelope"]))
                if "recipient" in each and self.offline is not None and self._is_for_us(each):
                    return self.offline.open(context, each)
            except (KeyError, ValueError):
                reasons.append("it was changed")
            except WrongKeyFile as reason:
                reasons.append(str(reason))
        wanted = " or ".join(
            f"the key file that has key {each['key_id']}" if "key_id" in each else "the offline key"
            for each in sealed
            if each.keys() & {"key_id", "recipient"}
        )
        why = f" ({'; '.join(reasons)})" if reasons else ""
        raise WrongKeyFile(f"none of the keys at hand opens it{why}: bring {wanted or 'its key'}")

    def _is_for_us(self, sealed: SealedKey) -> bool:
        return self.offline is not None and sealed["recipient"] == self.offline.recipient.name


def new_pair(public: Path, private: Path) -> None:
    """Make an offline pair as two files, mode 0600; blocks. Never overwrites: raises FileExistsError, OSError."""
    key = X25519PrivateKey.generate()
    write_new(private, f"{_PRIVATE_HEAD}{_PRIVATE}:{_text(key.private_bytes_raw())}\n")
    write_new(public, f"{_PUBLIC_HEAD}{_PUBLIC}:{_text(key.public_key().public_bytes_raw())}\n")


def sealed_keys(value: object) -> tuple[SealedKey, ...]:
    """Of parsed JSON. Raises ValueError for what is no list of sealed keys."""
    if not isinstance(value, list) or not all(_is_sealed(each) for each in value):
        raise ValueError(f"no sealed keys: {json.dumps(value)[:80]}")
    return tuple(value)


def _is_sealed(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for pair in value.items() for each in pair)


def _wrapping(shared: bytes, ephemeral: bytes, public: bytes, context: str) -> bytes:
    info = b"perpdesk:recipient:" + context.encode()
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=ephemeral + public, info=info).derive(shared)


def _read(path: Path, kind: str) -> bytes:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise WrongKeyFile(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise WrongKeyFile(f"{path}: no {kind} in it") from None
    for line in lines:
        match = _LINE.fullmatch(line.strip())
        if match is not None and match[1] == kind:
            return _bytes(match[2])
    raise WrongKeyFile(f"{path}: no {kind} in it")


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
