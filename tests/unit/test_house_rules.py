"""Rules of the house that no linter knows: each is a check, and each was seen red."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from bot.domain import accounts, admin, audit, broadcasts, chat, events, market, portfolio, reports, users

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "storage", "cache", "stats_api", "ops")
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if path.name not in {"__init__.py", "__main__.py"}
)


def tree_of(module: str) -> ast.Module:
    return ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text())


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("module", [each for each in MODULES if each.startswith("bot.domain.")])
def test_the_domain_knows_the_standard_library_only(module: str) -> None:
    for name in imported(tree_of(module)):
        first = name.partition(".")[0]
        assert name.startswith("bot.domain") or first in sys.stdlib_module_names, name


@pytest.mark.parametrize("module", MODULES)
def test_every_module_can_be_imported(module: str) -> None:
    importlib.import_module(module)


@pytest.mark.parametrize(
    "path", [path for package in PACKAGES for path in (ROOT / package).rglob("__init__.py")], ids=str
)
def test_every_init_is_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        module
        for module in MODULES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }
    assert readers <= {"bot.settings", "ops.stack"}  # the driver hands its own environment to the processes it starts


def test_nobody_imports_the_root_but_the_command_line() -> None:
    importers = {module for module in MODULES if "bot.app" in set(imported(tree_of(module)))}
    assert {module for module in importers if not module.startswith("ops.")} == set()


def test_no_installed_distribution_ships_one_of_our_names() -> None:
    shipped = packages_distributions()
    for package in PACKAGES:
        assert set(shipped.get(package, [])) <= {"perpdesk"}, package


VALUES = (accounts, admin, audit, broadcasts, chat, events, market, portfolio, reports, users)


@pytest.mark.parametrize("module", VALUES, ids=lambda module: module.__name__)
def test_every_value_and_event_is_frozen(module: object) -> None:
    classes = [each for each in vars(module).values() if isinstance(each, type) and is_dataclass(each)]
    assert classes
    for each in classes:
        assert each.__dataclass_params__.frozen, each  # type: ignore[attr-defined]  # the dataclass machinery's own
        assert "__slots__" in vars(each), each


def test_nothing_of_a_machine_or_a_registry_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")  # noqa: S607  git is what a checkout is made with
    suspicious = (b"/ro" + b"ot/", b"--index" + b"-url", b"file:" + b"///", b"/wo" + b"rk/")
    for name in filter(None, tracked):
        path = ROOT / name.decode()
        if path.suffix in {".png", ".lock"} or not path.is_file():
            continue
        content = path.read_bytes()
        found = [word for word in suspicious if word in content]
        assert not found or (found == [b"--index" + b"-url"] and path.name == "Makefile"), f"{path}: {found}"


def test_the_locks_carry_hashes_and_no_addresses() -> None:
    for lock in (ROOT / "requirements.lock", ROOT / ".ci" / "requirements-dev.lock"):
        text = lock.read_text()
        assert "http" not in text.replace("httpx", "").replace("aiohttp", "").replace("httpcore", "")
        for block in text.split("\n\n"):
            for line in block.splitlines():
                if "==" in line and not line.startswith((" ", "#")):
                    assert line.rstrip().endswith("\\"), line


def test_every_local_link_of_the_documents_leads_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "storage").glob("*.md")]
    assert documents
    for document in documents:
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"
