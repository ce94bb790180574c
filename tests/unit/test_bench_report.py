"""The table of a benchmark, its JSON, and two commits beside each other."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from ops.bench.compare import changes, main, missing, report
from ops.bench.disturbance import UNKNOWN, Disturbance
from ops.bench.report import Row, Section, figure, table
from ops.bench.results import Figure, ResultsError, figures, save

QUIET = Disturbance(others=0.01, waited=0.0, cores=2)
LOUD = Disturbance(others=0.63, waited=0.0, cores=2)
HIT = Row(
    name="a hit", value=200, unit="ns", baseline_name="dict", baseline=100, target="no slower", ok=False,
    disturbance=LOUD,
)  # fmt: skip
RATE = Row(name="updates", value=5_000, unit="/s", target=">= 3,000/s", ok=True, disturbance=QUIET)


def _saved(folder: Path, *sections: Section) -> Path:
    path = folder / "bench.json"
    save(path, sections, load_before=(1.0, 2.0, 3.0))
    return path


def _section(*rows: Row, failure: str | None = None) -> Section:
    return Section(name="cache", title="The cache", rows=rows, seconds=1.26, failure=failure)


def _figures(value: float, baseline: float | None = None, *, unit: str = "ns", name: str = "a hit") -> Figure:
    return Figure(
        section="cache",
        name=name,
        unit=unit,
        baseline_name="dict" if baseline else "",
        value=value,
        baseline=baseline,
        is_disturbed=False,
    )


# --- the table ----------------------------------------------------------------------------------------------


def test_the_table_says_which_row_was_disturbed_and_why_and_what_was_not_measured() -> None:
    lines = table("The cache", [HIT, RATE, replace(RATE, disturbance=UNKNOWN)], "DriverError: no answer").split("\n")
    assert lines[3].endswith("no slower   MISSED  others used 63% of the cores")
    assert lines[4].endswith(">= 3,000/s  ok")
    assert lines[5].endswith("unknown")
    assert lines[6] == "not measured: DriverError: no answer"


def test_a_small_figure_is_no_zero() -> None:
    assert [figure(value, "ms") for value in (0.0, 0.00417, 0.12, 1_234.5)] == [
        "0.00 ms", "0.00417 ms", "0.12 ms", "1,234 ms",
    ]  # fmt: skip


# --- JSON ---------------------------------------------------------------------------------------------------


def test_the_saved_table_has_each_row_with_its_verdict_and_its_disturbance(tmp_path: Path) -> None:
    saved = orjson.loads(_saved(tmp_path, _section(HIT, RATE)).read_bytes())
    assert saved["rows"][0] == {
        "section": "cache",
        "name": "a hit",
        "figure": 200,
        "unit": "ns",
        "baseline_name": "dict",
        "baseline": 100,
        "ratio": 0.5,
        "target": "no slower",
        "verdict": "missed",
        "disturbed": True,
        "reason": "others used 63% of the cores",
    }
    assert (saved["rows"][1]["verdict"], saved["rows"][1]["disturbed"], saved["rows"][1]["reason"]) == (
        "ok", False, None,
    )  # fmt: skip
    assert saved["sections"] == [{"name": "cache", "seconds": 1.3}]
    assert saved["load"]["before"] == [1.0, 2.0, 3.0]
    assert saved["machine"].keys() == {"cpu", "cores", "kernel", "python", "sqlite", "measured"}
    assert all(saved["machine"].values())


def test_a_row_of_which_nothing_is_known_is_neither_disturbed_nor_quiet(tmp_path: Path) -> None:
    saved = orjson.loads(_saved(tmp_path, _section(replace(RATE, disturbance=UNKNOWN))).read_bytes())
    assert saved["rows"][0]["disturbed"] is None


def test_what_was_not_measured_is_a_row_with_its_reason(tmp_path: Path) -> None:
    path = _saved(tmp_path, _section(RATE, failure="DriverError: no answer"))
    row = orjson.loads(path.read_bytes())["rows"][1]
    assert (row["figure"], row["verdict"], row["reason"]) == (None, "not measured", "DriverError: no answer")
    assert [each.value for each in figures(path)] == [5_000, None]


def test_a_saved_table_is_read_as_it_was(tmp_path: Path) -> None:
    hit, rate = figures(_saved(tmp_path, _section(HIT, RATE)))
    assert (hit.value, hit.baseline, hit.baseline_name, hit.is_disturbed) == (200, 100, "dict", True)
    assert (rate.value, rate.baseline, rate.baseline_name, rate.is_disturbed) == (5_000, None, "", False)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 0}', '{"format": 1, "rows": [{}]}'])
def test_a_file_that_is_no_table_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(ResultsError, match=r"other\.json"):
        figures(tmp_path / "other.json")


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"none\.json: No such file"):
        figures(tmp_path / "none.json")


# --- two commits --------------------------------------------------------------------------------------------


def test_medians_of_several_runs_are_compared() -> None:
    before = [_figures(value) for value in (100, 90, 9_000)]
    after = [_figures(value) for value in (150, 1, 200)]
    (change,) = changes(before, after)
    assert (change.before, change.after, change.times, change.is_worse) == (100, 150, 1.5, True)


@pytest.mark.parametrize(("after", "is_worse"), [(110, False), (111, True), (50, False)])
def test_worse_is_more_than_a_tenth(after: float, *, is_worse: bool) -> None:
    (change,) = changes([_figures(100)], [_figures(after)])
    assert change.is_worse is is_worse


@pytest.mark.parametrize(("after", "is_worse"), [(5_000, False), (910, False), (900, True)])
def test_of_a_rate_less_is_worse(after: float, *, is_worse: bool) -> None:
    (change,) = changes([_figures(1_000, unit="/s")], [_figures(after, unit="/s")])
    assert change.is_worse is is_worse


@pytest.mark.parametrize(("after", "is_worse"), [(90, False), (60, True)])
def test_of_a_hit_rate_less_is_worse(after: float, *, is_worse: bool) -> None:
    name = "hit rate, balance"
    (change,) = changes([_figures(80, unit="%", name=name)], [_figures(after, unit="%", name=name)])
    assert change.is_worse is is_worse


def test_a_slower_machine_is_not_a_slower_subject() -> None:
    (change,) = changes([_figures(100, 50)], [_figures(150, 75)])
    assert (change.times, change.times_by_baseline, change.is_worse) == (1.5, 1.0, False)


def test_disturbed_runs_do_not_count_where_both_sides_have_others() -> None:
    loud = replace(_figures(900), is_disturbed=True)
    (change,) = changes([_figures(100), loud], [loud, loud, _figures(105)])
    assert (change.before, change.after, change.disturbed, change.runs) == (100, 105, 3, 5)
    assert not change.is_doubtful


def test_a_row_that_was_disturbed_in_every_run_is_doubtful_without_a_baseline() -> None:
    before, after = replace(_figures(100), is_disturbed=True), _figures(900)
    assert report([before], [after]).endswith("worse by 800%, but disturbed: cache: a hit")
    (change,) = changes([replace(before, baseline=10)], [replace(after, baseline=10)])
    assert not change.is_doubtful


def test_a_quicker_baseline_alone_makes_no_row_worse() -> None:
    (change,) = changes([_figures(100, 50)], [_figures(100, 25)])
    assert (change.times_by_baseline, change.is_worse) == (2.0, False)


def test_the_report_names_what_is_worse_and_what_one_side_lacks() -> None:
    before = [_figures(100), _figures(7, name="gone"), _figures(10, name="same")]
    after = [_figures(200), replace(_figures(7, name="gone"), value=None), _figures(10, name="same"),
             _figures(3, name="new")]  # fmt: skip
    assert missing(before, after) == ["measured before alone: cache: gone", "measured after alone: cache: new"]
    assert report(before, after).split("\n")[-3:] == [*missing(before, after), "worse by 100%: cache: a hit"]


def test_a_report_without_a_worse_row_says_so() -> None:
    assert report([_figures(100)], [_figures(100)]).endswith("no row is worse by more than 10%")


@pytest.mark.parametrize("arguments", [[], ["a"], ["--"], ["a", "--"], ["--", "b"], ["a", "--", "b", "--", "c"]])
def test_two_sides_are_needed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage" in capsys.readouterr().err


def test_files_of_two_sides_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(_saved(tmp_path, _section(HIT, RATE)))
    assert main([path, path, "--", path]) == 0
    assert "1.00" in capsys.readouterr().out
    assert main([path, "--", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err
