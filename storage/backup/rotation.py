"""Which backups stay: the newest 96, one a day for 14 days, one a week for 8 weeks, within a cap of bytes.

What is older than eight weeks goes, as /privacy says, once younger ones of a week of days stand beside the newest.

A file's name says when it was made, in UTC, and what for: `perpdesk-20261127T234500Z-regular.backup`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.domain.ids import Millis

NEWEST: Final = 96  # a day of every quarter of an hour
DAYS: Final = 14
WEEKS: Final = 8
_SURE_AFTER: Final = 7  # days of backups: a clock that was set ahead makes all others look old
_BEFORE_MIGRATION: Final = 3
_NAME: Final = re.compile(r"perpdesk-(\d{8}T\d{6}Z)-([a-z-]{1,32})\.backup")
_TIME: Final = "%Y%m%dT%H%M%SZ"

MIGRATION: Final = "migration"
"""The reason of a copy that was made before the schema was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFile:
    """One file of the folder of backups. `size` in bytes."""

    path: Path
    made: datetime
    purpose: str
    size: int


def name_of(made_at: Millis, reason: str) -> str:
    """The name of a backup that is made at that moment."""
    return f"perpdesk-{datetime.fromtimestamp(made_at // 1000, UTC):{_TIME}}-{reason}.backup"


def listed(folder: Path) -> tuple[BackupFile, ...]:
    """What lies in the folder, newest first; blocks. Raises OSError."""
    found = [_file(path) for path in (folder.iterdir() if folder.exists() else ())]
    return tuple(sorted(filter(None, found), key=lambda each: (each.made, each.path.name), reverse=True))


def _file(path: Path) -> BackupFile | None:
    """None for what has another name, of a day that no calendar has too, and for what is no file."""
    match = _NAME.fullmatch(path.name)
    if match is None or not path.is_file():
        return None
    try:
        made = datetime.strptime(match[1], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return BackupFile(path=path, made=made, purpose=match[2], size=path.stat().st_size)


def superfluous(files: Iterable[BackupFile], *, max_bytes: int) -> tuple[BackupFile, ...]:
    """Those of `files`, newest first, that go. The newest one never does, however large it is."""
    ordered = list(files)
    wanted = _kept(ordered)
    kept = [each for each in ordered if each.path in wanted]
    while len(kept) > 1 and sum(each.size for each in kept) > max_bytes:
        kept.pop()
    staying = {each.path for each in kept}
    return tuple(each for each in ordered if each.path not in staying)


def _kept(files: list[BackupFile]) -> set[Path]:
    days: dict[str, Path] = {}
    weeks: dict[str, Path] = {}
    young = [each for each in files if files[0].made - each.made <= timedelta(weeks=WEEKS)]
    is_sure = len({each.made.date() for each in young}) >= _SURE_AFTER
    files = young if is_sure else files
    for each in files:
        days.setdefault(f"{each.made:%Y-%m-%d}", each.path)
        weeks.setdefault(f"{each.made:%G-%V}", each.path)
    before = [each.path for each in files if each.purpose == MIGRATION]
    newest = [each.path for each in files[:NEWEST]]
    return {*newest, *list(days.values())[:DAYS], *list(weeks.values())[:WEEKS], *before[:_BEFORE_MIGRATION]}
