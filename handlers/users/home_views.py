"""The first message, the languages, and the short answers to what was not understood."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.market import Category
from bot.domain.portfolio import Side
from bot.domain.users import Language
from bot.services.instruments import WithInstruments
from bot.services.market.screens import PriceCard
from bot.services.screens import Shown
from handlers.core.links import OfferOrder, RunCommand, ShowBalance, ShowSymbols
from handlers.texts.catalog import LANGUAGE_NAMES, Markup, join
from handlers.users.callbacks import SetLanguage
from handlers.views.cards import Card, Row, button, link_button
from handlers.views.frame import command_button, menu_row
from handlers.views.render_context import RenderContext
from handlers.views.symbols import FAVORITES, base_of

_OFFERED: Final = 100  # USDT of the first order that a newcomer is offered
_WHOLE_FROM: Final = Decimal(1_000)  # prices from here on are told without decimals in a sentence


def welcome_card(
    viewer: RenderContext,
    value: Decimal | None,
    price: Shown[WithInstruments[PriceCard]],
    *,
    is_new: bool,
    first_lines: Sequence[Markup] = (),
) -> Card:
    """Who, what the first account is worth, what Bitcoin costs, and what to do next.

    `value` in USDT of a practice account, in USD of one at Bybit; None while unknown.
    """
    say, figures = viewer.say, viewer.figures
    name = viewer.config.first_name
    sentences = [say("welcome-hi", name=name)] if name else [say("welcome-hi-nameless")]
    if value is not None:
        sentences.append(_worth(viewer, value, is_new=is_new))
    if price.value is not None:
        ticker = price.value.value.ticker
        exact = figures.price(ticker.last_price, price.value.instrument(ticker.category, ticker.symbol))
        last = figures.number(ticker.last_price, Decimal(1)) if ticker.last_price >= _WHOLE_FROM else exact
        sentences.append(say("welcome-btc", price=last))
    elif price.later is not None:
        sentences.append(say("welcome-btc-later"))
    return Card(text=join([*first_lines, join(sentences, " ")]), rows=_first_buttons(viewer))


def _worth(viewer: RenderContext, value: Decimal, *, is_new: bool) -> Markup:
    say, account = viewer.say, viewer.config.default_account
    if account.account_type is AccountType.PAPER:
        money = viewer.figures.round_money(value, "USDT")
        return say("welcome-money" if is_new else "welcome-money-again", money=money)
    return say("welcome-value", account=viewer.account_name(account), money=viewer.figures.round_money(value, "USD"))


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


def unknown_text_card(viewer: RenderContext, nearest: str | None) -> Card:
    """Free text that no dialogue waits for."""
    if nearest is None:
        return Card(text=viewer.say("unknown-text"), rows=_ways_out(viewer))
    suggestion = (button(f"/{nearest}", viewer.data(RunCommand(nearest))),)
    return Card(text=viewer.say("unknown-text-nearest", nearest=nearest), rows=(suggestion, *_ways_out(viewer)))


def short_card(viewer: RenderContext, key: str) -> Card:
    """One sentence and the ways on: for stickers, edits, forwards."""
    return Card(text=viewer.say(key), rows=_ways_out(viewer))


def open_private_card(viewer: RenderContext, bot_username: str, key: str = "group-open-private") -> Card:
    """Groups see prices; everything else is between the person and the bot. `key` of the sentence that says so."""
    url = f"https://t.me/{bot_username}?start=group"
    return Card(text=viewer.say(key), rows=((link_button(viewer.say.plain("button-private"), url),),))


def _first_buttons(viewer: RenderContext) -> tuple[Row, ...]:
    say = viewer.say
    account = viewer.config.default_account
    connect = "button-keys" if _has_key(viewer) else "button-connect"
    coin = base_of(FAVORITES[0])
    offers = tuple(
        button(say.plain(key, coin=coin, amount=_OFFERED), viewer.data(OfferOrder(FAVORITES[0], side, _OFFERED)))
        for key, side in (("button-offer-buy", Side.BUY), ("button-offer-sell", Side.SELL))
    )
    return (
        offers,
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
