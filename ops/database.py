"""Commands that write to the database while the bot does not run: migrate, optimize-db and move."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from bot.domain.clock import SystemClock
from bot.domain.errors import AlreadyRunning, PerpdeskError
from bot.lifecycle import EXIT_CONFIG, Fatal
from bot.settings import Settings
from bot.wiring.keys import load_keys
from bot.wiring.safekeeping import copy_before_migration
from storage.optimize import OptimizeReport, optimize
from storage.sqlite.database import Database
from storage.sqlite.files import exclusive
from storage.sqlite.migrate import SELECT_VERSION, migrate, newest_schema
from storage.sqlite.tombstone import lift_tombstone, put_tombstone
from storage.sqlite.vault import AesCredentialVault

T = TypeVar("T")


def migrate_database(settings: Settings) -> None:
    """Bring the file to this version's schema, behind a copy of what there is, or say why not."""
    path = settings.database
    before, after = answer(_migrate(settings))
    typer.echo(f"{path}: " + (f"schema {before} -> {after}" if before != after else f"schema {after}, nothing to do"))


def optimize_database(path: Path, *, vacuum: bool) -> None:
    """Create missing indexes, analyze, and print the six queries before and after."""
    console = Console()
    with console.status("optimizing: indexes, statistics" + (", the whole file" if vacuum else "")):
        report = answer(optimize(path, now=SystemClock().now(), vacuum=vacuum))
    _print(console, path, report, vacuum=vacuum)


def move_database(settings: Settings) -> None:
    """Leave a whole database behind, at which no bot starts any more, and say what goes to the new machine."""
    path = settings.database
    if not path.exists():
        typer.echo(f"perpdesk: there is no database {path}", err=True)
        raise typer.Exit(EXIT_CONFIG)
    moment = answer(_leave(path))
    typer.echo(f"{path} is whole, and moved away since {moment}: no bot starts here until `perpdesk move --lift`.")
    taken = f"{path}, the journal {settings.journal_folder}, the key file {settings.key_file} and your settings"
    typer.echo(f"Take to the new machine: {taken}. Then start the bot there.")


def lift_move(path: Path) -> None:
    """Let the bot start here again."""
    was_moved = answer(asyncio.to_thread(lift_tombstone, path))
    typer.echo(f"{path}: " + ("the bot may start here again" if was_moved else "was not moved away, nothing to do"))


async def _leave(path: Path) -> str:
    async with exclusive(path) as lock:
        async with Database.open_locked(lock) as database:
            await database.checkpoint()
        return await asyncio.to_thread(put_tombstone, path, SystemClock().now())


async def _migrate(settings: Settings) -> tuple[int, int]:
    async with Database.open(settings.database) as database:
        ((schema,),) = await database.fetch(SELECT_VERSION)
        if 0 < schema < newest_schema():
            vault = AesCredentialVault(load_keys(settings))
            await copy_before_migration(settings, database, vault, SystemClock().now())
        return await migrate(database)


def answer(work: Coroutine[Any, Any, T]) -> T:
    """What it answers; a fault of ours is one line and an exit code."""
    try:
        return asyncio.run(work)
    except (PerpdeskError, Fatal, OSError) as fault:
        typer.echo(f"perpdesk: {fault}", err=True)
        raise typer.Exit(1 if isinstance(fault, AlreadyRunning | OSError) else EXIT_CONFIG) from None


def _print(console: Console, path: Path, report: OptimizeReport, *, vacuum: bool) -> None:
    created = ", ".join(report.created_indexes) or "none were missing"
    console.print(f"{path}: indexes created: {created}; statistics renewed")
    if vacuum:
        pages = f"pages of {report.page_size_before} -> {report.page_size} bytes"
        console.print(f"rewritten: {report.size_before / 1e6:.1f} -> {report.size / 1e6:.1f} MB, {pages}")
    table = Table("query", "before, ms", "after, ms", "the old report claimed, ms")
    for timing in report.timings:
        before, after = f"{timing.before_us / 1000:.3f}", f"{timing.after_us / 1000:.3f}"
        table.add_row(timing.name, before, after, f"{timing.claimed_ms:.2f}")
    console.print(table)
