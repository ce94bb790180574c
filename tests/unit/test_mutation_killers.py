"""Which tests must see a mutant: a table that has lost its tests or its mutants proves nothing, and says so."""

import pytest

from ops.campaigns.mutations import killers_of

WIRING = "tests/integration/test_wiring.py"


def test_the_first_piece_that_fits_counts_and_what_fits_none_has_the_last() -> None:
    killers = (("lane", (f"{WIRING}::test_a",)), ("lanes", ()), ("", (WIRING,)))
    found = killers_of(["lane", "poller"], (killers[0], killers[2]))
    assert found == {"lane": (f"{WIRING}::test_a",), "poller": (WIRING,)}
    with pytest.raises(ValueError, match="no mutant has this in its name: lanes"):
        killers_of(["lane", "lanes"], killers)


def test_a_file_of_tests_that_is_gone_is_told() -> None:
    with pytest.raises(ValueError, match="no such file of tests: tests"):
        killers_of(["lane"], (("lane", (WIRING, "tests/integration/test_gone.py::test_a")),))
