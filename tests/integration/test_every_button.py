"""Every button of the menu and every command of /help answers, and every text whose key is put together is there."""

import ast
import re
from collections.abc import Collection, Mapping
from itertools import chain

import pytest
from harness.app import OWNER, TEXTS, Harness, Person, said
from harness.bot_api import Bubble
from harness.sources import ROOT

from bot.domain.chart_intervals import ChartInterval
from bot.domain.market import Category
from bot.domain.portfolio import OrderType
from bot.domain.trade_text import DoubtKind
from bot.domain.users import Language, Notifications, PictureTheme
from bot.services.users.preferences import SettingField
from handlers.core.specs import CommandSpec, DialogueSpec
from handlers.registry import TABLE
from handlers.users import menu_views
from handlers.users.callbacks import MenuGroup

NO_ANSWERS = (
    "error-apology",
    "error-button-expired",
    "unknown-command",
    "unknown-command-nearest",
    "unknown-text",
    "unknown-text-nearest",
    "unknown-text-waiting",
)
FIELDS = [each.replace("_", "-") for each in SettingField]
IN_MENUS = {*chain(*menu_views._MAIN), *chain(*chain(*menu_views._GROUPS.values())), "help"}
# What is put in behind the beginning of a key.
PUT_TOGETHER: Mapping[str, Collection[str]] = {
    "button-": IN_MENUS - menu_views._LABELS.keys(),
    "button-menu-": [*MenuGroup],
    "category-": [*Category],
    "command-": [each.command for each in TABLE.specs if isinstance(each, CommandSpec) and each.description],
    "notify-": [each.value.lower() for each in Notifications],
    "interval-": {each.unit for each in ChartInterval},
    "picture-theme-": [each.value for each in PictureTheme],
    "order-type-": [each.value.lower() for each in OrderType],
    "question-": [each.dialogue.replace(".", "-") for each in TABLE.specs if isinstance(each, DialogueSpec)],
    "setting-": FIELDS,
    "setting-about-": FIELDS,
    "typed-doubt-": [*DoubtKind],
}
NO_KEYS = {"promo-", "erased-", "perpdesk-", "by-"}  # names of files, and what stands or is chosen in a text
BEGINNING = re.compile(r"[a-z]+(?:-[a-z]+)*-")


def beginnings() -> set[str]:
    """How the keys begin that handlers put together; "" where all of one is put in."""
    found = set()
    for path in (ROOT / "handlers").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=str(first)), ast.FormattedValue(), *_]):
                    found |= {first} if BEGINNING.fullmatch(first) else set()
                case ast.Call(func=ast.Name(id="_choice"), args=[_, ast.Constant(value=str(key)), _]):
                    found.add(f"{key}-")
    return found


def test_how_keys_are_put_together_is_known() -> None:
    assert beginnings() - NO_KEYS == PUT_TOGETHER.keys()


@pytest.mark.parametrize("language", list(Language))
def test_every_text_whose_key_is_put_together_is_there(language: Language) -> None:
    keys = {f"{beginning}{end}" for beginning, ends in PUT_TOGETHER.items() for end in ends}
    keys |= set(menu_views._LABELS.values())
    assert keys - TEXTS.keys(language) == set()


def is_no_answer(language: str, text: str) -> bool:
    """Whether it begins as an apology, or as what is said to words that nobody knows."""
    gap = dict.fromkeys(("reference", "typed", "nearest", "wanted"), "|")
    begun = [TEXTS.plain(Language(language), key, gap).partition("|")[0] for key in NO_ANSWERS]
    return text.startswith(tuple(begun))


def test_what_is_no_answer_is_told_apart() -> None:
    assert is_no_answer("en", "I don't know /foo. The menu has everything I can do.")
    assert not is_no_answer("en", "Balance, Practice")


async def pressed(person: Person, data: str, bubble: Bubble) -> Bubble | None:
    """What came of it, None for nothing; a while after what was done before."""
    person.harness.clock.advance(10)
    return await person._show(person.callback(data, bubble))


async def menus(person: Person) -> Mapping[str, str]:
    """The buttons of the menu and of its groups, by their labels."""
    menu = await said(person, "/menu")
    waiting, found = [*chain(*menu.keyboard)], dict[str, str]()
    groups = {TEXTS.plain(Language(person.language), f"button-menu-{each}", {}) for each in MenuGroup}
    while waiting:
        button = waiting.pop()
        if button["text"] in found:
            continue
        found[button["text"]] = button["callback_data"]
        if button["text"] in groups:
            opened = await pressed(person, button["callback_data"], menu)
            assert opened is not None
            waiting += chain(*opened.keyboard)
    return found


async def silent(person: Person) -> list[str]:
    """The buttons and commands to which there is no answer."""
    language, found = person.language, await menus(person)
    wrong = []
    for label, data in found.items():
        bubble = await pressed(person, data, await said(person, "/price BTCUSDT"))
        if bubble is None or is_no_answer(language, bubble.text):
            wrong.append(f"{label}: {None if bubble is None else bubble.text}")
    commands = re.findall(r"(?<!\w)/[a-z]+", (await said(person, "/help")).text)
    for command in commands:
        person.harness.clock.advance(10)
        bubble = await person.say(command)
        if bubble is None or is_no_answer(language, bubble.text):
            wrong.append(f"{command}: {None if bubble is None else bubble.text}")
    assert len(found) > 25
    assert len(commands) > 20
    return wrong


async def test_a_new_person_is_answered(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    person = harness.person(language="en")
    await said(person, "/start")
    assert await silent(person) == []
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


async def test_who_trades_on_a_demo_account_is_answered(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    person = harness.person(language="ru")
    await harness.demo_account(person)
    assert await silent(person) == []
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


async def test_who_runs_the_bot_is_answered(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    person = harness.person(OWNER, name="Olga", language="uk")
    await said(person, "/start")
    await harness.terms_accepted(person.user_id)
    assert await silent(person) == []
    assert not [each for each in caplog.records if each.levelname == "ERROR"]
