"""Processes and processor time: what one used, and which core it stands on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")  # a second


@contextmanager
def on_a_core_of_its_own(pid: int) -> Iterator[None]:
    """That process on the last core, those that we started and we ourselves on the rest; as before afterwards."""
    cores = os.sched_getaffinity(0)
    if len(cores) < 2:  # noqa: PLR2004  nothing to share out
        yield
        return
    last, others = max(cores), (_children(os.getpid()) | {os.getpid()}) - {pid}
    _move({pid}, {last})
    _move(others, cores - {last})
    try:
        yield
    finally:
        _move(others | {pid}, cores)


def processor_seconds(pid: int) -> float:
    """User and system time of a process and its threads so far; /proc counts it in hundredths."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _children(pid: int) -> set[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text(encoding="ascii").split()}


def _move(pids: set[int], cores: set[int]) -> None:
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(ProcessLookupError):  # it ended since
                os.sched_setaffinity(int(thread.name), cores)
