"""`make bench`: every part after the other, each figure beside its baselines of the same run."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

import typer

from ops.bench.report import Row, table

PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cache": "The cache facade",
        "storage": "The six queries, 10,000 users, 50,000 positions, 200,000 trade logs",
        "promo": "Promo codes: a redemption at 10,000 users, every commit on the disk",
        "exchange": "Bybit reads",
        "telegram": "Telegram: updates in, messages out",
        "sidecar": "The sidecar",
        "front": "The front door: the bot as a process, people who tap",
    }
)


def run_bench(only: str | None) -> int:
    """Run all parts or one; 1 if a target was missed, 2 for an unknown part."""
    if only is not None and only not in PARTS:
        typer.echo(f"no part is called {only}: there are {', '.join(PARTS)}", err=True)
        return 2
    missed = 0
    for name, title in PARTS.items():
        if only in {None, name}:
            measure: Callable[[], Awaitable[list[Row]]] = import_module(f"ops.bench.{name}").run
            rows = asyncio.run(_list(measure))
            typer.echo(table(title, rows) + "\n")
            missed += sum(row.ok is False for row in rows)
    typer.echo("every target is met" if not missed else f"{missed} targets were missed")
    return 1 if missed else 0


async def _list(measure: Callable[[], Awaitable[list[Row]]]) -> list[Row]:
    return list(await measure())
