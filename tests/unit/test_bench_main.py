"""Sections stand alone: what ends one early is told in its place, and what was measured before stays."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from ops.bench.main import measure, run_bench, summary
from ops.bench.report import Row, Section

FIRST = Row(name="first", value=1, unit="ms", target="<= 2 ms", ok=True)
SECOND = Row(name="second", value=9, unit="ms", target="<= 2 ms", ok=False)


async def _good() -> AsyncGenerator[list[Row], None]:
    yield []
    yield [FIRST]
    yield [SECOND]


async def _broken() -> AsyncGenerator[list[Row], None]:
    yield [FIRST]
    raise LookupError("message 5 has no button 'Orders'\nand more")


async def _stuck() -> AsyncGenerator[list[Row], None]:
    yield [FIRST]
    await asyncio.sleep(60)


async def _impatient() -> AsyncGenerator[list[Row], None]:
    yield [FIRST]
    async with asyncio.timeout(0):
        await asyncio.sleep(60)


def test_a_section_gives_its_rows_in_order() -> None:
    section = measure("good", "Good", _good)
    assert [row.name for row in section.rows] == ["first", "second"]
    assert section.failure is None


def test_a_failure_is_told_in_one_line_and_keeps_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    section = measure("broken", "Broken", _broken)
    assert [row.name for row in section.rows] == ["first"]
    assert section.failure == "LookupError: message 5 has no button 'Orders'"
    assert "and more" in capsys.readouterr().err, "the whole of it stands on standard error"


def test_a_section_that_does_not_end_is_ended() -> None:
    section = measure("stuck", "Stuck", _stuck, longest=0.05)
    assert [row.name for row in section.rows] == ["first"]
    assert section.failure == "TimeoutError: not done after 0.05 s"


def test_a_time_limit_of_the_section_itself_is_not_taken_for_ours() -> None:
    assert measure("impatient", "Impatient", _impatient).failure == "TimeoutError"


def test_the_ended_section_cleans_up() -> None:
    ended = []

    async def run() -> AsyncGenerator[list[Row], None]:
        try:
            yield [FIRST]
            await asyncio.sleep(60)
        finally:
            ended.append("files, servers")

    measure("stuck", "Stuck", run, longest=0.05)
    assert ended == ["files, servers"]


def test_the_summary_tells_what_was_missed_and_what_was_not_measured() -> None:
    good = measure("good", "Good", _good)
    failed = Section(name="front", title="Front", rows=(), seconds=2, failure="DriverError: no answer")
    lines = summary([good, failed])
    assert lines[0] == "targets missed: 1"
    assert "not measured: front: DriverError: no answer" in lines
    assert lines[-1] == "it took 2 s: good 0 s, front 2 s"
    assert summary([failed])[0] == "no target that was measured was missed"
    assert summary([replace(failed, failure=None)])[0] == "every target is met"


def test_an_unknown_section_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_bench("cache,speed", tmp_path / "bench.json", is_strict=False) == 2
    assert "no section is called speed" in capsys.readouterr().err


def test_a_path_that_cannot_be_written_is_refused_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_bench("sidecar", tmp_path / "none" / "bench.json", is_strict=False) == 2
    captured = capsys.readouterr()
    assert "No such file" in captured.err
    assert not captured.out


@pytest.mark.parametrize(("is_strict", "code"), [(False, 0), (True, 1)])
def test_a_failed_section_fails_a_strict_run_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_strict: bool, code: int
) -> None:
    monkeypatch.setattr("ops.bench.exchange.run", _broken)
    monkeypatch.setattr("ops.bench.sidecar.run", _good)
    path = tmp_path / "bench.json"
    assert run_bench(" sidecar, exchange ", path, is_strict=is_strict) == code
    saved = path.read_text()
    assert "not measured" in saved
    assert "second" in saved, "the section after the failed one was measured"
