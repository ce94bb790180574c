"""Commands that bring a bot here: from the one before it, and from another machine."""

from pathlib import Path
from typing import Annotated

import typer

from ops.options import Config, read_settings

moving = typer.Typer()


@moving.command("import-legacy")
def import_legacy(
    source: Annotated[Path, typer.Argument(help="The old bot's database; the old bot is stopped.")],
    path: Config = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the report and write nothing.")] = False,
    at: Annotated[
        str | None,
        typer.Option("--at", help="The moment as of which to import, such as 2026-01-31T12:00; default now."),
    ] = None,
    honour_codes: Annotated[
        bool, typer.Option("--honour-codes", help="Give what promo codes promised beyond the 30 days they gave.")
    ] = False,
    shred: Annotated[bool, typer.Option("--shred", help="Overwrite and remove the old database afterwards.")] = False,
) -> None:
    """Take over the database of the bot that this one replaces, once; refuses while the bot runs."""
    from ops.legacy.command import import_legacy as take_over  # noqa: PLC0415  quick --help

    settings = read_settings(path)
    take_over(settings, source, at=at, honors_codes=honour_codes, is_dry=dry_run, shreds=shred)


@moving.command()
def move(
    path: Config = None,
    lift: Annotated[bool, typer.Option("--lift", help="Let the bot start here again.")] = False,
) -> None:
    """Prepare the database for another machine, and let no bot start here any more."""
    from ops.database import lift_move, move_database  # noqa: PLC0415  quick --help

    settings = read_settings(path)
    if lift:
        lift_move(settings.database)
    else:
        move_database(settings)
