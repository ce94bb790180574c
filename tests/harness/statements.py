"""Every SQL statement of the package storage."""

import importlib
import pkgutil
import re
from pathlib import Path

import storage as package

_STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b")


def statements() -> dict[str, str]:
    """Every constant of the package that is SQL, by the module that defines it and its name."""
    found: dict[str, str] = {}
    for info in pkgutil.walk_packages(package.__path__, "storage."):
        module = importlib.import_module(info.name)
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for name, value in vars(module).items():
            is_statement = isinstance(value, str) and name.isupper() and _STATEMENT.match(value)
            if is_statement and re.search(rf"^{name}: Final = ", source, re.MULTILINE):
                found[f"{info.name.removeprefix('storage.')}.{name}"] = value
    return found


def parameters_of(statement: str) -> int:
    """How many parameters it takes."""
    return max(map(int, re.findall(r"\?([0-9]+)", statement)), default=statement.count("?"))
