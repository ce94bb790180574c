"""One import, all of it or nothing: what is written, in one transaction, and what is said of it."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.domain.audit import AuditEntry
from bot.domain.errors import PerpdeskError
from bot.domain.ids import Millis
from bot.domain.marks import Marks
from ops.legacy.import_run import ImportRun
from ops.legacy.licenses import take_licenses
from ops.legacy.payments import take_payments
from ops.legacy.people import take_people
from ops.legacy.promo import take_codes
from ops.legacy.report import Report, rendered
from ops.legacy.source import Source
from ops.legacy.trading import take_signals, take_trades
from storage.checkup import looking_at
from storage.journal.journal import BEGIN_ANEW, new_journal_id
from storage.legacy.imports import SELECT_IMPORT, SELECT_LINES, ImportLine, ImportRecord
from storage.promo.cipher import AesPromoCodeCipher
from storage.sqlite.birth import birth_of
from storage.sqlite.database import Database
from storage.sqlite.files import exclusive
from storage.sqlite.hash_chain import Fetch
from storage.sqlite.migrate import SELECT_VERSION, migrate, newest_schema
from storage.sqlite.secrets import open_secret
from storage.sqlite.vault import AesCredentialVault, KeyFile
from storage.store import SqliteUnitOfWork

_HAS_IMPORTS: Final = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'legacy_imports'"
_HAS_PEOPLE: Final = "SELECT 1 FROM users LIMIT 1"
_MARKS: Final = "marks"
_TRIALS: Final = "trials marked as used"
_AT_BYBIT: Final = frozenset({"active_positions", "pending_limit_orders"})


class ImportRefusedError(PerpdeskError):
    """Nothing was written; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """`at`: the one moment for all, ms. `honors_codes`: give what promo codes promised beyond what they gave."""

    at: Millis
    honors_codes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The report of an import; `is_new`: it took place just now."""

    text: str
    is_new: bool


async def known_import(database: Path, source: Source, options: ImportOptions) -> Imported | None:
    """The report of the import that took place before; None: none did. Nothing is written.

    Raises ImportRefusedError where that was of other rows, or did otherwise with promo codes.
    """
    async with looking_at(database) as (fetch, _):
        found = await _stored(fetch)
    if found is None:
        return None
    record, lines = found
    if record.source_hash != source.digest:
        raise ImportRefusedError(
            "another old database was taken over before, or this one has changed since "
            f"(then {record.source_hash.hex()[:16]}…, now {source.digest.hex()[:16]}…): nothing is written"
        )
    if record.honors_codes != options.honors_codes:
        was = "with" if record.honors_codes else "without"
        raise ImportRefusedError(f"it was taken over {was} --honour-codes before: that can't be changed afterwards")
    return Imported(text=rendered(record, lines), is_new=False)


async def _stored(fetch: Fetch) -> tuple[ImportRecord, list[ImportLine]] | None:
    if not await fetch(_HAS_IMPORTS, ()):
        return None
    rows = await fetch(SELECT_IMPORT, ())
    if not rows:
        return None
    ((source_hash, at, honors_codes, counts),) = rows
    record = ImportRecord(source_hash=source_hash, at=at, honors_codes=bool(honors_codes), counts=counts)
    lines = [ImportLine(section=row[0], user_id=row[1], text=row[2]) for row in await fetch(SELECT_LINES, ())]
    return record, lines


async def take_over(database: Path, keys: KeyFile, source: Source, options: ImportOptions) -> Imported:
    """Import all of it in one transaction; into a new database where there is none yet. Raises PerpdeskErrors."""
    vault = AesCredentialVault(keys)
    async with Database.open(database) as opened:
        ((schema,),) = await opened.fetch(SELECT_VERSION)
        if 0 < schema < await asyncio.to_thread(newest_schema) and await opened.fetch(_HAS_PEOPLE):
            raise ImportRefusedError(f"{database} has an older schema: run `perpdesk migrate` first")
        await migrate(opened)
        await vault.prove(opened)
        # before the first user of old: what was paid before this moment is none of this database's business
        await birth_of(opened, options.at)
        marks = Marks(secret=await open_secret(opened, vault, _MARKS))
        cipher = await AesPromoCodeCipher.open(opened, vault)
        report = Report(digest=source.digest, at=options.at, honors_codes=options.honors_codes)
        async with opened.transaction() as transaction:
            unit = SqliteUnitOfWork(transaction)
            run = ImportRun(
                source=source,
                unit=unit,
                report=report,
                marks=marks,
                cipher=cipher,
                at=options.at,
                honors_codes=options.honors_codes,
                known=set(await unit.legacy.user_ids()),
            )
            await _take_all(run)
            record, lines = report.record(), report.all_lines()
            await unit.legacy.note(record, lines)
            await transaction.fetch(BEGIN_ANEW, (new_journal_id(),))  # no journal has what was written here
    return Imported(text=rendered(record, lines), is_new=True)


async def _take_all(run: ImportRun) -> None:
    await take_people(run)
    await take_licenses(run)
    await take_payments(run)
    await take_codes(run)
    await take_trades(run)
    await take_signals(run)
    for user in sorted(run.had_trial):
        await run.unit.privacy.keep_marks(run.marks.of(user, had_trial=True, campaigns=(), now=run.at))
        run.report.read(_TRIALS)
        run.report.take(_TRIALS)
    for table, count in run.source.counts().items():
        run.report.leave(table, count, "is not in this bot" if table not in _AT_BYBIT else "Bybit is asked")
    details = f"rows {run.source.digest.hex()}, {len(run.known)} people"
    await run.unit.audit(AuditEntry(actor=None, action="legacy.import", subject=None, details=details), run.at)


async def rehearse(database: Path, keys: KeyFile, source: Source, options: ImportOptions, folder: Path) -> Imported:
    """The same on a copy of the database that is made in `folder` and stays there. Raises PerpdeskErrors."""
    copy = folder / "rehearsal.sqlite3"
    if await asyncio.to_thread(database.exists):
        async with exclusive(database):
            await asyncio.to_thread(_copy, database, copy)
    return await take_over(copy, keys, source, options)


def _copy(database: Path, copy: Path) -> None:
    for suffix in ("", "-wal"):
        part = database.with_name(database.name + suffix)
        if part.exists():
            shutil.copy(part, copy.with_name(copy.name + suffix))  # its mode, too
