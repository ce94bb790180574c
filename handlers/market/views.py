"""Prices, order books and the list of symbols."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from telegram import InlineKeyboardButton

from bot.domain.errors import UnknownSymbol
from bot.domain.ids import Symbol
from bot.domain.market import Category, Kline, Listing, MarketBoard, OrderBook, Ticker
from bot.domain.symbol_names import FoundSymbol
from bot.services.market.screens import PriceCard
from bot.services.screens import Shown
from handlers.core.links import LONGEST_SYMBOL, ShowPrice, ShowSymbols, price_code
from handlers.market.callbacks import book_code
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, button, in_rows
from handlers.views.figures import percent_away, step_of
from handlers.views.frame import columns, footer, menu_row, page_of, page_row, refresh_button, table
from handlers.views.problems import text_values
from handlers.views.render_context import RenderContext
from handlers.views.symbols import FAVORITES, base_of, quote_of
from handlers.views.times import span

LEVELS: Final = 8
SYMBOLS_A_PAGE: Final = 8
_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_FUNDING_STEP: Final = Decimal("0.0001")
_SYMBOLS_IN_A_ROW: Final = 4


def sparkline(closes: Sequence[Decimal]) -> str:
    """A line of blocks, lowest to highest; flat prices are a flat line."""
    low, high = min(closes), max(closes)
    if low == high:
        return _BLOCKS[0] * len(closes)
    steps = len(_BLOCKS) - 1
    return "".join(_BLOCKS[int((close - low) / (high - low) * steps)] for close in closes)


def price_card(viewer: RenderContext, found: FoundSymbol, shown: Shown[PriceCard]) -> Card:
    """The last price, the day as a sparkline, and what moves it."""
    say, symbol = viewer.say, found.symbol
    parts = _other_name(viewer, found)
    if shown.value is None:
        parts.append(say("price-title", symbol=_title(viewer, found)))
    else:
        ticker = shown.value.ticker
        parts.append(_price_line(viewer, _title(viewer, found), ticker))
        if shown.value.klines is not None and shown.value.klines.items:
            parts.append(_day_line(viewer, shown.value.klines.items))
        parts.append(table(_price_rows(viewer, ticker)))
    parts.append(footer(viewer, shown))
    others = tuple(button(base_of(each), viewer.data(ShowPrice(each))) for each in FAVORITES if each != symbol)
    book = button(say.plain("button-book"), viewer.data(book_code(symbol, found.category)))
    refresh = refresh_button(viewer, price_code(symbol, found.category))
    if viewer.owner is not None:
        return Card(text=join(parts), rows=(refresh,))
    everything = button(say.plain("button-symbols"), viewer.data(ShowSymbols(found.category, 0)))
    return Card(text=join(parts), rows=((*others, everything), (*refresh, book, *menu_row(viewer))))


def book_card(viewer: RenderContext, found: FoundSymbol, shown: Shown[OrderBook]) -> Card:
    """The best levels, sellers above buyers, and the spread between them."""
    say = viewer.say
    parts = [*_other_name(viewer, found), say("book-title", symbol=_title(viewer, found))]
    if shown.value is not None:
        parts.append(_levels(viewer, shown.value))
        if shown.value.unreadable:
            parts.append(say("book-unreadable", count=shown.value.unreadable))
    parts.append(footer(viewer, shown))
    price = button(say.plain("button-price"), viewer.data(price_code(found.symbol, found.category)))
    refresh = refresh_button(viewer, book_code(found.symbol, found.category))
    return Card(text=join(parts), rows=((*refresh, price, *menu_row(viewer)),))


def symbols_card(viewer: RenderContext, category: Category, shown: Shown[MarketBoard], page_number: int = 0) -> Card:
    """What trades, most turnover first."""
    say = viewer.say
    items = shown.value.items if shown.value is not None else ()
    page = page_of(items, page_number, SYMBOLS_A_PAGE)
    parts = [say("symbols-title", category=category.value, count=len(items))]
    if page.items:
        parts.append(columns([_listing(viewer, each) for each in page.items]))
    if shown.value is not None and shown.value.unreadable:
        lost = shown.value.unreadable
        parts.append(say("symbols-unreadable", count=len(lost), names=", ".join(lost[:SYMBOLS_A_PAGE])))
    parts.append(footer(viewer, shown))
    tabs = tuple(
        button(
            say.plain("tab-current", name=say.plain(f"category-{each.value}"))
            if each is category
            else say.plain(f"category-{each.value}"),
            viewer.data(ShowSymbols(each, 0)),
        )
        for each in Category
    )
    return Card(
        text=join(parts),
        rows=(
            *in_rows([_symbol_button(viewer, category, each.symbol) for each in page.items], _SYMBOLS_IN_A_ROW),
            page_row(viewer, page, lambda number: ShowSymbols(category, number)),
            tabs,
            (*refresh_button(viewer, ShowSymbols(category, page.number)), *menu_row(viewer)),
        ),
    )


def unknown_symbol_card(viewer: RenderContext, error: UnknownSymbol) -> Card:
    """The nearest ones that there are, a tap away."""
    values = text_values(error.values) | {"nearest": ", ".join(error.nearest)}
    near = tuple(
        button(each, viewer.data(ShowPrice(Symbol(each)))) for each in error.nearest if len(each) <= LONGEST_SYMBOL
    )
    return Card(text=viewer.say(error.key, **values), rows=(near, menu_row(viewer)))


def _other_name(viewer: RenderContext, found: FoundSymbol) -> list[Markup]:
    """That the coin trades under another name, such as 1000PEPEUSDT."""
    return [] if found.typed is None else [viewer.say("symbol-is-named", coin=found.typed, symbol=found.symbol)]


def _title(viewer: RenderContext, found: FoundSymbol) -> str:
    """BTCUSDT; BTCUSDT · Spot."""
    is_spot = found.category is Category.SPOT
    return f"{found.symbol} · {viewer.say.plain('category-spot')}" if is_spot else found.symbol


def _symbol_button(viewer: RenderContext, category: Category, symbol: Symbol) -> InlineKeyboardButton:
    """BTC; of spot pairs BTC/EUR where it is not priced in USDT."""
    quote = quote_of(symbol)
    is_plain = category is Category.LINEAR or quote in {"USDT", ""}
    label = base_of(symbol) if is_plain else f"{base_of(symbol)}/{quote}"
    return button(label, viewer.data(price_code(symbol, category)))


def _price_line(viewer: RenderContext, title: str, ticker: Ticker) -> Markup:
    figures = viewer.figures
    return viewer.say(
        "price-line",
        symbol=title,
        price=figures.number(ticker.last_price, step_of(ticker.last_price)),
        quote=quote_of(ticker.symbol),
        arrow=_arrow(ticker.price_24h_change),
        change=_change(viewer, ticker.price_24h_change),
    )


def _day_line(viewer: RenderContext, klines: Sequence[Kline]) -> Markup:
    hours = len(klines)
    return viewer.say("price-day", line=sparkline([each.close for each in klines]), hours=hours)


def _price_rows(viewer: RenderContext, ticker: Ticker) -> list[tuple[str, str]]:
    say, figures = viewer.say, viewer.figures
    quote = quote_of(ticker.symbol)
    prices = (
        ("price-bid", ticker.bid_price),
        ("price-ask", ticker.ask_price),
        ("price-high", ticker.high_24h),
        ("price-low", ticker.low_24h),
        ("price-mark", ticker.mark_price),
        ("price-index", ticker.index_price),
    )
    step = step_of(ticker.last_price)
    rows = [(say.plain(key), figures.number(price, step)) for key, price in prices if price is not None]
    if ticker.turnover_24h is not None:
        rows.append((say.plain("price-turnover"), f"{figures.short(ticker.turnover_24h)} {quote}".rstrip()))
    if ticker.funding_rate is not None:
        rows.append((say.plain("price-funding"), figures.percent(ticker.funding_rate, step=_FUNDING_STEP)))
    if ticker.next_funding_ts is not None:
        wait = span(say, (ticker.next_funding_ts - viewer.now) / 1000)
        rows.append((say.plain("price-next-funding"), wait))
    return rows


def _levels(viewer: RenderContext, book: OrderBook) -> Markup:
    say, figures = viewer.say, viewer.figures
    asks, bids = book.asks[:LEVELS], book.bids[:LEVELS]
    if not asks or not bids:
        return say("book-empty")
    price_step = min(step_of(price) for price, _ in (*asks, *bids))
    size_step = min(step_of(size) for _, size in (*asks, *bids))

    def row(key: str, level: tuple[Decimal, Decimal]) -> tuple[str, str, str]:
        return say.plain(key), figures.number(level[0], price_step), figures.number(level[1], size_step)

    spread = asks[0][0] - bids[0][0]
    share = percent_away(asks[0][0], bids[0][0]) or Decimal(0)
    lines = [row("book-sell", level) for level in reversed(asks)] + [row("book-buy", level) for level in bids]
    middle = say(
        "book-spread",
        spread=figures.number(spread, price_step),
        quote=quote_of(book.symbol),
        share=figures.percent(share, step=Decimal("0.001"), signed=False),
    )
    head = (say.plain("book-side"), say.plain("book-price"), say.plain("book-size", coin=base_of(book.symbol)))
    return Markup(f"{columns([head, *lines])}\n{middle}")


def _listing(viewer: RenderContext, listing: Listing) -> tuple[str, str, str]:
    figures = viewer.figures
    return (
        listing.symbol,
        figures.number(listing.last_price, step_of(listing.last_price)),
        _change(viewer, listing.price_24h_change),
    )


def _change(viewer: RenderContext, change: Decimal | None) -> str:
    """The change of 24 hours, a dash for a listing that is younger."""
    return viewer.say.plain("unknown") if change is None else viewer.figures.percent(change)


def _arrow(change: Decimal | None) -> str:
    if not change:
        return "="
    return "▲" if change > 0 else "▼"
