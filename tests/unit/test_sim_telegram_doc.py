"""docs/stand-ins.md names every control call, field and fault of the Telegram stand-in, and its examples hold."""

import json
import re
from pathlib import Path

import pytest

from ops.sim.telegram.drafts import KINDS as MESSAGE_KINDS
from ops.sim.telegram.faults import KINDS, Faults
from ops.sim.telegram.server import create_app
from ops.sim.telegram.world import World

TEXT = (Path(__file__).parents[2] / "docs" / "stand-ins.md").read_text().partition("\n## Telegram\n")[2]
TEXT = TEXT.partition("\n## ")[0]
FIRST_CELLS = re.findall(r"^\| (`.+?`) \|", TEXT, re.MULTILINE)
NAMES = {name for cell in FIRST_CELLS for name in re.findall(r"`([^`]+)`", cell)}
EXAMPLES = [json.loads(text) for text in re.findall(r'`(\{"kind".*?\})` \|$', TEXT, re.MULTILINE)]


def test_every_control_call_has_a_line() -> None:
    routes = {
        f"{route.method} {route.resource.canonical}"
        for route in create_app(World()).router.routes()
        if route.method not in {"HEAD", "*"} and route.resource is not None
    }
    assert {name for name in NAMES if "/sim/" in name} == {route for route in routes if "/sim/" in route}


def test_every_kind_of_message_has_a_line() -> None:
    assert set(MESSAGE_KINDS) <= NAMES


def test_every_fault_has_a_line_and_an_example() -> None:
    assert set(KINDS) <= NAMES
    assert {example["kind"] for example in EXAMPLES} == set(KINDS)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["kind"])
def test_an_example_is_taken(example: dict[str, object]) -> None:
    assert Faults().add(example).kind == example["kind"]
