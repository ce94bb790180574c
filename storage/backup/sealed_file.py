"""The file of a backup: a readable head, then the database in chunks, each sealed by itself.

    "PDSKBAK1", length of the head (4 bytes), the head (JSON), then for each chunk its length (4 bytes) and its body

A body is AES-256-GCM over a compressed piece of the database. Its nonce is the chunk's number (11 bytes) and whether it
is the last one (1 byte), its associated data the SHA-256 of all that stands before the first chunk: chunks that were
changed, swapped, left out or cut off do not open, nor does any under a head that was changed.
"""

import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.errors import UnfitBackup
from bot.domain.ids import Millis
from storage.sqlite.recipients import Openers, Recipients, SealedKey, sealed_keys

MAGIC: Final = b"PDSKBAK1"
CHUNK: Final = 1 << 20  # bytes of the database in one
_LENGTH: Final = 4
_LONGEST_HEAD: Final = 1 << 16
_LONGEST_BODY: Final = CHUNK + (1 << 12)  # what can't be compressed grows a little
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFacts:
    """What the head of a backup tells without a key. `size`: of the database in bytes."""

    backup_id: str
    made_at: Millis
    purpose: str
    version: str  # of the program that made it
    schema: int
    min_version: int  # of the schema that a program must know to use it
    size: int
    sha256: str  # of the database, in hex
    sealed: tuple[SealedKey, ...]


def seal(
    source: Path,
    target: Path,
    facts: Mapping[str, Any],
    recipients: Recipients,
    *,
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> BackupFacts:
    """Write the database `source` as the backup `target`, on the disk when it returns; blocks.

    `facts`: made_at, reason, version, schema and min_version. Raises OSError.
    """
    backup_id, data_key = random_bytes(_ID_BYTES).hex(), random_bytes(_KEY_BYTES)
    sealed = recipients.seal(f"backup:{backup_id}", data_key)
    whole = {**facts, "backup_id": backup_id, "size": source.stat().st_size, "sha256": _digest(source)}
    head = json.dumps({**whole, "sealed": sealed}, separators=(",", ":")).encode()
    begin = MAGIC + len(head).to_bytes(_LENGTH, "big") + head
    cipher, bound = AESGCM(data_key), sha256(begin).digest()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with source.open("rb") as plain, os.fdopen(descriptor, "wb") as file:
        file.write(begin)
        for index, piece, is_last in _pieces(plain):
            body = cipher.encrypt(_nonce(index, is_last=is_last), zlib.compress(piece, 1), bound)
            file.write(len(body).to_bytes(_LENGTH, "big") + body)
        file.flush()
        os.fsync(file.fileno())
    return _facts(json.loads(head))


def read_facts(path: Path) -> BackupFacts:
    """The head of a backup; blocks. Nothing proves it before the chunks are opened. Raises UnfitBackup."""
    with _opened(path) as file:
        return _facts(_head(file, path)[0])


def unseal(path: Path, target: Path, openers: Openers) -> BackupFacts:
    """Write the database in the backup `path` to `target`, which must not exist; blocks.

    Raises UnfitBackup for whatever is not as it was sealed, WrongKeyFile if no key at hand opens it, OSError for a
    disk that refuses. What was written until then is removed.
    """
    facts = read_facts(path)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as plain:
            for piece in _content(path, openers):
                plain.write(piece)
            plain.flush()
            os.fsync(plain.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return facts


def verify(path: Path, openers: Openers) -> None:
    """Open every chunk and keep none; blocks. Raises as `unseal` does."""
    for _ in _content(path, openers):
        pass


def _content(path: Path, openers: Openers) -> Iterator[bytes]:
    """The pieces of the database, proved to be the whole of it once the last one was taken."""
    with _opened(path) as file:
        head, begin = _head(file, path)
        facts = _facts(head)
        data_key = openers.open(f"backup:{facts.backup_id}", facts.sealed)
        digest = sha256()
        for piece in _unsealed(file, path, AESGCM(data_key), sha256(begin).digest()):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != facts.sha256:
            raise UnfitBackup(f"{path} does not hold the database that was sealed")


def _unsealed(file: IO[bytes], path: Path, cipher: AESGCM, bound: bytes) -> Iterator[bytes]:
    index, is_last = 0, False
    while not is_last:
        length = file.read(_LENGTH)
        size = int.from_bytes(length, "big")
        if len(length) < _LENGTH:
            raise UnfitBackup(f"{path} was cut short: its end is missing")
        if size > _LONGEST_BODY:
            raise UnfitBackup(f"{path}: chunk {index} was changed")
        body = file.read(size)
        if len(body) < size:
            raise UnfitBackup(f"{path} was cut short within chunk {index}")
        is_last = (piece := _chunk(cipher, index, body, bound, is_last=True)) is not None
        if piece is None:
            piece = _chunk(cipher, index, body, bound, is_last=False)
        if piece is None:
            raise UnfitBackup(f"{path}: chunk {index} was changed, or is not in its place")
        yield piece
        index += 1
    if file.read(1):
        raise UnfitBackup(f"{path}: something stands behind its end")


def _chunk(cipher: AESGCM, index: int, body: bytes, bound: bytes, *, is_last: bool) -> bytes | None:
    try:
        return zlib.decompress(cipher.decrypt(_nonce(index, is_last=is_last), body, bound))
    except (InvalidTag, zlib.error):
        return None


def _head(file: IO[bytes], path: Path) -> tuple[Mapping[str, Any], bytes]:
    """Parsed, and all that stands before the first chunk."""
    magic = file.read(len(MAGIC))
    if magic != MAGIC:
        raise UnfitBackup(f"{path} is no backup of Perpdesk" if magic else f"{path} is empty")
    length = file.read(_LENGTH)
    size = int.from_bytes(length, "big")
    head = file.read(min(size, _LONGEST_HEAD))
    if len(length) < _LENGTH or len(head) < size:
        raise UnfitBackup(f"{path} was cut short: its head is not whole")
    try:
        return json.loads(head), magic + length + head
    except (ValueError, RecursionError):
        raise UnfitBackup(f"{path}: its head was changed") from None


def _facts(head: Mapping[str, Any]) -> BackupFacts:
    try:
        return BackupFacts(
            backup_id=str(head["backup_id"]),
            made_at=Millis(int(head["made_at"])),
            purpose=str(head["reason"]),
            version=str(head["version"]),
            schema=int(head["schema"]),
            min_version=int(head["min_version"]),
            size=int(head["size"]),
            sha256=str(head["sha256"]),
            sealed=sealed_keys(head["sealed"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise UnfitBackup("the head of the backup was changed, or is of a later version") from None


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise UnfitBackup(f"{path}: {error.strerror}") from error


def _pieces(file: IO[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """(number, bytes, whether it is the last one); one empty piece of an empty file."""
    index, piece = 0, file.read(CHUNK)
    while True:
        following = file.read(CHUNK)
        yield index, piece, not following
        if not following:
            return
        index, piece = index + 1, following


def _nonce(index: int, *, is_last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([is_last])


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()
