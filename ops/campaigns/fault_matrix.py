"""The cells of the fault campaign: each fault, while each operation is under way, in each state of the leg.

Cells that cannot be are named in impossible_cells.toml with the reason; every other one is to be tried.
"""

import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

from ops.sim.bybit.fault_kinds import KINDS

FAULTS: Final = tuple(sorted(KINDS))
OPERATIONS: Final = (
    "enter",
    "enter_limit",
    "enter_panic",
    "move_stop",
    "set_targets",
    "cancel",
    "reduce",
    "close",
    "panic",
    "watch",
    "restart",
)
"""What is done meanwhile; `enter_panic` are two entries that a panic overtakes, `watch` is nothing, `restart` a process
that ends and another one that starts."""
STATES: Final = ("flat", "resting", "held", "targets", "half", "unknown")
"""How the leg stands before: an entry rests; a position; with several targets; with an entry that rests besides;
an entry was sent and no answer came."""
IMPOSSIBLE: Final = Path(__file__).with_name("impossible_cells.toml")
_AXES: Final = ("fault", "operation", "state")


class Cell(NamedTuple):
    """One fault, one operation, one state."""

    fault: str
    operation: str
    state: str

    def __str__(self) -> str:
        return " × ".join(self)


class Rule(NamedTuple):
    """Cells that cannot be: patterns of each axis, any of which may fit, and why."""

    patterns: tuple[tuple[str, ...], ...]
    reason: str

    def fits(self, cell: Cell) -> bool:
        return all(
            any(fnmatchcase(word, pattern) for pattern in patterns)
            for word, patterns in zip(cell, self.patterns, strict=True)
        )


def cells() -> Iterator[Cell]:
    """Every cell there is, possible or not."""
    return (Cell(*words) for words in product(FAULTS, OPERATIONS, STATES))


@cache
def rules() -> tuple[Rule, ...]:
    """What impossible_cells.toml says. Raises KeyError for an entry without a reason."""
    table: Mapping[str, list[dict[str, Any]]] = tomllib.loads(IMPOSSIBLE.read_text())
    return tuple(
        Rule(tuple(tuple(entry.get(axis, ["*"])) for axis in _AXES), entry["reason"]) for entry in table["impossible"]
    )


@cache
def possible() -> tuple[Cell, ...]:
    """The cells that no rule takes out."""
    return tuple(cell for cell in cells() if not any(rule.fits(cell) for rule in rules()))
