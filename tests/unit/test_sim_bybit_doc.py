"""docs/stand-ins.md names every control call, account field and fault of the Bybit stand-in, and its examples hold."""

import json
import re
from pathlib import Path

from harness.sim_bybit import NOON

from ops.sim.bybit.control import FIELDS
from ops.sim.bybit.fault_kinds import KINDS
from ops.sim.bybit.faults import Faults
from ops.sim.bybit.server import CONTROL_CALLS

TEXT = (Path(__file__).parents[2] / "docs" / "stand-ins.md").read_text().partition("\n## Bybit\n")[2]
TEXT = TEXT.partition("\n## ")[0]
FIRST_CELLS = re.findall(r"^\| `([^`]+)` \|", TEXT, re.MULTILINE)
EXAMPLES = [json.loads(text) for text in re.findall(r'`(\{"kind".*?\})` \|$', TEXT, re.MULTILINE)]


def test_every_control_call_has_a_line() -> None:
    assert {f"{method} {path}" for method, path in CONTROL_CALLS} == {cell for cell in FIRST_CELLS if "/sim/" in cell}


def test_every_account_field_has_a_line() -> None:
    assert set(FIELDS) <= set(FIRST_CELLS)


def test_every_fault_has_a_line_and_an_example() -> None:
    assert set(FIRST_CELLS) >= KINDS
    assert {example["kind"] for example in EXAMPLES} == KINDS


def test_an_example_is_taken() -> None:
    for example in EXAMPLES:
        assert Faults().add(example, NOON).id == 1, example
