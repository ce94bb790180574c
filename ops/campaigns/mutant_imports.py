"""A mutated module in the place of its file, by an import hook: no file changes, and no other process is touched."""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

ROOT: Final = Path(__file__).parents[2]


def put_in_place(path: str, source: str) -> None:
    """Let this process import `source` instead of the file of that path below the root; not yet imported, that is."""
    sys.meta_path.insert(0, _Finder(path, source))


def edited(path: str, edits: Iterable[Mapping[str, str]]) -> str:
    """The source of that path with each `old` replaced by its `new`. Raises ValueError where one has lost its place."""
    source = (ROOT / path).read_text(encoding="utf-8")
    for edit in edits:
        if source.count(edit["old"]) != 1:
            raise ValueError(f"{path}: this stands {source.count(edit['old'])} times: {edit['old']}")
        source = source.replace(edit["old"], edit["new"])
    return source


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the mutated module before its file is found."""

    def __init__(self, path: str, source: str) -> None:
        self._name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self._loader = _SourceLoader(self._name, path, source)

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None = None, _target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._loader.path, loader=self._loader)


class _SourceLoader(importlib.machinery.SourceFileLoader):
    """Runs the mutated source; nothing of it is written to a bytecode file."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, str(ROOT / path))
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.get_filename(fullname), "exec", dont_inherit=True)
