"""Rows that an earlier version wrote (tests/data/stored): values for every stored word."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

STORED: Final = Path(__file__).parents[1] / "data" / "stored"


def stored(name: str) -> Any:
    """One of the JSON files: a list of rows, or the words."""
    return json.loads((STORED / f"{name}.json").read_text())


def an_action(word: str) -> Mapping[str, str]:
    """The values of a stored button of that action; empty for the actions that no row is written for."""
    return _values("buttons", "action", word)


def a_dialogue(word: str) -> Mapping[str, str]:
    """The values of a stored dialogue."""
    return _values("dialogues", "dialogue", word)


def an_answer(word: str) -> str:
    """What was typed as the answer to a stored dialogue."""
    return next(str(row["next"]) for row in stored("dialogues") if row["dialogue"] == word)


def _values(name: str, key: str, word: str) -> Mapping[str, str]:
    found: Mapping[str, str] = next((row["values"] for row in stored(name) if row[key] == word), {})
    return found
