"""Faults of Bybit × what is done meanwhile × how the leg stands: in process, on one virtual clock, from a seed.

The real services, store and adapter over the stand-in's own exchange. Each case strikes two cells; over all cases the
cells take turns. A failing case is repeated by its seed and number: `python -m ops.campaigns.bybit_faults 1 4711`.
"""

import asyncio
import logging
import random
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from ops.campaigns.fault_case import SYMBOL, Case
from ops.campaigns.fault_matrix import Cell, possible
from ops.campaigns.fault_stand import join, make_transport, open_account, sign_up, standing
from ops.campaigns.report import Report
from ops.campaigns.virtual_time import InlineLoop, inline_sqlite

NAME: Final = "Bybit's faults"
CASES: Final = 10_000
STRIKES: Final = 2
_WANTED: Final = 10
"""How often each cell is struck in the full campaign."""
_MOST_FAILURES: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a case came to."""

    struck: tuple[Cell, ...]
    failures: tuple[str, ...]
    notes: tuple[str, ...]
    calls: int


def run(seed: int, budget: float, cases: int = CASES) -> Report:
    """So many cases, or as many as the budget of seconds allows; in the full campaign no cell may be left out."""
    began, failures, done, calls = time.monotonic(), list[str](), 0, 0
    struck: Counter[Cell] = Counter()
    for number in range(cases):
        if time.monotonic() - began > budget or len(failures) > _MOST_FAILURES:
            break
        outcome = play(seed, number)
        done += 1
        calls += outcome.calls
        struck.update(outcome.struck)
        failures += [f"case {seed} {number}: {line}" for line in outcome.failures]
    if done == CASES:
        failures += [f"{cell} was struck {struck[cell]} times" for cell in possible() if struck[cell] < _WANTED]
    return Report(
        name=NAME,
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=calls,
        failures=tuple(failures),
    )


def cells_of(seed: int, number: int) -> Sequence[Cell]:
    """The cells that a case strikes: all of them in turn, in the seed's order."""
    order = _shuffled(seed)
    return [order[(number * STRIKES + step) % len(order)] for step in range(STRIKES)]


@cache
def _shuffled(seed: int) -> Sequence[Cell]:
    order = list(possible())
    Random(f"cells {seed}").shuffle(order)  # noqa: S311  a repeatable choice, not a secret
    return order


def play(seed: int, number: int, cells: Sequence[Cell] | None = None) -> Outcome:
    """One case, the same each time."""
    struck = cells_of(seed, number) if cells is None else cells
    with tempfile.TemporaryDirectory(prefix="perpdesk-", dir=_fast_folder()) as folder:
        shutil.copytree(_template().name, folder, dirs_exist_ok=True)
        draw = Random(f"{seed}:{number}")  # noqa: S311  the same
        with inline_sqlite(), _repeatable(draw), asyncio.Runner(loop_factory=InlineLoop) as runner:
            return runner.run(_play(Path(folder), draw, struck))


async def _play(folder: Path, draw: Random, cells: Sequence[Cell]) -> Outcome:
    transport = make_transport(draw)
    async with AsyncExitStack() as life:
        assembly = await life.enter_async_context(standing(folder, transport, draw))
        stand = await join(assembly, transport, SYMBOL)
        case = Case(folder=folder, draw=draw, stand=stand, life=life)
        root = logging.getLogger()
        root.addHandler(stand.trouble)
        try:
            for cell in cells:
                await case.strike(cell)
                if case.failures:
                    break
        finally:
            root.removeHandler(stand.trouble)
    return Outcome(
        struck=tuple(case.struck),
        failures=tuple(case.failures),
        notes=tuple(case.notes),
        calls=transport.world.calls.last_seq,
    )


@cache
def _template() -> "tempfile.TemporaryDirectory[str]":
    """Files of a bot whose person has signed up: every case begins with a copy of them."""
    folder = tempfile.TemporaryDirectory(prefix="perpdesk-", dir=_fast_folder())
    draw = Random("sign up")  # noqa: S311  a repeatable choice, not a secret
    with inline_sqlite(), _repeatable(draw), asyncio.Runner(loop_factory=InlineLoop) as runner:
        runner.run(_sign_up(Path(folder.name), draw))
    return folder


async def _sign_up(folder: Path, draw: Random) -> None:
    transport = make_transport(draw)
    _, made = open_account(transport, SYMBOL)
    async with standing(folder, transport, draw) as assembly:
        await sign_up(assembly, made)


@contextmanager
def _repeatable(draw: Random) -> Iterator[None]:
    """What the process draws by itself, too: spread of jobs and ids of orders."""
    kept, state = secrets.token_urlsafe, random.getstate()
    secrets.token_urlsafe = lambda nbytes=None: draw.randbytes(nbytes or 16).hex()[:20]
    random.seed(draw.random())
    try:
        yield
    finally:
        secrets.token_urlsafe = kept
        random.setstate(state)


def _fast_folder() -> str | None:
    """Memory, where the machine has such a folder: commits are waited for."""
    memory = Path("/dev/shm")  # noqa: S108  the folder within it has a name of its own
    return str(memory) if memory.is_dir() else None


def main() -> int:
    """Play one case and tell what happened."""
    seed, number = (int(word) for word in sys.argv[1:3])
    outcome = play(seed, number)
    for line in (*outcome.notes, *outcome.failures):
        print(line)
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())
