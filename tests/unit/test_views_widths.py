"""Every view, with the longest values, in three languages: nothing wraps on a phone of 390 points."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import pytest
from harness.bot_api import visible
from harness.fluent_sources import messages, placeholders
from harness.layout import misfits
from harness.longest import SYMBOL, VARIANTS, Longest
from harness.viewers import DEMO, PAPER, TEXTS, account, viewer

import handlers
from bot.domain.accounts import AccountType
from bot.domain.offers import SOLD, PriceList
from bot.domain.users import Language, UserSettings
from handlers.payments.views import choice_label, subscribe_card
from handlers.texts.catalog import Markup
from handlers.views.cards import Card, button, in_rows, label_width, width_of
from handlers.views.tables import columns, named_columns, table

ACCOUNTS = (PAPER, DEMO, account(AccountType.DEMO, 3, label="Demo 12"), account(AccountType.LIVE, 4))
ZONE = UserSettings(time_zone="America/Argentina/ComodRivadavia")


def views() -> Iterator[Callable[..., Card]]:
    """Every function of the handlers that makes a card."""
    for module in pkgutil.walk_packages(handlers.__path__, "handlers."):
        for name, made in vars(importlib.import_module(module.name)).items():
            is_ours = inspect.isfunction(made) and made.__module__ == module.name and not name.startswith("_")
            if is_ours and get_type_hints(made).get("return") is Card and "ctx" not in get_type_hints(made):
                yield made


PRICES = Longest(0, {}).of(PriceList)
KEYS: dict[str, dict[str, Any]] = {  # by view: what is not any text, but the key of one, or a word of a callback
    "short_card": {"key": "only-text"},
    "waiting_card": {"wanted": "button-cancel"},
    "open_private_card": {"key": "group-open-private"},
    "audit_card": {"area": "license"},
    "license_card": {"ways": ("redeem", "subscribe")},
    "user_facing_card": {"cards": {}},
}
VIEWS = tuple(views())


def card_of(view: Callable[..., Card], language: Language, variant: int) -> Card:
    who = viewer(language, accounts=ACCOUNTS, settings=ZONE)
    choices = [(each, button(choice_label(who, each), "v1:x")) for kind in SOLD for each in PRICES.of_type(kind)]
    given = {"viewer": who, "say": who.say} | ({"choices": choices} if view is subscribe_card else {})
    arguments = Longest(variant, given | KEYS.get(view.__name__, {})).arguments(view)
    parameters = inspect.signature(view).parameters
    by_name = {name: arguments.pop(name) for name, each in parameters.items() if each.kind is each.KEYWORD_ONLY}
    return view(*arguments.values(), **by_name)


def too_wide(card: Card) -> list[str]:
    rows = card.keyboard.inline_keyboard if card.keyboard is not None else ()
    return misfits(card.text, [[each.text for each in row] for row in rows])


@pytest.mark.parametrize("view", VIEWS, ids=[f"{each.__module__}.{each.__name__}" for each in VIEWS])
def test_every_view_fits_a_phone_whatever_its_values(view: Callable[..., Card]) -> None:
    for language in Language:
        cards = [card_of(view, language, variant) for variant in range(VARIANTS)]
        assert [each for card in cards for each in too_wide(card)] == [], language


def test_these_are_all_of_them() -> None:
    """The walk finds what it is for."""
    assert len(VIEWS) > 130
    assert {"positions_card", "license_card", "help_card", "keypad_card"} <= {view.__name__ for view in VIEWS}


@pytest.mark.parametrize("language", list(Language))
def test_the_words_of_buttons_alone_fit_a_row(language: Language) -> None:
    """Before values are put in, and before a row is broken because of them."""
    for key in sorted(TEXTS.keys(language)):
        if key.startswith("button-"):
            label = TEXTS.plain(language, key, dict.fromkeys(placeholders(messages(language)[key]), "12"))
            assert width_of(label) <= label_width(1), key


def test_a_table_wraps_what_has_no_room_and_cuts_names() -> None:
    assert lines(table([("Time zone", "America/Argentina/ComodRivadavia"), ("Risk", "1%")])) == [
        "Time zone",
        "America/Argentina/ComodRivadav",
        "                            ia",
        "Risk                        1%",
    ]
    assert lines(named_columns([("Symbol", "Price", "24 h"), (SYMBOL, "0.0012345", "+12.34%")])) == [
        "Symbol           Price    24 h",
        "1000000BABY… 0.0012345 +12.34%",
    ]
    assert lines(columns([("Level", "Price", "Away"), ("Entry", "1" * 20, "−12.3%")])) == [
        "Level",
        "Price                   Away",
        "Entry",
        "11111111111111111111  −12.3%",
    ]


def test_a_row_without_room_is_broken_into_rows_of_one_length() -> None:
    short, long = button("1234567890", "v1:x"), button("1234567890123456", "v1:x")
    wide = button("x" * 50, "v1:x")

    def kept(*row: Any) -> list[int]:
        keyboard = Card(text=Markup("x"), rows=(row,)).keyboard
        assert keyboard is not None
        return [len(each) for each in keyboard.inline_keyboard]

    assert kept(short, short, short) == [3]
    assert kept(short, short, long) == [2, 1]
    assert kept(*[short] * 4) == [3, 1]
    assert kept(*[long] * 4) == [2, 2]
    assert kept(short, wide, short) == [1, 1, 1]
    assert wide.text == "x" * 33 + "…"
    assert [len(row) for row in in_rows([short] * 4 + [long], 3)] == [2, 2, 1]


def lines(block: str) -> list[str]:
    return visible(block).splitlines()
