"""A report names the machine that it is of."""

from pathlib import Path

from ops.bench.machine import _cpu, this_machine


def test_the_model_is_read_from_the_kernel_s_list(tmp_path: Path) -> None:
    listed = tmp_path / "cpuinfo"
    listed.write_text("processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\n\nprocessor\t: 1\nmodel name\t: Some CPU\n")
    assert _cpu(listed) == "Some CPU @ 3 GHz"


def test_a_list_without_a_model_leaves_the_architecture(tmp_path: Path) -> None:
    listed = tmp_path / "cpuinfo"
    listed.write_text("processor\t: 0\nmodel name\t:\n")
    assert _cpu(listed)
    assert _cpu(listed) == _cpu(tmp_path / "nothing")


def test_its_line_says_all_of_it() -> None:
    machine = this_machine()
    assert machine.cores >= 1
    assert machine.measured.endswith("UTC")
    line = machine.line()
    assert all(str(part) in line for part in (machine.cpu, machine.kernel, machine.python, machine.sqlite))
