"""What the Bot API description says of the methods modelled here, from ops/sim/data/telegram_facts.json."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

_FILE: Final = Path(__file__).parent.parent / "data" / "telegram_facts.json"


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds of a value, both included; `unit` is utf16, characters, bytes, items or value."""

    least: int
    most: int
    unit: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Types are written as in the file: `Integer|String*`, `[]MessageEntity`; * means required."""

    version: str
    methods: dict[str, dict[str, str]]
    types: dict[str, dict[str, str]]
    unions: dict[str, list[str]]
    limits: dict[str, Limit]
    values: dict[str, list[str]]
    not_modelled: frozenset[str]


def _load() -> Facts:
    raw = orjson.loads(_FILE.read_bytes())
    return Facts(
        version=raw["version"],
        methods=raw["methods"],
        types=raw["types"],
        unions=raw["unions"],
        limits={name: Limit(*bounds) for name, bounds in raw["limits"].items()},
        values=raw["values"],
        not_modelled=frozenset(raw["not_modelled"]),
    )


FACTS: Final = _load()
