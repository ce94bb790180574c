"""docs/cache.md tells the truth: its table is the policy table, its program runs."""

import dataclasses
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from cache_builders import Source

from cache.facade import CachedReads
from cache.loaders import Loaders
from cache.policy import as_markdown
from cache.region import Region
from cache.shelf import SECOND_CHANCES

TEXT = (Path(__file__).parents[2] / "docs" / "cache.md").read_text(encoding="utf-8")


def test_the_doc_s_table_is_the_policy_table() -> None:
    assert as_markdown() in TEXT


def test_every_public_verb_is_in_the_doc() -> None:
    verbs = {name for name in vars(CachedReads) if name.startswith(("invalidate", "on_", "sweep", "run_", "warm"))}
    assert len(verbs) == 10
    assert [verb for verb in verbs if f"`{verb}(" not in TEXT] == []


def test_every_counter_is_in_the_doc() -> None:
    names = {field.name for field in dataclasses.fields(Region.stats.__annotations__["return"])} - {"name", "ttl"}
    assert [name for name in names if name not in TEXT] == []


def test_figures_in_the_doc_are_those_of_the_code() -> None:
    assert f"({SECOND_CHANCES} a time at most)" in TEXT


async def test_a_new_read_takes_five_lines() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    world: dict[str, Any] = {}
    exec(compile(program, "docs/cache.md", "exec"), world)  # noqa: S102  the doc's own program
    asked: list[str] = []

    async def open_interest(symbol: str) -> Decimal:
        asked.append(symbol)
        return Decimal(len(asked))

    known = Source().loaders()
    loaders = world["Loaders"](
        **{field.name: getattr(known, field.name) for field in dataclasses.fields(Loaders)},
        open_interest=open_interest,
    )
    reads = world["CachedReads"](loaders)
    assert [await reads.open_interest(symbol) for symbol in ("BTCUSDT", "BTCUSDT", "ETHUSDT")] == [1, 1, 2]
    assert asked == ["BTCUSDT", "ETHUSDT"]
    assert {stats.name: stats.hits for stats in reads.stats() if stats.hits} == {"api_response": 1}
    body = program.split("class Loaders", 1)[1]
    added = [line for line in body.splitlines()[1:] if line.startswith("    ")]
    assert len(added) + 1 == 5  # and the type in the table
