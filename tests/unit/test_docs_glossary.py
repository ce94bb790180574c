"""docs/glossary.md leads to names of today."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from harness.sources import PACKAGES, ROOT

TEXT: Final = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
WORDS, OLD_NAMES = TEXT.split("\n## Old names\n")
ROW: Final = re.compile(r"^\| (.+?) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)


@cache
def words_of_today() -> set[str]:
    """Every word of the sources, and the names of their files."""
    paths = [path for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py")]
    found = {path.name for path in paths}
    return found.union(*(re.findall(r"\w+", path.read_text(encoding="utf-8")) for path in paths))


def dead(names: Iterable[str], today: set[str]) -> Iterator[str]:
    """`Class`, `Class.member` and file.py that are nowhere."""
    for name in names:
        parts = [name] if name.endswith(".py") else name.split(".")
        if not today.issuperset(parts):
            yield name


def test_a_dead_name_is_found() -> None:
    today = {"UserAdmin", "Load", "is_superseded", "runtime.py"}
    assert list(dead(["UserAdmin", "runtime.py", "Load.is_superseded"], today)) == []
    assert list(dead(["Desk", "edge.py", "Load.is_late"], today)) == ["Desk", "edge.py", "Load.is_late"]


def test_every_old_name_leads_to_one_of_today() -> None:
    rows = ROW.findall(OLD_NAMES)
    assert len(rows) > 100, "nothing was read"
    now = [new.strip("`") for _, new, _ in rows[2:]]
    assert list(dead(now, words_of_today())) == []


def test_every_word_says_where_it_stands() -> None:
    for word, means, where in ROW.findall(WORDS)[2:]:
        assert where, word
        assert [path for path in re.findall(r"`([^`]+)`", where) if not (ROOT / path).exists()] == [], word
        named = [name for name in re.findall(r"`(\w+)`", means) if name[0].isupper()]
        assert list(dead(named, words_of_today() if named else set())) == [], word
