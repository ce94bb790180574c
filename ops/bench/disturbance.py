"""How much of the machine others took while something was measured.

Read from Linux' /proc (man 5 proc); anywhere else, and where its counters stand still, the answer is "unknown".
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SHORTEST: Final = 0.2  # s; CPU time is counted in ticks of 10 ms, and a shorter look says nothing
SHARE_LIMIT: Final = 0.1  # of all cores; quieter others are background noise
WAIT_LIMIT: Final = 0.1  # of the time

_PROC: Final = Path("/proc")
_NANOS: Final = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was used since the machine's start, at one moment. Seconds; `at` by the monotonic clock."""

    at: float
    busy: float  # of all cores, with what the hypervisor gave to other machines
    own: float  # of this process and its descendants
    waited: float  # that the main thread could run and had no core


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """`others`: a part of all cores; `waited`: a part of the time; both 0 … 1, None where unknown."""

    others: float | None = None
    waited: float | None = None
    cores: int = 1

    @property
    def is_known(self) -> bool:
        return self.others is not None

    @property
    def reason(self) -> str | None:
        """Why a figure is doubtful; None where it is not, or where nothing is known.

        Waiting alone is no reason: the threads of a benchmark, its servers and clients wait for each other. It is one
        when others had a tenth of a core at least.
        """
        if self.others is None:
            return None
        waited = self.waited or 0.0
        is_kept_waiting = waited >= WAIT_LIMIT and self.others * self.cores >= SHARE_LIMIT
        if self.others < SHARE_LIMIT and not is_kept_waiting:
            return None
        reason = f"others used {self.others:.0%} of the cores"
        return f"{reason}, it waited for one {waited:.0%} of the time" if is_kept_waiting else reason


UNKNOWN: Final = Disturbance()


class Watch:
    """Looks at the machine between laps; the first lap begins now."""

    def __init__(self) -> None:
        self._last = read_usage()

    def lap(self) -> Disturbance:
        """Since the last lap's end, and begin the next one."""
        before, self._last = self._last, read_usage()
        return between(before, self._last, os.cpu_count() or 1)


def between(before: Usage | None, after: Usage | None, cores: int) -> Disturbance:
    """What others took between two looks; unknown if a look failed, the time was short or the counters stood still."""
    if before is None or after is None:
        return UNKNOWN
    seconds, busy = after.at - before.at, after.busy - before.busy
    if seconds < SHORTEST or busy <= 0:
        return UNKNOWN
    others = (busy - max(0.0, after.own - before.own)) / (seconds * cores)
    return Disturbance(others=_part(others), waited=_part((after.waited - before.waited) / seconds), cores=cores)


def _part(value: float) -> float:
    return min(1.0, max(0.0, value))


def read_usage(proc: Path = _PROC, pid: int | None = None) -> Usage | None:
    """The counters now; None where there are none. `pid`: whose tree is our own, this process' by default."""
    root = os.getpid() if pid is None else pid
    try:
        tick = 1 / os.sysconf("SC_CLK_TCK")
        user, nice, system, _idle, _iowait, irq, softirq, steal = _machine(proc)
        waited = int((proc / str(root) / "schedstat").read_text().split()[1]) / _NANOS
    except (AttributeError, OSError, ValueError, IndexError):  # no Linux, or a kernel without these counters
        return None
    return Usage(
        at=time.monotonic(),
        busy=(user + nice + system + irq + softirq + steal) * tick,
        own=_ticks_of_tree(root, dict(_processes(proc))) * tick,
        waited=waited,
    )


def _machine(proc: Path) -> list[int]:
    """The first eight counters of all cores; the later ones are within these."""
    name, *ticks = (proc / "stat").read_text().split("\n", 1)[0].split()
    if name != "cpu":
        raise ValueError("the first line is not of all cores")
    return [int(each) for each in ticks[:8]]


def _processes(proc: Path) -> Iterator[tuple[int, tuple[int, int]]]:
    """Each process with its parent and its ticks, those of its ended children included."""
    for path in proc.iterdir():
        if path.name.isdigit():
            try:
                fields = (path / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it ended since
                continue
            yield int(path.name), (int(fields[1]), sum(map(int, fields[11:15])))


def _ticks_of_tree(root: int, processes: Mapping[int, tuple[int, int]]) -> int:
    children: defaultdict[int, list[int]] = defaultdict(list)
    for pid, (parent, _) in processes.items():
        children[parent].append(pid)
    total, left = 0, [root]
    while left:
        pid = left.pop()
        total += processes[pid][1] if pid in processes else 0
        left += children[pid]
    return total
