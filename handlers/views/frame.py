"""What every screen has in common: the age line, tabs of accounts, pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bot.domain.accounts import Account
from bot.domain.errors import (
    ClockTrouble,
    ExchangeError,
    ExchangeRejected,
    ExchangeRestricted,
    ExchangeUnreadable,
    KeyTrouble,
    RetryLater,
)
from bot.domain.ids import AccountId, Symbol
from bot.domain.portfolio import Side
from bot.services.screens import Dated, Shown
from handlers.core.callbacks import Code
from handlers.core.links import OpenTicket, RunCommand
from handlers.texts.catalog import Markup
from handlers.views.cards import Card, Row, button
from handlers.views.render_context import RenderContext
from handlers.views.times import wait_span

T = TypeVar("T", bound=Dated)
Item = TypeVar("Item")
_NOW: Final = 1_000  # ms
_PLAIN_TROUBLES: Final = (
    (KeyTrouble, "trouble-key"),
    (ClockTrouble, "trouble-clock"),
    (ExchangeUnreadable, "trouble-unreadable"),
)


def footer(viewer: RenderContext, shown: Shown[T]) -> Markup:
    """How old what stands above is, and whether something better is on its way."""
    say = viewer.say
    if shown.as_of is None:
        return say("footer-asking") if shown.later is not None else trouble_line(viewer, shown.trouble)
    values = {"age": viewer.age(shown.as_of), "time": viewer.when(shown.as_of)}
    if shown.later is not None:
        return say("footer-waiting", **values)
    if shown.trouble is not None:
        return Markup(f"{trouble_line(viewer, shown.trouble)}\n{say('footer-last-known', **values)}")
    is_now = viewer.now - shown.as_of < _NOW
    return say("footer-now", time=values["time"]) if is_now else say("footer-fresh", **values)


def trouble_line(viewer: RenderContext, trouble: ExchangeError | None, *, has_refresh: bool = True) -> Markup:
    """Why there is nothing fresh, and what to do; `has_refresh`: there is [Refresh] below."""
    match trouble:
        case RetryLater():
            return viewer.say("trouble-busy", wait=wait_span(viewer.say, trouble.retry_after))
        case ExchangeRestricted():
            restriction = trouble.restriction.value
            return viewer.say("trouble-restricted", restriction=restriction, code=trouble.code or 0)
        case ExchangeRejected():
            return viewer.say("trouble-rejected", code=trouble.code or 0)
        case _:
            plain = (key for kind, key in _PLAIN_TROUBLES if isinstance(trouble, kind))
            return viewer.say(next(plain, "trouble-silent" if has_refresh else "trouble-silent-again"))


def account_tabs(viewer: RenderContext, current: Account, to_code: Callable[[AccountId], Code]) -> Row:
    """One button an account when there are several; the shown one is marked."""
    if len(viewer.config.accounts) < 2:  # noqa: PLR2004  one account needs no tabs
        return ()
    return tuple(
        button(
            viewer.say.plain("tab-current", name=viewer.account_name(account))
            if account.account_id == current.account_id
            else viewer.account_name(account),
            viewer.data(to_code(account.account_id)),
        )
        for account in viewer.config.accounts
    )


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list. `number` counts from 0 and is always one that exists."""

    items: tuple[Item, ...]
    number: int
    count: int


def page_of(items: Sequence[Item], wanted: int, size: int) -> Page[Item]:
    """The wanted page, or the last one when the list has become shorter."""
    count = max(1, -(-len(items) // size))
    number = min(max(0, wanted), count - 1)
    return Page(tuple(items[number * size : (number + 1) * size]), number, count)


def page_row(viewer: RenderContext, page: Page[Item], to_code: Callable[[int], Code]) -> Row:
    """To the first page, the one before, the next, the last, each by its number; nothing when there is one page."""
    here, last = page.number, page.count - 1
    ways = (
        ("button-page-first", 0, here > 1),
        ("button-page-back", here - 1, here > 0),
        ("button-page-on", here + 1, here < last),
        ("button-page-last", last, here < last - 1),
    )
    return tuple(
        button(viewer.say.plain(key, page=to + 1), viewer.data(to_code(to))) for key, to, is_there in ways if is_there
    )


def page_lines(viewer: RenderContext, page: Page[Item]) -> list[Markup]:
    """Which page this is, where there are several."""
    return [viewer.say("footer-page", page=page.number + 1, pages=page.count)] if page.count > 1 else []


def screen_button(viewer: RenderContext, label_key: str, code: Code) -> Row:
    """A button to a screen of the account that the card is of, whichever account the screens start with."""
    return (button(viewer.say.plain(label_key), viewer.data(code)),)


def command_button(viewer: RenderContext, label_key: str, command: str) -> Row:
    """A button that does what the typed command does."""
    return (button(viewer.say.plain(label_key), viewer.data(RunCommand(command))),)


def refresh_button(viewer: RenderContext, code: Code) -> Row:
    return (button(viewer.say.plain("button-refresh"), viewer.data(code)),)


def order_buttons(viewer: RenderContext, symbol: Symbol) -> Row:
    """[Buy] and [Sell]: a ticket of a perpetual."""
    return tuple(
        button(viewer.say.plain(key), viewer.data(OpenTicket(symbol, side)))
        for side, key in ((Side.BUY, "side-buy"), (Side.SELL, "side-sell"))
    )


def menu_row(viewer: RenderContext) -> Row:
    """The way back, in private chats only."""
    return () if viewer.owner is not None else command_button(viewer, "button-menu", "menu")


def notice(text: Markup, *rows: Row) -> Card:
    """A short answer with its buttons."""
    return Card(text=text, rows=rows)
