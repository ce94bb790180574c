"""`perpdesk backup` and `perpdesk backups`: a copy of the database now, and what there is."""

import os
import shlex
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

import typer

from bot.domain.clock import SystemClock
from bot.domain.errors import PerpdeskError, UnfitBackup, UnfitJournal
from bot.domain.ids import DAY, Millis
from bot.lifecycle import Fatal
from bot.settings import Settings, clean_environment
from bot.wiring.keys import load_keys
from bot.wiring.safekeeping import backup_plan
from ops.options import fail
from storage.backup.making import make_backup
from storage.backup.records import note, read_record
from storage.backup.rotation import WEEKS, listed
from storage.backup.sealed_file import read_facts
from storage.journal.segments import prune
from storage.sqlite.vault import AesCredentialVault

_HOOK_S: Final = 600.0
_JOURNAL_KEPT: Final = (WEEKS + 1) * 7 * DAY  # ms
_NICE: Final = 10
_TIMED_OUT: Final = 124  # as timeout(1) ends
_NOT_FOUND: Final = 127  # as a shell says it


def back_up(settings: Settings, *, is_full: bool) -> int:
    """Make one backup and hand it to the hook; the exit code: 1 where the hook failed."""
    _be_nice()
    now = SystemClock().now()
    try:
        plan = backup_plan(settings, AesCredentialVault(load_keys(settings)))
        made = make_backup(plan, now=now, reason="regular", is_full=is_full)
    except (PerpdeskError, Fatal) as fault:
        fail(str(fault), code=1)
    rows = ", ".join(f"{count:,} rows of {name}" for name, count in made.chains.items())
    typer.echo(f"{made.path}: {made.size:,} bytes, verified with {rows}; {made.removed} older ones went")
    _prune(settings, now)
    if plan.recipients.offline is None:
        typer.echo("It opens with the key file alone: `perpdesk init` makes an offline recipient", err=True)
    return 0 if not settings.backup_hook else _hook(settings.backup_hook, made.path, settings.backup_folder)


def show_backups(settings: Settings) -> None:
    """A line a backup, newest first, and what is remembered of the last ones."""
    try:
        files = listed(settings.backup_folder)
    except OSError as error:
        fail(f"{settings.backup_folder}: {error.strerror}", code=1)
    for each in files:
        typer.echo(f"{each.path.name}  {each.size:>13,} bytes  {_what(each.path)}")
    if not files:
        typer.echo(f"no backups in {settings.backup_folder}")
    record = read_record(settings.backup_folder)
    for words, at, file in (
        ("verified", record.verified_at, record.file),
        ("every row looked at", record.full_check_at, ""),
        ("restored on trial", record.drill_at, record.drill_file),
    ):
        typer.echo(f"last {words}: {_moment(at)}  {file}".rstrip())
    if record.hook_seconds is not None:
        hook = f"code {record.hook_exit} after {record.hook_seconds:.1f} s"
        typer.echo(f"the hook ran {_moment(record.hook_at)}: {hook}")


def _what(path: Path) -> str:
    try:
        facts = read_facts(path)
    except UnfitBackup as fault:
        return str(fault)
    known = [(each.get("key_id"), each.get("recipient")) for each in facts.sealed]
    keys = [f"offline {recipient}" if key is None else f"key {key}" for key, recipient in known]
    return f"{_moment(facts.made_at)}, schema {facts.schema}, opens with {' or '.join(keys)}"


def _prune(settings: Settings, now: Millis) -> None:
    """What of the journal is older than every backup that is kept serves no restore any more."""
    try:
        oldest = min(each.made.timestamp() for each in listed(settings.backup_folder))
        gone = prune(settings.journal_folder, min((now - _JOURNAL_KEPT) / 1000, oldest))
    except (OSError, UnfitJournal) as trouble:
        typer.echo(f"perpdesk: the journal is not pruned: {trouble}", err=True)
        return
    if gone:
        typer.echo(f"{gone} old files of the journal went")


def _hook(command: str, file: Path, folder: Path) -> int:
    """Run the operator's command with the file behind its arguments."""
    began = time.monotonic()
    code = _run(command, file)
    seconds = time.monotonic() - began
    try:
        note(folder, hook_at=SystemClock().now(), hook_exit=code, hook_seconds=round(seconds, 3))
    except OSError as error:  # the backup itself is made and noted
        fail(f"how the hook ended is not noted: {folder}: {error.strerror}", code=1)
    if code:
        typer.echo(f"perpdesk: the hook ended with code {code} after {seconds:.1f} s", err=True)
    return 1 if code else 0


def _run(command: str, file: Path, *, seconds: float = _HOOK_S) -> int:
    """Its exit code. In a session of its own, so that after `seconds` all that it has begun is ended with it."""
    environment = clean_environment()
    try:
        words = [*shlex.split(command), str(file)]
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True, env=environment) as process:  # noqa: S603  the operator's own
            try:
                return process.wait(seconds)
            finally:
                if process.returncode is None:
                    os.killpg(process.pid, signal.SIGKILL)
    except subprocess.TimeoutExpired:
        return _TIMED_OUT
    except (OSError, ValueError):  # there is no such program, or its quotes don't end
        return _NOT_FOUND


def _be_nice() -> None:
    """Chat comes first; where the unit forbids it, the copy is as quick as the bot."""
    try:
        os.nice(_NICE)
    except OSError:
        return


def _moment(at: int | None) -> str:
    try:
        return "never" if at is None else time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at / 1000))
    except (OverflowError, OSError):  # of a head that was changed
        return "a day in no calendar"
