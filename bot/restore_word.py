"""`perpdesk restore --accept` to a bot that runs, or to the next one: a file beside the database."""

import contextlib
import os
from pathlib import Path
from typing import Final

_NAME: Final = "restore-accepted"


def say(database: Path) -> None:
    """Leave the word that a restored copy is accepted, for the bot to find. Blocks. Raises OSError."""
    os.close(os.open(database.with_name(_NAME), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def is_said(database: Path) -> bool:
    """Whether somebody has accepted the restored copy and the bot has not heard it yet. Blocks."""
    return database.with_name(_NAME).exists()


def burn(database: Path) -> None:
    """Take the word away once it was heard: it accepts one restore only. Blocks."""
    with contextlib.suppress(FileNotFoundError):
        database.with_name(_NAME).unlink()
