"""What `perpdesk doctor` looks at around the database: settings, files, disk, the write-ahead log, who has it open."""

import fcntl
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.settings import Settings, config_path
from storage.checkup import Check
from storage.key_rotation import retired_file
from storage.sqlite.files import LogState, log_state
from storage.sqlite.reserve import reserve_file

_PRIVATE: Final = 0o600
_BESIDE: Final = ("", "-wal", "-shm", ".lock", ".reserve")
_LEAST_FREE: Final = 512 * 1024 * 1024  # bytes; what the alert Disk looks at, too
_MOST_LOG: Final = 64 * 1024 * 1024  # bytes
_LOG_WORDS: Final = {
    LogState.CLOSED: "the database was closed in order",
    LogState.LEFT: "the database was left open; its log is there: a start takes it in",
    LogState.MERGED: "the database was left open, and another program has merged its log since: nothing is lost",
    LogState.LOST: "the database was left open, and its log is gone: the last commits were in it",
}
_PROCESSES: Final = Path("/proc")


def check_host(settings: Settings) -> list[Check]:
    """Every check of this file but the settings'; blocks. To be asked before the lock is taken, which mends modes."""
    path = settings.database
    return [check_files(settings), check_disk(settings), check_log(path), check_sqlite(path)]


def check_settings(settings: Settings) -> Check:
    """Where the settings come from, and what contradicts itself in them."""
    path, orders = config_path(), "on" if settings.trade_live else "off"
    told = [str(path) if path.exists() else "no settings file", f"orders with real money are {orders}"]
    if settings.telegram_token is None:
        told.append("there is no bot token: `perpdesk demo` alone starts")
    faults = []
    if settings.trade_live and settings.egress_ip is None:
        faults.append("egress_ip is not set: people can't bind keys with real money to it")
    if settings.key is not None and settings.key_file.exists():
        faults.append(f"PERPDESK_KEY is set and {settings.key_file} is there, too: the file is not read")
    return Check(name="settings", is_ok=not faults, detail="; ".join((*told, *faults)))


def check_files(settings: Settings) -> Check:
    """Files of secrets and data are ours, and nobody else's to read; its folder nobody else's to write in."""
    database = settings.database
    files = [database.with_name(database.name + suffix) for suffix in _BESIDE]
    files += [settings.key_file, retired_file(settings.key_file)]
    faults = [fault for path in (database.parent, *files) if (fault := _fault_of(path)) is not None]
    faults += _told_by_settings(config_path(), settings.secrets)
    faults += [
        f"{folder} is no folder that can be written in"
        for folder in (settings.journal_folder, settings.backup_folder)
        if os.path.lexists(folder) and not (folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK))
    ]
    offline = settings.recipient_file.with_suffix(".offline-key")
    left = f"; {offline} is still on this machine: take it off" if os.path.lexists(offline) else ""
    return Check(name="files", is_ok=not faults, detail="; ".join(faults) or f"readable by their owner alone{left}")


def _told_by_settings(path: Path, secrets: tuple[str, ...]) -> list[str]:
    """Whether everybody on this machine may read a secret there; a group may: its owner may be root."""
    if not path.exists() or not path.stat().st_mode & stat.S_IROTH:
        return []
    text = path.read_text(encoding="utf-8")
    return [f"{path} has a secret and everybody may read it"] if any(each in text for each in secrets) else []


def _fault_of(path: Path) -> str | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    except OSError as trouble:
        return f"{path}: {trouble.strerror}"
    mode, is_folder = stat.S_IMODE(status.st_mode), stat.S_ISDIR(status.st_mode)
    if is_folder:  # others may pass through it, and see nothing
        return f"others may write in {path}" if mode & stat.S_IWOTH and not mode & stat.S_ISVTX else None
    if status.st_uid != os.geteuid():
        return f"{path} belongs to system user {status.st_uid}"
    return None if mode & ~_PRIVATE == 0 else f"{path} has mode {mode:04o}, should be {_PRIVATE:04o}"


def check_disk(settings: Settings) -> Check:
    """How much room there is where database, backups and journal are, and whether some is kept for the worst."""
    folders = (settings.backup_folder, settings.journal_folder, settings.database.parent)
    disks = {each.stat().st_dev: each for each in folders if each.is_dir()}
    found = {folder: shutil.disk_usage(folder) for folder in disks.values()}
    told = [f"{use.free / 2**30:.1f} of {use.total / 2**30:.1f} GB free at {folder}" for folder, use in found.items()]
    kept = reserve_file(settings.database)
    told.append(f"{kept.stat().st_size // 2**20} MB are kept for a full one" if kept.exists() else "nothing is kept")
    is_ok = all(use.free >= _LEAST_FREE for use in found.values())
    return Check(name="disk", is_ok=is_ok, detail="; ".join(told))


def check_log(path: Path) -> Check:
    """What became of the write-ahead log, and how large it is."""
    log = path.with_name(path.name + "-wal")
    size = log.stat().st_size if log.exists() else 0
    if (holder := lock_holder(path)) is not None:
        detail = f"{size / 2**20:.1f} MB, in use by process {holder}"
        return Check(name="log", is_ok=size <= _MOST_LOG, detail=detail)
    state = log_state(path)
    return Check(name="log", is_ok=state is not LogState.LOST, detail=_LOG_WORDS[state])


def lock_holder(path: Path) -> int | None:
    """The process that has taken the database; None: nobody has, or it does not say who it is."""
    try:
        descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        words = os.pread(descriptor, 64, 0).split()
        return int(words[0]) if words and words[0].isdigit() else None
    finally:
        os.close(descriptor)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A process that has the database open beside us."""

    pid: int
    name: str
    writes: bool


def check_sqlite(path: Path) -> Check:
    """Which SQLite this is, and whether a second program has the database open to write."""
    others = [each for each in holders(path) if each.pid not in {os.getpid(), lock_holder(path)}]
    writers = [f"process {each.pid} ({each.name}) has it open to write" for each in others if each.writes]
    readers = [f"process {each.pid} ({each.name}) reads it" for each in others if not each.writes]
    said = "; ".join(writers or ("contained by one writer", *readers))
    return Check(name="sqlite", is_ok=not writers, detail=f"{sqlite3.sqlite_version}: {said}")


def holders(path: Path) -> Iterator[Holder]:
    """Every process that has the database's file open, of those that we may look at."""
    wanted = str(path.resolve())
    for process in _PROCESSES.iterdir():
        if process.name.isdigit():
            with suppress(OSError):  # it ended, or belongs to another user
                modes = [
                    _may_write(process, each.name) for each in (process / "fd").iterdir() if _leads_to(each, wanted)
                ]
                if modes:
                    name = (process / "comm").read_text(errors="replace").strip()
                    yield Holder(pid=int(process.name), name=name, writes=any(modes))


def _leads_to(descriptor: Path, wanted: str) -> bool:
    try:
        return str(descriptor.readlink()) == wanted
    except OSError:  # closed meanwhile
        return False


def _may_write(process: Path, descriptor: str) -> bool:
    """By the flags it was opened with (proc_pid_fdinfo(5))."""
    for line in (process / "fdinfo" / descriptor).read_text().splitlines():
        if line.startswith("flags:"):
            return int(line.split()[1], 8) & os.O_ACCMODE != os.O_RDONLY
    return False
