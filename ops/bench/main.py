"""`make bench`: every section after the other, each figure beside its baselines of the same run.

A section is a module whose `run` yields rows in groups: what was measured at one time. The machine is watched from
group to group, so an empty group sets aside what was only prepared.
"""

import asyncio
import traceback
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Final

import typer

from bot.loops import new_loop
from ops.bench.disturbance import Watch
from ops.bench.machine import this_machine
from ops.bench.report import Row, Section, Verdict, table
from ops.bench.results import load_average, save
from ops.bench.timing import clock

Groups = AsyncGenerator[Sequence[Row], None]
Run = Callable[[], Groups]

SECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cache": "The cache facade",
        "pace": "Hit rates: 1,000 people who write every 5 s",
        "storage": "The six queries, 10,000 users, 50,000 positions, 200,000 trade logs",
        "promo": "Promo codes: a redemption at 10,000 users, every commit on the disk",
        "engine": "The matching engine, on one core",
        "alerts": "Price alerts of 10,000 people for one symbol",
        "exchange": "Bybit reads",
        "telegram": "Telegram: updates in, messages out",
        "sidecar": "The sidecar",
        "peers": "The cache beside aiocache and async-lru, the sidecar beside FastAPI",
        "processor": "Processor an update, beside bare applications of aiogram and PTB",
        "pictures": "Pictures: charts, bars, curves, results",
        "trading": "Orders with practice money: 200 people, 20 confirmations a second",
        "crowd": "Bybit Demo: 1,000 people with streams who look, confirm at a pace, and enter all at once",
        "restart": "Bybit Demo: a start with 5,000 accounts that want a stream",
        "front": "The front door: the bot as a process, people who tap",
    }
)
LONGEST: Final = 900.0  # s a section, many times what each needs: it is stuck


def run_bench(rows: str, json: Path, *, is_strict: bool) -> int:
    """Measure the sections that are named, all of them for "", and write the table to `json`, too.

    Exit code 2 for an unknown section or a path that cannot be written; if strict, 1 where a target was missed or a
    section not measured; else 0.
    """
    names = [name.strip() for name in rows.split(",") if name.strip()] or list(SECTIONS)
    unknown = sorted(set(names) - set(SECTIONS))
    if unknown:
        typer.echo(f"no section is called {', '.join(unknown)}: there are {', '.join(SECTIONS)}", err=True)
        return 2
    load_before = load_average()
    done: list[Section] = []
    try:
        save(json, done, load_before=load_before)  # refused before minutes of measuring, not after it
    except OSError as error:
        typer.echo(f"{json}: {error.strerror}", err=True)
        return 2
    typer.echo(this_machine().line() + "\n")
    for name in SECTIONS:
        if name in names:
            section = measure(name, SECTIONS[name], _run_of(name))
            done.append(section)
            typer.echo(table(section.title, section.rows, section.failure) + "\n")
            save(json, done, load_before=load_before)
    for line in summary(done):
        typer.echo(line)
    typer.echo(f"the table is in {json}, too")
    is_good = all(each.failure is None and not _missed(each) for each in done)
    return 1 if is_strict and not is_good else 0


def run_load(users: int, minutes: float, per_second: float, json: Path) -> int:
    """`perpdesk bench load`: its table, and the same as JSON.

    Exit code 1 where a target was missed or nothing measured, 2 for a path that cannot be written; else 0.
    """
    from ops.bench.load import run  # noqa: PLC0415  imports the whole bot

    load_before, title = load_average(), f"{users:,} people who write, {per_second:g} messages a second"
    try:
        save(json, (), load_before=load_before)
    except OSError as error:
        typer.echo(f"{json}: {error.strerror}", err=True)
        return 2
    typer.echo(this_machine().line() + "\n")
    longest = LONGEST + minutes * 60
    section = measure("load", title, lambda: run(users, minutes, per_second), longest=longest)
    save(json, [section], load_before=load_before)
    for line in (table(title, section.rows, section.failure), "", *summary([section])):
        typer.echo(line)
    typer.echo(f"the table is in {json}, too")
    return int(section.failure is not None or _missed(section) > 0)


def _run_of(name: str) -> Run:
    """Imported when it runs: a module that cannot be is a failure of its section."""

    def run() -> Groups:
        groups: Groups = import_module(f"ops.bench.{name}").run()
        return groups

    return run


def measure(name: str, title: str, run: Run, *, longest: float = LONGEST) -> Section:
    """Run one section on a loop of its own. What ends it early is told in its place; what it measured before stays."""
    began = clock()
    rows: list[Row] = []
    failure = None
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(_collect(run, rows, longest))
    except Exception as error:  # noqa: BLE001  whatever it is, the other sections go on
        typer.echo(traceback.format_exc(), err=True)
        failure = f"{type(error).__name__}: {error}".split("\n", 1)[0].removesuffix(": ")
    return Section(name=name, title=title, rows=tuple(rows), seconds=clock() - began, failure=failure)


async def _collect(run: Run, rows: list[Row], longest: float) -> None:
    watch = Watch()
    limit = asyncio.timeout(longest)
    try:
        async with limit, aclosing(run()) as groups:
            async for group in groups:
                disturbance = watch.lap()
                rows += [replace(row, disturbance=disturbance) for row in group]
    except TimeoutError:
        if limit.expired():
            raise TimeoutError(f"not done after {longest:g} s") from None
        raise


def summary(sections: Sequence[Section]) -> list[str]:
    """What was missed, disturbed and not measured, and how long each section took."""
    rows = [row for section in sections for row in section.rows]
    missed = sum(map(_missed, sections))
    disturbed = [row for row in rows if row.disturbance.reason]
    met = (
        "every target is met"
        if all(each.failure is None for each in sections)
        else "no target that was measured was missed"
    )
    lines = [met if not missed else f"targets missed: {missed}"]
    if disturbed:
        doubtful = sum(row.verdict is Verdict.MISSED for row in disturbed)
        lines.append(f"{len(disturbed)} of {len(rows)} rows were disturbed, {doubtful} of those that missed a target")
    lines += [f"not measured: {each.name}: {each.failure}" for each in sections if each.failure is not None]
    times = ", ".join(f"{each.name} {each.seconds:.0f} s" for each in sections)
    return [*lines, f"it took {sum(each.seconds for each in sections):.0f} s: {times}"]


def _missed(section: Section) -> int:
    return sum(row.verdict is Verdict.MISSED for row in section.rows)
