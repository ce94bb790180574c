"""Reads that go past the cache: exactly those that docs/cache.md names with their reason, and none from handlers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PORTS = ROOT / "bot" / "domain" / "ports"
HEADING = "## Reads past the facade"
QUERIES = re.compile(r"\w+Queries|PrivacyReads|SupportReads")


def _ports() -> dict[str, set[str]]:
    """Every port of reads outside of a unit of work -> its methods."""
    found = {}
    for path in PORTS.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and QUERIES.fullmatch(node.name):
                found[node.name] = {each.name for each in node.body if isinstance(each, ast.AsyncFunctionDef)}
    return found


def _reads_of(path: Path) -> Iterator[tuple[str, str]]:
    """(port, method) of everything that the classes of a file ask of a field that is such a port."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            held = {
                each.target.id: each.annotation.id
                for each in node.body
                if isinstance(each, ast.AnnAssign)
                and isinstance(each.target, ast.Name)
                and isinstance(each.annotation, ast.Name)
                and QUERIES.fullmatch(each.annotation.id)
            }
            for asked in ast.walk(node):
                if (
                    isinstance(asked, ast.Attribute)
                    and isinstance(asked.value, ast.Attribute)
                    and not _of_unit(asked.value)
                ):
                    port = held.get(asked.value.attr)
                    if port is not None:
                        yield port, asked.attr


def _of_unit(read: ast.Attribute) -> bool:
    """Whether it is a repository of a unit of work: what guards a write is read there."""
    return isinstance(read.value, ast.Name) and read.value.id == "unit"


def _used() -> set[tuple[str, str]]:
    return {read for path in (ROOT / "bot" / "services").rglob("*.py") for read in _reads_of(path)}


def _documented() -> set[tuple[str, str]]:
    text = (ROOT / "docs" / "cache.md").read_text(encoding="utf-8")
    assert HEADING in text
    table = text.partition(HEADING)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    assert all(reason.strip() for _, _, reason in rows)
    return {(port, method) for port, methods, _ in rows for method in re.findall(r"`(\w+)`", methods)}


def test_services_read_past_the_cache_what_the_doc_names_and_nothing_else() -> None:
    used, documented = _used(), _documented()
    assert used - documented == set(), "a read past the facade: through it, or into the table with its reason"
    assert documented - used == set(), "nobody asks for it any more"


def test_what_the_doc_names_is_there() -> None:
    ports = _ports()
    assert len(ports) >= 11
    assert [(port, method) for port, method in _documented() if method not in ports[port]] == []


def test_handlers_hold_no_queries() -> None:
    for path in (ROOT / "handlers").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [each.name for each in node.names]
                assert not [name for name in names if QUERIES.fullmatch(name)], path
            assert not (isinstance(node, ast.Attribute) and node.attr == "queries"), path
