"""Whether the modules are compiled: half of a start is compiling, where nobody did it before and nothing is kept."""

import importlib.util
import os
import struct
import sys
from pathlib import Path
from typing import Final

PACKAGES: Final = ("bot", "handlers", "storage", "cache", "stats_api", "ops")
ROOT: Final = Path(__file__).parents[1]


def uncompiled(root: Path = ROOT) -> tuple[Path, ...]:
    """The modules whose bytecode is missing or older than they are."""
    return tuple(path for package in PACKAGES for path in sorted((root / package).rglob("*.py")) if not _is_good(path))


def is_kept(root: Path = ROOT) -> bool:
    """Whether Python would keep what it compiles at a start."""
    return not sys.dont_write_bytecode and os.access(root / PACKAGES[0], os.W_OK)


def _is_good(source: Path) -> bool:
    """By the time of change in the header (PEP 552); bytecode that is checked by hash or not at all counts as good."""
    try:
        with Path(importlib.util.cache_from_source(str(source))).open("rb") as file:
            flags, changed = struct.unpack("<4xIi4x", file.read(16))
    except (FileNotFoundError, struct.error):
        return False
    return bool(flags) or changed == int(source.stat().st_mtime)
