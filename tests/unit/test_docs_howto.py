"""Every file and name that docs/how-to.md tells of is there: a list that leads nowhere costs more than none."""

import ast
import re
from functools import cache
from typing import Final

import pytest
from harness.sources import ROOT, RUNTIME, trees

from bot.domain.users import Language
from handlers.texts.catalog import Texts

TEXT: Final = (ROOT / "docs" / "how-to.md").read_text(encoding="utf-8")
QUOTED: Final = re.compile(r"`([^`]+)`")
FOLDERS: Final = tuple(f"{name}/" for name in (*RUNTIME, "ops", "tests", "docs"))
FEATURES: Final = sorted(each.name for each in (ROOT / "bot" / "services").iterdir() if (each / "__init__.py").exists())
KEY: Final = re.compile(r"[a-z]+(-[a-zA-Z]+)+|KEY")
STAND_IN: Final = re.compile(r"-?[A-Z]{3,}$")
AT_THE_TOP: Final = re.compile(r"^(?:(?:async )?def|class) (\w+)|^(\w+)(?:: .+)? = ", re.MULTILINE)
OF_TESTS: Final = frozenset({"harness", "person", "last", "press", "say"})
OUTSIDE: Final = frozenset({"Final", "SecretStr", "make", "test", "await", "raise", "True", "False"})
OF_SQL: Final = re.compile(r"ON DELETE CASCADE|SET NULL|PRAGMA user_version")
OF_CHAT: Final = re.compile(
    r"/[a-z]+|/NAME VERB|v1:\w+:\d+|PERPDESK_NAME|perpdesk_|make_…|\.importlinter|make test|<feature>"
)
COMMAND: Final = re.compile(r"python -m ([\w.]+)((?: (?:--[a-z-]+|[A-Z]+|\d+))*)")


@cache
def names() -> frozenset[str]:
    """Whatever the product calls by a name (definitions, fields, parameters), and what stands at the top of tests."""
    tests = "".join(path.read_text() for path in sorted((ROOT / "tests").rglob("*.py")))
    found: set[str] = {*OF_TESTS, *OUTSIDE, *(name for names in AT_THE_TOP.findall(tests) for name in names)}
    for node in (each for tree in trees().values() for each in ast.walk(tree)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                found.add(name)
            case ast.Assign(targets=targets):
                found |= set(map(ast.unparse, targets))
            case ast.AnnAssign(target=target):
                found.add(ast.unparse(target))
    return frozenset(found)


@cache
def keys() -> frozenset[str]:
    return Texts.load().keys(Language.ENGLISH)


def is_there(path: str) -> bool:
    """`<feature>` stands for any that has such a file."""
    return any((ROOT / path.replace("<feature>", feature)).exists() for feature in FEATURES)


def unknown(quoted: str) -> list[str]:
    """What the words between two backticks speak of and nobody has."""
    if quoted.startswith(FOLDERS):
        return [] if is_there(quoted) else [quoted]
    if (command := COMMAND.fullmatch(quoted)) is not None:
        options = re.findall(r"--([a-z-]+)", command[2])
        is_known = command[1] in trees() and all(each.replace("-", "_") in names() for each in options)
        return [] if is_known else [quoted]
    if OF_CHAT.fullmatch(quoted) or OF_SQL.fullmatch(quoted):
        return []
    if KEY.fullmatch(quoted):
        known = any(key.startswith(STAND_IN.sub("", quoted)) for key in keys())
        return [] if known else [quoted]
    texts = re.findall(r'"([^"]*)"', quoted)
    wrong = [each for each in texts if KEY.fullmatch(each) and unknown(each)]
    words = re.findall(r"[A-Za-z_]\w*", re.sub(r'"[^"]*"', "", quoted))
    return wrong + [word for word in words if word not in names()]


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [
        ("handlers/<feature>/messages.py", []),
        ("handlers/<feature>/nothing.py", ["handlers/<feature>/nothing.py"]),
        ('command("NAME", show_balance, access=EVERYONE)', []),
        ('command("NAME", show_balance, roles=EVERYBODY)', ["EVERYBODY"]),
        ("python -m ops.campaigns", []),
        ("python -m ops.campaign", ["python -m ops.campaign"]),
        ("setting-about-NAME", []),
        ("nonsense-NAME", ["nonsense-NAME"]),
        ("UnitOfWork.nothing_like_it", ["nothing_like_it"]),
        ('say("no-such-text")', ["no-such-text"]),
    ],
)
def test_what_is_not_there_is_found(quoted: str, expected: list[str]) -> None:
    assert unknown(quoted) == expected


def test_every_file_and_name_is_there() -> None:
    quoted = QUOTED.findall(TEXT)
    assert len(quoted) > 100, "nothing was read"
    assert {each: wrong for each in quoted if (wrong := unknown(each))} == {}


def test_the_features_are_those_of_the_code() -> None:
    (listed,) = re.findall(r"`<feature>` is ([a-z, ]+) or ([a-z]+);", TEXT)
    assert sorted([*listed[0].split(", "), listed[1]]) == FEATURES


def test_every_list_is_linked_and_short() -> None:
    _, *sections = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    anchors = [re.sub(r"[^a-z -]", "", each.splitlines()[0].lower()).replace(" ", "-") for each in sections]
    linked = re.findall(r"\(#([a-z-]+)\)", TEXT.partition("\n## ")[0])
    assert linked == anchors
    assert [each.splitlines()[0] for each in sections if len(re.findall(r"^\d\.", each, re.MULTILINE)) > 6] == []
