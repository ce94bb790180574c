"""The commands that keep the database and bring it back."""

from pathlib import Path
from typing import Annotated

import typer

from ops.options import Config, fail, read_settings

safekeeping = typer.Typer()


@safekeeping.command()
def backup(
    path: Config = None,
    full: Annotated[bool, typer.Option("--full", help="Check every row, not only pages and hash chains.")] = False,
) -> None:
    """Make a verified, encrypted copy of the database, also while the bot runs; rotate older ones. Exit code 0 or 1."""
    from ops.backups import back_up  # noqa: PLC0415  quick --help

    raise typer.Exit(back_up(read_settings(path), is_full=full))


@safekeeping.command()
def backups(path: Config = None) -> None:
    """List the backups: when each was made and which keys open it."""
    from ops.backups import show_backups  # noqa: PLC0415  quick --help

    show_backups(read_settings(path))


@safekeeping.command()
def restore(
    file: Annotated[
        Path | None, typer.Argument(help="The backup; with --drill the newest, unless one is named.")
    ] = None,
    path: Config = None,
    drill: Annotated[
        bool, typer.Option("--drill", help="Only try it, in a folder of its own: nothing is replaced.")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="After a restore: book payments and refunds in Stars again.")
    ] = False,
    offline_key: Annotated[
        Path | None, typer.Option("--offline-key", help="Open it with the offline recipient's private key.")
    ] = None,
    without_journal: Annotated[
        bool, typer.Option("--without-journal", help="The last resort: what people have removed since may be back.")
    ] = False,
) -> None:
    """Restore a backup in the database's place while the bot is down, or on trial. Exit code 0 or 1."""
    from ops import restoring  # noqa: PLC0415  quick --help

    settings = read_settings(path)
    if accept and (file is not None or drill or offline_key is not None or without_journal):
        fail("--accept stands alone: it is said once a restore was looked at", code=2)
    if drill and without_journal:
        fail("a restore on trial has nothing to go without: leave out --without-journal", code=2)
    if accept:
        restoring.accept(settings)
    elif drill:
        restoring.drill(settings, file, offline_key=offline_key)
    elif file is None:
        fail("name the backup: `perpdesk backups` lists them", code=2)
    else:
        restoring.bring_back(settings, file, offline_key=offline_key, without_journal=without_journal)
