"""What commands share: the settings they are given, and how they end."""

from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from bot.settings import Settings, SettingsError, load

EXIT_CONFIG: Final = 78  # sysexits.h EX_CONFIG
Config = Annotated[Path | None, typer.Option("--config", help="The settings file; default perpdesk.toml.")]


def fail(message: str, code: int = EXIT_CONFIG) -> NoReturn:
    """End with one line on standard error."""
    typer.echo(f"perpdesk: {message}", err=True)
    raise typer.Exit(code)


def read_settings(path: Path | None = None, overrides: dict[str, Any] | None = None) -> Settings:
    """The settings, or the end of the process with code 78 and one line."""
    try:
        return load(config=path, overrides=overrides)
    except SettingsError as error:
        fail(str(error))
