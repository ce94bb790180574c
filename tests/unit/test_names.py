"""A word means one thing: no class of the packages that run together shares its name with another."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "storage", "cache", "stats_api")


def class_names(sources: dict[str, str]) -> dict[str, list[str]]:
    """Names of classes at the top of modules, with the modules that define them."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, source in sources.items():
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(path)
    return found


def twice(sources: dict[str, str]) -> dict[str, list[str]]:
    return {name: paths for name, paths in class_names(sources).items() if len(paths) > 1}


def test_a_name_that_stands_twice_is_found() -> None:
    sources = {
        "a.py": "class Entry: ...",
        "b.py": "class Entry: ...\nclass Other: ...\nclass _Own: ...",
        "c.py": "class _Own: ...",
    }
    assert twice(sources) == {"Entry": ["a.py", "b.py"]}


def test_no_class_name_stands_twice() -> None:
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    assert len(paths) > len(PACKAGES), "nothing was read"
    assert twice({str(path.relative_to(ROOT)): path.read_text() for path in paths}) == {}
