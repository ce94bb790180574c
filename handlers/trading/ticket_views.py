"""How a ticket reads: the order as it would be at the prices of now, and the buttons of one of its parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from telegram import InlineKeyboardButton

from bot.domain.accounts import Account
from bot.domain.draft_fields import level_text
from bot.domain.favorites import symbols_first
from bot.domain.ids import MINUTE
from bot.domain.market import Category, Instrument, MarketBoard, Ticker
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.orders import direction
from bot.domain.portfolio import Side
from bot.domain.tickets import PresetKind, Ticket, TicketPresets, size_text
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.texts.catalog import Markup, join
from handlers.trading.ticket_changes import AT_MARKET, NONE, price_at, stop_of, targets_of
from handlers.trading.ticket_codes import AskPresets, AskTicket, ReviewTicket, SetTicket, ShowTicket, TicketPart
from handlers.views.cards import Card, Row, button, in_rows
from handlers.views.figures import percent_away
from handlers.views.frame import footer, menu_row, refresh_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, first_symbols, quote_of
from handlers.views.tables import table

TickerShown = Shown[WithInstruments[Ticker]]
BETTER: Final = tuple(map(Decimal, ("0.5", "1", "2")))  # % better than the market, for limit prices
LEVERAGES: Final = (1, 2, 3, 5, 10, 20)
_SYMBOLS: Final = 9
_LONGEST_VALUE: Final = 20  # characters of a choice in a button
_SIZES_IN_A_ROW: Final = 3
_ACCOUNTS_IN_A_ROW: Final = 3
_PERCENTS_IN_A_ROW: Final = 4
_SHORT_DIGITS: Final = 6  # of the approximate quantity
_FUNDING_STEP: Final = Decimal("0.0001")
_MINUTES_AN_HOUR: Final = 60
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


def ticket_card(viewer: RenderContext, screen: TicketScreen, shown: TickerShown, part: TicketPart) -> Card:
    """The order as it would be; below it the buttons of a part, of all of it first."""
    lines = [_title(viewer, screen), *_market(viewer, screen, shown), table(_rows(viewer, screen, shown))]
    lines.append(viewer.say("ticket-hint" if part is TicketPart.MAIN else "ticket-ask", part=part.name.lower()))
    lines.append(footer(viewer, shown))
    return Card(text=join(lines), rows=_buttons(viewer, screen, part))


def asking_card(viewer: RenderContext, ticket: Ticket, part: TicketPart) -> Card:
    """A question that the next message answers."""
    text = viewer.say("ticket-type", part=part.name.lower(), symbol=ticket.draft.symbol)
    return Card(text=text, rows=(_back(viewer, ticket),))


def asking_presets_card(viewer: RenderContext, ticket: Ticket, presets: TicketPresets, kind: PresetKind) -> Card:
    """What the row offers now, and how another one is typed."""
    if kind is PresetKind.SIZES:
        now = "  ".join(size_label(viewer, each) for each in presets.sizes)
    else:
        now = "  ".join(_percent(viewer, each) for each in _percents(presets, kind))
    text = viewer.say("ticket-presets", kind=kind.value, now=now)
    return Card(text=text, rows=(_back(viewer, ticket),))


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


# --- what it says -------------------------------------------------------------------------------------------------


def _title(viewer: RenderContext, screen: TicketScreen) -> Markup:
    return viewer.say(
        "ticket-title",
        side=viewer.say.plain("side-buy" if screen.draft.side is Side.BUY else "side-sell"),
        symbol=screen.draft.symbol,
        account=viewer.account_name(screen.account),
    )


def _market(viewer: RenderContext, screen: TicketScreen, shown: TickerShown) -> Iterable[Markup]:
    """Bid, ask and what lies between them."""
    if shown.value is None:
        return
    figures, ticker, instrument = viewer.figures, shown.value.value, _instrument(screen, shown)
    bid, ask = ticker.bid_price, ticker.ask_price
    if bid is None or ask is None:
        yield viewer.say("ticket-price", price=figures.price(ticker.last_price, instrument))
        return
    yield viewer.say("ticket-prices", bid=figures.price(bid, instrument), ask=figures.price(ask, instrument))


def _rows(viewer: RenderContext, screen: TicketScreen, shown: TickerShown) -> list[tuple[str, str]]:
    say, figures, draft = viewer.say, viewer.figures, screen.draft
    instrument, base = _instrument(screen, shown), _entry_price(screen, shown)
    rows = [(say.plain("ticket-size"), _size(viewer, draft, instrument, base))]
    entries = [figures.price(each, instrument) for each in draft.limits]
    rows.append((say.plain("ticket-entry"), " ".join(entries) or say.plain("ticket-market")))
    stop = stop_of(draft, screen.account)
    away = direction(draft.side)
    levels = [("ticket-stop", stop, -away)]
    levels += [("ticket-target", each, away) for each in targets_of(draft, screen.account)] or [
        ("ticket-target", None, away)
    ]
    rows += [(say.plain(key), _level(viewer, level, base, way, instrument)) for key, level, way in levels]
    leverage = draft.leverage or screen.account.settings.leverage
    rows.append((say.plain("ticket-leverage"), f"{leverage}x"))
    return rows + list(_facts(viewer, shown, instrument, base))


def _facts(
    viewer: RenderContext, shown: TickerShown, instrument: Instrument | None, base: Decimal | None
) -> Iterable[tuple[str, str]]:
    """The smallest order, the spread, and the next funding."""
    say, figures = viewer.say, viewer.figures
    if instrument is not None and base is not None:
        least = max((instrument.min_order_qty or instrument.qty_step) * base, instrument.min_notional or Decimal(0))
        yield say.plain("ticket-least"), figures.money(least, instrument.quote_coin)
    ticker = None if shown.value is None else shown.value.value
    if ticker is None:
        return
    if ticker.bid_price and ticker.ask_price:
        spread = percent_away(ticker.ask_price, ticker.bid_price) or Decimal(0)
        yield say.plain("ticket-spread"), figures.percent(spread, step=_FUNDING_STEP, signed=False)
    if ticker.funding_rate is not None and ticker.next_funding_ts is not None:
        minutes = max(0, ticker.next_funding_ts - viewer.now) // MINUTE
        rate = figures.percent(ticker.funding_rate, step=_FUNDING_STEP)
        wait = f"{minutes // _MINUTES_AN_HOUR}:{minutes % _MINUTES_AN_HOUR:02}"
        yield say.plain("price-funding"), say.plain("ticket-funding", rate=rate, wait=wait)


def _size(viewer: RenderContext, draft: OrderDraft, instrument: Instrument | None, base: Decimal | None) -> str:
    """100 USDT ≈ 0.001 BTC; a dash before anything is chosen."""
    size, figures = draft.size, viewer.figures
    if size is None:
        return viewer.say.plain("ticket-nothing")
    if size.kind is SizeKind.QTY:
        return figures.size(size.amount, instrument, base_of(draft.symbol))
    if size.kind is not SizeKind.VALUE:
        return size_label(viewer, size)
    value = figures.round_money(size.amount, quote_of(draft.symbol))
    if base is None or base <= 0 or instrument is None:
        return value
    qty = size.amount / base // instrument.qty_step * instrument.qty_step
    return f"{value} ≈ {figures.size(qty, instrument, base_of(draft.symbol))}"


def _level(
    viewer: RenderContext, level: PriceLevel | None, base: Decimal | None, away: int, instrument: Instrument | None
) -> str:
    """−3% 62,284.10; a price alone with how far it is."""
    if level is None:
        return viewer.say.plain("ticket-without")
    figures = viewer.figures
    if base is None:
        return figures.price(level.price, instrument) if level.price else _percent(viewer, level.percent or Decimal(0))
    price = price_at(level, base, away)
    share = percent_away(price, base) or Decimal(0)
    return f"{figures.percent(share, step=Decimal('0.1'))} {figures.price(price, instrument)}"


def _entry_price(screen: TicketScreen, shown: TickerShown) -> Decimal | None:
    """The limit, or the price that a market order would meet."""
    if screen.draft.limits:
        return screen.draft.limits[0]
    if shown.value is None:
        return None
    ticker = shown.value.value
    return (ticker.ask_price if screen.draft.side is Side.BUY else ticker.bid_price) or ticker.last_price


def _instrument(screen: TicketScreen, shown: TickerShown) -> Instrument | None:
    return None if shown.value is None else shown.value.instrument(shown.value.value.category, screen.draft.symbol)


# --- what it offers -----------------------------------------------------------------------------------------------


def _buttons(viewer: RenderContext, screen: TicketScreen, part: TicketPart) -> tuple[Row, ...]:
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
                (TicketPart.LEVERAGE, f"{draft.leverage or screen.account.settings.leverage}x"),
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


def _review(viewer: RenderContext, ticket: Ticket) -> InlineKeyboardButton:
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
        _choice(viewer, ticket, part, text, _percent(viewer, each), is_chosen=texts == [text])
        for each in _percents(screen.presets, kind)
        for text in (level_text(PriceLevel(percent=each)),)
    ]
    without = viewer.say.plain("button-ticket-no-stop" if is_stop else "button-ticket-no-target")
    return (
        *in_rows(choices, _PERCENTS_IN_A_ROW),
        (_choice(viewer, ticket, part, NONE, without, is_chosen=not now),),
        (_ask(viewer, ticket, part), _gear(viewer, ticket, kind)),
        _back(viewer, ticket),
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
        for each in BETTER
    )
    return (
        (_choice(viewer, ticket, TicketPart.ENTRY, AT_MARKET, at_market, is_chosen=not draft.limits),),
        better,
        (_ask(viewer, ticket, TicketPart.ENTRY),),
        _back(viewer, ticket),
    )


def _leverages(viewer: RenderContext, screen: TicketScreen) -> tuple[Row, ...]:
    ticket = screen.ticket
    now = screen.draft.leverage or screen.account.settings.leverage
    choices = [
        _choice(viewer, ticket, TicketPart.LEVERAGE, str(each), f"{each}x", is_chosen=each == now) for each in LEVERAGES
    ]
    return (
        *in_rows(choices, _SIZES_IN_A_ROW),
        (_ask(viewer, ticket, TicketPart.LEVERAGE),),
        _back(viewer, ticket),
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
        _back(viewer, ticket),
    )


def _choice(
    viewer: RenderContext, ticket: Ticket, part: TicketPart, value: str, label: str, *, is_chosen: bool
) -> InlineKeyboardButton:
    """A choice; the one that stands is marked."""
    marked = f"{_CHOSEN}{label}" if is_chosen else label
    return button(marked, viewer.data(SetTicket(ticket.number, part, value)))


def _ask(viewer: RenderContext, ticket: Ticket, part: TicketPart) -> InlineKeyboardButton:
    return button(viewer.say.plain("button-ticket-type"), viewer.data(AskTicket(ticket.number, part)))


def _gear(viewer: RenderContext, ticket: Ticket, kind: PresetKind) -> InlineKeyboardButton:
    return button(viewer.say.plain("button-ticket-presets"), viewer.data(AskPresets(ticket.number, kind)))


def _back(viewer: RenderContext, ticket: Ticket) -> Row:
    return (button(viewer.say.plain("button-back"), viewer.data(ShowTicket(ticket.number))),)


def _percent(viewer: RenderContext, percent: Decimal) -> str:
    return viewer.figures.percent_sign(viewer.figures.number(percent))


def _percents(presets: TicketPresets, kind: PresetKind) -> Sequence[Decimal]:
    return presets.stops if kind is PresetKind.STOPS else presets.targets
