"""The fault campaign in small: its table of cells is complete, a case is repeated exactly, and some cases hold."""

from collections import Counter

import pytest
from harness.blocking import guard

from ops.campaigns.bybit_faults import cells_of, play, run
from ops.campaigns.fault_case import Case
from ops.campaigns.fault_matrix import FAULTS, Cell, cells, possible, rules
from ops.sim.bybit.fault_kinds import KINDS

SEED = 1


@pytest.fixture(autouse=True)
def no_blocking_call() -> None:
    """Here the loop does the work of threads itself."""
    guard().deactivate()


def test_every_cell_is_possible_or_has_a_reason() -> None:
    known = set(cells())
    for rule in rules():
        assert len(rule.reason) > 20, rule
        assert any(rule.fits(cell) for cell in known), f"takes out nothing: {rule}"
    left = {cell.fault for cell in possible()}
    whole = [rule for rule in rules() if rule.patterns[1:] == (("*",), ("*",))]
    for fault in set(FAULTS) - left:
        assert any(rule.fits(Cell(fault, "enter", "flat")) for rule in whole), f"{fault} is never tried"
    assert set(FAULTS) == KINDS


def test_cells_take_turns_in_the_order_of_the_seed() -> None:
    first = Counter(cell for number in range(len(possible())) for cell in cells_of(SEED, number))
    assert first == dict.fromkeys(possible(), 2)
    assert cells_of(SEED, 0) != cells_of(SEED + 1, 0)


@pytest.mark.parametrize("number", [0, 6])
def test_a_case_is_repeated_exactly(number: int) -> None:
    first = play(SEED, number)
    assert first == play(SEED, number)
    assert first.struck
    assert not first.failures


def test_some_cases_hold_in_however_many_processes() -> None:
    said: list[str] = []
    one, two = run(SEED, 60, cases=2), run(SEED, 60, cases=2, processes=2, tell=said.append)
    assert (one.cases, one.failures) == (two.cases, two.failures) == (2, ())
    assert one.steps == two.steps
    assert said == []


def test_a_cell_is_struck_again_until_something_is_hit() -> None:
    cell, tries = Cell("lost_answer", "enter", "flat"), Counter[Cell]()

    class MissedAtFirst(Case):
        async def strike(self, cell: Cell) -> bool:
            tries[cell] += 1
            has_hit = await super().strike(cell)
            return has_hit and tries[cell] > 1

    assert not play(SEED, 0, (cell,), kind=MissedAtFirst).failures
    assert tries[cell] == 2
