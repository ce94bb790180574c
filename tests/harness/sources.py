"""The product's source files, read as syntax trees, for tests of rules that no linter knows."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
RUNTIME: Final = ("bot", "handlers", "storage", "cache", "stats_api")  # what runs together
PACKAGES: Final = (*RUNTIME, "ops")


@cache
def modules() -> dict[str, Path]:
    """The source files of the product by their modules' dotted names; packages by their own."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


@cache
def trees() -> dict[str, ast.Module]:
    """What stands in each of `modules`."""
    return {name: ast.parse(path.read_text()) for name, path in modules().items()}


def path_of(module: str) -> Path:
    """The file of one of `modules`."""
    return modules()[module]


def imported(tree: ast.Module) -> Iterator[str]:
    """Dotted names of the modules that any statement of the file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def imported_at_start(module: str) -> set[str]:
    """Our modules that have to be there before this one is: imports outside of functions and of TYPE_CHECKING."""
    known, found = trees(), set()
    waiting: list[ast.AST] = [known[module]]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (inside | {node.module}) & known.keys()
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & known.keys()
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found
