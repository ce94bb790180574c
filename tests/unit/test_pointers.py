"""Names and paths in docstrings, comments and documents point to what exists."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from harness.sources import PACKAGES, ROOT

FOLDERS: Final = "|".join((*PACKAGES, "tests", "docs", r"\.ci"))
DOTTED: Final = re.compile(rf"(?<![\w./\[-])((?:{'|'.join(PACKAGES)})(?:\.\w+)+)(?![\w/])")
PATH: Final = re.compile(rf"(?<![\w./])((?:{FOLDERS})(?:/[\w.-]+)+/?)(?![*\w{{])")
IMPORT: Final = re.compile(r"^ *(?:from|import) .*$", re.MULTILINE)
SUFFIXES: Final = frozenset({"py", "md", "toml", "ftl", "sql"})
DOCUMENTS: Final = frozenset({".md", ".toml", ".yml"})


def names_of(node: ast.stmt) -> set[str]:
    """What a statement defines or imports."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {node.name}
        case ast.AnnAssign():
            return {ast.unparse(node.target)}
        case ast.Assign():
            return set(map(ast.unparse, node.targets))
        case ast.ImportFrom() | ast.Import():
            return {alias.asname or alias.name for alias in node.names}
    return set()


@cache
def exists(dotted: str) -> bool:
    """Whether a package, a module, or a name in one is called so."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        base = ROOT.joinpath(*parts[:cut])
        if base.is_dir():
            return cut == len(parts)
        if base.with_suffix(".py").is_file():
            return defines(body_of(base.with_suffix(".py")), parts[cut:])
    return False


@cache
def body_of(path: Path) -> list[ast.stmt]:
    return ast.parse(path.read_text()).body


def defines(body: list[ast.stmt], names: list[str]) -> bool:
    if not names:
        return True
    found = next((node for node in body if names[0] in names_of(node)), None)
    return found is not None and defines(getattr(found, "body", []), names[1:])


def may_point(text: str) -> bool:
    return bool(DOTTED.search(text) or PATH.search(text))


def prose(path: Path) -> Iterator[str]:
    """A document, or the docstrings and comments of a source file."""
    text = path.read_text()
    if path.suffix != ".py":
        yield text
        return
    if not may_point(IMPORT.sub("", text)):
        return  # most files: they need not be parsed
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
    if not any(may_point(line.partition("#")[2]) for line in text.splitlines()):
        return  # to read the tokens takes longer than all the rest
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def dead_pointers(text: str, beside: Path) -> list[str]:
    dotted = [name for name in DOTTED.findall(text) if name.rpartition(".")[2] not in SUFFIXES]
    paths = [name.rstrip(".") for name in PATH.findall(text)]
    dead = [name for name in dotted if not exists(name)]
    return dead + [name for name in paths if not (ROOT / name).exists() and not (beside / name).exists()]


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("see `bot.domain.ports.accounts.CredentialVault` and bot.domain.ids.", []),
        ("see `bot.domain.ports.accounts.Vault`", ["bot.domain.ports.accounts.Vault"]),
        ("bot.domain.ports.accounts.CredentialVault.seal opens, `.close` no", []),
        ("bot.domain.ports.accounts.CredentialVault.shut", ["bot.domain.ports.accounts.CredentialVault.shut"]),
        ("tests/unit/test_pointers.py, docs/cache.md.", []),
        ("tests/unit/test_nothing.py", ["tests/unit/test_nothing.py"]),
        ("[cache.balance] and ops/sim/data/bybit_*.json", []),
    ],
)
def test_a_dead_pointer_is_found(text: str, dead: list[str]) -> None:
    assert dead_pointers(text, ROOT) == dead


def test_every_pointer_leads_somewhere() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")  # noqa: S607  git is what a checkout is made with
    files = [path for name in tracked if name and (path := ROOT / name.decode()).is_file()]
    mine = Path(__file__).name
    prosaic = [each for each in files if each.suffix in DOCUMENTS | {".py"} and each.name != mine]
    assert len(prosaic) > len(PACKAGES), "nothing was read"
    dead = {
        str(path.relative_to(ROOT)): found
        for path in prosaic
        if (found := [each for text in prose(path) for each in dead_pointers(text, path.parent)])
    }
    assert dead == {}
