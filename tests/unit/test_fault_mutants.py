"""What the campaign of Bybit's faults must see: edits of the bot that still have their places."""

import ast

from ops.campaigns.fault_mutants import fault_mutants


def test_each_mutant_has_its_place_its_cells_and_says_what_shows_it() -> None:
    mutants = fault_mutants()
    assert set(mutants) >= {
        "failing query taken as flat",
        "failed find_order taken as none",
        "new id resent",
        "no fence",
    }
    for mutant in mutants.values():
        ast.parse(mutant.source)
        assert all(mutant.signs)
        assert mutant.cells
