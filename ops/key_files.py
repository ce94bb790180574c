"""What is done about the key file while the bot does not run: it is rotated, or went lost with what it sealed."""

import asyncio
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.domain.clock import SystemClock
from bot.domain.errors import UnfitDatabase, WrongKeyFile
from bot.domain.ids import UserId
from bot.lifecycle import EXIT_CONFIG, Fatal
from bot.settings import Settings
from bot.wiring.keys import load_keys
from ops.database import answer
from storage.key_rotation import Rotation, Tell, retired_file, rotate_keys
from storage.keyless import DroppedSecrets, drop_unreadable, find_unreadable
from storage.sqlite.database import Database
from storage.sqlite.durable import write_new
from storage.sqlite.errors import translated
from storage.sqlite.migrate import missing_indexes
from storage.sqlite.vault import AesCredentialVault


def rotate(settings: Settings) -> None:
    """Rotate the key file of the settings and show how far it is; a fault is one line and an exit code."""
    path = settings.key_file
    if settings.key is not None:
        typer.echo("perpdesk: the key stands in PERPDESK_KEY: move it into a file, PERPDESK_KEY_FILE", err=True)
        raise typer.Exit(EXIT_CONFIG)
    columns = TextColumn("keys of accounts sealed anew"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=None, visible=False)  # until there is something to show

        def show(count: int, total: int) -> None:
            progress.update(bar, completed=count, total=total, visible=True)

        done = answer(_rotate(settings.database, path, show))
    _print(done, path)


def drop_lost(settings: Settings) -> None:
    """Drop what no key opens any more, and leave a copy of what was; a fault is one line and an exit code."""
    try:
        vault = AesCredentialVault(load_keys(settings))
    except Fatal as fault:
        typer.echo(f"perpdesk: {fault}", err=True)
        raise typer.Exit(fault.exit_code) from None
    except WrongKeyFile as fault:
        typer.echo(f"perpdesk: {fault}", err=True)
        raise typer.Exit(EXIT_CONFIG) from None
    done = answer(_drop_lost(settings, vault))
    if done is None:
        typer.echo("The key file opens everything that is stored: nothing was dropped.")
        return
    dropped, copy = done
    typer.echo(f"{copy}: the database as it was; delete it when nobody finds the old key file any more")
    typer.echo(
        f"dropped: keys of {dropped.accounts} accounts of {dropped.people} people, who are asked to connect again, "
        f"and {dropped.codes} promo codes; ledgers, licenses and trades are kept"
    )


async def _drop_lost(settings: Settings, vault: AesCredentialVault) -> tuple[DroppedSecrets, Path] | None:
    clock = SystemClock()
    if not await asyncio.to_thread(settings.database.exists):
        return None
    async with Database.open(settings.database) as database:
        await missing_indexes(database)  # refuses a schema that is not this version's
        lost = await find_unreadable(database, vault, clock)
        if not lost:
            return None
        copy = settings.database.with_name(f"{settings.database.name}.before-{clock.now()}")
        async with database.alone() as connection:
            await asyncio.to_thread(write_new, copy, "")  # its mode; SQLite fills it
            with translated():
                await connection.execute_fetchall("VACUUM INTO ?", (str(copy),))
        owners = frozenset(map(UserId, settings.owner_ids))
        return await drop_unreadable(database, vault, clock, lost, owners), copy


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
