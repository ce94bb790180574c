"""Mutants of the source: one edit each, found by the shape of the code, which some test must turn red for."""

import ast
import importlib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

WIRING: Final = ("bot/app.py", "bot/wiring")
RECORDING: Final = ("bot/services", "storage")
_OURS: Final = frozenset({"bot", "cache", "handlers", "storage", "stats_api"})
_RECORD: Final = frozenset({"record", "_record"})
_SETTINGS: Final = frozenset({"settings", "base.settings"})
_REGISTRATIONS: Final = (".push_async_callback(", "tasks.start(")
_TIMED: Final = frozenset({"Periodic", "RetentionRule"})
_CALLED: Final = (ast.Call, ast.Attribute, ast.Starred)
_NOT_TRIED: Final = frozenset({"database", "key_file"})  # the usual ones are whoever's who runs this


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One edit. `path` is relative to the root, `name` says what was left out and does not depend on line numbers."""

    name: str
    path: str
    source: str


@dataclass(frozen=True, slots=True)
class _File:
    root: Path
    path: str

    @property
    def text(self) -> str:
        return (self.root / self.path).read_text(encoding="utf-8")

    def mutant(self, name: str, node: ast.expr | ast.stmt | ast.keyword, text: str) -> Mutant:
        """With `text` in place of that node."""
        start, end = self._span(node)
        source = self.text
        if not text and source[end : end + 1] == ",":
            end += 1
        return Mutant(name=f"{self.path}: {name}", path=self.path, source=source[:start] + text + source[end:])

    def _span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Offsets in characters; ast counts columns in bytes of UTF-8."""
        lines = self.text.splitlines(keepends=True)

        def offset(line: int, column: int) -> int:
            before = sum(map(len, lines[: line - 1]))
            return before + len(lines[line - 1].encode()[:column].decode())

        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return offset(node.lineno, node.col_offset), offset(end_line, end_column)


def all_mutants(root: Path) -> list[Mutant]:
    """Every one. Imports what it mutates, to see which parameters have defaults. Raises ValueError for a lost one."""
    wiring = list(_files(root, WIRING))
    return [
        *(mutant for file in wiring for mutant in _kept_from_receivers(file)),
        *(mutant for file in wiring for mutant in _usual_settings(file)),
        *(mutant for file in wiring for mutant in _unregistered(file)),
        *(mutant for file in wiring for mutant in _shortened(file)),
        *(mutant for file in wiring for mutant in _lengthened(file)),
        *(mutant for file in _files(root, RECORDING) for mutant in _unrecorded(file)),
        *_named(root),
    ]


def _files(root: Path, places: tuple[str, ...]) -> Iterator[_File]:
    for place in places:
        found = [root / place] if place.endswith(".py") else sorted((root / place).rglob("*.py"))
        yield from (_File(root, each.relative_to(root).as_posix()) for each in found)


# --- the wiring -----------------------------------------------------------------------------------------------------


def _kept_from_receivers(file: _File) -> Iterator[Mutant]:
    """Each keyword that one of our own receivers has a default for, left out: the process starts all the same."""
    space = vars(importlib.import_module(file.path.removesuffix(".py").replace("/", ".")))
    for call in _calls(file):
        receiver = _receiver(call, space) if call.keywords else None
        if receiver is None:
            continue
        name, parameters = receiver
        for keyword in call.keywords:
            parameter = parameters.get(keyword.arg or "")
            if parameter is not None and parameter.default is not parameter.empty:
                yield file.mutant(f"{name}{_what(call)} without {keyword.arg}", keyword, "")


def _what(call: ast.Call) -> str:
    """The name that is handed over first, which tells calls of one receiver apart."""
    first = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
    return f" {first}" if isinstance(first, str) else ""


def _receiver(call: ast.Call, space: Mapping[str, Any]) -> tuple[str, Mapping[str, inspect.Parameter]] | None:
    """What is called, if it is ours and a name of the module leads to it; a partial's is its first argument."""
    function = call.func
    if call.args and _resolved(function, space) is partial:
        function = call.args[0]
    target = _resolved(function, space)
    if not callable(target) or str(getattr(target, "__module__", "")).split(".")[0] not in _OURS:
        return None
    return ast.unparse(function), inspect.signature(target).parameters


def _resolved(node: ast.expr, space: Mapping[str, Any]) -> object:
    if isinstance(node, ast.Name):
        return space.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_resolved(node.value, space), node.attr, None)
    return None


def _usual_settings(file: _File) -> Iterator[Mutant]:
    """Each setting that is handed on, replaced by its usual value."""
    from bot.settings import Settings  # noqa: PLC0415  only where mutants are made: a run imports the mutated one

    names = (set(Settings.model_fields) | {"price_list", "demo_api_url"}) - _NOT_TRIED
    receivers: dict[tuple[int, int], tuple[ast.Attribute, str]] = {}
    for call in _calls(file):  # outer ones first: the innermost call is the receiver
        for node in ast.walk(call):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in _SETTINGS and node.attr in names:
                receivers[node.lineno, node.col_offset] = (node, ast.unparse(call.func))
    for node, receiver in receivers.values():
        if receiver != "Fatal":  # only says what is wrong
            usual = f"type({ast.unparse(node.value)}).model_construct().{node.attr}"
            yield file.mutant(f"{receiver} with the usual {node.attr}", node, usual)


def _unregistered(file: _File) -> Iterator[Mutant]:
    """Each listener that is kept from the commits, and each ending that is kept from the stack."""
    for node in ast.walk(ast.parse(file.text)):
        if isinstance(node, ast.AugAssign) and isinstance(node.value, ast.List):
            for listener in node.value.elts:
                yield file.mutant(f"{ast.unparse(listener)} is not told of commits", listener, "")
        elif isinstance(node, ast.Expr) and any(piece in ast.unparse(node) for piece in _REGISTRATIONS):
            yield file.mutant(f"{ast.unparse(node)} left out", node, "pass")


def _shortened(file: _File) -> Iterator[Mutant]:
    """Each member left out of a tuple of what is called or made: reasons, collectors, jobs, rules of retention."""
    tree = ast.parse(file.text)
    of_fixed_length = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Assign)}
    for each in ast.walk(tree):
        if isinstance(each, ast.GeneratorExp | ast.DictComp | ast.For):
            of_fixed_length |= {id(node) for node in ast.walk(each)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Tuple) or id(node) in of_fixed_length:
            continue
        if not all(isinstance(each, _CALLED) for each in node.elts):
            continue
        if len(node.elts) == 1 and isinstance(node.elts[0], ast.Attribute):
            continue
        for member in node.elts:
            rest = "".join(f"{ast.unparse(each)}, " for each in node.elts if each is not member)
            yield file.mutant(f"{ast.unparse(member)} left out of its tuple", node, f"({rest})")


def _lengthened(file: _File) -> Iterator[Mutant]:
    """Each constant of a job's times and of retention, tenfold; 0 becomes 1."""
    for call in _calls(file):
        if ast.unparse(call.func) not in _TIMED:
            continue
        for keyword in call.keywords:
            if _is_constant(keyword.value):
                name = f"{ast.unparse(call.func)}{_label(call)} with {keyword.arg} tenfold"
                yield file.mutant(name, keyword, f"{keyword.arg}=10 * ({ast.unparse(keyword.value)}) + 1")


def _is_constant(node: ast.expr) -> bool:
    """A number, a name in capitals, a product of them."""
    if isinstance(node, ast.BinOp):
        return _is_constant(node.left) and _is_constant(node.right)
    if isinstance(node, ast.Constant):
        return type(node.value) in {int, float}
    return isinstance(node, ast.Name) and node.id.isupper()


def _label(call: ast.Call) -> str:
    """What tells calls of one receiver apart: the name that it is given."""
    names = [call.args[0]] if call.args else [each.value for each in call.keywords if each.arg == "name"]
    return "".join(f" {each.value!s}" for each in names if isinstance(each, ast.Constant))


# --- events, cache, and what no shape tells ------------------------------------------------------------------------


def _unrecorded(file: _File) -> Iterator[Mutant]:
    """Each event that a write no longer records."""
    if "bot.domain.events" not in file.text:
        return
    counts: dict[str, int] = {}
    for function in ast.walk(ast.parse(file.text)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Expr) and _is_recording(node.value):
                what = f"{function.name} does not {ast.unparse(node)}"
                counts[what] = counts.get(what, 0) + 1
                yield file.mutant(f"{what} ({counts[what]})" if counts[what] > 1 else what, node, "pass")


def _is_recording(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _RECORD


def _calls(file: _File) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(file.text)) if isinstance(node, ast.Call)]


NO_EVICTION: Final = "bot/wiring/reads.py: partial(_evict, bybit) is not told of commits"
KEEPS_SUPERSEDED: Final = "cache/region.py: a superseded load is kept"
_EDITS: Final[tuple[tuple[str, str, str], ...]] = (
    (KEEPS_SUPERSEDED, "return not under_way.is_superseded", "return True"),
    (
        "cache/region.py: a write does not supersede a load",
        "        if under_way is not None:\n            self._supersede(under_way)\n        self._store(",
        "        self._store(",
    ),
    (
        "cache/region.py: a drop does not supersede a load",
        "            if isinstance(node, Load):\n                self._supersede(node)",
        "            if isinstance(node, Load):\n                pass",
    ),
    (
        "cache/region.py: a reader joins a superseded load",
        "        self._superseded += 1\n        self._forget(under_way)",
        "        self._superseded += 1",
    ),
    ("bot/wiring/sales.py: alarms reach nobody", "owner_ids=base.roles.owner_ids", "owner_ids=frozenset()"),
    (
        "bot/wiring/reads.py: orders are as good as positions",
        "orders_max_age=int(regions.order",
        "orders_max_age=int(regions.position",
    ),
    (
        "bot/wiring/reads.py: positions are as good as orders",
        "positions_max_age=int(regions.position",
        "positions_max_age=int(regions.order",
    ),
    ("bot/wiring/reads.py: a rate of one", "Limits.of_rate(settings.bybit_requests_per_second)", "Limits.of_rate(1)"),
    ("bot/wiring/chat.py: another randomness", "randomness=outside.randomness", "randomness=lambda: 1.0"),
    ("bot/app.py: nobody is warmed", "warm = await assembly.reads.warm(recent, within=_WARM_SECONDS)", "warm = 0"),
)


def _named(root: Path) -> Iterator[Mutant]:
    for name, old, new in _EDITS:
        path = name.partition(":")[0]
        source = (root / path).read_text(encoding="utf-8")
        if source.count(old) != 1:
            raise ValueError(f"this mutant has lost its place: {name}")
        yield Mutant(name=name, path=path, source=source.replace(old, new))
    yield _late_drop(root)


def _late_drop(root: Path) -> Mutant:
    """Cache entries are dropped when whoever wrote was answered already."""
    path = "storage/store.py"
    tree = ast.parse((root / path).read_text(encoding="utf-8"))
    (store,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Store"]
    calls = [node for node in ast.walk(store) if isinstance(node, ast.Expr) and "self._committed(" in ast.unparse(node)]
    if len(calls) != 1:
        raise ValueError("the drop before the answer has lost its place")
    name, (drop,) = "entries are dropped after the answer", calls
    late = f"__import__('asyncio').get_running_loop().call_later(0.01, lambda: {ast.unparse(drop)})"
    return _File(root, path).mutant(name, drop, late)
