"""Code and texts agree: every key that is asked for exists and gets its placeholders; no key is left over."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from harness.fluent_sources import messages, placeholders
from harness.sources import path_of, trees

from bot.domain.chat import OutboxPayload
from bot.domain.users import Language
from handlers.core.specs import CommandSpec
from handlers.outbox_messages import OUTBOX_MESSAGES
from handlers.registry import TABLE
from handlers.texts.catalog import Texts

ROOT = Path(__file__).parents[2]
TEXTS = Texts.load()
KEYS = TEXTS.keys(Language.ENGLISH)
Asked = tuple[str, str, ast.Call]
"""Where a key is asked for, the key, and the call that asks."""
USER_FACING = {"BadInput", "NotAllowed", "NoAccount", "UserFacing"}
# taken apart with a prefix and a value of an enumeration
COMPOSED = re.compile(
    "(setting-|question-|typed-doubt-|order-type-|notify-|picture-theme-|interval-|category-|command-)"
    "|button-menu-(trading|more|staff)$"
    "|button-(balance|positions|orders|trades|price|book|symbols|keys|settings|notify|lang|help|license|paysupport|pin)$"
    "|button-(favorites|alerts)$"
    "|button-(buy|sell|close|panic|pause|resume|limits|practice|halt|unhalt)$"
    "|button-(privacy|terms|whoami|users|promo|threads|broadcast|report|audit|health)$"
)


@cache
def calls(folder: str) -> tuple[tuple[str, ast.Call], ...]:
    return tuple(
        (f"{path_of(module).relative_to(ROOT)}:{node.lineno}", node)
        for module, tree in trees().items()
        if module.partition(".")[0] == folder
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


def called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def first_text(node: ast.Call) -> str | None:
    if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
        return node.args[0].value
    return None


def said() -> list[Asked]:
    """What handlers say."""
    return [
        (where, key, node)
        for where, node in calls("handlers")
        if called(node) in {"say", "plain"} and (key := first_text(node)) is not None and "texts" not in where
    ]


def raised() -> list[Asked]:
    """What is raised for people to read."""
    return [
        (where, key, node)
        for folder in ("bot", "handlers")
        for where, node in calls(folder)
        if called(node) in USER_FACING and (key := first_text(node)) is not None
    ]


def findings() -> list[str]:
    """What the checks of a key find."""
    return [
        str(keyword.value.value)
        for _, node in calls("bot")
        if called(node) == "Finding"
        for keyword in node.keywords
        if keyword.arg == "key" and isinstance(keyword.value, ast.Constant)
    ]


def test_the_scan_sees_the_code() -> None:
    assert len(said()) > 100
    assert len(raised()) > 20
    assert len(findings()) > 5


@pytest.mark.parametrize("asked", [said, raised])
def test_every_text_gets_its_placeholders(asked: Callable[[], list[Asked]]) -> None:
    for where, key, node in asked():
        assert key in KEYS, f"{where} asks for {key}"
        given = {keyword.arg for keyword in node.keywords}
        if None not in given:  # ** is checked by the tests that run it
            wanted = placeholders(messages(Language.ENGLISH)[key])
            assert wanted <= given, f"{where} leaves out of {key}"
            assert where.startswith("bot") or wanted == given, f"{where} gives {key} what it does not say"


def test_every_finding_about_a_key_has_its_text() -> None:
    for key in findings():
        assert key in KEYS, key


def test_every_command_in_a_menu_has_a_description() -> None:
    described = [entry.description for entry in TABLE.specs if isinstance(entry, CommandSpec) and entry.description]
    assert described
    assert set(described) == {key for key in KEYS if key.startswith("command-")}


def payloads(base: type[OutboxPayload] = OutboxPayload) -> Iterator[type[OutboxPayload]]:
    for each in base.__subclasses__():
        if "__slots__" in vars(each) and "KIND" in vars(each) and each.__module__.startswith("bot."):
            yield each
        yield from payloads(each)


def test_every_message_of_the_services_has_a_text() -> None:
    kinds = Counter(kind for kind, _ in {(each.KIND, each.__name__) for each in payloads()})
    assert set(kinds) == set(OUTBOX_MESSAGES)
    assert set(kinds.values()) == {1}, "two payloads share a kind"


def test_no_text_is_left_over() -> None:
    spoken = {
        node.value
        for module, tree in trees().items()
        if module.partition(".")[0] in {"handlers", "bot"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {key for key in KEYS if key not in spoken and not COMPOSED.match(key)} == set()


def test_numbers_are_grouped_and_percent_is_set_by_the_figures_of_the_language() -> None:
    nodes = [
        (path_of(module), node)
        for module, tree in trees().items()
        if module.startswith("handlers.") and module != "handlers.views.figures"
        for node in ast.walk(tree)
    ]
    assert nodes
    for path, node in nodes:
        if isinstance(node, ast.JoinedStr):
            behind = [
                each.value
                for value, each in pairwise(node.values)
                if isinstance(value, ast.FormattedValue) and isinstance(each, ast.Constant)
            ]
            assert not any(str(text).lstrip().startswith("%") for text in behind), f"{path}:{node.lineno}"
        elif isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            assert "," not in ast.unparse(node.format_spec), f"{path}:{node.lineno}"
