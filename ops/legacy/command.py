"""`perpdesk import-legacy`: one import, and what the operator is told of it."""

import asyncio
import base64
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NoReturn

import typer

from bot.domain.clock import SystemClock
from bot.domain.errors import AlreadyRunning, PerpdeskError
from bot.domain.ids import Millis
from bot.lifecycle import EXIT_CONFIG, Fatal
from bot.settings import Settings
from bot.wiring.keys import load_keys
from ops.legacy.importer import Imported, ImportOptions, known_import, rehearse, take_over
from ops.legacy.source import copied, shred_source
from storage.sqlite.vault import KeyFile

_KEY_BYTES: Final = 32


def import_legacy(
    settings: Settings, path: Path, *, at: str | None, honors_codes: bool, is_dry: bool, shreds: bool
) -> None:
    """Take over the old database, or only say what would be; then shred it where that is wished."""
    path = path.resolve()  # its log stands beside the file itself, not beside a link to it
    options = ImportOptions(at=_moment(at), honors_codes=honors_codes)
    try:
        imported = _import(settings, path, options, is_dry=is_dry)
    except (PerpdeskError, Fatal, OSError) as fault:
        typer.echo(f"perpdesk: {fault}", err=True)
        raise typer.Exit(1 if isinstance(fault, AlreadyRunning | OSError) else EXIT_CONFIG) from None
    typer.echo(imported.text)
    if is_dry and imported.is_new:
        typer.echo("\nA rehearsal: nothing was written.")
        return
    typer.echo("\nIt is done." if imported.is_new else "\nIt was done before: nothing was written.")
    _offer_to_shred(path, is_wished=shreds)


def _import(settings: Settings, path: Path, options: ImportOptions, *, is_dry: bool) -> Imported:
    database = settings.database
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as elsewhere:
        # beside our database, if it may be: what was copied is as secret as that, and a killed run's is found again
        folder = database.with_name(database.name + ".import") if database.parent.exists() else Path(elsewhere) / "copy"
        with copied(path, folder) as source:
            if database.exists():
                before = asyncio.run(known_import(database, source, options))
                if before is not None:
                    return before
            if is_dry:
                keys = load_keys(settings) if database.exists() else _throw_away_keys()
                return asyncio.run(rehearse(database, keys, source, options, folder))
            return asyncio.run(take_over(database, load_keys(settings), source, options))


def _throw_away_keys() -> KeyFile:
    return KeyFile.parse(f"rehearsal:{base64.b64encode(os.urandom(_KEY_BYTES)).decode()}")


def _moment(at: str | None) -> Millis:
    now = SystemClock().now()
    if at is None:
        return now
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        _fail(f"--at {at!r} is no moment: try 2026-01-31T12:00")
    moment = round((found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp() * 1000)
    if not 0 < moment <= now:
        _fail(f"--at {at!r} lies before 1970, or has not come yet")
    return Millis(moment)


def _fail(message: str) -> NoReturn:
    typer.echo(f"perpdesk: {message}", err=True)
    raise typer.Exit(EXIT_CONFIG)


def _offer_to_shred(path: Path, *, is_wished: bool) -> None:
    typer.echo(f"{path} holds keys in clear. Whoever has it trades with the accounts of everybody named above.")
    if not is_wished and sys.stdin.isatty():
        is_wished = typer.confirm("Overwrite and remove it now, with its -wal and -shm?")
    if not is_wished:
        typer.echo(f"To overwrite and remove it: perpdesk import-legacy {path} --shred")
        return
    try:
        shred_source(path)
    except OSError as trouble:
        _fail(f"{path}: {trouble.strerror}")
    typer.echo(
        "It is overwritten and removed. Its copies and backups are yours to find; a solid-state disk may keep more."
    )
