"""The mutants of the import have their places; `make campaign` tries whether the second reading sees them."""

from ops.campaigns.legacy_mutants import legacy_mutants


def test_each_edit_has_its_place_and_can_be_compiled() -> None:
    mutants = legacy_mutants()
    assert len(mutants) >= 10
    for name, (path, source) in mutants.items():
        compile(source, f"{path}, {name}", "exec")
