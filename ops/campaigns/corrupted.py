"""T19: backups that were changed anywhere are refused with a word, and the database stays as it is.

Bits are flipped in the head and in chunks, ends are cut off, chunks are swapped, doubled and left out, something is put
behind the end, the key is another one, and lines of the journal are changed, cut or left out.
"""

import asyncio
import random
import shutil
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from bot.domain.errors import PerpdeskError, UnfitBackup, UnfitJournal, WrongKeyFile
from bot.domain.ids import Millis
from bot.wiring.keys import load_keys
from bot.wiring.safekeeping import backup_plan
from ops.campaigns.report import Report
from ops.campaigns.restores_child import begin, settings_of
from storage.backup.making import make_backup
from storage.backup.restoring import RestorePlan, restore
from storage.backup.sealed_file import MAGIC
from storage.journal.segments import segment_files
from storage.sqlite.recipients import Openers
from storage.sqlite.vault import AesCredentialVault, KeyFile, new_key_file

NAME: Final = "T19 corrupted copies"
_CODES: Final = 5_000  # so that a backup has several chunks
_SHORTEST_WORD: Final = 20  # characters
_LENGTH: Final = 4  # bytes of a length in the file


def run(seed: int, folder: Path, *, copies: int) -> Report:
    """So many copies, each spoiled in its own way."""
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    began = time.monotonic()
    asyncio.run(begin(folder, _CODES))
    settings = settings_of(folder)
    vault = AesCredentialVault(load_keys(settings))
    now = Millis(int(time.time() * 1000))
    made = make_backup(backup_plan(settings, vault), now=now, reason="campaign").path
    asyncio.run(begin(folder / "other", 1))
    asyncio.run(_go_on(folder))
    plan = RestorePlan(
        file=folder / "spoiled",
        database=settings.database,
        journal=settings.journal_folder,
        openers=Openers(vault=vault),
        now=now,
    )
    before, failures = _state(folder), list[str]()
    for number in range(copies):
        found = _refusal_of(_spoiled_plan(plan, made, folder, draw, number))
        if found is not None:
            failures.append(f"copy {number}: {found}")
        if _state(folder) != before:
            failures.append(f"copy {number}: the database was changed")
            break
    replace_file(made, plan.file)
    restore(plan)  # the good one comes back
    return Report(
        name=NAME,
        seed=seed,
        seconds=time.monotonic() - began,
        cases=copies,
        steps=copies,
        failures=tuple(failures),
    )


def _refusal_of(plan: RestorePlan) -> str | None:
    """What is wrong with how a spoiled copy is refused; None: nothing."""
    try:
        restore(plan)
    except (UnfitBackup, UnfitJournal, WrongKeyFile) as refusal:
        return None if len(str(refusal)) >= _SHORTEST_WORD else f"{refusal!r} says nothing"
    except PerpdeskError as refusal:
        return f"{refusal!r} is another word"
    return "it was restored"


def replace_file(source: Path, target: Path) -> None:
    """Put a copy of one file where another one may be."""
    target.unlink(missing_ok=True)
    shutil.copy(source, target)


async def _go_on(folder: Path) -> None:
    """So that the journal has lines that the backup lacks."""
    await begin(folder, 1)


def _spoiled_plan(plan: RestorePlan, made: Path, folder: Path, draw: random.Random, number: int) -> RestorePlan:
    replace_file(made, plan.file)
    match number % 20:
        case 18:
            key = folder / "other.key"
            key.unlink(missing_ok=True)
            new_key_file(key)
            return replace(plan, openers=Openers(vault=AesCredentialVault(KeyFile.load(key))))
        case 19:
            return replace(plan, journal=_spoiled_journal(folder, draw))
        case how:
            plan.file.write_bytes(_spoiled(made.read_bytes(), draw, how % 8))
            return plan


def _spoiled(whole: bytes, draw: random.Random, how: int) -> bytes:
    head, chunks = _chunks(whole)
    first, second = draw.sample(range(len(chunks)), 2)
    match how:
        case 0:
            return _flipped(whole, draw.randrange(len(whole)), draw)
        case 1:
            return _flipped(whole, draw.randrange(len(head)), draw)
        case 2:
            return whole[: draw.randrange(len(whole))]
        case 3:
            return head + b"".join(chunks[: draw.randrange(len(chunks))])
        case 4:
            chunks[first], chunks[second] = chunks[second], chunks[first]
        case 5:
            del chunks[first]
        case 6:
            chunks.insert(first, chunks[second])
        case _:
            chunks.append(draw.randbytes(draw.randrange(1, 99)))
    return head + b"".join(chunks)


def _spoiled_journal(folder: Path, draw: random.Random) -> Path:
    """Another folder with the journal's files: one of them flipped, cut within, or left out."""
    spoiled = folder / "spoiled-journal"
    shutil.rmtree(spoiled, ignore_errors=True)
    shutil.copytree(settings_of(folder).journal_folder, spoiled)
    files = segment_files(spoiled)
    whole = files[-1].read_bytes()
    match draw.randrange(3):
        case 0:
            files[-1].write_bytes(_flipped(whole, draw.randrange(len(whole) - 1), draw))
        case 1:
            lines = whole.splitlines(keepends=True)
            del lines[draw.randrange(1, len(lines) - 1)]
            files[-1].write_bytes(b"".join(lines))
        case _:
            files[-1].unlink()
    return spoiled


def _flipped(whole: bytes, at: int, draw: random.Random) -> bytes:
    return whole[:at] + bytes([whole[at] ^ (1 << draw.randrange(8))]) + whole[at + 1 :]


def _chunks(whole: bytes) -> tuple[bytes, list[bytes]]:
    """The head, and each chunk with its length."""
    at = len(MAGIC) + _LENGTH
    at += int.from_bytes(whole[len(MAGIC) : at], "big")
    head, chunks = whole[:at], []
    while at < len(whole):
        end = at + _LENGTH + int.from_bytes(whole[at : at + _LENGTH], "big")
        chunks.append(whole[at:end])
        at = end
    return head, chunks


def _state(folder: Path) -> str:
    """Of the database and its write-ahead log, which is empty at most."""
    files = [folder / f"perpdesk.sqlite3{suffix}" for suffix in ("", "-wal")]
    return sha256(b"".join(path.read_bytes() for path in files if path.exists())).hexdigest()
