"""Lets the bot drain and starts it anew: what systemd or Docker does, or this process where nobody looks after it."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bot.settings import Settings
from ops.health import ask

ROOT: Final = Path(__file__).parents[1]
COMPOSE: Final = ROOT / "ops" / "deploy" / "compose.yml"
_COMMAND: Final = "perpdesk"  # made by ops/deploy/install.sh: with the settings and the user of the unit
_LINES: Final = 50
_STOP_S: Final = 40.0  # a stop takes 25 at most
_READY_S: Final = 120.0  # seconds; a start is two, a migration may take longer

Say = Callable[[str], object]


def restart(settings: Callable[[], Settings], say: Say) -> int:
    """The exit code: 0 once it serves again. `settings` are read where nobody else looks after the bot."""
    # One that is down, or comes up again and again, is systemd's as well: a bot by hand would stand beside it.
    if any(_succeeds("systemctl", asked, "--quiet", "perpdesk") for asked in ("is-active", "is-enabled")):
        say("systemd: the bot drains and is started anew …")
        ready = ("systemctl", "restart", "perpdesk"), (_COMMAND, "health", "--ready", "--wait", f"{_READY_S:.0f}")
        log = ("journalctl", "--unit=perpdesk", f"--lines={_LINES}", "--no-pager", "--output=cat")
        return _by_commands(ready, log)
    compose = ("docker", "compose", "--file", str(COMPOSE))
    if _output(*compose, "ps", "--all", "--quiet", "bot"):
        say("Docker: the bot drains and is started anew …")
        health = (*compose, "exec", "-T", "bot", "perpdesk", "health", "--ready", "--wait", f"{_READY_S:.0f}")
        return _by_commands(
            ((*compose, "restart", "bot"), health), (*compose, "logs", f"--tail={_LINES}", "--no-log-prefix", "bot")
        )
    return _by_ourselves(settings(), say)


def _by_commands(steps: tuple[tuple[str, ...], ...], log: tuple[str, ...]) -> int:
    """The steps until one fails, then the end of the log in any case."""
    code = 0
    for step in steps:
        code = code or _run(*step, is_shown=True).returncode
    _run(*log, is_shown=True)
    return code


def _by_ourselves(settings: Settings, say: Say) -> int:
    """Ends the process that holds the database, starts another that outlives us."""
    holder = _holder(settings.database)
    if holder is not None:
        say(f"process {holder} drains …")
        os.kill(holder, signal.SIGTERM)
        if not _until(lambda: _holder(settings.database) is None, _STOP_S):
            say(f"process {holder} has not ended within {_STOP_S:.0f} s: see what it does before you kill it")
            return 1
    log = settings.database.with_name("perpdesk.log")
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        bot = subprocess.Popen(
            (sys.executable, "-m", "bot"),
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
    say(f"process {bot.pid} starts; its log is {log} …")
    until = time.monotonic() + _READY_S
    while True:
        said = asyncio.run(ask(settings, "/readyz", wait=1))
        if said.is_well or bot.poll() is not None or time.monotonic() > until:
            break
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LINES:]
    for line in (*lines, said.words):
        say(line)
    return 0 if said.is_well else 1


def _holder(database: Path) -> int | None:
    """The process that uses a database; None if there is none."""
    lock = database.with_name(f"{database.name}.lock")
    try:
        pid = int(lock.read_text(encoding="ascii").split()[0])
        os.kill(pid, 0)
    except (FileNotFoundError, IndexError, ValueError, ProcessLookupError):
        return None
    return pid if str(lock.resolve()) in _open_files(pid) else None


def _open_files(pid: int) -> set[str]:
    """What a process has open, as Linux tells: the number may be another process's by now."""
    try:
        return {str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()}
    except OSError:  # it ends just now, or is not ours
        return set()


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def _succeeds(*command: str) -> bool:
    return shutil.which(command[0]) is not None and _run(*command).returncode == 0


def _output(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    done = _run(*command)
    return done.stdout.strip() if done.returncode == 0 else ""


def _run(*command: str, is_shown: bool = False) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=not is_shown, text=True, check=False)  # noqa: S603  our own words
