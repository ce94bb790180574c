"""The journal's files: numbered segments of sealed lines, each line chained to the one before.

A segment begins with a JSON line: the journal's id, the hash of the line that it follows, that line's number, and its
data key, sealed to everybody who may open backups. A line is `number committed body`: its own number, the number of the
last line whose commit was known when it was written, and AES-256-GCM in base64; the associated data are the hash before
and the two numbers. The hash of a line is SHA-256 of the hash before and the line.

A segment that follows an earlier line than the last one takes back those in between: their acts were refused. So does
whatever stands at the end of a segment without a line's end: nobody was told of it.
"""

import base64
import binascii
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.errors import UnfitJournal
from storage.sqlite.durable import sync_folder
from storage.sqlite.recipients import Openers, Recipients, SealedKey, sealed_keys

NO_LINE: Final = bytes(32)  # the hash before the first one
_NAME: Final = re.compile(r"journal-(\d{8})\.lines")
_LINE: Final = re.compile(rb"(\d{1,12}) (\d{1,12}) ([A-Za-z0-9+/=]+)")
_FORMAT: Final = 1
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12

Rows = Sequence[Sequence[Any]]
"""What a line says: a word and its values for each row that was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPosition:
    """A line of a journal, or what stands before its first one (number 0)."""

    journal_id: str
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it stands in a file. `committed`: the last line of which the writer knew that it was committed."""

    seq: int
    committed: int
    before: bytes  # the hash of the line before
    hash: bytes
    body: bytes = field(repr=False)
    segment: "SegmentHead" = field(repr=False)

    def rows(self, openers: Openers) -> Rows:
        """What it says. Raises UnfitJournal for a line that was changed, WrongKeyFile for keys that are not its own."""
        data_key = openers.open(_context(self.segment.journal_id, self.segment.number), self.segment.sealed)
        try:
            sealed = base64.b64decode(self.body, validate=True)
            nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            plain = AESGCM(data_key).decrypt(nonce, rest, _bound(self.before, self.seq, self.committed))
        except (InvalidTag, binascii.Error, ValueError):
            raise UnfitJournal(f"line {self.seq} of the journal was changed") from None
        return [[_value(each) for each in row] for row in json.loads(plain)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentHead:
    """The first line of a segment. `number`: its place among the segments."""

    number: int
    journal_id: str
    follows: bytes
    first: int  # the number of its first line
    sealed: tuple[SealedKey, ...]


class SegmentWriter:
    """Appends lines to a new segment; every method blocks and raises OSError."""

    def __init__(
        self,
        folder: Path,
        last: JournalPosition,
        recipients: Recipients,
        *,
        random_bytes: Callable[[int], bytes] = os.urandom,
        sync: Callable[[int], None] = os.fsync,
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.last = last
        self.count = 0
        self._random_bytes = random_bytes
        self._sync = sync
        number, data_key = _next_number(folder), random_bytes(_KEY_BYTES)
        head = {
            "perpdesk_journal": _FORMAT,
            "journal": last.journal_id,
            "follows": last.hash.hex(),
            "first": last.seq + 1,
            "sealed": recipients.seal(_context(last.journal_id, number), data_key),
        }
        self._cipher = AESGCM(data_key)
        path = folder / f"journal-{number:08}.lines"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o600)
        try:
            self._write(json.dumps(head, separators=(",", ":")).encode())
            sync_folder(folder)
        except OSError:  # each act that is refused would leave an empty file, and one that is open
            self.close()
            with suppress(OSError):
                path.unlink()
            raise

    def append(self, rows: Rows, committed: int) -> JournalPosition:
        """On the disk when it returns."""
        last, nonce = self.last, self._random_bytes(_NONCE_BYTES)
        plain = json.dumps([[_stored(each) for each in row] for row in rows], separators=(",", ":")).encode()
        seq = last.seq + 1
        body = base64.b64encode(nonce + self._cipher.encrypt(nonce, plain, _bound(last.hash, seq, committed)))
        line = b"%d %d %s" % (seq, committed, body)
        self._write(line)
        self.count += 1
        self.last = JournalPosition(journal_id=last.journal_id, seq=seq, hash=sha256(last.hash + line).digest())
        return self.last

    def close(self) -> None:
        with suppress(OSError):  # what counted is on the disk already
            os.close(self._descriptor)

    def _write(self, line: bytes) -> None:
        whole = line + b"\n"
        if os.write(self._descriptor, whole) < len(whole):
            raise OSError(28, "the disk took a part of a line only")
        self._sync(self._descriptor)


def read_lines(folder: Path) -> list[Line]:
    """The lines that stand, in their order, those that were taken back left out; blocks.

    Raises UnfitJournal where a segment follows a line that is not there, or a line breaks the chain.
    """
    lines: list[Line] = []
    base: bytes | None = None
    for head, found in _segments(folder):
        places = {each.hash: place for place, each in enumerate(lines, start=1)}
        if base is None:
            base = head.follows
        elif head.follows == base:
            lines.clear()
        elif head.follows in places:
            del lines[places[head.follows] :]
        else:
            raise UnfitJournal(f"the journal is not whole: what stands before segment {head.number} is missing")
        lines += _chained(head, found)
    return lines


def base_of(folder: Path) -> JournalPosition | None:
    """What stands before the first line that is kept; None: there is no segment. Raises UnfitJournal."""
    for head, _ in _segments(folder):
        return JournalPosition(journal_id=head.journal_id, seq=head.first - 1, hash=head.follows)
    return None


def segment_files(folder: Path) -> tuple[Path, ...]:
    """In the order in which they were begun; blocks. Raises OSError where the folder can't be looked into."""
    found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)] if folder.exists() else []
    return tuple(sorted(found))


def set_aside(folder: Path) -> Path:
    """Move the segments into a folder of their own below; blocks. Raises OSError."""
    aside = folder / f"aside-{_next_number(folder) - 1:08}"
    while aside.exists():
        aside = aside.with_name(f"{aside.name}-again")
    aside.mkdir(mode=0o700)
    for path in segment_files(folder):
        path.rename(aside / path.name)
    sync_folder(folder)
    return aside


def prune(folder: Path, before: float) -> int:
    """Remove segments that were written last before that moment (seconds since the epoch); how many; blocks.

    The newest one stays, and every one that a later one follows. Raises OSError, UnfitJournal.
    """
    heads = list(_segments(folder))
    files = {path: path.stat().st_mtime for path in segment_files(folder)[:-1]}
    gone = 0
    for path, changed in files.items():
        rest = heads[gone + 1 :]
        lines = {each.hash for head, found in rest for each in _chained(head, found)}
        is_whole = all(head.follows in lines or head.follows == rest[0][0].follows for head, _ in rest)
        if changed >= before or not is_whole:
            break
        path.unlink()
        gone += 1
    return gone


def _segments(folder: Path) -> Iterator[tuple[SegmentHead, list[bytes]]]:
    """Each with its whole lines. One whose head was never written whole has none."""
    for path in segment_files(folder):
        try:
            whole, *lines = path.read_bytes().split(b"\n")
        except OSError as error:
            raise UnfitJournal(f"{path}: {error.strerror}") from error
        if not lines:
            continue
        try:
            head = json.loads(whole)
            if head["perpdesk_journal"] != _FORMAT:
                raise UnfitJournal(f"{path} is of a later version")
            found = SegmentHead(
                number=int(path.stem.partition("-")[2]),
                journal_id=str(head["journal"]),
                follows=bytes.fromhex(head["follows"]),
                first=int(head["first"]),
                sealed=sealed_keys(head["sealed"]),
            )
        except (KeyError, TypeError, ValueError):
            raise UnfitJournal(f"{path}: its head was changed") from None
        yield found, lines[:-1]  # what stands behind the last line's end is no line


def _chained(head: SegmentHead, found: Sequence[bytes]) -> Iterator[Line]:
    before, seq = head.follows, head.first
    for text in found:
        match = _LINE.fullmatch(text)
        if match is None or int(match[1]) != seq:
            raise UnfitJournal(f"line {seq} of the journal was changed")
        after = sha256(before + text).digest()
        yield Line(seq=seq, committed=int(match[2]), before=before, hash=after, body=match[3], segment=head)
        before, seq = after, seq + 1


def _next_number(folder: Path) -> int:
    files = segment_files(folder)
    return int(files[-1].stem.partition("-")[2]) + 1 if files else 1


def _context(journal_id: str, number: int) -> str:
    return f"journal:{journal_id}:{number}"


def _bound(before: bytes, seq: int, committed: int) -> bytes:
    return before + b"%d %d" % (seq, committed)


def _stored(value: object) -> object:
    return {"b": value.hex()} if isinstance(value, bytes) else value


def _value(value: Any) -> Any:
    return bytes.fromhex(value["b"]) if isinstance(value, dict) else value
