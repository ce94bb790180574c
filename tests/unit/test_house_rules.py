"""Rules of the house that no linter knows: each is a check, and each was seen red."""

import ast
import re
import subprocess
import sys
from configparser import ConfigParser
from dataclasses import is_dataclass
from enum import Enum
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.metadata import packages_distributions
from inspect import getmembers, isclass
from pathlib import Path
from typing import Final

import pytest
from harness.sources import PACKAGES, ROOT, imported, imported_at_start, path_of, trees

MODULES = sorted(module for module in trees() if not path_of(module).name.startswith("__"))
INNER: Final = ("bot.domain.", "bot.aio.", "bot.services.", "bot.dispatch")
LONGEST_FILE: Final = 400  # lines
LONGEST_FUNCTION: Final = 40
LONG_FILES: Final = {"handlers.core.callbacks"}


@pytest.mark.parametrize("module", [each for each in MODULES if each.startswith(INNER)])
def test_domain_and_services_import_the_standard_library_and_ours_only(module: str) -> None:
    first_names = {name.partition(".")[0] for name in imported(trees()[module])}
    assert first_names <= {"bot", *sys.stdlib_module_names}


def test_every_module_can_be_imported_before_any_other() -> None:
    """A module that imports nothing in a circle can be the first: all that it needs is whole by then."""
    with pytest.raises(CycleError):
        TopologicalSorter({"a": {"b"}, "b": {"a"}}).prepare()
    assert len(imported_at_start("bot.app")) > len(PACKAGES), "nothing was read"
    TopologicalSorter({module: imported_at_start(module) for module in trees()}).prepare()


def contracts_of_imports() -> ConfigParser:
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    return contracts


def test_the_document_shows_the_arrows_as_they_are() -> None:
    shown = (ROOT / "docs" / "architecture.md").read_text().split("## Arrows")[1].split("```")[1]
    drawn = [re.split(r"\s{2,}", line)[0] for line in shown.strip().splitlines()]  # after two spaces: a remark
    assert drawn == contracts_of_imports()["importlinter:contract:arrows"]["layers"].split("\n")[1:]


def test_every_package_gives_each_of_its_modules_a_layer() -> None:
    contracts = contracts_of_imports()
    exhaustive = {
        section.get("containers", "").strip() for section in contracts.values() if section.getboolean("exhaustive")
    }
    assert exhaustive >= {*PACKAGES, "bot.services"}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_can_be_imported(module: str) -> None:
    import_module(module)


def test_no_file_and_no_function_is_longer_than_a_reader_s_patience() -> None:
    files = {module for module in trees() if len(path_of(module).read_text().splitlines()) > LONGEST_FILE}
    functions = {
        f"{module}.{node.name}"
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    }
    assert files == LONG_FILES
    assert functions == set()


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
        for node in ast.walk(trees()[module])
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }
    assert readers <= {"bot.settings", "ops.stack"}  # the driver hands its own environment to the processes it starts


def test_nobody_imports_the_root_but_the_command_line() -> None:
    importers = {module for module in MODULES if "bot.app" in set(imported(trees()[module]))}
    assert {module for module in importers if not module.startswith("ops.")} == set()


def test_no_installed_distribution_ships_one_of_our_names() -> None:
    shipped = packages_distributions()
    for package in PACKAGES:
        assert set(shipped.get(package, [])) <= {"perpdesk"}, package


CHANGING: Final = {
    "bot.domain.profit._Leg",  # sums, while fills are reckoned
    "bot.domain.profit.Earned",
    "bot.domain.profit.Profits",
    "bot.domain.update_attempt.UpdateAttempt",  # what the lane, the store and the error handler write into
}
PLAIN: Final = {"bot.domain.clock.SystemClock", "bot.domain.offers.PriceList", "bot.domain.secrets.Secret"}


@pytest.mark.parametrize("module", [each for each in MODULES if each.startswith("bot.domain.")])
def test_every_value_of_the_domain_is_frozen(module: str) -> None:
    for name, each in getmembers(import_module(module), isclass):
        if each.__module__ != module or getattr(each, "_is_protocol", False) or issubclass(each, Enum | BaseException):
            continue
        where = f"{module}.{name}"
        if where in PLAIN:
            continue
        assert is_dataclass(each), where
        assert each.__dataclass_params__.frozen is (where not in CHANGING), where  # type: ignore[attr-defined]  # the dataclass machinery's own
        assert "__slots__" in vars(each), where


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
