"""docs/cache.md tells the truth: its table is the policy table, its program runs."""

import dataclasses
import re
from pathlib import Path
from typing import Any

from harness.cache import Source, account
from harness.fakes import FakeClock

from bot.domain.accounts import AccountType
from cache.facade import CachedReads
from cache.policy import as_markdown
from cache.region import Region
from cache.regions import Regions
from cache.second_chance import SECOND_CHANCES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "cache.md").read_text(encoding="utf-8")


def test_the_doc_s_table_is_the_policy_table() -> None:
    assert as_markdown() in TEXT


def test_every_public_verb_is_in_the_doc() -> None:
    verbs = {name for name in dir(CachedReads) if name.startswith(("invalidate", "on_", "sweep", "run_", "warm"))}
    assert len(verbs) == 10
    assert [verb for verb in verbs if f"`{verb}(" not in TEXT] == []


def test_every_counter_is_in_the_doc() -> None:
    names = {field.name for field in dataclasses.fields(Region.stats.__annotations__["return"])} - {"name", "ttl"}
    assert [name for name in names if name not in TEXT] == []


def test_figures_in_the_doc_are_those_of_the_code() -> None:
    assert f"({SECOND_CHANCES} a time at most)" in TEXT


async def test_the_recipe_for_a_new_read_runs() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    world: dict[str, Any] = {}
    exec(compile(program, "docs/cache.md", "exec"), world)  # noqa: S102  the doc's own program
    source = Source()
    ports = source.ports()
    ports.borrowed = source.load("borrowed")
    reads = world["CachedReads"](
        Regions(clock=FakeClock()),
        users=ports,
        licenses=ports,
        accounts=ports,
        market=ports,
        gateways=dict.fromkeys(AccountType, ports),
        portfolio=ports,
        inspector=ports,
        clock=FakeClock(),
    )
    for each in (account(1), account(1), account(2)):
        await reads.borrowed(each)
    assert source.asked == {("borrowed", account(1)): 1, ("borrowed", account(2)): 1}
    assert {stats.name: stats.hits for stats in reads.stats() if stats.hits} == {"api_response": 1}
