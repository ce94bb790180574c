"""The buttons of a ticket: one of its parts at a time, the choice that stands marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.draft_fields import level_text
from bot.domain.favorites import symbols_first
from bot.domain.market import Category, MarketBoard
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.orders import direction
from bot.domain.portfolio import Side
from bot.domain.tickets import PresetKind, Ticket, TicketPresets, size_text
from handlers.trading.ticket_changes import AT_MARKET, NONE, stop_of, targets_of
from handlers.trading.ticket_codes import AskPresets, AskTicket, ReviewTicket, SetTicket, ShowTicket, TicketPart
from handlers.views.cards import CardButton, Row, button, in_rows
from handlers.views.frame import menu_row, refresh_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, first_symbols

_BETTER: Final = tuple(map(Decimal, ("0.5", "1", "2")))  # % better than the market, for limit prices
_LEVERAGES: Final = (1, 2, 3, 5, 10, 20)
_SYMBOLS: Final = 9
_LONGEST_VALUE: Final = 20  # characters of a choice in a button
_SIZES_IN_A_ROW: Final = 3
_ACCOUNTS_IN_A_ROW: Final = 3
_PERCENTS_IN_A_ROW: Final = 4
_WHOLE: Final = Decimal(100)  # percent
_CHOSEN: Final = "• "  # as elsewhere: ✓ stands on what sends


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketScreen:
    """A ticket and what its buttons offer. `last_size`: used last for its symbol; `board`: for the choice of one."""

    ticket: Ticket
    account: Account
    presets: TicketPresets
    last_size: OrderSize | None = None
    board: MarketBoard | None = None

    @property
    def draft(self) -> OrderDraft:
        return self.ticket.draft


def ticket_buttons(viewer: RenderContext, screen: TicketScreen, part: TicketPart) -> tuple[Row, ...]:
    """The rows of a part; of MAIN the ways to all others, and [Review] once a size is chosen."""
    match part:
        case TicketPart.STOP:
            return _levels(viewer, screen, part, PresetKind.STOPS)
        case TicketPart.TARGET:
            return _levels(viewer, screen, part, PresetKind.TARGETS)
        case TicketPart.ENTRY:
            return _entries(viewer, screen)
        case TicketPart.LEVERAGE:
            return _leverages(viewer, screen)
        case TicketPart.SYMBOL:
            return _symbols(viewer, screen)
        case _:
            return _main(viewer, screen)


def _main(viewer: RenderContext, screen: TicketScreen) -> tuple[Row, ...]:
    say, ticket, draft = viewer.say, screen.ticket, screen.draft
    sides = tuple(
        _choice(viewer, ticket, TicketPart.SIDE, each.value, say.plain(key), is_chosen=draft.side is each)
        for each, key in ((Side.BUY, "side-buy"), (Side.SELL, "side-sell"))
    )
    symbol = button(
        say.plain("button-ticket-symbol", symbol=base_of(draft.symbol)),
        viewer.data(ShowTicket(ticket.number, TicketPart.SYMBOL)),
    )
    sizes = [
        _choice(
            viewer, ticket, TicketPart.SIZE, size_text(each), size_label(viewer, each), is_chosen=each == draft.size
        )
        for each in screen.presets.sizes
        if each != screen.last_size
    ]
    review = () if draft.size is None else (_review(viewer, ticket),)
    return (
        *_accounts(viewer, screen),
        (*sides, symbol),
        _last_size(viewer, screen),
        *in_rows(sizes, _SIZES_IN_A_ROW),
        (_ask(viewer, ticket, TicketPart.SIZE), _gear(viewer, ticket, PresetKind.SIZES)),
        tuple(
            button(label, viewer.data(ShowTicket(ticket.number, part)))
            for part, label in (
                (TicketPart.ENTRY, say.plain("ticket-entry")),
                (TicketPart.STOP, say.plain("ticket-stop")),
                (TicketPart.TARGET, say.plain("ticket-target")),
                (TicketPart.LEVERAGE, f"{draft.leverage}x" if draft.leverage else say.plain("ticket-leverage")),
            )
        ),
        review,
        (*refresh_button(viewer, ShowTicket(ticket.number)), *menu_row(viewer)),
    )


def _last_size(viewer: RenderContext, screen: TicketScreen) -> Row:
    """[↺ As last time: $250]: what was used last for this symbol, whatever the row of presets offers."""
    size = screen.last_size
    if size is None:
        return ()
    label = viewer.say.plain("button-ticket-last-size", size=size_label(viewer, size))
    return (
        _choice(
            viewer, screen.ticket, TicketPart.SIZE, size_text(size), label, is_chosen=size == screen.ticket.draft.size
        ),
    )


def _review(viewer: RenderContext, ticket: Ticket) -> CardButton:
    return button(viewer.say.plain("button-ticket-review"), viewer.data(ReviewTicket(ticket.number)))


def _accounts(viewer: RenderContext, screen: TicketScreen) -> tuple[Row, ...]:
    """One button an account, where several trade; the one that stands is marked."""
    accounts = [each for each in viewer.config.accounts if viewer.trades(each)]
    if len(accounts) < 2:  # noqa: PLR2004  one leaves no choice
        return ()
    buttons = [
        _choice(
            viewer,
            screen.ticket,
            TicketPart.ACCOUNT,
            str(each.account_id),
            viewer.account_name(each),
            is_chosen=each.account_id == screen.account.account_id,
        )
        for each in accounts
    ]
    return in_rows(buttons, _ACCOUNTS_IN_A_ROW)


def _levels(viewer: RenderContext, screen: TicketScreen, part: TicketPart, kind: PresetKind) -> tuple[Row, ...]:
    """Distances in percent, none, or a typed one."""
    draft, ticket = screen.draft, screen.ticket
    is_stop = part is TicketPart.STOP
    stop = stop_of(draft, screen.account)
    now = ([] if stop is None else [stop]) if is_stop else targets_of(draft, screen.account)
    texts = [level_text(each) for each in now]
    choices = [
        _choice(viewer, ticket, part, text, percent_label(viewer, each), is_chosen=texts == [text])
        for each in percents_of(screen.presets, kind)
        for text in (level_text(PriceLevel(percent=each)),)
    ]
    without = viewer.say.plain("button-ticket-no-stop" if is_stop else "button-ticket-no-target")
    return (
        *in_rows(choices, _PERCENTS_IN_A_ROW),
        (_choice(viewer, ticket, part, NONE, without, is_chosen=not now),),
        (_ask(viewer, ticket, part), _gear(viewer, ticket, kind)),
        back_to_ticket(viewer, ticket),
    )


def _entries(viewer: RenderContext, screen: TicketScreen) -> tuple[Row, ...]:
    """The market, or a limit that is so much better than it."""
    draft, ticket, figures = screen.draft, screen.ticket, viewer.figures
    at_market = viewer.say.plain("button-ticket-market")
    better = tuple(
        button(
            figures.percent(-direction(draft.side) * each / 100, step=Decimal("0.1")),
            viewer.data(SetTicket(ticket.number, TicketPart.ENTRY, level_text(PriceLevel(percent=each)))),
        )
        for each in _BETTER
    )
    return (
        (_choice(viewer, ticket, TicketPart.ENTRY, AT_MARKET, at_market, is_chosen=not draft.limits),),
        better,
        (_ask(viewer, ticket, TicketPart.ENTRY),),
        back_to_ticket(viewer, ticket),
    )


def _leverages(viewer: RenderContext, screen: TicketScreen) -> tuple[Row, ...]:
    ticket = screen.ticket
    now = screen.draft.leverage
    choices = [
        _choice(viewer, ticket, TicketPart.LEVERAGE, str(each), f"{each}x", is_chosen=each == now)
        for each in _LEVERAGES
    ]
    return (
        *in_rows(choices, _SIZES_IN_A_ROW),
        (_ask(viewer, ticket, TicketPart.LEVERAGE),),
        back_to_ticket(viewer, ticket),
    )


def _symbols(viewer: RenderContext, screen: TicketScreen) -> tuple[Row, ...]:
    """The favorites and what trades most, and a coin by its name."""
    ticket = screen.ticket
    listed = first_symbols(viewer.config, Category.LINEAR)
    if screen.board is not None:
        listed = symbols_first(viewer.config.favorites, Category.LINEAR, (each.symbol for each in screen.board.items))
    offered = [each for each in listed if len(each) <= _LONGEST_VALUE and each.isalnum()][:_SYMBOLS]
    choices = [
        _choice(viewer, ticket, TicketPart.SYMBOL, each, base_of(each), is_chosen=each == screen.draft.symbol)
        for each in offered
    ]
    return (
        *in_rows(choices, _SIZES_IN_A_ROW),
        (_ask(viewer, ticket, TicketPart.SYMBOL),),
        back_to_ticket(viewer, ticket),
    )


def _choice(
    viewer: RenderContext, ticket: Ticket, part: TicketPart, value: str, label: str, *, is_chosen: bool
) -> CardButton:
    """A choice; the one that stands is marked."""
    marked = f"{_CHOSEN}{label}" if is_chosen else label
    return button(marked, viewer.data(SetTicket(ticket.number, part, value)))


def _ask(viewer: RenderContext, ticket: Ticket, part: TicketPart) -> CardButton:
    return button(viewer.say.plain("button-ticket-type"), viewer.data(AskTicket(ticket.number, part)))


def _gear(viewer: RenderContext, ticket: Ticket, kind: PresetKind) -> CardButton:
    return button(viewer.say.plain("button-ticket-presets"), viewer.data(AskPresets(ticket.number, kind)))


def back_to_ticket(viewer: RenderContext, ticket: Ticket) -> Row:
    """[‹ Back] to the whole ticket."""
    return (button(viewer.say.plain("button-back"), viewer.data(ShowTicket(ticket.number))),)


def percent_label(viewer: RenderContext, percent: Decimal) -> str:
    """A distance as its button names it: 3%."""
    return viewer.figures.percent_sign(viewer.figures.number(percent))


def percents_of(presets: TicketPresets, kind: PresetKind) -> Sequence[Decimal]:
    """The distances in percent that a row of stops, or of targets, offers."""
    return presets.stops if kind is PresetKind.STOPS else presets.targets


def size_label(viewer: RenderContext, size: OrderSize) -> str:
    """A size as its button names it: $100, 2%, risk 1%, 0.01."""
    number = viewer.figures.number(size.amount)
    match size.kind:
        case SizeKind.MAX if size.amount == _WHOLE:
            return viewer.say.plain("ticket-size-max")
        case SizeKind.MAX:
            return viewer.say.plain("ticket-size-of-max", share=viewer.figures.percent_sign(number))
        case SizeKind.VALUE:
            return f"${number}"
        case SizeKind.EQUITY:
            return viewer.figures.percent_sign(number)
        case SizeKind.RISK:
            return viewer.say.plain("ticket-size-risk", share=viewer.figures.percent_sign(number))
        case _:
            return number
