"""Fixed-width tables that fit a phone: no line is wider than a message bubble, whatever values and language are."""

from collections.abc import Iterable, Sequence
from typing import Final

from handlers.texts.catalog import Markup, verbatim

TABLE_WIDTH: Final = 30  # characters of a fixed-width line in a bubble at 390 points
_SHORTEST_NAME: Final = 8  # characters
_GAP: Final = 2  # blanks between two cells; one where there is no room for two


def table(rows: Sequence[tuple[str, str]]) -> Markup:
    """Labels to the left, values to the right. A pair that is too long for one line stands in two."""
    label_width = max(len(label) for label, _ in rows)
    value_width = max(len(value) for _, value in rows)
    width = min(label_width + _GAP + value_width, TABLE_WIDTH)
    return _block(line for row in rows for line in _pair(row, width))


def columns(rows: Sequence[Sequence[str]]) -> Markup:
    """Several columns, the first to the left, the others to the right.

    The first cell of all must not be empty: Telegram takes the blanks away from the start of a block. Where columns
    have no room beside each other, the first cell of each row gets a line of its own.
    """
    return _block(_aligned(rows))


def named_columns(rows: Sequence[Sequence[str]]) -> Markup:
    """The same where the first column are names, which are cut, to eight characters at least, if there is no room."""
    others = sum(max(map(len, column)) + 1 for column in list(zip(*rows, strict=True))[1:])
    room = max(_SHORTEST_NAME, TABLE_WIDTH - others)
    return columns([(cut(row[0], room), *row[1:]) for row in rows])


def cut(text: str, width: int) -> str:
    """At most `width` characters, with … for what is gone."""
    return text if len(text) <= width else text[: width - 1] + "…"


def _block(lines: Iterable[str]) -> Markup:
    return Markup(f"<pre>{verbatim(chr(10).join(lines))}</pre>")


def _pair(row: tuple[str, str], width: int) -> list[str]:
    label, value = row
    if len(label) + 1 + len(value) <= width:
        return [label + value.rjust(width - len(label))]
    return [*_pieces(label), *(each.rjust(width) for each in _pieces(value))]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for gap in range(_GAP, 0, -1):
        if sum(widths) + gap * (len(widths) - 1) <= TABLE_WIDTH:
            return [_line(row, widths, " " * gap) for row in rows]
    if len(widths) == 1:
        return [piece for row in rows for piece in _pieces(row[0])]
    others = _aligned([row[1:] for row in rows])
    if len(others) != len(rows):  # a cell that is wider than a whole line
        return [piece for row in rows for cell in row for piece in _pieces(cell)]
    return [line for row, rest in zip(rows, others, strict=True) for line in (*_pieces(row[0]), rest)]


def _line(row: Sequence[str], widths: Sequence[int], gap: str) -> str:
    first, *others = row
    cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
    return gap.join(cells).rstrip()


def _pieces(text: str) -> list[str]:
    return [text[start : start + TABLE_WIDTH] for start in range(0, len(text), TABLE_WIDTH)]
