"""Prices, order books and the list of symbols."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Final

from bot.domain.chart_intervals import ChartInterval
from bot.domain.errors import UnknownSymbol
from bot.domain.ids import Symbol
from bot.domain.market import Category, Instrument, Kline, Listing, MarketBoard, MarketKey, OrderBook, Ticker
from bot.domain.symbol_names import FoundSymbol
from bot.services.instruments import WithInstruments
from bot.services.market.screens import PriceCard
from bot.services.screens import Shown
from handlers.core.links import LONGEST_SYMBOL, ShowChart, ShowPrice, ShowSymbols, price_code
from handlers.market.callbacks import MarkFavorite, ShowSymbolAlerts, book_code
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.figures import arrow, percent_away
from handlers.views.frame import footer, menu_row, order_buttons, page_lines, page_of, page_row, refresh_button
from handlers.views.problems import text_values
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, first_symbols, market_name, quote_of
from handlers.views.tables import TABLE_WIDTH, columns, cut, named_columns, table
from handlers.views.times import span

LEVELS: Final = 8
SYMBOLS_A_PAGE: Final = 9
_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_FUNDING_STEP: Final = Decimal("0.0001")
_SYMBOLS_IN_A_ROW: Final = 3
_OTHERS: Final = 3  # symbols that a price card offers
_COIN_WIDTH: Final = 8  # characters
_LONGEST_SIZE: Final = 7  # characters that are still exact
_POWERS: Final = (3, 6, 9)  # of ten: thousands, millions, billions
_LARGEST: Final = Decimal(100_000)  # of them
_TENTH: Final = Decimal("0.1")
_LONGEST_BAR: Final = 6  # characters
_BOOK_GAPS: Final = 3  # one between two columns, one behind a bar
_Depth = tuple[Decimal, Decimal, Decimal]  # price, size, all sizes up to here


def sparkline(closes: Sequence[Decimal]) -> str:
    """A line of blocks, lowest to highest; flat prices are a flat line."""
    low, high = min(closes), max(closes)
    if low == high:
        return _BLOCKS[0] * len(closes)
    steps = len(_BLOCKS) - 1
    return "".join(_BLOCKS[int((close - low) / (high - low) * steps)] for close in closes)


def price_card(viewer: RenderContext, found: FoundSymbol, shown: Shown[WithInstruments[PriceCard]]) -> Card:
    """The last price, the day as a sparkline, and what moves it."""
    say, symbol = viewer.say, found.symbol
    parts = other_name(viewer, found)
    if shown.value is None:
        parts.append(say("price-title", symbol=title_of(viewer, found)))
    else:
        ticker, klines = shown.value.value.ticker, shown.value.value.klines
        instrument = shown.value.instrument(ticker.category, symbol)
        parts.append(_price_line(viewer, title_of(viewer, found), ticker, instrument))
        if klines is not None and klines.items:
            parts.append(_day_line(viewer, klines.items))
        parts.append(table(_price_rows(viewer, ticker, instrument)))
    parts.append(footer(viewer, shown))
    offered = [each for each in first_symbols(viewer.config, found.category) if each != symbol][:_OTHERS]
    others = tuple(symbol_button(viewer, found.category, each) for each in offered)
    book = button(say.plain("button-book"), viewer.data(book_code(symbol, found.category)))
    refresh = refresh_button(viewer, price_code(symbol, found.category))
    if viewer.owner is not None:
        return Card(text=join(parts), rows=(refresh,))
    chart = button(say.plain("button-chart"), viewer.data(ShowChart(found.category, symbol, ChartInterval.H1)))
    everything = button(say.plain("button-symbols"), viewer.data(ShowSymbols(found.category, 0)))
    trade = order_buttons(viewer, symbol) if found.category is Category.LINEAR else ()
    rows = (trade, _keep_row(viewer, found), (*others, everything), (chart, book), (*refresh, *menu_row(viewer)))
    return Card(text=join(parts), rows=rows)


def _keep_row(viewer: RenderContext, found: FoundSymbol) -> Row:
    """[🔔], and [☆] or [★]."""
    market = MarketKey(found.category, found.symbol)
    is_favorite = market in viewer.config.favorites
    star = "button-unmark-favorite" if is_favorite else "button-mark-favorite"
    return (
        button(viewer.say.plain("button-alert"), viewer.data(ShowSymbolAlerts(market.category, market.symbol))),
        button(viewer.say.plain(star), viewer.data(MarkFavorite(market.category, market.symbol, not is_favorite))),
    )


def book_card(viewer: RenderContext, found: FoundSymbol, shown: Shown[WithInstruments[OrderBook]]) -> Card:
    """The best levels, sellers above buyers, and the spread between them."""
    say = viewer.say
    parts = [*other_name(viewer, found), say("book-title", symbol=title_of(viewer, found))]
    if shown.value is not None:
        book = shown.value.value
        parts.append(_levels(viewer, book, shown.value.instrument(book.category, book.symbol)))
        if book.unreadable:
            parts.append(say("book-unreadable", count=book.unreadable))
    parts.append(footer(viewer, shown))
    price = button(say.plain("button-price"), viewer.data(price_code(found.symbol, found.category)))
    refresh = refresh_button(viewer, book_code(found.symbol, found.category))
    return Card(text=join(parts), rows=((*refresh, price, *menu_row(viewer)),))


def symbols_card(
    viewer: RenderContext, category: Category, shown: Shown[WithInstruments[MarketBoard]], page_number: int = 0
) -> Card:
    """A page of what trades: favorites, then the most turnover first."""
    say = viewer.say
    items = _favorites_first(viewer, shown.value.value) if shown.value is not None else ()
    page = page_of(items, page_number, SYMBOLS_A_PAGE)
    parts = [say("symbols-title", category=category.value, count=len(items))]
    if shown.value is not None and page.items:
        head = (say.plain("symbols-name"), say.plain("symbols-price"), say.plain("symbols-change"))
        rules = shown.value.instrument
        parts.append(
            named_columns([head, *(_listing(viewer, each, rules(category, each.symbol)) for each in page.items)])
        )
    if shown.value is not None and shown.value.value.unreadable:
        lost = shown.value.value.unreadable
        parts.append(say("symbols-unreadable", count=len(lost), names=", ".join(lost[:SYMBOLS_A_PAGE])))
    parts += [*page_lines(viewer, page), footer(viewer, shown)]
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
            *in_rows([symbol_button(viewer, category, each.symbol) for each in page.items], _SYMBOLS_IN_A_ROW),
            page_row(viewer, page, lambda number: ShowSymbols(category, number)),
            tabs,
            (*refresh_button(viewer, ShowSymbols(category, page.number)), *menu_row(viewer)),
        ),
    )


def _favorites_first(viewer: RenderContext, board: MarketBoard) -> list[Listing]:
    """The board with the reader's favorites before the others."""
    places = {each: place for place, each in enumerate(viewer.config.favorites)}
    last = len(places)
    return sorted(board.items, key=lambda each: places.get(MarketKey(board.category, each.symbol), last))


def unknown_symbol_card(viewer: RenderContext, error: UnknownSymbol) -> Card:
    """The nearest ones that there are, a tap away."""
    values = text_values(error.values) | {"nearest": ", ".join(error.nearest)}
    near = tuple(
        button(each, viewer.data(ShowPrice(Symbol(each)))) for each in error.nearest if len(each) <= LONGEST_SYMBOL
    )
    return Card(text=viewer.say(error.key, **values), rows=(near, menu_row(viewer)))


def other_name(viewer: RenderContext, found: FoundSymbol) -> list[Markup]:
    """That the coin trades under another name, such as 1000PEPEUSDT."""
    return [] if found.typed is None else [viewer.say("symbol-is-named", coin=found.typed, symbol=found.symbol)]


def title_of(viewer: RenderContext, found: FoundSymbol) -> str:
    """The name of a found symbol on its card: BTCUSDT; BTCUSDT · Spot."""
    return market_name(viewer.say, MarketKey(found.category, found.symbol))


def symbol_button(viewer: RenderContext, category: Category, symbol: Symbol) -> CardButton:
    """BTC; of spot pairs BTC/EUR where it is not priced in USDT."""
    quote = quote_of(symbol)
    is_plain = category is Category.LINEAR or quote in {"USDT", ""}
    label = base_of(symbol) if is_plain else f"{base_of(symbol)}/{quote}"
    return button(label, viewer.data(price_code(symbol, category)))


def _price_line(viewer: RenderContext, title: str, ticker: Ticker, instrument: Instrument | None) -> Markup:
    figures = viewer.figures
    return viewer.say(
        "price-line",
        symbol=title,
        price=figures.price(ticker.last_price, instrument),
        quote=quote_of(ticker.symbol),
        arrow=arrow(ticker.price_24h_change or Decimal(0)),
        change=change_of(viewer, ticker.price_24h_change),
    )


def _day_line(viewer: RenderContext, klines: Sequence[Kline]) -> Markup:
    hours = len(klines)
    return viewer.say("price-day", line=sparkline([each.close for each in klines]), hours=hours)


def _price_rows(viewer: RenderContext, ticker: Ticker, instrument: Instrument | None) -> list[tuple[str, str]]:
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
    rows = [(say.plain(key), figures.price(price, instrument)) for key, price in prices if price is not None]
    if ticker.turnover_24h is not None:
        rows.append((say.plain("price-turnover"), f"{figures.short(ticker.turnover_24h)} {quote}".rstrip()))
    if ticker.funding_rate is not None:
        rows.append((say.plain("price-funding"), figures.percent(ticker.funding_rate, step=_FUNDING_STEP)))
    if ticker.next_funding_ts is not None:
        wait = span(say, (ticker.next_funding_ts - viewer.now) / 1000)
        rows.append((say.plain("price-next-funding"), wait))
    return rows


def _levels(viewer: RenderContext, book: OrderBook, instrument: Instrument | None) -> Markup:
    """Sellers above, the worst first, buyers below, the best first: the best prices meet in the middle."""
    say, figures = viewer.say, viewer.figures
    asks, bids = book.asks[:LEVELS], book.bids[:LEVELS]
    if not asks or not bids:
        return say("book-empty")
    levels = [*_summed(asks), *_summed(bids)]
    power = _power_of(viewer, [total for _, _, total in levels], instrument)
    coin, total = cut(base_of(book.symbol), _COIN_WIDTH), say.plain("book-sum")
    lines = _depth_lines(viewer, levels, instrument, coin, power)
    heads = [(say.plain(key), coin, total) for key in ("book-ask", "book-bid")]
    middle = say(
        "book-spread",
        spread=figures.price(asks[0][0] - bids[0][0], instrument),
        quote=quote_of(book.symbol),
        share=figures.small_percent(percent_away(asks[0][0], bids[0][0]) or Decimal(0)),
    )
    block = columns([heads[0], *reversed(lines[: len(asks)]), heads[1], *lines[len(asks) :]])
    return join([block, *((say("book-scale", power=power),) if power is not None else ()), middle])


def _summed(levels: Sequence[tuple[Decimal, Decimal]]) -> list[_Depth]:
    """Each level with what stands up to it from the best price on."""
    sums = accumulate(size for _, size in levels)
    return [(price, size, total) for (price, size), total in zip(levels, sums, strict=True)]


def _depth_lines(
    viewer: RenderContext, levels: Sequence[_Depth], instrument: Instrument | None, coin: str, power: int | None
) -> list[tuple[str, str, str]]:
    """Price, size, and the sum behind a bar; a bar of full length is the larger side's whole depth shown here."""
    prices = [viewer.figures.price(price, instrument) for price, _, _ in levels]
    sizes = _scaled(viewer, [size for _, size, _ in levels], instrument, power)
    sums = _scaled(viewer, [total for _, _, total in levels], instrument, power)
    widest = max(map(len, sums))
    room = TABLE_WIDTH - max(map(len, prices)) - max(map(len, (coin, *sizes))) - widest - _BOOK_GAPS
    length, deepest = min(_LONGEST_BAR, room), max(total for _, _, total in levels)
    if length > 0:
        bars = [_bar(total / deepest, length) for _, _, total in levels]
        sums = [f"{bar} {total.rjust(widest)}" for bar, total in zip(bars, sums, strict=True)]
    return list(zip(prices, sizes, sums, strict=True))


def _power_of(viewer: RenderContext, totals: Sequence[Decimal], instrument: Instrument | None) -> int | None:
    """3 for thousands of coins, 6 for millions … where the exact sums are too long for the table."""
    if max(len(viewer.figures.size(total, instrument)) for total in totals) <= _LONGEST_SIZE:
        return None
    return next((power for power in _POWERS if max(totals) < _LARGEST.scaleb(power)), _POWERS[-1])


def _scaled(
    viewer: RenderContext, sizes: Sequence[Decimal], instrument: Instrument | None, power: int | None
) -> list[str]:
    figures = viewer.figures
    if power is None:
        return _same_places([figures.size(size, instrument) for size in sizes])
    return [figures.number(size.scaleb(-power), _TENTH) for size in sizes]


def _same_places(numbers: Sequence[str]) -> list[str]:
    """Zeros at the end, so that the points stand below each other."""
    places = [len(each.partition(".")[2]) for each in numbers]
    most = max(places)
    return [
        each + ("" if "." in each or not most else ".") + "0" * (most - its)
        for each, its in zip(numbers, places, strict=True)
    ]


def _bar(share: Decimal, length: int) -> str:
    """At least one block: there is something."""
    return "█" * max(1, int((share * length).to_integral_value()))


def _listing(viewer: RenderContext, listing: Listing, instrument: Instrument | None) -> tuple[str, str, str]:
    figures = viewer.figures
    return listing.symbol, figures.price(listing.last_price, instrument), change_of(viewer, listing.price_24h_change)


def change_of(viewer: RenderContext, change: Decimal | None) -> str:
    """The change of 24 hours, a dash for a listing that is younger."""
    return viewer.say.plain("unknown") if change is None else viewer.figures.change(change)
