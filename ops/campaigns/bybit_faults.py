"""Faults of Bybit × what is done meanwhile × how the leg stands: in process, on one virtual clock, from a seed.

The real services, store and adapter over the stand-in's own exchange. Each case strikes two cells; over all cases the
cells take turns. `python -m ops.campaigns.bybit_faults 1` plays all cases of seed 1 (`--cases 500 --processes 2`);
`python -m ops.campaigns.bybit_faults 1 4711` repeats one of them by its number.
"""

import argparse
import asyncio
import gc
import logging
import random
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Final

from ops.campaigns.fault_case import SYMBOL, Case
from ops.campaigns.fault_matrix import Cell, possible
from ops.campaigns.fault_stand import DATABASE, join, make_transport, open_account, sign_up, standing
from ops.campaigns.fault_truth import looking
from ops.campaigns.report import Report
from ops.campaigns.virtual_time import InlineLoop, inline_sqlite

NAME: Final = "Bybit's faults"
CASES: Final = 10_000
STRIKES: Final = 2
_WANTED: Final = 10
"""How often each cell is struck in the full campaign."""
_TRIES: Final = 6
"""How often a case strikes a cell whose fault has hit nothing: what was there was gone, or nothing was asked for."""
_MOST_FAILURES: Final = 30
_TELL_EVERY: Final = 100
"""Cases between two lines that say how far it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one case of the campaign came to; no `failures`: it passed."""

    struck: tuple[Cell, ...]
    failures: tuple[str, ...]
    notes: tuple[str, ...]
    calls: int


def run(
    seed: int, budget: float, cases: int = CASES, *, processes: int = 1, tell: Callable[[str], None] = lambda _: None
) -> Report:
    """So many cases, or as many as the budget of seconds allows; in the full campaign no cell may be left out.

    `tell` is given each failure as it comes, and now and then how far it is.
    """
    began, failures, done, calls = time.monotonic(), list[str](), 0, 0
    struck: Counter[Cell] = Counter()
    with _played(seed, cases, processes) as outcomes:
        for number, outcome in enumerate(outcomes):
            done += 1
            calls += outcome.calls
            struck.update(outcome.struck)
            found = [f"case {seed} {number}: {line}" for line in outcome.failures]
            failures += found
            for line in found:
                tell(line)
            if done % _TELL_EVERY == 0:
                tell(f"{done} cases, {len(failures)} failures, {time.monotonic() - began:.0f} s")
            if time.monotonic() - began > budget or len(failures) > _MOST_FAILURES:
                break
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


@contextmanager
def _played(seed: int, cases: int, processes: int) -> Iterator[Iterator[Outcome]]:
    """The outcomes by number. A case is the same in whichever process it is played."""
    if processes == 1:
        yield (play(seed, number) for number in range(cases))
        return
    context = get_context("forkserver")
    context.set_forkserver_preload([__spec__.name])  # imported once, not by each process
    with context.Pool(processes, initializer=_settle_in) as pool:
        yield pool.imap(partial(play, seed), range(cases))


def _settle_in() -> None:
    """What all cases share is made, and never looked at by the garbage collector again."""
    _template()
    gc.collect()
    gc.freeze()


def cells_of(seed: int, number: int) -> Sequence[Cell]:
    """The cells that a case strikes: all of them in turn, in the seed's order."""
    order = _shuffled(seed)
    return [order[(number * STRIKES + step) % len(order)] for step in range(STRIKES)]


@cache
def _shuffled(seed: int) -> Sequence[Cell]:
    order = list(possible())
    Random(f"cells {seed}").shuffle(order)  # noqa: S311  a repeatable choice, not a secret
    return order


def play(seed: int, number: int, cells: Sequence[Cell] | None = None, *, kind: type[Case] = Case) -> Outcome:
    """One case, the same each time. `kind`: what is struck, where a test looks at how often."""
    struck = cells_of(seed, number) if cells is None else cells
    with tempfile.TemporaryDirectory(prefix="perpdesk-", dir=_fast_folder()) as folder:
        shutil.copytree(_template().name, folder, dirs_exist_ok=True)
        draw = Random(f"{seed}:{number}")  # noqa: S311  the same
        with inline_sqlite(), _repeatable(draw), asyncio.Runner(loop_factory=InlineLoop) as runner:
            return runner.run(_play(Path(folder), draw, struck, kind))


async def _play(folder: Path, draw: Random, cells: Sequence[Cell], kind: type[Case]) -> Outcome:
    transport = make_transport(draw)
    with looking(folder / DATABASE) as database:
        async with AsyncExitStack() as life:
            assembly = await life.enter_async_context(standing(folder, transport, draw))
            stand = await join(assembly, transport, SYMBOL)
            case = kind(folder=folder, draw=draw, stand=stand, life=life, database=database)
            with _heard(stand.trouble):
                for cell in cells:
                    await _struck(case, cell)
    return Outcome(
        struck=tuple(case.struck),
        failures=tuple(case.failures),
        notes=tuple(case.notes),
        calls=transport.world.calls.last_seq,
    )


async def _struck(case: Case, cell: Cell) -> None:
    """The cell, again where its fault has hit nothing; nothing once the case has failed."""
    for _ in range(_TRIES):
        if case.failures or await case.strike(cell):
            return


@contextmanager
def _heard(handler: logging.Handler) -> Iterator[None]:
    """Let a handler have everything that is logged while the block runs."""
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


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
    """Play all cases or one of them and tell what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("number", type=int, nargs="?", help="only this case, with what was done in it")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    if given.number is None:
        say = partial(print, flush=True)
        report = run(given.seed, float("inf"), given.cases, processes=given.processes, tell=say)
        print(report)
        return 0 if report.is_good else 1
    outcome = play(given.seed, given.number)
    for line in (*outcome.notes, *outcome.failures):
        print(line)
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())
