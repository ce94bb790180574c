"""The menu in groups, and /help: everything that a person has, three taps away at most."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.errors import ButtonExpired
from handlers.core.links import RunCommand
from handlers.texts.catalog import Markup, join
from handlers.users.callbacks import MenuGroup, ShowMenu
from handlers.views.cards import Card, CardButton, Row, button
from handlers.views.frame import menu_row
from handlers.views.problems import sentence_card
from handlers.views.render_context import RenderContext

_MAIN: Final = (
    ("balance", "positions"),
    ("orders", "trades"),
    ("price", "book"),
    ("favorites", "alerts"),
    ("symbols", "keys"),
    ("license", "redeem"),
    ("settings", "paysupport"),
)
_GROUPS: Final[Mapping[MenuGroup, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        MenuGroup.TRADING: (
            ("buy", "sell"),
            ("close", "panic"),
            ("pause", "resume"),
            ("limits", "practice"),
            ("stats", "export"),
            ("receipt", "vanish"),
            ("drill",),
        ),
        MenuGroup.MORE: (("notify", "pin"), ("lang", "subscribe"), ("privacy", "terms"), ("whoami",)),
        MenuGroup.STAFF: (
            ("users", "promo"),
            ("payments", "threads"),
            ("broadcast", "report"),
            ("audit", "health"),
            ("halt", "unhalt"),
        ),
    }
)
_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "redeem": "button-license-redeem",
        "resume": "button-resume-entries",
        "subscribe": "button-license-subscribe",
        "payments": "button-menu-payments",
        "buy": "side-buy",
        "sell": "side-sell",
        "export": "button-export-csv",
    }
)


class HelpGroup(StrEnum):
    """What /help tells together, in its order."""

    ACCOUNTS = "accounts"
    TRADING = "trading"
    MARKET = "market"
    SETTINGS = "settings"
    LICENSE = "license"
    PERSON = "person"
    STAFF = "staff"


INTRODUCED: Final = frozenset({"start", "menu", "help", "cancel"})  # what the first lines of /help tell
HELP: Final[Mapping[HelpGroup, tuple[str, ...]]] = MappingProxyType(
    {
        HelpGroup.ACCOUNTS: (
            *("balance", "positions", "orders", "trades", "fills"),
            *("stats", "truth", "export", "share"),
        ),
        HelpGroup.TRADING: (
            *("buy", "sell", "close", "panic", "pause", "resume", "limits", "practice"),
            *("receipt", "vanish", "drill"),
        ),
        HelpGroup.MARKET: ("price", "chart", "book", "symbols", "favorites", "alert", "alerts"),
        HelpGroup.SETTINGS: ("keys", "settings", "notify", "mute", "lang", "pin"),
        HelpGroup.LICENSE: ("license", "redeem", "subscribe", "paysupport"),
        HelpGroup.PERSON: ("whoami", "privacy", "terms", "forget"),
    }
)


def menu_card(viewer: RenderContext, *, lead: Markup | None = None) -> Card:
    """The screens of every day, and the way to the rest. `lead` stands above it when something else was to be said."""
    say = viewer.say
    accounts = viewer.config.accounts  # none only while the database is what failed
    name = viewer.account_name(viewer.config.default_account) if accounts else viewer.type_name(AccountType.PAPER)
    text = say("menu-title", account=name)
    groups = (MenuGroup.TRADING, MenuGroup.MORE)
    more = (*(_group_button(viewer, each) for each in groups), *_buttons(viewer, ("help",)))
    rows = (*(_buttons(viewer, pair) for pair in _MAIN), more)
    return Card(text=text if lead is None else join([lead, text], "\n\n"), rows=rows)


def group_card(viewer: RenderContext, group: MenuGroup, commands: Collection[str]) -> Card:
    """A group of the menu, as far as its reader may use it."""
    staff: Row = ()
    if group is MenuGroup.MORE and any(each in commands for pair in _GROUPS[MenuGroup.STAFF] for each in pair):
        staff = (_group_button(viewer, MenuGroup.STAFF),)
    rows = (_buttons(viewer, [each for each in pair if each in commands]) for pair in _GROUPS[group])
    return Card(text=viewer.say("menu-group", group=group.value), rows=(*rows, staff, menu_row(viewer)))


def expired_card(viewer: RenderContext, error: ButtonExpired) -> Card:
    """The menu under the sentence; in groups the sentence alone."""
    if viewer.owner is not None:
        return sentence_card(viewer, error)
    return menu_card(viewer, lead=viewer.say(error.key))


def help_card(viewer: RenderContext, commands: Collection[str]) -> Card:
    """What there is, in groups: the commands that this person has. What stands in no group is the staff's."""
    say = viewer.say
    known = {each for names in HELP.values() for each in names}
    staff = tuple(each for each in commands if each not in known | INTRODUCED)
    parts = [say("help-intro")]
    for group, names in (*HELP.items(), (HelpGroup.STAFF, staff)):
        usable = [f"/{each}" for each in names if each in commands]
        if usable:
            parts += [Markup(""), say("help-group", group=group.value), Markup(" ".join(usable))]
    return Card(text=join([*parts, Markup(""), say("help-typing")]), rows=(menu_row(viewer),))


def _buttons(viewer: RenderContext, commands: Collection[str]) -> Row:
    return tuple(
        button(viewer.say.plain(_LABELS.get(each, f"button-{each}")), viewer.data(RunCommand(each)))
        for each in commands
    )


def _group_button(viewer: RenderContext, group: MenuGroup) -> CardButton:
    return button(viewer.say.plain(f"button-menu-{group}"), viewer.data(ShowMenu(group)))
