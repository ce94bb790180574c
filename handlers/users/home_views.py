"""The first message, the menu, help, and the short answers around them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.errors import ButtonExpired
from bot.domain.market import Category
from bot.domain.portfolio import Balance
from bot.domain.users import Language
from bot.services.market.screens import PriceCard
from bot.services.screens import Shown
from handlers.core.links import RunCommand, ShowBalance, ShowSymbols
from handlers.texts.catalog import LANGUAGE_NAMES, Markup, join
from handlers.users.callbacks import SetLanguage
from handlers.views.cards import Card, Row, button, link_button
from handlers.views.figures import step_of
from handlers.views.frame import command_button, menu_row
from handlers.views.problems import sentence_card
from handlers.views.render_context import RenderContext

_WHOLE_FROM: Final = Decimal(1_000)  # prices from here on are told without decimals in a sentence


def welcome_card(
    viewer: RenderContext,
    money: Decimal | None,
    price: Shown[PriceCard],
    *,
    is_new: bool,
    first_lines: Sequence[Markup] = (),
) -> Card:
    """Who, how much practice money, what Bitcoin costs, and what to do next. `money` in USDT, None while unknown."""
    say, figures = viewer.say, viewer.figures
    name = viewer.config.first_name
    sentences = [say("welcome-hi", name=name)] if name else [say("welcome-hi-nameless")]
    if money is not None:
        key = "welcome-money" if is_new else "welcome-money-again"
        sentences.append(say(key, money=figures.round_money(money, "USDT")))
    if price.value is not None:
        last = price.value.ticker.last_price
        step = Decimal(1) if last >= _WHOLE_FROM else step_of(last)
        sentences.append(say("welcome-btc", price=figures.number(last, step)))
    elif price.later is not None:
        sentences.append(say("welcome-btc-later"))
    return Card(text=join([*first_lines, join(sentences, " ")]), rows=_first_buttons(viewer))


def practice_money(shown: Shown[Balance]) -> Decimal | None:
    return None if shown.value is None else shown.value.total_equity


def menu_card(viewer: RenderContext, *, lead: Markup | None = None) -> Card:
    """Every screen, one tap away. `lead` stands above it when something else was to be said."""
    say = viewer.say
    accounts = viewer.config.accounts  # none only while the database is what failed
    name = viewer.account_name(viewer.config.default_account) if accounts else viewer.type_name(AccountType.PAPER)
    text = say("menu-title", account=name)
    return Card(text=text if lead is None else join([lead, text], "\n\n"), rows=menu_rows(viewer))


def expired_card(viewer: RenderContext, error: ButtonExpired) -> Card:
    """The menu under the sentence; in groups the sentence alone."""
    if viewer.owner is not None:
        return sentence_card(viewer, error)
    return menu_card(viewer, lead=viewer.say(error.key))


def menu_rows(viewer: RenderContext) -> tuple[Row, ...]:
    """The rows of the menu's buttons: every screen that this person may open."""

    def pair(*commands: str) -> Row:
        return tuple(button(viewer.say.plain(f"button-{each}"), viewer.data(RunCommand(each))) for each in commands)

    return (
        pair("balance", "positions"),
        pair("orders", "trades"),
        pair("price", "symbols"),
        pair("keys", "settings"),
        pair("lang", "help"),
    )


def help_card(viewer: RenderContext, commands: Mapping[str, str]) -> Card:
    """What there is: every command that this person has, with its description."""
    say = viewer.say
    lines = [say("help-command", name=name, description=say.plain(key)) for name, key in commands.items()]
    return Card(
        text=join([say("help-intro"), Markup(""), *lines, Markup(""), say("help-typing")]),
        rows=(menu_row(viewer),),
    )


def language_card(viewer: RenderContext) -> Card:
    """The three languages, each by its own name; the current one is marked."""
    buttons = tuple(
        button(
            viewer.say.plain("tab-current", name=name) if language is viewer.say.language else name,
            viewer.data(SetLanguage(language)),
        )
        for language, name in LANGUAGE_NAMES.items()
    )
    return Card(text=viewer.say("language-title"), rows=(buttons, menu_row(viewer)))


def language_set_card(viewer: RenderContext, language: Language) -> Card:
    """Says in the new language that it is set."""
    return Card(text=viewer.say("language-set", name=LANGUAGE_NAMES[language]), rows=(menu_row(viewer),))


def unknown_command_card(viewer: RenderContext, typed: str, nearest: str | None) -> Card:
    """The nearest known command as a button, and the menu."""
    say = viewer.say
    if nearest is None:
        return Card(text=say("unknown-command", typed=typed), rows=_ways_out(viewer))
    suggestion = (button(f"/{nearest}", viewer.data(RunCommand(nearest))),)
    text = say("unknown-command-nearest", typed=typed, nearest=nearest)
    return Card(text=text, rows=(suggestion, *_ways_out(viewer)))


def waiting_card(viewer: RenderContext, wanted: str) -> Card:
    """Text that is no answer to the open question; `wanted` is the key of what it waits for."""
    text = viewer.say("unknown-text-waiting", wanted=viewer.say.plain(wanted))
    return Card(text=text, rows=(command_button(viewer, "button-cancel", "cancel"),))


def trading_not_open_card(viewer: RenderContext) -> Card:
    """The honest answer to words of trading, for as long as nothing here places an order."""
    positions = command_button(viewer, "button-positions", "positions")
    return Card(text=viewer.say("trading-not-open"), rows=((*positions, *menu_row(viewer)),))


def unknown_text_card(viewer: RenderContext, nearest: str | None) -> Card:
    """Free text that no dialogue waits for."""
    if nearest is None:
        return Card(text=viewer.say("unknown-text"), rows=_ways_out(viewer))
    suggestion = (button(f"/{nearest}", viewer.data(RunCommand(nearest))),)
    return Card(text=viewer.say("unknown-text-nearest", nearest=nearest), rows=(suggestion, *_ways_out(viewer)))


def short_card(viewer: RenderContext, key: str) -> Card:
    """One sentence and the ways on: for stickers, edits, forwards."""
    return Card(text=viewer.say(key), rows=_ways_out(viewer))


def open_private_card(viewer: RenderContext, bot_username: str) -> Card:
    """Groups see prices; everything else is between the person and the bot."""
    url = f"https://t.me/{bot_username}?start=group"
    return Card(text=viewer.say("group-open-private"), rows=((link_button(viewer.say.plain("button-private"), url),),))


def _first_buttons(viewer: RenderContext) -> tuple[Row, ...]:
    say = viewer.say
    account = viewer.config.default_account
    connect = "button-keys" if _has_key(viewer) else "button-connect"
    return (
        (
            button(say.plain("button-account"), viewer.data(ShowBalance(account.account_id))),
            button(say.plain("button-prices"), viewer.data(ShowSymbols(Category.LINEAR))),
        ),
        (
            *command_button(viewer, connect, "keys"),
            *command_button(viewer, "button-lang", "lang"),
        ),
    )


def _has_key(viewer: RenderContext) -> bool:
    return any(each.account_type is not AccountType.PAPER for each in viewer.config.accounts)


def _ways_out(viewer: RenderContext) -> tuple[Row, ...]:
    return ((*command_button(viewer, "button-menu", "menu"), *command_button(viewer, "button-help", "help")),)
