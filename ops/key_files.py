"""`perpdesk rotate-keys`: the key file's key is replaced, while the bot does not run."""

import asyncio
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.domain.errors import UnfitDatabase
from bot.lifecycle import EXIT_CONFIG
from bot.settings import Settings
from ops.database import answer
from storage.key_rotation import Rotation, Tell, retired_file, rotate_keys
from storage.sqlite.database import Database
from storage.sqlite.migrate import missing_indexes


def rotate(settings: Settings) -> None:
    """Rotate the key file of the settings and show how far it is; a fault is one line and an exit code."""
    path = settings.key_file
    if settings.key is not None:
        typer.echo("perpdesk: the key stands in PERPDESK_KEY: move it into a file, PERPDESK_KEY_FILE", err=True)
        raise typer.Exit(EXIT_CONFIG)
    columns = TextColumn("keys of accounts sealed anew"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=None)
        done = answer(
            _rotate(settings.database, path, lambda count, total: progress.update(bar, completed=count, total=total))
        )
    _print(done, path)


async def _rotate(database: Path, path: Path, tell: Tell) -> Rotation:
    if not await asyncio.to_thread(database.exists):
        raise UnfitDatabase(f"there is no database {database}: nothing is sealed yet")
    async with Database.open(database) as opened:
        await missing_indexes(opened)  # refuses a schema that is not this version's
        return await rotate_keys(opened, path, tell)


def _print(done: Rotation, path: Path) -> None:
    head = "the rotation that was cut short is finished" if done.is_resumed else "a new key seals everything"
    typer.echo(f"{path}: {head}: key {done.active}, {done.rewrapped} accounts sealed anew")
    if done.unreadable:
        names = ", ".join(map(str, done.unreadable[:5]))
        typer.echo(f"{len(done.unreadable)} accounts have a stored key that no key of the file opens: {names}")
    retired = ", ".join(done.retired)
    typer.echo(f"Key {retired} has retired to {retired_file(path)}: copies of the database from before need it.")
    typer.echo("Take that file and a copy of the new key file to where the backups are not.")
