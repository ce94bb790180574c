"""`python -m ops.bench.compare A1.json A2.json … -- B1.json B2.json …`: runs before a change beside runs after it.

Medians over the runs of each side. A row is worse when its figure is, and its figure in units of the baseline of the
same run too: where both grew, the machine was slower and not the subject. Undisturbed runs alone count where both sides
have some.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from ops.bench.report import aligned, figure
from ops.bench.results import Figure, ResultsError, figures

LIMIT: Final = 1.1  # times as much: more than that is worse

Key = tuple[str, str, str]  # section, name, baseline's name
HEADINGS: Final = ("section", "row", "baseline", "before", "after", "times", "by baseline", "disturbed", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of both sides: medians, and how many times as bad it became (above 1: worse)."""

    key: Key
    unit: str
    before: float
    after: float
    times: float
    times_by_baseline: float | None
    disturbed: int  # of the runs of both sides
    runs: int
    is_doubtful: bool  # it was disturbed, and has no baseline that was disturbed alike

    @property
    def is_worse(self) -> bool:
        return min(self.times, self.times if self.times_by_baseline is None else self.times_by_baseline) > LIMIT


def changes(before: Iterable[Figure], after: Iterable[Figure]) -> list[Change]:
    """The rows that both sides measured, in the order of the first."""
    old, new = _by_key(before), _by_key(after)
    return [_change(key, old[key], new[key]) for key in old if key in new]


def missing(before: Iterable[Figure], after: Iterable[Figure]) -> list[str]:
    """The rows that one side alone measured."""
    old, new = _by_key(before), _by_key(after)
    lone = [("before", key) for key in old if key not in new] + [("after", key) for key in new if key not in old]
    return [f"measured {side} alone: {_named(key)}" for side, key in lone]


def _by_key(found: Iterable[Figure]) -> dict[Key, list[Figure]]:
    rows: defaultdict[Key, list[Figure]] = defaultdict(list)
    for each in found:
        if each.value:
            rows[each.section, each.name, each.baseline_name].append(each)
    return dict(rows)


def _change(key: Key, old: Sequence[Figure], new: Sequence[Figure]) -> Change:
    runs = (*old, *new)
    quiet_old, quiet_new = _quiet(old), _quiet(new)
    is_quiet = bool(quiet_old and quiet_new)
    if is_quiet:
        old, new = quiet_old, quiet_new
    before, after = _median(old), _median(new)
    ours, theirs = _by_baseline(old), _by_baseline(new)
    is_more_better = old[0].unit.endswith("/s") or key[1].startswith("hit rate")

    def times(old: float, new: float) -> float:
        return old / new if is_more_better else new / old

    return Change(
        key=key,
        unit=new[0].unit,
        before=before,
        after=after,
        times=times(before, after),
        times_by_baseline=None if ours is None or theirs is None else times(ours, theirs),
        disturbed=sum(each.is_disturbed for each in runs),
        runs=len(runs),
        is_doubtful=not is_quiet and (ours is None or theirs is None),
    )


def _quiet(found: Iterable[Figure]) -> list[Figure]:
    return [each for each in found if not each.is_disturbed]


def _median(found: Iterable[Figure]) -> float:
    return median(each.value for each in found if each.value)


def _by_baseline(found: Iterable[Figure]) -> float | None:
    """The median of figure / baseline, each of the same run."""
    parts = [each.value / each.baseline for each in found if each.value and each.baseline]
    return median(parts) if parts else None


def _named(key: Key) -> str:
    section, name, baseline = key
    return f"{section}: {name}" + (f" (beside {baseline})" if baseline else "")


# --- shown --------------------------------------------------------------------------------------------------


def report(before: Sequence[Figure], after: Sequence[Figure]) -> str:
    """The table, the rows that one side lacks, the rows that are worse."""
    found = changes(before, after)
    worse = [
        f"worse by {each.times - 1:.0%}{', but disturbed' if each.is_doubtful else ''}: {_named(each.key)}"
        for each in found
        if each.is_worse
    ]
    lines = [*aligned([HEADINGS, *map(_cells, found)], {3, 4, 5, 6, 7}), "", *missing(before, after)]
    return "\n".join([*lines, *(worse or [f"no row is worse by more than {LIMIT - 1:.0%}"])])


def _cells(change: Change) -> tuple[str, ...]:
    by_baseline = "" if change.times_by_baseline is None else f"{change.times_by_baseline:.2f}"
    return (
        *change.key,
        figure(change.before, change.unit),
        figure(change.after, change.unit),
        f"{change.times:.2f}",
        by_baseline,
        f"{change.disturbed} of {change.runs}",
        "WORSE" if change.is_worse else "",
    )


def main(arguments: Sequence[str]) -> int:
    """Print the comparison; 2 for arguments or files that are none, else 0."""
    if arguments.count("--") != 1 or "--" in {arguments[0], arguments[-1]}:
        print("usage: python -m ops.bench.compare BEFORE.json … -- AFTER.json …", file=sys.stderr)
        return 2
    middle = arguments.index("--")
    try:
        before, after = (
            [row for name in names for row in figures(Path(name))]
            for names in (arguments[:middle], arguments[middle + 1 :])
        )
    except ResultsError as error:
        print(error, file=sys.stderr)
        return 2
    print(report(before, after))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
