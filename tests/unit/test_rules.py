"""Rules that no linter knows: each is a check, and each was seen red."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import is_dataclass
from enum import Enum
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.metadata import packages_distributions
from inspect import getmembers, isclass
from typing import Final

import pytest
from harness.sources import PACKAGES, ROOT, imported, imported_at_start, modules, path_of, trees

from handlers.outbox_messages import OUTBOX_MESSAGES

MODULES = sorted(module for module, path in modules().items() if not path.name.startswith("__"))
INNER: Final = ("bot.domain.", "bot.aio.", "bot.services.", "bot.dispatch")
LONGEST_FILE: Final = 400  # lines
LONGEST_FUNCTION: Final = 40


def test_domain_and_services_import_the_standard_library_and_ours_only() -> None:
    for module in [each for each in MODULES if each.startswith(INNER)]:
        first_names = {name.partition(".")[0] for name in imported(trees()[module])}
        assert first_names <= {"bot", *sys.stdlib_module_names}, module


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


def test_every_module_can_be_imported() -> None:
    for module in MODULES:
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
    assert files == set()
    assert functions == set()


def test_every_init_is_a_docstring() -> None:
    for path in [path for package in PACKAGES for path in (ROOT / package).rglob("__init__.py")]:
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        assert len(tree.body) == 1, path


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        module
        for module in MODULES
        for node in ast.walk(trees()[module])
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }
    # the driver hands its own environment to the processes it starts, and a fork takes what it is handed
    assert readers <= {"bot.settings", "ops.stack", "ops.forked"}


# What waits in a loop of its own, and why it is no job (bot/aio/periodic.py).
WAITING_LOOPS = {
    "bot.aio.loop_lag.watch": "measures the loop that jobs run on",
    "bot.chat.application.connect": "until Telegram knows the bot; the start waits for it",
    "bot.chat.inbox_marker._keep_flushing": "waits for handled updates; time is only the longest wait",
    "bot.chat.lasting.watch": "looks at counters of this process; it can't fail",
    "bot.chat.lanes._serve": "attempts at one update",
    "bot.chat.outbox._persist": "one row, until the disk takes it",
    "bot.chat.poller._poll": "Telegram's long poll is the pause",
    "bot.pulse._keep_beating": "the beat itself: it fails only with the process",
    "bot.chat.webhook._watch": "its end is the process's end; the pause depends on what Telegram says",
    "bot.chat.rate_limiter._repeated": "attempts at one call",
    "bot.aio.listening._end_slow_readers": "lives as long as its listener",
}
# What starts tasks by itself, and why not by TaskSet (bot/aio/tasks.py).
TASK_STARTERS = {
    "bot.aio.shielded.shielded": "awaited where it is started",
    "bot.aio.tasks.spawn": "TaskSet itself",
    "bot.aio.main_task.running": "its end is the process's end, and is awaited",
    "bot.app._serve": "awaited where they are started",
    "bot.exchange.bybit.server_time._start": "one at a time, awaited by its callers; its error is logged there",
    "bot.chat.hedge.hedged": "awaited where they are started",
    "cache.facade.warm": "awaited where they are started",
}


def calls(node: ast.AST, *names: str) -> bool:
    return any(
        isinstance(each, ast.Call)
        and getattr(each.func, "attr", getattr(each.func, "id", None)) in names
        and not (each.args and isinstance(each.args[0], ast.Constant) and each.args[0].value == 0)
        for each in ast.walk(node)
    )


def functions() -> Iterator[tuple[str, ast.AST]]:
    for module in MODULES:
        if not module.startswith("ops."):
            for node in ast.walk(trees()[module]):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{module}.{node.name}", node


def is_endless(node: ast.AST) -> bool:
    return isinstance(node, ast.While) and isinstance(node.test, ast.Constant)


def test_what_runs_for_ever_is_a_job() -> None:
    found = {
        name
        for name, function in functions()
        if any(is_endless(each) and calls(each, "sleep") for each in ast.walk(function))
    }
    assert found == set(WAITING_LOOPS)


def test_one_class_alone_reads_the_clock_of_the_machine() -> None:
    readers = {
        f"{module}: {ast.unparse(each)}"
        for module in MODULES
        if not module.startswith("ops.") and module != "bot.domain.clock"
        for each in ast.walk(trees()[module])
        if isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and ast.unparse(each.func) in {"time.monotonic", "time.time", "time.time_ns", "datetime.now", "datetime.utcnow"}
    }
    assert readers == set()


def test_tasks_are_kept_by_a_task_set() -> None:
    found = {name for name, function in functions() if calls(function, "create_task", "ensure_future")}
    assert found == set(TASK_STARTERS)


def test_nobody_imports_the_root_but_the_command_line() -> None:
    importers = {module for module in MODULES if "bot.app" in set(imported(trees()[module]))}
    assert {module for module in importers if not module.startswith("ops.")} == set()


def test_no_installed_distribution_ships_one_of_our_names() -> None:
    shipped = packages_distributions()
    for package in PACKAGES:
        assert set(shipped.get(package, [])) <= {"perpdesk"}, package


_EXCEPTION: Final = re.compile(
    r"#\s*noqa(?:: [A-Z0-9, ]+?)?(?:  (?P<lint>\S.*))?$|#\s*type: ignore\S*(?:  # (?P<type>.+))?$"
)


@pytest.mark.parametrize("folder", [*PACKAGES, "tests"])
def test_every_exception_to_a_rule_has_its_reason_on_the_line(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = _EXCEPTION.search(line)
            assert found is None or found["lint"] or found["type"], f"{path.relative_to(ROOT)}:{number}"


CHANGING: Final = {
    "bot.domain.profit._Leg",  # sums, while fills are reckoned
    "bot.domain.card_entries.Remarks",
    "bot.domain.price_alerts.AlertLadder",  # alerts that wait, while prices come
    "bot.domain.price_alerts.FollowedPrice",
    "bot.domain.profit.Earned",
    "bot.domain.profit.Profits",
    "bot.domain.tallies.CurveTally",  # sums, while closes and fills are counted
    "bot.domain.tallies.DayTally",
    "bot.domain.tallies.EntryTally",
    "bot.domain.tallies.Tally",
    "bot.domain.tallies._CoinTally",
    "bot.domain.tallies._OpenTrade",
    "bot.domain.tallies._Sums",
    "bot.domain.trade_numbers.NumberWalk",  # a typed order while it is read
    "bot.domain.trade_reader._Reader",
    "bot.domain.trade_reading._Settler",
    "bot.domain.trade_walk.TokenWalk",
    "bot.domain.update_attempt.UpdateAttempt",  # what the lane, the store and the error handler write into
}
PLAIN: Final = {"bot.domain.clock.SystemClock", "bot.domain.offers.PriceList", "bot.domain.secrets.Secret"}


def values_of_the_domain() -> Iterator[tuple[str, type]]:
    for module in [each for each in MODULES if each.startswith("bot.domain.")]:
        for name, each in getmembers(import_module(module), isclass):
            is_ours = each.__module__ == module and not getattr(each, "_is_protocol", False)
            if is_ours and not issubclass(each, Enum | BaseException):
                yield f"{module}.{name}", each


def test_every_value_of_the_domain_is_frozen() -> None:
    for where, each in values_of_the_domain():
        if where in PLAIN:
            continue
        assert is_dataclass(each), where
        assert each.__dataclass_params__.frozen is (where not in CHANGING), where  # type: ignore[attr-defined]  # the dataclass machinery's own
        assert "__slots__" in vars(each), where


def test_every_outbox_message_says_what_it_is_about() -> None:
    assert OUTBOX_MESSAGES
    for kind, spec in OUTBOX_MESSAGES.items():
        assert hasattr(spec.payload, "NOTICE"), f"{kind}: by which choice on /notify does it ring?"


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
    for lock in (ROOT / "requirements.lock", *sorted((ROOT / ".ci").glob("*.lock"))):
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
