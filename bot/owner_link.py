"""The one-time link that makes its bearer the owner: only its hash is kept, beside the database, for ten minutes."""

import contextlib
import os
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from bot.domain.ids import Millis
from bot.services.users.people import OwnerLink

PAYLOAD_PREFIX: Final = "own_"
MINUTES: Final = 10
_NAME: Final = "owner-link"
_TOKEN_BYTES: Final = 16


def make(database: Path, now: Millis) -> str:
    """Write a new link's hash and answer its deep-link payload. A former link dies."""
    token = token_urlsafe(_TOKEN_BYTES)
    path = database.with_name(_NAME)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{sha256(token.encode()).hexdigest()} {now + MINUTES * 60_000}\n")
    return PAYLOAD_PREFIX + token


def read(database: Path) -> OwnerLink | None:
    """The link that waits, None if there is none."""
    try:
        digest, expires = database.with_name(_NAME).read_text(encoding="ascii").split()
        return OwnerLink(token_sha256=digest, expires_ts=Millis(int(expires)))
    except (FileNotFoundError, ValueError):
        return None


def burn(database: Path) -> None:
    """Delete the link's file, so that the link opens nothing any more."""
    with contextlib.suppress(FileNotFoundError):
        database.with_name(_NAME).unlink()
