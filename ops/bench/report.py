"""What a measurement answers, and how the answers are shown."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ops.bench.disturbance import UNKNOWN, Disturbance


class Verdict(StrEnum):
    """What became of a row."""

    NONE = ""  # nothing was asked for
    OK = "ok"
    MISSED = "missed"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure beside its baseline of the same run.

    `target` says in words what is asked for and `ok` whether it is met; None where nothing is asked.
    """

    name: str
    value: float
    unit: str
    baseline_name: str | None = None
    baseline: float | None = None
    target: str | None = None
    ok: bool | None = None
    disturbance: Disturbance = UNKNOWN

    @classmethod
    def at_most(cls, name: str, value: float, unit: str, most: float) -> "Row":
        """A figure that is met by `most` of its unit or less."""
        return cls(name=name, value=value, unit=unit, target=f"<= {most:g} {unit}", ok=value <= most)

    @property
    def verdict(self) -> Verdict:
        return Verdict.NONE if self.ok is None else Verdict.OK if self.ok else Verdict.MISSED

    @property
    def ratio(self) -> float | None:
        """The baseline in units of the value: above 1, the value is the smaller one."""
        return self.baseline / self.value if self.baseline is not None and self.value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The rows that were measured; `failure` says why there are no more of them."""

    name: str
    title: str
    rows: tuple[Row, ...]
    seconds: float
    failure: str | None = None


HEADINGS = ("", "measured", "baseline", "", "baseline/measured", "target", "", "disturbed")


def figure(value: float | None, unit: str = "") -> str:
    """Three significant digits, thousands apart."""
    if value is None:
        return ""
    if 0 < abs(value) < 0.1:  # noqa: PLR2004  as many zeros as it takes
        return f"{value:.3g} {unit}".strip()
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2  # noqa: PLR2004  three significant digits
    return f"{value:,.{digits}f} {unit}".strip()


def table(title: str, rows: Iterable[Row], failure: str | None = None) -> str:
    """Rows as a plain table; the last one says what was not measured."""
    body = aligned([HEADINGS, *map(_cells, rows)], {1, 3, 4})
    if failure is not None:
        body.append(f"not measured: {failure}")
    return "\n".join((title, "-" * len(title), *body))


def _cells(row: Row) -> tuple[str, ...]:
    verdict = "MISSED" if row.verdict is Verdict.MISSED else row.verdict.value
    measured, baseline = figure(row.value, row.unit), figure(row.baseline, row.unit)
    ratio = "" if row.ratio is None else f"{figure(row.ratio)}x"
    disturbed = (row.disturbance.reason or "") if row.disturbance.is_known else "unknown"
    return (row.name, measured, row.baseline_name or "", baseline, ratio, row.target or "", verdict, disturbed)


def aligned(lines: Sequence[Sequence[str]], numbers: Container[int]) -> list[str]:
    """Lines of cells as columns, those of numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
