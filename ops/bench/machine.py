"""What a run was measured on, so that its figures are not held against those of another machine."""

import os
import platform
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine and what runs on it, in the words of each; `measured` is the moment of looking, UTC."""

    cpu: str
    cores: int
    kernel: str
    python: str
    sqlite: str
    measured: str

    def line(self) -> str:
        """All of it, for the head of a report."""
        cores = "core" if self.cores == 1 else "cores"
        return (
            f"{self.measured}: {self.cpu}, {self.cores} {cores}, {self.kernel}, Python {self.python}, "
            f"SQLite {self.sqlite}"
        )


def this_machine() -> Machine:
    """The one that we run on, now. `cores` are those that this process may use."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        kernel=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        measured=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def _cpu(cpuinfo: Path = _CPUINFO) -> str:
    """The model's name where Linux tells it, else the architecture."""
    with suppress(OSError):
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or platform.machine() or "unknown"
