"""The table of a run as JSON, for programs and for comparing commits."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from ops.bench.machine import this_machine
from ops.bench.report import Row, Section, Verdict

FORMAT: Final = 1


class ResultsError(Exception):
    """A file is no table of a run: make it again with `python -m ops bench --json`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What comparing needs of one row of one run. `value` is None where it was not measured."""

    section: str
    name: str
    unit: str
    baseline_name: str
    value: float | None
    baseline: float | None
    is_disturbed: bool


def load_average() -> tuple[float, ...] | None:
    """Of the last 1, 5 and 15 minutes, where the system knows."""
    with suppress(AttributeError, OSError):
        return os.getloadavg()
    return None


def save(path: Path, sections: Sequence[Section], *, load_before: tuple[float, ...] | None) -> None:
    """Write everything measured so far."""
    table = {
        "format": FORMAT,
        "machine": asdict(this_machine()),
        "load": {"before": load_before, "after": load_average()},
        "sections": [{"name": each.name, "seconds": round(each.seconds, 1)} for each in sections],
        "rows": list(_rows(sections)),
    }
    path.write_bytes(orjson.dumps(table, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _rows(sections: Iterable[Section]) -> Iterator[dict[str, Any]]:
    for section in sections:
        for row in section.rows:
            yield {"section": section.name, **_row(row)}
        if section.failure is not None:
            yield {
                "section": section.name,
                "name": section.title,
                "figure": None,
                "unit": "",
                "verdict": Verdict.NOT_MEASURED,
                "reason": section.failure,
            }


def _row(row: Row) -> dict[str, Any]:
    is_known, reason = row.disturbance.is_known, row.disturbance.reason
    return {
        "name": row.name,
        "figure": row.value,
        "unit": row.unit,
        "baseline_name": row.baseline_name,
        "baseline": row.baseline,
        "ratio": row.ratio,
        "target": row.target,
        "verdict": row.verdict,
        "disturbed": reason is not None if is_known else None,
        "reason": reason,
    }


def figures(path: Path) -> list[Figure]:
    """The rows of a saved run. Raises ResultsError."""
    try:
        table = orjson.loads(path.read_bytes())
        if table["format"] != FORMAT:
            raise ResultsError(f"{path}: of another format, {table['format']}")
        return [_figure(row) for row in table["rows"]]
    except OSError as error:
        raise ResultsError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ResultsError(f"{path}: no table of a benchmark") from error


def _figure(row: dict[str, Any]) -> Figure:
    return Figure(
        section=row["section"],
        name=row["name"],
        unit=row["unit"],
        baseline_name=row.get("baseline_name") or "",
        value=row["figure"],
        baseline=row.get("baseline"),
        is_disturbed=row.get("disturbed") is True,
    )
