"""What every screen has in common: aligned tables, the age line, tabs of accounts, pages."""

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
from bot.domain.ids import AccountId
from bot.services.screens import Dated, Shown
from handlers.core.callbacks import Code
from handlers.core.links import RunCommand
from handlers.texts.catalog import Markup, verbatim
from handlers.views.cards import Card, Row, button
from handlers.views.render_context import RenderContext
from handlers.views.times import span

T = TypeVar("T", bound=Dated)
Item = TypeVar("Item")
_NOW: Final = 1_000  # ms
_GAP: Final = 2  # columns between a label and its value
_PLAIN_TROUBLES: Final = (
    (KeyTrouble, "trouble-key"),
    (ClockTrouble, "trouble-clock"),
    (ExchangeUnreadable, "trouble-unreadable"),
)


def table(rows: Sequence[tuple[str, str]]) -> Markup:
    """Labels to the left, values to the right, in a fixed-width block."""
    label_width = max(len(label) for label, _ in rows)
    value_width = max(len(value) for _, value in rows)
    lines = (f"{label:<{label_width}}{' ' * _GAP}{value:>{value_width}}" for label, value in rows)
    return Markup(f"<pre>{verbatim(chr(10).join(lines))}</pre>")


def columns(rows: Sequence[Sequence[str]]) -> Markup:
    """Several columns, the first to the left, the others to the right."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *others = (
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join((first, *others)).rstrip())
    return Markup(f"<pre>{verbatim(chr(10).join(lines))}</pre>")


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


def trouble_line(viewer: RenderContext, trouble: ExchangeError | None) -> Markup:
    """Why there is nothing fresh, and what to do."""
    match trouble:
        case RetryLater():
            return viewer.say("trouble-busy", wait=span(viewer.say, max(1, trouble.retry_after)))
        case ExchangeRestricted():
            restriction = trouble.restriction.value
            return viewer.say("trouble-restricted", restriction=restriction, code=trouble.code or 0)
        case ExchangeRejected():
            return viewer.say("trouble-rejected", code=trouble.code or 0)
        case _:
            plain = (key for kind, key in _PLAIN_TROUBLES if isinstance(trouble, kind))
            return viewer.say(next(plain, "trouble-silent"))


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
    """Previous, where we are, next; nothing when there is one page."""
    if page.count == 1:
        return ()
    say = viewer.say
    here = button(say.plain("page", page=page.number + 1, pages=page.count), viewer.data(to_code(page.number)))
    back = (button(say.plain("button-previous"), viewer.data(to_code(page.number - 1))),) if page.number else ()
    is_last = page.number + 1 == page.count
    ahead = () if is_last else (button(say.plain("button-next"), viewer.data(to_code(page.number + 1))),)
    return (*back, here, *ahead)


def command_button(viewer: RenderContext, label_key: str, command: str) -> Row:
    """A button that does what the typed command does."""
    return (button(viewer.say.plain(label_key), viewer.data(RunCommand(command))),)


def refresh_button(viewer: RenderContext, code: Code) -> Row:
    return (button(viewer.say.plain("button-refresh"), viewer.data(code)),)


def menu_row(viewer: RenderContext) -> Row:
    """The way back, in private chats only."""
    return () if viewer.owner is not None else command_button(viewer, "button-menu", "menu")


def notice(text: Markup, *rows: Row) -> Card:
    """A short answer with its buttons."""
    return Card(text=text, rows=rows)
