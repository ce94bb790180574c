"""How a ticket reads: the order as it would be at the prices of now."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from bot.domain.card_sizes import least_qty
from bot.domain.ids import MINUTE
from bot.domain.market import Instrument, Ticker
from bot.domain.order_drafts import OrderDraft, PriceLevel, SizeKind
from bot.domain.orders import direction
from bot.domain.portfolio import Side
from bot.domain.tickets import PresetKind, Ticket, TicketPresets
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.texts.catalog import Markup, join
from handlers.trading.ticket_buttons import (
    TicketScreen,
    back_to_ticket,
    percent_label,
    percents_of,
    size_label,
    ticket_buttons,
)
from handlers.trading.ticket_changes import price_at, stop_of, targets_of
from handlers.trading.ticket_codes import TicketPart
from handlers.views.cards import Card
from handlers.views.figures import percent_away
from handlers.views.frame import footer
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, quote_of
from handlers.views.tables import table

TickerShown = Shown[WithInstruments[Ticker]]
_FUNDING_STEP: Final = Decimal("0.0001")
_MINUTES_AN_HOUR: Final = 60


def ticket_card(viewer: RenderContext, screen: TicketScreen, shown: TickerShown, part: TicketPart) -> Card:
    """The order as it would be; below it the buttons of a part, of all of it first."""
    lines = [_title(viewer, screen), *_market(viewer, screen, shown), table(_rows(viewer, screen, shown))]
    lines.append(viewer.say("ticket-hint" if part is TicketPart.MAIN else "ticket-ask", part=part.name.lower()))
    lines.append(footer(viewer, shown))
    return Card(text=join(lines), rows=ticket_buttons(viewer, screen, part))


def asking_card(viewer: RenderContext, ticket: Ticket, part: TicketPart) -> Card:
    """A question that the next message answers."""
    text = viewer.say("ticket-type", part=part.name.lower(), symbol=ticket.draft.symbol)
    return Card(text=text, rows=(back_to_ticket(viewer, ticket),))


def asking_presets_card(viewer: RenderContext, ticket: Ticket, presets: TicketPresets, kind: PresetKind) -> Card:
    """What the row offers now, and how another one is typed."""
    if kind is PresetKind.SIZES:
        now = "  ".join(size_label(viewer, each) for each in presets.sizes)
    else:
        now = "  ".join(percent_label(viewer, each) for each in percents_of(presets, kind))
    text = viewer.say("ticket-presets", kind=kind.value, now=now)
    return Card(text=text, rows=(back_to_ticket(viewer, ticket),))


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
    leverage = f"{draft.leverage}x" if draft.leverage else say.plain("ticket-leverage-own")
    rows.append((say.plain("ticket-leverage"), leverage))
    return rows + list(_facts(viewer, shown, instrument, base))


def _facts(
    viewer: RenderContext, shown: TickerShown, instrument: Instrument | None, base: Decimal | None
) -> Iterable[tuple[str, str]]:
    """The smallest order, the spread, and the next funding."""
    say, figures = viewer.say, viewer.figures
    if instrument is not None and base is not None:
        least = least_qty(instrument, base) * base
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
    """100 USDT ≈ 0.001 BTC; a dash before anything is chosen, and a word where the exchange takes no order so small."""
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
    if qty < least_qty(instrument, base):
        return viewer.say.plain("ticket-too-small", size=value)
    return f"{value} ≈ {figures.size(qty, instrument, base_of(draft.symbol))}"


def _level(
    viewer: RenderContext, level: PriceLevel | None, base: Decimal | None, away: int, instrument: Instrument | None
) -> str:
    """−3% 62,284.10; a price alone with how far it is."""
    if level is None:
        return viewer.say.plain("ticket-without")
    figures = viewer.figures
    if base is None:
        return (
            figures.price(level.price, instrument)
            if level.price
            else percent_label(viewer, level.percent or Decimal(0))
        )
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
