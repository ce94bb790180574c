"""The mutants of streams have their places; whether the campaign sees them is tried by hand."""

from ops.campaigns.stream_mutants import stream_mutants


def test_each_edit_has_its_place_and_can_be_compiled() -> None:
    mutants = stream_mutants()
    assert len(mutants) >= 10
    for name, (path, source) in mutants.items():
        compile(source, f"{path}, {name}", "exec")
