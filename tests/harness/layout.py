"""What does not fit a phone of 390 points: lines of tables, labels of buttons, head cells without a word."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from html import unescape

TABLE_WIDTH = 30
LABEL_WIDTHS = (34, 16, 10, 7, 5)  # by the number of buttons in a row
_KEY = "-----BEGIN"  # a key to copy is no table
_TABLE = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)


def misfits(html: str, rows: Iterable[Sequence[str]]) -> list[str]:
    """Every line and label that is too wide, and tables whose first cell is empty. `rows` are labels of buttons."""
    tables = [unescape(found) for found in _TABLE.findall(html) if not found.startswith(_KEY)]
    lines = [line for each in tables for line in each.splitlines()]
    found = [f"a table's line of {len(line)}: {line!r}" for line in lines if len(line) > TABLE_WIDTH]
    found += [f"a table begins with a blank: {each!r}" for each in tables if each[:1].isspace()]
    for row in rows:
        room = LABEL_WIDTHS[min(len(row), len(LABEL_WIDTHS)) - 1]
        found += [f"a label of {wide(label)} in a row of {len(row)}: {label!r}" for label in row if wide(label) > room]
    return found


def wide(text: str) -> int:
    """Columns on a screen: emoji take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
